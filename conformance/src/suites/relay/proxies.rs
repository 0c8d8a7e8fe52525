//! The addresses of clients: behind a proxy (RELAY-22), and as they are counted (RELAY-26).
//!
//! With one live channel for each address, two allocates count for one address when the second is
//! refused.

use super::bench::Bench;
use super::case::RelayCase;
use super::channel::{Cell, Channel, allocate, fresh};
use super::fault::Fault;
use super::reply::Want;
use super::request::Request;
use crate::subject::relay_settings::RelaySettings;

const SUITE: &str = "relay-proxies";

/// Header lines from whose last entries `{a}` is read; `{b}` is what a client may have written, and
/// 127.0.0.1 the trusted proxy.
const OF_CLIENT: [(&str, &[&str]); 19] = [
    ("one", &["{a}"]),
    ("last-of-two", &["{b}, {a}"]),
    ("last-of-three", &["{b}, 192.0.2.7, {a}"]),
    ("no-space", &["{b},{a}"]),
    ("tabs", &["{b}\t,\t{a}"]),
    ("before-proxy", &["{a}, 127.0.0.1"]),
    ("before-proxies", &["{b}, {a}, 127.0.0.1, 127.0.0.1"]),
    ("before-mapped-proxy", &["{a}, ::ffff:127.0.0.1"]),
    ("two-lines", &["{b}", "{a}"]),
    ("proxy-in-second-line", &["{b}, {a}", "127.0.0.1"]),
    ("empty-elements", &["{b}, , {a}, ,"]),
    ("empty-line", &["{a}", ""]),
    ("port", &["{b}, {a}:4711"]),
    ("mapped", &["::ffff:{a}"]),
    ("mapped-brackets", &["[::ffff:{a}]:80"]),
    ("after-unknown", &["unknown, {a}"]),
    ("after-junk", &["junk\"', {a}"]),
    ("after-open-quote", &["\"{b}, {a}"]),
    ("after-junk-line", &["\"junk", "{a}"]),
];

/// These, of `Forwarded`.
const OF_CLIENT_FORWARDED: [(&str, &[&str]); 16] = [
    ("one", &["for={a}"]),
    ("name-in-capitals", &["FOR={a}"]),
    ("quoted", &["for=\"{a}\""]),
    ("port", &["for=\"{a}:4711\""]),
    ("mapped", &["for=\"[::ffff:{a}]\""]),
    ("last-of-two", &["for={b}, for={a}"]),
    (
        "with-others",
        &["for={b};by=192.0.2.7, by=192.0.2.8;for={a};proto=https"],
    ),
    ("two-lines", &["for={b}", "for={a}"]),
    ("before-proxy", &["for={b}, for={a}, for=127.0.0.1"]),
    (
        "quoted-comma",
        &["for={b};host=\"x, for=192.0.2.9\", for={a}"],
    ),
    ("quoted-comma-last", &["for={a};host=\"x, for=192.0.2.9\""]),
    ("quoted-semicolon", &["for={a};host=\"x;for=192.0.2.9\""]),
    ("escaped-quote", &["for={a};host=\"x\\\", for=192.0.2.9\""]),
    ("open-quote", &["for=\"{b}, for={a}"]),
    ("after-unknown", &["for=unknown, for={a}"]),
    ("empty-elements", &["for={b}, , for={a}, ,"]),
];

/// Header lines after which the peer itself counts.
const OF_PEER: [(&str, &[&str]); 11] = [
    ("missing", &[]),
    ("empty", &[""]),
    ("only-commas", &[", ,"]),
    ("proxy-alone", &["127.0.0.1"]),
    ("proxies-alone", &["127.0.0.1, 127.0.0.1"]),
    ("unknown-last", &["{b}, unknown"]),
    ("unknown-before-proxy", &["{b}, unknown, 127.0.0.1"]),
    ("no-address", &["{b}, 10.0.0.256"]),
    ("name", &["{b}, example.com"]),
    ("leading-zeros", &["{b}, 10.0.0.1.1"]),
    ("hidden", &["{b}, _hidden"]),
];

/// These, of `Forwarded`.
const OF_PEER_FORWARDED: [(&str, &[&str]); 6] = [
    ("missing", &[]),
    ("unknown", &["for={b}, for=unknown"]),
    ("without-for", &["for={b}, proto=https"]),
    ("two-fors", &["for={b};for={b}"]),
    ("hidden", &["for={b}, for=\"_hidden\""]),
    ("other-header", &["{b}"]),
];

/// The tests.
pub(super) fn cases() -> Vec<RelayCase> {
    let settings = |is_forwarded| RelaySettings {
        is_forwarded,
        ..RelaySettings::bound("channels_per_address", 1).behind_proxy()
    };
    let mut cases = Vec::new();
    let of_client = OF_CLIENT.into_iter().map(|row| (false, row));
    let of_client = of_client.chain(OF_CLIENT_FORWARDED.into_iter().map(|row| (true, row)));
    for (index, (is_forwarded, (id, lines))) in of_client.enumerate() {
        let header = settings(is_forwarded).header();
        let title = format!("{header}: {} is of the client {{a}}", lines.join(" | "));
        let id = format!("{}-client-{id}", header.to_lowercase());
        let index = 40 + index;
        cases.push(
            RelayCase::new(SUITE, id, title, &["RELAY-22"], move |bench| {
                let (a, b) = (format!("10.{index}.0.1"), format!("10.{index}.0.2"));
                let plain = |address: &str| match is_forwarded {
                    true => format!("for={address}"),
                    false => address.to_owned(),
                };
                let lines = filled(lines, &a, &b);
                bench.given(&from(bench, &[plain(&a)]), &Want::Status(201))?;
                bench.expect(&from(bench, &lines), &Want::token("rate-limited"))?;
                bench.expect(&from(bench, &[plain(&b)]), &Want::Status(201))?;
                Ok(())
            })
            .told(settings(is_forwarded))
            .starts(3),
        );
    }
    let of_peer = OF_PEER.into_iter().map(|row| (false, row));
    let of_peer = of_peer.chain(OF_PEER_FORWARDED.into_iter().map(|row| (true, row)));
    for (index, (is_forwarded, (id, lines))) in of_peer.enumerate() {
        let header = settings(is_forwarded).header();
        let title = format!("{header}: {lines:?} leaves the proxy's own address");
        let id = format!("{}-peer-{id}", header.to_lowercase());
        let index = 120 + index;
        cases.push(
            RelayCase::new(SUITE, id, title, &["RELAY-22"], move |bench| {
                let a = format!("10.{index}.0.1");
                let lines = filled(lines, &a, &a);
                // Other tests of the same relay may hold the proxy's one channel.
                let reply = bench.ask(&from(bench, &[]))?;
                let held = Want::Either(vec![Want::Status(201), Want::token("rate-limited")]);
                bench.judge(&reply, &held).map_err(Fault::of_setup)?;
                bench.expect(&from(bench, &lines), &Want::token("rate-limited"))?;
                Ok(())
            })
            .told(settings(is_forwarded))
            .starts(2),
        );
    }
    cases.extend(others());
    cases.extend(pairs());
    cases
}

fn filled(lines: &[&str], a: &str, b: &str) -> Vec<String> {
    let fill = |line: &&str| line.replace("{a}", a).replace("{b}", b);
    lines.iter().map(fill).collect()
}

/// An allocate with these lines of the header that the operator named.
fn from(bench: &Bench<'_>, lines: &[String]) -> Request {
    let name = bench.settings.header();
    let new = allocate(&fresh(12), &fresh(16), &fresh(33));
    let add = |request: Request, line: &String| request.header(name, line.clone());
    lines.iter().fold(new, add)
}

fn one(bench: &Bench<'_>, address: &str) -> Request {
    from(bench, &[address.to_owned()])
}

fn others() -> Vec<RelayCase> {
    let limited = || Want::token("rate-limited");
    let clauses = &["RELAY-22"];
    vec![
        RelayCase::new(SUITE, "untrusted", "the header of a peer that is no trusted proxy is ignored", clauses, move |bench| {
            let header = |name: &str, value: &str| {
                allocate(&fresh(12), &fresh(16), &fresh(33)).header(name, value)
            };
            bench.given(&header("X-Forwarded-For", "10.9.9.1"), &Want::Status(201))?;
            for (name, value) in [
                ("X-Forwarded-For", "10.9.9.2"),
                ("Forwarded", "for=10.9.9.3"),
                ("X-Real-IP", "10.9.9.4"),
            ] {
                bench.expect(&header(name, value), &limited())?;
            }
            Ok(())
        }).told(RelaySettings::bound("channels_per_address", 1)).alone().starts(4),
        RelayCase::new(SUITE, "other-header", "a header that the operator did not name is ignored", clauses, move |bench| {
            bench.given(&one(bench, "10.9.9.1"), &Want::Status(201))?;
            let other = one(bench, "10.9.9.1").header("Forwarded", "for=10.9.9.2");
            bench.expect(&other, &limited())?;
            let other = one(bench, "10.9.9.1").header("X-Real-IP", "10.9.9.3");
            bench.expect(&other, &limited())?;
            Ok(())
        }).told(RelaySettings::bound("channels_per_address", 1).behind_proxy()).alone().starts(3),
        RelayCase::new(SUITE, "rates-apart", "each client behind the proxy has a rate of its own", &["RELAY-20", "RELAY-22"], move |bench| {
            let mut is_over = false;
            for _ in 0..=8 {
                let reply = bench.ask(&one(bench, "10.9.9.1"))?;
                is_over |= limited().fits(&reply);
            }
            bench.check(is_over, "`rate-limited` after 8 starts at most", "none").map_err(Fault::of_setup)?;
            bench.expect(&one(bench, "10.9.9.2"), &Want::Status(201))?;
            Ok(())
        }).told(RelaySettings::bound("starts_per_minute", 4).behind_proxy()).alone().starts(10),
        RelayCase::new(SUITE, "connections-of-proxy", "a trusted proxy may have more connections than an address", clauses, |bench| {
            let nobody = Channel::new();
            let mut kept = Vec::new();
            for _ in 0..8 {
                let (reply, connection) = bench.begin(&nobody.read(Cell::Answer, 0))?.reply_and_connection()?;
                bench.judge(&reply, &Want::token("no-such-channel"))?;
                kept.push(connection);
            }
            Ok(())
        }).told(RelaySettings::bound("connections_per_address", 3).behind_proxy()).alone(),
        RelayCase::new(SUITE, "addresses", "with addresses of 3, a fourth that allocates or claims is refused as `unavailable`, and served with all else", &["RELAY-20", "RELAY-9"], |bench| {
            let mut channel = Channel::new();
            let header = |request: Request, address: &str| request.header("X-Forwarded-For", address);
            let reply = bench.given(&header(channel.allocate(), "10.9.9.1"), &Want::Status(201))?;
            channel.number = reply.number("channel").unwrap_or(0);
            let claim = channel.claim(&channel.claimant);
            // A live channel keeps its address counted.
            bench.given(&one(bench, "10.9.9.2"), &Want::Status(201))?;
            bench.given(&one(bench, "10.9.9.3"), &Want::Status(201))?;
            bench.given(&header(claim.clone(), "10.9.9.2"), &Want::Status(200))?;
            let full = Want::token("unavailable");
            bench.expect(&one(bench, "10.9.9.4"), &full)?;
            bench.expect(&header(claim, "10.9.9.4"), &full)?;
            bench.expect(&header(channel.allocate(), "10.9.9.4"), &full)?;
            bench.expect(&header(channel.write(Cell::Answer), "10.9.9.4"), &Want::Status(200))?;
            let read = header(channel.read(Cell::Answer, 0), "10.9.9.4");
            bench.expect(&read, &Want::cell(Cell::Answer.content()))?;
            bench.expect(&header(channel.allocate(), "10.9.9.1"), &Want::Status(201))?;
            let close = channel.close(&channel.owner, "done");
            bench.expect(&header(close, "10.9.9.4"), &Want::Status(200))?;
            Ok(())
        }).told(RelaySettings::bound("addresses", 3).behind_proxy()).alone().starts(8),
        RelayCase::new(SUITE, "six-nets", "IPv6 addresses of two networks count as two", &["RELAY-26"], |bench| {
            for address in ["2001:db8::1", "2001:db8:0:1::1", "fd00::1"] {
                bench.expect(&one(bench, address), &Want::Status(201))?;
            }
            Ok(())
        }).told(RelaySettings::bound("channels_per_address", 1).behind_proxy()).alone().starts(3),
        RelayCase::new(SUITE, "until-the-end", "a channel counts for the address that allocated it, whoever claims, and until its end", &["RELAY-20"], move |bench| {
            let mut channel = Channel::new();
            let header = |request: Request, address: &str| request.header("X-Forwarded-For", address);
            let reply = bench.given(&header(channel.allocate(), "10.9.9.1"), &Want::Status(201))?;
            channel.number = reply.number("channel").unwrap_or(0);
            let claim = channel.claim(&channel.claimant);
            bench.given(&header(claim, "10.9.9.2"), &Want::Status(200))?;
            bench.expect(&one(bench, "10.9.9.2"), &Want::Status(201))?;
            bench.expect(&one(bench, "10.9.9.1"), &limited())?;
            let close = channel.close(&channel.claimant, "done");
            bench.given(&header(close, "10.9.9.2"), &Want::Status(200))?;
            bench.expect(&one(bench, "10.9.9.1"), &Want::Status(201))?;
            Ok(())
        }).told(RelaySettings::bound("channels_per_address", 1).behind_proxy()).alone().starts(5),
    ]
}

/// Addresses as they are counted (RELAY-26): pairs that count as one, and pairs that do not. Each
/// pair has first bits of its own, so that a relay that counts by fewer bits fails the pairs alone.
fn pairs() -> Vec<RelayCase> {
    let pairs: [(&str, &str, &str, bool); 15] = [
        ("six-same", "3fff:1:1:1::1", "3fff:1:1:1::1", true),
        ("six-last-bit", "3fff:2:1:2::1", "3fff:2:1:2::2", true),
        (
            "six-last-64-bits",
            "3fff:3:1:3::",
            "3fff:3:1:3:ffff:ffff:ffff:ffff",
            true,
        ),
        ("six-bit-65", "3fff:4:1:4::", "3fff:4:1:4:8000::", true),
        (
            "six-spelling",
            "3fff:a5:1:5::1",
            "3FFF:00A5:0001:0005:0:0:0:1",
            true,
        ),
        ("six-brackets", "3fff:6:1:6::1", "[3fff:6:1:6::9]:443", true),
        ("six-bit-64", "3fff:7:1:8::1", "3fff:7:1:9::1", false),
        ("six-bit-56", "3fff:8:1:100::1", "3fff:8:1:200::1", false),
        ("six-bit-49", "3fff:9:1::1", "3fff:9:1:8000::1", false),
        ("six-bit-48", "3fff:a:2::1", "3fff:a:3::1", false),
        ("six-bit-33", "3fff:b::1", "3fff:b:8000::1", false),
        ("six-mapped", "198.51.100.1", "::ffff:198.51.100.1", true),
        (
            "six-mapped-others",
            "::ffff:203.0.113.2",
            "::ffff:203.0.113.3",
            false,
        ),
        ("ipv4-last-bit", "198.18.0.8", "198.18.0.9", false),
        ("ipv4-first-bit", "70.0.0.1", "198.0.0.1", false),
    ];
    pairs
        .into_iter()
        .map(|(id, first, second, is_one)| {
            let (word, want) = match is_one {
                true => ("one address", Want::token("rate-limited")),
                false => ("two addresses", Want::Status(201)),
            };
            let title = format!("{first} and {second} count as {word}");
            RelayCase::new(SUITE, id, title, &["RELAY-26"], move |bench| {
                bench.given(&one(bench, first), &Want::Status(201))?;
                bench.expect(&one(bench, second), &want)?;
                Ok(())
            })
            .told(RelaySettings::bound("channels_per_address", 1).behind_proxy())
        })
        .collect()
}
