//! Questions to the user at the terminal, even where standard input and output lead elsewhere.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::sync::mpsc;
use std::thread;

use zeroize::Zeroizing;

use super::signals::Signals;

/// The terminal from which the program was started.
#[derive(Debug)]
pub(super) struct Terminal(File);

impl Terminal {
    /// Opens the terminal, if there is one.
    pub(super) fn open() -> io::Result<Terminal> {
        OpenOptions::new()
            .read(true)
            .write(true)
            .open("/dev/tty")
            .map(Terminal)
    }

    /// Asks for a line, and gives `None` at a Ctrl-D.
    pub(super) fn line(&self, prompt: &str) -> io::Result<Option<Zeroizing<String>>> {
        let mut terminal = &self.0;
        terminal.write_all(prompt.as_bytes())?;
        line(BufReader::new(self.0.try_clone()?))
    }

    /// Asks a question. Anything but `y` and `yes` counts as no, and so does a signal.
    ///
    /// The wait is in another thread and leaves the terminal's settings alone, so that Ctrl-C stays
    /// a signal.
    pub(super) fn agrees(&self, question: &str, signals: &Signals) -> io::Result<bool> {
        let mut terminal = &self.0;
        write!(terminal, "{question} [y/N] ")?;
        let (sender, receiver) = mpsc::channel();
        signals.while_asking(&sender);
        let reader = BufReader::new(self.0.try_clone()?);
        thread::spawn(move || {
            let said_yes = line(reader).is_ok_and(|line| line.is_some_and(|line| is_yes(&line)));
            // After a signal nobody waits for the answer any more.
            let _ = sender.send(Some(said_yes));
        });
        let answer = receiver.recv().ok().flatten();
        signals.asked();
        Ok(answer == Some(true))
    }
}

/// Reads one line, or `None` at the end of the input. A line longer than any code may be cut.
fn line(reader: impl BufRead) -> io::Result<Option<Zeroizing<String>>> {
    const MOST: usize = 1_100;
    let mut line = Zeroizing::new(Vec::with_capacity(MOST));
    let length = reader.take(MOST as u64).read_until(b'\n', &mut line)?;
    let text = Zeroizing::new(String::from_utf8_lossy(&line).into_owned());
    Ok((length > 0).then_some(text))
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
            let line = line(typed.as_bytes()).unwrap();
            assert_eq!(line.is_some_and(|line| is_yes(&line)), yes, "{typed:?}");
        }
    }
}
