//! Messages: bytes for the state machines, terms for the suite and the attacker.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, OnceLock};

use crate::algebra::Element;

/// The parts of section 6's context that can differ between two clients of one version and mode.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) appid: Vec<u8>,
    pub(crate) channel: u32,
}

/// All inputs of `PRK`: the context, and the inputs of `K`. A hash is the list of its inputs.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Session {
    /// `None` in a suite that does not bind it.
    pub(crate) place: Option<Place>,
    /// A word of the dictionary, by its number.
    pub(crate) word: u8,
    pub(crate) offer: Element,
    pub(crate) answer: Element,
    /// Z; `None` in a suite that leaves it out.
    pub(crate) shared: Option<Element>,
}

/// The labels of section 6.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Purpose {
    ReceiverBlob,
    InitiatorBlob,
    Receipt,
    Verifier,
    Exporter,
}

/// `key_x`, of the session and the purpose x.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Key {
    pub(crate) session: Session,
    pub(crate) purpose: Purpose,
}

/// The plaintext of a seal.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Plain {
    /// A padded blob.
    Blob(Vec<u8>),
    /// Bytes as long as a padded blob, but padded wrongly.
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
    /// A seal, which opens under its own key.
    Seal(Key, Plain),
    /// Bytes as long as the seal of a blob that open under no key.
    Noise,
    /// A hash of a word and an element. A suite with an authenticated mask sends it beside the
    /// element.
    Tag(u8, Element),
    /// A hash of a key, which is in no message: the verifier's eight words, or an exported key.
    Derived(Key),
}

impl Part {
    /// Whether the part is as long as a sealed blob.
    pub(crate) fn is_of_blob(&self) -> bool {
        matches!(
            self,
            Part::Noise | Part::Seal(_, Plain::Blob(_) | Plain::Unpadded)
        )
    }
}

/// The bytes of a message, as the state machines see it: four bytes for each part.
pub(crate) type Message = Vec<u8>;

/// The parts that messages were made of, each with its number.
#[derive(Default)]
struct Interner {
    parts: Vec<Part>,
    numbers: HashMap<Part, u32>,
}

/// The list of all parts. A part has one number for as long as the program runs, so that messages
/// are equal exactly when their bytes are.
fn interner() -> MutexGuard<'static, Interner> {
    static INTERNER: OnceLock<Mutex<Interner>> = OnceLock::new();
    let interner = INTERNER.get_or_init(Mutex::default).lock();
    interner.expect("nothing panics while it holds the list")
}

/// Writes a message as its bytes.
pub(crate) fn write(parts: &[Part]) -> Message {
    let mut interner = interner();
    let mut number = |part: &Part| {
        if let Some(number) = interner.numbers.get(part) {
            return *number;
        }
        let number = u32::try_from(interner.parts.len()).expect("a bounded model");
        interner.parts.push(part.clone());
        interner.numbers.insert(part.clone(), number);
        number
    };
    parts.iter().flat_map(|p| number(p).to_be_bytes()).collect()
}

/// Reads the parts of a message. Bytes that stand for no part are left out.
pub(crate) fn read(message: &[u8]) -> Vec<Part> {
    let interner = interner();
    let (numbers, _) = message.as_chunks();
    let part = |n: &[u8; 4]| interner.parts.get(u32::from_be_bytes(*n) as usize).cloned();
    numbers.iter().filter_map(part).collect()
}
