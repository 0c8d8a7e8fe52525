//! `conformance mutants`: what the suite's verdicts are worth.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use anyhow::bail;
use clap::Args;

use super::relay;
use crate::report::Format;
use crate::report::groups::ReportedFailure;
use crate::root::Root;
use crate::run::plan;
use crate::run::relays::RelayRunner;
use crate::spec::Spec;
use crate::subject::Subject;
use crate::subject::adapter::CommandLine;
use crate::subject::external::External;
use crate::subject::relay::RelaySubject;
use crate::suites::test::Test;
use crate::trust::catalogue::{Catalogue, ChangeKind, Entry, PlantedIn};
use crate::trust::client::{ChangedClient, ClientTests};
use crate::trust::judge::{self, Examined};
use crate::trust::killers::Killers;
use crate::trust::lawful::LawfulVerdict;
use crate::trust::mutants::{FirstShown, MutantVerdict, TESTS_AT_ONCE, for_each};
use crate::trust::planted::{Notes, Planter};
use crate::trust::relay::{ChangedRelay, RelayTests};
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
    /// Write down which test found each fault, to be played first from then on
    #[arg(long, conflicts_with_all = ["degenerate", "lawful", "whole"])]
    remember: bool,
    /// Plant only every Nth of the changes
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    every: Option<u16>,
    /// The number of changed programs at once [default: two or three for each processor]
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
    // A hunt waits more than it computes.
    let each = match arguments.lawful || arguments.degenerate || arguments.whole {
        true => 2,
        false => 3,
    };
    let jobs = arguments.jobs.map_or(each * processors, usize::from);
    if arguments.degenerate {
        let cases = plan::load(None, &spec)?.cases;
        let kinds: Vec<&&str> = degenerate::KINDS.iter().collect();
        report.plan(kinds.len());
        for_each(
            &kinds,
            jobs,
            |kind| degenerate::judge(kind, &planter, &cases),
            |verdict| report.degenerate(&verdict),
        );
        return Ok(report.end(&spec));
    }
    let kind = match arguments.lawful {
        true => ChangeKind::Lawful,
        false => ChangeKind::Mutant,
    };
    let catalogue = Catalogue::load(root, &spec, arguments.subject, kind)?;
    planter.check(&catalogue)?;
    let killers = Killers::load(root, arguments.subject)?;
    let planting = Planting {
        root,
        arguments,
        planter: &planter,
        catalogue: &catalogue,
        killers: &killers,
        found: Mutex::default(),
        notes: Notes::make()?,
        report: &report,
        jobs,
    };
    match arguments.subject {
        PlantedIn::Client => planting.in_client(&spec)?,
        PlantedIn::Relay => planting.in_relay()?,
    }
    let found = planting.found.into_inner();
    if arguments.remember {
        let found = found.unwrap_or_else(PoisonError::into_inner);
        killers.remember(&catalogue, found)?;
    }
    Ok(report.end(&spec))
}

/// The changes of one catalogue, as they are planted one after the other.
struct Planting<'a> {
    root: &'a Root,
    arguments: &'a MutantsArguments,
    planter: &'a Planter,
    catalogue: &'a Catalogue,
    killers: &'a Killers,
    /// The tests that found a fault in this run, by the fault's id.
    found: Mutex<BTreeMap<String, String>>,
    notes: Notes,
    report: &'a TrustReport,
    jobs: usize,
}

impl Planting<'_> {
    fn command(&self, entry: &Entry) -> CommandLine {
        self.planter
            .command(self.catalogue, entry, &self.notes, &[])
    }

    fn in_client(&self, spec: &Spec) -> anyhow::Result<()> {
        let cases = plan::load(None, spec)?.cases;
        let untouched = Subject::External(External::Python).command(self.root)?;
        let tests = ClientTests::new(cases, untouched);
        let shown: Vec<&dyn Test> = tests.cases().iter().map(|case| case as &dyn Test).collect();
        self.each(|entry| {
            let client = ChangedClient::new(&tests, self.command(entry));
            Ok(self.play(entry, &shown, &client))
        })
    }

    fn in_relay(&self) -> anyhow::Result<()> {
        let cases = relay::cases()?;
        let quiet = |_: &_, _: &_| {};
        let checker = relay::checker()?;
        let python = RelaySubject::Python;
        let untouched = RelayRunner::new(self.root, &python, &cases, &checker, &quiet);
        let tests = RelayTests::new(&cases, untouched);
        let shown: Vec<&dyn Test> = cases.iter().map(|case| case as &dyn Test).collect();
        self.each(|entry| {
            let subject = RelaySubject::Planted(self.command(entry));
            // It looks back at all answers of one relay.
            let checker = relay::checker()?;
            let mut runner = RelayRunner::new(self.root, &subject, &cases, &checker, &quiet);
            if !self.arguments.lawful {
                // A relay with a fault is late every time; twice is enough.
                runner = runner.attempts(2);
            }
            Ok(self.play(entry, &shown, &ChangedRelay::new(&tests, runner)))
        })
    }

    /// Plays the tests to a program with a change.
    fn play<'e>(
        &self,
        entry: &'e Entry,
        tests: &[&dyn Test],
        examined: &dyn Examined,
    ) -> ChangeVerdict<'e> {
        let whole = self.arguments.whole;
        if self.arguments.lawful {
            let verdict = lawful::play(entry, tests, examined, &self.notes, whole);
            return ChangeVerdict::Lawful(verdict);
        }
        if !whole {
            return ChangeVerdict::Mutant(mutants::hunt(
                entry,
                examined,
                self.killers.test(&entry.id),
                &self.notes,
            ));
        }
        let all: Vec<usize> = (0..examined.tests().len()).collect();
        let played = judge::play_all(examined, &entry.clause, &all, TESTS_AT_ONCE);
        let mut verdict = mutants::verdict(entry, examined, &self.notes, played);
        verdict.first_shown = first_shown(&verdict, tests, examined);
        ChangeVerdict::Mutant(verdict)
    }

    /// Keeps the test that found a fault by its requirement.
    fn note(&self, verdict: &MutantVerdict<'_>) {
        if let (true, Some(test)) = (verdict.is_good(), verdict.by.first()) {
            let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
            found.insert(verdict.entry.id.clone(), test.clone());
        }
    }

    /// Plays each change that is chosen, and reports on it.
    fn each(
        &self,
        play: impl Fn(&Entry) -> anyhow::Result<ChangeVerdict<'_>> + Sync,
    ) -> anyhow::Result<()> {
        let chosen = chosen(self.catalogue, self.arguments)?;
        self.report.plan(chosen.len());
        let ended = Mutex::new(Ok(()));
        for_each(&chosen, self.jobs, play, |verdict| match verdict {
            Ok(ChangeVerdict::Mutant(verdict)) => {
                self.report.mutant(&verdict);
                self.note(&verdict);
            }
            Ok(ChangeVerdict::Lawful(verdict)) => self.report.lawful(&verdict),
            Err(error) => {
                *ended.lock().unwrap_or_else(PoisonError::into_inner) = Err(error);
            }
        });
        ended.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The verdict on a change of either kind.
enum ChangeVerdict<'a> {
    Mutant(MutantVerdict<'a>),
    Lawful(LawfulVerdict<'a>),
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
    tests: &[&dyn Test],
    examined: &dyn Examined,
) -> Option<FirstShown> {
    let mut killers: Vec<_> = verdict.examination.killers.iter().collect();
    killers.sort_by_key(|killer| killer.test);
    let failures: Vec<ReportedFailure<'_>> = killers
        .into_iter()
        .filter_map(|killer| {
            let test = tests.get(killer.test)?;
            let clause = test.clauses().first()?;
            Some(ReportedFailure {
                id: test.id(),
                suite: test.suite(),
                level: test.level(),
                headline: killer.differs.as_deref().unwrap_or(clause),
            })
        })
        .collect();
    diagnosis::first_shown(verdict, examined, &failures)
}
