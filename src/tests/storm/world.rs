//! A world of two sides, a relay, a network that follows a script, and a clock that jumps from one
//! event to the next.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use wormhole_sync::protocol::wire::{HttpRequest, HttpResponse};
use wormhole_sync::protocol::{Ended, InitiatorMachine, ReceiverMachine, UserEvent};
use wormhole_sync::values::{AppId, Blob, ChannelId};

use super::party::{Acts, Doing, Party};
use super::relays::{Honest, Origin, bare, next};
use super::symbolic::Startable;
use super::users::{Look, Take};

/// The fault of one message on its way. Times are in milliseconds.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    /// The message is lost without a trace.
    Drop,
    /// The message comes late, and so perhaps after later ones.
    Delay(u32),
    /// A request arrives once more, later.
    Twice(u32),
    /// The connection breaks and cuts the message: the client notices.
    Break,
    /// A proxy answers with a page of this status.
    Page(u16),
    /// The answer is an earlier one, to any request of either side.
    Stale(usize),
    /// The client gets its own request back, as if it were an answer.
    Reflect(u16),
    /// One byte has another value.
    Bend(usize, u8),
    /// The answer has this status and text.
    Forge(u16, String),
}

/// The actions of the users and of the network. Times are in milliseconds.
#[derive(Clone, Debug)]
pub(crate) struct Script {
    pub(crate) seed: u64,
    /// The faults of the first messages, in turn.
    pub(crate) faults: Vec<Option<Fault>>,
    /// The fault of all messages after those.
    pub(crate) then: Option<Fault>,
    /// The time from which the network has no faults.
    pub(crate) calm: u32,
    /// A channel's life, in seconds.
    pub(crate) ttl: u32,
    pub(crate) words_agree: bool,
    /// The time that the receiver's user takes to type the code.
    pub(crate) typing: u32,
    /// The looks of the two users; one without a look never says anything.
    pub(crate) looks: [Option<Look>; 2],
    pub(crate) takes: Take,
    /// The times at which the two users give up.
    pub(crate) cancels: [Option<u32>; 2],
    pub(crate) deadlines: [Option<u32>; 2],
}

impl Script {
    /// Whether every answer that arrives is the relay's own, or a proxy's page.
    pub(crate) fn is_honest(&self) -> bool {
        let mut faults = self.faults.iter().flatten().chain(&self.then);
        faults.all(|fault| match fault {
            Fault::Drop | Fault::Delay(_) | Fault::Twice(_) | Fault::Break | Fault::Page(_) => true,
            Fault::Stale(_) | Fault::Reflect(_) | Fault::Bend(..) | Fault::Forge(..) => false,
        })
    }
}

pub(crate) const BLOBS: [&[u8]; 2] = [b"of the initiator", b"of the receiver"];
const SIDES: [&[u8; 32]; 2] = [
    b"00112233445566778899aabbccddeeff",
    b"ffeeddccbbaa99887766554433221100",
];

enum Item {
    Arrives(Origin, HttpRequest),
    /// An answer arrives; `None` is a broken connection, or the end of the attempt's time.
    Answers(Origin, Option<HttpResponse>),
    Wakes(Origin),
    Joins,
    Says(usize, UserEvent),
    RelayDue,
}

/// The ends of both sides, and what they cost.
pub(crate) struct Ends<S: Startable> {
    pub(crate) initiator: Ended<S>,
    /// The receiver's end; `None` when there never was a code.
    pub(crate) receiver: Option<Ended<S>>,
    /// The time of each side, from its start to its end.
    pub(crate) took: [Duration; 2],
    pub(crate) attempts: [u64; 2],
    /// The times at which the outcomes were fixed.
    pub(crate) decided: [Option<Duration>; 2],
    /// Whether they were fixed by an answer.
    pub(crate) heard: [bool; 2],
    /// Whether the receiver's application has taken the blob.
    pub(crate) taken: bool,
    /// The time at which the relay took a close for words that differ.
    pub(crate) mismatched: Option<Duration>,
    pub(crate) relay: Honest,
    pub(crate) most_waiting: usize,
}

pub(crate) struct World<S: Startable> {
    script: Script,
    now: Duration,
    began: [Duration; 2],
    ended: [Option<Duration>; 2],
    queue: BTreeMap<(Duration, u64), Item>,
    planned: u64,
    messages: usize,
    random: u64,
    relay: Honest,
    relay_due: Option<Duration>,
    most_waiting: usize,
    given: Vec<HttpResponse>,
    /// The number of the present turn of each side. Nobody takes what comes to an earlier turn.
    turns: [u64; 2],
    channel: Option<ChannelId>,
    /// The states in which each user, or application, has been asked.
    asked: BTreeSet<(usize, &'static str)>,
    mismatched: Option<Duration>,
    initiator: Party<InitiatorMachine<S>>,
    receiver: Option<Party<ReceiverMachine<S>>>,
}

fn ms(milliseconds: u32) -> Duration {
    Duration::from_millis(milliseconds.into())
}

const QUICK: Duration = Duration::from_millis(5);

fn appid() -> AppId {
    AppId::new("example.com/app1").unwrap()
}

impl<S: Startable> World<S> {
    /// Runs until both have ended and all messages under way have arrived.
    pub(crate) fn run(script: Script) -> Ends<S> {
        let (pake, offer) = S::initiator([1, 2], 3);
        let machine = InitiatorMachine::new(appid(), pake, offer, Blob::new(BLOBS[0]).unwrap());
        let deadline = script.deadlines[0].map(ms);
        let mut world = World {
            now: Duration::ZERO,
            began: [Duration::ZERO; 2],
            ended: [None; 2],
            queue: BTreeMap::new(),
            planned: 0,
            messages: 0,
            random: script.seed,
            relay: Honest::new(script.ttl, script.seed),
            relay_due: None,
            most_waiting: 0,
            given: Vec::new(),
            turns: [0; 2],
            channel: None,
            asked: BTreeSet::new(),
            mismatched: None,
            initiator: Party::new(machine, SIDES[0], Duration::ZERO, deadline),
            receiver: None,
            script,
        };
        for side in 0..2 {
            if let Some(at) = world.script.cancels[side] {
                world.plan(ms(at), Item::Says(side, UserEvent::Cancel));
            }
        }
        world.step(0);
        while let Some(((at, _), item)) = world.queue.pop_first() {
            world.now = at;
            world.happen(item);
            assert!(world.planned < 600_000, "it never ends");
        }
        let receiver = world.receiver;
        Ends {
            attempts: [
                world.initiator.attempts,
                receiver.as_ref().map_or(0, |r| r.attempts),
            ],
            decided: [
                world.initiator.decided,
                receiver.as_ref().and_then(|r| r.decided),
            ],
            heard: [
                world.initiator.heard,
                receiver.as_ref().is_some_and(|r| r.heard),
            ],
            taken: receiver.as_ref().is_some_and(|r| r.taken),
            mismatched: world.mismatched,
            took: [0, 1].map(|side| world.ended[side].unwrap_or_default() - world.began[side]),
            initiator: world.initiator.end(),
            receiver: receiver.map(Party::end),
            relay: world.relay,
            most_waiting: world.most_waiting,
        }
    }

    fn plan(&mut self, after: Duration, item: Item) {
        self.planned += 1;
        self.queue.insert((self.now + after, self.planned), item);
    }

    fn party(&mut self, side: usize) -> Option<&mut dyn Acts> {
        match side {
            0 => Some(&mut self.initiator),
            _ => self.receiver.as_mut().map(|party| party as &mut dyn Acts),
        }
    }

    fn happen(&mut self, item: Item) {
        let now = self.now;
        match item {
            Item::Arrives(origin, request) => {
                let answers = self.relay.ask(now, origin, &request);
                let body = request.body.as_deref().unwrap_or_default();
                if body.contains("verifier-mismatch") && answers.iter().any(|it| it.1.status == 200)
                {
                    self.mismatched.get_or_insert(now);
                }
                self.answer(answers, Some(&request));
            }
            Item::RelayDue => {
                self.relay_due = None;
                let answers = self.relay.advance(now);
                self.answer(answers, None);
            }
            Item::Answers((side, turn), answer) if self.turns[side] == turn => {
                self.given.extend(answer.clone());
                if let Some(party) = self.party(side) {
                    party.takes(now, answer);
                }
                self.step(side);
            }
            Item::Wakes((side, turn)) if self.turns[side] == turn => self.step(side),
            Item::Joins => {
                let channel = self.channel.expect("the code was shown");
                let words = [1, if self.script.words_agree { 2 } else { 3 }];
                let blob = Blob::new(BLOBS[1]).unwrap();
                let machine = ReceiverMachine::new(channel, appid(), S::receiver(words, 4), blob);
                let deadline = self.script.deadlines[1].map(ms);
                self.receiver = Some(Party::new(machine, SIDES[1], now, deadline));
                self.began[1] = now;
                self.step(1);
            }
            Item::Says(side, word) => {
                let goes_on = self.party(side).map(|party| party.hears(now, word));
                if goes_on == Some(false) {
                    self.step(side);
                }
            }
            Item::Answers(..) | Item::Wakes(_) => {}
        }
    }

    /// Asks the user, or the application, of a side that has come to a state where that is done.
    fn ask(&mut self, side: usize) {
        let now = self.now;
        let Some(state) = self.party(side).map(|party| party.state()) else {
            return;
        };
        let look = self.script.looks[side].and_then(|look| look.word(state));
        let Some((time, word)) = look.or(self.script.takes.word(state)) else {
            return;
        };
        if !self.asked.insert((side, state)) {
            return;
        }
        match self.party(side) {
            Some(party) if time == 0 => drop(party.hears(now, word)),
            _ => self.plan(ms(time), Item::Says(side, word)),
        }
    }

    /// Lets a side do its next thing.
    fn step(&mut self, side: usize) {
        self.turns[side] += 1;
        self.ask(side);
        let (now, origin) = (self.now, (side, self.turns[side]));
        let Some(party) = self.party(side) else {
            return;
        };
        match party.next(now) {
            Doing::Sends { request, within } => {
                self.plan(within, Item::Answers(origin, None));
                self.send(origin, request);
            }
            Doing::Pauses { least, most } => {
                let share = (next(&mut self.random) % 1001) as u32;
                self.plan(least + (most - least) * share / 1000, Item::Wakes(origin));
            }
            Doing::Holds { within } => {
                if let Some(within) = within {
                    self.plan(within, Item::Wakes(origin));
                }
            }
            Doing::IsOver => {
                self.ended[side].get_or_insert(now);
            }
        }
        let shown = self
            .initiator
            .exchange
            .machine()
            .and_then(InitiatorMachine::channel);
        if self.channel.is_none() && shown.is_some() {
            self.channel = shown;
            self.plan(ms(self.script.typing), Item::Joins);
        }
    }

    fn fault(&mut self) -> Option<Fault> {
        let at = self.messages;
        self.messages += 1;
        let fault = self.script.faults.get(at).unwrap_or(&self.script.then);
        let is_calm = self.now >= ms(self.script.calm);
        fault.clone().filter(|_| !is_calm)
    }

    fn send(&mut self, origin: Origin, mut request: HttpRequest) {
        let answer = match self.fault() {
            None => return self.plan(QUICK, Item::Arrives(origin, request)),
            Some(Fault::Drop) => return,
            Some(Fault::Delay(late)) => return self.plan(ms(late), Item::Arrives(origin, request)),
            Some(Fault::Twice(late)) => {
                self.plan(QUICK, Item::Arrives(origin, request.clone()));
                return self.plan(ms(late), Item::Arrives((origin.0, 0), request));
            }
            Some(Fault::Bend(at, byte)) => {
                let mut body = request.body.take().unwrap_or_default().into_bytes();
                bend(&mut body, at, byte);
                request.body = Some(String::from_utf8_lossy(&body).into_owned());
                return self.plan(QUICK, Item::Arrives(origin, request));
            }
            Some(Fault::Break) => None,
            Some(other) => self.invent(other, Some(&request)),
        };
        self.plan(QUICK, Item::Answers(origin, answer));
    }

    fn answer(&mut self, answers: Vec<(Origin, HttpResponse)>, request: Option<&HttpRequest>) {
        for (origin, mut answer) in answers {
            let (late, answer) = match self.fault() {
                Some(Fault::Drop) => continue,
                None | Some(Fault::Twice(_)) => (QUICK, Some(answer)),
                Some(Fault::Delay(late)) => (ms(late), Some(answer)),
                Some(Fault::Break) => (QUICK, None),
                Some(Fault::Bend(at, byte)) => {
                    answer.body.iter_mut().for_each(|body| bend(body, at, byte));
                    (QUICK, Some(answer))
                }
                Some(other) => (QUICK, self.invent(other, request).or(Some(answer))),
            };
            self.plan(late, Item::Answers(origin, answer));
        }
        self.most_waiting = self.most_waiting.max(self.relay.registry.waiting_gets());
        let due = self.relay.registry.next_due();
        if let Some(due) = due
            && self.relay_due.is_none_or(|planned| due < planned)
        {
            self.relay_due = Some(due);
            self.plan(due.saturating_sub(self.now), Item::RelayDue);
        }
    }

    /// An answer that the relay has not given to this request.
    fn invent(&self, fault: Fault, request: Option<&HttpRequest>) -> Option<HttpResponse> {
        match fault {
            Fault::Page(status) => Some(HttpResponse {
                content_type: Some("text/html".to_owned()),
                ..bare(status, Some("<p>sorry".to_owned()))
            }),
            Fault::Stale(at) => self.given.get(at % self.given.len().max(1)).cloned(),
            Fault::Reflect(status) => Some(bare(status, request?.body.clone())),
            Fault::Forge(status, body) => Some(bare(status, Some(body))),
            _ => None,
        }
    }
}

fn bend(bytes: &mut [u8], at: usize, byte: u8) {
    let length = bytes.len().max(1);
    if let Some(bent) = bytes.get_mut(at % length) {
        *bent = byte;
    }
}
