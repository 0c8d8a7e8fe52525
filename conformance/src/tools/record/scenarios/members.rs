//! Members of every wrong type in every answer, values at their bounds, and texts that are no
//! strict JSON in the answers that the vectors read least: those to a PUT, and refusals.

use serde_json::json;

use super::super::rules::{cell, edit, instead, json_response, no_content, problem};
use super::super::scenario::{PeerKind, Scenario};
use super::responses::wrong;
use super::states::{
    ALLOCATING, ANSWERING, CLAIMING, COMPARING, ClientState, EVERY, FINISHING, HOLDING,
    SENDING_RECEIPT, WAITING_FOR_ANSWER, WAITING_FOR_FINISH, WAITING_FOR_RECEIPT,
};
use crate::stage::response::{RecordedResponse, TransportFault};

pub(super) fn scenarios() -> Vec<Scenario> {
    let mut all = Vec::new();
    for (state, members) in [
        (ALLOCATING, &["channel", "ttl"] as &[&'static str]),
        (CLAIMING, &["body", "ttl"]),
        (WAITING_FOR_ANSWER, &["body"]),
        (HOLDING, &["body"]),
        (WAITING_FOR_RECEIPT, &["body"]),
        (COMPARING, &["body"]),
        (WAITING_FOR_FINISH, &["body"]),
    ] {
        for member in members {
            all.extend(types(state, member));
        }
    }
    for state in EVERY {
        all.extend(refusals(state));
    }
    for state in [ANSWERING, FINISHING, SENDING_RECEIPT] {
        all.extend(stored(state));
    }
    all.extend(reasons());
    all.extend(bounds());
    all
}

/// A value of every type that the member does not have.
fn types(state: ClientState, member: &'static str) -> Vec<Scenario> {
    let good = if member == "body" { "\"41\"" } else { "7" };
    let values = [
        ("null", "null"),
        ("true", "true"),
        ("fraction", "7.5"),
        ("list", &format!("[{good}]")),
        ("object", &format!("{{\"{member}\":{good}}}")),
        ("huge", "1e308"),
        ("other", if member == "body" { "41" } else { "\"7\"" }),
        ("missing", ""),
    ]
    .map(|(name, text)| (name, text.to_owned()));
    let of = |(name, text): (&str, String)| {
        let what = match text.as_str() {
            "" => format!("no member `{member}`"),
            text => format!("`{member}` is {text}"),
        };
        let change = move |response: &mut RecordedResponse| {
            let mut body = response.body.take().unwrap_or_default();
            if text.is_empty() {
                if let Some(members) = body.as_object_mut() {
                    members.remove(member);
                }
                response.text = Some(body.to_string());
                return;
            }
            body[member] = json!("HERE");
            response.text = Some(body.to_string().replace("\"HERE\"", &text));
        };
        // There is no receipt to be changed in `holding`.
        let rule = match state.name == HOLDING.name {
            true => {
                let mut response = json_response(200, json!({"body": "41"}));
                change(&mut response);
                instead(state.request, response)
            }
            false => edit(state.request, change),
        };
        wrong(state, &format!("{member}-is-{name}"), &what, "JSON-4", rule)
    };
    values.into_iter().map(of).collect()
}

/// Refusals whose members have other types, or whose text is no strict JSON.
fn refusals(state: ClientState) -> Vec<Scenario> {
    let tag = "tag:wormhole-sync.example,2026:closed";
    let texts = [
        (
            "type-list",
            "JSON-4",
            format!(r#"{{"type":["{tag}"],"reason":"done"}}"#),
        ),
        (
            "type-null",
            "JSON-4",
            r#"{"type":null,"reason":"done"}"#.to_owned(),
        ),
        (
            "type-number",
            "JSON-4",
            r#"{"type":410,"reason":"done"}"#.to_owned(),
        ),
        (
            "reason-null",
            "JSON-4",
            format!(r#"{{"type":"{tag}","reason":null}}"#),
        ),
        (
            "reason-list",
            "JSON-4",
            format!(r#"{{"type":"{tag}","reason":["done"]}}"#),
        ),
        (
            "reason-twice",
            "JSON-2",
            format!(r#"{{"type":"{tag}","reason":"done","re\u0061son":"done"}}"#),
        ),
        (
            "trailing",
            "JSON-1",
            format!(r#"{{"type":"{tag}","reason":"done"}}{{}}"#),
        ),
        (
            "byte-order-mark",
            "JSON-1",
            format!("\u{feff}{{\"type\":\"{tag}\",\"reason\":\"done\"}}"),
        ),
        (
            "surrogate-name",
            "JSON-1",
            format!(r#"{{"type":"{tag}","reason":"done","\udc00":1}}"#),
        ),
        (
            "inner-twice",
            "JSON-2",
            format!(r#"{{"type":"{tag}","reason":"done","more":[{{"a":1,"b":{{}},"a":2}}]}}"#),
        ),
    ];
    let of = |(name, clause, text): (&str, &'static str, String)| {
        let response = RecordedResponse {
            body: None,
            text: Some(text.clone()),
            ..problem("closed", Some("done"))
        };
        let what = format!("a refusal with the text {text:?}");
        let name = format!("refusal-{name}");
        wrong(
            state,
            &name,
            &what,
            clause,
            instead(state.request, response),
        )
    };
    texts.into_iter().map(of).collect()
}

/// Answers to a PUT with a fault in their text: they have no member that counts, and are read all
/// the same.
fn stored(state: ClientState) -> Vec<Scenario> {
    let texts = [
        ("text-empty", "JSON-1", ""),
        ("text-trailing", "JSON-1", "{}{}"),
        ("text-cut", "JSON-1", "{\"a\":"),
        ("text-null", "JSON-2", "null"),
        ("text-twice", "JSON-2", "{\"a\":1,\"a\":1}"),
        (
            "text-deep",
            "JSON-3",
            "{\"a\":[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]}",
        ),
        ("text-huge", "JSON-3", "{\"a\":-1e999}"),
        ("text-nan", "JSON-1", "{\"a\":NaN}"),
    ];
    let of = |(name, clause, text): (&str, &'static str, &str)| {
        let response = RecordedResponse {
            body: None,
            text: Some(text.to_owned()),
            ..json_response(200, json!({}))
        };
        let what = format!("the text {text:?}");
        wrong(state, name, &what, clause, instead(state.request, response))
    };
    texts.into_iter().map(of).collect()
}

/// Reasons of `closed` that are none of the list, or are at the bound of their length.
fn reasons() -> Vec<Scenario> {
    let given = [
        ("space-before", " done".to_owned()),
        ("space-after", "timeout ".to_owned()),
        ("line-end", "cancelled\n".to_owned()),
        ("nul", "done\0".to_owned()),
        ("control", "\u{1b}[31mdone\u{7f}".to_owned()),
        ("script", "отменено".to_owned()),
        ("wide", "ｄｏｎｅ".to_owned()),
        ("expired-space", "expired ".to_owned()),
        ("expired-case", "Expired".to_owned()),
        ("mismatch-more", "verifier-mismatch?".to_owned()),
        ("not-taken-case", "Not-Taken".to_owned()),
        ("64-bytes", "é".repeat(32)),
        ("64-bytes-emoji", "🔑".repeat(16)),
    ];
    let mut all = Vec::new();
    for (name, given) in given {
        for state in [WAITING_FOR_ANSWER, WAITING_FOR_FINISH] {
            let title = format!("closed with the reason {given:?}");
            let one = state.scenario(&format!("reason-{name}"), &title);
            let rule = instead(state.request, problem("closed", Some(&given)));
            all.push(one.clauses(&["OUT-4"]).rules([rule]).ends_closed("other"));
        }
        let clause = match name {
            "mismatch-more" => "INIT-7",
            "not-taken-case" => "INIT-8",
            _ => continue,
        };
        let title = format!("closed with the reason {given:?}, which is another");
        let one = WAITING_FOR_RECEIPT.scenario(&format!("reason-{name}"), &title);
        let rule = instead("get receipt", problem("closed", Some(&given)));
        all.push(WAITING_FOR_RECEIPT.done(one.clauses(&[clause]).rules([rule])));
    }
    for (name, given) in [
        ("65-bytes", format!("{}a", "é".repeat(32))),
        ("66-bytes-emoji", "🔑".repeat(16) + "é"),
    ] {
        for state in [WAITING_FOR_ANSWER, WAITING_FOR_FINISH] {
            let title = format!("closed with a reason of {} bytes", given.len());
            let rule = instead(state.request, problem("closed", Some(&given)));
            let name = format!("reason-{name}");
            all.push(wrong(state, &name, &title, "JSON-4", rule));
        }
    }
    all
}

/// Values at their bounds.
fn bounds() -> Vec<Scenario> {
    let number = |member: &'static str, value: u32| {
        move |response: &mut RecordedResponse| {
            if let Some(body) = &mut response.body {
                body[member] = value.into();
            }
        }
    };
    let resized = |state: ClientState, name: &str, clause: &'static str, length: usize| {
        let what = format!("a binary value of {length} bytes");
        let one = state
            .scenario(&format!("cell-{name}"), &what)
            .clauses(&[clause])
            .rules([cell(state.request, move |_, mut bytes| {
                bytes.resize(length, 0);
                Ok(bytes)
            })
            .wrong("a cell of another length")]);
        match state.is_done() {
            true => state.done(one),
            false => one.ends("malformed-message").closes("malformed-message"),
        }
    };
    let short_life = |state: ClientState, wait: &'static str, name: &str| {
        state
            .scenario(name, "a life of one second")
            .clauses(&["JSON-4", "TIME-5"])
            .second(400)
            .rules([
                edit(state.request, number("ttl", 1)),
                super::super::rules::lost(wait, TransportFault::Stall).again(),
            ])
            .ends("timeout")
            .closes("timeout")
            .lasts(1, 2)
    };
    let far = ALLOCATING
        .scenario("channel-longest", "the channel 999999999")
        .clauses(&["JSON-4", "CODE-3"])
        .peer(PeerKind::Nobody)
        .rules([
            edit("allocate", number("channel", 999_999_999)),
            instead("get answer", no_content()),
            instead("get answer", problem("closed", Some("cancelled"))),
        ])
        .ends_closed("cancelled");
    vec![
        far,
        short_life(ALLOCATING, "get answer", "ttl-1"),
        short_life(CLAIMING, "get finish", "ttl-1"),
        resized(CLAIMING, "64-bytes", "JSON-4", 64),
        resized(CLAIMING, "32-bytes", "SEAL-5", 32),
        resized(CLAIMING, "34-bytes", "SEAL-5", 34),
        resized(WAITING_FOR_ANSWER, "33-bytes", "SEAL-6", 33),
        resized(WAITING_FOR_ANSWER, "48-bytes", "SEAL-6", 48),
        resized(WAITING_FOR_ANSWER, "50-bytes", "SEAL-6", 50),
        resized(WAITING_FOR_FINISH, "15-bytes", "SEAL-7", 15),
        resized(WAITING_FOR_FINISH, "16-bytes", "SEAL-7", 16),
        resized(WAITING_FOR_FINISH, "17-bytes", "SEAL-7", 17),
        resized(WAITING_FOR_RECEIPT, "15-bytes", "SEAL-8", 15),
        resized(WAITING_FOR_RECEIPT, "64-bytes", "SEAL-8", 64),
    ]
}
