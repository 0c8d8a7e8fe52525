//! `conformance record --out`: records what two programs say over a relay, one file for each side.

pub(crate) mod recording;
pub(crate) mod side;
mod tap;
mod typed;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use clap::Args;

use crate::root::Root;
use crate::stage::address::Address;
use crate::stage::listener::{listen, runtime};
use crate::subject::Subject;
use crate::subject::command::{CommandTemplates, ExitStatuses};
use crate::subject::group::TemporaryFolder;
use crate::subject::relay::RelaySubject;
use crate::suites::replay::transcript::ClientRole;
use crate::suites::vectors::printable;
use crate::terminal::show;
use side::{APPID, SideProgram, SideRun};
use tap::Tap;
use typed::TypedLines;

/// The time that two programs have, and that a person has.
const FOR_PROGRAMS: u64 = 60;
const FOR_A_PERSON: u64 = 600;

/// The two sides of an exchange that is recorded, and the relay between them.
#[derive(Debug, Args)]
pub(crate) struct PairArguments {
    /// Record what two programs say over a relay instead: a file for each side, into this new
    /// folder. A side without an option is started by hand, with the address that is printed as
    /// its relay
    #[arg(long, value_name = "DIR", conflicts_with_all = ["ids", "check", "adapter"])]
    pub(crate) out: Option<PathBuf>,
    /// The adapter that plays the initiator: a command with its arguments. One that takes injected
    /// values is recorded with all that `promote` needs
    #[arg(
        long,
        value_name = "COMMAND",
        requires = "out",
        conflicts_with = "initiator"
    )]
    initiator_adapter: Option<String>,
    /// The adapter that plays the receiver
    #[arg(
        long,
        value_name = "COMMAND",
        requires = "out",
        conflicts_with = "receiver"
    )]
    receiver_adapter: Option<String>,
    #[command(flatten)]
    commands: CommandTemplates,
    /// The relay's own address, over plain http [default: the reference's, started here]
    #[arg(long, value_name = "URL", requires = "out")]
    relay: Option<String>,
    /// The seconds that all may take [default: 60, or 600 where a side is started by hand]
    #[arg(long, value_name = "SECONDS", requires = "out", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    timeout: Option<u64>,
}

/// Records an exchange, and gives whether each program that was started here told its end.
///
/// # Errors
///
/// A sentence that says why nothing could be recorded.
pub(crate) fn record(root: &Root, arguments: &PairArguments, out: &Path) -> anyhow::Result<bool> {
    let initiator = arguments.side(ClientRole::Initiator, root)?;
    let receiver = arguments.side(ClientRole::Receiver, root)?;
    let by_hand = initiator.is_none() || receiver.is_none();
    let usual = if by_hand { FOR_A_PERSON } else { FOR_PROGRAMS };
    let timeout = Duration::from_secs(arguments.timeout.unwrap_or(usual));
    let relay = match &arguments.relay {
        Some(url) => RelaySubject::Address(url.clone()),
        None => RelaySubject::Reference,
    };
    let relay = relay.start(root)?;
    let address = Address::of(relay.url())?;
    make_new(out)?;
    let runtime = runtime()?;
    let tap = Arc::new(Tap::new(address, out));
    let listening = runtime
        .block_on(listen(Arc::clone(&tap)))
        .context("no port for the recorder")?;
    let url = listening.url();
    show(format_args!("listening on {url}"));
    let told = meet(initiator.as_ref(), receiver.as_ref(), &url, timeout);
    drop(listening);
    for (role, run) in &told {
        tap.know(*role, |recording| {
            recording.program.clone_from(&run.program);
            recording.outcome = run.outcome.as_ref().ok().cloned();
            recording.expect.clone_from(&run.expect);
            if run.input.is_some() {
                recording.know(run.input.clone());
            }
        });
    }
    let (sides, unrecorded) = tap.finish()?;
    for side in &sides {
        show(format_args!("\n{}", side.path.display()));
        for line in side.recording.ladder().lines() {
            show(printable(line));
        }
    }
    if unrecorded > 0 {
        show(format_args!(
            "{unrecorded} requests were passed on, and belong to no side"
        ));
    }
    let mut all_told = true;
    for (role, run) in &told {
        if let Err(fault) = &run.outcome {
            show(format_args!(
                "the {} told no end: {}",
                role.token(),
                printable(fault)
            ));
            all_told = false;
        }
    }
    if sides.is_empty() {
        bail!("nothing was recorded: no side made an allocate or a claim at {url}");
    }
    Ok(all_told)
}

impl PairArguments {
    /// Refuses options of an exchange where none is recorded.
    ///
    /// # Errors
    ///
    /// A sentence that names the option that is missing.
    pub(crate) fn check(&self) -> anyhow::Result<()> {
        let has_none = self.commands.roles().is_empty();
        if self.out.is_none() && !(has_none && self.commands.exit == ExitStatuses::default()) {
            bail!(
                "--initiator, --receiver and --exit record an exchange of programs; --out DIR says where to"
            );
        }
        if has_none && self.commands.exit != ExitStatuses::default() {
            bail!("--exit is about --initiator and --receiver, and neither is there");
        }
        self.commands.check()
    }

    /// The program of a role, if it is not started by hand.
    fn side(&self, role: ClientRole, root: &Root) -> anyhow::Result<Option<SideProgram>> {
        let (adapter, command) = match role {
            ClientRole::Initiator => (&self.initiator_adapter, &self.commands.initiator),
            ClientRole::Receiver => (&self.receiver_adapter, &self.commands.receiver),
        };
        let subject = match (adapter, command) {
            (Some(command), _) => Subject::Adapter(command.clone()),
            (None, Some(_)) => Subject::Commands(self.commands.clone(), TemporaryFolder::make()?),
            (None, None) => return Ok(None),
        };
        SideProgram::start(role, subject, root).map(Some)
    }
}

/// Lets the sides meet at an address, and gives the runs of those that are programs.
fn meet(
    initiator: Option<&SideProgram>,
    receiver: Option<&SideProgram>,
    url: &str,
    timeout: Duration,
) -> Vec<(ClientRole, SideRun)> {
    let end = Instant::now() + timeout;
    let left = || end.saturating_duration_since(Instant::now());
    let by_hand = initiator.is_none() || receiver.is_none();
    let typed = by_hand.then(TypedLines::read);
    let (show_code, codes) = mpsc::channel();
    let mut told = Vec::new();
    thread::scope(|scope| {
        let initiating = initiator.map(|program| {
            scope.spawn(move || {
                program.run(url, None, timeout, &|code| {
                    // The receiver may have given up waiting.
                    let _ = show_code.send(code.to_owned());
                })
            })
        });
        let code = match (initiator, receiver, &typed) {
            (Some(_), _, _) => codes.recv_timeout(left()).ok(),
            (None, Some(_), Some(typed)) => {
                show(format_args!(
                    "Start the initiator, with this address as its relay and the appid {APPID}."
                ));
                typed.code(end)
            }
            (None, _, _) => None,
        };
        let is_over = initiator.is_some() && code.is_none();
        match (receiver, code) {
            (Some(program), Some(code)) => {
                let run = program.run(url, Some(&code), left(), &|_| {});
                told.push((ClientRole::Receiver, run));
            }
            (Some(program), None) => told.push((ClientRole::Receiver, program.without_code())),
            (None, Some(code)) => show(format_args!(
                "Start the receiver, with this relay, the appid {APPID} and the code {}",
                printable(&code)
            )),
            (None, None) if is_over => {}
            (None, None) => show("Start both sides, with this address as their relay."),
        }
        if let Some(typed) = typed.filter(|_| !is_over) {
            typed.enter(end);
        }
        if let Some(Ok(run)) = initiating.map(thread::ScopedJoinHandle::join) {
            told.insert(0, (ClientRole::Initiator, run));
        }
    });
    told
}

/// Makes a folder for recordings.
fn make_new(folder: &Path) -> anyhow::Result<()> {
    let name = folder.display();
    fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {name}"))?;
    let mut entries = fs::read_dir(folder).with_context(|| format!("cannot read {name}"))?;
    match entries.next() {
        None => Ok(()),
        Some(_) => bail!("{name} is not empty, and no recording is overwritten; name a new folder"),
    }
}
