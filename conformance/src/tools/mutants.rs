//! `conformance mutants`: what the suite's verdicts are worth.

use anyhow::bail;
use clap::Args;

use crate::report::Format;
use crate::report::groups::ReportedFailure;
use crate::root::Root;
use crate::run::plan;
use crate::spec::Spec;
use crate::subject::Subject;
use crate::subject::external::External;
use crate::trust::catalogue::{Catalogue, ChangeKind, Entry, PlantedIn};
use crate::trust::client::{ChangedClient, ClientTests};
use crate::trust::judge;
use crate::trust::mutants::{FirstShown, MutantVerdict, TESTS_AT_ONCE, for_each};
use crate::trust::planted::{Notes, Planter};
use crate::trust::trust_report::TrustReport;
use crate::trust::{degenerate, diagnosis, lawful, mutants};

/// The arguments of `conformance mutants`.
#[derive(Debug, Args)]
pub(crate) struct MutantsArguments {
    /// Plant only the changes whose id or requirement contains this text, or the one of this id
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// Plant the changes of this program
    #[arg(long, value_enum, default_value_t = PlantedIn::Client)]
    subject: PlantedIn,
    /// Plant variants that the text allows, which no test may fail
    #[arg(long, conflicts_with = "degenerate")]
    lawful: bool,
    /// Judge adapters that accept everything, refuse everything, hang and so on
    #[arg(long)]
    degenerate: bool,
    /// Play every test to each change, and measure whether the first failure shown names the fault
    #[arg(long)]
    whole: bool,
    /// Plant only every Nth of the changes
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    every: Option<u16>,
    /// The number of changed programs at once [default: twice the processors]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=64))]
    jobs: Option<u16>,
    /// The report's form: for people, or one JSON object a line
    #[arg(long, value_enum, default_value_t = Format::Pretty)]
    format: Format,
}

/// Plants the changes and judges the tests by them; gives whether all is as it should be.
///
/// # Errors
///
/// A sentence that says why it could not be done.
pub(crate) fn mutants(root: &Root, arguments: &MutantsArguments) -> anyhow::Result<bool> {
    let spec = Spec::packed()?;
    let planter = Planter::new(root, arguments.subject)?;
    let report = TrustReport::new(arguments.format);
    let processors = std::thread::available_parallelism().map_or(2, usize::from);
    let jobs = arguments.jobs.map_or(2 * processors, usize::from);
    let cases = plan::load(None, &spec, None)?.cases;
    if arguments.degenerate {
        report.plan(degenerate::KINDS.len());
        let kinds: Vec<&&str> = degenerate::KINDS.iter().collect();
        for_each(
            &kinds,
            jobs,
            |kind| degenerate::judge(kind, &planter, &cases),
            |verdict| report.degenerate(&verdict),
        );
        return Ok(report.end());
    }
    let kind = match arguments.lawful {
        true => ChangeKind::Lawful,
        false => ChangeKind::Mutant,
    };
    let catalogue = Catalogue::load(root, &spec, arguments.subject, kind)?;
    planter.check(&catalogue)?;
    let chosen = chosen(&catalogue, arguments)?;
    if arguments.subject == PlantedIn::Relay {
        bail!(
            "{} changes of the relay fit its sources, and no test of this suite judges a relay",
            chosen.len()
        );
    }
    let command = Subject::External(External::Python).command(root)?;
    let tests = ClientTests::new(cases, command);
    let notes = Notes::make()?;
    report.plan(chosen.len());
    let changed = |entry: &Entry| {
        let command = planter.command(&catalogue, entry, &notes, &[]);
        ChangedClient::new(&tests, command)
    };
    if arguments.lawful {
        let suite = |index: usize| {
            let case = tests.cases().get(index);
            case.map_or_else(String::new, |case| case.suite().to_owned())
        };
        for_each(
            &chosen,
            jobs,
            |entry| lawful::play(entry, &suite, &changed(entry), &notes, arguments.whole),
            |verdict| report.lawful(&verdict),
        );
    } else {
        let all: Vec<usize> = (0..tests.facts().len()).collect();
        for_each(
            &chosen,
            jobs,
            |entry| {
                let client = changed(entry);
                if !arguments.whole {
                    return mutants::hunt(entry, &client, &notes);
                }
                let played = judge::play_all(&client, &entry.clause, &all, TESTS_AT_ONCE);
                let mut verdict = mutants::verdict(entry, &client, &notes, played);
                verdict.first_shown = first_shown(&verdict, &tests, &client);
                verdict
            },
            |verdict| report.mutant(&verdict),
        );
    }
    Ok(report.end())
}

/// The changes that the arguments choose.
fn chosen<'a>(
    catalogue: &'a Catalogue,
    arguments: &MutantsArguments,
) -> anyhow::Result<Vec<&'a Entry>> {
    let entries = &catalogue.entries;
    let every = usize::from(arguments.every.unwrap_or(1));
    let filter = arguments.filter.as_deref().unwrap_or_default();
    let exact = entries.iter().any(|entry| entry.id == filter);
    let hit = |entry: &&Entry| match exact {
        true => entry.id == filter,
        false => entry.id.contains(filter) || entry.clause.contains(filter),
    };
    let chosen: Vec<_> = entries.iter().filter(hit).step_by(every).collect();
    if chosen.is_empty() {
        bail!("no change of {} has {filter:?}", catalogue.path.display());
    }
    Ok(chosen)
}

/// The failure that a report of these would show first.
fn first_shown(
    verdict: &MutantVerdict<'_>,
    tests: &ClientTests,
    client: &ChangedClient<'_>,
) -> Option<FirstShown> {
    let cases = tests.cases();
    let mut killers: Vec<_> = verdict.examination.killers.iter().collect();
    killers.sort_by_key(|killer| killer.test);
    let failures: Vec<ReportedFailure<'_>> = killers
        .into_iter()
        .filter_map(|killer| {
            let case = cases.get(killer.test)?;
            let clause = case.clauses().first()?;
            Some(ReportedFailure {
                id: case.id(),
                suite: case.suite(),
                level: case.level(),
                clause,
                differs: killer.differs.as_deref(),
                alike: cases
                    .iter()
                    .filter(|other| other.clauses().first() == Some(clause))
                    .count(),
            })
        })
        .collect();
    diagnosis::first_shown(verdict, client, &failures)
}
