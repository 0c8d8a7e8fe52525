//! A link, of a code with its appid and relay (section 4.1).

use std::fmt::Write;

use wormhole_sync::values::{AppId, Link, Rendezvous};

use super::code::byte;
use super::rendezvous::read as read_address;
use crate::planted;

/// The first byte: whether the user allows plain `http`; then the link. Parts and fault are those
/// of a second reading of LINK-2, and what is accepted is written as it was.
pub fn link(data: &[u8]) {
    let Some((first, data)) = data.split_first() else {
        return;
    };
    let allowed = first % 2 == 1;
    let found = Link::parse(data, allowed);
    let (link, parts) = match (found, read(data, allowed)) {
        (Ok(link), Ok(parts)) => (link, parts),
        (Err(error), Err(fault)) => {
            assert_eq!(error.fault(), fault);
            assert!(!error.to_string().contains('\n'));
            return;
        }
        (found, expected) => panic!("{found:?}, but by the text {expected:?}"),
    };
    planted::panic_if(parts.appid.len() == 6);
    assert_eq!(link.reveal().to_string().as_bytes(), data);
    // RAND-2
    assert_eq!(format!("{link:?}").matches("words: [redacted]").count(), 1);

    // LINK-5 and LINK-6, of neighbours of what the link has.
    let own = Rendezvous::parse(&parts.relay, true).expect("an address");
    assert!(!link.asks_about_relay(&own));
    if let Ok(other) = Rendezvous::parse(&format!("{}/", parts.relay), true) {
        assert_eq!(link.asks_about_relay(&other), parts.relay.ends_with('/'));
    }
    assert!(!link.asks_about_app_id(link.app_id()));
    let longer = [link.app_id().as_bytes(), b"\0"].concat();
    if let Ok(other) = AppId::new(longer) {
        assert!(link.asks_about_app_id(&other));
    }

    let (code, app_id, relay) = link.agreed_by_user();
    assert_eq!(code.reveal().to_string(), parts.code);
    assert_eq!(app_id.to_hex(), parts.appid);
    assert_eq!(relay.as_str(), parts.relay);
}

#[derive(Debug)]
struct Parts {
    code: String,
    appid: String,
    relay: String,
}

/// LINK-2, by the grammar of section 4.1. A byte is read as the character of its number: one that
/// is not ASCII fits nowhere.
fn read(data: &[u8], allowed: bool) -> Result<Parts, &'static str> {
    if data.len() > 8_192 {
        return Err("too-long");
    }
    let text: String = data.iter().copied().map(char::from).collect();
    let (code, appid, relay) = split(&text).ok_or("bad-form")?;
    let (channel, words) = code.split_once('-').ok_or("bad-code")?;
    if !is_channel(channel) || !are_words(words) {
        return Err("bad-code");
    }
    let is_hex = |c: char| matches!(c, '0'..='9' | 'a'..='f');
    if !matches!(appid.len(), 2..=256) || appid.len() % 2 == 1 || !appid.chars().all(is_hex) {
        return Err("bad-appid");
    }
    let relay = address(relay).ok_or("bad-relay")?;
    let usable = read_address(&relay).is_some_and(|it| it.https || it.local || allowed);
    if !usable {
        return Err("bad-relay");
    }
    Ok(Parts {
        code: code.to_owned(),
        appid: appid.to_owned(),
        relay,
    })
}

fn split(text: &str) -> Option<(&str, &str, &str)> {
    let (code, rest) = text.split_once('?')?;
    let (appid, rest) = rest.split_once('&')?;
    Some((
        code.strip_prefix("wormhole-sync:")?,
        appid.strip_prefix("appid=")?,
        rest.strip_prefix("relay=")?,
    ))
}

fn is_channel(text: &str) -> bool {
    matches!(text.len(), 1..=9)
        && !text.starts_with('0')
        && text.chars().all(|c| c.is_ascii_digit())
}

fn are_words(text: &str) -> bool {
    let words: Vec<&str> = text.split('-').collect();
    matches!(words.len(), 2..=8) && (0..).zip(&words).all(|(at, word)| byte(at, word).is_some())
}

/// The address, if each of its characters is written in the one way that it has.
fn address(written: &str) -> Option<String> {
    let mut address = String::new();
    let mut rest = written;
    while !rest.is_empty() {
        let one = (0x21..=0x7e_u8).map(char::from).find(|character| {
            let mut expected = String::new();
            match character {
                '-' | '.' | '_' | '~' | ':' | '/' => expected.push(*character),
                plain if plain.is_ascii_alphanumeric() => expected.push(*plain),
                other => write!(expected, "%{:02X}", u32::from(*other)).expect("a string"),
            }
            rest.starts_with(&expected)
        })?;
        let width = if rest.starts_with('%') { 3 } else { 1 };
        rest = &rest[width..];
        address.push(one);
    }
    Some(address)
}
