//! The states of sections 11.4 and 11.5 that have a request in hand, and how an exchange that has
//! come so far ends by the tables. A person has read this off the tables; no recording decides it.

use super::super::scenario::{Scenario, initiator, receiver};
use crate::suites::replay::transcript::ClientRole;

/// A state with its request.
#[derive(Clone, Copy)]
pub(super) struct ClientState {
    pub(super) role: ClientRole,
    pub(super) name: &'static str,
    pub(super) request: &'static str,
    /// `misbehaved` leads to a close.
    pub(super) closes: bool,
    /// The peer's blob is handed over with whatever outcome follows (INIT-3, RECV-2).
    pub(super) has_blob: bool,
    /// The user looks first.
    pub(super) looks: bool,
}

pub(super) const ALLOCATING: ClientState = initiators("allocating", "allocate", false, false);
pub(super) const WAITING_FOR_ANSWER: ClientState =
    initiators("waiting-for-answer", "get answer", true, false);
/// A user who looks first: the polls of the cell tell of the channel's end.
pub(super) const HOLDING: ClientState = initiators("holding", "get receipt", true, true).looking();
pub(super) const FINISHING: ClientState = initiators("finishing", "put finish", true, true);
pub(super) const WAITING_FOR_RECEIPT: ClientState =
    initiators("waiting-for-receipt", "get receipt", false, true);
pub(super) const CLAIMING: ClientState = receivers("claiming", "claim", true, false);
pub(super) const ANSWERING: ClientState = receivers("answering", "put answer", true, false);
/// A user who looks first, while the finish may come.
pub(super) const COMPARING: ClientState =
    receivers("comparing", "get finish", true, false).looking();
pub(super) const WAITING_FOR_FINISH: ClientState =
    receivers("waiting-for-finish", "get finish", true, false);
pub(super) const SENDING_RECEIPT: ClientState =
    receivers("sending-receipt", "put receipt", false, true);

pub(super) const STATES: [ClientState; 8] = [
    ALLOCATING,
    WAITING_FOR_ANSWER,
    FINISHING,
    WAITING_FOR_RECEIPT,
    CLAIMING,
    ANSWERING,
    WAITING_FOR_FINISH,
    SENDING_RECEIPT,
];

const fn initiators(
    name: &'static str,
    request: &'static str,
    closes: bool,
    has_blob: bool,
) -> ClientState {
    ClientState {
        role: ClientRole::Initiator,
        name,
        request,
        closes,
        has_blob,
        looks: false,
    }
}

const fn receivers(
    name: &'static str,
    request: &'static str,
    closes: bool,
    has_blob: bool,
) -> ClientState {
    ClientState {
        role: ClientRole::Receiver,
        name,
        request,
        closes,
        has_blob,
        looks: false,
    }
}

impl ClientState {
    const fn looking(self) -> Self {
        Self {
            looks: true,
            ..self
        }
    }

    /// A scenario about what happens in this state. It is called after the state's request, or
    /// after the state itself where another has the same request.
    pub(super) fn scenario(self, name: &str, title: &str) -> Scenario {
        let (prefix, about) = match self.looks {
            true => (self.name.to_owned(), self.name),
            false => (self.request.replace(' ', "-"), self.request),
        };
        let name = format!("{prefix}-{name}");
        let title = format!("{about}: {title}");
        let scenario = match self.role {
            ClientRole::Initiator => initiator(&name, &title).clauses(&["INIT-1"]),
            ClientRole::Receiver => receiver(&name, &title).clauses(&["RECV-1"]),
        };
        let scenario = match (self.role, self.looks) {
            (_, false) => scenario,
            (ClientRole::Initiator, true) => scenario.looks().clauses(&["INIT-2"]),
            (ClientRole::Receiver, true) => scenario.looks().clauses(&["RECV-5"]),
        };
        match (self.role, self.has_blob) {
            (ClientRole::Initiator, true) => scenario.clauses(&["INIT-3"]).blob(),
            (ClientRole::Receiver, true) => scenario.clauses(&["RECV-2"]).blob(),
            (_, false) => scenario,
        }
    }

    /// Says whether the relay has accepted the side before: an answer without one of the relay's
    /// content types is *busy* then (CLIENT-11).
    pub(super) fn is_accepted(self) -> bool {
        !matches!(self.name, "allocating" | "claiming")
    }

    /// Says whether the client ends as `done` by now whatever else happens (INIT-4, RECV-2).
    pub(super) fn is_done(self) -> bool {
        matches!(self.name, "waiting-for-receipt" | "sending-receipt")
    }

    /// The end by a state that is done whatever happens: a receiver's blob has arrived, an
    /// initiator's may have.
    pub(super) fn done(self, scenario: Scenario) -> Scenario {
        let scenario = scenario.done(self.role == ClientRole::Receiver);
        match self.role {
            ClientRole::Initiator => scenario.clauses(&["INIT-4"]),
            ClientRole::Receiver => scenario,
        }
    }

    /// The end by the event `misbehaved`.
    pub(super) fn misbehaved(self, scenario: Scenario) -> Scenario {
        if self.is_done() {
            return self.done(scenario);
        }
        let scenario = scenario.ends("relay-misbehaved").clauses(&["OUT-1"]);
        let scenario = match self.name {
            "claiming" => scenario.clauses(&["RECV-4"]),
            _ => scenario,
        };
        if self.closes {
            scenario.closes("relay-misbehaved")
        } else {
            scenario
        }
    }
}
