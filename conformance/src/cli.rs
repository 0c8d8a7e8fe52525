//! The command line of the suite.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use clap::error::{ContextKind, ContextValue, Error, ErrorKind};
use clap::{Args, CommandFactory, Parser, Subcommand};

use crate::check;
use crate::claim::{self, VerifyArguments};
use crate::report::again::{again, is_started_by_cargo};
use crate::report::html::make_folder;
use crate::report::{CheckFormat, unfinished};
use crate::root::Root;
use crate::run::expectations::Expectations;
use crate::run::judged::RelayRunSettings;
use crate::run::runner::Settings;
use crate::run::scoring::Scoring;
use crate::run::selection::Selection;
use crate::subject::adapter::{log, serve};
use crate::subject::command::{CommandTemplates, Commands};
use crate::subject::group::{self, SUPERVISE};
use crate::subject::limits;
use crate::subject::reference::Reference;
use crate::tools::SubjectArguments;
use crate::tools::archive::{self, ArchiveArguments};
use crate::tools::coverage::{self, CoverageArguments};
use crate::tools::doctor::{self, DoctorArguments};
use crate::tools::freeze::{self, FreezeArguments};
use crate::tools::interop::{self, InteropArguments};
use crate::tools::mutants::{self, MutantsArguments};
use crate::tools::promote::{self, PromoteArguments};
use crate::tools::record::{self, RecordArguments};
use crate::tools::relay::{self, RelayCheck, RelayCheckArguments};
use crate::tools::report::{self, ReportArguments};
use crate::tools::serve::{ServeArguments, serve as serve_by_hand};
use crate::tools::show::{self, ShowArguments};
use crate::tools::{generate, html, list};

/// Judges an implementation of wormhole-sync by the specification's vectors and transcripts.
///
/// Without a command: judges the reference, the adapter that --adapter names, or a relay. Exit
/// status: 0 all as expected, 1 tests fell short, 2 the suite could not run.
#[derive(Debug, Parser)]
#[command(name = "conformance", version, args_conflicts_with_subcommands = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    check: CheckArguments,
    /// The folder with spec/ and vectors/ [default: the repository that this program was built in]
    #[arg(long, value_name = "DIR", global = true)]
    root: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the reference as an adapter on standard input and output
    Adapter {
        /// Serve its asynchronous client instead of the blocking one
        #[arg(long)]
        asynchronous: bool,
        /// Serve programs as they are
        #[command(flatten)]
        commands: CommandTemplates,
        /// The folder for the files of their runs
        #[arg(long, value_name = "DIR", hide = true)]
        folder: Option<PathBuf>,
    },
    /// End what this program has started when it is killed
    #[command(name = SUPERVISE, hide = true)]
    Supervise,
    /// Write vectors, schemas and the specification's worked example
    Generate {
        /// Write nothing; fail unless the committed files come out again
        #[arg(long, conflicts_with_all = ["seed", "out"])]
        check: bool,
        /// Make a fresh set of vectors from this text, which no implementation can know beforehand
        #[arg(long, value_name = "TEXT", requires = "out")]
        seed: Option<String>,
        /// The folder for the fresh set; --vectors judges by it
        #[arg(long, value_name = "DIR", requires = "seed")]
        out: Option<PathBuf>,
    },
    /// Show which requirement is judged by what, and fail where one is judged by nothing
    Coverage(CoverageArguments),
    /// Let every client meet every client over every relay that is kept here
    Interop(InteropArguments),
    /// Plant faults in the client or the relay in Python, and see which test finds which
    Mutants(MutantsArguments),
    /// Record transcripts of the reference, or what two programs say over a relay
    Record(RecordArguments),
    /// Make a transcript of a recording, if the reference does as recorded
    Promote(PromoteArguments),
    /// Write the list of the tests that count for this edition of the text
    Freeze(FreezeArguments),
    /// List the tests: id, suite, requirements, title
    List(Selection),
    /// Try one of each operation of an adapter, and explain what is wrong with its lines
    Doctor(DoctorArguments),
    /// Explain one test: what it judges, what is asked, and what is right
    Show(ShowArguments),
    /// Play one transcript or live scenario to a program that you start by hand
    Serve(ServeArguments),
    /// Write vectors, transcripts, schemas and word lists into one archive, with its hash
    Archive(ArchiveArguments),
    /// Check a claim by playing all of it again
    Verify(VerifyArguments),
    /// Write the report of a result that was kept, in any form
    Report(ReportArguments),
}

#[derive(Debug, Args)]
struct CheckArguments {
    #[command(flatten)]
    subject: SubjectArguments,
    #[command(flatten)]
    relay: RelayCheckArguments,
    #[command(flatten)]
    selection: Selection,
    /// Try nothing more once a test has failed
    #[arg(long)]
    fail_fast: bool,
    /// Expect the failures that this file tells, with their reasons. Whatever of them passes, fails
    /// otherwise or is gone is a problem
    #[arg(long, value_name = "FILE")]
    expectations: Option<PathBuf>,
    /// Write into that file which tests fail now; reasons and comments stay
    #[arg(long, requires = "expectations")]
    update_expectations: bool,
    /// Skip the tests of this operation or named value, which the adapter is known to lack
    /// (repeatable)
    #[arg(long, value_name = "NAME")]
    without: Vec<String>,
    /// The number of adapter processes at once [default: the number of processors, but 16 at least
    /// and 32 at most]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=64))]
    jobs: Option<u16>,
    /// The seconds that each reply may take
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=3600))]
    timeout: u64,
    /// Write all lines that go to and come from adapters into this file, those of standard error
    /// as well
    #[arg(long, value_name = "FILE")]
    log: Option<PathBuf>,
    /// The report's form
    #[arg(long, value_enum, default_value_t = CheckFormat::Pretty)]
    format: CheckFormat,
    /// Write a report for a browser into this folder as well; its first page is index.html
    #[arg(long, value_name = "DIR")]
    html: Option<PathBuf>,
    /// Write into this file what may be claimed, with the proofs by which others can check it
    #[arg(long, value_name = "FILE")]
    claim: Option<PathBuf>,
    /// Judge by the vectors of this folder instead of the committed ones
    #[arg(long, value_name = "DIR")]
    vectors: Option<PathBuf>,
    /// Judge by the transcripts of this folder as well, such as those that `promote --out` wrote
    #[arg(long, value_name = "DIR", conflicts_with = "claim")]
    transcripts: Option<PathBuf>,
}

/// Does what the arguments say, and gives whether all is as expected.
///
/// # Errors
///
/// A sentence that says why it could not be done.
pub(crate) fn run(arguments: Arguments) -> anyhow::Result<bool> {
    if let Some(Command::Adapter {
        asynchronous,
        commands,
        folder,
    }) = arguments.command
    {
        if !commands.roles().is_empty() {
            commands.check()?;
            let commands = Commands::new(commands, folder.unwrap_or_else(std::env::temp_dir));
            serve(io::stdin().lock(), io::stdout(), &commands)?;
            return Ok(true);
        }
        let client = match asynchronous {
            true => Reference::Asynchronous,
            false => Reference::Blocking,
        };
        serve(io::stdin().lock(), io::stdout(), &client)?;
        return Ok(true);
    }
    if let Some(Command::Supervise) = arguments.command {
        group::supervise(io::stdin().lock());
        return Ok(true);
    }
    let done = guarded(arguments);
    group::end_all();
    done
}

/// Does what the arguments say, while no process that it starts outlives this program.
fn guarded(arguments: Arguments) -> anyhow::Result<bool> {
    limits::raise()?;
    group::guard(unfinished)?;
    let root = Root::new(arguments.root.as_deref());
    match arguments.command {
        None => run_check(&root, arguments.check),
        Some(Command::Generate { check: true, .. }) => Ok(generate::check(root.found()?)),
        Some(Command::Generate { seed, out, .. }) => {
            match seed.as_deref().zip(out.as_deref()) {
                Some((seed, folder)) => generate::write_fresh(seed, folder)?,
                None => generate::write(root.found()?)?,
            }
            Ok(true)
        }
        Some(Command::Coverage(arguments)) => coverage::coverage(root.found()?, &arguments),
        Some(Command::Interop(arguments)) => interop::interop(&root, &arguments),
        Some(Command::Mutants(arguments)) => mutants::mutants(root.found()?, &arguments),
        Some(Command::Freeze(arguments)) => {
            freeze::freeze(root.found()?, &arguments).map(|()| true)
        }
        Some(Command::Record(arguments)) => record::record(&root, &arguments),
        Some(Command::Promote(arguments)) => promote::promote(&root, &arguments).map(|()| true),
        Some(Command::List(selection)) => list::list(&selection).map(|()| true),
        Some(Command::Doctor(arguments)) => doctor::doctor(&root, &arguments),
        Some(Command::Show(arguments)) => show::show(&arguments).map(|()| true),
        Some(Command::Serve(arguments)) => serve_by_hand(&arguments),
        Some(Command::Archive(arguments)) => archive::archive(&arguments).map(|()| true),
        Some(Command::Verify(arguments)) => claim::verify(&root, &arguments),
        Some(Command::Report(arguments)) => report::report(&arguments),
        // These were done above.
        Some(Command::Adapter { .. } | Command::Supervise) => Ok(true),
    }
}

fn run_check(root: &Root, arguments: CheckArguments) -> anyhow::Result<bool> {
    let typed = std::env::args_os().map(|argument| argument.to_string_lossy().into_owned());
    let again = again(typed, is_started_by_cargo());
    if let Some(path) = &arguments.log {
        log::begin(path)?;
    }
    let expectations = match &arguments.expectations {
        Some(path) => {
            let known = list::ids(arguments.transcripts.as_deref())?;
            Expectations::load(path, arguments.update_expectations, known)?
        }
        None => Expectations::default(),
    };
    if let Some(folder) = &arguments.html {
        make_folder(folder)?;
    }
    if let Some(subject) = arguments.relay.subject() {
        let check = RelayCheck {
            subject,
            selection: arguments.selection,
            format: arguments.format,
            settings: RelayRunSettings {
                fail_fast: arguments.fail_fast,
                expectations,
                scoring: Scoring::packed()?,
            },
            again,
        };
        let result = relay::check(root, &check)?;
        html::write(arguments.html.as_deref(), &result, None, None)?;
        return Ok(result.end.good);
    }
    let own = match &arguments.transcripts {
        Some(folder) => list::ids_in(folder)?,
        None => BTreeSet::new(),
    };
    let processors = std::thread::available_parallelism().map_or(2, usize::from);
    let vectors = arguments.vectors.clone();
    let check = check::Check {
        root,
        subject: arguments.subject.subject()?,
        selection: arguments.selection,
        again,
        vectors: arguments.vectors,
        transcripts: arguments.transcripts,
        format: arguments.format,
        settings: Settings {
            // Transcripts wait far more than they compute.
            jobs: arguments.jobs.map_or(processors.clamp(16, 32), usize::from),
            timeout: Duration::from_secs(arguments.timeout),
            fail_fast: arguments.fail_fast,
            expectations,
            scoring: Scoring::packed()?.with_own(&own),
            without: arguments.without,
        },
    };
    if let Some(path) = &arguments.claim {
        claim::allow(&check, path)?;
    }
    let result = check::run(&check)?;
    html::write(arguments.html.as_deref(), &result, vectors.as_deref(), None)?;
    if let Some(path) = &arguments.claim {
        return Ok(claim::make(&check, &result, path)? && result.end.good);
    }
    Ok(result.end.good)
}

/// The arguments of this program; ends it, as clap does, where there is something wrong with them.
pub(crate) fn read() -> Arguments {
    let words: Vec<OsString> = std::env::args_os().collect();
    let read = Arguments::try_parse_from(&words);
    read.unwrap_or_else(|error| explained(&words, error).exit())
}

/// An error, which shows the right order if the order alone is wrong.
fn explained(words: &[OsString], error: Error) -> Error {
    let Some(ContextValue::String(command)) = error.get(ContextKind::InvalidSubcommand) else {
        return error;
    };
    let at = words.iter().position(|word| *word == **command);
    let (ErrorKind::ArgumentConflict, Some(at)) = (error.kind(), at) else {
        return error;
    };
    let mut ordered = words.to_vec();
    if let Some(behind_program) = ordered.get_mut(1..=at) {
        behind_program.rotate_right(1);
    }
    let program = match is_started_by_cargo() {
        true => "cargo conformance",
        false => "conformance",
    };
    let right = match Arguments::try_parse_from(&ordered) {
        Ok(_) => {
            let behind = ordered.iter().skip(1).map(|word| word.to_string_lossy());
            let behind: Vec<_> = behind.collect();
            shlex::try_join(behind.iter().map(AsRef::as_ref)).ok()
        }
        Err(_) => None,
    };
    let told = match right {
        Some(right) => format!("a command comes before its options: {program} {right}"),
        None => format!(
            "the options before '{command}' are not its own; \
             `{program} {command} --help` lists those that may follow it"
        ),
    };
    Arguments::command().error(ErrorKind::ArgumentConflict, told)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_right_order_is_shown() {
        let told = |line: &str| {
            let words = shlex::split(line).unwrap();
            let words: Vec<OsString> = words.into_iter().map(OsString::from).collect();
            let error = Arguments::try_parse_from(&words).unwrap_err();
            explained(&words, error).to_string()
        };
        let right = told("x --adapter 'my tool' --timeout 3 doctor");
        assert!(
            right.contains("conformance doctor --adapter 'my tool' --timeout 3\n"),
            "{right}"
        );
        let other = told("x --fail-fast doctor");
        assert!(other.contains("before 'doctor' are not its own"), "{other}");
        assert!(other.contains("doctor --help`"), "{other}");
        let unknown = told("x --no-such-option");
        assert!(unknown.contains("--no-such-option"), "{unknown}");
    }
}
