//! `exporter`: keys for the application (section 6.2).

use serde_json::{Value, json};

use super::Sources;
use crate::suites::vectors::builder::BugType::{Basic, EdgeCase};
use crate::suites::vectors::builder::Builder;
use crate::suites::vectors::bytes::{hex, parts};
use crate::suites::vectors::derive;
use crate::suites::vectors::file::Family;

pub(super) fn build(sources: &Sources) -> Result<Family, String> {
    let mut family = Builder::new("exporter", 2, &sources.seeds, "Keys that applications get");
    family.note(
        "Usual",
        Basic,
        "Labels and lengths as in real use.",
        "Peers' applications have different keys.",
    );
    family.note(
        "Bound",
        EdgeCase,
        "The rim of a range.",
        "A key is refused that can be made, or an invalid one is made up.",
    );
    family.op("export");
    let key: [u8; 32] = sources.seeds.array("exporter");
    let input = |label: &[u8], length: Value| json!({"key_exporter": hex(key), "label": parts(label), "length": length});
    for (id, comment, flag, label, length) in [
        (
            "32-bytes",
            "32 bytes",
            "Usual",
            &b"example.com/app1 file key"[..],
            32,
        ),
        (
            "other-label",
            "Another label, another key",
            "Usual",
            b"example.com/app1 name key",
            32,
        ),
        (
            "33-bytes",
            "33 bytes: one block and one byte; none of them are those of 32 bytes",
            "Usual",
            b"example.com/app1 file key",
            33,
        ),
        (
            "64-bytes",
            "64 bytes: two blocks",
            "Usual",
            b"example.com/app1 file key",
            64,
        ),
        ("1-byte", "1 byte", "Bound", b"example.com/app1 file key", 1),
        (
            "8160-bytes",
            "8 160 bytes: 255 blocks",
            "Bound",
            b"example.com/app1 file key",
            8160,
        ),
        ("label-1-byte", "A label of 1 byte", "Bound", b"a", 32),
        (
            "label-255-bytes",
            "A label of 255 bytes",
            "Bound",
            &[b'a'; 255],
            32,
        ),
        (
            "label-zero",
            "A label of one byte of zero",
            "Bound",
            b"\0",
            32,
        ),
        (
            "label-not-utf8",
            "A label that is not UTF-8",
            "Usual",
            b"\xff\xfe",
            32,
        ),
    ] {
        family.accept(
            id,
            comment,
            ("KEY-6 KEY-4", flag),
            input(label, Value::from(length)),
            json!({"key": hex(derive::export(&key, label, length))}),
        );
    }
    for (id, comment, label, length, control) in [
        (
            "0-bytes",
            "No bytes",
            &b"example.com/app1 file key"[..],
            0,
            "1-byte",
        ),
        (
            "8161-bytes",
            "8 161 bytes",
            b"example.com/app1 file key",
            8161,
            "8160-bytes",
        ),
        (
            "2-to-the-32-plus-1",
            "2^32 + 1 bytes, which 32 bits take for 1",
            b"example.com/app1 file key",
            4_294_967_297_u64,
            "1-byte",
        ),
        ("label-empty", "An empty label", b"", 32, "32-bytes"),
        (
            "label-256-bytes",
            "A label of 256 bytes",
            &[b'a'; 256],
            32,
            "label-255-bytes",
        ),
    ] {
        family.refuse(
            id,
            comment,
            ("KEY-4", "Bound"),
            input(label, Value::from(length)),
            "bad-export",
            control,
        );
    }
    family.finish(&sources.spec)
}
