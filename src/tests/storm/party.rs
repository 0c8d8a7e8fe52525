//! One side of a simulated exchange, with the checks of each of its steps.

use std::collections::BTreeMap;
use std::time::Duration;

use wormhole_sync::protocol::wire::{HttpRequest, HttpResponse, Method, Wire, interpret_response};
use wormhole_sync::protocol::{
    Action, AttemptFailure, AttemptResult, Ended, Exchange, Machine, Outcome, RequestKind, Times,
    UserEvent,
};
use wormhole_sync::values::{AppId, Rendezvous, Side};

/// The next thing that a side does.
pub(crate) enum Doing {
    Sends {
        request: HttpRequest,
        within: Duration,
    },
    Pauses {
        least: Duration,
        most: Duration,
    },
    Holds {
        within: Option<Duration>,
    },
    IsOver,
}

/// A side of either role. All times are those of the world.
pub(crate) trait Acts {
    fn next(&mut self, now: Duration) -> Doing;
    /// Takes an answer; `None` means that it was lost.
    fn takes(&mut self, now: Duration, answer: Option<HttpResponse>);
    /// Takes a word of the user, or of the application, and tells whether an attempt under way goes
    /// on after it.
    fn hears(&mut self, now: Duration, word: UserEvent) -> bool;
    fn state(&self) -> &'static str;
}

pub(crate) struct Party<T> {
    pub(crate) exchange: Exchange<T>,
    pub(crate) attempts: u64,
    wire: Wire,
    started: Duration,
    sent: Option<RequestKind>,
    outcome: Option<Outcome>,
    /// The body of each request so far, by method and URL (SEAL-4).
    written: BTreeMap<String, Option<String>>,
    closes: u32,
    /// The time at which the outcome was fixed.
    pub(crate) decided: Option<Duration>,
    /// Whether an answer has fixed the outcome.
    pub(crate) heard: bool,
    /// Whether the user has agreed, where asked.
    released: bool,
    /// Whether the application has taken the blob.
    pub(crate) taken: bool,
}

impl<T: Machine> Party<T> {
    pub(crate) fn new(
        machine: T,
        side: &[u8; 32],
        started: Duration,
        deadline: Option<Duration>,
    ) -> Self {
        let rendezvous = Rendezvous::parse("http://localhost", false).unwrap();
        let appid = AppId::new("example.com/app1").unwrap();
        Party {
            exchange: Exchange::new(machine, Times::default(), deadline),
            attempts: 0,
            wire: Wire::new(rendezvous, appid, Side::from_hex(side).unwrap()),
            started,
            sent: None,
            outcome: None,
            written: BTreeMap::new(),
            closes: 0,
            decided: None,
            heard: false,
            released: false,
            taken: false,
        }
    }

    pub(crate) fn end(self) -> Ended<T::Suite> {
        let end = self.exchange.into_ended().expect("it has ended");
        assert_eq!(self.outcome, Some(end.outcome));
        end
    }

    /// OUT-1: A client MUST end with exactly one outcome of this closed list.
    fn check_outcome(&mut self, now: Duration) {
        let outcome = self.exchange.machine().and_then(T::outcome);
        if self.outcome.is_some() {
            assert_eq!(outcome, self.outcome, "the outcome changed");
        } else if outcome.is_some() {
            self.decided = Some(now);
        }
        self.outcome = outcome;
        // The initiator's blob is kept back until the user agrees (RECV-5).
        let is_taking = self.exchange.machine().is_some_and(T::is_taking);
        assert!(!is_taking || self.released, "handed over too soon");
    }

    fn check_request(&mut self, request: &HttpRequest) {
        let place = format!("{:?} {}", request.method, request.url);
        if request.url.ends_with("/close") {
            // TIME-7: A client MUST try a close once
            self.closes += 1;
            assert_eq!(self.closes, 1);
        }
        if request.method == Method::Put && request.url.ends_with("/finish") {
            assert!(self.released, "INIT-2");
        }
        if request.method == Method::Put && request.url.ends_with("/receipt") {
            assert!(self.taken, "RECV-6");
        }
        assert_eq!(request.body.is_none(), request.method == Method::Get);
        let before = self
            .written
            .entry(place)
            .or_insert_with(|| request.body.clone());
        assert_eq!(*before, request.body, "SEAL-4: repeated as the same bytes");
    }
}

impl<T: Machine> Acts for Party<T> {
    fn next(&mut self, now: Duration) -> Doing {
        let doing = match self.exchange.next(now - self.started) {
            Action::Send {
                request,
                wait,
                within,
            } => {
                self.sent = Some(request.kind());
                self.attempts += 1;
                Doing::Sends {
                    request: self.wire.request(&request, wait),
                    within,
                }
            }
            Action::Pause { least, most } => {
                assert!(least <= most && most > Duration::ZERO, "{least:?} {most:?}");
                Doing::Pauses { least, most }
            }
            Action::Hold { within } => Doing::Holds { within },
            Action::Ended => Doing::IsOver,
        };
        if let Doing::Sends { request, within } = &doing {
            assert!(*within > Duration::ZERO && *within <= Duration::from_secs(40));
            self.check_request(request);
        }
        self.check_outcome(now);
        doing
    }

    fn takes(&mut self, now: Duration, answer: Option<HttpResponse>) {
        let (was_open, came) = (self.outcome.is_none(), answer.is_some());
        let result = match (self.sent.take(), answer) {
            (Some(kind), Some(answer)) => interpret_response(kind, answer),
            _ => AttemptResult::Lost(AttemptFailure::NoAnswer),
        };
        self.exchange.attempt_ended(now - self.started, result);
        self.check_outcome(now);
        self.heard |= was_open && came && self.outcome.is_some();
    }

    fn hears(&mut self, now: Duration, word: UserEvent) -> bool {
        let state = self.state();
        self.released |= word == UserEvent::Release && LOOKING.contains(&state);
        self.taken |= word == UserEvent::Taken && state == "taking";
        self.exchange.say(now - self.started, word);
        self.check_outcome(now);
        let request = self.exchange.machine().and_then(T::request);
        let kind = request.map(|request| request.kind());
        let goes_on = self.sent.is_some() && self.sent == kind;
        self.sent = self.sent.filter(|_| goes_on);
        goes_on
    }

    fn state(&self) -> &'static str {
        self.exchange.machine().map_or("ended", T::state)
    }
}

/// The states in which a user may agree.
const LOOKING: [&str; 3] = ["holding", "comparing", "opened"];
