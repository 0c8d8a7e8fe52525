//! The parts of a run that a program cannot be told, and what would change that.

use crate::subject::adapter::{Hello, NOT_SAID};

/// The reason why a test with these parts is skipped; nothing if the program can be told all. What
/// no placeholder mends comes before what one does.
pub(crate) fn reason(hello: &Hello, parts: &[&str]) -> Option<String> {
    let lacking = parts.iter().copied().filter(|part| !hello.can(part));
    let lacking: Vec<&str> = lacking.collect();
    let first = lacking.first()?;
    // An adapter in front of a program has no placeholders.
    if hello.spec != NOT_SAID {
        return Some(format!("the program cannot be told: {first}"));
    }
    let remedies: Option<Vec<&str>> = lacking.iter().map(|part| remedy(part)).collect();
    Some(match remedies {
        Some(remedies) => {
            let (lacking, remedies) = (lacking.join(", "), remedies.join(" and "));
            format!("the program cannot be told: {lacking}; give {remedies}")
        }
        None => {
            let part = lacking.iter().find(|part| remedy(part).is_none());
            let part = part.unwrap_or(first);
            format!("the program cannot be told: {part}; no command line can be told this")
        }
    })
}

/// The placeholder by which a program is told a part.
fn remedy(part: &str) -> Option<&'static str> {
    Some(match part {
        "deadline" => "{deadline}",
        "words" => "{words} to the initiator",
        "any-appid" => "{appid_hex}",
        "initiator-blob" => "{blob} to the initiator",
        "receiver-blob" => "{blob} to the receiver",
        _ => return None,
    })
}
