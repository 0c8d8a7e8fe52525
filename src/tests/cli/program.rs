//! The program under test, and a relay for it.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdout, Command, Stdio};

/// An address at which nothing listens.
pub(crate) const NOWHERE: &str = "http://127.0.0.1:1";

/// A command that hears the signals that tests send, even if the tests run under `nohup` or in the
/// background of a script, which ignore some.
pub(crate) fn hearing_signals(program: &str) -> Command {
    let mut command = Command::new("env");
    command.args(["--default-signal=HUP,INT,TERM", program]);
    command
}

/// The program with these arguments, at this relay, with nothing on standard input.
pub(crate) fn program(relay: &str, arguments: &[&str]) -> Command {
    let mut command = hearing_signals(env!("CARGO_BIN_EXE_wormhole-sync"));
    command
        .args(arguments)
        .env("WORMHOLE_SYNC_RENDEZVOUS", relay)
        .env("XDG_CONFIG_HOME", "/no/such/folder")
        .env_remove("CARGO")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// The program as [`program`] gives it, but without the terminal of whoever runs the tests.
pub(crate) fn without_terminal(relay: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new("setsid");
    command
        .args(["--wait", env!("CARGO_BIN_EXE_wormhole-sync")])
        .args(arguments)
        .env("WORMHOLE_SYNC_RENDEZVOUS", relay)
        .env("XDG_CONFIG_HOME", "/no/such/folder")
        .stdin(Stdio::null());
    command
}

/// The end of a run.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) status: i32,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: String,
}

/// Runs a command to its end.
pub(crate) fn end(command: &mut Command) -> Ended {
    let output = command.output().unwrap();
    Ended {
        status: output.status.code().unwrap(),
        stdout: output.stdout,
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Runs a command to its end with this standard input.
pub(crate) fn end_with_input(command: &mut Command, input: &[u8]) -> Ended {
    Running::start_with_input(command, input).end()
}

/// A program that still runs.
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
        // The program may end before it has read all of its input.
        let _ = running.child.stdin.take().unwrap().write_all(input);
        running
    }

    /// The next line of standard output, which is the code with `send`.
    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        assert!(line.ends_with('\n'), "{line:?}, then: {}", self.errors());
        line.trim_end().to_owned()
    }

    /// Waits until standard error contains this text.
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
            // A test may have led standard error elsewhere.
            if let Some(errors) = &mut self.child.stderr {
                errors.read_to_string(&mut stderr).unwrap();
            }
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
        if let Some(stderr) = &mut self.child.stderr {
            let _ = stderr.read_to_string(&mut errors);
        }
        errors
    }
}

/// A test that fails leaves no process behind.
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

    /// Starts `send` with these arguments, and gives it with its code.
    pub(crate) fn send(&self, arguments: &[&str]) -> (Running, String) {
        let mut running = Running::start(&mut program(&self.url, &[&["send"], arguments].concat()));
        let code = running.line();
        (running, code)
    }

    /// Runs `receive` with these arguments to its end.
    pub(crate) fn receive(&self, arguments: &[&str]) -> Ended {
        end(&mut program(&self.url, &[&["receive"], arguments].concat()))
    }
}
