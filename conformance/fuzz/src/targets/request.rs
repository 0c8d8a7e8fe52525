//! The target `request`: a request as the relay reads it, up to the registry (section 9, RELAY-9).

use crate::model::messages::{Member, MessageFault, message, unhex};
use crate::planted;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use wormhole_sync::relay::dangerous_reading::{Arrived, read_for_testing_only};
use wormhole_sync::relay::{
    ChannelRequest, ClientAddress, EndReason, ForwardedHeader, Network, Proxies, Refusal,
    RelayAction, SideKey,
};
use wormhole_sync::values::ChannelId;
use wormhole_sync::values::messages::CellName;

/// The first byte chooses the peer, the trusted proxies and their header. Then come lines as in HTTP: `METHOD target`,
/// headers, an empty line, the body. The call to the registry, or the refusal, is that of a second reading in the order of
/// RELAY-9.
pub fn request(data: &[u8]) {
    let Some((setting, text)) = data.split_first() else {
        return;
    };
    // A proxy's form, `http://host/path`, has its own rules.
    let Some(raw) = RawRequest::of(text).filter(|raw| raw.target.starts_with('/')) else {
        return;
    };
    let proxies = proxies(*setting);
    let peer = peer(*setting);
    let arrived = Arrived {
        method: raw.method,
        target: raw.target,
        headers: &raw.headers,
        body: raw.body,
        peer,
    };
    let expected = read(&raw);
    let from = read_for_testing_only(arrived, &proxies, |found| match (found, expected) {
        (Ok(call), Ok((appid, side, action))) => {
            let members = raw.body.iter().filter(|byte| **byte == b':').count();
            let claims = matches!(call.action, RelayAction::Channel(_, ChannelRequest::Claim));
            planted::panic_if(claims && members > 1);
            assert_eq!(call.appid, appid);
            assert_eq!(call.side, side);
            assert_eq!(format!("{:?}", call.action), format!("{action:?}"));
            Some(call.from)
        }
        (Err(refusal), Err(expected)) => {
            assert_eq!(refusal, expected);
            None
        }
        (found, expected) => panic!("{found:?}, but by the text {expected:?}"),
    });
    if let Some(Some(from)) = from {
        check_address(arrived, &proxies, from);
    }
    if let Ok(text) = str::from_utf8(raw.body)
        && let Ok(network) = text.parse::<Network>()
    {
        let trusted = vec![network];
        let _ = Proxies { trusted, ..proxies }.trusts(peer);
    }
}

/// Checks that an address which a stranger writes to the left of the others changes nothing (RELAY-22).
fn check_address(arrived: Arrived<'_>, proxies: &Proxies, from: ClientAddress) {
    let own = ClientAddress::from(arrived.peer);
    if !proxies.trusts(arrived.peer) {
        assert_eq!(from, own, "a stranger is believed");
    }
    let claim: (&str, &[u8]) = match proxies.header {
        ForwardedHeader::XForwardedFor => ("x-forwarded-for", b"6.6.6.6"),
        ForwardedHeader::Forwarded => ("forwarded", b"for=6.6.6.6"),
    };
    let mut headers = vec![claim];
    headers.extend(arrived.headers);
    let lied = Arrived {
        headers: &headers,
        ..arrived
    };
    let lied = read_for_testing_only(lied, proxies, |found| found.map(|call| call.from))
        .expect("a request");
    let strange = ClientAddress::V4(0x0606_0606);
    // Where all addresses are those of trusted proxies, the one to their left is the client's, by the proxies' word.
    let is_trusted = match from {
        ClientAddress::V4(bits) => proxies.trusts(IpAddr::V4(Ipv4Addr::from_bits(bits))),
        ClientAddress::V6(bits) => bits == 0,
    };
    assert!(
        lied == Ok(from) || is_trusted && lied == Ok(strange),
        "{from:?} and {lied:?}"
    );
}

fn proxies(setting: u8) -> Proxies {
    let trusted: &[&str] = match setting % 4 {
        0 => &[],
        1 => &["10.0.0.0/8"],
        2 => &["10.0.0.0/8", "::1"],
        _ => &["0.0.0.0/0", "::/128"],
    };
    let header = match setting & 4 {
        0 => ForwardedHeader::XForwardedFor,
        _ => ForwardedHeader::Forwarded,
    };
    let trusted = trusted
        .iter()
        .map(|text| text.parse().expect("a network"))
        .collect();
    Proxies { trusted, header }
}

fn peer(setting: u8) -> IpAddr {
    match setting >> 3 & 3 {
        0 => IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1)),
        1 => IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)),
        2 => IpAddr::V6(Ipv6Addr::LOCALHOST),
        _ => IpAddr::V6(Ipv4Addr::new(10, 0, 0, 2).to_ipv6_mapped()),
    }
}

/// A request, taken apart line by line.
struct RawRequest<'a> {
    method: &'a str,
    target: &'a str,
    headers: Vec<(&'a str, &'a [u8])>,
    body: &'a [u8],
}

impl<'a> RawRequest<'a> {
    fn of(text: &'a [u8]) -> Option<Self> {
        let mut rest = text;
        let mut line = || {
            let end = rest
                .iter()
                .position(|byte| *byte == b'\n')
                .unwrap_or(rest.len());
            let (line, after) = rest.split_at(end);
            rest = after.get(1..).unwrap_or_default();
            line
        };
        let (method, target) = str::from_utf8(line()).ok()?.split_once(' ')?;
        let mut headers = Vec::new();
        loop {
            let line = line();
            let Some(colon) = line.iter().position(|byte| *byte == b':') else {
                break;
            };
            let (name, value) = line.split_at(colon);
            let value = value.get(1..).unwrap_or_default();
            headers.push((
                str::from_utf8(name).ok()?,
                value.strip_prefix(b" ").unwrap_or(value),
            ));
        }
        Some(Self {
            method,
            target,
            headers,
            body: rest,
        })
    }
}

/// Reads a request by RELAY-9, check after check.
fn read(raw: &RawRequest<'_>) -> Result<(Vec<u8>, SideKey, RelayAction), Refusal> {
    // The HTTP library takes a fragment off before the relay sees the target.
    let target = raw.target.split('#').next().unwrap_or_default();
    let (path, query) = match target.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (target, None),
    };
    let parts: Vec<&str> = path.split('/').collect();
    let (appid, number, name) = match parts[..] {
        ["", "v1", appid, "channels"] => (appid, None, "channels"),
        ["", "v1", appid, "channels", number, name] => (appid, Some(number), name),
        _ => return Err(Refusal::NotFound),
    };
    let appid = unhex(appid.as_bytes())
        .filter(|it| (1..=128).contains(&it.len()))
        .ok_or(Refusal::NotFound)?;
    let number = number
        .map(|text| channel(text).ok_or(Refusal::NotFound))
        .transpose()?;
    let cell = CellName::from_name(name);
    let (methods, bound): (&[&str], _) = match (name, number, cell) {
        ("channels", None, _) | ("claim" | "close", Some(_), _) => (&["POST"], 1_024),
        (_, Some(_), Some(CellName::Receipt)) => (&["GET", "PUT"], 1_024),
        (_, Some(_), Some(_)) => (&["GET", "PUT"], 139_264),
        _ => return Err(Refusal::NotFound),
    };
    if !methods.contains(&raw.method) {
        return Err(Refusal::MethodNotAllowed);
    }
    let is_get = raw.method == "GET";
    if !is_get && raw.body.len() > bound {
        return Err(Refusal::TooLarge);
    }
    let side = side(raw).ok_or(Refusal::Unauthorized)?;
    let wait = match query {
        None => 0,
        Some(text) if is_get => (0..=30)
            .find(|wait| text == format!("wait={wait}"))
            .ok_or(Refusal::Malformed)?,
        Some(_) => return Err(Refusal::Malformed),
    };
    let member = |name: &str| match message(name, raw.body) {
        Ok(members) => Ok(members.into_iter().next()),
        Err(MessageFault::TooLarge) => Err(Refusal::TooLarge),
        Err(MessageFault::Malformed) => Err(Refusal::Malformed),
    };
    let action = match (number, cell, name) {
        (None, _, _) => match member("allocate")? {
            Some(Member::Bytes(body)) => RelayAction::Allocate(body.into()),
            _ => unreachable!("its member is binary"),
        },
        (Some(number), Some(cell), _) if is_get => {
            RelayAction::Channel(number, ChannelRequest::Get(cell, wait))
        }
        (Some(number), Some(cell), name) => match member(&format!("write-{name}"))? {
            Some(Member::Bytes(body)) => {
                RelayAction::Channel(number, ChannelRequest::Put(cell, body.into()))
            }
            _ => unreachable!("its member is binary"),
        },
        (Some(number), None, "claim") => {
            member("claim")?;
            RelayAction::Channel(number, ChannelRequest::Claim)
        }
        (Some(number), None, _) => match member("close")? {
            Some(Member::Text(reason)) => {
                let known = EndReason::ALL
                    .into_iter()
                    .find(|known| known.as_str() == reason);
                let reason = known
                    .filter(|known| *known != EndReason::Expired)
                    .unwrap_or(EndReason::Other);
                RelayAction::Channel(number, ChannelRequest::Close(reason))
            }
            _ => unreachable!("its member is a text"),
        },
    };
    Ok((appid, side, action))
}

fn channel(text: &str) -> Option<ChannelId> {
    let number: u32 = text.parse().ok()?;
    let channel = ChannelId::new(number)?;
    (number.to_string() == text).then_some(channel)
}

fn side(raw: &RawRequest<'_>) -> Option<SideKey> {
    let mut values = raw
        .headers
        .iter()
        .filter(|(name, _)| name.eq_ignore_ascii_case("authorization"));
    let (Some((_, value)), None) = (values.next(), values.next()) else {
        return None;
    };
    let (scheme, digits) = value.split_at_checked(7)?;
    let bytes: [u8; 16] = unhex(digits)?.try_into().ok()?;
    scheme
        .eq_ignore_ascii_case(b"bearer ")
        .then_some(SideKey::new(bytes))
}
