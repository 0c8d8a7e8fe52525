//! `demo`: a relay and both sides in one process, which shows each message as it passes.
//!
//! Clients, relay and HTTP are the real ones. Between each client and the relay stands a [`tap`]
//! that passes everything on and reports it to the [`script`], which explains it. A tap sees what a
//! relay sees. The demo shows that, and beside it the code, the blobs and the verifier, which only
//! the users see.

mod explain;
mod script;
mod tap;

use std::fmt::Display;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::thread;

use super::arguments::DemoArguments;
use super::failure::Failure;
use crate::client::Error;
use crate::client::blocking::{Initiator, Receiver};
use crate::protocol::Outcome;
use crate::relay::{Limits, RelayHandle, RelayOptions};
use crate::values::Role;
use script::Script;
use tap::Taps;

const APPID: &str = "wormhole-sync.example/demo";

/// Runs `demo`.
pub(super) fn run(options: DemoArguments) -> Result<(), Failure> {
    let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let relay = RelayHandle::spawn(any_port, Limits::default(), RelayOptions::default())
        .map_err(|error| Failure::local(error, ""))?;
    let script = Arc::new(Script::default());
    let taps = Taps::open(relay.addr(), &script)
        .map_err(|error| Failure::local(format!("cannot listen on this machine: {error}"), ""))?;
    let blobs = [
        (Role::Initiator, options.initiator.as_str()),
        (Role::Receiver, options.receiver.as_str()),
    ];
    script.opening(relay.addr(), APPID, &blobs);

    let initiator =
        Initiator::new(APPID, options.initiator.as_bytes()).rendezvous(taps.url(Role::Initiator));
    let waiting = initiator.start().map_err(|error| failed(&error))?;
    let code = waiting.code().reveal().to_string();
    script.code(&code);

    let receiver = Receiver::new(APPID, &code, options.receiver.as_bytes())
        .rendezvous(taps.url(Role::Receiver));
    let (initiators, receivers) = thread::scope(|scope| {
        // The initiator waits first, as it does when a person has yet to type the code.
        let receivers = scope.spawn(|| {
            script.wait_for_poll();
            receiver.finish()
        });
        let initiators = waiting.finish();
        script.give_up_waiting();
        (initiators, receivers.join())
    });
    let initiators = initiators.map_err(|error| failed(&error))?;
    let receivers = receivers
        .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        .map_err(|error| failed(&error))?;
    script.ending(&initiators, &receivers);
    Ok(())
}

fn failed(error: &Error) -> Failure {
    let detail: &dyn Display = match error.cause() {
        Some(cause) => cause,
        None => &"the demo's own exchange failed",
    };
    let failure = Failure::outcome(error.outcome(), detail);
    match error.outcome() {
        Outcome::BlobTooLarge => failure,
        _ => failure.hint("Both sides and the relay are in this process: report this."),
    }
}
