//! `relay`: the rendezvous server, which runs until a signal.

use std::io::{self, ErrorKind, Write};
use std::process::exit;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::watch;

use super::arguments::RelayArguments;
use super::failure::Failure;
use super::{print, signals};
use crate::protocol::Outcome;
use crate::relay::{ForwardedHeader, Limits, Proxies, Relay, RelayError, RelayOptions};

/// Runs `relay`.
pub(super) fn run(options: RelayArguments) -> Result<(), Failure> {
    let RelayArguments {
        listen,
        trust_proxy,
        forwarded,
        ttl,
        channels,
        channels_per_appid,
        channels_per_address,
        stored_bytes,
        starts_per_minute,
        addresses,
        connections,
        connections_per_address,
    } = options;
    let limits = Limits {
        ttl,
        channels_per_appid,
        channels_per_address,
        channels,
        stored_bytes,
        starts_per_minute,
        addresses,
        connections,
        connections_per_address,
    };
    let proxies = Proxies {
        trusted: trust_proxy,
        header: match forwarded {
            true => ForwardedHeader::Forwarded,
            false => ForwardedHeader::XForwardedFor,
        },
    };
    let others = RelayOptions {
        proxies,
        on_untrusted_proxy: Some(Arc::new(|peer| {
            print::tell(format_args!(
                "A request from {peer} had a forwarded header, which is ignored. If that is your \
                 proxy, all its clients count as one address until you name it: --trust-proxy {peer}"
            ));
        })),
        ..RelayOptions::default()
    };
    let relay = Relay::bind(listen, limits, others).map_err(|error| refused(&error))?;
    let address = relay.local_addr();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::outcome(Outcome::Internal, error))?;
    // The handler must be there before the line below: a program that reads it may stop the relay
    // at once.
    let mut stop = on_signal()?;

    let mut out = io::stdout().lock();
    writeln!(out, "listening on http://{address}")
        .and_then(|()| out.flush())
        .map_err(|error| Failure::local(format!("cannot write to standard output: {error}"), ""))?;
    drop(out);
    if !address.ip().is_loopback() {
        print::tell(
            "Clients on other machines need https: put a proxy that ends TLS in front \
             (--trust-proxy), or let them say --allow-plain-http.",
        );
    }
    let stopped = async move {
        // An error would mean that the handler is gone, which never happens.
        let _ = stop.changed().await;
    };
    runtime
        .block_on(relay.run(stopped))
        .map_err(|error| refused(&error))
}

/// Gives a receiver that changes at the first signal. The second signal ends the process at once.
fn on_signal() -> Result<watch::Receiver<()>, Failure> {
    let (sender, receiver) = watch::channel(());
    let asked = AtomicBool::new(false);
    signals::on_each(move || {
        if asked.swap(true, Ordering::SeqCst) {
            exit(Outcome::Cancelled.exit_status().into());
        }
        print::tell("going down");
        // The receiver is gone once the relay has ended.
        let _ = sender.send(());
    })?;
    Ok(receiver)
}

fn refused(error: &RelayError) -> Failure {
    let hint = match error {
        RelayError::Bind { error, .. } => match error.kind() {
            ErrorKind::AddrInUse => {
                "Perhaps a relay runs there already. Or choose another port: --listen 127.0.0.1:0 takes a free one."
            }
            ErrorKind::AddrNotAvailable => "This machine does not have that address.",
            ErrorKind::PermissionDenied => "Ports below 1024 are for the administrator.",
            _ => "Choose another address with --listen.",
        },
        RelayError::Limits(_) => "`wormhole-sync relay --help` explains each bound.",
        RelayError::Runtime(_) => "",
    };
    Failure::local(error, hint)
}
