//! `exchange`: whole exchanges, message by message, with every value in between (sections 5 to 7).

use serde_json::{Value, json};

use super::{Sources, exchange_faults};
use crate::suites::vectors::builder::BugType::{
    AuthBypass, Basic, EdgeCase, MissingStep, ModifiedParameter, WrongPrimitive,
};
use crate::suites::vectors::builder::Builder;
use crate::suites::vectors::bytes::{hex, parts};
use crate::suites::vectors::exchange_values::{ExchangeValues, Inputs};
use crate::suites::vectors::file::Family;

pub(super) fn build(sources: &Sources) -> Result<Family, String> {
    let mut family = Builder::new(
        "exchange",
        4,
        &sources.seeds,
        "Whole exchanges: each message read, and the next one written",
    );
    family.note(
        "Usual",
        Basic,
        "Two people, two blobs.",
        "Nobody can exchange anything.",
    );
    family.note(
        "Bound",
        EdgeCase,
        "Rims of appid, channel, words and blobs.",
        "Some exchanges fail.",
    );
    family.note(
        "Length",
        MissingStep,
        "A message of a wrong length (SEAL-5, SEAL-6, SEAL-7).",
        "A reader crashes, or reports the wrong outcome.",
    );
    family.note(
        "Element",
        AuthBypass,
        "A hostile element inside a message.",
        "A relay without the words makes the key.",
    );
    family.note(
        "Tampered",
        AuthBypass,
        "A message changed on the way.",
        "The relay changes what the peer said.",
    );
    family.note(
        "OtherExchange",
        AuthBypass,
        "Words, channel, appid or scalar of another exchange.",
        "A message passes for one of another exchange.",
    );
    family.note(
        "OtherKey",
        AuthBypass,
        "Sealed under a key that is for something else.",
        "The relay passes one message off as another.",
    );
    family.note(
        "OtherContext",
        WrongPrimitive,
        "A peer that derives its keys nearly so.",
        "It works among implementations of one author only, or promise 3 (agreement) is broken.",
    );
    family.note(
        "Padding",
        MissingStep,
        "The seal opens, and the padding is wrong (SEAL-2).",
        "Two implementations read two blobs in one message.",
    );
    family.note(
        "Order",
        ModifiedParameter,
        "Two faults at once: the first check in the order of section 7.3 gives the outcome.",
        "The user is told the wrong thing, and the peer another one.",
    );
    family.note(
        "Receipt",
        AuthBypass,
        "What does not open to an empty plaintext is no receipt (SEAL-8).",
        "A relay makes an initiator believe that its blob arrived.",
    );
    for (id, comment, flag, exchange) in exchanges(sources) {
        whole(&mut family, id, comment, flag, &exchange);
    }
    exchange_faults::add(&mut family, &worked_example(sources), sources);
    family.finish(&sources.spec)
}

/// The exchange of the specification's appendix A, of which the others are variants.
pub(in crate::suites::vectors) fn worked_example(sources: &Sources) -> ExchangeValues {
    ExchangeValues::new(usual(sources, "worked example"), &sources.lists)
}

fn usual(sources: &Sources, label: &str) -> Inputs {
    Inputs {
        appid: b"example.com/app1".to_vec(),
        channel: 7,
        words: vec![0x3c, 0x3b],
        x: sources
            .seeds
            .scalar(&format!("{label} initiator pake_scalar")),
        y: sources
            .seeds
            .scalar(&format!("{label} receiver pake_scalar")),
        initiator_blob: b"Welcome. The door opens at eight.".to_vec(),
        receiver_blob: b"ssh-ed25519 AAAA... bob@example".to_vec(),
    }
}

fn exchanges(sources: &Sources) -> Vec<(&'static str, &'static str, &'static str, ExchangeValues)> {
    let make = |label: &str, change: fn(&mut Inputs, &Sources)| {
        let mut inputs = usual(sources, label);
        change(&mut inputs, sources);
        ExchangeValues::new(inputs, &sources.lists)
    };
    vec![
        ("usual", "Two short texts", "Usual", worked_example(sources)),
        (
            "empty-blobs",
            "Two empty blobs",
            "Bound",
            make("empty blobs", |inputs, _| {
                inputs.initiator_blob.clear();
                inputs.receiver_blob.clear();
            }),
        ),
        (
            "largest",
            "Eight words, the longest appid, the largest channel",
            "Bound",
            make("largest", |inputs, sources| {
                inputs.words = sources.seeds.bytes("largest words", 8);
                inputs.appid = sources.seeds.bytes("largest appid", 128);
                inputs.channel = 999_999_999;
            }),
        ),
        (
            "smallest",
            "Two words, an appid of one byte, channel 1",
            "Bound",
            make("smallest", |inputs, _| {
                inputs.words = vec![0, 0];
                inputs.appid = vec![0];
                inputs.channel = 1;
            }),
        ),
        (
            "bucket-rim",
            "Blobs of 255 and 256 bytes: two buckets",
            "Bound",
            make("bucket rim", |inputs, sources| {
                inputs.receiver_blob = sources.seeds.bytes("bucket rim receiver", 255);
                inputs.initiator_blob = sources.seeds.bytes("bucket rim initiator", 256);
            }),
        ),
        (
            "blobs-like-padding",
            "Blobs that look like padding",
            "Bound",
            make("blobs like padding", |inputs, _| {
                inputs.receiver_blob = vec![0x80, 0, 0];
                inputs.initiator_blob = vec![0; 16];
            }),
        ),
    ]
}

/// The four readings of an exchange.
pub(super) fn whole(
    family: &mut Builder,
    id: &str,
    comment: &str,
    flag: &str,
    exchange: &ExchangeValues,
) {
    let with = |mut input: Value, name: &str, value: &[u8]| {
        input[name] = hex(value);
        input
    };
    let inputs = &exchange.inputs;
    family.op("read-offer");
    let ok = json!({"answer": hex(&exchange.answer), "verifier": exchange.verifier});
    add(
        family,
        (id, "offer", comment),
        ("SEAL-3 SEAL-5 KEY-3", flag),
        exchange.receiver(),
        ok,
        exchange,
    );
    family.op("read-answer");
    let ok = json!({
        "peer_blob": parts(&inputs.receiver_blob),
        "finish": hex(&exchange.finish),
        "verifier": exchange.verifier,
    });
    add(
        family,
        (id, "answer", comment),
        ("SEAL-6 SEAL-3 KEY-3", flag),
        exchange.initiator(),
        ok,
        exchange,
    );
    family.op("read-finish");
    let ok = json!({"peer_blob": parts(&inputs.initiator_blob), "receipt": hex(&exchange.receipt)});
    let input = with(exchange.receiver(), "finish", &exchange.finish);
    add(
        family,
        (id, "finish", comment),
        ("SEAL-7 SEAL-3", flag),
        input,
        ok,
        exchange,
    );
    family.op("read-receipt");
    let input = with(exchange.initiator(), "receipt", &exchange.receipt);
    add(
        family,
        (id, "receipt", comment),
        ("SEAL-8", flag),
        input,
        json!({"delivered": true}),
        exchange,
    );
}

fn add(
    family: &mut Builder,
    (id, message, comment): (&str, &str, &str),
    of: (&str, &str),
    input: Value,
    ok: Value,
    exchange: &ExchangeValues,
) {
    let comment = format!("{comment}: the {message} is read");
    let test = family.accept(&format!("{id}-{message}"), &comment, of, input, ok);
    test.shown = Some(format!("code {}", exchange.code()));
    test.intermediate = Some(exchange.intermediate());
}
