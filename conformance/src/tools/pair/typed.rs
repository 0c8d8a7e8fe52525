//! The lines that a person types while an exchange is recorded.

use std::io::{self, BufRead, Read};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use wormhole_sync::values::Code;

use crate::terminal::show;

/// The most bytes that are read.
const LONGEST: u64 = 64 << 10;

/// The lines of standard input.
pub(super) struct TypedLines(Receiver<String>);

impl TypedLines {
    /// Begins to read standard input.
    pub(super) fn read() -> Self {
        let (sender, lines) = mpsc::channel();
        // The thread is not joined: nothing ends a line that nobody types.
        thread::spawn(move || {
            let lines = io::stdin().lock().take(LONGEST).lines();
            for line in lines.map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Self(lines)
    }

    /// Asks for a code; there is none when the time is over, or standard input.
    pub(super) fn code(&self, end: Instant) -> Option<String> {
        show("Type the code that it shows:");
        loop {
            match Code::parse(self.0.recv_timeout(left(end)).ok()?.trim()) {
                Ok(code) => return Some(code.reveal().to_string()),
                Err(fault) => show(format_args!("That is no code: {fault}. Once more:")),
            }
        }
    }

    /// Waits for a line, the end of standard input, or the end of the time.
    pub(super) fn enter(&self, end: Instant) {
        show("Press Enter when both sides have ended.");
        // Each of the three ends the recording.
        let _ = self.0.recv_timeout(left(end));
    }
}

fn left(end: Instant) -> Duration {
    end.saturating_duration_since(Instant::now())
}
