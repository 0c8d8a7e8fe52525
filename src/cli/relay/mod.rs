//! `relay`: the rendezvous server, which runs until a signal.

mod arguments;

pub(super) use arguments::RelayArguments;

use std::io::{self, ErrorKind, Write};
use std::net::SocketAddr;
use std::process::exit;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::watch;

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
        ops,
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
        ops,
        ..RelayOptions::default()
    };
    if ops == Some(listen) && listen.port() != 0 {
        return Err(Failure::local(
            format!("--listen and --ops are both {listen}"),
            "Each needs a port of its own.",
        ));
    }
    let relay = Relay::bind(listen, limits, others).map_err(|error| refused(&error, listen))?;
    let address = relay.local_addr();
    let ops = relay.ops_addr();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::outcome(Outcome::Internal, error))?;
    // The handler must be there before the line below: a program that reads it may stop the relay
    // at once.
    let mut stop = on_signal()?;

    let mut out = io::stdout().lock();
    let ops_line = ops.map(|ops| format!("operators: http://{ops}/metrics, /healthz, /readyz\n"));
    let ops_line = ops_line.unwrap_or_default();
    write!(out, "listening on http://{address}\n{ops_line}")
        .and_then(|()| out.flush())
        .map_err(|error| Failure::local(format!("cannot write to standard output: {error}"), ""))?;
    drop(out);
    if !address.ip().is_loopback() {
        print::tell(
            "Clients on other machines need https: put a proxy that ends TLS in front \
             (--trust-proxy), or let them say --allow-plain-http.",
        );
    }
    if ops.is_some_and(|ops| !ops.ip().is_loopback()) {
        print::tell(
            "Whoever reaches the address of --ops learns how much this relay has to do: let only \
             your own machines reach it.",
        );
    }
    let stopped = async move {
        // An error would mean that the handler is gone, which never happens.
        let _ = stop.changed().await;
    };
    runtime
        .block_on(relay.run(stopped))
        .map_err(|error| refused(&error, listen))
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

fn refused(error: &RelayError, listen: SocketAddr) -> Failure {
    let hint = match error {
        RelayError::Bind { error, address } => match (error.kind(), *address == listen) {
            (ErrorKind::AddrInUse, true) => {
                "Perhaps a relay runs there already. Or choose another port: --listen 127.0.0.1:0 takes a free one."
            }
            (ErrorKind::AddrInUse, false) => {
                "Choose another port for operators: --ops 127.0.0.1:0 takes a free one."
            }
            (ErrorKind::AddrNotAvailable, _) => "This machine does not have that address.",
            (ErrorKind::PermissionDenied, _) => "Ports below 1024 are for the administrator.",
            (_, true) => "Choose another address with --listen.",
            (_, false) => "Choose another address with --ops.",
        },
        RelayError::Limits(_) => "`wormhole-sync relay --help` explains each bound.",
        RelayError::Runtime(_) => "",
    };
    Failure::local(error, hint)
}
