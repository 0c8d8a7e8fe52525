//! Ctrl-C, SIGTERM and SIGHUP: the first gives the exchange up and closes the channel, so that the
//! other side need not wait; the second abandons the close; a third ends the process.

use std::io::{self, IsTerminal};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::failure::Failure;
use super::progress::Progress;
use crate::client::blocking::Canceller;
use crate::protocol::Outcome;

/// What a signal does now.
#[derive(Clone, Debug)]
pub(super) struct Signals {
    state: Arc<Mutex<SignalState>>,
    progress: Progress,
}

#[derive(Debug, Default)]
struct SignalState {
    times: u32,
    /// The exchange that a signal gives up; without one there is nothing to tell anybody.
    canceller: Option<Canceller>,
    /// Who waits for the user's word rather than for the relay.
    asking: Option<Sender<Option<bool>>>,
}

impl Signals {
    /// From now on signals come here.
    pub(super) fn install(progress: &Progress) -> Result<Signals, Failure> {
        let signals = Signals {
            state: Arc::default(),
            progress: progress.clone(),
        };
        let handler = signals.clone();
        ctrlc::set_handler(move || handler.on_signal())
            .map_err(|error| Failure::outcome(Outcome::Internal, error))?;
        Ok(signals)
    }

    /// From now on a signal gives this exchange up.
    pub(super) fn guard(&self) -> Canceller {
        let canceller = Canceller::new();
        self.lock().canceller = Some(canceller.clone());
        canceller
    }

    /// The next signal is `None` to who waits for the user's word; at once, if one has come before.
    pub(super) fn while_asking(&self, asking: &Sender<Option<bool>>) {
        let mut state = self.lock();
        match state.times {
            0 => state.asking = Some(asking.clone()),
            // The receiver is the caller's own.
            _ => drop(asking.send(None)),
        }
    }

    /// The user's word has come.
    pub(super) fn asked(&self) {
        self.lock().asking = None;
    }

    fn on_signal(&self) {
        let mut state = self.lock();
        state.times = state.times.saturating_add(1);
        let Some(canceller) = state.canceller.clone() else {
            drop(state);
            self.progress.clear();
            if io::stderr().is_terminal() {
                // What was being typed, and `^C`, are on this line.
                eprintln!();
            }
            cancelled("nothing was sent").hint("").report();
            std::process::exit(Outcome::Cancelled.exit_status().into());
        };
        let (times, asking) = (state.times, state.asking.take());
        drop(state);
        match times {
            1 => {
                if asking.is_some() {
                    // The question's line is not at its end.
                    eprintln!();
                }
                self.progress
                    .say("giving up and telling the relay (once more: without telling it)");
                self.progress.wait("closing the channel", None);
            }
            2 => {}
            _ => {
                self.progress.clear();
                cancelled("the relay was not told").report();
                std::process::exit(Outcome::Cancelled.exit_status().into());
            }
        }
        match asking {
            // Who asks gives up by itself; the canceller would abandon that close.
            Some(asking) => drop(asking.send(None)),
            None => canceller.cancel(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, SignalState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The user gave up.
pub(super) fn cancelled(detail: &str) -> Failure {
    Failure::outcome(Outcome::Cancelled, detail)
}
