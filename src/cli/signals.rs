//! The signals of Ctrl-C, SIGTERM and SIGHUP. The first gives up the exchange and closes the
//! channel, so that the other side need not wait; the second abandons the close; a third ends the
//! process.

use std::io::{self, IsTerminal};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};

use super::failure::Failure;
use super::print;
use super::progress::Progress;
#[cfg(unix)]
use super::terminal::Settings;
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
    /// Whether the exchange is over, so that there is nobody to tell.
    is_over: bool,
    /// Whether the user can no longer be asked, for which the exchange was given up.
    is_unanswerable: bool,
    /// Whether a question waits for the user.
    is_asking: bool,
    /// Wakes whoever does what the next signal ends.
    wake: Option<mpsc::Sender<()>>,
    /// The terminal's settings, while somebody else has changed them.
    #[cfg(unix)]
    settings: Option<Settings>,
}

impl Signals {
    /// Handles all signals from now on.
    pub(super) fn install(progress: &Progress) -> Result<Signals, Failure> {
        let signals = Signals {
            state: Arc::default(),
            progress: progress.clone(),
        };
        let handler = signals.clone();
        on_each(move || handler.on_signal())?;
        Ok(signals)
    }

    /// Lets a signal give up the exchange of this canceller from now on.
    pub(super) fn guard(&self, canceller: &Canceller) {
        self.lock().canceller = Some(canceller.clone());
    }

    /// Takes note that the exchange has ended: a signal has nobody to tell.
    pub(super) fn exchange_over(&self) {
        self.lock().is_over = true;
    }

    /// Gives up the exchange of a user who can no longer be asked. A terminal that is closed sends
    /// a signal too, and the two count as one: a second would abandon the close.
    pub(super) fn unanswerable(&self) {
        let mut state = self.lock();
        if state.times == 0
            && !std::mem::replace(&mut state.is_unanswerable, true)
            && let Some(canceller) = &state.canceller
        {
            canceller.cancel();
        }
    }

    /// Whether no signal has come.
    pub(super) fn is_quiet(&self) -> bool {
        self.lock().times == 0
    }

    /// Does some work, in a thread of its own, until the next signal: `None` when that came first.
    pub(super) fn interruptible<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        let (wake, woken) = mpsc::channel();
        self.lock().wake = Some(wake.clone());
        let done = Arc::new(Mutex::new(None));
        let slot = Arc::clone(&done);
        std::thread::spawn(move || {
            let result = work();
            *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
            // Whoever waits may have been woken by a signal.
            let _ = wake.send(());
        });
        // The state holds a sender, so that this waits for one of the two.
        let _ = woken.recv();
        self.lock().wake = None;
        done.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Keeps the terminal's settings while the user types, for a signal that ends the program.
    #[cfg(unix)]
    pub(super) fn keep(&self, settings: Option<Settings>) {
        self.lock().settings = settings;
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
            #[cfg(unix)]
            if let Some(settings) = state.settings.take() {
                settings.restore();
            }
            drop(state);
            self.progress.clear();
            if io::stderr().is_terminal() {
                // The cursor is behind the user's text and `^C`.
                print::tell("");
            }
            cancelled("nothing was sent").hint("").report();
            std::process::exit(Outcome::Cancelled.exit_status().into());
        };
        let wake = state.wake.clone();
        if state.is_over {
            wake_up(wake.as_ref());
            // Whatever the program still does is stuck, at a third signal.
            if state.times > 2 {
                std::process::exit(Outcome::Cancelled.exit_status().into());
            }
            return;
        }
        let (times, was_asking) = (state.times, std::mem::take(&mut state.is_asking));
        let is_known = times == 1 && state.is_unanswerable;
        drop(state);
        match times {
            1 => {
                if was_asking {
                    // The cursor is behind the question.
                    print::tell("");
                }
                self.progress
                    .say("giving up (a second signal does not wait for the relay)");
                self.progress.wait("ending the exchange", None);
            }
            2 => {}
            _ => {
                self.progress.clear();
                cancelled("the relay was not told").report();
                std::process::exit(Outcome::Cancelled.exit_status().into());
            }
        }
        if !is_known {
            canceller.cancel();
        }
        // Whoever is woken finds the exchange given up.
        wake_up(wake.as_ref());
    }

    fn lock(&self) -> MutexGuard<'_, SignalState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn wake_up(waiting: Option<&mpsc::Sender<()>>) {
    if let Some(waiting) = waiting {
        // It may have gone on.
        let _ = waiting.send(());
    }
}

/// Calls a handler at each signal from now on, in a thread of its own.
///
/// A signal that was ignored when the program started stays ignored: `nohup` and shells that start
/// a job in the background count on it.
#[cfg(unix)]
pub(super) fn on_each(mut handle: impl FnMut() + Send + 'static) -> Result<(), Failure> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;

    let ignored = ignored();
    let handled = [SIGINT, SIGTERM, SIGHUP];
    let handled = handled.iter().filter(|signal| !is_in(ignored, **signal));
    let failed = |error: io::Error| Failure::outcome(Outcome::Internal, error);
    let mut signals = Signals::new(handled).map_err(failed)?;
    let waiting = std::thread::Builder::new().name("signals".to_owned());
    waiting
        .spawn(move || signals.forever().for_each(|_| handle()))
        .map(drop)
        .map_err(failed)
}

#[cfg(not(unix))]
pub(super) fn on_each(handle: impl FnMut() + Send + 'static) -> Result<(), Failure> {
    ctrlc::set_handler(handle).map_err(|error| Failure::outcome(Outcome::Internal, error))
}

/// The signals that are ignored, a bit for each, where the system tells (`/proc`).
#[cfg(unix)]
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    line.and_then(|bits| u64::from_str_radix(bits.trim(), 16).ok())
        .unwrap_or(0)
}

#[cfg(unix)]
fn is_in(signals: u64, signal: i32) -> bool {
    signals
        .checked_shr(signal.unsigned_abs().saturating_sub(1))
        .is_some_and(|bits| bits & 1 == 1)
}

/// The failure of a user who gave up.
pub(super) fn cancelled(detail: &str) -> Failure {
    Failure::outcome(Outcome::Cancelled, detail)
}
