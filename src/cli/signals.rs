//! The signals of Ctrl-C, SIGTERM and SIGHUP. The first gives up the exchange and closes the
//! channel, so that the other side need not wait; the second abandons the close; a third ends the
//! process.

use std::io::{self, IsTerminal};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::failure::Failure;
use super::progress::Progress;
use crate::client::blocking::Canceller;
use crate::protocol::Outcome;

/// The treatment of signals.
#[derive(Clone, Debug)]
pub(super) struct Signals {
    state: Arc<Mutex<SignalState>>,
    progress: Progress,
}

#[derive(Debug, Default)]
struct SignalState {
    times: u32,
    /// Gives up the exchange; without one there is nobody to tell.
    canceller: Option<Canceller>,
    /// Whether a question waits for the user.
    is_asking: bool,
}

impl Signals {
    /// Handles all signals from now on.
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

    /// Lets a signal give up the exchange of this canceller from now on.
    pub(super) fn guard(&self, canceller: &Canceller) {
        self.lock().canceller = Some(canceller.clone());
    }

    /// Says whether a question waits for the user, behind which the cursor then is.
    pub(super) fn asking(&self, is_asking: bool) {
        self.lock().is_asking = is_asking;
    }

    /// Whether a question still waits for the user.
    pub(super) fn is_asking(&self) -> bool {
        self.lock().is_asking
    }

    fn on_signal(&self) {
        let mut state = self.lock();
        state.times = state.times.saturating_add(1);
        let Some(canceller) = state.canceller.clone() else {
            drop(state);
            self.progress.clear();
            if io::stderr().is_terminal() {
                // The cursor is behind the user's text and `^C`.
                eprintln!();
            }
            cancelled("nothing was sent").hint("").report();
            std::process::exit(Outcome::Cancelled.exit_status().into());
        };
        let (times, was_asking) = (state.times, std::mem::take(&mut state.is_asking));
        drop(state);
        match times {
            1 => {
                if was_asking {
                    // The cursor is behind the question.
                    eprintln!();
                }
                self.progress
                    .say("giving up and telling the relay (a second signal skips that)");
                self.progress.wait("closing the channel", None);
            }
            2 => {}
            _ => {
                self.progress.clear();
                cancelled("the relay was not told").report();
                std::process::exit(Outcome::Cancelled.exit_status().into());
            }
        }
        canceller.cancel();
    }

    fn lock(&self) -> MutexGuard<'_, SignalState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The failure of a user who gave up.
pub(super) fn cancelled(detail: &str) -> Failure {
    Failure::outcome(Outcome::Cancelled, detail)
}
