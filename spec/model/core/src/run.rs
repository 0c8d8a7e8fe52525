//! One run of one client, as a value: the events that the real state machine has taken, and what it
//! shows.
//!
//! The machine itself cannot be copied, since its secrets must not be. So a run is kept as its
//! history. To go on from there, the history is played to a new machine. The suite is
//! deterministic, so this machine is in the same state.

use std::collections::BTreeSet;

use wormhole_sync::protocol::{
    ChannelRefusal, CloseReason, Event, InitiatorMachine, Machine, Outcome, ReceiverMachine,
    Request, RequestKind, Unsealed,
};
use wormhole_sync::values::{AppId, Blob};

use crate::algebra::Unknown;
use crate::keys::{Fact, Variant, take_facts};
use crate::message::{Message, Part, write};
use crate::step::{Step, channel};
use crate::suite::{A, Symbols};

/// A client before its run.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Client {
    /// The side byte.
    pub(crate) side: u8,
    /// The secret scalar, which no other client has.
    pub(crate) scalar: Unknown,
    /// The word in the user's code.
    pub(crate) word: u8,
    pub(crate) channel: u32,
    pub(crate) appid: &'static str,
    pub(crate) blob: &'static str,
}

/// The relay's word that the other user found other words.
pub(crate) const MISMATCH_REPORTED: Step =
    Step::Refused(ChannelRefusal::Closed(CloseReason::VerifierMismatch));

/// The end of a run.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct End {
    pub(crate) outcome: Outcome,
    /// The peer's blob, if it was handed over.
    pub(crate) blob: Option<Vec<u8>>,
    pub(crate) delivered: bool,
    /// Whether the user is told that the relay says `not-taken` (INIT-8).
    pub(crate) not_taken: bool,
}

/// Everything by which runs differ, but for their histories. The machine shows all that it holds
/// save the blob that it opened, and that blob is in the facts.
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct Identity {
    client: Client,
    shown: String,
    facts: BTreeSet<Fact>,
    sent: Vec<Message>,
    told: Vec<Part>,
    outcome: Option<Outcome>,
    end: Option<End>,
    flags: [bool; 6],
}

/// A run, after some events.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    pub(crate) client: Client,
    pub(crate) history: Vec<Step>,
    /// The machine as `Debug` shows it.
    pub(crate) shown: String,
    pub(crate) state: &'static str,
    pub(crate) request: Option<RequestKind>,
    /// The reason of the close that is in hand.
    pub(crate) closes: Option<CloseReason>,
    pub(crate) outcome: Option<Outcome>,
    pub(crate) end: Option<End>,
    /// Everything that the suite did.
    pub(crate) facts: BTreeSet<Fact>,
    /// The bodies of all requests so far, in their order. The attacker has a body as soon as its
    /// request is in hand.
    pub(crate) sent: Vec<Message>,
    /// The verifier and an exported key, as soon as the machine gives them to its user.
    pub(crate) told: Vec<Part>,
    /// Whether the user has released the finish (INIT-2), or the peer's blob (RECV-5).
    pub(crate) has_agreed: bool,
    /// Whether the application of a receiver was given the peer's blob (RECV-6).
    pub(crate) was_handed: bool,
    /// Whether that application has said that it has the blob for good (RECV-6).
    pub(crate) has_taken: bool,
    /// Whether the relay has said that the other user found other words.
    pub(crate) has_heard_mismatch: bool,
    /// Whether an event has come that the tables call impossible.
    pub(crate) was_impossible: bool,
    /// Whether the outcome has changed after it was fixed.
    pub(crate) has_changed: bool,
}

/// The real machine of either role.
enum RealMachine<V: Variant> {
    Initiator(InitiatorMachine<Symbols<V>>),
    Receiver(ReceiverMachine<Symbols<V>>),
}

impl<V: Variant> RealMachine<V> {
    fn new(client: &Client) -> RealMachine<V> {
        let appid = AppId::new(client.appid).expect("a short appid");
        let blob = Blob::new(client.blob).expect("a short blob");
        let pake = Symbols::<V>::start(client.side, client.word, client.scalar);
        if client.side == A {
            let offer = write(&Symbols::<V>::message(&pake));
            RealMachine::Initiator(InitiatorMachine::new(appid, pake, offer, blob))
        } else {
            RealMachine::Receiver(ReceiverMachine::new(
                channel(client.channel),
                appid,
                pake,
                blob,
            ))
        }
    }

    /// The next state, and whether the event was possible.
    fn on(self, event: Event) -> (RealMachine<V>, bool) {
        match self {
            RealMachine::Initiator(machine) => match machine.on(event) {
                Ok(next) => (RealMachine::Initiator(next), true),
                Err(impossible) => (RealMachine::Initiator(impossible.state), false),
            },
            RealMachine::Receiver(machine) => match machine.on(event) {
                Ok(next) => (RealMachine::Receiver(next), true),
                Err(impossible) => (RealMachine::Receiver(impossible.state), false),
            },
        }
    }

    fn replayed(client: &Client, history: &[Step]) -> RealMachine<V> {
        let machine = history
            .iter()
            .fold(RealMachine::new(client), |machine, step| {
                machine.on(step.event()).0
            });
        take_facts();
        machine
    }

    /// Writes into a run what the machine shows.
    fn look(self, run: &mut Run) {
        run.shown = match &self {
            RealMachine::Initiator(machine) => format!("{machine:?}"),
            RealMachine::Receiver(machine) => format!("{machine:?}"),
        };
        match &self {
            RealMachine::Initiator(machine) => {
                if let Some(held) = machine.held() {
                    run.tell(held);
                }
            }
            RealMachine::Receiver(machine) => {
                let verifier = machine.verifier().map(|verifier| &**verifier);
                run.told
                    .extend(verifier.filter(|part| !run.told.contains(part)).cloned());
                if let Some(handed) = machine.taking() {
                    run.was_handed = true;
                    run.tell(handed);
                }
            }
        }
        let end = match self {
            RealMachine::Initiator(machine) => observe(machine, run),
            RealMachine::Receiver(machine) => observe(machine, run),
        };
        run.end = end;
    }
}

fn observe<V: Variant, T: Machine<Suite = Symbols<V>>>(machine: T, run: &mut Run) -> Option<End> {
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
    machine.into_ended().map(|end| {
        if let Some(received) = &end.received {
            run.tell(received);
        }
        End {
            outcome: end.outcome,
            blob: end.received.map(|r| r.blob.get().expose().to_vec()),
            delivered: end.delivered,
            not_taken: end.not_taken,
        }
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
            told: Vec::new(),
            has_agreed: false,
            was_handed: false,
            has_taken: false,
            has_heard_mismatch: false,
            was_impossible: false,
            has_changed: false,
        };
        RealMachine::<V>::new(&run.client).look(&mut run);
        run
    }

    /// The run after one more event.
    pub(crate) fn after<V: Variant>(&self, step: &Step) -> Run {
        let mut next = self.clone();
        let machine = RealMachine::<V>::replayed(&self.client, &self.history);
        let (machine, is_possible) = machine.on(step.event());
        next.facts.extend(take_facts());
        next.history.push(step.clone());
        machine.look(&mut next);
        next.has_agreed |= *step == Step::Release;
        next.has_taken |= *step == Step::Taken;
        next.has_heard_mismatch |= *step == MISMATCH_REPORTED;
        next.was_impossible |= !is_possible;
        next.has_changed |= self.outcome.is_some() && next.outcome != self.outcome;
        next
    }

    /// Puts the machine back to where it was after these events. What the attacker saw and the
    /// suite did stays.
    pub(crate) fn rewound<V: Variant>(mut self, history: &[Step]) -> Run {
        self.history = history.to_vec();
        RealMachine::<V>::replayed(&self.client, history).look(&mut self);
        self
    }

    fn tell<V: Variant>(&mut self, unsealed: &Unsealed<Symbols<V>>) {
        for part in [&*unsealed.verifier, unsealed.exporter.get()] {
            if !self.told.contains(part) {
                self.told.push(part.clone());
            }
        }
    }

    pub(crate) fn identity(&self) -> Identity {
        Identity {
            client: self.client.clone(),
            shown: self.shown.clone(),
            facts: self.facts.clone(),
            sent: self.sent.clone(),
            told: self.told.clone(),
            outcome: self.outcome,
            end: self.end.clone(),
            flags: [
                self.has_agreed,
                self.was_handed,
                self.has_taken,
                self.has_heard_mismatch,
                self.was_impossible,
                self.has_changed,
            ],
        }
    }

    /// The step that a user who does not look first, or an application that has nothing to wait
    /// for, makes at once.
    pub(crate) fn step_at_once(&self) -> Option<Step> {
        match self.state {
            "holding" | "comparing" => Some(Step::Release),
            "taking" => Some(Step::Taken),
            _ => None,
        }
    }

    /// All steps that the relay, the network, the clock and the user can make here (sections 11.2
    /// and 11.3), but for the messages that the client waits for.
    pub(crate) fn steps(&self) -> Vec<Step> {
        let mut steps = match self.request {
            Some(RequestKind::Allocate) => vec![Step::Allocated(self.client.channel)],
            Some(RequestKind::Put(_)) => vec![Step::Stored],
            Some(RequestKind::Get(_)) => vec![Step::Empty],
            Some(RequestKind::Close) => vec![Step::CloseTried, Step::Cancel],
            Some(RequestKind::Claim) => vec![],
            None if self.end.is_some() => return vec![],
            None => vec![],
        };
        match self.state {
            "holding" | "comparing" | "opened" => steps.extend([Step::Release, Step::Mismatch]),
            "taking" => return vec![Step::Taken, Step::NotTaken, Step::Cancel],
            _ => {}
        }
        if self.request == Some(RequestKind::Close) {
            return steps;
        }
        if self.request.is_some() {
            let closed = [CloseReason::Other, CloseReason::NotTaken];
            let refusals = [
                ChannelRefusal::Forbidden,
                ChannelRefusal::NoSuchChannel,
                ChannelRefusal::Crowded,
                ChannelRefusal::Expired,
            ];
            steps.extend(
                refusals
                    .into_iter()
                    .chain(closed.map(ChannelRefusal::Closed))
                    .map(Step::Refused),
            );
            steps.extend([MISMATCH_REPORTED, Step::Misbehaved, Step::Exhausted]);
        }
        if self.state == "waiting-for-receipt" {
            steps.push(Step::ReceiptWaitOver);
        }
        steps.extend([Step::Deadline, Step::Cancel]);
        steps
    }
}
