//! Checks of every request, and of what else a run lets others see.

use serde_json::Value;
use wormhole_sync::values::hex;

use super::judge::{self, Difference};
use super::play::Played;
use super::seen::{Seen, body_of, wait_of};
use super::{secrets, words};
use crate::suites::vectors::derive::Role;

/// A check of whole runs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Check {
    pub(super) id: &'static str,
    pub(super) clauses: &'static [&'static str],
    pub(super) title: &'static str,
    pub(super) holds: fn(&Played) -> Result<(), Difference>,
}

/// All of them.
pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "authorization",
        clauses: &["CLIENT-1", "RELAY-1"],
        title: "Each request has one `Authorization`, with the run's side",
        holds: authorization,
    },
    Check {
        id: "content-type",
        clauses: &["CLIENT-1", "JSON-4"],
        title: "Each body has its `Content-Type`, and a GET has no body",
        holds: content_type,
    },
    Check {
        id: "accept-encoding",
        clauses: &["CLIENT-8"],
        title: "No request asks for a content coding",
        holds: accept_encoding,
    },
    Check {
        id: "other-headers",
        clauses: &["CLIENT-1", "RAND-2"],
        title: "No request has a cookie, or tells where its user comes from",
        holds: other_headers,
    },
    Check {
        id: "targets",
        clauses: &["RDV-3", "VER-1", "CLIENT-1"],
        title: "Each target is that of the table",
        holds: targets,
    },
    Check {
        id: "wait",
        clauses: &["TIME-8", "CLIENT-1"],
        title: "Each GET of a run in which none was cut off has `wait=25`",
        holds: waits,
    },
    Check {
        id: "bodies",
        clauses: &["JSON-4", "SEAL-3"],
        title: "Each body is the message of the table, of the right length",
        holds: bodies,
    },
    Check {
        id: "one-at-a-time",
        clauses: &["CLIENT-1"],
        title: "There is one request at a time",
        holds: one_at_a_time,
    },
    Check {
        id: "code-event",
        clauses: &["CODE-3", "CODE-2"],
        title: "An initiator shows its code once, with the relay's channel and words of the lists",
        holds: code_event,
    },
    Check {
        id: "sends-no-words",
        clauses: &["CODE-9", "RAND-2"],
        title: "No request bears the words of the code",
        holds: |played| in_requests("CODE-9", &secrets::code(played), played),
    },
    Check {
        id: "sends-no-side",
        clauses: &["RAND-2", "CLIENT-1"],
        title: "No request bears the side elsewhere than in `Authorization`",
        holds: |played| in_requests("RAND-2", &secrets::side(played), played),
    },
    Check {
        id: "sends-no-blob",
        clauses: &["SEAL-9", "SEAL-3", "RAND-2"],
        title: "No request bears a blob that is not sealed",
        holds: |played| in_requests("SEAL-3", &secrets::blobs(played), played),
    },
    Check {
        id: "sends-no-key",
        clauses: &["RAND-2", "CODE-9"],
        title: "No request bears a key",
        holds: |played| in_requests("RAND-2", &secrets::keys(played), played),
    },
    Check {
        id: "logs-no-secret",
        clauses: &["RAND-2"],
        title: "Standard error bears no code, side, key or blob",
        holds: logs,
    },
    Check {
        id: "shows-no-text-of-the-relay",
        clauses: &["CLIENT-6"],
        title: "Neither standard error nor the result bears the relay's text",
        holds: relays_text,
    },
];

/// A text of the relay that nobody must see.
pub(super) const TEXT: &str = "call-0900-555-for-your-prize";

/// Checks each request by itself.
fn each(
    played: &Played,
    clause: &'static str,
    wrong: impl Fn(&Seen) -> Option<(String, String)>,
) -> Result<(), Difference> {
    for seen in &played.world.seen {
        if let Some((expected, actual)) = wrong(seen) {
            return Err(Difference::new(clause, seen.name.clone(), expected, actual));
        }
    }
    Ok(())
}

fn authorization(played: &Played) -> Result<(), Difference> {
    let first = secrets::side_of(played.world.seen.first());
    each(played, "CLIENT-1", |seen| {
        let headers = seen.request.header("authorization");
        let side = secrets::side_of(Some(seen));
        let (scheme, digits) = headers.first()?.split_once(' ').unwrap_or_default();
        let good = headers.len() == 1
            && scheme.eq_ignore_ascii_case("bearer")
            && digits.len() == 32
            && side.is_some()
            && side == first;
        (!good).then(|| {
            let expected = "one `Authorization: Bearer` with the run's side in hex";
            (expected.to_owned(), format!("{headers:?}"))
        })
    })?;
    each(played, "CLIENT-1", |seen| {
        let none = seen.request.header("authorization").is_empty();
        none.then(|| ("an `Authorization`".to_owned(), "none".to_owned()))
    })
}

fn content_type(played: &Played) -> Result<(), Difference> {
    each(played, "CLIENT-1", |seen| {
        let request = &seen.request;
        if request.method == "GET" {
            let length = request.body.len();
            return (length > 0).then(|| ("no body".to_owned(), format!("{length} bytes")));
        }
        let types = request.header("content-type");
        let essence = |text: &&str| {
            text.split(';')
                .next()
                .unwrap_or_default()
                .trim()
                .to_ascii_lowercase()
        };
        let good =
            types.len() == 1 && types.first().map(essence).as_deref() == Some("application/json");
        (!good).then(|| {
            (
                "`Content-Type: application/json`".to_owned(),
                format!("{types:?}"),
            )
        })
    })
}

fn accept_encoding(played: &Played) -> Result<(), Difference> {
    each(played, "CLIENT-8", |seen| {
        let codings = seen.request.header("accept-encoding").join(",");
        let asked = codings.split(',').any(|coding| {
            let coding = coding.split(';').next().unwrap_or_default().trim();
            !coding.is_empty() && !coding.eq_ignore_ascii_case("identity")
        });
        asked.then(|| ("`identity`, or no such header".to_owned(), codings))
    })
}

fn other_headers(played: &Played) -> Result<(), Difference> {
    each(played, "CLIENT-1", |seen| {
        let telling = [
            "cookie",
            "referer",
            "origin",
            "from",
            "proxy-authorization",
            "x-forwarded-for",
        ];
        let told = telling
            .iter()
            .find(|name| !seen.request.header(name).is_empty())?;
        Some((
            format!("no `{told}`"),
            format!("{:?}", seen.request.header(told)),
        ))
    })
}

fn targets(played: &Played) -> Result<(), Difference> {
    let base = format!("/v1/{}/channels", hex::encode(&played.script.appid));
    let channel = played.script.channel;
    each(played, "RDV-3", |seen| {
        let (verb, what) = seen.name.split_once(' ').unwrap_or((&seen.name, ""));
        let (path, query) = match seen.request.target.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (seen.request.target.as_str(), None),
        };
        let expected = match verb {
            "allocate" => base.clone(),
            "claim" | "close" => format!("{base}/{channel}/{verb}"),
            _ => format!("{base}/{channel}/{what}"),
        };
        let wait = wait_of(&seen.request).filter(|wait| *wait <= 30);
        let right_query = match (verb, wait) {
            ("get", Some(wait)) => query == Some(&format!("wait={wait}")),
            ("get", None) => false,
            _ => query.is_none(),
        };
        let wanted = if verb == "get" { "?wait=w" } else { "" };
        (path != expected || !right_query)
            .then(|| (format!("{expected}{wanted}"), seen.request.target.clone()))
    })
}

fn waits(played: &Played) -> Result<(), Difference> {
    each(played, "TIME-8", |seen| {
        let is_get = seen.request.method == "GET";
        let right = wait_of(&seen.request) == Some(25);
        (is_get && !right).then(|| ("`wait=25`".to_owned(), seen.request.target.clone()))
    })
}

fn bodies(played: &Played) -> Result<(), Difference> {
    let bucket = |length: usize| length.is_power_of_two() && (256..=65_536).contains(&length);
    each(played, "JSON-4", |seen| {
        if seen.request.method == "GET" {
            return None;
        }
        let actual = || {
            String::from_utf8_lossy(&seen.request.body)
                .chars()
                .take(100)
                .collect()
        };
        let Some(Value::Object(members)) = body_of(&seen.request) else {
            return Some(("one JSON object by section 8".to_owned(), actual()));
        };
        let names: Vec<&str> = members.keys().map(String::as_str).collect();
        let (verb, what) = seen.name.split_once(' ').unwrap_or((&seen.name, ""));
        let bytes = members.get("body").and_then(Value::as_str);
        let bytes = bytes.and_then(|text| hex::decode(text.as_bytes()).ok());
        let length = bytes.as_ref().map_or(0, Vec::len);
        let right = match (verb, what) {
            ("claim", _) => names.is_empty(),
            ("close", _) => names == ["reason"],
            ("allocate", _) => names == ["body"] && length == 33,
            (_, "answer") => names == ["body"] && length > 49 && bucket(length - 49),
            (_, "finish") => names == ["body"] && length > 16 && bucket(length - 16),
            _ => names == ["body"] && length == 16,
        };
        (!right).then(|| (format!("the message of {}", seen.name), actual()))
    })
}

fn one_at_a_time(played: &Played) -> Result<(), Difference> {
    each(played, "CLIENT-1", |seen| {
        let expected = "after the answer to the one before";
        (seen.beside > 0).then(|| (expected.to_owned(), "while that was open".to_owned()))
    })
}

fn code_event(played: &Played) -> Result<(), Difference> {
    if played.script.role == Role::Receiver {
        return Ok(());
    }
    let shown = played.world.codes.join(", ");
    let words = played.script.words;
    let right = played.world.codes.len() == 1
        && shown.split_once('-').is_some_and(|(channel, rest)| {
            let parts: Vec<&str> = rest.split('-').collect();
            channel == played.script.channel.to_string()
                && parts.len() == words
                && parts
                    .iter()
                    .enumerate()
                    .all(|(position, word)| words::byte(position, word).is_some())
        });
    match right {
        true => Ok(()),
        false => Err(Difference::new(
            "CODE-3",
            "the code, shown once",
            format!("{} and {words} words of the lists", played.script.channel),
            shown,
        )),
    }
}

fn in_requests(
    clause: &'static str,
    secrets: &[secrets::Secret],
    played: &Played,
) -> Result<(), Difference> {
    each(played, clause, |seen| {
        let name = secrets::found(secrets, &secrets::text_of(seen))?;
        Some(("no secret".to_owned(), name.to_owned()))
    })
}

fn logs(played: &Played) -> Result<(), Difference> {
    let all = [
        secrets::code(played),
        secrets::side(played),
        secrets::blobs(played),
        secrets::keys(played),
    ];
    for secrets in &all {
        if let Some(name) = secrets::found(secrets, played.stderr.as_bytes()) {
            return Err(Difference::new(
                "RAND-2",
                "standard error",
                "no secret",
                name,
            ));
        }
    }
    Ok(())
}

fn relays_text(played: &Played) -> Result<(), Difference> {
    let result = judge::result(played)?.to_string();
    for (place, text) in [("standard error", &played.stderr), ("the result", &result)] {
        if text.contains(TEXT) {
            return Err(Difference::new(
                "CLIENT-6",
                place,
                "no text of the relay",
                TEXT,
            ));
        }
    }
    Ok(())
}
