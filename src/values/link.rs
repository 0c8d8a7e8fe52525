//! The link: a code with its appid and its relay in one URI (section 4.1).

use core::fmt;

use zeroize::Zeroizing;

use super::app_id::AppId;
use super::code::Code;
use super::rendezvous::Rendezvous;

/// `link = "wormhole-sync:" code "?appid=" appid "&relay=" relay`: a code for QR codes and for
/// programs that a system opens (section 4.1).
///
/// As secret as its code, which is in it: it has no `Display`, its `Debug` redacts, and it comes
/// out by the named call [`reveal`](Self::reveal). A link that was read says nothing about who made
/// it, so that its code comes out only by [`agreed_by_user`](Self::agreed_by_user).
#[derive(Debug)]
pub struct Link {
    code: Code,
    app_id: AppId,
    relay: Rendezvous,
}

const SCHEME: &str = "wormhole-sync:";
const APP_ID: &str = "?appid=";
const RELAY: &str = "&relay=";

impl Link {
    /// The most bytes that a link has.
    pub const MAX: usize = 8_192;

    /// The link of an initiator's code, its appid and its relay.
    #[must_use]
    pub fn new(code: Code, app_id: AppId, relay: Rendezvous) -> Self {
        Self {
            code,
            app_id,
            relay,
        }
    }

    /// The link of these bytes, exactly as [`reveal`](Self::reveal) writes it; its relay at plain
    /// `http` only on this machine, or when the user, and not the link, allowed it.
    ///
    /// # Errors
    ///
    /// [`BadLink`], the first fault in the order of LINK-2.
    // LINK-3: A receiver MUST NOT take a link as its user's permission for plain `http`
    pub fn parse(link: impl AsRef<[u8]>, allow_plain_http: bool) -> Result<Self, BadLink> {
        let link = link.as_ref();
        // LINK-2: A program that reads a link MUST refuse it as `bad-link`, by the first of these
        // *faults* that it has: it is longer than 8 192 bytes (`too-long`)
        if link.len() > Self::MAX {
            return Err(BadLink::TooLong);
        }
        let (code, app_id, relay) = parts(link).ok_or(BadLink::Form)?;
        let code = exact_code(code).ok_or(BadLink::Code)?;
        let app_id = AppId::from_hex(app_id).ok_or(BadLink::AppId)?;
        let relay = exact_relay(relay, allow_plain_http).ok_or(BadLink::Relay)?;
        Ok(Self::new(code, app_id, relay))
    }

    /// The appid, to be shown to the user.
    #[must_use]
    pub fn app_id(&self) -> &AppId {
        &self.app_id
    }

    /// The relay, to be shown to the user.
    #[must_use]
    pub fn relay(&self) -> &Rendezvous {
        &self.relay
    }

    /// Whether the user has to be asked about the appid, because it is not the receiver's own.
    // LINK-6: ask its user about the link's appid, unless it is its own, byte for byte
    #[must_use]
    pub fn asks_about_app_id(&self, own: &AppId) -> bool {
        self.app_id != *own
    }

    /// Whether the user has to be asked about the relay, because it is not the receiver's own.
    // LINK-5: unless it is its own, named by its user or its settings beforehand: the two
    // addresses, each less one trailing slash, are the same bytes
    #[must_use]
    pub fn asks_about_relay(&self, own: &Rendezvous) -> bool {
        self.relay.base() != own.base()
    }

    /// The code, the appid and the relay, for a run that the user has agreed to.
    // LINK-4: A receiver MUST NOT make any request with a link before its user has agreed to this
    // exchange, having seen what will be handed in
    #[must_use]
    pub fn agreed_by_user(self) -> (Code, AppId, Rendezvous) {
        (self.code, self.app_id, self.relay)
    }

    /// The link as text, to be shown to its user, as a QR code, say, and to nobody else.
    // LINK-1: A program that shows a link MUST write `wormhole-sync:`, the code as CODE-3 shows it,
    // `?appid=`, the appid in hex, `&relay=`, and the rendezvous address byte for byte as the
    // initiator uses it
    #[must_use]
    pub fn reveal(&self) -> impl fmt::Display + '_ {
        fmt::from_fn(|f| {
            write!(f, "{SCHEME}{}", self.code.reveal())?;
            write!(f, "{APP_ID}{}", self.app_id.to_hex())?;
            write!(f, "{RELAY}{}", escaped(self.relay.as_str()))
        })
    }
}

/// Why a text is no link, always `bad-link`, which is an error of the call and no outcome; each
/// variant is a fault of LINK-2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadLink {
    /// `too-long`: more than 8 192 bytes.
    TooLong,
    /// `bad-form`: not a link's parts in their order.
    Form,
    /// `bad-code`: the code is none, or not as an initiator shows it.
    Code,
    /// `bad-appid`: the appid is not hex of 1 to 128 bytes.
    AppId,
    /// `bad-relay`: the relay's address cannot be used, or is not written as in a link.
    Relay,
}

impl BadLink {
    /// The fault's token in LINK-2.
    #[must_use]
    pub const fn fault(self) -> &'static str {
        match self {
            Self::TooLong => "too-long",
            Self::Form => "bad-form",
            Self::Code => "bad-code",
            Self::AppId => "bad-appid",
            Self::Relay => "bad-relay",
        }
    }
}

/// The message shows nothing of the link, which a user has not typed and cannot mend.
impl fmt::Display for BadLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLong => "the link is longer than 8192 bytes",
            Self::Form => "this is no link of wormhole-sync, or a part of it is missing",
            Self::Code => "the code in the link cannot be one",
            Self::AppId => "the application identifier in the link is not 1 to 128 bytes in hex",
            Self::Relay => "the relay's address in the link cannot be used",
        })
    }
}

impl core::error::Error for BadLink {}

/// The code, the appid and the relay of a link, as they are written.
fn parts(link: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    // LINK-2: it is not `wormhole-sync:`, then bytes without `?`, then `?appid=`, then bytes
    // without `&`, then `&relay=`, then bytes (`bad-form`; each of the three parts may be empty,
    // and hold any other byte, be it UTF-8 or not)
    let rest = link.strip_prefix(SCHEME.as_bytes())?;
    let (code, rest) = rest.split_at(rest.iter().position(|byte| *byte == b'?')?);
    let rest = rest.strip_prefix(APP_ID.as_bytes())?;
    let (app_id, rest) = rest.split_at(rest.iter().position(|byte| *byte == b'&')?);
    Some((code, app_id, rest.strip_prefix(RELAY.as_bytes())?))
}

/// The code that is written so by an initiator, and not only so that it can be read.
fn exact_code(text: &[u8]) -> Option<Code> {
    // LINK-2: the first part is no code exactly as CODE-3 shows it, of words of their lists
    let code = Code::parse(text).ok()?;
    let shown = Zeroizing::new(code.reveal().to_string());
    (shown.as_bytes() == text).then_some(code)
}

/// The address that is written so in a link.
fn exact_relay(text: &[u8], allow_plain_http: bool) -> Option<Rendezvous> {
    // LINK-2: the third is not exactly what LINK-1 makes of an address that RDV-1 and RDV-2 accept
    let relay = Rendezvous::parse(&unescaped(text)?, allow_plain_http).ok()?;
    (escaped(relay.as_str()).as_bytes() == text).then_some(relay)
}

/// An address as a link has it.
fn escaped(address: &str) -> String {
    // LINK-1: with each character but ASCII letters, digits, `-`, `.`, `_`, `~`, `:` and `/` as `%`
    // and two uppercase hexadecimal digits
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/".contains(&byte);
    let escape = |byte| match is_plain(byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    };
    address.bytes().map(escape).collect()
}

/// The address that a link has, with every escape taken for its byte.
fn unescaped(text: &[u8]) -> Option<String> {
    let mut address = Vec::with_capacity(text.len());
    let mut rest = text.iter();
    while let Some(&byte) = rest.next() {
        address.push(match byte {
            b'%' => digit(*rest.next()?)? << 4 | digit(*rest.next()?)?,
            plain => plain,
        });
    }
    String::from_utf8(address).ok()
}

/// The value of an uppercase hexadecimal digit.
fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{ChannelId, Words};
    use super::*;

    const LINK: &str = "wormhole-sync:7-crossover-clockwork\
        ?appid=6578616d706c652e636f6d2f61707031&relay=https://relay.example";

    fn made(address: &str) -> String {
        let words = Words::dangerously_from_bytes(&[0x3c, 0x3b]).unwrap();
        let code = Code::new(ChannelId::new(7).unwrap(), words);
        let relay = Rendezvous::parse(address, true).unwrap();
        let link = Link::new(code, AppId::new("example.com/app1").unwrap(), relay);
        link.reveal().to_string()
    }

    #[test]
    fn a_link_has_its_three_parts() {
        assert_eq!(made("https://relay.example"), LINK);
        let link = Link::parse(LINK, false).unwrap();
        assert_eq!(link.relay().as_str(), "https://relay.example");
        assert_eq!(link.app_id().as_bytes(), b"example.com/app1");
        let (code, app_id, relay) = link.agreed_by_user();
        assert_eq!(code.reveal().to_string(), "7-crossover-clockwork");
        let again = Link::new(code, app_id, relay);
        assert_eq!(again.reveal().to_string(), LINK);
    }

    #[test]
    fn an_address_is_escaped_in_one_way() {
        for (address, written) in [
            ("http://[::1]:8080/a%20b", "http://%5B::1%5D:8080/a%2520b"),
            (
                "https://a/-._~!$&'()*+,;=:@",
                "https://a/-._~%21%24%26%27%28%29%2A%2B%2C%3B%3D:%40",
            ),
        ] {
            let link = made(address);
            assert!(link.ends_with(&format!("&relay={written}")), "{link}");
            let read = Link::parse(&link, false).unwrap();
            assert_eq!(read.relay().as_str(), address);
        }
        // The longest parts that there are.
        let longest = format!("https://a/{}", "!".repeat(2_048 - 10));
        assert!(made(&longest).len() < Link::MAX - 300);
    }

    #[test]
    fn another_spelling_is_no_link() {
        for (from, to, fault) in [
            ("wormhole-sync:", "Wormhole-sync:", BadLink::Form),
            ("wormhole-sync:", "wormhole-sync://", BadLink::Code),
            ("?appid", "?Appid", BadLink::Form),
            ("&relay", "&appid=61&relay", BadLink::Form),
            ("&relay=https://relay.example", "", BadLink::Form),
            ("7-crossover", "7-Crossover", BadLink::Code),
            ("7-crossover", "7_crossover", BadLink::Code),
            ("7-crossover", "7-crosover", BadLink::Code),
            ("clockwork", "clockwork\n", BadLink::Code),
            ("6578", "657", BadLink::AppId),
            ("6d2f", "6D2F", BadLink::AppId),
            ("https", "http", BadLink::Relay),
            ("https", "%68ttps", BadLink::Relay),
            (".example", ".example%5", BadLink::Relay),
            (".example", ".example/%5b", BadLink::Relay),
            (".example", ".example/%21%C3%BC", BadLink::Relay),
            (".example", ".example&mode=transcribe", BadLink::Relay),
            (".example", ".example#x", BadLink::Relay),
            (".example", ".example\n", BadLink::Relay),
        ] {
            let link = LINK.replacen(from, to, 1);
            assert_eq!(Link::parse(&link, false).err(), Some(fault), "{link}");
        }
        let long = [b' '; Link::MAX + 1];
        assert_eq!(Link::parse(long, true).err(), Some(BadLink::TooLong));
        assert_eq!(Link::parse(&long[1..], true).err(), Some(BadLink::Form));
    }

    /// LINK-3
    #[test]
    fn a_link_does_not_allow_plain_http() {
        let link = made("http://relay.example");
        assert_eq!(Link::parse(&link, false).err(), Some(BadLink::Relay));
        assert!(Link::parse(&link, true).is_ok());
    }

    #[test]
    fn what_is_not_the_receivers_own_is_asked_about() {
        let link = Link::parse(made("https://relay.example/"), false).unwrap();
        for (own, asks) in [
            ("https://relay.example", false),
            ("https://relay.example//", true),
            ("https://relay.example:443", true),
            ("https://relay.example.attacker.example", true),
        ] {
            let own = Rendezvous::parse(own, false).unwrap();
            assert_eq!(link.asks_about_relay(&own), asks, "{own}");
        }
        for (own, asks) in [("example.com/app1", false), ("example.com/app2", true)] {
            assert_eq!(link.asks_about_app_id(&AppId::new(own).unwrap()), asks);
        }
    }

    /// RAND-2
    #[test]
    fn debug_shows_no_word() {
        let shown = format!("{:?}", Link::parse(LINK, false).unwrap());
        assert!(shown.contains("[redacted]") && shown.contains("relay.example"));
        assert!(!shown.contains("clockwork") && !shown.contains("crossover"));
    }
}
