//! Refusals before anything is sent. The relay of these tests is nowhere.

use std::collections::BTreeMap;
use std::process::Stdio;

use crate::program::{NOWHERE, end, end_with_input, program, without_terminal};

/// Runs the program, and finds this status and these words on standard error.
#[track_caller]
fn refuses(arguments: &[&str], status: i32, words: &[&str]) {
    let ended = end(&mut program(NOWHERE, arguments));
    assert_eq!(ended.status, status, "{arguments:?}: {}", ended.stderr);
    assert!(ended.stdout.is_empty());
    assert!(
        !ended.stderr.contains("asking the relay"),
        "{}",
        ended.stderr
    );
    for word in words {
        assert!(ended.stderr.contains(word), "{word:?} in {}", ended.stderr);
    }
}

#[test]
fn codes() {
    let typed = |code| ["receive", code];
    refuses(
        &typed("7-crossover-clokwork"),
        10,
        &[
            "error: bad-code: word 2, \"clokwork\"",
            "clockwork?",
            "hint: ",
            "still be used",
        ],
    );
    refuses(&typed("7-clockwork-crossover"), 10, &["are swapped"]);
    refuses(&typed("crossover-clockwork"), 10, &["begin with a number"]);
    refuses(
        &["receive", "7", "crossover-clockwork"],
        10,
        &["A code is one argument"],
    );
    refuses(
        &["receive", "7", "crossover", "clockwork"],
        2,
        &["A code is one argument"],
    );
    refuses(&["send", "--words", "9", "x"], 10, &["--words", "2 to 8"]);
    let ended = end(&mut program(NOWHERE, &["receive", "-"]));
    assert_eq!(ended.status, 10, "{}", ended.stderr);
}

#[test]
fn blobs() {
    let long = vec![b'x'; 65_536];
    let ended = end_with_input(&mut program(NOWHERE, &["send"]), &long);
    assert_eq!(ended.status, 12, "{}", ended.stderr);
    assert!(
        ended
            .stderr
            .contains("error: blob-too-large: standard input"),
        "{}",
        ended.stderr
    );
    refuses(
        &["send", "--file", "/dev/zero"],
        12,
        &["/dev/zero has more than 65535 bytes"],
    );
    refuses(
        &["send", "--file", "/no/such/file"],
        1,
        &["cannot read /no/such/file"],
    );
    refuses(&["send", "--file", "x", "y"], 2, &["cannot be used with"]);
    refuses(&["receive", "-", "--file", "-"], 2, &["cannot both"]);
}

#[test]
fn addresses_and_applications() {
    let at = |url| ["send", "--rendezvous", url, "x"];
    refuses(
        &at("http://relay.example.com"),
        13,
        &["(from --rendezvous)", "--allow-plain-http"],
    );
    refuses(&at("relay.example.com"), 13, &["bad-rendezvous"]);
    refuses(&["send", "--appid", "", "x"], 11, &["bad-appid"]);
    refuses(&["send", "--appid-hex", "6A", "x"], 11, &["hexadecimal"]);
    refuses(
        &["send", "--ca-file", "/no/such/file", "x"],
        1,
        &["cannot read"],
    );
    refuses(&["send", "--ca-file", "/dev/null", "x"], 1, &["--ca-file"]);
    refuses(&["send", "--deadline", "0", "x"], 2, &["--deadline"]);
    refuses(&["relay", "--listen", "nowhere"], 2, &["ADDRESS:PORT"]);
    refuses(&["relay", "--ttl", "0"], 1, &["ttl"]);
}

#[test]
fn places_for_the_other_sides_blob() {
    refuses(&["send", "--output", "/", "x"], 1, &["it is a directory"]);
    refuses(
        &["send", "--output", "/no/such/file", "x"],
        1,
        &["Nothing was sent"],
    );
    refuses(&["send", "--force", "x"], 2, &["--output"]);
}

#[test]
fn questions_that_nobody_can_be_asked() {
    let ended = end(&mut without_terminal(NOWHERE, &["receive"]));
    assert_eq!(ended.status, 2, "{}", ended.stderr);
    assert!(ended.stderr.contains("no terminal"), "{}", ended.stderr);
    let ended = end(&mut without_terminal(NOWHERE, &["send", "--verify", "x"]));
    assert_eq!(ended.status, 1, "{}", ended.stderr);
    assert!(
        ended.stderr.contains("--verify needs a terminal"),
        "{}",
        ended.stderr
    );
}

#[test]
fn help_lists_every_status_once() {
    let mut rows = BTreeMap::new();
    let help = end(&mut program(NOWHERE, &["send", "--help"]));
    assert_eq!(help.status, 0);
    let help = String::from_utf8(help.stdout).unwrap();
    let (_, table) = help.split_once("Exit status:\n").unwrap();
    for row in table.lines() {
        let mut parts = row.split_whitespace();
        let status: u8 = parts.next().unwrap().parse().unwrap();
        assert_eq!(rows.insert(status, row), None, "{row}");
    }
    assert_eq!(rows.len(), 22);
    for arguments in [
        ["--help", ""],
        ["receive", "--help"],
        ["relay", "-h"],
        ["demo", "-h"],
    ] {
        let arguments: Vec<_> = arguments.into_iter().filter(|a| !a.is_empty()).collect();
        assert_eq!(end(&mut program(NOWHERE, &arguments)).status, 0);
    }
    assert_eq!(end(program(NOWHERE, &[]).stdin(Stdio::null())).status, 2);
}
