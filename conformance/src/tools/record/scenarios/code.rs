//! Codes, names and addresses in their less usual forms, and keys for the application.

use super::super::scenario::{Scenario, initiator, named, receiver};
use crate::stage::bytes::TranscriptBytes;
use crate::suites::replay::transcript::ClientRole;

pub(super) fn scenarios() -> Vec<Scenario> {
    let mut all = typed();
    for count in [3, 8] {
        let name = format!("words-{count}");
        let mut one = initiator(&name, &format!("a code of {count} words"))
            .clauses(&["CODE-1", "CODE-2", "CODE-3"])
            .given(|input| input.words = Some(count));
        one.input.inject = named(ClientRole::Initiator, &one.id, count as usize);
        all.push(one.done(true));
    }
    let forms = |name: &str,
                 title: &str,
                 clause,
                 change: fn(&mut crate::suites::replay::transcript::RunInput)| {
        [
            initiator(name, title)
                .clauses(&[clause])
                .given(change)
                .done(true),
            receiver(name, title)
                .clauses(&[clause])
                .given(change)
                .done(true),
        ]
    };
    all.extend(forms(
        "appid-1",
        "an appid of one byte, which is no text",
        "APP-1",
        |input| {
            input.appid = TranscriptBytes::hex(&[0xff]);
        },
    ));
    all.extend(forms(
        "appid-128",
        "an appid of 128 bytes",
        "APP-1",
        |input| {
            input.appid = TranscriptBytes::repeat(b"appid\0", 128);
        },
    ));
    all.extend(forms(
        "appid-letters",
        "an appid of letters and digits alone, which is hex in a target all the same",
        "RDV-3",
        |input| {
            input.appid = TranscriptBytes::hex(b"cafe2026");
        },
    ));
    all.extend(forms(
        "slash",
        "an address with a trailing slash",
        "RDV-3",
        |input| {
            input.path = Some("/".into());
        },
    ));
    all.extend(forms(
        "path",
        "an address with a path and a trailing slash",
        "RDV-3",
        |input| {
            input.path = Some("/some/relay%20here/".into());
        },
    ));
    all.extend(forms(
        "path-slashes",
        "an address with two trailing slashes",
        "RDV-3",
        |input| {
            input.path = Some("/relay//".into());
        },
    ));
    for (name, length) in [("1", 1), ("64", 64), ("8160", 8160)] {
        let export = |one: Scenario| {
            let label = if length == 64 {
                vec![0; 255]
            } else {
                b"application label".to_vec()
            };
            one.clauses(&["KEY-5"]).exports(&label, length).done(true)
        };
        let (name, title) = (
            format!("export-{name}"),
            format!("exports a key of {length} bytes"),
        );
        all.push(export(initiator(&name, &title)));
        all.push(export(receiver(&name, &title)));
    }
    all
}

/// A way in which a user types a code.
type Types = fn(&str) -> Vec<u8>;

/// The ways in which a user may type a code.
fn typed() -> Vec<Scenario> {
    let forms: [(&str, &str, Types); 5] = [
        ("uppercase", "in uppercase", |code| {
            code.to_uppercase().into_bytes()
        }),
        (
            "spaces",
            "with spaces around it, and between the words",
            |code| format!("  {}\t\r\n", code.replace('-', " ")).into_bytes(),
        ),
        ("underscores", "with runs of separators", |code| {
            code.replace('-', " _-\t- ").into_bytes()
        }),
        (
            "pasted",
            "with a byte order mark, and the dashes and spaces of a word processor",
            |code| {
                let (channel, words) = code.split_once('-').unwrap_or((code, ""));
                let words = words.replace('-', "\u{a0}\u{2013} ");
                format!("\u{feff}{channel}\u{2011}{words}\u{202f}\r\n").into_bytes()
            },
        ),
        ("longest", "in 1 024 bytes", |code| {
            let mut typed = code.as_bytes().to_vec();
            typed.resize(1024, b' ');
            typed
        }),
    ];
    forms
        .into_iter()
        .map(|(name, how, types)| {
            let mut one = receiver(
                &format!("typed-{name}"),
                &format!("the code is typed {how}"),
            )
            .clauses(&["CODE-4", "CODE-5", "PAKE-1"]);
            one.types = types;
            one.done(true)
        })
        .collect()
}
