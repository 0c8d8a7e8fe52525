//! The log of all lines between the suite and its adapters (`--log FILE`).

use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Instant;

use anyhow::Context;

use super::line::MAX_LINE;
use crate::terminal::say;

/// The log of this run, if one was asked for.
static LOG: OnceLock<Log> = OnceLock::new();

struct Log {
    begun: Instant,
    /// The number of adapters so far.
    adapters: AtomicU64,
    /// Nothing once it could not be written.
    file: Mutex<Option<BufWriter<File>>>,
}

/// Begins the log of this run in a new file, or one that is emptied.
///
/// # Errors
///
/// A sentence about a file that cannot be made.
pub(crate) fn begin(path: &Path) -> anyhow::Result<()> {
    let file = File::create(path);
    let file = file.with_context(|| format!("the log {} cannot be made", path.display()))?;
    LOG.get_or_init(|| Log {
        begun: Instant::now(),
        adapters: AtomicU64::new(0),
        file: Mutex::new(Some(BufWriter::new(file))),
    });
    Ok(())
}

/// The way that a line goes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Way {
    /// From the suite to the adapter.
    ToAdapter,
    /// From the adapter's standard output.
    FromAdapter,
    /// From the adapter's standard error.
    Error,
}

/// The place of one adapter in the log.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct AdapterLog(u64);

impl AdapterLog {
    /// The place of a new adapter.
    pub(super) fn next() -> Self {
        LOG.get().map_or(Self(0), |log| {
            Self(log.adapters.fetch_add(1, Ordering::Relaxed) + 1)
        })
    }

    /// Writes a line, with the seconds since the beginning and the adapter's number.
    pub(super) fn line(self, way: Way, line: &[u8]) {
        let Some(log) = LOG.get() else { return };
        let mark = match way {
            Way::ToAdapter => '>',
            Way::FromAdapter => '<',
            Way::Error => '!',
        };
        let seconds = log.begun.elapsed().as_secs_f64();
        let text = String::from_utf8_lossy(line);
        let mut file = log.file.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(open) = file.as_mut() else { return };
        let written = writeln!(
            open,
            "{seconds:9.3} {:3} {mark} {}",
            self.0,
            text.trim_end()
        );
        // What was said last before a crash is what matters most.
        if let Err(error) = written.and_then(|()| open.flush()) {
            say(format_args!(
                "conformance: the log cannot be written, and ends here: {error}"
            ));
            *file = None;
        }
    }
}

/// A stream of an adapter whose lines are written down as they are read.
pub(super) struct Logged<R> {
    stream: R,
    log: AdapterLog,
    way: Way,
    line: Vec<u8>,
}

impl<R: Read> Logged<R> {
    pub(super) fn new(stream: R, log: AdapterLog, way: Way) -> Self {
        let line = Vec::new();
        Self {
            stream,
            log,
            way,
            line,
        }
    }
}

impl<R: Read> Read for Logged<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.stream.read(buffer)?;
        if LOG.get().is_none() {
            return Ok(count);
        }
        for byte in buffer.iter().take(count) {
            if *byte != b'\n' {
                self.line.push(*byte);
            }
            if *byte == b'\n' || self.line.len() > MAX_LINE {
                self.log.line(self.way, &self.line);
                self.line.clear();
            }
        }
        if count == 0 && !self.line.is_empty() {
            self.log.line(self.way, &self.line);
            self.line.clear();
        }
        Ok(count)
    }
}
