//! Inputs that a client refuses by itself: it makes no request.

use super::super::scenario::{PeerKind, Scenario, initiator, receiver};
use crate::stage::bytes::TranscriptBytes;
use crate::suites::replay::transcript::RunInput;

pub(super) fn scenarios() -> Vec<Scenario> {
    let mut all = both();
    all.extend(codes());
    all.extend(order());
    all
}

type Given = fn(&mut RunInput);

/// An address of a wrong form, where no address would be right.
const NOWHERE: &str = "ftp://127.0.0.1/";

fn local(one: Scenario, clauses: &[&'static str], given: Given, ends: &str) -> Scenario {
    one.peer(PeerKind::Nobody)
        .clauses(clauses)
        .given(given)
        .ends(ends)
}

fn both() -> Vec<Scenario> {
    let same: [(&str, &str, &[&str], Given, &str); 22] = [
        (
            "blob-65536",
            "a blob of 65 536 bytes",
            &["BLOB-1"],
            |input| input.blob = TranscriptBytes::repeat(b"\0", 65_536),
            "blob-too-large",
        ),
        (
            "appid-0",
            "an appid of no bytes",
            &["APP-1"],
            |input| input.appid = TranscriptBytes::hex(b""),
            "bad-appid",
        ),
        (
            "appid-129",
            "an appid of 129 bytes",
            &["APP-1"],
            |input| input.appid = TranscriptBytes::repeat(b"a", 129),
            "bad-appid",
        ),
        (
            "address-empty",
            "an empty address",
            &["RDV-1"],
            |input| at(input, ""),
            "bad-rendezvous",
        ),
        (
            "address-no-scheme",
            "an address without a scheme",
            &["RDV-1"],
            |input| at(input, "relay.example.com"),
            "bad-rendezvous",
        ),
        (
            "address-scheme",
            "an address of another scheme",
            &["RDV-1"],
            |input| at(input, NOWHERE),
            "bad-rendezvous",
        ),
        (
            "address-no-host",
            "an address without a host",
            &["RDV-1"],
            |input| at(input, "https:///path"),
            "bad-rendezvous",
        ),
        (
            "address-port-0",
            "the port 0",
            &["RDV-1"],
            |input| at(input, "http://127.0.0.1:0"),
            "bad-rendezvous",
        ),
        (
            "address-port-high",
            "the port 65536",
            &["RDV-1"],
            |input| at(input, "http://127.0.0.1:65536"),
            "bad-rendezvous",
        ),
        (
            "address-port-empty",
            "an empty port",
            &["RDV-1"],
            |input| at(input, "http://127.0.0.1:"),
            "bad-rendezvous",
        ),
        (
            "address-user",
            "user information",
            &["RDV-1"],
            |input| at(input, "http://user@127.0.0.1:9"),
            "bad-rendezvous",
        ),
        (
            "address-query",
            "an empty query",
            &["RDV-1"],
            |input| at(input, "http://127.0.0.1:9/?"),
            "bad-rendezvous",
        ),
        (
            "address-fragment",
            "a fragment",
            &["RDV-1"],
            |input| at(input, "http://127.0.0.1:9/#a"),
            "bad-rendezvous",
        ),
        (
            "address-dots",
            "a segment of two dots",
            &["RDV-1"],
            |input| at(input, "http://127.0.0.1:9/a/../b"),
            "bad-rendezvous",
        ),
        (
            "address-percent",
            "a percent sign without two digits",
            &["RDV-1"],
            |input| at(input, "http://127.0.0.1:9/%4"),
            "bad-rendezvous",
        ),
        (
            "address-space",
            "a space",
            &["RDV-1"],
            |input| at(input, "http://127.0.0.1:9/ "),
            "bad-rendezvous",
        ),
        (
            "address-plain",
            "plain http to another machine",
            &["RDV-2"],
            |input| at(input, "http://192.0.2.1"),
            "bad-rendezvous",
        ),
        (
            "address-almost-local",
            "a name that begins like this machine's",
            &["RDV-2"],
            |input| at(input, "http://localhost.example.com"),
            "bad-rendezvous",
        ),
        (
            "no-side",
            "no randomness for the side",
            &["RAND-1", "HOOK-2"],
            |input| fails(input, "side"),
            "internal",
        ),
        (
            "no-scalar",
            "no randomness for the scalar",
            &["RAND-1", "HOOK-2"],
            |input| fails(input, "pake_scalar"),
            "internal",
        ),
        (
            "address-bracket",
            "half a bracketed address",
            &["RDV-1"],
            |input| at(input, "http://[::1"),
            "bad-rendezvous",
        ),
        (
            "nobody-listens",
            "nobody listens at the address",
            &["TIME-3", "TIME-1"],
            |input| {
                at(input, "http://127.0.0.1:1");
                input.second_ms = 20;
            },
            "relay-unreachable",
        ),
    ];
    let mut all = Vec::new();
    for (name, title, clauses, given, ends) in same {
        for one in [initiator(name, title), receiver(name, title)] {
            let one = local(one, clauses, given, ends);
            all.push(if ends == "relay-unreachable" {
                one.lasts(52, 62)
            } else {
                one
            });
        }
    }
    all
}

fn at(input: &mut RunInput, address: &str) {
    input.rendezvous = Some(address.to_owned());
}

fn fails(input: &mut RunInput, name: &str) {
    input.inject.insert(name.to_owned(), None);
}

/// Codes that are not valid.
fn codes() -> Vec<Scenario> {
    let typed: [(&str, &str, &str, &[u8]); 13] = [
        ("long", "1 025 bytes", "CODE-4", &[b' '; 1025]),
        ("character", "a byte that is not ASCII", "CODE-4", "7-crossover-clöckwork".as_bytes()),
        ("control", "a control character", "CODE-4", b"7-crossover-clockwork\0"),
        ("empty", "nothing", "CODE-6", b""),
        ("no-channel", "words only", "CODE-6", b"crossover-clockwork"),
        ("channel-0", "the channel 0", "CODE-6", b"0-crossover-clockwork"),
        ("channel-zero", "a leading zero", "CODE-6", b"07-crossover-clockwork"),
        ("channel-10", "ten digits", "CODE-6", b"1000000000-crossover-clockwork"),
        ("one-word", "one word", "CODE-6", b"7-crossover"),
        ("nine-words", "nine words", "CODE-6", b"7-crossover-clockwork-crossover-clockwork-crossover-clockwork-crossover-clockwork-crossover"),
        ("trailing", "a hyphen at the end", "CODE-7", b"7-crossover-clockwork-"),
        ("word", "a word of no list", "CODE-7", b"7-crossover-clockwerk"),
        ("swapped", "swapped words", "CODE-7", b"7-clockwork-crossover"),
    ];
    let mut all: Vec<Scenario> = typed
        .into_iter()
        .map(|(name, what, clause, code)| {
            let mut one = receiver(&format!("code-{name}"), &format!("typed: {what}"))
                .peer(PeerKind::Nobody)
                .clauses(&[clause, "CODE-8"])
                .ends("bad-code");
            one.input.code = Some(match name {
                "long" => TranscriptBytes::repeat(b" ", 1025),
                _ => TranscriptBytes::hex(code),
            });
            one
        })
        .collect();
    for count in [0, 1, 9] {
        let title = format!("a code of {count} words is asked for");
        let one = initiator(&format!("words-{count}"), &title);
        let mut one = local(one, &["CODE-1"], |_| {}, "bad-code");
        one.input.words = Some(count);
        all.push(one);
    }
    let one = initiator("no-words", "no randomness for the words");
    all.push(local(
        one,
        &["RAND-1", "HOOK-2"],
        |input| fails(input, "words"),
        "internal",
    ));
    all
}

/// Several faults at once: the first check decides.
fn order() -> Vec<Scenario> {
    let blob: Given = |input| input.blob = TranscriptBytes::repeat(b"\0", 65_536);
    let appid: Given = |input| input.appid = TranscriptBytes::hex(b"");
    let address: Given = |input| at(input, NOWHERE);
    let code: Given = |input| {
        input.words = input.words.map(|_| 1);
        input.code = Some(TranscriptBytes::hex(b"7")).filter(|_| input.words.is_none());
    };
    let random: Given = |input| fails(input, "side");
    let checks = [
        (blob, "blob-too-large"),
        (appid, "bad-appid"),
        (address, "bad-rendezvous"),
        (code, "bad-code"),
        (random, "internal"),
    ];
    let mut all = Vec::new();
    for (given, ends) in checks {
        let title = format!("everything but {ends} is right, and the time is over at once");
        for (one, clause) in [
            (
                initiator(&format!("order-no-time-{ends}"), &title),
                "INIT-1",
            ),
            (receiver(&format!("order-no-time-{ends}"), &title), "RECV-1"),
        ] {
            let one = one.peer(PeerKind::Nobody).given(given);
            let one = one.given(|input| input.deadline = Some(0));
            all.push(one.clauses(&["TIME-9", clause]).ends(ends));
        }
    }
    for (first, (_, ends)) in checks.iter().enumerate().take(4) {
        let title = format!("everything is wrong from {ends} on");
        for (one, clause) in [
            (initiator(&format!("order-{ends}"), &title), "INIT-1"),
            (receiver(&format!("order-{ends}"), &title), "RECV-1"),
        ] {
            let wrong = checks[first..].iter();
            let one = wrong.fold(one.peer(PeerKind::Nobody), |one, (given, _)| {
                one.given(given)
            });
            all.push(one.clauses(&[clause, "RAND-1"]).ends(ends));
        }
    }
    all
}
