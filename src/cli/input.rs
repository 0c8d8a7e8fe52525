//! The blob that the user hands in, from an argument, a file, standard input or the terminal.

use std::ffi::OsString;
use std::fmt;
use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use zeroize::Zeroizing;

use super::failure::Failure;
use super::print;
use super::progress::Progress;
use super::signals::cancelled;
use super::streams;
use super::terminal::{self, Terminal};
use super::wording::bytes;
use crate::protocol::Outcome;
use crate::values::Blob;

/// The source of the blob.
#[derive(Debug)]
pub(super) enum Source {
    /// The blob is empty.
    Nothing,
    /// The argument TEXT.
    Argument(OsString),
    /// `--file FILE`
    File(PathBuf),
    /// Standard input, to its end.
    Input,
    /// Standard input at a terminal, where somebody types.
    Typed,
}

/// The source of the blob without TEXT and `--file`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Otherwise {
    /// Standard input, also at a terminal: `send` has something to send.
    Read,
    /// No source: `receive` usually has nothing to send, and a script's standard input may be
    /// another's, or a pipe that nobody closes.
    Nothing,
}

impl Source {
    pub(super) fn choose(
        text: Option<OsString>,
        file: Option<PathBuf>,
        otherwise: Otherwise,
    ) -> Result<Source, Failure> {
        match (text, file) {
            (Some(text), _) if text == "-" => Source::input(),
            (Some(text), _) => Ok(Source::Argument(text)),
            (None, Some(file)) if file == Path::new("-") => Source::input(),
            (None, Some(file)) => Ok(Source::File(file)),
            (None, None) => match otherwise {
                Otherwise::Read => Source::input(),
                Otherwise::Nothing => Ok(Source::Nothing),
            },
        }
    }

    /// Standard input, if it is open.
    fn input() -> Result<Source, Failure> {
        if io::stdin().is_terminal() {
            return Ok(Source::Typed);
        }
        streams::check_input().map(|()| Source::Input)
    }

    /// Whether it is standard input, which then cannot serve another purpose.
    pub(super) fn is_input(&self) -> bool {
        matches!(self, Source::Input | Source::Typed)
    }

    /// The source that the user means by a text that is the name of a file. At a terminal the user
    /// says which; elsewhere it is the text, with a note.
    pub(super) fn meant(self, progress: &Progress) -> Result<Source, Failure> {
        let path = match &self {
            Source::Argument(text) if Path::new(text).is_file() => PathBuf::from(text),
            _ => return Ok(self),
        };
        let name = path.display().to_string().escape_debug().to_string();
        let terminal = Terminal::open().ok().filter(|_| io::stdin().is_terminal());
        let Some(terminal) = terminal else {
            progress.say(format_args!(
                "{name} is a file here; its name is handed in, and not its contents (--file)"
            ));
            return Ok(self);
        };
        match terminal.decide(&format!("{name} is a file here. Hand in its contents?")) {
            Ok(Some(true)) => Ok(Source::File(path)),
            Ok(Some(false)) => Ok(self),
            Ok(None) => Err(cancelled("nothing was sent").hint("")),
            Err(error) => Err(Failure::local(
                format!("cannot ask at the terminal: {error}"),
                "Nothing was sent. Give --file for the contents of a file.",
            )),
        }
    }

    /// Reads the blob.
    pub(super) fn read(self, progress: &Progress) -> Result<Handed, Failure> {
        let shown = self.to_string();
        let waits_for = format!("reading the blob from {shown}, to its end");
        let blob = match self {
            Source::Nothing => Zeroizing::default(),
            // The exchange itself checks BLOB-1, since the argument is in memory anyway.
            Source::Argument(text) => Zeroizing::new(text.into_encoded_bytes()),
            Source::File(path) => {
                let read = move || File::open(&path).and_then(bounded);
                patiently(progress, &waits_for, read).map_err(|error| unreadable(&shown, &error))?
            }
            Source::Input => patiently(progress, &waits_for, || bounded(io::stdin()))
                .map_err(|error| unreadable(&shown, &error))?,
            Source::Typed => {
                // This line appears even when quiet: without it the program seems to hang.
                print::tell(
                    "Type the text to hand in, then Enter and Ctrl-D (Ctrl-D alone hands in nothing).",
                );
                let typed = bounded(io::stdin());
                // The end of a terminal that was closed is not that of a text.
                if terminal::is_closed(io::stdin()) {
                    return Err(cancelled("the terminal was closed; nothing was sent").hint(""));
                }
                let mut typed = typed.map_err(|error| unreadable(&shown, &error))?;
                // Enter ends a line at a terminal, and is no part of a password.
                if typed.ends_with(b"\n") {
                    typed.pop();
                }
                typed
            }
        };
        if blob.len() > Blob::MAX {
            return Err(Failure::outcome(
                Outcome::BlobTooLarge,
                format!("{shown} has more than {} bytes", Blob::MAX),
            ));
        }
        Ok(Handed {
            blob,
            source: shown,
        })
    }
}

/// A blob that has been read, and its source.
pub(super) struct Handed {
    blob: Zeroizing<Vec<u8>>,
    source: String,
}

impl Handed {
    /// Tells the user what is handed in, and gives the blob to an exchange, which wipes it.
    pub(super) fn announce(mut self, progress: &Progress) -> Vec<u8> {
        match self.blob.len() {
            0 => progress.say("handing in nothing"),
            length => progress.say(format_args!(
                "handing in {} ({})",
                bytes(length),
                self.source
            )),
        }
        std::mem::take(&mut *self.blob)
    }
}

/// The name of a source, for messages.
impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Nothing => f.write_str("nothing"),
            Source::Argument(_) => f.write_str("the argument"),
            Source::File(path) => write!(f, "{}", path.display()),
            Source::Input => f.write_str("standard input"),
            Source::Typed => f.write_str("what you typed"),
        }
    }
}

/// Reads to the end, or up to the first byte that is too many. The bytes never move, so that no
/// copy stays behind.
fn bounded(from: impl Read) -> io::Result<Zeroizing<Vec<u8>>> {
    let most = Blob::MAX + 1;
    let mut blob = Zeroizing::new(Vec::with_capacity(most + 1));
    from.take(most as u64).read_to_end(&mut blob)?;
    Ok(blob)
}

/// Reads, and tells the user when that takes long: there may be a pipe that nobody closes, or that
/// nobody opens at its other end.
pub(super) fn patiently(
    progress: &Progress,
    waits_for: &str,
    read: impl FnOnce() -> io::Result<Zeroizing<Vec<u8>>> + Send + 'static,
) -> io::Result<Zeroizing<Vec<u8>>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || sender.send(read()));
    receiver
        .recv_timeout(Duration::from_secs(1))
        .or_else(|_| {
            progress.say(waits_for);
            receiver.recv()
        })
        .unwrap_or_else(|_| Err(io::Error::other("the reader stopped")))
}

fn unreadable(source: &str, error: &io::Error) -> Failure {
    Failure::local(
        format!("cannot read {source}: {error}"),
        "Nothing was sent. Check the name of the file.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_one_byte_too_many_and_no_more() {
        struct Endless(usize);
        impl Read for Endless {
            fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
                self.0 += to.len();
                Ok(to.len())
            }
        }
        let mut endless = Endless(0);
        let blob = bounded(&mut endless).unwrap();
        assert_eq!((blob.len(), endless.0), (65_536, 65_536));
    }

    #[test]
    fn what_is_given_goes_before_standard_input() {
        let choose = |text: Option<&str>, file: Option<&str>, otherwise| {
            Source::choose(text.map(Into::into), file.map(Into::into), otherwise)
                .map(|source| source.to_string())
                .map_err(|failure| failure.status())
        };
        assert_eq!(
            choose(Some("x"), None, Otherwise::Read).as_deref(),
            Ok("the argument")
        );
        assert_eq!(
            choose(None, Some("f"), Otherwise::Nothing).as_deref(),
            Ok("f")
        );
        assert_eq!(
            choose(None, None, Otherwise::Nothing).as_deref(),
            Ok("nothing")
        );
        let typed = choose(None, None, Otherwise::Read);
        assert_eq!(choose(None, Some("-"), Otherwise::Nothing), typed);
        assert_eq!(choose(Some("-"), None, Otherwise::Nothing), typed);
    }
}
