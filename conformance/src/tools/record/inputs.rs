//! What the two clients of a recording are given.

use super::scenario::{Peer, Scenario, blob_of, named};
use super::secrets::{Known, labelled};
use crate::stage::bytes::Bytes;
use crate::suites::replay::transcript::{Input, Role};
use wormhole_sync::values::{Code, hex, words};

pub(super) fn known(scenario: &Scenario, input: &Input) -> Result<Known, String> {
    let injected = |name: &str| match input.inject.get(name) {
        Some(Some(text)) => hex::decode(text.as_bytes()).map_err(|error| error.to_string()),
        _ => Ok(Vec::new()),
    };
    let password = match scenario.role {
        Role::Initiator => joined(&injected("words")?),
        Role::Receiver => {
            let typed = input.code.as_ref().map(Bytes::expand).transpose()?;
            let code = Code::parse(typed.unwrap_or_default());
            let code = code
                .map(|code| code.reveal().to_string())
                .unwrap_or_default();
            code.split_once('-')
                .map(|(_, words)| words.to_owned())
                .unwrap_or_default()
        }
    };
    Ok(Known {
        role: scenario.role,
        app_id: input.appid.expand()?,
        password,
        scalar: injected("pake_scalar")?.try_into().unwrap_or_default(),
        exchanges: Vec::new(),
    })
}

/// What the other client is given, but for a code.
pub(super) fn peer_input(scenario: &Scenario) -> Option<Input> {
    let role = scenario.role.peer();
    let blob = match &scenario.peer {
        Peer::Nobody => return None,
        Peer::Honest(blob) => blob.clone(),
        Peer::Mistaken => blob_of(role),
    };
    let words = match (role, &scenario.peer) {
        (Role::Initiator, _) => scenario.input.words.unwrap_or(2),
        (Role::Receiver, Peer::Mistaken) => 0,
        (Role::Receiver, _) => 1,
    };
    Some(Input {
        rendezvous: None,
        path: None,
        appid: scenario.input.appid.clone(),
        blob,
        code: None,
        words: Some(words),
        inject: named(role, &scenario.id, 2),
        second_ms: 1000,
        deadline: None,
        hold: None,
        export: None,
    })
}

/// What a receiving peer types: `words` 0 marks the one that is mistaken.
pub(super) fn mistyped(input: &Input, code: &str) -> String {
    match (input.words, code.split_once('-')) {
        (Some(0), Some((channel, _))) => format!("{channel}-{}", spoken("mistaken", 2)),
        _ => code.to_owned(),
    }
}

/// Words of a label.
pub(super) fn spoken(label: &str, count: usize) -> String {
    joined(&labelled(&format!("{label} initiator words"))[..count])
}

pub(super) fn joined(bytes: &[u8]) -> String {
    let words: Vec<&str> = bytes
        .iter()
        .enumerate()
        .map(|(i, &byte)| words::word(i, byte))
        .collect();
    words.join("-")
}
