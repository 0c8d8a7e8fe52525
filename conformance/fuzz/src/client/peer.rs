//! The peer of the client: an honest one, whose messages the relay can pass on, spoil, swap and hold back. Without it, no
//! mutation would ever open a seal.

use std::cell::OnceCell;
use wormhole_sync::crypto::{ExportedKey, KeyContext, PakeScalar, Standard, Suite, Verifier};
use wormhole_sync::values::{AppId, Blob, ChannelId, Mode, Words};

/// The role of the machine that runs under the fuzzer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Initiator,
    Receiver,
}

/// The channels that honest relays give.
pub(crate) const CHANNELS: [u32; 2] = [7, 999_999_999];

/// The messages of the peer, and the values that it ends with. The relay has no other messages than these and what it
/// makes of them.
#[derive(Debug)]
pub(crate) struct Peer {
    /// The offer to a receiver.
    pub(crate) offer: Vec<u8>,
    /// The answer to an initiator.
    pub(crate) answer: Vec<u8>,
    /// The finish to a receiver.
    pub(crate) finish: Vec<u8>,
    /// The receipt to an initiator.
    pub(crate) receipt: Vec<u8>,
    /// An offer and an answer of a stranger, who has other words.
    pub(crate) strangers: [Vec<u8>; 2],
    pub(crate) verifier: Verifier,
    pub(crate) exported: ExportedKey,
}

/// The blobs of both sides.
pub(crate) const BLOBS: [&[u8]; 2] = [b"the blob of the initiator", b"the blob of the receiver"];
/// The label of the key that is exported.
pub(crate) const LABEL: &[u8] = b"fuzz";

pub(crate) fn appid() -> AppId {
    AppId::new("example.com/app1").expect("an appid")
}

pub(crate) fn words() -> Words {
    Words::dangerously_from_bytes(&[0x3c, 0x3b]).expect("two words")
}

pub(crate) fn scalar(byte: u8) -> PakeScalar {
    let mut bytes = [byte; 32];
    bytes[31] = 1;
    PakeScalar::dangerously_from_le_bytes(bytes).expect("below L")
}

/// The initiator's scalar, and the receiver's.
pub(crate) const SCALARS: [u8; 2] = [0x35, 0x72];

fn blob(index: usize) -> Blob {
    Blob::new(BLOBS[index]).expect("a short one")
}

thread_local! {
    static PEERS: [OnceCell<&'static Peer>; 2] = const { [const { OnceCell::new() }; 2] };
}

impl Peer {
    /// The peer in one of [`CHANNELS`]. It depends on nothing else that an input can choose, and is made once.
    pub(crate) fn in_channel(index: usize) -> &'static Self {
        PEERS.with(|peers| {
            *peers[index].get_or_init(|| Box::leak(Box::new(Self::new(CHANNELS[index]))))
        })
    }

    fn new(channel: u32) -> Self {
        let context = KeyContext {
            mode: Mode::Transcribe,
            app_id: appid(),
            channel: ChannelId::new(channel).expect("a channel"),
        };
        let (initiator, offer) = Standard::start_initiator(&words(), scalar(SCALARS[0]));
        let receiver = Standard::start_receiver(&words(), scalar(SCALARS[1]));
        let offered = Standard::read_offer(receiver, &context, &blob(1), &offer).expect("honest");
        let answered =
            Standard::read_answer(initiator, &context, &blob(0), &offered.answer).expect("honest");
        let finished = Standard::read_finish(offered.finish, &answered.finish).expect("honest");

        let others = Words::dangerously_from_bytes(&[1, 2]).expect("two words");
        let (_, strange_offer) = Standard::start_initiator(&others, scalar(0x21));
        let stranger = Standard::start_receiver(&others, scalar(0x22));
        let strange =
            Standard::read_offer(stranger, &context, &blob(1), &offer).expect("a good offer");
        Self {
            offer,
            answer: offered.answer,
            finish: answered.finish,
            receipt: finished.receipt,
            strangers: [strange_offer, strange.answer],
            verifier: offered.verifier,
            exported: finished.exporter.get().export(LABEL, 16).expect("a key"),
        }
    }

    /// The message of this number, of those that a relay may put in the place of another.
    pub(crate) fn message(&self, number: u8) -> Vec<u8> {
        match number % 10 {
            0 => self.answer.clone(),
            1 => self.finish.clone(),
            2 => self.receipt.clone(),
            3 => self.offer.clone(),
            4 => self.strangers[0].clone(),
            5 => self.strangers[1].clone(),
            // The client's own element, in the peer's name.
            6 => [&[0x42], &self.offer[1..], &self.answer[33..]].concat(),
            7 => [&[0x41], &self.answer[1..33]].concat(),
            // The identity.
            8 => [&[0x42, 1], &[0; 31][..], &self.answer[33..]].concat(),
            _ => [&[0x41, 1], &[0; 31][..]].concat(),
        }
    }
}
