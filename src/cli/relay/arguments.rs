//! The options of `relay`.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use clap::Args;
use clap::builder::BoolishValueParser;

use crate::relay::{Limits, Network};

/// Run a relay, on its own and in memory
///
/// It prints `listening on http://ADDRESS` on standard output and runs until Ctrl-C. It speaks
/// plain http: for other machines, put a proxy that ends TLS in front of it. What no
/// option says, an environment variable may say, such as WORMHOLE_SYNC_RELAY_TTL.
#[derive(Args)]
pub(in crate::cli) struct RelayArguments {
    /// Listen here: ADDRESS:PORT, or PORT for this machine only; port 0 takes a free one
    #[arg(long, env = "WORMHOLE_SYNC_RELAY_LISTEN", value_name = "ADDRESS", default_value = "127.0.0.1:4000", value_parser = listen_address)]
    pub(super) listen: SocketAddr,

    /// Trust this proxy (address or network) to tell the client's address; repeatable
    #[arg(
        long,
        env = "WORMHOLE_SYNC_RELAY_TRUST_PROXY",
        value_name = "NETWORK",
        value_delimiter = ','
    )]
    pub(super) trust_proxy: Vec<Network>,

    /// Read the header `Forwarded` (RFC 7239) of the proxies, not `X-Forwarded-For`
    #[arg(long, env = "WORMHOLE_SYNC_RELAY_FORWARDED", requires = "trust_proxy", value_parser = BoolishValueParser::new())]
    pub(super) forwarded: bool,

    /// Listen here for operators: /metrics (OpenMetrics), /healthz and /readyz
    ///
    /// Whoever reaches it learns how much the relay has to do, and nothing about anybody. It has
    /// no TLS and no password: keep it on this machine or in a network of your own.
    #[arg(long, env = "WORMHOLE_SYNC_RELAY_OPS", value_name = "ADDRESS", value_parser = listen_address)]
    pub(super) ops: Option<SocketAddr>,

    /// A channel's life before its code is used, in seconds, 1 to 86400
    #[arg(long, env = "WORMHOLE_SYNC_RELAY_TTL", value_name = "SECONDS", default_value_t = limits().ttl)]
    pub(super) ttl: u32,

    /// The most live channels in all
    #[arg(long, env = "WORMHOLE_SYNC_RELAY_CHANNELS", value_name = "N", default_value_t = limits().channels)]
    pub(super) channels: u32,

    /// The most live channels of one application
    #[arg(long, env = "WORMHOLE_SYNC_RELAY_CHANNELS_PER_APPID", value_name = "N", default_value_t = limits().channels_per_appid)]
    pub(super) channels_per_appid: u32,

    /// The most live channels of one address
    #[arg(long, env = "WORMHOLE_SYNC_RELAY_CHANNELS_PER_ADDRESS", value_name = "N", default_value_t = limits().channels_per_address)]
    pub(super) channels_per_address: u32,

    /// The most exchanges that one address may begin or join in a minute
    #[arg(long, env = "WORMHOLE_SYNC_RELAY_STARTS_PER_MINUTE", value_name = "N", default_value_t = limits().starts_per_minute)]
    pub(super) starts_per_minute: u32,

    /// The most bytes of memory for channels
    #[arg(long, env = "WORMHOLE_SYNC_RELAY_STORED_BYTES", value_name = "N", default_value_t = limits().stored_bytes)]
    pub(super) stored_bytes: u64,

    /// The most addresses that the relay keeps count of
    #[arg(long, env = "WORMHOLE_SYNC_RELAY_ADDRESSES", value_name = "N", default_value_t = limits().addresses)]
    pub(super) addresses: u32,

    /// The most connections at a time
    #[arg(long, env = "WORMHOLE_SYNC_RELAY_CONNECTIONS", value_name = "N", default_value_t = limits().connections)]
    pub(super) connections: u32,

    /// The most connections at a time from one address that is no trusted proxy
    #[arg(long, env = "WORMHOLE_SYNC_RELAY_CONNECTIONS_PER_ADDRESS", value_name = "N", default_value_t = limits().connections_per_address)]
    pub(super) connections_per_address: u32,
}

/// The default bounds of a relay.
fn limits() -> Limits {
    Limits::default()
}

/// Reads an address, or a port of this machine in the forms that people type.
fn listen_address(typed: &str) -> Result<SocketAddr, String> {
    let here = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let port = typed
        .strip_prefix("localhost:")
        .or(typed.strip_prefix(':'))
        .unwrap_or(typed);
    if let Ok(port) = port.parse::<u16>() {
        return Ok(SocketAddr::new(here, port));
    }
    typed.parse().map_err(|_| {
        "expected ADDRESS:PORT, such as 127.0.0.1:4000, 0.0.0.0:4000 or [::1]:4000".to_owned()
    })
}

#[cfg(test)]
mod tests {
    use clap::Command;

    use super::*;

    #[test]
    fn addresses_as_people_type_them() {
        let read = |typed: &str| listen_address(typed).map(|address| address.to_string());
        for typed in ["4000", ":4000", "localhost:4000", "127.0.0.1:4000"] {
            assert_eq!(read(typed).as_deref(), Ok("127.0.0.1:4000"), "{typed}");
        }
        assert_eq!(read("[::1]:0").as_deref(), Ok("[::1]:0"));
        assert!(read("relay.example.com").is_err() && read("1.2.3.4").is_err());
    }

    /// Each bound has an option of its name, so that an operator finds it.
    #[test]
    fn each_bound_of_a_relay_has_an_option_and_its_default() {
        let relay = RelayArguments::augment_args(Command::new("relay"));
        let limits = Limits::default();
        let bounds = limits.bounds().into_iter();
        for (name, bound) in bounds.chain([("ttl", limits.ttl.into())]) {
            let option = relay.get_arguments().find(|option| option.get_id() == name);
            let option = option.unwrap_or_else(|| panic!("no option for {name}"));
            assert_eq!(option.get_default_values(), [bound.to_string().as_str()]);
            assert_eq!(option.get_long(), Some(name.replace('_', "-").as_str()));
            let variable = format!("WORMHOLE_SYNC_RELAY_{}", name.to_uppercase());
            assert_eq!(option.get_env(), Some(variable.as_ref()));
        }
    }
}
