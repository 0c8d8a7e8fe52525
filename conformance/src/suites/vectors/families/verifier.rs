//! `verifier`: eight words from a key (section 6.1).

use serde_json::json;

use super::Sources;
use crate::suites::vectors::builder::BugType::{Basic, EdgeCase};
use crate::suites::vectors::builder::Builder;
use crate::suites::vectors::bytes::hex;
use crate::suites::vectors::file::Family;

pub(super) fn build(sources: &Sources) -> Result<Family, String> {
    let mut family = Builder::new("verifier", 2, &sources.seeds, "The verifier's eight words");
    family.note(
        "Usual",
        Basic,
        "Keys as they come.",
        "Two users who compare see different words, or the same ones when they should not.",
    );
    family.note(
        "Rim",
        EdgeCase,
        "The first and last word of each list.",
        "Now and then two users see different words.",
    );
    family.op("verifier");
    let rising: [u8; 32] = std::array::from_fn(|i| u8::try_from(i).expect("a key has 32 bytes"));
    let mut keys = vec![
        ("zeros".to_owned(), "A key of zeros", "Rim", [0; 32]),
        ("ff".to_owned(), "A key of bytes 255", "Rim", [0xff; 32]),
        (
            "rising".to_owned(),
            "Bytes 0 to 31: the first eight count",
            "Usual",
            rising,
        ),
    ];
    let seeded = |i: u8| {
        (
            format!("seeded-{i}"),
            "A key as it comes",
            "Usual",
            sources.seeds.array(&format!("verifier {i}")),
        )
    };
    keys.extend((1..=4).map(seeded));
    for (id, comment, flag, key) in keys {
        let words = sources.lists.shown(&key[..8]);
        family.accept(
            &id,
            comment,
            ("KEY-3", flag),
            json!({"key_verifier": hex(key)}),
            json!({"words": words}),
        );
    }
    family.finish(&sources.spec)
}
