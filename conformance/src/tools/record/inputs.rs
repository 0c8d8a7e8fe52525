//! The inputs of the two clients of a recording.

use wormhole_sync::values::{Code, hex, words};

use super::scenario::{PeerKind, Scenario, blob_of, named};
use super::secrets::{ClientSecrets, labelled};
use crate::stage::bytes::TranscriptBytes;
use crate::suites::replay::transcript::{ClientRole, RunInput};

pub(super) fn client_secrets(
    scenario: &Scenario,
    input: &RunInput,
) -> anyhow::Result<ClientSecrets> {
    let injected = |name: &str| match input.inject.get(name) {
        Some(Some(text)) => hex::decode(text.as_bytes()),
        _ => Ok(Vec::new()),
    };
    let password = match scenario.role {
        ClientRole::Initiator => joined(&injected("words")?),
        ClientRole::Receiver => {
            let typed = input
                .code
                .as_ref()
                .map(TranscriptBytes::expand)
                .transpose()?;
            let code = Code::parse(typed.unwrap_or_default());
            let code = code
                .map(|code| code.reveal().to_string())
                .unwrap_or_default();
            code.split_once('-')
                .map(|(_, words)| words.to_owned())
                .unwrap_or_default()
        }
    };
    Ok(ClientSecrets {
        role: scenario.role,
        app_id: input.appid.expand()?,
        password,
        scalar: injected("pake_scalar")?.try_into().unwrap_or_default(),
        exchanges: Vec::new(),
    })
}

/// The input of the other client, without a code.
pub(super) fn peer_input(scenario: &Scenario) -> Option<RunInput> {
    let role = scenario.role.peer();
    let blob = match &scenario.peer {
        PeerKind::Nobody => return None,
        PeerKind::Honest(blob) => blob.clone(),
        PeerKind::Mistaken => blob_of(role),
    };
    Some(RunInput {
        rendezvous: None,
        path: None,
        appid: scenario.input.appid.clone(),
        blob,
        code: None,
        words: (role == ClientRole::Initiator).then(|| scenario.input.words.unwrap_or(2)),
        inject: named(role, &scenario.id, 2),
        second_ms: 1000,
        deadline: None,
        look: false,
        take: None,
        export: None,
    })
}

/// The code with the right channel and wrong words, which the label determines.
pub(super) fn mistaken(code: &str, label: &str) -> String {
    let (channel, _) = code.split_once('-').unwrap_or_default();
    format!("{channel}-{}", spoken(label, 2))
}

/// The words that a label determines.
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
