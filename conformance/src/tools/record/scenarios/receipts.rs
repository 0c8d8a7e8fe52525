//! Receipts that are malformed: the initiator does not know of the delivery, and nothing else
//! follows.

use wormhole_sync::crypto::Label;

use super::super::rules::{Rule, cell};
use super::super::scenario::Scenario;
use super::states::WAITING_FOR_RECEIPT;

pub(super) fn scenarios() -> Vec<Scenario> {
    let receipt = |name: &str, what: &str, rule: Rule| {
        let one = WAITING_FOR_RECEIPT
            .scenario(&format!("peer-{name}"), what)
            .clauses(&["SEAL-8", "INIT-5"])
            .row("waiting-for-receipt", "receipt-unopened")
            .rules([rule.wrong(what)]);
        WAITING_FOR_RECEIPT.done(one)
    };
    let bytes =
        |change: fn(Vec<u8>) -> Vec<u8>| cell("get receipt", move |_, bytes| Ok(change(bytes)));
    let sealed = |label: Label, text: &'static [u8]| {
        cell("get receipt", move |secrets, _| {
            let answered = secrets.answer()?;
            secrets.seal(label, &answered[..33], text)
        })
    };
    vec![
        receipt(
            "receipt-tag",
            "a bit of the receipt is another",
            bytes(|mut bytes| {
                bytes[0] ^= 0x80;
                bytes
            }),
        ),
        receipt(
            "receipt-short",
            "a receipt of one byte",
            bytes(|bytes| bytes[..1].to_vec()),
        ),
        receipt(
            "receipt-long",
            "a receipt of 17 bytes",
            bytes(|mut bytes| {
                bytes.push(0);
                bytes
            }),
        ),
        receipt(
            "receipt-text",
            "a receipt with a plaintext",
            sealed(Label::Receipt, b"yes"),
        ),
        receipt(
            "receipt-key",
            "a receipt under another key",
            sealed(Label::InitiatorBlob, b""),
        ),
    ]
}
