//! Scenarios of a peer that says what it should not, and of one whose right words are unusual.

use super::peer::{Agreement, Peer, PeerMessage};
use super::scenario::Scenario;
use super::script::Script;
use super::table::flipped;
use crate::suites::vectors::derive::{self, Role};

/// The scenarios.
pub(super) fn scenarios() -> Vec<Scenario> {
    let mut all = sizes();
    all.extend(super::elements::scenarios());
    all.extend(answers());
    all.extend(finishes());
    all.extend(receipts());
    all
}

/// Blobs at the edges of the buckets (section 7.1), in both directions.
fn sizes() -> Vec<Scenario> {
    let edges = [0, 1, 254, 255, 256, 511, 512, 8_191, 8_192, 65_534, 65_535];
    let blob =
        |length: usize, pattern: &[u8]| pattern.iter().copied().cycle().take(length).collect();
    let mut all = Vec::new();
    for role in Role::BOTH {
        for length in edges {
            let id = format!("{}-sends-{length}-bytes", role.name());
            let title = format!("Hands in a blob of {length} bytes");
            all.push(
                Scenario::new(&id, &["SEAL-1", "BLOB-1", "SEAL-3"], &title, role).with(|script| {
                    Script {
                        blob: blob(length, b"\x80\0ab"),
                        ..script
                    }
                }),
            );
            let id = format!("{}-gets-{length}-bytes", role.name());
            let title = format!("Gets a blob of {length} bytes");
            all.push(
                Scenario::new(&id, &["SEAL-2", "BLOB-1"], &title, role).with(|script| Script {
                    peer_blob: blob(length, b"b\0\x80"),
                    ..script
                }),
            );
        }
    }
    all
}

type MakeMessage = fn(&Peer, &Agreement) -> Vec<u8>;

/// Answers that an initiator must refuse.
fn answers() -> Vec<Scenario> {
    let faults: &[(&str, &str, &str, &str, MakeMessage)] = &[
        (
            "mistyped",
            "wrong-code",
            "SEAL-6",
            "The receiver's user typed another word",
            |peer, agreement| {
                // These words are in no list, so that no code can have them.
                let other = peer.agree("other-words", peer.channel, &agreement.offer);
                other.map_or_else(Vec::new, |other| other.answer(&peer.blob))
            },
        ),
        (
            "other-key",
            "wrong-code",
            "SEAL-3",
            "The seal is one of the initiator's key",
            |_, agreement| agreement.answer_with(&agreement.initiator_seal(&derive::pad(b"other"))),
        ),
        (
            "no-associated-data",
            "wrong-code",
            "SEAL-3",
            "The seal does not bind th",
            |_, agreement| {
                let key = &agreement.schedule.receiver_blob;
                agreement.answer_with(&derive::aead(key, [0; 12], b"", &derive::pad(b"other")))
            },
        ),
        (
            "last-bit",
            "wrong-code",
            "SEAL-9",
            "The last bit of the tag is another",
            |_, agreement| flipped(agreement.answer(b"bit")),
        ),
        (
            "no-seal",
            "malformed-message",
            "SEAL-6",
            "There is no seal",
            |_, agreement| agreement.answer_message.clone(),
        ),
        (
            "empty-seal",
            "malformed-message",
            "SEAL-6",
            "The seal holds nothing",
            |_, agreement| agreement.answer_with(&agreement.receiver_seal(b"")),
        ),
        (
            "short",
            "malformed-message",
            "SEAL-6",
            "The seal lacks its last byte",
            |_, agreement| {
                let mut answer = agreement.answer(b"short");
                answer.pop();
                answer
            },
        ),
        (
            "long",
            "malformed-message",
            "SEAL-6",
            "There is a byte behind the seal",
            |_, agreement| [agreement.answer(b"long").as_slice(), b"\0"].concat(),
        ),
        (
            "one-byte",
            "malformed-message",
            "SEAL-6",
            "One byte",
            |_, _| vec![0x42],
        ),
        (
            "unpadded",
            "malformed-message",
            "SEAL-6",
            "The blob is not padded",
            |_, agreement| agreement.answer_with(&agreement.receiver_seal(b"unpadded")),
        ),
        (
            "padding-zero",
            "malformed-message",
            "SEAL-2",
            "All of the padded text is zero",
            |_, agreement| agreement.answer_with(&agreement.receiver_seal(&[0; 256])),
        ),
        (
            "padding-mark",
            "malformed-message",
            "SEAL-2",
            "The padding begins with another byte than 0x80",
            |_, agreement| {
                agreement.answer_with(&agreement.receiver_seal(&padded(b"mark\x01", 256)))
            },
        ),
        (
            "bucket",
            "malformed-message",
            "SEAL-2",
            "The bucket is not the smallest",
            |_, agreement| {
                agreement.answer_with(&agreement.receiver_seal(&padded(b"bucket\x80", 512)))
            },
        ),
    ];
    let case = |(name, outcome, clause, title, make): &(&str, &str, &str, &str, MakeMessage)| {
        let id = format!("initiator-answer-{name}");
        let make = *make;
        let close = format!("close {outcome}");
        Scenario::new(&id, &[clause, "SEAL-10", "INIT-1"], title, Role::Initiator)
            .with(|script| Script {
                first: PeerMessage::of(make),
                ..script
            })
            .requests(&["allocate", "get answer", &close])
            .fails(outcome)
    };
    faults.iter().map(case).collect()
}

/// A text with zeros up to a length.
fn padded(text: &[u8], length: usize) -> Vec<u8> {
    let mut padded = text.to_vec();
    padded.resize(length, 0);
    padded
}

/// Finishes that a receiver must refuse.
fn finishes() -> Vec<Scenario> {
    let faults: &[(&str, &str, &str, &str, MakeMessage)] = &[
        (
            "reflected",
            "wrong-code",
            "SEAL-7",
            "The receiver's own seal",
            |peer, agreement| agreement.receiver_seal(&derive::pad(&peer.blob)),
        ),
        (
            "no-associated-data",
            "wrong-code",
            "SEAL-3",
            "The seal does not bind th",
            |_, agreement| {
                let key = &agreement.schedule.initiator_blob;
                derive::aead(key, [0; 12], b"", &derive::pad(b"other"))
            },
        ),
        (
            "last-bit",
            "wrong-code",
            "SEAL-9",
            "The last bit of the tag is another",
            |_, agreement| flipped(agreement.finish(b"bit")),
        ),
        (
            "empty-seal",
            "malformed-message",
            "SEAL-7",
            "The seal holds nothing",
            |_, agreement| agreement.initiator_seal(b""),
        ),
        (
            "short",
            "malformed-message",
            "SEAL-7",
            "The seal lacks its last byte",
            |_, agreement| {
                let mut finish = agreement.finish(b"short");
                finish.pop();
                finish
            },
        ),
        (
            "long",
            "malformed-message",
            "SEAL-7",
            "There is a byte behind the seal",
            |_, agreement| [agreement.finish(b"long").as_slice(), b"\0"].concat(),
        ),
        (
            "unpadded",
            "malformed-message",
            "SEAL-7",
            "The blob is not padded",
            |_, agreement| agreement.initiator_seal(b"unpadded"),
        ),
        (
            "padding-zero",
            "malformed-message",
            "SEAL-2",
            "All of the padded text is zero",
            |_, agreement| agreement.initiator_seal(&[0; 256]),
        ),
        (
            "padding-mark",
            "malformed-message",
            "SEAL-2",
            "The padding begins with another byte than 0x80",
            |_, agreement| agreement.initiator_seal(&padded(b"mark\x81", 256)),
        ),
        (
            "bucket",
            "malformed-message",
            "SEAL-2",
            "The bucket is not the smallest",
            |_, agreement| agreement.initiator_seal(&padded(b"bucket\x80", 512)),
        ),
    ];
    let case = |(name, outcome, clause, title, make): &(&str, &str, &str, &str, MakeMessage)| {
        let id = format!("receiver-finish-{name}");
        let make = *make;
        let close = format!("close {outcome}");
        Scenario::new(&id, &[clause, "OUT-2", "RECV-1"], title, Role::Receiver)
            .with(|script| Script {
                second: PeerMessage::of(make),
                take: true,
                ..script
            })
            .requests(&["claim", "put answer", "get finish", &close])
            .fails(outcome)
            .judging(nothing_taken)
    };
    faults.iter().map(case).collect()
}

/// SEAL-9, nothing of a message that was refused is handed over.
fn nothing_taken(played: &super::play::Played) -> Result<(), super::judge::Difference> {
    match played.taking.first() {
        None => Ok(()),
        Some(blob) => Err(super::judge::Difference::new(
            "SEAL-9",
            "the blob in `taking`",
            "none",
            super::judge::shown(blob),
        )),
    }
}

/// Receipts that are none (SEAL-8): the initiator ends as `done`, not delivered, without a close.
fn receipts() -> Vec<Scenario> {
    let faults: &[(&str, &str, MakeMessage)] = &[
        ("one-byte", "One byte", |_, _| vec![0]),
        (
            "short",
            "A receipt without its last byte",
            |_, agreement| {
                let mut receipt = agreement.receipt();
                receipt.pop();
                receipt
            },
        ),
        ("long", "A receipt with a byte behind it", |_, agreement| {
            [agreement.receipt().as_slice(), b"\0"].concat()
        }),
        (
            "not-empty",
            "A seal of the receipt's key over one byte",
            |_, agreement| {
                let key = &agreement.schedule.receipt;
                derive::seal(key, &agreement.schedule.th, b"\0")
            },
        ),
        (
            "other-key",
            "A seal over nothing under the receiver's key",
            |_, agreement| agreement.receiver_seal(b""),
        ),
        (
            "no-associated-data",
            "A seal that does not bind th",
            |_, agreement| derive::aead(&agreement.schedule.receipt, [0; 12], b"", b""),
        ),
    ];
    let case = |(name, title, make): &(&str, &str, MakeMessage)| {
        let id = format!("initiator-receipt-{name}");
        let make = *make;
        Scenario::new(&id, &["SEAL-8", "INIT-5", "INIT-4"], title, Role::Initiator)
            .with(|script| Script {
                second: PeerMessage::of(make),
                ..script
            })
            .requests(&["allocate", "get answer", "put finish", "get receipt"])
            .expecting(|expect| expect.delivered = false)
    };
    faults.iter().map(case).collect()
}
