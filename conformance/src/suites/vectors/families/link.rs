//! `link`: codes with their appid and relay in one URI (section 4.1).

use serde_json::{Value, json};

use super::Sources;
use crate::suites::vectors::builder::BugType::{
    AuthBypass, Basic, EdgeCase, Legacy, Malleability, MissingStep,
};
use crate::suites::vectors::builder::Builder;
use crate::suites::vectors::bytes::{hex, parts};
use crate::suites::vectors::file::Family;

const APPID: &str = "example.com/app1";
const APPID_HEX: &str = "6578616d706c652e636f6d2f61707031";
const TWO: &[u8] = &[0x3c, 0x3b];
const EIGHT: &[u8] = &[0, 1, 2, 3, 252, 253, 254, 255];
const RELAY: &str = "https://relay.example";
const USUAL: &str = "wormhole-sync:7-crossover-clockwork?appid=6578616d706c652e636f6d2f61707031&relay=https://relay.example";

pub(super) fn build(sources: &Sources) -> Result<Family, String> {
    let mut family = Builder::new(
        "link",
        1,
        &sources.seeds,
        "Links: a code with its appid and relay in one URI",
    );
    notes(&mut family);
    printed(&mut family, sources);
    family.op("link-parse");
    accepted(&mut family);
    asked(&mut family);
    plain_http(&mut family);
    forms(&mut family);
    codes(&mut family);
    appids(&mut family);
    relays(&mut family);
    orders(&mut family);
    family.finish(&sources.spec)
}

#[rustfmt::skip] // a row stays a line
fn notes(family: &mut Builder) {
    family.note("Usual", Basic, "As it is in real use.", "Nobody can connect.");
    family.note("Bound", EdgeCase, "The rim of a range.", "Links are refused that initiators make.");
    family.note("OneSpelling", Malleability, "What libraries for URIs take for the same link: other cases, escapes and orders of parts.", "Two programs read two exchanges in one link, or one of them reads none.");
    family.note("Parts", MissingStep, "Each part stands, once, and no other.", "A program takes a default that the other side does not have, or obeys a part that another ignores.");
    family.note("Unicode", Legacy, "Bytes that are not ASCII.", "Programs disagree, by library, on what a link is.");
    family.note("Ask", AuthBypass, "Whether the user is asked about a relay or an appid that is not the receiver's own.", "Whoever makes a link decides which host a machine talks to, or which application gets a blob.");
    family.note("PlainHttp", AuthBypass, "A link is no permission for plain http.", "Whoever makes a link decides who listens.");
    family.note("Order", MissingStep, "Two faults at once: the first in the order of LINK-2 is named.", "The user is told the wrong thing.");
}

fn printed(family: &mut Builder, sources: &Sources) {
    let all: Vec<u8> = (0..128).collect();
    let upper: Vec<u8> = (128..=255).collect();
    let longest = format!("https://relay.example/{}", "a".repeat(2048 - 22));
    let most = format!("https://a/{}", "!".repeat(2048 - 10));
    let own = APPID.as_bytes();
    #[rustfmt::skip] // a row stays a line
    let rows = [
        ("usual", "Two words, a name and an address", 7, TWO, own, RELAY),
        ("8-words", "Eight words", 7, EIGHT, own, RELAY),
        ("channel-999999999", "The largest channel id", 999_999_999, TWO, own, RELAY),
        ("appid-1-byte", "An appid of one byte, which is no text", 7, TWO, &[0xff][..], RELAY),
        ("appid-bytes-00-to-7f", "An appid of all bytes below 128", 7, TWO, &all[..], RELAY),
        ("appid-bytes-80-to-ff", "An appid of all bytes above 127", 7, TWO, &upper[..], RELAY),
        ("trailing-slash", "The address stands as it is used, slash and all", 7, TWO, own, "https://relay.example/sync/"),
        ("address-case", "The address keeps its case", 7, TWO, own, "HTTPS://Relay.Example:0443/Sync"),
        ("ipv6", "Brackets are escaped, colons are not", 7, TWO, own, "http://[::1]:8080"),
        ("every-character", "All characters that an address can have", 7, TWO, own, "https://relay.example/-._~!$&'()*+,;=:@/AZaz09%20%3f%2F"),
        ("2048-bytes", "An address of 2 048 bytes", 7, TWO, own, longest.as_str()),
        ("longest", "An address of 2 048 bytes, as many of them as can be escaped", 7, TWO, own, most.as_str()),
    ];
    for (id, comment, channel, words, appid, relay) in rows {
        let code = format!("{channel}-{}", sources.lists.shown(words).join("-"));
        let appid_hex = wormhole_sync::values::hex::encode(appid);
        let link = format!(
            "wormhole-sync:{code}?appid={appid_hex}&relay={}",
            escaped(relay)
        );
        family.op("link-print");
        let input =
            json!({"channel": channel, "words": hex(words), "appid": hex(appid), "relay": relay});
        family.accept(
            &format!("show-{id}"),
            comment,
            ("LINK-1", if id == "usual" { "Usual" } else { "Bound" }),
            input,
            json!({"link": link}),
        );
        family.op("link-parse");
        let ok = json!({
            "channel": channel, "words": sources.lists.shown(words),
            "appid": appid_hex, "relay": relay, "ask_appid": appid != own,
            "ask_relay": relay != RELAY,
        });
        family.accept(
            &format!("read-{id}"),
            comment,
            ("LINK-2 LINK-1", "Bound"),
            given(link.as_bytes(), false),
            ok,
        );
    }
}

/// By the formula of LINK-1.
fn escaped(address: &str) -> String {
    let escape = |character: char| match character {
        'A'..='Z' | 'a'..='z' | '0'..='9' | '-' | '.' | '_' | '~' | ':' | '/' => {
            character.to_string()
        }
        other => format!("%{:02X}", u32::from(other)),
    };
    address.chars().map(escape).collect()
}

fn given(link: &[u8], allow_plain_http: bool) -> Value {
    json!({
        "link": parts(link), "own_appid": hex(APPID), "own_relay": RELAY,
        "allow_plain_http": allow_plain_http,
    })
}

fn read_as(appid: &str, relay: &str, ask_appid: bool, ask_relay: bool) -> Value {
    json!({
        "channel": 7, "words": ["crossover", "clockwork"], "appid": appid, "relay": relay,
        "ask_appid": ask_appid, "ask_relay": ask_relay,
    })
}

fn refuse(
    family: &mut Builder,
    id: &str,
    comment: &str,
    flag: &str,
    link: impl AsRef<[u8]>,
    fault: &str,
) {
    // What an appid in hex must be is HEX-1's.
    let clauses = match id {
        "bad-appid-empty" | "bad-appid-129-bytes" => "LINK-2",
        _ if fault == "bad-appid" => "LINK-2 HEX-1",
        _ => "LINK-2",
    };
    let link = link.as_ref();
    let (of, outcome) = ((clauses, flag), format!("bad-link/{fault}"));
    let test = family.refuse(id, comment, of, given(link, false), &outcome, "usual");
    if link.len() <= 160 {
        test.shown = Some(link.escape_ascii().to_string());
    }
}

fn accepted(family: &mut Builder) {
    let ok = read_as(APPID_HEX, RELAY, false, false);
    let (of, input) = (("LINK-2", "Usual"), given(USUAL.as_bytes(), false));
    let test = family.accept("usual", "The receiver's own relay and appid", of, input, ok);
    test.shown = Some(USUAL.to_owned());
}

#[rustfmt::skip] // a row stays a line
fn asked(family: &mut Builder) {
    for (id, comment, own, relay, asks) in [
        ("own-slash", "The own address with a trailing slash, the link's without", "https://relay.example/", RELAY, false),
        ("link-slash", "The link's address with a trailing slash, the own without", RELAY, "https://relay.example/", false),
        ("both-slash", "Both with a trailing slash", "https://relay.example/sync/", "https://relay.example/sync/", false),
        ("two-slashes", "Two trailing slashes are not one", "https://relay.example/", "https://relay.example//", true),
        ("other-host", "Another host", RELAY, "https://attacker.example", true),
        ("longer-host", "A host that begins like the own", RELAY, "https://relay.example.attacker.example", true),
        ("other-case", "The same host in another case is asked about: bytes are compared", RELAY, "https://Relay.example", true),
        ("default-port", "The same port, written out, is asked about", RELAY, "https://relay.example:443", true),
        ("other-port", "Another port", RELAY, "https://relay.example:8443", true),
        ("other-path", "A path that the own address does not have", RELAY, "https://relay.example/sync", true),
        ("other-scheme", "Plain http to the own host, which is this machine", "https://localhost", "http://localhost", true),
        ("this-machine", "This machine is not the own relay", RELAY, "http://127.0.0.1:8080", true),
    ] {
        let link = format!("wormhole-sync:7-crossover-clockwork?appid={APPID_HEX}&relay={}", escaped(relay));
        let mut input = given(link.as_bytes(), false);
        input["own_relay"] = json!(own);
        family.accept(&format!("relay-{id}"), comment, ("LINK-5 LINK-2", "Ask"), input, read_as(APPID_HEX, relay, false, asks));
    }
    for (id, comment, own, asks) in [
        ("same", "The same appid", APPID.as_bytes(), false),
        ("other", "Another appid", b"example.com/app2", true),
        ("prefix", "An appid that begins like the link's", b"example.com/app", true),
        ("longer", "An appid that goes on after the link's", b"example.com/app10", true),
        ("other-case", "The same letters in another case", b"Example.com/app1", true),
    ] {
        let mut input = given(USUAL.as_bytes(), false);
        input["own_appid"] = hex(own);
        family.accept(&format!("appid-{id}"), comment, ("LINK-6 LINK-2", "Ask"), input, read_as(APPID_HEX, RELAY, asks, false));
    }
}

#[rustfmt::skip] // a row stays a line
fn plain_http(family: &mut Builder) {
    for (id, comment, relay) in [
        ("http-name", "Plain http to another machine", "http://relay.example"),
        ("http-127-short", "Plain http to 127.1, which is a name", "http://127.1"),
        ("http-ipv6-mapped", "Plain http to an IPv4-mapped address", "http://[::ffff:127.0.0.1]"),
    ] {
        let link = format!("wormhole-sync:7-crossover-clockwork?appid={APPID_HEX}&relay={}", escaped(relay));
        let ok = read_as(APPID_HEX, relay, false, true);
        let allowed = format!("{id}-allowed");
        family.accept(&allowed, &format!("{comment}; the user allows it"), ("LINK-3 LINK-2", "PlainHttp"), given(link.as_bytes(), true), ok);
        family.refuse(id, comment, ("LINK-3 LINK-2", "PlainHttp"), given(link.as_bytes(), false), "bad-link/bad-relay", &allowed);
    }
}

#[rustfmt::skip] // a row stays a line
fn forms(family: &mut Builder) {
    let code = "7-crossover-clockwork";
    let usual = |from: &str, to: &str| USUAL.replacen(from, to, 1);
    for (id, comment, flag, link) in [
        ("empty", "Nothing", "Parts", String::new()),
        ("code-alone", "A code and no link", "Parts", code.to_owned()),
        ("scheme-alone", "The scheme alone", "Parts", "wormhole-sync:".to_owned()),
        ("scheme-and-code", "No appid and no relay", "Parts", format!("wormhole-sync:{code}")),
        ("no-query", "A question mark and nothing after it", "Parts", format!("wormhole-sync:{code}?")),
        ("no-relay", "No relay", "Parts", format!("wormhole-sync:{code}?appid={APPID_HEX}")),
        ("no-appid", "No appid", "Parts", format!("wormhole-sync:{code}?relay={RELAY}")),
        ("relay-first", "The relay before the appid", "OneSpelling", format!("wormhole-sync:{code}?relay={RELAY}&appid={APPID_HEX}")),
        ("appid-twice", "The appid twice", "Parts", usual("&relay", &format!("&appid={APPID_HEX}&relay"))),
        ("part-between", "An unknown part between", "Parts", usual("&relay", "&mode=transcribe&relay")),
        ("part-first", "An unknown part before", "Parts", usual("?appid", "?version=1&appid")),
        ("empty-part", "An empty part between", "OneSpelling", usual("&relay", "&&relay")),
        ("semicolon", "A semicolon between the parts", "OneSpelling", usual("&relay", ";relay")),
        ("escaped-ampersand", "An ampersand as HTML has it", "OneSpelling", usual("&relay", "&amp;relay")),
        ("name-uppercase", "The name of a part in uppercase", "OneSpelling", usual("appid", "APPID")),
        ("name-escaped", "A letter of a name escaped", "OneSpelling", usual("appid", "%61ppid")),
        ("scheme-uppercase", "The scheme in uppercase", "OneSpelling", usual("wormhole-sync", "WORMHOLE-SYNC")),
        ("scheme-capital", "A capital at the front, as keyboards make", "OneSpelling", usual("wormhole-sync", "Wormhole-sync")),
        ("all-uppercase", "All in uppercase, as it would be shorter in a QR code", "OneSpelling", USUAL.to_uppercase()),
        ("other-scheme", "The scheme of another protocol", "Parts", usual("wormhole-sync", "wormhole-transfer")),
        ("https", "A link of https with the code in its fragment", "Parts", format!("{RELAY}/#{code}")),
        ("space-before", "A space before", "OneSpelling", format!(" {USUAL}")),
        ("byte-order-mark", "A byte order mark before", "Unicode", format!("\u{feff}{USUAL}")),
        ("angle-brackets", "Angle brackets around it, as in mails", "OneSpelling", format!("<{USUAL}>")),
    ] {
        refuse(family, &format!("form-{id}"), comment, flag, link, "bad-form");
    }
    refuse(family, "8192-bytes", "8 192 bytes that are no link", "Bound", [b'a'; 8192], "bad-form");
    refuse(family, "8193-bytes", "8 193 bytes", "Bound", [b'a'; 8193], "too-long");
    let mut long = USUAL.as_bytes().to_vec();
    long.resize(8193, b'a');
    refuse(family, "8193-bytes-of-a-link", "A link of 8 193 bytes, most of them in its relay", "Bound", &long, "too-long");
    refuse(family, "8192-bytes-of-a-link", "A link of 8 192 bytes, most of them in its relay", "Bound", &long[..8192], "bad-relay");
}

#[rustfmt::skip] // a row stays a line
fn codes(family: &mut Builder) {
    for (id, comment, flag, code) in [
        ("empty", "No code", "Parts", &b""[..]),
        ("slashes", "Two slashes before the code", "OneSpelling", b"//7-crossover-clockwork"),
        ("uppercase", "A code in uppercase, which users may type", "OneSpelling", b"7-CROSSOVER-CLOCKWORK"),
        ("spaces", "A code with spaces, which users may type", "OneSpelling", b"7 crossover clockwork"),
        ("underscores", "A code with underscores, which users may type", "OneSpelling", b"7_crossover_clockwork"),
        ("double-hyphen", "A code with a run of hyphens, which users may type", "OneSpelling", b"7--crossover-clockwork"),
        ("space-after", "A space after the code", "OneSpelling", b"7-crossover-clockwork "),
        ("lf-after", "An LF after the code", "OneSpelling", b"7-crossover-clockwork\n"),
        ("en-dash", "A dash in UTF-8, which users may paste", "Unicode", "7\u{2013}crossover\u{2013}clockwork".as_bytes()),
        ("byte-order-mark", "A byte order mark before the code", "Unicode", "\u{feff}7-crossover-clockwork".as_bytes()),
        ("escaped", "A letter of the code escaped", "OneSpelling", b"7-crossover-cl%6Fckwork"),
        ("escaped-hyphen", "A hyphen of the code escaped", "OneSpelling", b"7%2Dcrossover-clockwork"),
        ("fragment", "A fragment after the code", "Parts", b"7-crossover-clockwork#x"),
        ("parameter", "A parameter after the code", "Parts", b"7-crossover-clockwork;x=y"),
        ("ampersand", "An ampersand before the question mark is of the code", "Parts", b"7-crossover-clockwork&relay=x"),
        ("leading-zero", "A leading zero", "OneSpelling", b"07-crossover-clockwork"),
        ("channel-0", "Channel id 0", "Bound", b"0-crossover-clockwork"),
        ("1-word", "One word", "Bound", b"7-crossover"),
        ("9-words", "Nine words", "Bound", b"7-crossover-clockwork-crossover-clockwork-crossover-clockwork-crossover-clockwork-crossover"),
        ("unknown-word", "A word that is in no list", "Parts", b"7-crosover-clockwork"),
        ("swapped-words", "Two words swapped", "Parts", b"7-clockwork-crossover"),
        ("byte-ff", "A byte that is no UTF-8", "Unicode", b"7-crossover-clockwork\xff"),
    ] {
        let link = [b"wormhole-sync:", code, b"?appid=", APPID_HEX.as_bytes(), b"&relay=", RELAY.as_bytes()].concat();
        refuse(family, &format!("code-{id}"), comment, flag, link, "bad-code");
    }
}

#[rustfmt::skip] // a row stays a line
fn appids(family: &mut Builder) {
    for (id, comment, flag, appid) in [
        ("empty", "An empty appid", "Bound", &b""[..]),
        ("129-bytes", "129 bytes", "Bound", &[b'6'; 258]),
        ("odd", "An odd number of digits", "Bound", b"616"),
        ("uppercase", "Hex in uppercase", "OneSpelling", b"6D"),
        ("text", "An appid as text", "OneSpelling", b"example.com/app1"),
        ("prefix", "Hex with 0x before", "OneSpelling", b"0x61"),
        ("escaped", "A digit escaped", "OneSpelling", b"6%31"),
        ("space", "A space after", "OneSpelling", b"61 "),
        ("fullwidth-digits", "Fullwidth digits", "Unicode", "\u{ff16}\u{ff11}".as_bytes()),
        ("question-mark", "A second question mark is of the appid", "Parts", b"61?appid=61"),
        ("fragment", "A fragment after the appid", "Parts", b"61#x"),
    ] {
        let link = [b"wormhole-sync:7-crossover-clockwork?appid=", appid, b"&relay=", RELAY.as_bytes()].concat();
        refuse(family, &format!("bad-appid-{id}"), comment, flag, link, "bad-appid");
    }
}

#[rustfmt::skip] // a row stays a line
fn relays(family: &mut Builder) {
    let too_long = format!("https://relay.example/{}", "a".repeat(2049 - 22));
    for (id, comment, flag, relay) in [
        ("empty", "An empty relay", "Bound", &b""[..]),
        ("2049-bytes", "An address of 2 049 bytes", "Bound", too_long.as_bytes()),
        ("no-scheme", "No scheme", "Parts", b"relay.example"),
        ("scheme-ws", "The scheme of web sockets", "Parts", b"wss://relay.example"),
        ("user", "A user", "OneSpelling", b"https://relay.example%40attacker.example"),
        ("query", "An address with a query", "Parts", b"https://relay.example/%3Fa"),
        ("question-mark", "A question mark as it is", "Parts", b"https://relay.example?a"),
        ("dot-dot", "An address with a segment of two dots", "Parts", b"https://relay.example/../sync"),
        ("part-after", "An unknown part after", "Parts", b"https://relay.example&mode=transcribe"),
        ("relay-twice", "The relay twice", "Parts", b"https://relay.example&relay=https://relay.example"),
        ("ampersand-after", "An ampersand after", "OneSpelling", b"https://relay.example&"),
        ("fragment", "A fragment after the relay", "Parts", b"https://relay.example#x"),
        ("fragment-empty", "An empty fragment", "OneSpelling", b"https://relay.example#"),
        ("needless-escape", "A letter escaped", "OneSpelling", b"https://relay.e%78ample"),
        ("needless-escape-colon", "Colon and slashes escaped, as libraries do", "OneSpelling", b"https%3A%2F%2Frelay.example"),
        ("needless-escape-tilde", "A tilde escaped", "OneSpelling", b"https://relay.example/%7Ea"),
        ("lowercase-escape", "An escape in lowercase", "OneSpelling", b"http://%5b::1%5d"),
        ("brackets", "Brackets as they are", "OneSpelling", b"http://[::1]"),
        ("plus", "A plus as it is, which forms take for a space", "OneSpelling", b"https://relay.example/a+b"),
        ("at", "A commercial at in the path as it is", "OneSpelling", b"https://relay.example/@"),
        ("percent", "An escape of the address as it is", "OneSpelling", b"https://relay.example/a%20b"),
        ("percent-alone", "A percent sign at the end", "OneSpelling", b"https://relay.example/%"),
        ("percent-one-digit", "A percent sign with one digit", "OneSpelling", b"https://relay.example/%2"),
        ("percent-no-hex", "A percent sign with letters that are no digits", "OneSpelling", b"https://relay.example/%ZZ"),
        ("percent-sign-digits", "A percent sign with a sign and a digit", "OneSpelling", b"https://relay.example/%+1"),
        ("nul", "A NUL, escaped", "OneSpelling", b"https://relay.example%00"),
        ("lf-after", "An LF after", "OneSpelling", b"https://relay.example\n"),
        ("space-after", "A space after", "OneSpelling", b"https://relay.example "),
        ("unicode", "A name outside ASCII", "Unicode", "https://b\u{fc}cher.example".as_bytes()),
        ("unicode-escaped", "A name outside ASCII, escaped", "Unicode", b"https://b%C3%BCcher.example"),
        ("latin-1-escaped", "A byte that is no UTF-8, escaped", "Unicode", b"https://b%FCcher.example"),
        ("overlong-escaped", "An overlong slash, escaped", "Unicode", b"https://relay.example%C0%AFsync"),
        ("byte-ff", "A byte that is no UTF-8", "Unicode", b"https://relay.example\xff"),
    ] {
        let link = [b"wormhole-sync:7-crossover-clockwork?appid=", APPID_HEX.as_bytes(), b"&relay=", relay].concat();
        refuse(family, &format!("bad-relay-{id}"), comment, flag, link, "bad-relay");
    }
}

#[rustfmt::skip] // a row stays a line
fn orders(family: &mut Builder) {
    for (id, comment, link, fault) in [
        ("form-first", "All parts bad, and one too many", "wormhole-sync:x?appid=x&x=x&relay=x", "bad-form"),
        ("code-before-appid", "All parts bad", "wormhole-sync:x?appid=x&relay=x", "bad-code"),
        ("appid-before-relay", "Appid and relay bad", "wormhole-sync:7-crossover-clockwork?appid=x&relay=x", "bad-appid"),
        ("empty-parts", "All parts empty", "wormhole-sync:?appid=&relay=", "bad-code"),
    ] {
        refuse(family, id, comment, "Order", link, fault);
    }
}
