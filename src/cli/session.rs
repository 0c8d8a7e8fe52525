//! The part of `send` and `receive` that is the same for both.

use std::fs;
use std::io::{self, IsTerminal};
use std::time::Duration;

use zeroize::Zeroizing;

use super::address::ChosenAddress;
use super::arguments::{APPID, PeerArguments};
use super::failure::Failure;
use super::output::Output;
use super::progress::Progress;
use super::signals::{Signals, cancelled};
use super::terminal::Terminal;
use super::wording::{program, shell};
use crate::client::blocking::Blocking;
use crate::client::{Builder, Error, Received, Verifier};
use crate::protocol::Outcome;
use crate::values::{AppId, hex};

/// The common part of `send` and `receive`: the checked options, the messages and the signals.
pub(super) struct Session {
    address: ChosenAddress,
    pub(super) appid: Vec<u8>,
    /// The options that the other user needs too.
    shared: String,
    allow_plain_http: bool,
    authorities: Option<Vec<u8>>,
    deadline: Option<Duration>,
    /// The terminal for the question whether the verifiers are the same, with `--verify`.
    verify: Option<Terminal>,
    pub(super) progress: Progress,
    signals: Signals,
}

impl Session {
    /// Makes all checks that need neither the user nor the relay.
    pub(super) fn begin(options: &PeerArguments) -> Result<Session, Failure> {
        let address = ChosenAddress::choose(options.rendezvous.clone());
        let appid = match &options.appid_hex {
            Some(text) => hex::decode(text.as_bytes()).map_err(|_| {
                Failure::outcome(
                    Outcome::BadAppid,
                    "--appid-hex is not lowercase hexadecimal",
                )
            })?,
            None => options.appid.clone().into_encoded_bytes(),
        };
        let local = |error: Error| Failure::exchange(&error, &address);
        AppId::new(&appid).map_err(|error| local(error.into()))?;
        address
            .check(options.allow_plain_http)
            .map_err(|error| local(error.into()))?;
        let authorities = match &options.ca_file {
            Some(path) => Some(fs::read(path).map_err(|error| {
                let what = format!("cannot read {}: {error}", path.display());
                Failure::local(what, "Nothing was sent. Check the name of the file.")
            })?),
            None => None,
        };
        let verify = match options.verify {
            true => Some(Terminal::open().map_err(|_| {
                Failure::local(
                    "--verify needs a terminal to ask at, and there is none",
                    "Nothing was sent. Run this where you can type.",
                )
            })?),
            false => None,
        };
        let progress = Progress::new(options.quiet);
        let signals = Signals::install(&progress)?;
        Ok(Session {
            shared: shared(options, &address),
            address,
            appid,
            allow_plain_http: options.allow_plain_http,
            authorities,
            deadline: options.deadline.map(Duration::from_secs),
            verify,
            progress,
            signals,
        })
    }

    /// Gives an exchange the settings that both roles share. From now on a signal closes the
    /// channel.
    pub(super) fn equip<R>(
        &self,
        builder: Builder<R, Blocking>,
    ) -> Result<Builder<R, Blocking>, Failure> {
        let mut builder = builder
            .rendezvous(self.address.url())
            .on_retry(self.progress.trouble(&self.address));
        if self.allow_plain_http {
            builder = builder.allow_plain_http();
        }
        if let Some(deadline) = self.deadline {
            builder = builder.deadline(deadline);
        }
        if let Some(pem) = &self.authorities {
            builder = builder.trust(pem).map_err(|error| {
                Failure::local(
                    format!("cannot use --ca-file: {error}"),
                    "Nothing was sent. Give a PEM file with the certificate of an authority.",
                )
            })?;
        }
        Ok(builder.canceller(&self.signals.guard()))
    }

    /// Shows the command that the other user types. The code is on standard output; standard error
    /// gets it too only if that is a screen and not a log (RAND-2).
    pub(super) fn instruct(&self, code: &str, left: Option<Duration>) {
        let is_here = self.address.is_this_machine();
        let place = match is_here {
            true => "In another terminal",
            false => "On the other machine",
        };
        // The minutes are rounded up: nobody types a code in the last second.
        let within = left.map_or(String::new(), |left| {
            format!(", within {} min", left.as_millis().div_ceil(60_000))
        });
        let (program, shared) = (program(), &self.shared);
        let code = match io::stderr().is_terminal() {
            true => format!(" {code}"),
            false => String::new(),
        };
        self.progress.say(format_args!(
            "{place}{within}: {program} receive{shared}{code}"
        ));
        if is_here {
            self.progress.say(format_args!(
                "(Other machines cannot reach the relay {}.)",
                self.address
            ));
        }
    }

    /// Asks, with `--verify`, whether the other user sees the same words; gives whether the
    /// exchange may go on.
    pub(super) fn verified(&self, verifier: Option<&Verifier>) -> bool {
        let (Some(terminal), Some(verifier)) = (&self.verify, verifier) else {
            return self.verify.is_none();
        };
        self.progress.clear();
        let words = Zeroizing::new(verifier.reveal().to_string());
        let question = Zeroizing::new(format!(
            "\nThe other side must see these eight words, in this order:\n\n    {}\n\nDoes it?",
            *words
        ));
        // A user who cannot be asked has not agreed.
        terminal.agrees(&question, &self.signals).unwrap_or(false)
    }

    fn failed(&self, error: &Error) -> Failure {
        self.progress.clear();
        Failure::exchange(error, &self.address)
    }

    /// The failure of an exchange that ended before the other user could take part.
    pub(super) fn not_begun(&self, error: &Error) -> Failure {
        match error.outcome() {
            // The sentence of `timeout` speaks of the other side.
            Outcome::Timeout => {
                self.progress.clear();
                Failure::outcome(Outcome::Timeout, format!("no answer from {}", self.address))
                    .hint(Outcome::RelayUnreachable.sentence())
            }
            _ => self.failed(error),
        }
    }

    /// The failure of a user who did not agree to the words. A blob that INIT-3 has already handed
    /// over is dropped, because nobody knows whose it is.
    pub(super) fn refused(&self, error: Option<&Error>) -> Failure {
        match error {
            Some(error) if error.outcome() != Outcome::Cancelled => self.failed(error),
            _ => {
                self.progress.clear();
                cancelled("the words were not confirmed to be the same")
            }
        }
    }

    /// Hands over the peer's blob, also with a failure after it (INIT-3), and says how the exchange
    /// ended.
    pub(super) fn conclude(
        self,
        ended: Result<Received, Error>,
        output: Output,
    ) -> Result<(), Failure> {
        self.progress.clear();
        match ended {
            Ok(received) => {
                output.write(received.blob(), &self.progress)?;
                if received.blob().is_empty() {
                    self.progress.say("the other side handed in nothing");
                }
                self.progress.say(received.sentence());
                Ok(())
            }
            Err(error) => {
                let failure = self.failed(&error);
                if let Some(received) = error.received() {
                    self.progress
                        .say("the other side's blob came before the exchange failed");
                    if let Err(unwritten) = output.write(received.blob(), &self.progress) {
                        unwritten.report();
                    }
                }
                Err(failure)
            }
        }
    }
}

/// The options that both users must give alike, as the other user types them.
fn shared(options: &PeerArguments, address: &ChosenAddress) -> String {
    let mut shared = String::new();
    let mut add = |option: &str, value: &str| {
        shared.push_str(&format!(" {option} {}", shell(value)));
    };
    if !address.is_default() {
        add("--rendezvous", address.url());
    }
    match (&options.appid_hex, options.appid.to_str()) {
        (Some(text), _) => add("--appid-hex", text),
        (None, Some(APPID)) => {}
        (None, Some(text)) => add("--appid", text),
        (None, None) => add(
            "--appid-hex",
            &hex::encode(options.appid.as_encoded_bytes()),
        ),
    }
    if options.allow_plain_http {
        shared.push_str(" --allow-plain-http");
    }
    if options.verify {
        shared.push_str(" --verify");
    }
    shared
}
