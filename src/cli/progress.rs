//! Messages for the user on standard error: a moving line on a terminal, plain lines elsewhere,
//! nothing when quiet.

use std::fmt::{Display, Write};
use std::io::{self, IsTerminal};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressState, ProgressStyle};
use serde_json::{Value, json};

use super::address::ChosenAddress;
use super::print;
use super::wording::{TRYING_AGAIN, advice, time};
use crate::protocol::AttemptFailure;

/// Shows messages to the user. Clones share the moving line.
#[derive(Clone, Debug)]
pub(super) struct Progress {
    is_quiet: bool,
    /// Whether programs read the events of standard output (`--json`).
    is_json: bool,
    is_terminal: bool,
    /// The moving line, while the program waits.
    line: Arc<Mutex<Option<ProgressBar>>>,
}

impl Progress {
    pub(super) fn new(is_quiet: bool, is_json: bool) -> Progress {
        Progress {
            is_quiet,
            is_json,
            is_terminal: io::stderr().is_terminal(),
            line: Arc::default(),
        }
    }

    /// Whether programs read the events of standard output.
    pub(super) fn is_json(&self) -> bool {
        self.is_json
    }

    /// Tells programs of an event. Those that nobody may miss are written by [`print::event`].
    pub(super) fn event(&self, event: &Value) {
        if self.is_json {
            let _ = print::event(event);
        }
    }

    /// Prints a line that stays.
    pub(super) fn say(&self, what: impl Display) {
        if self.is_quiet {
            return;
        }
        match &*self.line() {
            Some(line) => line.suspend(|| print::tell(what)),
            None => print::tell(what),
        }
    }

    /// Shows what the program waits for from now on, and how long at most.
    pub(super) fn wait(&self, what: &'static str, left: Option<Duration>) {
        // The lock is held throughout, since a signal may start another wait at the same time.
        let mut line = self.line();
        if let Some(line) = line.take() {
            line.finish_and_clear();
        }
        match left {
            _ if self.is_quiet => {}
            _ if self.is_terminal => *line = Some(moving(what, left)),
            Some(left) => print::tell(format_args!("{what} ({} left)", time(left))),
            None => print::tell(what),
        }
    }

    /// Removes the moving line, so that others can write.
    pub(super) fn clear(&self) {
        if let Some(line) = self.line().take() {
            line.finish_and_clear();
        }
    }

    fn line(&self) -> MutexGuard<'_, Option<ProgressBar>> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives a callback that tells of failed attempts: each kind of failure once, with advice.
    pub(super) fn trouble(
        &self,
        address: &ChosenAddress,
    ) -> impl FnMut(AttemptFailure) + Send + 'static {
        let (progress, address) = (self.clone(), address.clone());
        let mut last = None;
        move |failure| {
            if last.replace(failure) == Some(failure) {
                return;
            }
            progress.event(&json!({"event": "trouble", "what": failure.to_string()}));
            let place = address.place_of(Some(failure));
            progress.say(format_args!("{failure}{place}; {TRYING_AGAIN}"));
            progress.say(advice(failure, &address));
        }
    }
}

/// A moving line, which shows that the program lives.
fn moving(what: &'static str, left: Option<Duration>) -> ProgressBar {
    let until = left.and_then(|left| Instant::now().checked_add(left));
    let left = move |_: &ProgressState, to: &mut dyn Write| {
        if let Some(left) = until.map(|until| until.saturating_duration_since(Instant::now())) {
            // A line that cannot be drawn is no reason to give up.
            let _ = write!(to, "({} left)", time(left));
        }
    };
    let style = ProgressStyle::with_template("{spinner} {msg} {left}")
        .unwrap_or_else(|_| ProgressStyle::default_spinner())
        .with_key("left", left);
    let line = ProgressBar::new_spinner()
        .with_style(style)
        .with_message(what);
    line.enable_steady_tick(Duration::from_millis(120));
    line
}
