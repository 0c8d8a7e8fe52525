//! `code`: one vector of a code that somebody typed.

use serde_json::json;

use crate::suites::vectors::builder::Builder;
use crate::suites::vectors::bytes::parts;

/// A typed code that is read as this channel and these words.
pub(super) fn accept(
    family: &mut Builder,
    id: &str,
    comment: &str,
    of: (&str, &str),
    typed: &[u8],
    channel: u32,
    words: &[&str],
) {
    let test = family.accept(
        id,
        comment,
        of,
        json!({"input": parts(typed)}),
        json!({"channel": channel, "words": words}),
    );
    test.shown = Some(shown_text(typed));
}

/// A typed code that is refused with this fault.
pub(super) fn refuse(
    family: &mut Builder,
    id: &str,
    comment: &str,
    of: (&str, &str),
    typed: &[u8],
    fault: &str,
    control: &str,
) {
    let outcome = format!("bad-code/{fault}");
    let test = family.refuse(
        id,
        comment,
        of,
        json!({"input": parts(typed)}),
        &outcome,
        control,
    );
    test.shown = Some(shown_text(typed));
}

fn shown_text(typed: &[u8]) -> String {
    match typed.len() {
        0..=80 => typed.escape_ascii().to_string(),
        length => format!("{length} bytes"),
    }
}
