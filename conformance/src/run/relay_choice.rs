//! The tests that can be run at a relay, and their order where rated requests are few.

use std::collections::HashSet;

use crate::subject::relay::RelaySubject;
use crate::suites::relay::case::{Needs, RelayCase};
use crate::suites::test::Test;

/// The longest wait of a test at a relay that is known only by its address, in milliseconds.
const WAIT_AT_ADDRESS: u64 = 1_500;

/// Where starts are few: first the cheapest test of each requirement, then the cheapest of all.
pub(super) fn cheapest_first(
    subject: &RelaySubject,
    cases: &[RelayCase],
    order: &[usize],
) -> Vec<usize> {
    let mut order = order.to_vec();
    let starts = |index: &usize| cases.get(*index).map_or(0, |case| case.starts);
    order.sort_by_key(starts);
    let mut seen = HashSet::new();
    let (mut first, mut rest) = (Vec::new(), Vec::new());
    for index in order.drain(..) {
        let Some(case) = cases.get(index) else {
            continue;
        };
        let clause = case.clauses().first().cloned();
        match lacking(subject, case).is_none() && seen.insert(clause) {
            true => first.push(index),
            false => rest.push(index),
        }
    }
    // Then each suite in turn.
    let place = |index: &usize| {
        let suite = cases.get(*index).map(RelayCase::suite);
        let before = rest.iter().take_while(|other| *other != index);
        let place = before
            .filter(|other| cases.get(**other).map(RelayCase::suite) == suite)
            .count();
        (place, starts(index))
    };
    let mut placed: Vec<((usize, u32), usize)> =
        rest.iter().map(|index| (place(index), *index)).collect();
    placed.sort();
    first.extend(placed.into_iter().map(|(_, index)| index));
    first
}

/// The reason why a test cannot be run at this relay.
pub(super) fn lacking(subject: &RelaySubject, case: &RelayCase) -> Option<String> {
    let placeholders = case.settings.placeholders();
    let missing: Vec<String> = placeholders
        .into_iter()
        .filter(|name| !subject.takes(name))
        .map(|name| format!("{{{name}}}"))
        .collect();
    if !missing.is_empty() {
        return Some(match subject.is_started_here() {
            true => format!("the relay's command has no {}", missing.join(", ")),
            false => format!(
                "the relay is known only by its address; --relay-cmd with {} would run it",
                missing.join(", ")
            ),
        });
    }
    if subject.is_started_here() {
        return None;
    }
    let Needs {
        own,
        ending,
        last: _,
    } = case.needs;
    (own || ending || case.waits > WAIT_AT_ADDRESS)
        .then(|| "the relay is known only by its address; --relay-cmd would run it".to_owned())
}
