//! The suite's end of the adapter protocol.

use std::io::{Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use super::PROTOCOL;
use super::error::AdapterError;
use super::line::{MAX_LINE, to_line};
use super::log::{AdapterLog, Logged, Way};
use super::process::{CommandLine, Process};
use super::surroundings::Surroundings;
use super::traffic::{CallProgress, OpenRequest, Traffic, read_all, write_all};
use super::user::UserEvent;
use super::wire::{Hello, Members, Reply, members};

/// The time that a further process of an adapter has at least to say hello.
const LATE_START: Duration = Duration::from_secs(60);

/// A running adapter that has said hello.
///
/// Several threads may make requests at once. No wait is endless, and the process ends with the
/// handle.
#[derive(Debug)]
pub(crate) struct AdapterHandle {
    hello: Hello,
    shared: Arc<Traffic>,
    requests: Sender<Vec<u8>>,
    next_id: AtomicU64,
    process: Option<Process>,
    command: Option<CommandLine>,
}

impl AdapterHandle {
    /// Starts an adapter and exchanges hellos.
    ///
    /// # Errors
    ///
    /// [`AdapterError::CouldNotStart`].
    pub(crate) fn start_process(
        command: &CommandLine,
        timeout: Duration,
    ) -> Result<Self, AdapterError> {
        Self::start_in(command, &Surroundings::default(), timeout)
    }

    /// Starts another process of the same adapter, in other surroundings.
    ///
    /// # Errors
    ///
    /// [`AdapterError::CouldNotStart`], and [`AdapterError::Misuse`] for an adapter in this
    /// process.
    pub(crate) fn another(
        &self,
        surroundings: &Surroundings,
        timeout: Duration,
    ) -> Result<Self, AdapterError> {
        // A busy machine that has started one process in time may be late with the next.
        let timeout = timeout.max(LATE_START);
        match &self.command {
            Some(command) => Self::start_in(command, surroundings, timeout),
            None => Err(AdapterError::Misuse(
                "an adapter in this process has no command",
            )),
        }
    }

    fn start_in(
        command: &CommandLine,
        surroundings: &Surroundings,
        timeout: Duration,
    ) -> Result<Self, AdapterError> {
        let (process, stdin, stdout) = Process::start_in(command, surroundings)
            .map_err(|error| AdapterError::CouldNotStart(format!("{error:#}")))?;
        let mut handle = Self::connect(stdout, stdin, Some(process), timeout)?;
        handle.command = Some(command.clone());
        Ok(handle)
    }

    /// The number of the adapter's process.
    pub(crate) fn process_id(&self) -> Option<u32> {
        self.process.as_ref().map(Process::id)
    }

    /// Talks to an adapter in this process, over a pipe.
    ///
    /// # Errors
    ///
    /// [`AdapterError::CouldNotStart`].
    pub(crate) fn over(
        from_adapter: impl Read + Send + 'static,
        to_adapter: impl Write + Send + 'static,
        timeout: Duration,
    ) -> Result<Self, AdapterError> {
        Self::connect(from_adapter, to_adapter, None, timeout)
    }

    fn connect(
        from_adapter: impl Read + Send + 'static,
        to_adapter: impl Write + Send + 'static,
        process: Option<Process>,
        timeout: Duration,
    ) -> Result<Self, AdapterError> {
        let shared = Arc::new(Traffic::default());
        let (requests, to_write) = mpsc::channel();
        let (hello_sender, hello) = mpsc::channel();
        // Neither thread is joined: both end when the adapter's pipes do, and nothing waits for
        // them.
        let log = process
            .as_ref()
            .map_or_else(AdapterLog::default, Process::log);
        let from_adapter = Logged::new(from_adapter, log, Way::FromAdapter);
        thread::spawn(move || write_all(to_adapter, &to_write, log));
        let reader = Arc::clone(&shared);
        thread::spawn(move || read_all(from_adapter, &hello_sender, &reader));
        let suite = concat!("wormhole-sync-conformance ", env!("CARGO_PKG_VERSION"));
        let first = json!({"hello": {"protocol": [PROTOCOL, PROTOCOL], "suite": suite}});
        // A failure to send shows as the adapter's end.
        let _ = requests.send(to_line(&members(first)));
        let hello = match hello.recv_timeout(timeout) {
            Ok(Ok(hello)) => hello,
            Ok(Err(fault)) => return Err(not_started(format!("{fault:#}"), process.as_ref())),
            Err(_) => {
                let fault = format!("it said no hello within {} s", timeout.as_secs_f32());
                return Err(not_started(fault, process.as_ref()));
            }
        };
        Ok(Self {
            hello,
            shared,
            requests,
            next_id: AtomicU64::new(1),
            process,
            command: None,
        })
    }

    /// The adapter's hello.
    pub(crate) fn hello(&self) -> &Hello {
        &self.hello
    }

    /// Makes a request, and waits for the reply.
    ///
    /// # Errors
    ///
    /// [`AdapterError`]; after a [`AdapterError::TimedOut`] a late reply is ignored.
    pub(crate) fn call(
        &self,
        op: &str,
        input: Members,
        timeout: Duration,
    ) -> Result<Reply, AdapterError> {
        let mut pending = self.start(op, input)?;
        let end = Instant::now() + timeout;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            match pending.next(left) {
                Ok(CallProgress::Reply(reply)) => return Ok(reply),
                Ok(CallProgress::Event(_)) => {}
                Err(AdapterError::TimedOut(_)) => return Err(AdapterError::TimedOut(timeout)),
                Err(error) => return Err(error),
            }
        }
    }

    /// Makes a request that lasts. Its events and its reply come out of the returned value.
    ///
    /// # Errors
    ///
    /// [`AdapterError`] when the adapter has ended already, or the request does not fit a line.
    pub(crate) fn start(&self, op: &str, input: Members) -> Result<Pending, AdapterError> {
        let id = self.next_id.fetch_add(1, Ordering::Relaxed).to_string();
        let line = to_line(&members(json!({"id": id, "op": op, "in": input})));
        if line.len() > MAX_LINE {
            return Err(AdapterError::Misuse("the request is longer than 1 MiB"));
        }
        let (sender, progress) = mpsc::channel();
        {
            let mut state = self.shared.lock();
            if let Some(error) = &state.ended {
                return Err(error.clone());
            }
            state.open.insert(id.clone(), OpenRequest::Waiting(sender));
        }
        // A failure to send shows as the adapter's end.
        let _ = self.requests.send(line);
        Ok(Pending {
            id,
            progress,
            shared: Arc::clone(&self.shared),
        })
    }

    /// Says what the user of a `run` decides, and waits until it counts. The run itself still ends
    /// with a reply of its own.
    ///
    /// # Errors
    ///
    /// [`AdapterError`] as for [`call`](Self::call).
    pub(crate) fn say(
        &self,
        run: &Pending,
        event: UserEvent,
        timeout: Duration,
    ) -> Result<Reply, AdapterError> {
        let input = json!({"target": run.id, "event": event.to_value()});
        self.call("user-event", members(input), timeout)
    }

    /// The number of bytes that the adapter has written to standard error.
    pub(crate) fn stderr_mark(&self) -> usize {
        self.process.as_ref().map_or(0, Process::stderr_mark)
    }

    /// The text that the adapter has written to standard error since a mark.
    pub(crate) fn stderr_since(&self, mark: usize) -> String {
        self.process
            .as_ref()
            .map_or_else(String::new, |process| process.stderr_since(mark))
    }

    /// Ends the adapter's standard input and waits for its good end.
    ///
    /// # Errors
    ///
    /// [`AdapterError`] when it has ended before, says something more, does not end or ends with
    /// another status.
    pub(crate) fn finish(self, timeout: Duration) -> Result<(), AdapterError> {
        let Self {
            shared,
            requests,
            process,
            ..
        } = self;
        if let Some(error) = &shared.lock().ended {
            return Err(error.clone());
        }
        drop(requests);
        let Some(mut process) = process else {
            return Ok(());
        };
        match process.wait(timeout) {
            Some(status) if status.success() => Ok(()),
            Some(status) => Err(AdapterError::Broke(format!(
                "it ended with {status} when its standard input ended, instead of 0"
            ))),
            None => Err(AdapterError::Broke(format!(
                "it did not end within {} s after its standard input had ended",
                timeout.as_secs_f32()
            ))),
        }
    }
}

/// A request that is under way.
#[derive(Debug)]
pub(crate) struct Pending {
    id: String,
    progress: Receiver<CallProgress>,
    shared: Arc<Traffic>,
}

impl Pending {
    /// Waits for the next event or for the reply, which is the last.
    ///
    /// # Errors
    ///
    /// [`AdapterError`].
    pub(crate) fn next(&mut self, timeout: Duration) -> Result<CallProgress, AdapterError> {
        self.progress
            .recv_timeout(timeout)
            .map_err(|error| match error {
                RecvTimeoutError::Timeout => AdapterError::TimedOut(timeout),
                RecvTimeoutError::Disconnected => {
                    self.shared
                        .lock()
                        .ended
                        .clone()
                        .unwrap_or(AdapterError::Misuse(
                            "the request has had its reply already",
                        ))
                }
            })
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        // A reply may still come and is then no fault of the adapter.
        if let Some(request) = self.shared.lock().open.get_mut(&self.id) {
            *request = OpenRequest::Abandoned;
        }
    }
}

/// The end of a long text.
fn last_of(text: &str) -> &str {
    const SHOWN: usize = 2000;
    let mut from = text.len().saturating_sub(SHOWN);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    text.get(from..).unwrap_or_default()
}

fn not_started(fault: String, process: Option<&Process>) -> AdapterError {
    // The last lines of standard error often come a moment after the end of standard output.
    let stderr = process.map_or_else(String::new, |process| {
        thread::sleep(Duration::from_millis(50));
        process.stderr_since(0)
    });
    let stderr = last_of(stderr.trim_end());
    AdapterError::CouldNotStart(if stderr.is_empty() {
        fault
    } else {
        format!("{fault}\nits standard error:\n{stderr}")
    })
}
