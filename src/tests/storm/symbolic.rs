//! Cryptography as terms. A message says who may open it, so that thousands of exchanges cost
//! nothing, and nobody without the words can make a term that opens.

use std::hash::{DefaultHasher, Hash, Hasher};

use wormhole_sync::crypto::{
    AnswerRead, BadElement, FinishRead, KeyContext, Malformed, OfferRead, Opened, PakeScalar,
    PeerFault, Receipt, Standard, Suite,
};
use wormhole_sync::values::{Blob, Words, hex};

/// A suite that a test can start with words and scalars of its own.
pub(crate) trait Startable: Suite {
    fn initiator(words: [u8; 2], scalar: u8) -> (Self::InitiatorPake, Vec<u8>);
    fn receiver(words: [u8; 2], scalar: u8) -> Self::ReceiverPake;
}

impl Startable for Standard {
    fn initiator(words: [u8; 2], scalar: u8) -> (Self::InitiatorPake, Vec<u8>) {
        Self::start_initiator(&standard_words(words), standard_scalar(scalar))
    }
    fn receiver(words: [u8; 2], scalar: u8) -> Self::ReceiverPake {
        Self::start_receiver(&standard_words(words), standard_scalar(scalar))
    }
}

fn standard_words(words: [u8; 2]) -> Words {
    Words::dangerously_from_bytes(&words).unwrap()
}

fn standard_scalar(scalar: u8) -> PakeScalar {
    PakeScalar::dangerously_from_le_bytes([scalar & 0x0f; 32]).unwrap()
}

#[derive(Debug)]
pub(crate) enum Symbolic {}

#[derive(Debug)]
pub(crate) struct Pake {
    words: [u8; 2],
    message: String,
}

#[derive(Debug)]
pub(crate) struct Key(u64);

fn element(role: char, scalar: u8) -> String {
    format!("{role}{scalar:032}")
}

/// The other side's element, from its message; a scalar of 0 stands for a bad element.
fn read(role: char, message: &[u8]) -> Result<String, PeerFault> {
    let malformed = PeerFault::MalformedMessage(Malformed::Length);
    let text = std::str::from_utf8(message).map_err(|_| malformed)?;
    if text.len() != 33 {
        return Err(malformed);
    }
    match text.strip_prefix(role).map(str::parse::<u64>) {
        Some(Ok(0)) => Err(PeerFault::BadElement(BadElement::Identity)),
        Some(Ok(_)) => Ok(text.to_owned()),
        _ => Err(PeerFault::BadElement(BadElement::WrongSide)),
    }
}

fn key(words: [u8; 2], offer: &str, answer: &str, key_context: &KeyContext) -> u64 {
    let mut hasher = DefaultHasher::new();
    (words, offer, answer).hash(&mut hasher);
    (key_context.app_id.as_bytes(), key_context.channel.get()).hash(&mut hasher);
    hasher.finish()
}

fn seal(key: u64, label: &str, blob: &[u8]) -> String {
    format!("{:020}{}", tag(key, label, blob), hex::encode(blob))
}

fn tag(key: u64, label: &str, blob: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    (key, label, blob).hash(&mut hasher);
    hasher.finish()
}

fn open(key: u64, label: &str, sealed: &[u8]) -> Result<Opened<Blob>, PeerFault> {
    let blob = || {
        let (given, blob) = std::str::from_utf8(sealed).ok()?.split_at_checked(20)?;
        let blob = hex::decode(blob.as_bytes()).ok()?;
        let is_sealed = given == format!("{:020}", tag(key, label, &blob));
        is_sealed.then(|| Blob::new(blob).ok())?
    };
    blob()
        .map(Opened::dangerously_vouch)
        .ok_or(PeerFault::WrongCode)
}

impl Startable for Symbolic {
    fn initiator(words: [u8; 2], scalar: u8) -> (Pake, Vec<u8>) {
        let message = element('A', scalar);
        let bytes = message.clone().into_bytes();
        (Pake { words, message }, bytes)
    }
    fn receiver(words: [u8; 2], scalar: u8) -> Pake {
        let message = element('B', scalar);
        Pake { words, message }
    }
}

impl Suite for Symbolic {
    type InitiatorPake = Pake;
    type ReceiverPake = Pake;
    type FinishOpener = Key;
    type ReceiptOpener = Key;
    type Verifier = u64;
    type Exporter = u64;

    fn read_offer(
        pake: Pake,
        key_context: &KeyContext,
        own: &Blob,
        offer: &[u8],
    ) -> Result<OfferRead<Self>, PeerFault> {
        let offer = read('A', offer)?;
        let key = key(pake.words, &offer, &pake.message, key_context);
        Ok(OfferRead {
            answer: (pake.message + &seal(key, "receiver", own.expose())).into_bytes(),
            verifier: key,
            finish: Key(key),
        })
    }

    fn read_answer(
        pake: Pake,
        key_context: &KeyContext,
        own: &Blob,
        answer: &[u8],
    ) -> Result<AnswerRead<Self>, PeerFault> {
        let malformed = PeerFault::MalformedMessage(Malformed::Length);
        let (message, sealed) = answer.split_at_checked(33).ok_or(malformed)?;
        let key = key(pake.words, &pake.message, &read('B', message)?, key_context);
        Ok(AnswerRead {
            blob: open(key, "receiver", sealed)?,
            finish: seal(key, "initiator", own.expose()).into_bytes(),
            verifier: key,
            exporter: Opened::dangerously_vouch(key),
            receipt: Key(key),
        })
    }

    fn read_finish(Key(key): Key, finish: &[u8]) -> Result<FinishRead<Self>, PeerFault> {
        Ok(FinishRead {
            blob: open(key, "initiator", finish)?,
            receipt: seal(key, "receipt", &[]).into_bytes(),
            exporter: Opened::dangerously_vouch(key),
        })
    }

    fn read_receipt(Key(key): Key, receipt: &[u8]) -> Option<Opened<Receipt>> {
        let opened = open(key, "receipt", receipt).ok()?;
        opened
            .get()
            .is_empty()
            .then(|| Opened::dangerously_vouch(Receipt))
    }
}
