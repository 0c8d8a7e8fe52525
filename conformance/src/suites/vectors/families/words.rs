//! `words`: both word lists, each word at its byte, shown and read (section 4).

use serde_json::json;

use super::Sources;
use crate::suites::vectors::builder::BugType::Basic;
use crate::suites::vectors::builder::Builder;
use crate::suites::vectors::bytes::hex;
use crate::suites::vectors::file::Family;

pub(super) fn build(sources: &Sources) -> Result<Family, String> {
    let mut family = Builder::new(
        "words",
        1,
        &sources.seeds,
        "Both word lists, each word at its byte",
    );
    family.note(
        "List",
        Basic,
        "Eight lines of a list at a time; together all 512.",
        "Users read words out that the peer does not know, or peers make different passwords.",
    );
    // The bytes 8k to 8k + 7 in their order take half of each list; one place further, they take
    // the other half.
    let rows: Vec<(String, String, Vec<u8>)> = (0..32u8)
        .flat_map(|row| {
            let bytes: Vec<u8> = (0..8).map(|i| row * 8 + i).collect();
            let mut shifted = bytes.clone();
            shifted.rotate_left(1);
            let (first, last) = (row * 8, row * 8 + 7);
            [
                (
                    format!("{first:02x}-to-{last:02x}"),
                    format!("The bytes {first:02x} to {last:02x}"),
                    bytes,
                ),
                (
                    format!("{first:02x}-to-{last:02x}-shifted"),
                    format!("The bytes {first:02x} to {last:02x}, one place further"),
                    shifted,
                ),
            ]
        })
        .collect();
    family.op("code-print");
    for (id, comment, bytes) in &rows {
        let code = format!("7-{}", sources.lists.shown(bytes).join("-"));
        let input = json!({"channel": 7, "words": hex(bytes)});
        family.accept(
            &format!("show-{id}"),
            comment,
            ("CODE-2 CODE-3", "List"),
            input,
            json!({"code": code}),
        );
    }
    family.op("code-parse");
    for (id, comment, bytes) in &rows {
        let words = sources.lists.shown(bytes);
        let typed = format!("7-{}", words.join("-"));
        let input = json!({"input": hex(&typed)});
        let test = family.accept(
            &format!("read-{id}"),
            comment,
            ("CODE-7", "List"),
            input,
            json!({"channel": 7, "words": words}),
        );
        test.shown = Some(typed);
    }
    family.finish(&sources.spec)
}
