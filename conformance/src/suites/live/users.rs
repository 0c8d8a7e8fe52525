//! Scenarios of users and applications: those who look first, who take their time, who give up, and
//! what a client refuses before any request.

use serde_json::json;

use super::judge::{Difference, shown, verifier};
use super::peer::PeerMessage;
use super::play::Played;
use super::responses;
use super::scenario::Scenario;
use super::script::{Act, Script};
use super::words::words;
use crate::subject::adapter::UserEvent;
use crate::suites::vectors::derive::Role;

/// The scenarios.
pub(super) fn scenarios() -> Vec<Scenario> {
    let mut all = looking();
    all.extend(taking());
    all.extend(reasons());
    all.extend(super::local::scenarios());
    all.extend(others());
    all
}

fn looking() -> Vec<Scenario> {
    let look = |id, clauses: &[&str], title, role| {
        Scenario::new(id, clauses, title, role)
            .with(|script| Script {
                look: true,
                ..script
            })
            .judging(same_words)
    };
    let released = |mut script: Script, when| {
        script.says.push((when, UserEvent::Release));
        script
    };
    let requests = [
        "allocate",
        "get answer",
        "get receipt",
        "put finish",
        "get receipt",
        "close done",
    ];
    vec![
        look(
            "initiator-looks",
            &["INIT-2", "KEY-3", "SEAL-10"],
            "The user looks first, and agrees",
            Role::Initiator,
        )
        .with(|script| released(script, "get receipt"))
        .requests(&requests),
        look(
            "receiver-looks",
            &["RECV-5", "KEY-3"],
            "The user looks first, and agrees while the finish is there",
            Role::Receiver,
        )
        .with(|script| released(script, "fetched"))
        .with(|mut script| {
            script.take = true;
            script.says.push(("taking", UserEvent::Taken));
            script
        }),
        look(
            "receiver-looks-early",
            &["RECV-5", "KEY-3"],
            "The user looks first, and agrees before the finish comes",
            Role::Receiver,
        )
        .with(|script| {
            released(script, "looking").at("get finish", 0, Act::Respond(responses::empty()))
        }),
    ]
}

/// KEY-3, the words that are shown are those of the exchange, all eight.
fn same_words(played: &Played) -> Result<(), Difference> {
    let expected = json!(verifier(played).map(words));
    match played.looking.as_slice() {
        [shown] if *shown == expected => Ok(()),
        other => Err(Difference::new(
            "KEY-3",
            "the words that are shown, once",
            shown(&expected),
            shown(&json!(other)),
        )),
    }
}

fn taking() -> Vec<Scenario> {
    let take = |id, clauses: &[&str], title, says| {
        Scenario::new(id, clauses, title, Role::Receiver)
            .with(|mut script| {
                script.take = true;
                script.says.push(("taking", says));
                script
            })
            .judging(took_once)
    };
    vec![
        take(
            "receiver-taken",
            &["RECV-6", "RECV-2"],
            "The application has the blob after a while",
            UserEvent::Taken,
        ),
        take(
            "receiver-not-taken",
            &["RECV-6", "OUT-2"],
            "The application cannot keep the blob",
            UserEvent::NotTaken,
        )
        .requests(&["claim", "put answer", "get finish", "close not-taken"])
        .fails("not-taken"),
    ]
}

fn took_once(played: &Played) -> Result<(), Difference> {
    let blob = wormhole_sync::values::hex::encode(&played.script.peer_blob);
    match played.taking.as_slice() {
        [given] if *given == json!(blob) => Ok(()),
        other => Err(Difference::new(
            "RECV-6",
            "the blob in `taking`, once",
            shown(&json!(blob)),
            shown(&json!(other)),
        )),
    }
}

/// The reason of a close, as the relay tells it (OUT-4).
fn reasons() -> Vec<Scenario> {
    let told = [
        ("done", "done"),
        ("wrong-code", "wrong-code"),
        ("bad-element", "bad-element"),
        ("malformed-message", "malformed-message"),
        ("verifier-mismatch", "verifier-mismatch"),
        ("not-taken", "not-taken"),
        ("cancelled", "cancelled"),
        ("timeout", "timeout"),
        ("relay-misbehaved", "relay-misbehaved"),
        ("other", "other"),
        ("lost", "other"),
        ("Done", "other"),
        (" done", "other"),
        ("", "other"),
        ("закрыто", "other"),
        (
            "a reason of sixty-four bytes, as long as a reason can ever be...",
            "other",
        ),
    ];
    let case = |(number, (told, reason)): (usize, (&'static str, &str))| {
        let (id, role, requests) = match number % 2 {
            0 => ("initiator", Role::Initiator, ["allocate", "get answer"]),
            _ => ("receiver", Role::Receiver, ["claim", "put answer"]),
        };
        let scenario = Scenario::new(
            &format!("{id}-closed-{number}"),
            &["OUT-4", "CLIENT-7"],
            &format!("The channel was closed for the reason {told:?}"),
            role,
        );
        let [_, last] = requests;
        scenario
            .with(|script| script.always(last, Act::Respond(responses::closed(told))))
            .requests(&requests)
            .fails("closed")
            .expecting(|expect| expect.reason = Some(reason.to_owned()))
    };
    let mut all: Vec<Scenario> = told.into_iter().enumerate().map(case).collect();
    all.push(
        Scenario::new(
            "initiator-hears-not-taken",
            &["INIT-8", "INIT-4"],
            "The receiver could not keep the blob",
            Role::Initiator,
        )
        .with(|script| script.always("get receipt", Act::Respond(responses::closed("not-taken"))))
        .requests(&["allocate", "get answer", "put finish", "get receipt"])
        .expecting(|expect| {
            expect.delivered = false;
            expect.reason = Some("not-taken".to_owned());
        }),
    );
    all
}

fn others() -> Vec<Scenario> {
    let mut all = Vec::new();
    for role in Role::BOTH {
        let id = format!("{}-base-path", role.name());
        all.push(
            Scenario::new(&id, &["RDV-3"], "A relay behind a base path", role)
                .with(|script| Script {
                    rendezvous: "{relay}/a%20b/c~/",
                    ..script
                })
                .judging(behind_the_base),
        );
        let id = format!("{}-long-appid", role.name());
        all.push(
            Scenario::new(
                &id,
                &["APP-1", "KEY-1"],
                "An appid of 128 bytes, of which many are no text",
                role,
            )
            .with(|script| Script {
                appid: b"\xff\0/?".repeat(32),
                ..script
            }),
        );
        let id = format!("{}-eight-words", role.name());
        all.push(
            Scenario::new(&id, &["PAKE-1", "CODE-1"], "A code of eight words", role).with(
                |script| Script {
                    words: 8,
                    password: words(&[0, 1, 2, 3, 252, 253, 254, 255]).join("-"),
                    ..script
                },
            ),
        );
        let id = format!("{}-channel-999999999", role.name());
        all.push(
            Scenario::new(
                &id,
                &["KEY-1", "JSON-4"],
                "The highest channel, and the longest life",
                role,
            )
            .with(|script| Script {
                channel: 999_999_999,
                ttl: if role == Role::Initiator { 86_400 } else { 600 },
                ..script
            }),
        );
        let id = format!("{}-life", role.name());
        let (first, requests): (_, &[&str]) = match role {
            Role::Initiator => ("get answer", &["allocate", "get answer", "close timeout"]),
            Role::Receiver => (
                "get finish",
                &["claim", "put answer", "get finish", "close timeout"],
            ),
        };
        let mut life = Scenario::new(
            &id,
            &["TIME-5"],
            "The relay gives the channel a life of one second",
            role,
        )
        .with(|script| Script {
            ttl: 1,
            ..script.always(first, Act::Hold(None))
        })
        .requests(requests)
        .fails("timeout");
        life.expect.seconds = Some((1.0, 1.0));
        life.reaches = Some(first);
        all.push(life);
    }
    all.push(
        Scenario::new(
            "receiver-typed-freely",
            &["CODE-5"],
            "The code as a hasty user types it",
            Role::Receiver,
        )
        .with(|script| Script {
            channel: 7,
            typed: Some(" \t7 Crossover_CLOCKWORK \r\n"),
            ..script
        }),
    );
    let mut late = Scenario::new(
        "receiver-late-application",
        &["TIME-5", "RECV-2"],
        "The deadline passes while the application takes the blob: no receipt is sent",
        Role::Receiver,
    )
    .with(|mut script| {
        script.take = true;
        script.deadline = Some(1);
        script.says.push(("after the deadline", UserEvent::Taken));
        script
    })
    .requests(&["claim", "put answer", "get finish"])
    .expecting(|expect| {
        expect.arrived = false;
        expect.seconds = Some((1.0, 1.5));
    });
    late.reaches = Some("taking");
    all.push(late);
    all.push(
        Scenario::new(
            "initiator-cancels-closing",
            &["TIME-7", "INIT-1"],
            "The user gives up while the client closes: it ends at once, as it had failed",
            Role::Initiator,
        )
        .with(|script| Script {
            first: PeerMessage::of(|_, agreement| super::table::flipped(agreement.answer(b"x"))),
            ..script.always("close", Act::Hold(Some(UserEvent::Cancel)))
        })
        .requests(&["allocate", "get answer", "close wrong-code"])
        .fails("wrong-code"),
    );
    for (name, status) in [("forbidden", 403), ("no-such-channel", 404)] {
        all.push(
            Scenario::new(
                &format!("initiator-first-finish-{name}"),
                &["CLIENT-15", "INIT-4"],
                &format!("The first attempt of the finish is answered `{name}`"),
                Role::Initiator,
            )
            .with(|script| {
                script.always("put finish", Act::Respond(responses::problem(status, name)))
            })
            .requests(&["allocate", "get answer", "put finish"])
            .fails("closed")
            .expecting(|expect| {
                expect.blob = true;
                expect.reason = Some("lost".to_owned());
            }),
        );
    }
    all
}

fn behind_the_base(played: &Played) -> Result<(), Difference> {
    let base = "/a%20b/c~/v1/";
    let wrong = |seen: &&super::seen::Seen| !seen.request.target.starts_with(base);
    match played.world.seen.iter().find(wrong) {
        None => Ok(()),
        Some(seen) => Err(Difference::new(
            "RDV-3",
            format!("the target of {}", seen.name),
            format!("{base}..."),
            &seen.request.target,
        )),
    }
}
