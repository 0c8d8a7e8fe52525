//! What the attacker has in one run of the world in which the word is this, and whether that is another world.

use crate::algebra::{Constant, Element, Unknown, computed, relations};
use crate::faults::MachineFault;
use crate::keys::Variant;
use crate::message::{Part, read};
use crate::run::{Client, Run};
use crate::step::Step;
use crate::suite::{A, B};

/// The dictionary. More words are like these: a word is a constant, and nothing depends on which.
pub(crate) const WORDS: [u8; 5] = [1, 2, 3, 4, 5];

/// The attacker's sight of honest clients that have this word.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    pub(crate) word: u8,
    pub(crate) fault: MachineFault,
    pub(crate) initiator: Run,
    pub(crate) receiver: Run,
    /// All that was sent, in its order.
    pub(crate) parts: Vec<Part>,
    /// The requests, in their order, and what they say.
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

    /// The side with this side byte.
    pub(crate) fn run(&self, side: u8) -> &Run {
        if side == A {
            &self.initiator
        } else {
            &self.receiver
        }
    }

    /// Something happens to a side, and the attacker sees what it does.
    pub(crate) fn step<V: Variant>(&mut self, side: u8, step: &Step) {
        let run = self.run(side);
        let next = self.fault.after::<V>(run, step);
        let said = next.sent[run.sent.len()..].to_vec();
        self.shape
            .push(format!("{side:x} {:?} {:?}", next.request, next.closes));
        self.see(&said);
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

    /// A hash whose inputs the attacker can compute: it can tell this word by it, for it takes in the word.
    pub(crate) fn told_by(&self) -> Option<String> {
        self.parts.iter().find_map(|part| match part {
            Part::Tag(_, element) => {
                computed(&self.elements, element).map(|_| "a hash beside an element".to_owned())
            }
            Part::Seal(key, _) => {
                let recipe = match &key.session.shared {
                    Some(shared) => computed(&self.elements, shared)?,
                    None => vec![],
                };
                let purpose = key.purpose;
                Some(format!("the seal {purpose:?}: Z is {}", shown(&recipe)))
            }
            _ => None,
        })
    }

    /// What can be compared: which requests were made, which parts are the same, which relations hold.
    pub(crate) fn outside(&self) -> Outside {
        let same = |part: &Part| self.parts.iter().position(|p| p == part);
        let kind = |part: &Part| match part {
            Part::Seal(..) if part.is_of_blob() => 0,
            Part::Seal(..) => 1,
            _ => 2,
        };
        Outside {
            shape: self.shape.clone(),
            parts: self.parts.iter().map(|p| (same(p), kind(p))).collect(),
            relations: relations(&self.elements),
        }
    }
}

/// What does not show the word by itself.
#[derive(PartialEq, Eq)]
pub(crate) struct Outside {
    shape: Vec<String>,
    /// For each part the first that is the same, and its length.
    parts: Vec<(Option<usize>, u8)>,
    relations: Vec<Vec<Constant>>,
}

/// How something is made out of B, M, N, X and Y.
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
