//! The bench of a test: a relay, a clock, and requests with their answers.

use std::cell::{Cell as Mutable, RefCell};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context;

use super::channel::Channel;
use super::checker::Checker;
use super::fault::Fault;
use super::reply::{Reply, Want};
use super::request::Request;
use crate::stage::address::Address;
use crate::stage::http_connection::{HttpConnection, NoAnswer};
use crate::subject::relay::RunningRelay;
use crate::subject::relay_settings::RelaySettings;
use crate::suites::case::Failure;

/// The time that an answer may take, beside the wait that was asked for.
const ANSWERING: Duration = Duration::from_secs(10);
/// The most lines of requests and answers that a failure shows.
const LINES: usize = 24;

/// Channels that several tests use.
pub(crate) type ChannelPool = Mutex<Vec<Channel>>;

/// The surroundings of one run of one test.
pub(crate) struct Bench<'a> {
    /// The relay.
    pub(crate) relay: &'a RunningRelay,
    /// Its address.
    pub(crate) address: Address,
    /// Its settings.
    pub(crate) settings: RelaySettings,
    /// The checker of all answers.
    pub(crate) checker: &'a Checker,
    /// Starts one more relay with the same settings.
    pub(crate) start_another: &'a dyn Fn() -> anyhow::Result<RunningRelay>,
    /// The number of runs of the test before this one.
    pub(crate) attempt: u32,
    /// Whether the relay has a rate that it was not told, and live channels are not to be left.
    pub(crate) is_frugal: bool,
    /// The time until which a pause for the rate may last.
    pub(crate) patience: Instant,
    /// The number of allocates and claims so far.
    pub(crate) starts: Mutable<u32>,
    /// Channels that tests left as they were, for the next ones to use, where starts are few.
    pub(crate) pool: Option<&'a ChannelPool>,
    /// The number of requests that got no answer in time.
    pub(crate) silences: Mutable<u32>,
    log: RefCell<Vec<String>>,
    pub(super) left_open: RefCell<Vec<Channel>>,
    /// Whether a step of the test's own has changed a channel.
    pub(super) is_changed: Mutable<bool>,
    pub(super) is_preparing: Mutable<bool>,
}

/// Whether a request is an allocate or a claim, which are rated.
fn is_start(request: &Request) -> bool {
    let path = request.target.split('?').next().unwrap_or_default();
    request.method == "POST" && (path.ends_with("/channels") || path.ends_with("/claim"))
}

/// A request that is under way.
pub(crate) struct Pending<'b> {
    bench: &'b Bench<'b>,
    request: Request,
    connection: HttpConnection,
    sent: Instant,
    until: Instant,
}

impl<'a> Bench<'a> {
    /// The surroundings of a test at a relay.
    ///
    /// # Errors
    ///
    /// A sentence, when the relay's address is none.
    pub(crate) fn new(
        relay: &'a RunningRelay,
        settings: RelaySettings,
        checker: &'a Checker,
        start_another: &'a dyn Fn() -> anyhow::Result<RunningRelay>,
    ) -> anyhow::Result<Self> {
        Ok(Self {
            relay,
            address: Address::of(relay.url())?,
            settings,
            checker,
            start_another,
            attempt: 0,
            is_frugal: false,
            patience: Instant::now(),
            starts: Mutable::new(0),
            pool: None,
            silences: Mutable::new(0),
            log: RefCell::default(),
            left_open: RefCell::default(),
            is_changed: Mutable::new(false),
            is_preparing: Mutable::new(false),
        })
    }

    /// Checks that somebody listens at the relay's address.
    ///
    /// # Errors
    ///
    /// A sentence.
    pub(crate) fn is_there(&self) -> anyhow::Result<()> {
        let connection = HttpConnection::open(self.address.socket);
        connection
            .map(drop)
            .with_context(|| format!("nobody listens at {}", self.relay.url()))
    }

    // Requests

    /// Opens a connection.
    pub(crate) fn connect(&self) -> Result<HttpConnection, Fault> {
        HttpConnection::open(self.address.socket).map_err(|error| {
            let failure = self.failure("a connection", format!("none: {error}"));
            Fault::Late(failure)
        })
    }

    /// The bytes of a request to this relay.
    pub(crate) fn bytes(&self, request: &Request) -> Vec<u8> {
        request.bytes(&self.address.host, &self.address.path)
    }

    /// Notes a line for whoever reads of a failure.
    pub(crate) fn note(&self, line: impl Into<String>) {
        self.log.borrow_mut().push(line.into());
    }

    /// Sends a request, and gives it while its answer is to come.
    pub(crate) fn begin(&self, request: &Request) -> Result<Pending<'_>, Fault> {
        self.begin_at(self.connect()?, request)
    }

    /// Sends a request on a connection, and gives it while its answer is to come.
    pub(crate) fn begin_at(
        &self,
        mut connection: HttpConnection,
        request: &Request,
    ) -> Result<Pending<'_>, Fault> {
        self.count(request);
        self.note(request.to_string());
        let sent = Instant::now();
        // The answer may come before all is sent, and the connection end with it.
        let _ = connection.send(&self.bytes(request));
        Ok(Pending {
            bench: self,
            request: request.clone(),
            connection,
            sent,
            until: Instant::now() + ANSWERING + self.wait_of(request),
        })
    }

    /// Sends a request, and its body only when no answer comes to the head.
    fn begin_patiently(&self, request: &Request) -> Result<Pending<'_>, Fault> {
        let mut connection = self.connect()?;
        self.count(request);
        self.note(format!("{request} (again, with a pause before the body)"));
        let sent = Instant::now();
        let (host, path) = (&self.address.host, &self.address.path);
        let _ = connection.send(&request.head(host, path));
        if connection.is_silent(Instant::now() + Duration::from_millis(500)) {
            let _ = connection.send(&request.body());
        }
        Ok(Pending {
            bench: self,
            request: request.clone(),
            connection,
            sent,
            until: Instant::now() + ANSWERING + self.wait_of(request),
        })
    }

    fn count(&self, request: &Request) {
        if is_start(request) {
            self.starts.set(self.starts.get() + 1);
        }
    }

    /// Takes back the count of a request that was refused before the rate was checked (RELAY-9).
    fn uncount(&self, request: &Request, reply: &Reply) {
        let is_early = matches!(reply.status(), 400 | 401 | 405 | 413)
            || reply.token().as_deref() == Some("not-found");
        if is_early && is_start(request) {
            self.starts.set(self.starts.get().saturating_sub(1));
        }
    }

    fn wait_of(&self, request: &Request) -> Duration {
        let wait = request.target.rsplit_once("?wait=");
        let seconds = wait.and_then(|(_, text)| text.parse::<u32>().ok());
        self.seconds(f64::from(seconds.unwrap_or(0).min(60)))
    }

    /// Sends a request, and reads its answer.
    pub(crate) fn ask(&self, request: &Request) -> Result<Reply, Fault> {
        loop {
            let mut pending = self.begin(request)?;
            let reply = match pending.try_reply() {
                // A relay may refuse before it has read the body, and end the connection with its
                // answer: one that is read before the body is sent cannot be lost.
                Err(NoAnswer::Reset(_) | NoAnswer::Closed(_)) if request.has_body() => {
                    self.begin_patiently(request)?.reply()?
                }
                Err(none) => return Err(pending.silence(&none)),
                Ok(reply) => reply,
            };
            if !(self.is_frugal && reply.token().as_deref() == Some("rate-limited")) {
                return Ok(reply);
            }
            let after = reply.answer.one("retry-after");
            let seconds = after.and_then(|text| text.parse().ok()).unwrap_or(1);
            let pause = Duration::from_secs(seconds);
            if Instant::now() + pause > self.patience {
                let why = format!("the relay's rate left no room (Retry-After: {seconds})");
                return Err(Fault::Skipped(why));
            }
            thread::sleep(pause);
        }
    }

    /// Sends a request whose answer the test is about.
    pub(crate) fn expect(&self, request: &Request, want: &Want) -> Result<Reply, Fault> {
        let reply = self.ask(request)?;
        self.judge(&reply, want)?;
        Ok(reply)
    }

    /// Sends a request that only prepares.
    pub(crate) fn given(&self, request: &Request, want: &Want) -> Result<Reply, Fault> {
        self.expect(request, want).map_err(Fault::of_setup)
    }

    /// Judges an answer that has been read.
    pub(crate) fn judge(&self, reply: &Reply, want: &Want) -> Result<(), Fault> {
        match want.fits(reply) {
            true => Ok(()),
            false => Err(self.failed(want, reply)),
        }
    }

    // Failures

    /// A failure with what was asked so far.
    pub(crate) fn failure(&self, expected: impl ToString, actual: impl ToString) -> Box<Failure> {
        let log = self.log.borrow();
        let left_out = log.len().saturating_sub(LINES);
        let mut given: Vec<String> = Vec::new();
        if left_out > 0 {
            given.push(format!("({left_out} lines before)"));
        }
        given.extend(log.iter().skip(left_out).cloned());
        Box::new(Failure {
            given,
            expected: expected.to_string(),
            actual: actual.to_string(),
            ..Failure::default()
        })
    }

    /// A failure that is certain.
    pub(crate) fn failed(&self, expected: impl ToString, actual: impl ToString) -> Fault {
        Fault::Failed(self.failure(expected, actual))
    }

    /// A failure that may be a busy machine's.
    pub(crate) fn late(&self, expected: impl ToString, actual: impl ToString) -> Fault {
        Fault::Late(self.failure(expected, actual))
    }

    /// A failure unless something holds.
    pub(crate) fn check(
        &self,
        holds: bool,
        expected: impl ToString,
        actual: impl ToString,
    ) -> Result<(), Fault> {
        match holds {
            true => Ok(()),
            false => Err(self.failed(expected, actual)),
        }
    }

    // Time

    /// So many of the relay's seconds.
    pub(crate) fn seconds(&self, seconds: f64) -> Duration {
        self.settings.length_of_second().mul_f64(seconds)
    }

    /// A time in the relay's seconds.
    pub(crate) fn in_seconds(&self, time: Duration) -> f64 {
        time.as_secs_f64() / self.settings.length_of_second().as_secs_f64()
    }

    /// Waits until so many of the relay's seconds after a moment.
    pub(crate) fn sleep_until(&self, since: Instant, seconds: f64) {
        let until = since + self.seconds(seconds);
        thread::sleep(until.saturating_duration_since(Instant::now()));
    }

    /// The time after which a request that was sent has surely been read by a relay on a machine
    /// that is not busy. Whatever rests on it is run again, alone and slower, before it fails.
    pub(crate) fn settle(&self) {
        thread::sleep(Duration::from_millis(40) * 4_u32.pow(self.attempt.min(3)));
    }

    /// The real time by which an answer may come late before the test is run again.
    pub(crate) fn lag(&self) -> Duration {
        Duration::from_millis(250)
    }

    /// Notes whether an answer tells of a change by the test's own step.
    fn note_change(&self, request: &Request, reply: &Reply) {
        let is_change = request.method != "GET" && (200..300).contains(&reply.status());
        if is_change && !self.is_preparing.get() {
            self.is_changed.set(true);
        }
    }
}

impl Pending<'_> {
    /// Reads the answer.
    pub(crate) fn reply(self) -> Result<Reply, Fault> {
        self.reply_and_connection().map(|(reply, _)| reply)
    }

    /// Reads the answer, and gives the connection too. Interim answers are passed over.
    pub(crate) fn reply_and_connection(mut self) -> Result<(Reply, HttpConnection), Fault> {
        match self.try_reply() {
            Ok(reply) => Ok((reply, self.connection)),
            Err(none) => Err(self.silence(&none)),
        }
    }

    /// Reads the answer, or what comes instead of one.
    pub(crate) fn try_reply(&mut self) -> Result<Reply, NoAnswer> {
        let to_head = self.request.method == "HEAD";
        loop {
            let answer = self.connection.answer(to_head, self.until)?;
            if (100..200).contains(&answer.status) {
                continue;
            }
            let reply = Reply {
                sent: self.sent,
                read: answer.read,
                answer,
            };
            self.bench.checker.look(&self.request, &reply);
            self.bench.note_change(&self.request, &reply);
            self.bench.uncount(&self.request, &reply);
            self.bench.note(format!("-> {reply}"));
            return Ok(reply);
        }
    }

    /// The fault of an answer that did not come.
    pub(crate) fn silence(&self, none: &NoAnswer) -> Fault {
        let what = format!(
            "an answer to {} {}",
            self.request.method, self.request.target
        );
        let what = self.bench.failure(what, none);
        match none {
            NoAnswer::TimedOut(_) => {
                self.bench.silences.set(self.bench.silences.get() + 1);
                Fault::Late(what)
            }
            _ => Fault::Failed(what),
        }
    }

    /// The time before it was sent.
    pub(crate) fn sent(&self) -> Instant {
        self.sent
    }

    /// Whether nothing has come for so long from now on.
    pub(crate) fn is_silent(&mut self, time: Duration) -> bool {
        self.connection.is_silent(Instant::now() + time)
    }

    /// Closes the sending half of its connection.
    pub(crate) fn half_close(&self) {
        self.connection.half_close();
    }
}
