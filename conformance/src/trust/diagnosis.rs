//! The first failure that a report shows of a faulty program, and whether it names the fault.

use super::judge::{Examined, TestFacts};
use super::mutants::{FirstShown, MutantVerdict};
use crate::report::groups::{ReportedFailure, groups};

/// Finds what a report would show first of these failures.
pub(crate) fn first_shown(
    verdict: &MutantVerdict<'_>,
    examined: &dyn Examined,
    failures: &[ReportedFailure<'_>],
) -> Option<FirstShown> {
    let group = groups(failures).into_iter().next()?;
    let first = failures.get(*group.first()?)?;
    let of_clause = |facts: &&TestFacts| facts.id == first.id;
    let clauses = examined
        .tests()
        .iter()
        .find(of_clause)
        .map(|facts| &facts.clauses);
    let cites = clauses.is_some_and(|clauses| clauses.contains(&verdict.entry.clause));
    Some(FirstShown {
        id: first.id.to_owned(),
        headline: first.headline.to_owned(),
        names: cites || first.headline == verdict.entry.clause,
    })
}
