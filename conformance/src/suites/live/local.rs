//! Scenarios of what a client refuses before any request.

use super::scenario::Scenario;
use super::script::Script;
use crate::suites::vectors::derive::Role;

type Change = fn(Script) -> Script;

/// The inputs that a client refuses before any request.
pub(super) fn scenarios() -> Vec<Scenario> {
    let mut all = Vec::new();
    for role in Role::BOTH {
        let mut add = |name: &str, clause: &str, outcome: &str, title: &str, change: Change| {
            let id = format!("{}-refuses-{name}", role.name());
            all.push(
                Scenario::new(&id, &[clause], title, role)
                    .with(change)
                    .requests(&[])
                    .fails(outcome),
            );
        };
        add(
            "large-blob",
            "BLOB-1",
            "blob-too-large",
            "A blob of 65 536 bytes",
            |script| Script {
                blob: vec![7; 65_536],
                ..script
            },
        );
        add(
            "no-appid",
            "APP-1",
            "bad-appid",
            "An appid of 0 bytes",
            |script| Script {
                appid: Vec::new(),
                ..script
            },
        );
        add(
            "long-appid",
            "APP-1",
            "bad-appid",
            "An appid of 129 bytes",
            |script| Script {
                appid: vec![b'a'; 129],
                ..script
            },
        );
        add(
            "plain-http",
            "RDV-2",
            "bad-rendezvous",
            "Plain http to another machine",
            |script| Script {
                rendezvous: "http://relay.invalid",
                ..script
            },
        );
        add(
            "query",
            "RDV-1",
            "bad-rendezvous",
            "An address with a query",
            |script| Script {
                rendezvous: "{relay}/?",
                ..script
            },
        );
        add(
            "user",
            "RDV-1",
            "bad-rendezvous",
            "An address with a user",
            |script| Script {
                rendezvous: "http://user@localhost",
                ..script
            },
        );
        add(
            "order",
            "BLOB-1",
            "blob-too-large",
            "Everything is wrong at once: the blob counts",
            |script| Script {
                blob: vec![7; 65_536],
                appid: Vec::new(),
                rendezvous: "",
                words: 9,
                typed: Some("0-crossover"),
                ..script
            },
        );
        add(
            "deadline-0",
            "TIME-9",
            "timeout",
            "A time of 0 has passed at once",
            |script| Script {
                deadline: Some(0),
                ..script
            },
        );
    }
    for words in [0, 1, 9] {
        let id = format!("initiator-refuses-{words}-words");
        all.push(
            Scenario::new(
                &id,
                &["CODE-1"],
                &format!("A code of {words} words"),
                Role::Initiator,
            )
            .with(|script| Script { words, ..script })
            .requests(&[])
            .fails("bad-code"),
        );
    }
    let inputs = [
        ("nothing", "CODE-6", ""),
        ("one-word", "CODE-6", "7-crossover"),
        ("no-number", "CODE-6", "crossover-clockwork"),
        ("swapped-words", "CODE-7", "7-clockwork-crossover"),
        ("unknown-word", "CODE-7", "7-crossover-clockwerk"),
        ("umlaut", "CODE-4", "7-crössover-clockwork"),
    ];
    for (name, clause, typed) in inputs {
        let id = format!("receiver-refuses-{name}");
        let title = format!("Input that is no code: {typed:?}");
        all.push(
            Scenario::new(&id, &["CODE-8", clause], &title, Role::Receiver)
                .with(|script| Script {
                    typed: Some(typed),
                    ..script
                })
                .requests(&[])
                .fails("bad-code"),
        );
    }
    all
}
