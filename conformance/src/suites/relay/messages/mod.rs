//! The JSON of requests (section 8; JSON-1 to JSON-5, HEX-1), through the wire.

mod members;
mod message;
mod texts;

use super::case::RelayCase;
use message::{Message, SUITE, bad, good};

/// The tests.
pub(super) fn cases() -> Vec<RelayCase> {
    let mut cases = Vec::new();
    // Each fault of a text in one message, and for the requirement's sake in turn in another.
    for (index, (id, title, clause, value)) in texts::texts().into_iter().enumerate() {
        for (message, first) in [
            (Message::Claim, true),
            (Message::ALL[index % 6], index % 2 == 0),
        ] {
            if message == Message::Claim && !first {
                continue;
            }
            let text = texts::with_member(message, &value, first);
            if text.len() <= 1_024 && !cases.iter().any(|case: &RelayCase| is(case, message, id)) {
                cases.push(bad(message, id, title, &[clause], text));
            }
        }
    }
    for (index, (id, title, clause, value)) in texts::values().into_iter().enumerate() {
        for message in [Message::ALL[index % 6], Message::ALL[(index + 1) % 6]] {
            let id = format!("takes-{id}");
            let title = format!("a member that is not named, of {title},");
            let text = texts::with_member(message, &value, index % 2 == 0);
            cases.push(good(message, &id, &title, &[clause, "JSON-5"], text));
        }
    }
    for message in Message::ALL {
        cases.extend(members::whole(message));
    }
    cases.extend(members::bodies());
    cases.extend(members::reasons());
    cases.extend(members::sizes());
    cases
}

fn is(case: &RelayCase, message: Message, id: &str) -> bool {
    use crate::suites::test::Test;
    case.id() == format!("{SUITE}-{}-{id}", message.name())
}
