//! `addresses`: application identifiers and rendezvous addresses (sections 3.2 and 3.4).

use serde_json::json;

use super::Sources;
use crate::suites::vectors::builder::BugType::{Basic, EdgeCase, Malleability, MissingStep};
use crate::suites::vectors::builder::Builder;
use crate::suites::vectors::bytes::parts;
use crate::suites::vectors::file::Family;

#[rustfmt::skip] // a row stays a line
pub(super) fn build(sources: &Sources) -> Result<Family, String> {
    let mut family = Builder::new("addresses", 1, &sources.seeds, "Application identifiers and rendezvous addresses");
    family.note("Usual", Basic, "As it is in real use.", "Nobody can connect.");
    family.note("Bound", EdgeCase, "The rim of a range.", "Valid values are refused, or invalid ones reach the relay.");
    family.note("Bytes", Malleability, "An appid is bytes, not text.", "Two applications, or two peers of one, do not agree on who they are.");
    family.note("Ambiguous", Malleability, "URL libraries read such an address in different ways.", "A user is led to another relay than the address shows.");
    family.note("PlainHttp", MissingStep, "Plain http beyond this machine.", "Whoever listens acts as that side.");
    family.op("appid");
    appids(&mut family);
    family.op("rendezvous");
    accepted(&mut family);
    plain_http(&mut family);
    refused(&mut family);
    family.finish(&sources.spec)
}

fn appids(family: &mut Builder) {
    let every: Vec<u8> = (0..128).collect();
    let upper: Vec<u8> = (128..=255).collect();
    for (id, comment, flag, appid) in [
        (
            "appid-usual",
            "A name by convention",
            "Usual",
            &b"example.com/app1"[..],
        ),
        ("appid-1-byte", "1 byte", "Bound", b"a"),
        ("appid-128-bytes", "128 bytes", "Bound", &[b'a'; 128]),
        ("appid-zero-byte", "One byte of zero", "Bytes", b"\0"),
        (
            "appid-bytes-00-to-7f",
            "All bytes below 128",
            "Bytes",
            &every,
        ),
        (
            "appid-bytes-80-to-ff",
            "All bytes above 127: not UTF-8",
            "Bytes",
            &upper,
        ),
        ("appid-spaces", "Spaces at the ends stay", "Bytes", b" a "),
        (
            "appid-uppercase",
            "Uppercase stays",
            "Bytes",
            b"Example.COM/App1",
        ),
        (
            "appid-composed",
            "U+00E9 stays composed",
            "Bytes",
            "\u{e9}".as_bytes(),
        ),
        (
            "appid-decomposed",
            "e and U+0301 stay decomposed",
            "Bytes",
            "e\u{301}".as_bytes(),
        ),
    ] {
        let clauses = if flag == "Bytes" { "RDV-3" } else { "APP-1" };
        let shown = wormhole_sync::values::hex::encode(appid);
        family.accept(
            id,
            comment,
            (clauses, flag),
            json!({"appid": parts(appid)}),
            json!({"hex": shown}),
        );
    }
    for (id, comment, appid, control) in [
        ("appid-empty", "No bytes", &b""[..], "appid-1-byte"),
        (
            "appid-129-bytes",
            "129 bytes",
            &[b'a'; 129],
            "appid-128-bytes",
        ),
        (
            "appid-4096-bytes",
            "4 096 bytes",
            &[b'a'; 4096],
            "appid-128-bytes",
        ),
    ] {
        family.refuse(
            id,
            comment,
            ("APP-1", "Bound"),
            json!({"appid": parts(appid)}),
            "bad-appid",
            control,
        );
    }
}

fn accept(family: &mut Builder, id: &str, comment: &str, flag: &str, address: &str, allow: bool) {
    let clauses = match flag {
        "PlainHttp" => "RDV-2 RDV-3 RDV-1",
        _ => "RDV-3 RDV-1",
    };
    let base = address.strip_suffix('/').unwrap_or(address);
    let input = json!({"address": address, "allow_plain_http": allow});
    family.accept(id, comment, (clauses, flag), input, json!({"base": base}));
}

#[rustfmt::skip] // a row stays a line
fn accepted(family: &mut Builder) {
    let longest = format!("https://relay.example/{}", "a".repeat(2048 - 22));
    for (id, comment, flag, address) in [
        ("https", "A name", "Usual", "https://relay.example"),
        ("https-slash", "A slash after the name is dropped", "Usual", "https://relay.example/"),
        ("https-port", "A port", "Usual", "https://relay.example:8443"),
        ("https-path", "A path", "Usual", "https://relay.example/sync"),
        ("https-path-slash", "One slash after the path is dropped", "Usual", "https://relay.example/sync/"),
        ("https-two-slashes", "Only one of two slashes is dropped", "Usual", "https://relay.example/sync//"),
        ("https-ipv4", "An IPv4 address", "Usual", "https://192.0.2.1"),
        ("https-ipv6", "A bracketed IPv6 address", "Usual", "https://[2001:db8::1]"),
        ("https-ipv6-port", "A bracketed IPv6 address with a port", "Usual", "https://[2001:db8::1]:8443/sync"),
        ("scheme-uppercase", "The scheme in uppercase", "Usual", "HTTPS://relay.example"),
        ("scheme-mixed", "The scheme in mixed case", "Usual", "hTTpS://relay.example"),
        ("port-1", "The smallest port", "Bound", "https://relay.example:1"),
        ("port-65535", "The largest port", "Bound", "https://relay.example:65535"),
        ("port-zeros", "A port with zeros in front, which counts by its value", "Bound", "https://relay.example:008443"),
        ("port-default", "The scheme's own port, written out", "Usual", "https://relay.example:443"),
        ("host-underscore", "A name with an underscore", "Usual", "https://my_relay.example"),
        ("host-one-label", "A name of one part", "Usual", "https://relay"),
        ("path-escape", "A percent sign with two hexadecimal digits", "Usual", "https://relay.example/a%2Fb%7e"),
        ("path-characters", "All that RFC 3986 allows in a path", "Bound", "https://relay.example/-._~!$&'()*+,;=:@az09"),
        ("path-three-dots", "Three dots are a name", "Bound", "https://relay.example/.../..."),
        ("host-127-short", "127.1 is a name", "Ambiguous", "https://127.1"),
        ("host-127-leading-zero", "127.0.0.01 is a name", "Ambiguous", "https://127.0.0.01"),
        ("host-number", "2130706433 is a name", "Ambiguous", "https://2130706433"),
        ("host-1-2-3-999", "1.2.3.999 is a name", "Ambiguous", "https://1.2.3.999"),
        ("host-localhost-dot", "localhost. is a name", "Ambiguous", "https://localhost."),
        ("host-x-localhost", "x.localhost is a name", "Ambiguous", "https://x.localhost"),
        ("host-ipv6-mapped", "An IPv4-mapped IPv6 address", "Ambiguous", "https://[::ffff:127.0.0.1]"),
        ("path-empty-segment", "An empty segment inside", "Bound", "https://relay.example/a//b"),
        ("2048-bytes", "2 048 bytes", "Bound", longest.as_str()),
    ] {
        accept(family, id, comment, flag, address, false);
    }
}

#[rustfmt::skip] // a row stays a line
fn plain_http(family: &mut Builder) {
    for (id, comment, address) in [
        ("http-localhost", "localhost", "http://localhost:8080"),
        ("http-localhost-uppercase", "localhost in any case", "http://LocalHost:8080"),
        ("http-127-0-0-1", "127.0.0.1", "http://127.0.0.1:8080"),
        ("http-127-255-255-254", "The whole of 127.0.0.0/8", "http://127.255.255.254"),
        ("http-ipv6-loopback", "[::1]", "http://[::1]:8080/"),
        ("http-ipv6-loopback-long", "::1 without a gap", "http://[0:0:0:0:0:0:0:1]"),
        ("http-ipv6-loopback-zeros", "::1 with leading zeros", "http://[0000::0001]"),
        ("http-ipv6-loopback-ipv4", "::1 with an IPv4 part", "http://[::0.0.0.1]"),
    ] {
        accept(family, id, comment, "PlainHttp", address, false);
    }
    for (id, comment, address) in [
        ("http-name", "A name", "http://relay.example"),
        ("http-127-lookalike", "A name that begins like an address of this machine", "http://127.0.0.1.example"),
        ("http-localhost-lookalike", "A name that begins like localhost", "http://localhost.example"),
        ("http-localhost-dot", "localhost. is a name other than localhost", "http://localhost.:8080"),
        ("http-localhost-subdomain", "A name below localhost", "http://relay.localhost"),
        ("http-128-0-0-1", "The first address after 127.0.0.0/8", "http://128.0.0.1"),
        ("http-private-network", "A private network is not this machine", "http://192.168.0.1"),
        ("http-127-short", "127.1 is a name here, though some libraries take it for 127.0.0.1", "http://127.1"),
        ("http-127-octal", "0177.0.0.1 is a name here, though some libraries take it for 127.0.0.1", "http://0177.0.0.1"),
        ("http-127-leading-zero", "127.0.0.01 is a name here, though some libraries take it for 127.0.0.1", "http://127.0.0.01"),
        ("http-127-three-zeros", "127.000.000.001 is a name here, though some libraries take it for 127.0.0.1", "http://127.000.000.001"),
        ("http-127-three-parts", "127.0.1 is a name here, though some libraries take it for 127.0.0.1", "http://127.0.1"),
        ("http-127-hexadecimal", "0x7f.0.0.1 is a name here, though some libraries take it for 127.0.0.1", "http://0x7f.0.0.1"),
        ("http-127-dot", "127.0.0.1. is a name here, though some libraries take it for 127.0.0.1", "http://127.0.0.1."),
        ("http-127-above-255", "127.0.0.256 is a name, and no address of 127.0.0.0/8", "http://127.0.0.256"),
        ("http-127-number", "2130706433 is a name here, though some libraries take it for 127.0.0.1", "http://2130706433"),
        ("http-unspecified", "0.0.0.0 is not a loopback address", "http://0.0.0.0:8080"),
        ("http-ipv6-mapped", "An IPv4-mapped IPv6 address is not [::1]", "http://[::ffff:127.0.0.1]"),
    ] {
        accept(family, &format!("{id}-allowed"), &format!("{comment}; the user allows plain http"), "PlainHttp", address, true);
        let input = json!({"address": address, "allow_plain_http": false});
        let control = format!("{id}-allowed");
        family.refuse(id, comment, ("RDV-2", "PlainHttp"), input, "bad-rendezvous", &control);
    }
}

#[rustfmt::skip] // a row stays a line
fn refused(family: &mut Builder) {
    let too_long = format!("https://relay.example/{}", "a".repeat(2049 - 22));
    for (id, comment, flag, address) in [
        ("empty", "Nothing", "Bound", ""),
        ("2049-bytes", "2 049 bytes", "Bound", too_long.as_str()),
        ("no-scheme", "No scheme", "Ambiguous", "relay.example"),
        ("scheme-relative", "No scheme but slashes", "Ambiguous", "//relay.example"),
        ("scheme-ftp", "Another scheme", "Ambiguous", "ftp://relay.example"),
        ("scheme-ws", "The scheme of web sockets", "Ambiguous", "wss://relay.example"),
        ("scheme-one-slash", "One slash after the scheme", "Ambiguous", "https:/relay.example"),
        ("scheme-no-slash", "No slash after the scheme", "Ambiguous", "https:relay.example"),
        ("scheme-alone", "A scheme alone", "Ambiguous", "https://"),
        ("no-host-but-path", "A path and no host", "Ambiguous", "https:///sync"),
        ("no-host-but-port", "A port and no host", "Ambiguous", "https://:8443"),
        ("port-empty", "An empty port", "Ambiguous", "https://relay.example:"),
        ("port-0", "Port 0", "Bound", "https://relay.example:0"),
        ("port-65536", "Port 65536", "Bound", "https://relay.example:65536"),
        ("port-2-to-the-32", "Port 2^32 + 443, which 32 bits take for 443", "Bound", "https://relay.example:4294967739"),
        ("port-letters", "A port of letters", "Ambiguous", "https://relay.example:https"),
        ("port-sign", "A port with a sign", "Ambiguous", "https://relay.example:+443"),
        ("user", "A user", "Ambiguous", "https://user@relay.example"),
        ("user-and-password", "A user and a password", "Ambiguous", "https://user:password@relay.example"),
        ("user-empty", "An empty user", "Ambiguous", "https://@relay.example"),
        ("user-looks-like-host", "A user that looks like the host", "Ambiguous", "https://relay.example@attacker.example"),
        ("backslash", "A backslash, which browsers take for a slash", "Ambiguous", "https://attacker.example\\@relay.example"),
        ("query", "A query", "Ambiguous", "https://relay.example/?a=b"),
        ("query-empty", "An empty query", "Ambiguous", "https://relay.example/?"),
        ("fragment", "A fragment", "Ambiguous", "https://relay.example/#a"),
        ("fragment-empty", "An empty fragment", "Ambiguous", "https://relay.example#"),
        ("space-before", "A space before", "Ambiguous", " https://relay.example"),
        ("space-after", "A space after", "Ambiguous", "https://relay.example "),
        ("tab-inside", "A tab inside, which browsers remove", "Ambiguous", "https://relay.ex\tample"),
        ("lf-after", "An LF after", "Ambiguous", "https://relay.example\n"),
        ("cr-lf-inside", "A header's end inside", "Ambiguous", "https://relay.example/\r\nHost: attacker.example"),
        ("nul", "A NUL", "Ambiguous", "https://relay.example\0"),
        ("host-escape", "A percent sign in the host", "Ambiguous", "https://rel%61y.example"),
        ("host-sub-delimiter", "A character in the host that RFC 3986 allows and this text does not", "Ambiguous", "https://relay!.example"),
        ("unicode-host", "A name outside ASCII", "Ambiguous", "https://b\u{fc}cher.example"),
        ("unicode-full-stop", "U+3002, which IDNA takes for a full stop", "Ambiguous", "https://relay\u{3002}example"),
        ("unicode-path", "A path outside ASCII", "Ambiguous", "https://relay.example/\u{e9}"),
        ("path-dot", "A segment of one dot", "Ambiguous", "https://relay.example/./sync"),
        ("path-dot-dot", "A segment of two dots", "Ambiguous", "https://relay.example/sync/.."),
        ("path-escaped-dot-dot", "A segment of two dots, both escaped", "Ambiguous", "https://relay.example/sync/%2e%2E/"),
        ("path-half-escaped-dot-dot", "A segment of two dots, one of them escaped", "Ambiguous", "https://relay.example/.%2e/sync"),
        ("path-escaped-dot", "A segment of one dot, escaped", "Ambiguous", "https://relay.example/%2e/sync"),
        ("path-dot-slash", "A segment of one dot at the end, with its slash", "Ambiguous", "https://relay.example/sync/./"),
        ("path-percent-alone", "A percent sign at the end", "Ambiguous", "https://relay.example/100%"),
        ("path-percent-one-digit", "A percent sign with one digit", "Ambiguous", "https://relay.example/%2"),
        ("path-percent-no-hex", "A percent sign with letters that are no digits", "Ambiguous", "https://relay.example/%zz"),
        ("path-brackets", "A bracket in the path", "Ambiguous", "https://relay.example/[a]"),
        ("path-quote", "A quote in the path", "Ambiguous", "https://relay.example/\"a\""),
        ("path-angle-bracket", "An angle bracket in the path", "Ambiguous", "https://relay.example/<a>"),
        ("ipv6-no-brackets", "An IPv6 address without brackets", "Ambiguous", "https://2001:db8::1"),
        ("ipv6-open-bracket", "An IPv6 address with one bracket", "Ambiguous", "https://[2001:db8::1"),
        ("ipv6-two-gaps", "An IPv6 address with two gaps", "Ambiguous", "https://[2001::db8::1]"),
        ("ipv6-zone", "An IPv6 address with a zone", "Ambiguous", "https://[fe80::1%25eth0]"),
        ("ipv6-text-after", "Text after the brackets", "Ambiguous", "https://[2001:db8::1]a"),
        ("host-in-brackets", "A name in brackets", "Ambiguous", "https://[relay.example]"),
    ] {
        let input = json!({"address": address, "allow_plain_http": false});
        family.refuse(id, comment, ("RDV-1", flag), input, "bad-rendezvous", "https");
    }
}
