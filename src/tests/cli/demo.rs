//! The demo.

use crate::program::{NOWHERE, end, program};
use crate::snapshots::{RANDOM, reviewed};

#[test]
fn shows_every_message_and_no_secret_but_its_users_own() {
    let ended = end(&mut program(NOWHERE, &["demo", "left's", "right's"]));
    assert_eq!((ended.status, &*ended.stderr), (0, ""));
    let shown = String::from_utf8(ended.stdout).unwrap();
    for step in [
        "POST /v1/…/channels ",
        "/claim",
        "PUT /v1/…/channels/1/answer",
        "GET /v1/…/channels/1/answer?wait=25",
        "PUT /v1/…/channels/1/finish",
        "GET /v1/…/channels/1/finish?wait=25",
        "PUT /v1/…/channels/1/receipt",
        "GET /v1/…/channels/1/receipt?wait=25",
        "/close",
        "§5.3",
        "§7.2",
        "initiator got \"right's\"",
        "receiver  got \"left's\"",
        "The same on both sides",
    ] {
        assert!(
            shown.contains(&step.replace("/1/", &format!("/{}/", channel(&shown)))),
            "{step} in {shown}"
        );
    }
    let words = code(&shown).split_once('-').unwrap().1;
    assert_eq!(shown.matches(words).count(), 1);
}

fn code(shown: &str) -> &str {
    let line = shown
        .lines()
        .find(|line| line.trim_start().starts_with("code "))
        .unwrap();
    line.split_whitespace().nth(1).unwrap()
}

fn channel(shown: &str) -> &str {
    code(shown).split_once('-').unwrap().0
}

/// The demo without what is random in it. The two sides run at the same time, so that the lines of
/// each stand together.
#[test]
fn reads_as_reviewed() {
    let ended = end(&mut program(NOWHERE, &["demo"]));
    let shown = String::from_utf8(ended.stdout).unwrap();
    let (mut users, mut initiators, mut receivers) = (vec![], vec![], vec![]);
    let mut part = &mut users;
    for line in shown.lines().filter(|line| !line.is_empty()) {
        let text = line.trim_start().trim_start_matches(char::is_numeric);
        if text.contains("initiator --> relay") || text.contains("initiator <-- relay") {
            part = &mut initiators;
        } else if text.contains("relay <-- receiver") || text.contains("relay --> receiver") {
            part = &mut receivers;
        } else if !line.starts_with("        ") {
            part = &mut users;
        }
        part.push(text.trim_start());
    }
    let parts = [users, initiators, receivers].map(|lines| lines.join("\n"));
    let random = [
        (r"\b[0-9a-f]{24}…", "HEX…"),
        (r"channels/\d+", "channels/N"),
        (r"channel \d+,", "channel N,"),
        (r"verifier .*§", "verifier  WORDS  §"),
        (r" {2,}", "  "),
    ];
    reviewed(
        "demo",
        &[&RANDOM[..], &random].concat(),
        &parts.join("\n\n"),
    );
}
