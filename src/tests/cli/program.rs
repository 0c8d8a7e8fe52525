//! The program under test, and what it is run beside.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdout, Command, Stdio};

/// Nothing listens there.
pub(crate) const NOWHERE: &str = "http://127.0.0.1:1";

/// The program with these arguments, at this relay, with nothing on standard input.
pub(crate) fn program(relay: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wormhole-sync"));
    command
        .args(arguments)
        .env("WORMHOLE_SYNC_RENDEZVOUS", relay)
        .env_remove("CARGO")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// The same without the terminal from which the tests may have been started.
pub(crate) fn without_terminal(relay: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new("setsid");
    command
        .args(["--wait", env!("CARGO_BIN_EXE_wormhole-sync")])
        .args(arguments)
        .env("WORMHOLE_SYNC_RENDEZVOUS", relay)
        .stdin(Stdio::null());
    command
}

/// How a run ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) status: i32,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: String,
}

/// Runs it to its end.
pub(crate) fn end(command: &mut Command) -> Ended {
    let output = command.output().unwrap();
    Ended {
        status: output.status.code().unwrap(),
        stdout: output.stdout,
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Runs it to its end with this on standard input.
pub(crate) fn end_with_input(command: &mut Command, input: &[u8]) -> Ended {
    Running::start_with_input(command, input).end()
}

/// A run that goes on.
pub(crate) struct Running {
    child: Child,
    stdout: BufReader<ChildStdout>,
}

impl Running {
    pub(crate) fn start(command: &mut Command) -> Running {
        let mut child = command.spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        Running { child, stdout }
    }

    pub(crate) fn start_with_input(command: &mut Command, input: &[u8]) -> Running {
        let mut running = Running::start(command.stdin(Stdio::piped()));
        // It may refuse before it has read all of it.
        let _ = running.child.stdin.take().unwrap().write_all(input);
        running
    }

    /// The next line of standard output: of `send`, the code.
    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        assert!(line.ends_with('\n'), "{line:?}, then: {}", self.errors());
        line.trim_end().to_owned()
    }

    /// Waits until it says this to its user.
    pub(crate) fn wait_for(&mut self, text: &str) {
        let mut said = String::new();
        // Byte by byte, so that nothing is lost for `end`.
        let stderr = self.child.stderr.as_mut().unwrap();
        while !said.contains(text) {
            let mut byte = [0];
            stderr
                .read_exact(&mut byte)
                .unwrap_or_else(|_| panic!("ended with {said}"));
            said.push(char::from(byte[0]));
        }
    }

    /// Sends a signal: `INT`, `TERM`, `STOP`, `CONT`.
    pub(crate) fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-s", name, &id]).status();
        assert!(sent.unwrap().success());
    }

    pub(crate) fn end(mut self) -> Ended {
        let mut stdout = Vec::new();
        let (read, stderr) = std::thread::scope(|scope| {
            let reading = scope.spawn(|| self.stdout.read_to_end(&mut stdout));
            let mut stderr = String::new();
            let errors = self.child.stderr.as_mut().unwrap();
            errors.read_to_string(&mut stderr).unwrap();
            (reading.join().unwrap(), stderr)
        });
        read.unwrap();
        Ended {
            status: self.child.wait().unwrap().code().unwrap(),
            stdout,
            stderr,
        }
    }

    fn errors(&mut self) -> String {
        let mut errors = String::new();
        let _ = self
            .child
            .stderr
            .as_mut()
            .unwrap()
            .read_to_string(&mut errors);
        errors
    }
}

/// A test that fails leaves nothing behind.
impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `wormhole-sync relay`, on a free port.
pub(crate) struct Relay {
    pub(crate) running: Running,
    pub(crate) url: String,
}

impl Relay {
    pub(crate) fn start() -> Relay {
        let mut running =
            Running::start(&mut program(NOWHERE, &["relay", "--listen", "127.0.0.1:0"]));
        let line = running.line();
        let url = line
            .strip_prefix("listening on ")
            .expect("an address")
            .to_owned();
        Relay { running, url }
    }

    /// `send` with these arguments, and its code.
    pub(crate) fn send(&self, arguments: &[&str]) -> (Running, String) {
        let mut running = Running::start(&mut program(&self.url, &[&["send"], arguments].concat()));
        let code = running.line();
        (running, code)
    }

    /// `receive` with these arguments, to its end.
    pub(crate) fn receive(&self, arguments: &[&str]) -> Ended {
        end(&mut program(&self.url, &[&["receive"], arguments].concat()))
    }
}
