//! The processes and the folders that the suite makes. Each process leads a group of its own, and
//! the whole group ends with its handle, so that what an adapter forks is not left behind; a folder
//! is removed with its handle.
//!
//! A signal ends all groups and removes all folders first ([`guard`]). A second process of this
//! program, the supervisor, does so when this one is killed without any chance to.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::fs;
use std::io::{self, BufRead, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context;
use tempfile::TempDir;

use crate::terminal::say;

/// The argument with which this program is the supervisor.
pub(crate) const SUPERVISE: &str = "supervise";

/// The groups that run, by the process that leads each, the folders that were made, and the
/// supervisor, if there is one.
struct Started {
    groups: BTreeSet<u32>,
    folders: BTreeSet<PathBuf>,
    supervisor: Option<Child>,
}

static STARTED: Mutex<Started> = Mutex::new(Started {
    groups: BTreeSet::new(),
    folders: BTreeSet::new(),
    supervisor: None,
});

fn started() -> MutexGuard<'static, Started> {
    STARTED.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Started {
    /// Tells the supervisor of a group or a folder.
    fn tell(&mut self, mark: char, what: impl Display) {
        let supervisor = self.supervisor.as_mut();
        if let Some(input) = supervisor.and_then(|child| child.stdin.as_mut()) {
            // A supervisor that has gone cannot help; the handles still end what is theirs.
            let _ = writeln!(input, "{mark}{what}").and_then(|()| input.flush());
        }
    }

    fn end_all(&mut self) {
        self.groups.iter().for_each(|leader| kill_group(*leader));
        self.groups.clear();
        self.folders.iter().for_each(|folder| remove(folder));
        self.folders.clear();
        if let Some(mut supervisor) = self.supervisor.take() {
            // Its input ends here, and with it the process.
            drop(supervisor.stdin.take());
            let _ = supervisor.wait();
        }
    }
}

/// A process that leads a group; the group is killed on drop.
#[derive(Debug)]
pub(crate) struct GroupLeader {
    /// The process, with what was asked for of its input and outputs.
    pub(crate) child: Child,
}

impl GroupLeader {
    /// Starts a command in a group of its own.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub(crate) fn start(command: &mut Command) -> io::Result<Self> {
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(command, 0);
        // Under the lock, so that a signal finds each process that has been started.
        let mut started = started();
        let child = command.spawn()?;
        started.groups.insert(child.id());
        started.tell('+', child.id());
        Ok(Self { child })
    }

    /// Waits for the leader's end, which is the end of its group as well.
    pub(crate) fn wait(&mut self, timeout: Duration) -> Option<ExitStatus> {
        let end = Instant::now() + timeout;
        while !has_ended(&mut self.child) {
            if Instant::now() >= end {
                return None;
            }
            thread::sleep(Duration::from_millis(2));
        }
        self.end()
    }

    /// Ends the group, and gives how the leader ended.
    fn end(&mut self) -> Option<ExitStatus> {
        let leader = self.child.id();
        let mut started = started();
        if started.groups.remove(&leader) {
            // The leader is still to be waited for, so that its number is nobody else's.
            kill_group(leader);
            started.tell('-', leader);
        }
        drop(started);
        // This fails only when the process has ended by itself.
        let _ = self.child.kill();
        self.child.wait().ok()
    }
}

impl Drop for GroupLeader {
    fn drop(&mut self) {
        let _ = self.end();
    }
}

/// A folder for what only this run needs; it is removed on drop, or with the program.
#[derive(Debug)]
pub(crate) struct TemporaryFolder(TempDir);

impl TemporaryFolder {
    /// Makes an empty folder among the system's temporary ones.
    ///
    /// # Errors
    ///
    /// A sentence.
    pub(crate) fn make() -> anyhow::Result<Self> {
        // Under the lock, so that a signal finds each folder that was made.
        let mut started = started();
        let folder = tempfile::Builder::new()
            .prefix("wormhole-sync-conformance-")
            .tempdir()
            .context("a temporary folder cannot be made")?;
        started.folders.insert(folder.path().to_owned());
        started.tell('>', folder.path().display());
        Ok(Self(folder))
    }

    /// The place of the folder.
    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        let mut started = started();
        started.folders.remove(self.path());
        started.tell('<', self.path().display());
    }
}

fn remove(folder: &Path) {
    // What stays behind among the system's temporary folders harms nobody.
    let _ = fs::remove_dir_all(folder);
}

#[cfg(unix)]
fn pid(of: u32) -> Option<rustix::process::Pid> {
    i32::try_from(of)
        .ok()
        .and_then(rustix::process::Pid::from_raw)
}

#[cfg(unix)]
fn kill_group(leader: u32) {
    use rustix::process::{Signal, kill_process_group};
    // A group without any process left is no fault.
    let _ = pid(leader).map(|leader| kill_process_group(leader, Signal::KILL));
}

#[cfg(not(unix))]
fn kill_group(_leader: u32) {}

/// Whether a process has ended. It keeps its number until it is waited for.
#[cfg(unix)]
fn has_ended(child: &mut Child) -> bool {
    use rustix::process::{WaitId, WaitIdOptions, waitid};
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    pid(child.id()).is_none_or(|pid| !matches!(waitid(WaitId::Pid(pid), options), Ok(None)))
}

#[cfg(not(unix))]
fn has_ended(child: &mut Child) -> bool {
    !matches!(child.try_wait(), Ok(None))
}

/// Makes sure that no group and no temporary folder outlives this program, whatever ends it. For
/// the program itself, not for tests. What `unfinished` gives when a signal comes is told.
///
/// # Errors
///
/// A sentence when the supervisor does not start, or signals cannot be handled.
pub(crate) fn guard(unfinished: fn() -> String) -> anyhow::Result<()> {
    ctrlc::set_handler(move || {
        // The lock is kept to the end, so that nothing is started any more.
        let mut started = started();
        // What ends from here on has nothing to do with what was judged.
        let unfinished = unfinished();
        started.end_all();
        say(format_args!(
            "conformance: ended by a signal, and everything that was started with it; {unfinished}"
        ));
        std::process::exit(2);
    })
    .context("signals cannot be handled")?;
    let program = std::env::current_exe().context("this program does not find itself")?;
    let mut command = Command::new(program);
    command
        .arg(SUPERVISE)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    // In a group of its own no signal from a terminal reaches it.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let supervisor = command.spawn().context("the supervisor does not start")?;
    started().supervisor = Some(supervisor);
    Ok(())
}

/// Ends all groups that still run, and removes all folders, at the end of the program.
pub(crate) fn end_all() {
    started().end_all();
}

/// The supervisor: notes the groups and folders that it is told of, and ends and removes those that
/// are left when its input ends.
pub(crate) fn supervise(input: impl BufRead) {
    let (mut groups, mut folders) = (BTreeSet::new(), BTreeSet::new());
    for line in input.lines().map_while(Result::ok) {
        let Some((mark, what)) = line.split_at_checked(1) else {
            continue;
        };
        match (mark, what.parse()) {
            ("+", Ok(leader)) => groups.insert(leader),
            ("-", Ok(leader)) => groups.remove(&leader),
            (">", _) => folders.insert(PathBuf::from(what)),
            ("<", _) => folders.remove(Path::new(what)),
            _ => continue,
        };
    }
    groups.into_iter().for_each(kill_group);
    folders.iter().for_each(|folder| remove(folder));
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    /// Starts a shell with a child that holds its standard output.
    fn forks(then: &str) -> GroupLeader {
        let script = format!("sleep 600 & {then}");
        let mut command = Command::new("sh");
        command.args(["-c", &script]).stdout(Stdio::piped());
        GroupLeader::start(&mut command).unwrap()
    }

    /// Reads to the end, which comes when nobody holds the pipe any more.
    fn ends(leader: &mut GroupLeader) -> impl FnOnce() + use<> {
        let mut output = leader.child.stdout.take().unwrap();
        move || assert_eq!(io::copy(&mut output, &mut io::sink()).unwrap(), 0)
    }

    #[test]
    fn what_was_forked_ends_with_the_leader() {
        let mut leader = forks("exit 3");
        let ends = ends(&mut leader);
        let status = leader.wait(Duration::from_secs(60)).unwrap();
        assert_eq!(status.code(), Some(3));
        ends();
    }

    #[test]
    fn what_was_forked_ends_with_the_handle() {
        let mut leader = forks("wait");
        let ends = ends(&mut leader);
        assert!(leader.wait(Duration::ZERO).is_none());
        drop(leader);
        ends();
    }

    #[test]
    fn a_temporary_folder_goes_with_its_handle() {
        let folder = TemporaryFolder::make().unwrap();
        let path = folder.path().to_owned();
        assert!(path.is_dir() && started().folders.contains(&path));
        drop(folder);
        assert!(!path.exists() && !started().folders.contains(&path));
    }

    #[test]
    fn the_supervisor_ends_what_is_left() {
        let (mut left, mut done) = (forks("wait"), forks("wait"));
        let ends = ends(&mut left);
        let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (kept, removed) = (other.path().display(), folder.path().display());
        let said = format!(
            "+{}\n+{}\n>{removed}\n>{kept}\nx\n<{kept}\n-{}\n",
            left.child.id(),
            done.child.id(),
            done.child.id()
        );
        supervise(said.as_bytes());
        ends();
        assert!(!folder.path().exists() && other.path().exists());
        assert!(left.wait(Duration::from_secs(60)).is_some());
        assert!(done.wait(Duration::ZERO).is_none());
    }
}
