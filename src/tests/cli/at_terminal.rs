//! The program at a terminal of its own, which a test can close.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, PipeReader, PipeWriter, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use crate::AMPLE;

/// A terminal. What is shown on it is read all the time, as a screen does.
pub(crate) struct Screen {
    shown: Arc<(Mutex<Vec<u8>>, Condvar)>,
    /// Typing, and the end of the thread that reads, as long as it is open.
    open: Option<(File, PipeWriter, JoinHandle<()>)>,
}

impl Screen {
    /// Opens a terminal, and gives it with the side that a program has.
    fn open() -> (Screen, File) {
        let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
        grantpt(&ours).unwrap();
        unlockpt(&ours).unwrap();
        let name = ptsname(&ours, Vec::new()).unwrap().into_string().unwrap();
        let theirs = {
            use std::os::unix::fs::OpenOptionsExt;
            let mut options = OpenOptions::new();
            // It must not become the terminal of the tests.
            let flag = OpenptFlags::NOCTTY.bits() as i32;
            let options = options.read(true).write(true).custom_flags(flag);
            options.open(name).unwrap()
        };
        let ours = File::from(ours);
        let shown = Arc::new((Mutex::new(Vec::new()), Condvar::new()));
        let (end, ending) = io::pipe().map(|(reader, writer)| (writer, reader)).unwrap();
        let (screen, to) = (ours.try_clone().unwrap(), Arc::clone(&shown));
        let reading = thread::spawn(move || read_until_end(screen, &ending, &to));
        let open = Some((ours, end, reading));
        (Screen { shown, open }, theirs)
    }

    /// Waits until the terminal has shown this.
    pub(crate) fn wait_for(&self, text: &str) {
        let (shown, changed) = &*self.shown;
        let lacks = |shown: &mut Vec<u8>| !String::from_utf8_lossy(shown).contains(text);
        let wait = changed.wait_timeout_while(shown.lock().unwrap(), AMPLE, lacks);
        let (shown, waited) = wait.unwrap();
        let shown = String::from_utf8_lossy(&shown);
        assert!(!waited.timed_out(), "no {text:?} in {shown}");
    }

    /// Everything that the terminal has shown.
    pub(crate) fn shown(&self) -> String {
        String::from_utf8_lossy(&self.shown.0.lock().unwrap()).into_owned()
    }

    pub(crate) fn types(&mut self, text: &str) {
        let (keyboard, ..) = self.open.as_mut().unwrap();
        keyboard.write_all(text.as_bytes()).unwrap();
    }

    /// Closes the terminal: the system sends SIGHUP, and each read is at its end.
    pub(crate) fn close(&mut self) {
        if let Some((keyboard, end, reading)) = self.open.take() {
            drop(end);
            reading.join().unwrap();
            drop(keyboard);
        }
    }
}

/// Reads what is shown until `ending` is at its end. Nothing of the terminal is open afterwards.
fn read_until_end(mut screen: File, ending: &PipeReader, to: &(Mutex<Vec<u8>>, Condvar)) {
    let mut bytes = [0; 4_096];
    loop {
        let mut waiting = [
            PollFd::new(&screen, PollFlags::IN),
            PollFd::new(ending, PollFlags::IN),
        ];
        poll(&mut waiting, None).unwrap();
        if !waiting[1].revents().is_empty() {
            return;
        }
        // A program that has ended leaves an error to read.
        let Ok(length @ 1..) = screen.read(&mut bytes) else {
            return;
        };
        to.0.lock().unwrap().extend_from_slice(&bytes[..length]);
        to.1.notify_all();
    }
}

/// The program, whose standard error is its terminal, and whose standard output the test reads.
pub(crate) struct AtTerminal {
    child: Child,
    pub(crate) screen: Screen,
    output: Option<BufReader<PipeReader>>,
}

impl AtTerminal {
    /// Starts a command in this folder, with its terminal as standard input. These signals, as
    /// `env` takes them, are ignored; the others do what they do by default.
    pub(crate) fn start(relay: &str, ignored: &str, folder: &Path, command: &[&str]) -> AtTerminal {
        let (reader, writer) = io::pipe().unwrap();
        let mut running = AtTerminal::into(writer, relay, ignored, folder, command);
        running.output = Some(BufReader::new(reader));
        running
    }

    /// Starts a command, as [`start`](AtTerminal::start) does, with a standard output that has room
    /// for so many bytes.
    pub(crate) fn with_room(
        room: usize,
        relay: &str,
        ignored: &str,
        folder: &Path,
        command: &[&str],
    ) -> AtTerminal {
        let (reader, writer) = io::pipe().unwrap();
        rustix::pipe::fcntl_setpipe_size(&writer, room).unwrap();
        let mut running = AtTerminal::into(writer, relay, ignored, folder, command);
        running.output = Some(BufReader::new(reader));
        running
    }

    /// Starts a command, as [`start`](AtTerminal::start) does, with this standard output.
    pub(crate) fn into(
        output: impl Into<Stdio>,
        relay: &str,
        ignored: &str,
        folder: &Path,
        command: &[&str],
    ) -> AtTerminal {
        let (screen, terminal) = Screen::open();
        let mut program = Command::new("env");
        program.arg("--default-signal=HUP,INT,TERM");
        if !ignored.is_empty() {
            program.arg(format!("--ignore-signal={ignored}"));
        }
        // `setsid` takes standard input for the terminal of the session, and becomes the command.
        let child = program
            .args(["setsid", "--ctty"])
            .args(command)
            .current_dir(folder)
            .env("WORMHOLE_SYNC_RENDEZVOUS", relay)
            .env("XDG_CONFIG_HOME", "/no/such/folder")
            .env("TERM", "xterm")
            .env_remove("CARGO")
            .stdin(terminal.try_clone().unwrap())
            .stdout(output)
            .stderr(terminal)
            .spawn()
            .unwrap();
        AtTerminal {
            child,
            screen,
            output: None,
        }
    }

    /// The next line of standard output, which is the code with `send`.
    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        self.output.as_mut().unwrap().read_line(&mut line).unwrap();
        assert!(line.ends_with('\n'), "{line:?}: {}", self.screen.shown());
        line.trim_end().to_owned()
    }

    /// Waits until standard output, a pipe of this size, has no room left.
    pub(crate) fn wait_until_full(&self, size: usize) {
        let output = self.output.as_ref().unwrap().get_ref();
        let begun = std::time::Instant::now();
        while rustix::io::ioctl_fionread(output).unwrap() < size as u64 {
            assert!(begun.elapsed() < AMPLE, "{}", self.screen.shown());
            thread::yield_now();
        }
    }

    /// Sends a signal: `INT`, `TERM` or `HUP`.
    pub(crate) fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-s", name, &id]).status();
        assert!(sent.unwrap().success());
    }

    /// Waits for the end, and gives the exit status and the rest of standard output.
    pub(crate) fn end(mut self) -> (i32, Vec<u8>, String) {
        let mut output = Vec::new();
        if let Some(from) = &mut self.output {
            from.read_to_end(&mut output).unwrap();
        }
        let status = self.child.wait().unwrap();
        self.screen.close();
        let shown = self.screen.shown();
        let status = status.code();
        (
            status.unwrap_or_else(|| panic!("a signal ended it: {shown}")),
            output,
            shown,
        )
    }
}

/// A test that fails leaves no process behind.
impl Drop for AtTerminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        self.screen.close();
    }
}
