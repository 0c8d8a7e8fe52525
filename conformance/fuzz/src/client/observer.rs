//! The checks at each step of a run: the table of its role, and the rules for what it may send.

use std::time::Duration;

use wormhole_sync::protocol::wire::{HttpRequest, Method};
use wormhole_sync::protocol::{
    ChannelRefusal, CloseReason, Event, Exchange, Request, RequestKind, UserEvent,
};

use super::peer::{Peer, Role};
use super::role::Shows;
use super::timing::Timing;
use crate::model::tables::reached;

/// An observer of a run: it follows the events by the table, and compares the machine with it.
#[derive(Debug)]
pub(crate) struct Observer {
    pub(crate) role: Role,
    pub(crate) peer: &'static Peer,
    pub(crate) timing: Timing,
    state: &'static str,
    outcome: Option<String>,
    has_begun: bool,
    /// The request of this state, by the table.
    request: String,
    sent: Option<HttpRequest>,
    /// The offer that was claimed.
    pub(crate) offer: Option<Vec<u8>>,
    /// Whether the peer's seal has opened, by the bytes that the client was given.
    pub(crate) opened: bool,
    /// Whether the receipt has opened.
    pub(crate) receipt: bool,
    /// Whether the application has taken the blob (RECV-6).
    pub(crate) taken: bool,
    /// The reason with which the relay says that the channel was closed.
    pub(crate) closed: Option<CloseReason>,
    /// Whether that reason says that an initiator's blob was not kept, and comes late enough
    /// (INIT-8).
    pub(crate) not_taken: bool,
    /// The time for which the application has had the blob.
    pub(crate) taking: Duration,
    /// Whether the relay gave another channel than that of the honest peer.
    pub(crate) is_alone: bool,
    /// Whether the driver came back later than the machine asked for.
    pub(crate) was_late: bool,
    /// The number of times that the finish was sent.
    pub(crate) finishes: u32,
    /// The number of polls that brought nothing.
    pub(crate) empties: u32,
}

impl Observer {
    pub(crate) fn new(role: Role, peer: &'static Peer, deadline: Option<u32>) -> Self {
        let (state, request, kind) = match role {
            Role::Initiator => ("allocating", "allocate", RequestKind::Allocate),
            Role::Receiver => ("claiming", "claim", RequestKind::Claim),
        };
        let mut timing = Timing::default();
        timing.request_changed(Some(kind), Duration::ZERO);
        timing.deadline = deadline.map(|seconds| Duration::from_secs(seconds.into()));
        Self {
            role,
            peer,
            timing,
            state,
            outcome: None,
            has_begun: false,
            request: request.to_owned(),
            sent: None,
            offer: None,
            opened: false,
            receipt: false,
            taken: false,
            closed: None,
            not_taken: false,
            taking: Duration::ZERO,
            is_alone: false,
            was_late: false,
            finishes: 0,
            empties: 0,
        }
    }

    pub(crate) fn state(&self) -> &'static str {
        self.state
    }

    pub(crate) fn outcome(&self) -> Option<&str> {
        self.outcome.as_deref()
    }

    /// The names that the table may have for an event in this state.
    pub(crate) fn names(&self, event: &Event) -> Vec<&'static str> {
        let names = self
            .role
            .names(self.state, event, self.peer, self.offer.as_deref());
        match names[..] {
            ["answer-opened"] if self.is_alone => vec!["answer-unopened"],
            // The first attempt of a put finish (CLIENT-15).
            ["forbidden" | "no-such-channel"]
                if self.finishes == 1 && self.state == "finishing" =>
            {
                vec!["closed"]
            }
            _ => names,
        }
    }

    /// Remembers an event that has these names, before the machine has moved by it.
    pub(crate) fn event_came(&mut self, event: &Event, names: &[&str]) {
        let waits = self.state == "waiting-for-receipt";
        self.opened |= matches!(names, ["answer-opened" | "finish-opened"]);
        self.receipt |= waits && names == ["receipt-opened"];
        self.empties += u32::from(*event == Event::Empty);
        match event {
            Event::Claimed(offer) => self.offer = Some(offer.clone()),
            Event::Refused(ChannelRefusal::Closed(reason)) => {
                self.closed = Some(*reason);
                self.not_taken = waits && *reason == CloseReason::NotTaken;
            }
            _ => {}
        }
    }

    /// The names of the events of the timers that are due. In `taking` no time runs (TIME-5).
    pub(crate) fn due(&self, now: Duration, is_in_attempt: bool) -> Vec<&'static str> {
        match self.state {
            "taking" => Vec::new(),
            _ => self.timing.due(now, is_in_attempt),
        }
    }

    /// Checks what a word of the user, or of the application, has done: what the table says, and
    /// nothing where nobody is asked or the time was over before.
    pub(crate) fn word_was_said<T: Shows>(
        &mut self,
        exchange: &Exchange<T>,
        now: Duration,
        word: UserEvent,
        is_in_attempt: bool,
    ) {
        let name = match word {
            UserEvent::Cancel => "cancel",
            UserEvent::Release => "release",
            UserEvent::Mismatch => "mismatch",
            UserEvent::Taken => "taken",
            UserEvent::NotTaken => "not-taken",
        };
        self.taken |= self.state == "taking" && word == UserEvent::Taken;
        let due = self.due(now, is_in_attempt);
        self.has_moved(exchange, now, &[due.as_slice(), &[name]].concat());
    }

    /// Checks a request that the machine wants to send.
    pub(crate) fn request_sent(
        &mut self,
        now: Duration,
        request: &Request<'_>,
        http: HttpRequest,
        within: Duration,
    ) {
        self.timing.attempt_began(now, request.kind(), within);
        self.has_begun = true;
        assert_eq!(request_name(request), self.request, "in {}", self.state);
        // A GET waits and has no body (CLIENT-1, TIME-8).
        let query = format!("?wait={}", self.timing.wait());
        assert_eq!(http.url.ends_with(&query), http.method == Method::Get);
        assert_eq!(http.body.is_none(), http.method == Method::Get);
        if let Some(before) = &self.sent {
            assert_ne!(self.request.split(' ').next(), Some("close"), "TIME-7");
            // A poll that was cut off is repeated with another wait (TIME-8).
            let path = |http: &HttpRequest| http.url.split('?').next().map(str::to_owned);
            let same = (before.method, path(before), &before.bearer, &before.body)
                == (http.method, path(&http), &http.bearer, &http.body);
            assert!(same, "TIME-1: a repeat is the same request");
        }
        if let Request::Put { cell, .. } = request
            && *cell == wormhole_sync::protocol::CellName::Finish
        {
            assert!(self.opened, "SEAL-10");
            self.finishes += 1;
        }
        self.sent = Some(http);
    }

    /// Checks that the machine has moved as the table says for an event of one of these names.
    pub(crate) fn has_moved<T: Shows>(
        &mut self,
        exchange: &Exchange<T>,
        now: Duration,
        names: &[&str],
    ) {
        let machine = exchange.machine().expect("a machine");
        let (state, outcome) = (machine.state(), machine.outcome().map(|it| it.to_string()));
        assert!(
            self.outcome.is_none() || self.outcome == outcome,
            "OUT-1: {:?}, then {outcome:?}",
            self.outcome
        );
        self.shows_what_it_may(machine);
        let table = self.role.table();
        let rows = names
            .iter()
            .map(|name| (*name, table.row(self.state, name)));
        let mut wanted = Vec::new();
        for (name, row) in rows {
            let Some(row) = row else {
                wanted.push(format!("{name}: impossible"));
                if state == self.state && outcome == self.outcome {
                    return;
                }
                continue;
            };
            wanted.push(format!("{name}: {row:?}"));
            // A run that is given up before its first attempt makes no request (section 11.3).
            let skips_close = !self.has_begun && row.next == "closing" && state == "ended";
            let fixed = match row.outcome.as_str() {
                "" => outcome == self.outcome,
                // The outcome has its reason in brackets.
                "closed" => outcome
                    .as_ref()
                    .is_some_and(|it| it.starts_with("closed (")),
                fixed => outcome.as_deref() == Some(fixed),
            };
            if (row.next == state || skips_close) && fixed {
                reached(self.state, name);
                let request = if skips_close { "" } else { &row.request };
                self.enter(
                    state,
                    outcome,
                    request.to_owned(),
                    now,
                    machine.request().map(|it| it.kind()),
                );
                return;
            }
        }
        panic!(
            "from {} to {state} with {outcome:?}, but {wanted:#?}",
            self.state
        );
    }

    /// Checks that the machine has not moved.
    pub(crate) fn has_not_moved<T: Shows>(&self, exchange: &Exchange<T>) {
        let machine = exchange.machine().expect("a machine");
        let outcome = machine.outcome().map(|it| it.to_string());
        assert_eq!(
            (machine.state(), &outcome),
            (self.state, &self.outcome),
            "without any event"
        );
    }

    /// Checks that the peer's blob and the verifier are shown in the right states, and the right
    /// ones.
    fn shows_what_it_may<T: Shows>(&self, machine: &T) {
        let state = machine.state();
        assert_eq!(machine.is_taking(), state == "taking");
        let shown = machine.shown();
        // INIT-2, RECV-5, RECV-6: nobody gets a blob before.
        assert_eq!(shown.is_some(), ["holding", "taking"].contains(&state));
        if let Some(shown) = shown {
            assert!(self.opened);
            assert_eq!(shown.blob.get().expose(), self.role.peer_blob());
        }
        let verifier = machine.verifier();
        let compares = ["holding", "comparing", "opened"].contains(&state);
        assert_eq!(verifier.is_some(), compares, "in {state}");
        // A receiver does not know its peer before the finish.
        if let Some(verifier) = verifier.filter(|_| self.opened) {
            assert!(verifier.is(&self.peer.verifier));
        }
    }

    fn enter(
        &mut self,
        state: &'static str,
        outcome: Option<String>,
        request: String,
        now: Duration,
        kind: Option<RequestKind>,
    ) {
        // A receiver that agrees goes on with the same request.
        if self.state != state && self.request != request {
            self.sent = None;
        }
        (self.state, self.outcome, self.request) = (state, outcome, request);
        self.timing.request_changed(kind, now);
    }
}

/// The name of a request in the tables.
fn request_name(request: &Request<'_>) -> String {
    match request {
        Request::Allocate { .. } => "allocate".to_owned(),
        Request::Claim { .. } => "claim".to_owned(),
        Request::Put { cell, .. } => format!("put {}", cell.name()),
        Request::Get { cell, .. } => format!("get {}", cell.name()),
        Request::Close { reason, .. } => format!("close {}", reason.token()),
    }
}
