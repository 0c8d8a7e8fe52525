//! One run of one client, as a value: the events that the real state machine has taken, and what is seen of it.
//!
//! The machine itself cannot be copied, since its secrets may not be. So a run is its history, and to go on from it
//! the history is played to a new machine. The suite is deterministic, so that this is the same machine.

use std::collections::BTreeSet;

use wormhole_sync::protocol::{
    CellName, ChannelRefusal, CloseReason, Event, InitiatorMachine, Machine, Outcome,
    ReceiverMachine, Request, RequestKind,
};
use wormhole_sync::values::{AppId, Blob};

use crate::algebra::Unknown;
use crate::keys::{Fact, Variant, take_facts};
use crate::message::{Message, write};
use crate::step::{Step, channel};
use crate::suite::{A, Symbols};

/// A client before its run.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Client {
    /// The side byte.
    pub(crate) side: u8,
    /// Its secret scalar, which no other has.
    pub(crate) scalar: Unknown,
    /// The word that its user has.
    pub(crate) word: u8,
    pub(crate) channel: u32,
    pub(crate) appid: &'static str,
    pub(crate) blob: &'static str,
}

/// The end of a run.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct End {
    pub(crate) outcome: Outcome,
    /// The peer's blob, as it was handed over.
    pub(crate) blob: Option<Vec<u8>>,
    pub(crate) delivered: bool,
}

/// All that makes a run what it is, but for its history: the machine shows all that it holds save the blob that it
/// opened, and that is in the facts.
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct Identity {
    client: Client,
    shown: String,
    facts: BTreeSet<Fact>,
    sent: Vec<Message>,
    outcome: Option<Outcome>,
    end: Option<End>,
    flags: [bool; 3],
}

/// A run.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    pub(crate) client: Client,
    pub(crate) history: Vec<Step>,
    /// The machine, as `Debug` shows it.
    pub(crate) shown: String,
    pub(crate) state: &'static str,
    pub(crate) request: Option<RequestKind>,
    /// The reason of the close that is in hand.
    pub(crate) closes: Option<CloseReason>,
    pub(crate) outcome: Option<Outcome>,
    pub(crate) end: Option<End>,
    /// What the suite did.
    pub(crate) facts: BTreeSet<Fact>,
    /// The bodies of all requests so far, in their order: the attacker has them when they are in hand.
    pub(crate) sent: Vec<Message>,
    /// The user has agreed (INIT-2).
    pub(crate) has_agreed: bool,
    /// An event that the tables call impossible has come.
    pub(crate) was_impossible: bool,
    /// The outcome has changed after it was fixed.
    pub(crate) has_changed: bool,
}

/// The real machine of either role.
enum Real<V: Variant> {
    Initiator(InitiatorMachine<Symbols<V>>),
    Receiver(ReceiverMachine<Symbols<V>>),
}

impl<V: Variant> Real<V> {
    fn new(client: &Client) -> Real<V> {
        let appid = AppId::new(client.appid).expect("a short appid");
        let blob = Blob::new(client.blob).expect("a short blob");
        let pake = Symbols::<V>::start(client.side, client.word, client.scalar);
        if client.side == A {
            let offer = write(&Symbols::<V>::message(&pake));
            Real::Initiator(InitiatorMachine::new(appid, pake, offer, blob))
        } else {
            Real::Receiver(ReceiverMachine::new(
                channel(client.channel),
                appid,
                pake,
                blob,
            ))
        }
    }

    /// The next state, and whether the event was possible.
    fn on(self, event: Event) -> (Real<V>, bool) {
        match self {
            Real::Initiator(machine) => match machine.on(event) {
                Ok(next) => (Real::Initiator(next), true),
                Err(impossible) => (Real::Initiator(impossible.state), false),
            },
            Real::Receiver(machine) => match machine.on(event) {
                Ok(next) => (Real::Receiver(next), true),
                Err(impossible) => (Real::Receiver(impossible.state), false),
            },
        }
    }

    fn replayed(client: &Client, history: &[Step]) -> Real<V> {
        let machine = history.iter().fold(Real::new(client), |machine, step| {
            machine.on(step.event()).0
        });
        take_facts();
        machine
    }

    /// What can be seen of it, into the run.
    fn look(self, run: &mut Run) {
        run.shown = match &self {
            Real::Initiator(machine) => format!("{machine:?}"),
            Real::Receiver(machine) => format!("{machine:?}"),
        };
        let end = match self {
            Real::Initiator(machine) => observe(machine, run),
            Real::Receiver(machine) => observe(machine, run),
        };
        run.end = end;
    }
}

fn observe<T: Machine>(machine: T, run: &mut Run) -> Option<End> {
    run.state = machine.state();
    run.outcome = machine.outcome();
    run.request = machine.request().map(|request| request.kind());
    run.closes = None;
    let body = match machine.request() {
        Some(Request::Allocate { offer }) => Some(offer.to_vec()),
        Some(Request::Put { body, .. }) => Some(body.to_vec()),
        Some(Request::Close { reason, .. }) => {
            run.closes = Some(reason);
            None
        }
        _ => None,
    };
    run.sent
        .extend(body.filter(|body| !run.sent.contains(body)));
    machine.into_ended().map(|end| End {
        outcome: end.outcome,
        blob: end.received.map(|r| r.blob.get().expose().to_vec()),
        delivered: end.delivered,
    })
}

impl Run {
    pub(crate) fn new<V: Variant>(client: Client) -> Run {
        let mut run = Run {
            client,
            history: Vec::new(),
            shown: String::new(),
            state: "",
            request: None,
            closes: None,
            outcome: None,
            end: None,
            facts: BTreeSet::new(),
            sent: Vec::new(),
            has_agreed: false,
            was_impossible: false,
            has_changed: false,
        };
        Real::<V>::new(&run.client).look(&mut run);
        run
    }

    /// The run after one more event.
    pub(crate) fn after<V: Variant>(&self, step: &Step) -> Run {
        let mut next = self.clone();
        let machine = Real::<V>::replayed(&self.client, &self.history);
        let (machine, is_possible) = machine.on(step.event());
        next.facts.extend(take_facts());
        next.history.push(step.clone());
        machine.look(&mut next);
        next.has_agreed |= *step == Step::Release;
        next.was_impossible |= !is_possible;
        next.has_changed |= self.outcome.is_some() && next.outcome != self.outcome;
        next
    }

    /// The same run, as if only these events had come; what was seen stays seen.
    pub(crate) fn rewound<V: Variant>(mut self, history: &[Step]) -> Run {
        self.history = history.to_vec();
        Real::<V>::replayed(&self.client, history).look(&mut self);
        self
    }

    pub(crate) fn identity(&self) -> Identity {
        Identity {
            client: self.client.clone(),
            shown: self.shown.clone(),
            facts: self.facts.clone(),
            sent: self.sent.clone(),
            outcome: self.outcome,
            end: self.end.clone(),
            flags: [self.has_agreed, self.was_impossible, self.has_changed],
        }
    }

    /// All steps that the relay, the network, the clock and the user can make here (sections 11.2 and 11.3), but for the
    /// messages that the client waits for.
    pub(crate) fn steps(&self) -> Vec<Step> {
        let mut steps = match self.request {
            Some(RequestKind::Allocate) => vec![Step::Allocated(self.client.channel)],
            Some(RequestKind::Put(_)) => vec![Step::Stored],
            Some(RequestKind::Get(_)) => vec![Step::Empty],
            Some(RequestKind::Close) => vec![Step::CloseTried, Step::Cancel],
            Some(RequestKind::Claim) => vec![],
            None if self.end.is_some() => return vec![],
            None => vec![Step::Release],
        };
        if self.request == Some(RequestKind::Close) {
            return steps;
        }
        if self.request.is_some() {
            let closed = [CloseReason::Other, CloseReason::WrongCode].map(ChannelRefusal::Closed);
            let refusals = [
                ChannelRefusal::Forbidden,
                ChannelRefusal::NoSuchChannel,
                ChannelRefusal::Crowded,
                ChannelRefusal::Expired,
            ];
            steps.extend(refusals.into_iter().chain(closed).map(Step::Refused));
            steps.extend([Step::Misbehaved, Step::Exhausted]);
        }
        if self.request == Some(RequestKind::Get(CellName::Receipt)) {
            steps.push(Step::ReceiptWaitOver);
        }
        steps.extend([Step::Deadline, Step::Cancel]);
        steps
    }
}
