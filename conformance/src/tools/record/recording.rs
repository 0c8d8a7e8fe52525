//! Recording: a scenario, played by a client against the suite's relay, becomes a transcript.
//!
//! Everything that could differ between two recordings is fixed. The named values and the relay's
//! random numbers come from the scenario's id, and the number of repeats, which depends on the
//! client's jitter, is not written down (`again`).

use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use anyhow::Context;
use serde_json::Value;
use tokio::runtime::Runtime;
use wormhole_sync::relay::{Limits, RelayHandle, RelayOptions};

use super::inputs::{client_secrets, mistaken, peer_input, spoken};
use super::proxy::Proxy;
use super::scenario::{PeerKind, Scenario};
use super::secrets::labelled;
use super::transcribe::finish;
use crate::stage::address::Address;
use crate::stage::bytes::TranscriptBytes;
use crate::stage::listener::listen;
use crate::subject::adapter::{AdapterEvent, UserEvent};
use crate::suites::replay::case::{limit, run_input};
use crate::suites::replay::client::{Client, RunError};
use crate::suites::replay::judgement::Shown;
use crate::suites::replay::transcript::{ClientRole, RecordedExchange, RunInput, Transcript};
use crate::suites::replay::user::ScriptedUser;

/// The time that the peer has to show its code.
const CODE: Duration = Duration::from_secs(10);

/// The two clients of a recording.
pub(super) struct Clients<'a> {
    /// The client that is recorded.
    pub(super) subject: &'a dyn Client,
    /// The other client.
    pub(super) peer: &'a dyn Client,
}

/// Records a scenario.
///
/// # Errors
///
/// A sentence that says where the recording is not what the scenario says.
pub(super) fn record(
    scenario: Scenario,
    clients: &Clients<'_>,
    runtime: &Runtime,
) -> anyhow::Result<Transcript> {
    let relay = relay(&scenario.id)?;
    let url = relay.url();
    let over = ScriptedUser::default();
    thread::scope(|scope| {
        let recorded = match scenario.role {
            ClientRole::Initiator => initiator(scenario, clients, runtime, &url, scope, &over),
            ClientRole::Receiver => receiver(scenario, clients, runtime, &url, scope, &over),
        };
        over.say(UserEvent::Cancel);
        recorded
    })
}

/// A relay whose channel ids depend on the label alone.
fn relay(label: &str) -> anyhow::Result<RelayHandle> {
    let mut drawn = 0_u64;
    let label = label.to_owned();
    let random = move || {
        drawn += 1;
        let [a, b, c, d, e, f, g, h, ..] = labelled(&format!("{label} relay {drawn}"));
        Some(u64::from_le_bytes([a, b, c, d, e, f, g, h]))
    };
    let options = RelayOptions {
        random: Box::new(random),
        shutdown_time: Duration::from_millis(100),
        ..RelayOptions::default()
    };
    let any = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
    Ok(RelayHandle::spawn(any, Limits::default(), options)?)
}

fn initiator<'scope, 'env>(
    scenario: Scenario,
    clients: &'env Clients<'_>,
    runtime: &Runtime,
    url: &'env str,
    scope: &'scope thread::Scope<'scope, 'env>,
    over: &'env ScriptedUser,
) -> anyhow::Result<Transcript> {
    let peer = peer_input(&scenario);
    let is_mistaken = matches!(scenario.peer, PeerKind::Mistaken);
    let (sender, results) = mpsc::channel();
    let mut on_code = move |code: &str| {
        let Some(mut input) = peer.clone() else {
            return;
        };
        let typed = if is_mistaken {
            mistaken(code, "mistaken")
        } else {
            code.to_owned()
        };
        input.code = Some(TranscriptBytes::hex(typed.as_bytes()));
        let sender = sender.clone();
        scope.spawn(move || {
            let run = || {
                let input =
                    run_input(ClientRole::Receiver, &input, url).map_err(RunError::Suite)?;
                clients.peer.run(input, CODE, over, &mut |_| {})
            };
            let _ = sender.send(run());
        });
    };
    let input = scenario.input.clone();
    let (result, exchanges, shown) =
        subject(&scenario, &input, clients, runtime, url, &mut on_code)?;
    // The peer has said everything by now, or never will.
    over.say(UserEvent::Cancel);
    drop(on_code);
    let peer = results.recv_timeout(CODE).ok().transpose()?;
    finish(scenario, input, &result, exchanges, shown, peer.as_ref())
}

fn receiver<'scope, 'env>(
    scenario: Scenario,
    clients: &'env Clients<'_>,
    runtime: &Runtime,
    url: &'env str,
    scope: &'scope thread::Scope<'scope, 'env>,
    over: &'env ScriptedUser,
) -> anyhow::Result<Transcript> {
    let (sender, results) = mpsc::channel();
    let (show, shown) = mpsc::channel();
    let mut code = format!("7-{}", spoken(&scenario.id, 2));
    if let Some(input) = peer_input(&scenario) {
        scope.spawn(move || {
            let mut on_event = |event: &AdapterEvent| {
                if let Some(code) = event.members.get("code").and_then(Value::as_str) {
                    // A second code would be a fault of the peer's, and is not read.
                    let _ = show.send(code.to_owned());
                }
            };
            let mut run = || {
                let input =
                    run_input(ClientRole::Initiator, &input, url).map_err(RunError::Suite)?;
                clients.peer.run(input, CODE, over, &mut on_event)
            };
            let _ = sender.send(run());
        });
        code = shown
            .recv_timeout(CODE)
            .ok()
            .context("the peer shows no code")?;
    }
    if matches!(scenario.peer, PeerKind::Mistaken) {
        // The words are those of the peer, except the last.
        code = mistaken(&code, &format!("{} mistaken", scenario.id));
    }
    let mut input = scenario.input.clone();
    if input.code.is_none() {
        input.code = Some(crate::stage::bytes::TranscriptBytes::hex(
            &(scenario.types)(&code),
        ));
    }
    let (result, exchanges, shown) =
        subject(&scenario, &input, clients, runtime, url, &mut |_| {})?;
    over.say(UserEvent::Cancel);
    let peer = match scenario.peer {
        PeerKind::Nobody => None,
        PeerKind::Honest(_) | PeerKind::Mistaken => results.recv_timeout(CODE).ok().transpose()?,
    };
    finish(scenario, input, &result, exchanges, shown, peer.as_ref())
}

type Recorded = (Value, Vec<RecordedExchange>, Shown);

/// Runs the client that is recorded, behind the proxy.
fn subject(
    scenario: &Scenario,
    input: &RunInput,
    clients: &Clients<'_>,
    runtime: &Runtime,
    url: &str,
    on_code: &mut dyn FnMut(&str),
) -> anyhow::Result<Recorded> {
    let user = Arc::new(ScriptedUser::default());
    let secrets = client_secrets(scenario, input)?;
    let proxy = Arc::new(Proxy::new(
        Address::of(url)?,
        scenario.rules.clone(),
        secrets,
        Arc::clone(&user),
        Duration::from_millis(input.second_ms),
    ));
    let listening = runtime.block_on(listen(Arc::clone(&proxy)))?;
    let run = run_input(scenario.role, input, &listening.url())?;
    let mut shown = Shown::default();
    let mut on_event = |event: &AdapterEvent| {
        shown.note(event);
        match (event.name.as_str(), &shown.code, &input.take) {
            ("code", Some(code), _) => on_code(code),
            ("taking", _, Some(take)) => {
                let wait = Duration::from_millis(input.second_ms) * take.after.unwrap_or(0);
                let (user, says) = (Arc::clone(&user), take.says.clone());
                runtime.spawn(async move {
                    tokio::time::sleep(wait).await;
                    user.say_all(&says);
                });
            }
            _ => {}
        }
    };
    let result = clients
        .subject
        .run(run, limit(input, CODE), &user, &mut on_event)?;
    Ok((result, proxy.exchanges()?, shown))
}
