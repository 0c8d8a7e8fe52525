//! `conformance show`: one test, explained.

use std::io::{self, Write};
use std::path::Path;

use anyhow::{Context, bail};
use clap::Args;

use crate::report::wrap;
use crate::run::plan;
use crate::spec::Spec;
use crate::suites::case::Case;
use crate::suites::replay;
use crate::suites::replay::transcript::Transcript;
use crate::suites::test::Test;
use crate::suites::vectors::printable;
use crate::tools::pair::recording::{self, Recording};
use crate::tools::relay;

/// The arguments of `conformance show`.
#[derive(Debug, Args)]
pub(crate) struct ShowArguments {
    /// The id of the test, as `list` and every report name it, or the file of a transcript or of a
    /// recording
    #[arg(value_name = "TEST")]
    test: String,
}

/// The widest line of prose.
const WIDTH: usize = 85;

/// Prints what a test is about: the sentences that it judges, what is asked, and what is right.
///
/// # Errors
///
/// A sentence when there is no such test, or standard output does not take it.
pub(crate) fn show(arguments: &ShowArguments) -> anyhow::Result<()> {
    let spec = Spec::packed()?;
    if arguments.test.ends_with(".json") {
        return match Kept::load(Path::new(&arguments.test))? {
            Kept::Transcript(case) => tell(&case, &spec),
            Kept::Recording(recording) => {
                let mut out = io::stdout().lock();
                let shown = columns(&arguments.test, recording.content(), &mut out);
                shown.context("the recording cannot be shown")
            }
        };
    }
    let plan = plan::load(None, &spec)?;
    let relays = relay::cases()?;
    let of_relays = relays.iter().map(|case| case as &dyn Test);
    let tests = plan.cases.iter().map(|case| case as &dyn Test);
    let tests: Vec<&dyn Test> = tests.chain(of_relays).collect();
    tell(find(&tests, &arguments.test)?, &spec)
}

/// The test of an id.
///
/// # Errors
///
/// A sentence that names those that are near.
pub(super) fn find<'a, T: Test>(tests: &'a [T], id: &str) -> anyhow::Result<&'a T> {
    if let Some(test) = tests.iter().find(|test| test.id() == id) {
        return Ok(test);
    }
    let near = tests.iter().map(Test::id);
    let mut near: Vec<&str> = near.filter(|it| it.contains(id)).collect();
    near.sort_by_key(|near| !near.starts_with(id));
    near.truncate(5);
    match near.is_empty() {
        true => bail!("there is no test {id}; `conformance list` shows all of them"),
        false => bail!("there is no test {id}, but: {}", near.join(", ")),
    }
}

/// A file for this suite: a transcript as a test, or a recording.
enum Kept {
    Transcript(Box<dyn Case>),
    Recording(Box<Recording>),
}

impl Kept {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// A sentence about a file that cannot be read, or is neither.
    fn load(path: &Path) -> anyhow::Result<Self> {
        let text = recording::read(path)?;
        if let Ok(recording) = Recording::from_text(&text) {
            return Ok(Self::Recording(Box::new(recording)));
        }
        let transcript = Transcript::from_text(&text)
            .with_context(|| format!("{} is neither transcript nor recording", path.display()))?;
        Ok(Self::Transcript(Box::new(replay::case(transcript)?)))
    }
}

/// Prints what a test is about.
///
/// # Errors
///
/// A sentence when standard output does not take it.
pub(super) fn tell(test: &dyn Test, spec: &Spec) -> anyhow::Result<()> {
    write(test, spec, &mut io::stdout().lock()).context("the test cannot be shown")
}

/// Writes a name, and what belongs to it, line by line.
fn write(test: &dyn Test, spec: &Spec, out: &mut impl Write) -> io::Result<()> {
    let suite = match test.level() {
        0 => format!("{}, beside the levels", test.suite()),
        level => format!("{}, level {level}", test.suite()),
    };
    let mut lines = vec![("suite", suite)];
    let prose = |name: &'static str, text: &str| {
        let lines = wrap(text, WIDTH).into_iter();
        lines.map(move |line| (name, line)).collect::<Vec<_>>()
    };
    lines.extend(prose("tests", test.title()));
    for id in test.clauses() {
        if let Some(clause) = spec.clause(id) {
            let place = format!(
                "{id}: {} (spec/wormhole-sync.md:{})",
                clause.text, clause.line
            );
            lines.extend(prose("judges", &place));
        }
    }
    lines.extend(test.content());
    columns(test.id(), lines, out)
}

/// Writes a name, and below it lines, each group of them behind its own name.
fn columns(name: &str, lines: Vec<(&'static str, String)>, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "{name}")?;
    let mut before = "";
    for (name, line) in lines {
        let shown = if name == before { "" } else { name };
        writeln!(out, "  {shown:9} {}", printable(&line))?;
        if !name.is_empty() {
            before = name;
        }
    }
    Ok(())
}
