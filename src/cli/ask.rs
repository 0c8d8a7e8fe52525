//! Asks the user at the terminal, also where standard input and output lead elsewhere.

use super::signals::Signals;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::sync::mpsc;
use std::thread;

/// The terminal from which the program was started.
#[derive(Debug)]
pub(super) struct Terminal(File);

impl Terminal {
    /// Opens it, if there is one.
    pub(super) fn open() -> io::Result<Terminal> {
        OpenOptions::new()
            .read(true)
            .write(true)
            .open("/dev/tty")
            .map(Terminal)
    }

    /// Asks a question; anything but `y` and `yes` is a no, and so is a signal.
    ///
    /// It waits in another thread and leaves the terminal as it is, so that Ctrl-C stays a signal.
    pub(super) fn agrees(&self, question: &str, signals: &Signals) -> io::Result<bool> {
        let mut terminal = &self.0;
        write!(terminal, "{question} [y/N] ")?;
        let (sender, receiver) = mpsc::channel();
        signals.while_asking(&sender);
        let reader = BufReader::new(self.0.try_clone()?);
        thread::spawn(move || {
            let said_yes = line(reader).is_ok_and(|line| is_yes(&line));
            // Nobody waits for it any more after a signal.
            let _ = sender.send(Some(said_yes));
        });
        let answer = receiver.recv().ok().flatten();
        signals.asked();
        Ok(answer == Some(true))
    }
}

/// One line, of which more than a word does not matter.
fn line(mut reader: impl BufRead) -> io::Result<String> {
    let mut line = Vec::new();
    io::Read::take(&mut reader, 64).read_until(b'\n', &mut line)?;
    Ok(String::from_utf8_lossy(&line).into_owned())
}

fn is_yes(line: &str) -> bool {
    ["y", "yes"].contains(&line.trim().to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_yes_is_yes() {
        for (typed, yes) in [
            ("y\n", true),
            ("YES\r\n", true),
            ("", false),
            ("\n", false),
            ("yep\n", false),
        ] {
            assert_eq!(is_yes(&line(typed.as_bytes()).unwrap()), yes, "{typed:?}");
        }
    }
}
