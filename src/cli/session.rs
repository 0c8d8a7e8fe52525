//! The part of `send` and `receive` that is the same for both.

use std::fs;
use std::io::{self, IsTerminal};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::json;
use zeroize::Zeroizing;

use super::address::ChosenAddress;
use super::arguments::PeerArguments;
use super::failure::Failure;
use super::output::{Output, Written};
use super::print;
use super::progress::Progress;
use super::qr;
use super::settings::ChosenSettings;
use super::signals::{Signals, cancelled};
use super::terminal::Terminal;
use super::wording::{program, shell, within};
use crate::client::blocking::{Blocking, Canceller, Decider, Taking};
use crate::client::{Builder, Error, Received, Verifier};
use crate::protocol::{CloseReason, Outcome};
use crate::values::{AppId, Code, Link, Rendezvous};

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
    pub(super) signals: Signals,
    canceller: Canceller,
}

impl Session {
    /// Makes all checks that need neither the user nor the relay.
    pub(super) fn begin(options: &PeerArguments) -> Result<Session, Failure> {
        let settings = ChosenSettings::find(options)?;
        let shared = shared(options, &settings);
        let address = settings.address;
        address
            .check(options.allow_plain_http)
            .map_err(|error| Failure::exchange(&error.into(), &address))?;
        let authorities = match &settings.ca_file {
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
        let progress = Progress::new(options.quiet, options.json);
        let signals = Signals::install(&progress)?;
        Ok(Session {
            shared,
            address,
            appid: settings.appid,
            allow_plain_http: options.allow_plain_http,
            authorities,
            deadline: options.deadline,
            verify,
            progress,
            signals,
            canceller: Canceller::new(),
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
            .on_event(self.progress.events(&self.address));
        if let Some(proxy) = self.address.proxy() {
            builder = builder.proxy(proxy.clone());
        }
        if self.allow_plain_http {
            builder = builder.allow_plain_http();
        }
        if let Some(deadline) = self.deadline {
            builder = builder.deadline(deadline);
        }
        if let Some(pem) = &self.authorities {
            builder = builder.trust(pem).map_err(|error| {
                Failure::local(
                    format!("cannot use the file of authorities (--ca-file): {error}"),
                    "Nothing was sent. Give a PEM file with the certificate of an authority.",
                )
            })?;
        }
        self.signals.guard(&self.canceller);
        Ok(builder.canceller(&self.canceller))
    }

    /// Shows the command that the other user types. It has no code in it, because commands are kept
    /// in histories and seen in lists of processes. The code is on standard output; standard error
    /// gets it too only if that is a screen and not a log (RAND-2).
    pub(super) fn instruct(&self, code: &str, left: Option<Duration>) {
        let is_here = self.address.is_this_machine();
        let place = match is_here {
            true => "In another terminal",
            false => "On the other machine",
        };
        let within = left.map_or(String::new(), |left| format!(", within {}", within(left)));
        let (program, shared) = (program(), &self.shared);
        let code = match io::stderr().is_terminal() && !io::stdout().is_terminal() {
            true => Zeroizing::new(format!("type the code {code}")),
            false => Zeroizing::new("type the code".to_owned()),
        };
        self.progress.say(format_args!(
            "{place}{within}: {program} receive{shared}\nand {} when it asks.",
            *code
        ));
        if is_here {
            self.progress.say(format_args!(
                "(Other machines cannot reach the relay {}.)",
                self.address
            ));
        }
    }

    /// Shows the link of the code to the camera of the other user's machine.
    pub(super) fn show_link(&self, code: &str) {
        let relay = Rendezvous::parse(self.address.url(), self.allow_plain_http);
        // All three have been checked by the exchange that made the code.
        if let (Ok(code), Ok(appid), Ok(relay)) =
            (Code::parse(code), AppId::new(&self.appid), relay)
        {
            qr::show(&Link::new(code, appid, relay));
        }
    }

    /// Shows the words to a receiver whose user does not compare, since the other user may ask.
    pub(super) fn mention(&self, verifier: &Verifier) {
        let words = Zeroizing::new(verifier.reveal().to_string());
        self.progress.say(format_args!(
            "If the other user compares words, yours are: {}",
            *words
        ));
    }

    fn show_to_programs(&self, verifier: &Verifier) {
        if self.progress.is_json() {
            let words = Zeroizing::new(verifier.reveal().to_string());
            let words: Vec<&str> = words.split(' ').collect();
            let event = json!({"event": "verifier", "words": words});
            self.progress.event(&event);
        }
    }

    /// Asks, with `--verify`, whether the other user sees the same words. The answer goes to
    /// `decider`, and into the comparison that is given; without `--verify` there is none.
    pub(super) fn compare(
        &self,
        verifier: &Verifier,
        decider: impl FnOnce() -> Decider,
    ) -> Option<Comparison> {
        self.show_to_programs(verifier);
        let terminal = self.verify.as_ref()?;
        self.progress.clear();
        let words = Zeroizing::new(verifier.reveal().to_string());
        let question = Zeroizing::new(format!(
            "\nThe other side must see these eight words, in this order:\n\n    {}\n\nDoes it?",
            *words
        ));
        let (decider, signals) = (decider(), self.signals.clone());
        let comparison = Comparison::default();
        let agreed = Arc::clone(&comparison.agreed);
        self.signals.asking(true);
        let asked = terminal.ask(&question, move |answer| {
            signals.asking(false);
            match answer {
                Some(true) => {
                    agreed.store(true, Ordering::SeqCst);
                    decider.agree();
                }
                Some(false) => decider.mismatch(),
                // A user who cannot be asked has not agreed.
                None => signals.unanswerable(),
            }
        });
        if asked.is_err() {
            self.signals.unanswerable();
        }
        Some(comparison)
    }

    /// Ends the question, if the exchange ended before the user answered.
    fn end_comparison(&self) {
        if self.signals.is_asking() {
            self.signals.asking(false);
            // The cursor is behind the question.
            print::tell("");
        }
    }

    fn failed(&self, error: &Error) -> Failure {
        self.progress.clear();
        Failure::exchange(error, &self.address)
    }

    /// The failure of an exchange that ended before the other user could take part.
    pub(super) fn not_begun(&self, error: &Error) -> Failure {
        match error.outcome() {
            // The sentence of `timeout` speaks of the other side.
            Outcome::Timeout if error.cause().is_none() => {
                self.progress.clear();
                Failure::outcome(Outcome::Timeout, format!("no answer from {}", self.address))
                    .hint(Outcome::RelayUnreachable.sentence())
            }
            _ => self.failed(error),
        }
    }

    /// Lets the receiver's application take the blob: it is written whole before the other side
    /// hears that it arrived (RECV-6).
    pub(super) fn take(self, taking: Taking, output: Output) -> Result<(), Failure> {
        self.end_comparison();
        self.progress.clear();
        match self.write(output, taking.held().blob()) {
            Ok(written) => {
                let ended = taking.taken();
                self.progress.clear();
                let received = ended.map_err(|error| self.failed(&error))?;
                self.done(&received)?;
                written.into_result()
            }
            Err(failure) => {
                if self.signals.is_quiet() {
                    self.progress.wait("telling the other side", None);
                }
                // The failure to write is what the user has to know; the outcome follows from it.
                let _ = taking.not_taken();
                self.progress.clear();
                Err(failure)
            }
        }
    }

    /// Writes the blob of the other side, or as much of it as is read before a signal.
    fn write(&self, output: Output, blob: &[u8]) -> Result<Written, Failure> {
        let blob = Zeroizing::new(blob.to_vec());
        let unfinished = output.unfinished();
        let progress = self.progress.clone();
        let written = self
            .signals
            .interruptible(move || output.write(&blob, &progress));
        written.unwrap_or_else(|| {
            if let Some(path) = unfinished {
                // It may have its lasting name already.
                let _ = fs::remove_file(path);
            }
            self.progress.clear();
            Err(
                cancelled("you gave up while the other side's blob was written")
                    .hint("It may not be whole. Start again with a new code."),
            )
        })
    }

    /// Hands over the receiver's blob to the initiator's user, also with a failure after it
    /// (INIT-3), and says how the exchange ended. A blob that came before a comparison that nobody
    /// agreed to is dropped, because nobody knows whose it is.
    pub(super) fn conclude(
        self,
        ended: Result<Received, Error>,
        comparison: Option<&Comparison>,
        output: Output,
    ) -> Result<(), Failure> {
        self.end_comparison();
        self.progress.clear();
        self.signals.exchange_over();
        match ended {
            Ok(received) => {
                let written = self.write(output, received.blob())?;
                written.into_result()?;
                if received.not_taken() {
                    let what = "the relay says that the other side could not keep the blob";
                    return Err(Failure::outcome(Outcome::NotTaken, what).hint(received.sentence()));
                }
                self.done(&received)
            }
            Err(error) => {
                let failure = self.failed(&error);
                let is_vouched_for = comparison.is_none_or(Comparison::is_agreed)
                    && error.outcome() != Outcome::Closed(CloseReason::VerifierMismatch);
                if let Some(received) = error.received().filter(|_| is_vouched_for) {
                    self.progress
                        .say("the other side's blob came before the exchange failed");
                    let written = self.write(output, received.blob());
                    if let Err(unwritten) = written.and_then(Written::into_result) {
                        unwritten.report();
                    }
                }
                Err(failure)
            }
        }
    }

    /// The failure of a receiver's exchange that ended before there was a blob.
    pub(super) fn ended_early(&self, error: &Error) -> Failure {
        self.end_comparison();
        self.failed(error)
    }

    /// Says that the exchange is done, or fails if this side's blob may not have arrived.
    fn done(&self, received: &Received) -> Result<(), Failure> {
        if received.blob().is_empty() {
            self.progress.say("the other side handed in nothing");
        }
        if !received.delivered() {
            return Err(Failure::unconfirmed(received.sentence()));
        }
        self.progress.event(&json!({
            "event": "result",
            "outcome": Outcome::Done.token(),
            "reason": null,
            "delivered": true,
            "status": 0,
        }));
        self.progress.say(received.sentence());
        Ok(())
    }
}

/// The user's comparison of the words, with `--verify`.
#[derive(Debug, Default)]
pub(super) struct Comparison {
    agreed: Arc<AtomicBool>,
}

impl Comparison {
    /// Whether the user has agreed.
    fn is_agreed(&self) -> bool {
        self.agreed.load(Ordering::SeqCst)
    }
}

/// The options that both users must give alike, as the other user types them.
fn shared(options: &PeerArguments, settings: &ChosenSettings) -> String {
    let mut shared = String::new();
    let mut add = |option: &str, value: &str| {
        shared.push_str(&format!(" {option} {}", shell(value)));
    };
    if !settings.address.is_default() {
        add("--rendezvous", settings.address.url());
    }
    if let Some((option, value)) = &settings.shared_appid {
        add(option, value);
    }
    if options.allow_plain_http {
        shared.push_str(" --allow-plain-http");
    }
    if options.verify {
        shared.push_str(" --verify");
    }
    shared
}
