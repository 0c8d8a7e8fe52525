//! Messages: bytes for the state machines, terms for the suite and the attacker.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, OnceLock};

use crate::algebra::Element;

/// The place of section 6, as far as it can differ between two clients of this version and mode.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct At {
    pub(crate) appid: Vec<u8>,
    pub(crate) channel: u32,
}

/// All that goes into `PRK`: the context and what is hashed into `K`. A hash is the list of its inputs.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Session {
    /// Missing in a suite that does not bind it.
    pub(crate) at: Option<At>,
    /// A word of the dictionary, by its number.
    pub(crate) word: u8,
    pub(crate) offer: Element,
    pub(crate) answer: Element,
    /// Z; missing in a suite that leaves it out.
    pub(crate) shared: Option<Element>,
}

/// The labels of section 6 under which something is sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Purpose {
    ReceiverBlob,
    InitiatorBlob,
    Receipt,
}

/// `key_x`
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Key {
    pub(crate) session: Session,
    pub(crate) purpose: Purpose,
}

/// What is sealed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Plain {
    /// A padded blob.
    Blob(Vec<u8>),
    /// As long as a padded blob, but padded wrongly.
    Unpadded,
    /// The plaintext of a receipt.
    Empty,
}

/// A part of a message.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Part {
    /// A SPAKE2 message: the side byte and the element.
    Element(u8, Element),
    /// A side byte, and 32 bytes that are no element of the group.
    NoPoint(u8),
    /// A seal; it opens under its own key.
    Seal(Key, Plain),
    /// Bytes as long as the seal of a blob that open under no key.
    Noise,
    /// What a suite with an authenticated mask sends beside an element: a hash of it and the word.
    Tag(u8, Element),
}

impl Part {
    /// Whether it is as long as a sealed blob.
    pub(crate) fn is_of_blob(&self) -> bool {
        matches!(
            self,
            Part::Noise | Part::Seal(_, Plain::Blob(_) | Plain::Unpadded)
        )
    }
}

/// What the state machines see of a message: four bytes for each part.
pub(crate) type Message = Vec<u8>;

#[derive(Default)]
struct Known {
    parts: Vec<Part>,
    numbers: HashMap<Part, u32>,
}

/// A part has the same number for as long as the program runs: messages are equal exactly when their bytes are.
fn known() -> MutexGuard<'static, Known> {
    static KNOWN: OnceLock<Mutex<Known>> = OnceLock::new();
    let known = KNOWN.get_or_init(Mutex::default).lock();
    known.expect("nothing panics while it holds the list")
}

/// The bytes of a message.
pub(crate) fn write(parts: &[Part]) -> Message {
    let mut known = known();
    let mut number = |part: &Part| {
        if let Some(number) = known.numbers.get(part) {
            return *number;
        }
        let number = u32::try_from(known.parts.len()).expect("a bounded model");
        known.parts.push(part.clone());
        known.numbers.insert(part.clone(), number);
        number
    };
    parts.iter().flat_map(|p| number(p).to_be_bytes()).collect()
}

/// The parts of a message; of bytes that are none, as many as there are.
pub(crate) fn read(message: &[u8]) -> Vec<Part> {
    let known = known();
    let (numbers, _) = message.as_chunks();
    let part = |n: &[u8; 4]| known.parts.get(u32::from_be_bytes(*n) as usize).cloned();
    numbers.iter().filter_map(part).collect()
}
