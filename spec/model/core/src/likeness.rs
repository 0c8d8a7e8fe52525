//! The suite of symbols compared with the real one: on the same messages, good and bad,
//! `crypto::Standard` and the suite of symbols take the state machines to the same states and
//! outcomes.

use wormhole_sync::crypto::{PakeScalar, Standard, Suite};
use wormhole_sync::protocol::{Event, InitiatorMachine, Machine, ReceiverMachine, Request};
use wormhole_sync::values::{AppId, Blob, ChannelId, Code};

use crate::algebra::{Element, Unknown};
use crate::faults::Sound;
use crate::message::{Part, read, write};
use crate::report::Report;
use crate::suite::{A, B, Symbols};

/// A suite with functions that make its messages, good and bad. Word 1 and word 2 differ.
trait SuiteHarness {
    type Suite: Suite;

    fn initiator(word: u8) -> InitiatorMachine<Self::Suite>;

    fn receiver(word: u8, number: u32) -> ReceiverMachine<Self::Suite>;

    /// Splits a message into its SPAKE2 message and the rest.
    fn split(message: &[u8]) -> (Vec<u8>, Vec<u8>);

    /// A SPAKE2 message, changed to this side byte.
    fn turned(message: &[u8], side: u8) -> Vec<u8>;

    fn identity(side: u8) -> Vec<u8>;

    /// Bytes as long as a sealed blob that open under no key.
    fn noise() -> Vec<u8>;
}

fn appid() -> AppId {
    AppId::new("a").expect("a short appid")
}

fn blob() -> Blob {
    Blob::new("a blob").expect("a short blob")
}

fn channel(number: u32) -> ChannelId {
    ChannelId::new(number).expect("a small number")
}

struct StandardHarness;

impl StandardHarness {
    fn start<T>(word: u8, start: impl Fn(&Code, PakeScalar) -> T) -> T {
        let typed = ["7-crossover-clockwork", "7-crossover-crusade"][usize::from(word) - 1];
        let code = Code::parse(typed).expect("a code");
        start(&code, PakeScalar::draw().expect("randomness"))
    }
}

impl SuiteHarness for StandardHarness {
    type Suite = Standard;

    fn initiator(word: u8) -> InitiatorMachine<Standard> {
        let start = |code: &Code, scalar| Standard::start_initiator(code.words(), scalar);
        let (pake, offer) = StandardHarness::start(word, start);
        InitiatorMachine::new(appid(), pake, offer, blob())
    }

    fn receiver(word: u8, number: u32) -> ReceiverMachine<Standard> {
        let start = |code: &Code, scalar| Standard::start_receiver(code.words(), scalar);
        ReceiverMachine::new(
            channel(number),
            appid(),
            StandardHarness::start(word, start),
            blob(),
        )
    }

    fn split(message: &[u8]) -> (Vec<u8>, Vec<u8>) {
        let (element, rest) = message.split_at(33);
        (element.to_vec(), rest.to_vec())
    }

    fn turned(message: &[u8], side: u8) -> Vec<u8> {
        [&[side], &message[1..]].concat()
    }

    fn identity(side: u8) -> Vec<u8> {
        [vec![side, 1], vec![0; 31]].concat()
    }

    fn noise() -> Vec<u8> {
        vec![7; 256 + 16]
    }
}

struct SymbolsHarness;

impl SuiteHarness for SymbolsHarness {
    type Suite = Symbols<Sound>;

    fn initiator(word: u8) -> InitiatorMachine<Symbols<Sound>> {
        let pake = Symbols::<Sound>::start(A, word, Unknown::Scalar(0));
        let offer = write(&Symbols::<Sound>::message(&pake));
        InitiatorMachine::new(appid(), pake, offer, blob())
    }

    fn receiver(word: u8, number: u32) -> ReceiverMachine<Symbols<Sound>> {
        let pake = Symbols::<Sound>::start(B, word, Unknown::Scalar(1));
        ReceiverMachine::new(channel(number), appid(), pake, blob())
    }

    fn split(message: &[u8]) -> (Vec<u8>, Vec<u8>) {
        let (element, rest) = message.split_at(4);
        (element.to_vec(), rest.to_vec())
    }

    fn turned(message: &[u8], side: u8) -> Vec<u8> {
        let turn = |part| match part {
            Part::Element(_, element) => Part::Element(side, element),
            part => part,
        };
        write(&read(message).into_iter().map(turn).collect::<Vec<_>>())
    }

    fn identity(side: u8) -> Vec<u8> {
        write(&[Part::Element(side, Element::default())])
    }

    fn noise() -> Vec<u8> {
        write(&[Part::Noise])
    }
}

fn body<T: Machine>(machine: &T) -> Vec<u8> {
    match machine.request() {
        Some(Request::Allocate { offer }) => offer.to_vec(),
        Some(Request::Put { body, .. }) => body.to_vec(),
        _ => vec![],
    }
}

fn on<T: Machine>(machine: T, event: Event) -> T {
    machine
        .on(event)
        .unwrap_or_else(|impossible| impossible.state)
}

/// The name of a case, and the state and outcome of the machine after it.
fn seen<T: Machine>(name: &str, machine: T) -> String {
    let outcome = machine.outcome().map(|outcome| outcome.to_string());
    format!("{name}: {} {outcome:?}", machine.state())
}

/// All cases: every message to every side that waits for one.
fn cases<K: SuiteHarness>() -> Vec<String> {
    let offer = body(&K::initiator(1));
    let offers = [
        ("offer", offer.clone()),
        ("an offer of the other side", K::turned(&offer, B)),
        ("the identity as offer", K::identity(A)),
        ("no offer", vec![]),
        ("an offer with a tail", [offer.clone(), K::noise()].concat()),
    ];
    let mut all = Vec::new();
    for (name, offer) in offers {
        all.push(seen(name, on(K::receiver(1, 7), Event::Claimed(offer))));
    }
    let peers = [
        ("", 1, 7),
        (", the words differ", 2, 7),
        (", the channel differs", 1, 8),
    ];
    for (how, word, number) in peers {
        all.extend(answers::<K>(how, word, number));
    }
    all
}

/// The cases of answers, finishes and receipts, between an initiator and a receiver whose word or
/// channel may differ.
fn answers<K: SuiteHarness>(how: &str, word: u8, number: u32) -> Vec<String> {
    let begin = || {
        let initiator = K::initiator(1);
        let offer = body(&initiator);
        let receiver = on(K::receiver(word, number), Event::Claimed(offer.clone()));
        let answer = body(&receiver);
        let initiator = on(initiator, Event::Allocated(channel(7)));
        (initiator, receiver, offer, answer)
    };
    let answers = |offer: &[u8], answer: &[u8]| {
        let (element, sealed) = K::split(answer);
        let with = |element: &[u8], sealed: &[u8]| [element, sealed].concat();
        [
            ("answer", answer.to_vec()),
            ("an answer without seal", element.clone()),
            ("an answer with noise", with(&element, &K::noise())),
            (
                "an answer of the other side",
                with(&K::turned(&element, A), &sealed),
            ),
            ("the offer reflected", with(&K::turned(offer, B), &sealed)),
            ("the identity as answer", with(&K::identity(B), &sealed)),
            ("no answer", vec![]),
        ]
    };
    let mut all = Vec::new();
    for at in 0..7 {
        let (initiator, receiver, offer, answer) = begin();
        let (name, message) = answers(&offer, &answer)[at].clone();
        let initiator = on(initiator, Event::Cell(message));
        let name = format!("{name}{how}");
        let is_held = initiator.held().is_some();
        all.push(seen(&name, on(initiator, Event::Release)));
        if !is_held {
            let waiting = on(on(receiver, Event::Stored), Event::Release);
            let noise = if at == 0 {
                K::noise()
            } else {
                K::split(&answer).1
            };
            all.push(seen(&name, on(waiting, Event::Cell(noise))));
        }
    }
    for at in 0..3 {
        let (initiator, receiver, _, answer) = begin();
        let initiator = on(on(initiator, Event::Cell(answer)), Event::Release);
        // One receiver looks first. All of them take what they get.
        let (finish, release) = (Event::Cell(body(&initiator)), Event::Release);
        let events = if at == 0 {
            [finish, release]
        } else {
            [release, finish]
        };
        let receiver = events.into_iter().fold(on(receiver, Event::Stored), on);
        let receiver = on(receiver, Event::Taken);
        let receipt = [body(&receiver), K::noise(), vec![]][at].clone();
        let initiator = on(on(initiator, Event::Stored), Event::Cell(receipt));
        all.push(seen(how, receiver));
        all.push(seen(how, initiator));
    }
    all
}

pub(crate) fn all(report: &mut Report) {
    let (real, symbolic) = (cases::<StandardHarness>(), cases::<SymbolsHarness>());
    let apart: Vec<_> = real.iter().zip(&symbolic).filter(|(r, s)| r != s).collect();
    let states = real.iter().filter(|case| case.contains("done")).count();
    report.line(
        apart.is_empty() && real.len() == symbolic.len() && states > 0,
        &format!(
            "suite: the symbols do what the standard suite does in {} cases",
            real.len()
        ),
    );
    for (real, symbolic) in apart {
        report.more(&format!("{real}; with symbols {symbolic}"));
    }
}
