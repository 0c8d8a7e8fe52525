//! An adapter's process: started from a command line, ended with its handle.

use std::collections::VecDeque;
use std::fmt;
use std::io::Read;
use std::process::{ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::{Context, anyhow, bail};

use super::log::{AdapterLog, Logged, Way};
use super::surroundings::Surroundings;
use crate::subject::group::GroupLeader;

/// A program and its arguments.
#[derive(Debug, Clone)]
pub(crate) struct CommandLine {
    program: String,
    arguments: Vec<String>,
}

impl CommandLine {
    /// Makes the command line of this program with these arguments.
    pub(crate) fn new<A: Into<String>>(
        program: impl Into<String>,
        arguments: impl IntoIterator<Item = A>,
    ) -> Self {
        Self {
            program: program.into(),
            arguments: arguments.into_iter().map(Into::into).collect(),
        }
    }

    /// This command line with more arguments at its end.
    pub(crate) fn with(mut self, arguments: impl IntoIterator<Item = String>) -> Self {
        self.arguments.extend(arguments);
        self
    }

    /// Takes a command line apart at spaces; single and double quotes keep them. No shell is
    /// involved.
    ///
    /// # Errors
    ///
    /// A sentence when it is empty or a quote is left open.
    pub(crate) fn parse(text: &str) -> anyhow::Result<Self> {
        let mut words: Vec<String> = Vec::new();
        let mut word: Option<String> = None;
        let mut quote = None;
        for character in text.chars() {
            match (quote, character) {
                (Some(open), _) if open == character => quote = None,
                (None, '\'' | '"') => {
                    quote = Some(character);
                    word.get_or_insert_default();
                }
                (None, ' ' | '\t') => words.extend(word.take()),
                _ => word.get_or_insert_default().push(character),
            }
        }
        if quote.is_some() {
            bail!("a quote is left open in: {text}");
        }
        words.extend(word);
        let mut words = words.into_iter();
        let program = words.next().context("the adapter's command is empty")?;
        Ok(Self::new(program, words))
    }
}

impl fmt::Display for CommandLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.program)?;
        self.arguments.iter().try_for_each(|argument| {
            if argument.contains([' ', '"']) || argument.is_empty() {
                write!(f, " '{argument}'")
            } else {
                write!(f, " {argument}")
            }
        })
    }
}

/// A running adapter, which is killed on drop, with all that it has started.
#[derive(Debug)]
pub(crate) struct Process {
    leader: GroupLeader,
    stderr: Arc<Mutex<Tail>>,
    log: AdapterLog,
}

impl Process {
    /// Starts an adapter, and gives it with its standard input and output.
    ///
    /// # Errors
    ///
    /// A sentence.
    pub(crate) fn start(command: &CommandLine) -> anyhow::Result<(Self, ChildStdin, ChildStdout)> {
        Self::start_in(command, &Surroundings::default())
    }

    /// Starts an adapter in these surroundings.
    ///
    /// # Errors
    ///
    /// A sentence.
    pub(super) fn start_in(
        command: &CommandLine,
        surroundings: &Surroundings,
    ) -> anyhow::Result<(Self, ChildStdin, ChildStdout)> {
        let argument = |text: &String| surroundings.argument(text);
        let mut starting = Command::new(argument(&command.program));
        starting
            .args(command.arguments.iter().map(argument))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        surroundings.surround(&mut starting)?;
        let mut leader = GroupLeader::start(&mut starting)
            .with_context(|| format!("cannot start `{command}`"))?;
        let child = &mut leader.child;
        match (child.stdin.take(), child.stdout.take()) {
            (Some(stdin), Some(stdout)) => {
                let tail = Arc::new(Mutex::new(Tail::default()));
                let log = AdapterLog::next();
                if let Some(stderr) = child.stderr.take() {
                    let keeper = Arc::clone(&tail);
                    let stderr = Logged::new(stderr, log, Way::Error);
                    thread::spawn(move || keep(stderr, &keeper));
                }
                let process = Self {
                    leader,
                    stderr: tail,
                    log,
                };
                Ok((process, stdin, stdout))
            }
            // This is never reached, because both were asked for.
            _ => Err(anyhow!("cannot talk to `{command}`")),
        }
    }

    /// Waits for the process to end, once its standard input has ended.
    pub(crate) fn wait(&mut self, timeout: Duration) -> Option<ExitStatus> {
        self.leader.wait(timeout)
    }

    /// The status with which the process has ended, if it has.
    pub(crate) fn ended(&mut self) -> Option<ExitStatus> {
        self.leader.child.try_wait().ok().flatten()
    }

    /// Asks the process to end (SIGTERM).
    ///
    /// # Errors
    ///
    /// A sentence, also where the system has no such signal.
    pub(crate) fn terminate(&self) -> anyhow::Result<()> {
        #[cfg(unix)]
        {
            use rustix::process::{Pid, Signal, kill_process};
            kill_process(Pid::from_child(&self.leader.child), Signal::TERM)
                .context("the process cannot be asked to end")
        }
        #[cfg(not(unix))]
        bail!("this system has no signal that asks a process to end")
    }

    /// The place of the process in the log.
    pub(super) fn log(&self) -> AdapterLog {
        self.log
    }

    /// The number of the process.
    pub(super) fn id(&self) -> u32 {
        self.leader.child.id()
    }

    /// The number of bytes that came on standard error so far.
    pub(crate) fn stderr_mark(&self) -> usize {
        lock(&self.stderr).total
    }

    /// The text that came on standard error since a mark, as far as it is still kept.
    pub(crate) fn stderr_since(&self, mark: usize) -> String {
        lock(&self.stderr).since(mark)
    }
}

/// The last part of an endless text.
#[derive(Debug, Default)]
struct Tail {
    kept: VecDeque<u8>,
    total: usize,
}

const KEPT: usize = 64 * 1024;

impl Tail {
    fn add(&mut self, bytes: &[u8]) {
        self.kept.extend(bytes);
        self.total += bytes.len();
        let surplus = self.kept.len().saturating_sub(KEPT);
        self.kept.drain(..surplus);
    }

    fn since(&self, mark: usize) -> String {
        let wanted = self.total.saturating_sub(mark).min(self.kept.len());
        let bytes: Vec<u8> = self
            .kept
            .iter()
            .skip(self.kept.len() - wanted)
            .copied()
            .collect();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

fn keep(mut stderr: impl Read, tail: &Mutex<Tail>) {
    let mut buffer = [0; 4096];
    while let Ok(count @ 1..) = stderr.read(&mut buffer) {
        lock(tail).add(buffer.get(..count).unwrap_or_default());
    }
}

fn lock(tail: &Mutex<Tail>) -> std::sync::MutexGuard<'_, Tail> {
    tail.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_a_command_at_spaces_outside_quotes() {
        let command = CommandLine::parse("node  'my adapter.js' --name=\"a b\" ''").unwrap();
        assert_eq!(command.program, "node");
        assert_eq!(command.arguments, ["my adapter.js", "--name=a b", ""]);
        assert_eq!(command.to_string(), "node 'my adapter.js' '--name=a b' ''");
        assert!(CommandLine::parse(" ").is_err());
        assert!(CommandLine::parse("a 'b").is_err());
    }

    #[test]
    fn keeps_the_end_of_a_long_text() {
        let mut tail = Tail::default();
        tail.add(&[b'a'; KEPT]);
        let mark = tail.total;
        tail.add(b"bc");
        assert_eq!(tail.since(mark), "bc");
        assert_eq!(tail.since(0).len(), KEPT);
    }
}
