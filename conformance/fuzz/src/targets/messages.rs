//! The target `messages`: the messages between client and relay (section 8).

use crate::model::json;
use crate::model::messages::{MESSAGES, Member, MessageFault, message, problem};
use crate::planted;
use wormhole_sync::values::json::{JsonFault, parse};
use wormhole_sync::values::messages::{
    Allocate, Allocated, CellMessage, CellName, Claim, Claimed, Close, Empty, Write,
};
use wormhole_sync::values::{Problem, ProblemToken};

/// The input is a text, which is read as each message. Each reading is that of a second reader. A message that was read
/// can be written, and reads as itself again.
pub fn messages(data: &[u8]) {
    let object = json::read(data);
    let strict = parse(data).is_ok();
    assert_eq!(strict, object.is_some(), "JSON-1 to JSON-3");
    let many = object.as_ref().is_some_and(|object| object.len() > 5);
    planted::panic_if(many && message("claimed", data).is_ok());
    if object.is_none() {
        // Each reader begins with that of JSON.
        assert!(Empty::decode(data).is_err() && Problem::decode(data).is_err());
        return;
    }
    for (name, _) in MESSAGES {
        if name == "problem" {
            continue;
        }
        let found = read(name, data);
        let expected = message(name, data);
        let is_request = name == "allocate" || name.starts_with("write-");
        match (found, expected) {
            (Ok((values, text)), Ok(expected)) => {
                assert_eq!(values, expected, "{name}");
                assert_eq!(
                    read(name, text.as_bytes()),
                    Ok((values, text)),
                    "{name}, written and read"
                );
            }
            (Err(fault), Err(expected)) => {
                let too_large = expected == MessageFault::TooLarge;
                assert!(
                    !is_request || fault.is_too_large() == too_large,
                    "{name}: {fault}"
                );
            }
            (found, expected) => panic!("{name}: {found:?}, but by the text {expected:?}"),
        }
    }
    read_problem(data, problem(object.as_ref()));
}

/// Reads a text as a message: its members in the order of the table, and the message written again.
fn read(name: &str, text: &[u8]) -> Result<(Vec<Member>, String), JsonFault> {
    let bytes = |body: &[u8]| vec![Member::Bytes(body.to_vec())];
    if let Some((kind, cell)) = name.split_once('-') {
        let cell = CellName::from_name(cell).expect("a cell");
        return match kind {
            "write" => Write::decode(text, cell).map(|it| (bytes(&it.body), it.encode())),
            _ => CellMessage::decode(text, cell).map(|it| (bytes(&it.body), it.encode())),
        };
    }
    match name {
        "allocate" => Allocate::decode(text).map(|it| (bytes(&it.body), it.encode())),
        "claim" => Claim::decode(text).map(|it| (Vec::new(), it.encode())),
        "close" => {
            Close::decode(text).map(|it| (vec![Member::Text(it.reason.clone())], it.encode()))
        }
        "allocated" => Allocated::decode(text).map(|it| {
            let channel = Member::Integer(it.channel.get());
            (vec![channel, Member::Integer(it.ttl)], it.encode())
        }),
        "claimed" => Claimed::decode(text).map(|it| {
            let body = Member::Bytes(it.body.clone());
            (vec![body, Member::Integer(it.ttl)], it.encode())
        }),
        _ => Empty::decode(text).map(|it| (Vec::new(), it.encode())),
    }
}

fn read_problem(text: &[u8], expected: Option<(Option<&str>, Option<String>)>) {
    let found = Problem::decode(text).ok();
    let seen = found.as_ref().map(|found| {
        let reason = match found {
            Problem::Closed { reason } => Some(reason.clone()),
            _ => None,
        };
        (found.token().map(ProblemToken::token), reason)
    });
    assert_eq!(seen, expected, "problem");
    if let Some(found) = found
        && let Some(token) = found.token()
    {
        let reason = seen.and_then(|(_, reason)| reason);
        let text = Problem::encode(token, reason.as_deref());
        assert_eq!(Problem::decode(text.as_bytes()), Ok(found));
    }
}
