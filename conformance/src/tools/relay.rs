//! The check of a relay: all its tests, one report.

use clap::{Args, ValueEnum};

use crate::data::data;
use crate::report::{CheckFormat, CheckResult, ProgressMeter, ReportContext, not_judged};
use crate::root::Root;
use crate::run::judged::RelayRunSettings;
use crate::run::relays;
use crate::run::selection::Selection;
use crate::spec::Spec;
use crate::subject::relay::RelaySubject;
use crate::suites::relay;
use crate::suites::relay::case::RelayCase;
use crate::suites::relay::checker::Checker;
use crate::suites::test::Test;

/// The relay that is judged instead of an adapter.
#[derive(Debug, Args)]
#[group(
    multiple = false,
    conflicts_with_all = [
        "adapter", "external", "asynchronous", "initiator", "receiver", "exit", "without", "jobs",
        "timeout", "vectors", "transcripts", "log", "claim",
    ]
)]
pub(crate) struct RelayCheckArguments {
    /// Judge the relay that this command starts: {listen} stands for the address to listen at,
    /// {ttl} for the seconds that a channel lives, {second_ms} for the milliseconds that a second
    /// lasts, and the bounds of section 10.4 stand by their names; {trusted_proxy} and
    /// {forwarded_header} are for RELAY-22. It prints its URL once it listens, and goes down on
    /// SIGTERM. What it cannot be told is skipped
    #[arg(long, value_name = "COMMAND")]
    relay_cmd: Option<String>,
    /// Judge the relay at this address, as far as that needs no waiting
    #[arg(long, value_name = "URL")]
    relay: Option<String>,
    /// Judge a relay that is kept here
    #[arg(long, value_name = "NAME", value_enum)]
    relay_kept: Option<KeptRelay>,
}

/// A relay that is kept here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum KeptRelay {
    /// The reference's
    Reference,
    /// The one in Python (needs python3 3.11 or later with venv)
    Python,
}

impl RelayCheckArguments {
    /// The relay that is to be judged, if any.
    pub(crate) fn subject(&self) -> Option<RelaySubject> {
        if let Some(command) = &self.relay_cmd {
            return Some(RelaySubject::Command(command.clone()));
        }
        if let Some(url) = &self.relay {
            return Some(RelaySubject::Address(url.clone()));
        }
        self.relay_kept.map(|kept| match kept {
            KeptRelay::Reference => RelaySubject::Reference,
            KeptRelay::Python => RelaySubject::Python,
        })
    }
}

/// A check of a relay to be made.
#[derive(Debug)]
pub(crate) struct RelayCheck {
    /// The relay that is judged.
    pub(crate) subject: RelaySubject,
    /// The tests that are run.
    pub(crate) selection: Selection,
    /// The form of the report.
    pub(crate) format: CheckFormat,
    /// The settings of the run.
    pub(crate) settings: RelayRunSettings,
    /// The command that runs one test again, less its id.
    pub(crate) again: String,
}

/// Judges a relay, writes the report, and gives the result.
///
/// # Errors
///
/// A sentence that says why it could not be judged.
pub(crate) fn check(root: &Root, check: &RelayCheck) -> anyhow::Result<CheckResult> {
    let spec = Spec::packed()?;
    let all = cases()?;
    let known = all.len();
    let tests: Vec<&dyn Test> = all.iter().map(|case| case as &dyn Test).collect();
    let chosen = check.selection.choose(&tests)?;
    let chosen = all.into_iter().zip(chosen).filter(|(_, chosen)| *chosen);
    let cases: Vec<RelayCase> = chosen.map(|(case, _)| case).collect();
    let checker = checker()?;
    let progress = ProgressMeter::start(cases.len());
    let subject = &check.subject;
    let run = relays::run(
        root,
        subject,
        &cases,
        &checker,
        &check.settings,
        &|id, verdict| progress.one(id, verdict),
    );
    progress.end();
    let run = run?;
    let tests: Vec<&dyn Test> = cases.iter().map(|case| case as &dyn Test).collect();
    let about = ReportContext {
        not_judged: not_judged(&spec, &tests, &run, |text| {
            text.starts_with("A relay ") || text.starts_with("A reader ")
        }),
        spec: &spec,
        tests,
        all: known,
        vectors_hash: None,
        vectors_folder: None,
        command: subject.name().to_owned(),
        again: check.again.clone(),
        filter: check.selection.description(),
    };
    let result = about.result(run);
    check.settings.expectations.update(result.verdicts())?;
    check.format.write(&result, &spec)?;
    Ok(result)
}

/// All tests of relays, which cite only requirements that there are.
pub(crate) fn cases() -> anyhow::Result<Vec<RelayCase>> {
    relay::cases(data()?.text("spec/wormhole-sync.md")?)
}

/// A checker of the answers of one relay, by the schemas and the OpenAPI description.
pub(crate) fn checker() -> anyhow::Result<Checker> {
    let schema = data()?.text("spec/messages.schema.json")?;
    let openapi = data()?.text("spec/openapi.json")?;
    Checker::new(schema, openapi)
}
