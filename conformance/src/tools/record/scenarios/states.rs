//! The states of sections 11.4 and 11.5 that have a request in hand, and how an exchange that has
//! come so far ends by the tables. A person has read this off the tables; no recording decides it.

use super::super::rules::{Rule, lost, pass};
use super::super::scenario::{Scenario, initiator, receiver};
use crate::stage::response::TransportFault;
use crate::subject::adapter::UserEvent;
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

/// All of them, and those in which a user looks first.
pub(super) const EVERY: [ClientState; 10] = [
    ALLOCATING,
    WAITING_FOR_ANSWER,
    HOLDING,
    FINISHING,
    WAITING_FOR_RECEIPT,
    CLAIMING,
    ANSWERING,
    COMPARING,
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

    /// Says whether the request is a poll.
    pub(super) fn polls(self) -> bool {
        self.request.starts_with("get ")
    }

    /// The rules by which a user who looks agrees at the next request, so that the run goes on.
    pub(super) fn goes_on(self) -> Vec<Rule> {
        match (self.looks, self.role) {
            (false, _) => Vec::new(),
            // The poll is abandoned for the finish.
            (true, ClientRole::Initiator) => {
                vec![lost(self.request, TransportFault::Stall).user(UserEvent::Release)]
            }
            (true, ClientRole::Receiver) => vec![pass(self.request).user(UserEvent::Release)],
        }
    }

    /// A scenario in which the state's requests fare so, and the exchange then goes on to a good
    /// end.
    pub(super) fn survives(self, name: &str, title: &str, rules: Vec<Rule>) -> Scenario {
        let one = self.scenario(name, title).second(40).rules(rules);
        one.rules(self.goes_on()).done(true)
    }

    /// A scenario in which the state's request succeeds in an unusual way, and the exchange goes on
    /// to a good end. Where a user looks first, it is the finish that comes so.
    pub(super) fn succeeds(self, name: &str, title: &str, rule: Rule) -> Scenario {
        let rule = match (self.looks, self.role) {
            (true, ClientRole::Receiver) => rule.then_user(UserEvent::Release),
            _ => return self.survives(name, title, vec![rule]),
        };
        let one = self.scenario(name, title).second(40);
        one.rules([rule]).done(true)
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
