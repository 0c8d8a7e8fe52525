//! Frames, as static equivalence has them: all that the attacker has in one world, and whether it
//! tells two worlds apart. In a world, all honest clients have one word.

use crate::algebra::{Constant, Element, Unknown, computed, relations};
use crate::faults::MachineFault;
use crate::keys::Variant;
use crate::message::{Part, read};
use crate::run::{Client, Run};
use crate::step::Step;
use crate::suite::{A, B};

/// The dictionary. More words would be like these, since a word is a constant and nothing depends
/// on its value.
pub(crate) const WORDS: [u8; 5] = [1, 2, 3, 4, 5];

/// All that the attacker has seen of honest clients with this word, and the clients themselves.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    pub(crate) word: u8,
    pub(crate) fault: MachineFault,
    pub(crate) initiator: Run,
    pub(crate) receiver: Run,
    /// All parts that were sent, and all verifiers and exported keys that users were given, in
    /// their order.
    pub(crate) parts: Vec<Part>,
    /// The requests, in their order, without their bodies.
    shape: Vec<String>,
    /// B, M, N and the elements that were sent, in their order.
    pub(crate) elements: Vec<Element>,
}

impl Frame {
    pub(crate) fn new<V: Variant>(word: u8, fault: MachineFault) -> Frame {
        let client = |number, side| Client {
            side,
            scalar: Unknown::Scalar(number),
            word,
            channel: 7,
            appid: "a",
            blob: ["initiator's", "receiver's"][number],
        };
        let mut frame = Frame {
            word,
            fault,
            initiator: Run::new::<V>(client(0, A)),
            receiver: Run::new::<V>(client(1, B)),
            parts: Vec::new(),
            shape: Vec::new(),
            elements: vec![
                Element::multiple(Constant::ONE),
                Element::unknown(Unknown::M),
                Element::unknown(Unknown::N),
            ],
        };
        // The offer. The receiver's claim says nothing but the channel.
        let offer = frame.initiator.sent.clone();
        frame.see(&offer);
        frame.step::<V>(A, &Step::Allocated(7));
        frame
    }

    /// The run of the client with this side byte.
    pub(crate) fn run(&self, side: u8) -> &Run {
        if side == A {
            &self.initiator
        } else {
            &self.receiver
        }
    }

    /// Makes a step of one side, and lets the attacker see what the side does.
    pub(crate) fn step<V: Variant>(&mut self, side: u8, step: &Step) {
        let run = self.run(side);
        let next = self.fault.after::<V>(run, step);
        let said = next.sent[run.sent.len()..].to_vec();
        let told = next.told[run.told.len()..].to_vec();
        self.shape
            .push(format!("{side:x} {:?} {:?}", next.request, next.closes));
        self.see(&said);
        self.parts.extend(told);
        if side == A {
            self.initiator = next;
        } else {
            self.receiver = next;
        }
    }

    fn see(&mut self, messages: &[Vec<u8>]) {
        for message in messages {
            for part in read(message) {
                if let Part::Element(_, element) = &part {
                    self.elements.push(element.clone());
                }
                self.parts.push(part);
            }
        }
    }

    /// Names a hash whose inputs the attacker can compute, if there is one. A hash takes in the
    /// word, so the attacker knows the word of this world by it.
    pub(crate) fn distinguished_by(&self) -> Option<String> {
        self.parts.iter().find_map(|part| match part {
            Part::Tag(_, element) => {
                computed(&self.elements, element).map(|_| "a hash beside an element".to_owned())
            }
            Part::Seal(key, _) | Part::Derived(key) => {
                let recipe = match &key.session.shared {
                    Some(shared) => computed(&self.elements, shared)?,
                    None => vec![],
                };
                let purpose = key.purpose;
                Some(format!("{purpose:?}: Z is {}", shown(&recipe)))
            }
            Part::Element(..) | Part::NoPoint(_) | Part::Noise => None,
        })
    }

    /// All that the attacker can compare with another world.
    pub(crate) fn observation(&self) -> Observation {
        let same = |part: &Part| self.parts.iter().position(|p| p == part);
        let kind = |part: &Part| match part {
            Part::Seal(..) if part.is_of_blob() => 0,
            Part::Seal(..) => 1,
            Part::Derived(_) => 2,
            _ => 3,
        };
        Observation {
            shape: self.shape.clone(),
            parts: self.parts.iter().map(|p| (same(p), kind(p))).collect(),
            relations: relations(&self.elements),
        }
    }
}

/// The things that an attacker compares between worlds: requests, equal parts, and linear
/// relations. None shows the word by itself.
#[derive(PartialEq, Eq)]
pub(crate) struct Observation {
    shape: Vec<String>,
    /// For each part, the place of the first equal part, and a number for its length.
    parts: Vec<(Option<usize>, u8)>,
    relations: Vec<Vec<Constant>>,
}

/// Shows a combination of B, M, N, X and Y.
pub(crate) fn shown(recipe: &[Constant]) -> String {
    let name = |c: &Constant| match WORDS.iter().find(|w| crate::suite::scalar_of(**w) == *c) {
        Some(word) => format!("w{word}*"),
        None if *c == Constant::ONE => String::new(),
        None if *c == Constant::own() => "z*".to_owned(),
        None => "c*".to_owned(),
    };
    let used = recipe.iter().zip(["B", "M", "N", "X", "Y"]);
    let terms: Vec<String> = used
        .filter(|(c, _)| **c != Constant::ZERO)
        .map(|(c, e)| name(c) + e)
        .collect();
    if terms.is_empty() {
        "nothing".to_owned()
    } else {
        terms.join(" + ")
    }
}
