//! Questions to the user at the terminal, even where standard input and output lead elsewhere.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::thread;

use zeroize::Zeroizing;

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

    /// The settings as they are now, to be restored however the program ends.
    #[cfg(unix)]
    pub(super) fn settings(&self) -> io::Result<Settings> {
        let now = rustix::termios::tcgetattr(&self.0)?;
        Ok(Settings {
            terminal: self.0.try_clone()?,
            saved: now,
        })
    }

    /// Whether it was closed.
    pub(super) fn is_closed(&self) -> bool {
        is_closed(&self.0)
    }

    /// Asks for a line, and gives `None` at a Ctrl-D.
    pub(super) fn line(&self, prompt: &str) -> io::Result<Option<Zeroizing<String>>> {
        let mut terminal = &self.0;
        terminal.write_all(prompt.as_bytes())?;
        line(BufReader::new(self.0.try_clone()?))
    }

    /// Asks a question, and gives the answer: `None` at a Ctrl-D, or when the terminal is gone.
    ///
    /// # Errors
    /// The terminal cannot be written to.
    pub(super) fn decide(&self, question: &str) -> io::Result<Option<bool>> {
        Ok(answer(&self.question(question)?))
    }

    /// Asks a question in a thread of its own, and gives the answer to `answered`, as
    /// [`Terminal::decide`] does.
    ///
    /// # Errors
    /// The terminal cannot be written to.
    pub(super) fn ask(
        &self,
        question: &str,
        answered: impl FnOnce(Option<bool>) + Send + 'static,
    ) -> io::Result<()> {
        let terminal = self.question(question)?;
        thread::spawn(move || answered(answer(&terminal)));
        Ok(())
    }

    /// Shows a question, and throws away what was typed before it. The terminal's settings stay as
    /// they are, so that Ctrl-C stays a signal.
    fn question(&self, question: &str) -> io::Result<File> {
        let mut terminal = self.0.try_clone()?;
        #[cfg(unix)]
        rustix::termios::tcflush(&terminal, rustix::termios::QueueSelector::IFlush)?;
        write!(terminal, "{question} [y/n] ")?;
        Ok(terminal)
    }
}

/// Whether this was a terminal and is closed, so that its input is at an end.
#[cfg(unix)]
pub(super) fn is_closed(input: impl std::os::fd::AsFd) -> bool {
    rustix::termios::tcgetattr(input).is_err_and(|error| error == rustix::io::Errno::IO)
}

#[cfg(not(unix))]
pub(super) fn is_closed<T>(_: T) -> bool {
    false
}

/// The width of the screen that standard error is, if it is known.
pub(super) fn columns() -> Option<usize> {
    #[cfg(unix)]
    let columns = rustix::termios::tcgetwinsize(io::stderr())
        .ok()
        .map(|size| size.ws_col.into());
    #[cfg(not(unix))]
    let columns = None;
    columns.filter(|columns| *columns > 0)
}

/// The settings of a terminal.
#[cfg(unix)]
#[derive(Debug)]
pub(super) struct Settings {
    terminal: File,
    saved: rustix::termios::Termios,
}

#[cfg(unix)]
impl Settings {
    /// Gives the terminal these settings, if it is still there.
    pub(super) fn restore(&self) {
        use rustix::termios::{OptionalActions, tcsetattr};
        let _ = tcsetattr(&self.terminal, OptionalActions::Now, &self.saved);
    }
}

/// Reads lines until one says yes or no.
fn answer(mut terminal: &File) -> Option<bool> {
    loop {
        let said = line(BufReader::new(terminal)).ok()??;
        if let Some(answer) = yes_or_no(&said) {
            return Some(answer);
        }
        // A terminal that cannot be written to cannot be read from either.
        let _ = write!(terminal, "Please type yes or no: ");
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

fn yes_or_no(line: &str) -> Option<bool> {
    match line.trim().to_ascii_lowercase().as_str() {
        "y" | "yes" => Some(true),
        "n" | "no" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_yes_is_yes_and_only_no_is_no() {
        for (typed, said) in [
            ("y\n", Some(true)),
            ("YES\r\n", Some(true)),
            (" no \n", Some(false)),
            ("N", Some(false)),
            ("\n", None),
            ("yep\n", None),
            ("maybe\n", None),
        ] {
            let line = line(typed.as_bytes()).unwrap().unwrap();
            assert_eq!(yes_or_no(&line), said, "{typed:?}");
        }
        assert!(line(&b""[..]).unwrap().is_none());
    }
}
