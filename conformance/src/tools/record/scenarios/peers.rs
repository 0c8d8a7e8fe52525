//! Peers, or relays in their place, that send what no correct client sends.

use serde_json::json;
use wormhole_sync::crypto::Label;

use super::super::rules::{Rule, cell, instead, json_response, typed};
use super::super::scenario::{PeerKind, Scenario};
use super::super::secrets::ClientSecrets;
use super::states::{ClientState, WAITING_FOR_ANSWER, WAITING_FOR_FINISH};
use crate::stage::bytes::TranscriptBytes;
use crate::stage::response::RecordedResponse;
use crate::suites::replay::transcript::ClientRole;

pub(super) fn scenarios() -> Vec<Scenario> {
    let mut all = Vec::new();
    for state in [WAITING_FOR_ANSWER, WAITING_FOR_FINISH] {
        all.extend(lengths(state));
        all.extend(seals(state));
        all.extend(paddings(state));
    }
    all.push(first_in_order());
    all
}

/// Ends by the peer's fault: the close says which.
pub(super) fn fault(
    state: ClientState,
    name: &str,
    what: &str,
    ends: &'static str,
    clauses: &[&'static str],
    rule: Rule,
) -> Scenario {
    let event = match (state.request, ends) {
        ("claim", "bad-element") => "offer-bad-element",
        ("claim", _) => "offer-malformed",
        ("get answer", "bad-element") => "answer-bad-element",
        ("get answer", "wrong-code") => "answer-unopened",
        ("get answer", _) => "answer-malformed",
        (_, "wrong-code") => "finish-unopened",
        _ => "finish-malformed",
    };
    let read = if state.request == "get finish" {
        "SEAL-7"
    } else {
        "SEAL-6"
    };
    let read = if state.request == "claim" {
        "SEAL-5"
    } else {
        read
    };
    state
        .scenario(&format!("peer-{name}"), what)
        .clauses(clauses)
        .clauses(&[read, "OUT-2", "PAKE-10"])
        .row(state.name, event)
        .rules([rule.wrong(what)])
        .ends(ends)
        .closes(ends)
}

/// Cells of lengths that no message has.
fn lengths(state: ClientState) -> Vec<Scenario> {
    let element = if state.role == ClientRole::Initiator {
        33
    } else {
        0
    };
    let lengths = [
        ("one-byte", 1),
        ("no-seal", element + 16),
        ("byte-short", element + 255 + 16),
        ("byte-long", element + 257 + 16),
        ("no-bucket", element + 768 + 16),
    ];
    let longest = instead(
        state.request,
        RecordedResponse {
            bytes: Some(TranscriptBytes::Parts(vec![
                TranscriptBytes::hex(br#"{"body":""#),
                TranscriptBytes::repeat(b"42", 2 * 65_600),
                TranscriptBytes::hex(br#""}"#),
            ])),
            ..typed(200, "application/json")
        },
    );
    let longest = fault(
        state,
        "length-longest",
        "a cell of 65600 bytes",
        "malformed-message",
        &[],
        longest,
    );
    lengths
        .into_iter()
        .filter(|(_, length)| *length > 0)
        .map(|(name, length)| {
            let rule = cell(state.request, move |_, mut bytes| {
                bytes.resize(length, 0);
                Ok(bytes)
            });
            let what = format!("a cell of {length} bytes");
            fault(
                state,
                &format!("length-{name}"),
                &what,
                "malformed-message",
                &[],
                rule,
            )
        })
        .chain([longest])
        .collect()
}

/// The element at the front of the cell, and the one that the client needs for the keys.
fn parts(secrets: &ClientSecrets, bytes: &[u8]) -> anyhow::Result<(Vec<u8>, Vec<u8>)> {
    match secrets.role {
        ClientRole::Initiator => Ok((bytes[..33].to_vec(), bytes[..33].to_vec())),
        ClientRole::Receiver => Ok((Vec::new(), secrets.offer()?)),
    }
}

/// A seal by somebody who knows the words, over another plaintext or under another key.
fn resealed(
    state: ClientState,
    label: Label,
    plaintext: impl Fn() -> Vec<u8> + Send + Sync + 'static,
) -> Rule {
    cell(state.request, move |secrets, bytes| {
        let (mut cell, message) = parts(secrets, &bytes)?;
        cell.extend(secrets.seal(label, &message, &plaintext())?);
        Ok(cell)
    })
}

fn own(state: ClientState) -> Label {
    match state.role {
        ClientRole::Initiator => Label::ReceiverBlob,
        ClientRole::Receiver => Label::InitiatorBlob,
    }
}

fn padded(blob: &[u8], bucket: usize) -> Vec<u8> {
    let mut padded = blob.to_vec();
    padded.push(0x80);
    padded.resize(bucket, 0);
    padded
}

fn seals(state: ClientState) -> Vec<Scenario> {
    let flip = |at: fn(usize) -> usize| {
        cell(state.request, move |_, mut bytes| {
            let at = at(bytes.len());
            bytes[at] ^= 1;
            Ok(bytes)
        })
    };
    let wrong = |name: &str, what: &str, clauses: &[&'static str], rule| {
        fault(state, name, what, "wrong-code", clauses, rule)
    };
    let mut all = vec![
        wrong(
            "tag",
            "the last bit of the tag is another",
            &["SEAL-9"],
            flip(|length| length - 1),
        ),
        wrong(
            "ciphertext",
            "a bit of the ciphertext is another",
            &["SEAL-9"],
            flip(|length| length - 17),
        ),
        wrong(
            "bucket-cut",
            "the cell is cut to a smaller bucket",
            &["SEAL-9"],
            cell(state.request, |secrets, bytes| {
                let (mut cell, message) = parts(secrets, &bytes)?;
                let label = if secrets.role == ClientRole::Initiator {
                    Label::ReceiverBlob
                } else {
                    Label::InitiatorBlob
                };
                let sealed = secrets.seal(label, &message, &padded(&[b'x'; 300], 512))?;
                cell.extend(&sealed[..256 + 16]);
                Ok(cell)
            }),
        ),
    ];
    for (name, label) in [
        ("receiver-blob", Label::ReceiverBlob),
        ("initiator-blob", Label::InitiatorBlob),
        ("receipt", Label::Receipt),
    ] {
        if label != own(state) {
            let what = format!("a seal under the key {name}");
            let rule = resealed(state, label, || padded(b"sealed for something else", 256));
            all.push(wrong(&format!("key-{name}"), &what, &["KEY-1"], rule));
        }
    }
    all
}

/// A padded text.
type Text = fn() -> Vec<u8>;

fn paddings(state: ClientState) -> Vec<Scenario> {
    let texts: [(&str, &str, Text); 6] = [
        ("none", "zeros only", || vec![0; 256]),
        ("mark", "0x81 in place of 0x80", || {
            let mut text = padded(b"blob", 256);
            text[4] = 0x81;
            text
        }),
        ("unpadded", "a blob that fills the bucket", || {
            vec![b'x'; 256]
        }),
        ("bucket", "a larger bucket than the blob needs", || {
            padded(b"blob", 512)
        }),
        ("bucket-edge", "255 bytes in a bucket of 512", || {
            padded(&[b'x'; 255], 512)
        }),
        (
            "not-zero",
            "a byte that is not zero behind the mark",
            || {
                let mut text = padded(b"blob", 256);
                text[255] = 1;
                text
            },
        ),
    ];
    let mut all: Vec<Scenario> = texts
        .into_iter()
        .map(|(name, what, text)| {
            let what = format!("the padding: {what}");
            let rule = resealed(state, own(state), text);
            fault(
                state,
                &format!("padding-{name}"),
                &what,
                "malformed-message",
                &["SEAL-2"],
                rule,
            )
        })
        .collect();
    // The control: the same way of making a cell, with nothing wrong.
    all.push(
        state
            .scenario(
                "peer-padding-right",
                "a blob that ends in 0x80 and zeros, padded rightly",
            )
            .clauses(&["SEAL-2"])
            .peer(PeerKind::Honest(TranscriptBytes::hex(&[1, 0x80, 0, 0])))
            .rules([resealed(state, own(state), || {
                padded(&[1, 0x80, 0, 0], 256)
            })])
            .done(true),
    );
    all
}

/// An answer message with every fault at once: the first check decides.
fn first_in_order() -> Scenario {
    let bad = json!({"body": "00".repeat(33 + 256 + 16)});
    fault(
        WAITING_FOR_ANSWER,
        "all-zero",
        "an answer of zeros: the side byte, the element and the seal are wrong",
        "bad-element",
        &["PAKE-4"],
        instead("get answer", json_response(200, bad)),
    )
}
