//! `large`: the longest blobs, in a file of their own so that the others stay readable (sections
//! 7.1 and 7.2).

use serde_json::json;

use super::Sources;
use crate::suites::vectors::builder::BugType::EdgeCase;
use crate::suites::vectors::builder::Builder;
use crate::suites::vectors::bytes::{hex, parts};
use crate::suites::vectors::exchange_values::{ExchangeValues, Inputs};
use crate::suites::vectors::file::Family;

pub(super) fn build(sources: &Sources) -> Result<Family, String> {
    let mut family = Builder::new(
        "large",
        4,
        &sources.seeds,
        "Long values, up to the longest blobs",
    );
    family.note(
        "Bound",
        EdgeCase,
        "The longest value that there can be, or a longer one.",
        "Large values are refused, or a reader takes what it has no room for.",
    );
    let exchange = ExchangeValues::new(
        Inputs {
            appid: b"example.com/app1".to_vec(),
            channel: 123,
            words: vec![0x10, 0x20, 0x30],
            x: sources.seeds.scalar("large initiator pake_scalar"),
            y: sources.seeds.scalar("large receiver pake_scalar"),
            initiator_blob: vec![0x2e; 65_535],
            receiver_blob: vec![0xff; 65_535],
        },
        &sources.lists,
    );
    family.op("read-answer");
    let ok = json!({
        "peer_blob": parts(&exchange.inputs.receiver_blob),
        "finish": hex(&exchange.finish),
        "verifier": exchange.verifier,
    });
    let test = family.accept(
        "answer",
        "An answer with the longest blob is read, a finish with the longest blob is written",
        ("SEAL-6 SEAL-3", "Bound"),
        exchange.initiator(),
        ok,
    );
    test.intermediate = Some(exchange.intermediate());
    family.op("read-finish");
    let mut input = exchange.receiver();
    input["finish"] = hex(&exchange.finish);
    let ok = json!({"peer_blob": parts(&exchange.inputs.initiator_blob), "receipt": hex(&exchange.receipt)});
    family.accept(
        "finish",
        "A finish with the longest blob is read",
        ("SEAL-7", "Bound"),
        input,
        ok,
    );
    family.finish(&sources.spec)
}
