//! Answers with a member that is out of its bounds, or of the wrong form.

use serde_json::{Value, json};

use super::super::rules::edit;
use super::super::scenario::Scenario;
use super::responses::wrong;
use super::states::{
    ALLOCATING, CLAIMING, ClientState, WAITING_FOR_ANSWER, WAITING_FOR_FINISH, WAITING_FOR_RECEIPT,
};
use crate::stage::bytes::TranscriptBytes;

pub(super) fn scenarios() -> Vec<Scenario> {
    let states = [
        CLAIMING,
        WAITING_FOR_ANSWER,
        WAITING_FOR_FINISH,
        WAITING_FOR_RECEIPT,
    ];
    states
        .into_iter()
        .flat_map(cells)
        .chain(numbers())
        .collect()
}

/// A member `body` that is no binary value.
fn cells(state: ClientState) -> Vec<Scenario> {
    let on = state.request;
    let most = if matches!(on, "get answer" | "get finish") {
        65_600
    } else {
        64
    };
    let body = |change: fn(&str) -> Value| {
        edit(on, move |response| {
            if let Some(body) = &mut response.body {
                body["body"] = change(body["body"].as_str().unwrap_or_default());
            }
        })
    };
    vec![
        wrong(
            state,
            "uppercase",
            "uppercase hex",
            "HEX-1",
            body(|text| json!(text.to_uppercase())),
        ),
        wrong(
            state,
            "odd",
            "hex of odd length",
            "HEX-1",
            body(|text| json!(&text[1..])),
        ),
        wrong(
            state,
            "no-hex",
            "a character that is not hex",
            "HEX-1",
            body(|text| json!(format!("{}g", &text[1..]))),
        ),
        wrong(
            state,
            "no-bytes",
            "a binary value of no bytes",
            "JSON-4",
            body(|_| json!("")),
        ),
        wrong(
            state,
            "number",
            "a number in place of a binary value",
            "JSON-4",
            body(|_| json!(42)),
        ),
        wrong(
            state,
            "null",
            "null in place of a binary value",
            "JSON-4",
            body(|_| Value::Null),
        ),
        wrong(
            state,
            "cell-too-long",
            &format!("a binary value of {} bytes", most + 1),
            "JSON-4",
            edit(on, move |response| {
                let ttl = response
                    .body
                    .take()
                    .map(|body| body["ttl"].clone())
                    .filter(Value::is_u64);
                let end =
                    ttl.map_or_else(|| r#""}"#.to_owned(), |ttl| format!(r#"","ttl":{ttl}}}"#));
                response.bytes = Some(TranscriptBytes::Parts(vec![
                    TranscriptBytes::hex(br#"{"body":""#),
                    TranscriptBytes::repeat(b"41", 2 * most + 2),
                    TranscriptBytes::hex(end.as_bytes()),
                ]));
            }),
        ),
    ]
}

/// Numbers out of bounds, or of the wrong form.
fn numbers() -> Vec<Scenario> {
    let mut all = Vec::new();
    let ttl = [
        ("ttl-0", "0"),
        ("ttl-negative", "-1"),
        ("ttl-fraction", "60.0"),
        ("ttl-exponent", "6e1"),
        ("ttl-string", "\"60\""),
        ("ttl-null", "null"),
        ("ttl-huge", "18446744073709551676"),
    ];
    let channel = [
        ("channel-0", "0"),
        ("channel-10-digits", "1000000000"),
        ("channel-negative", "-7"),
        ("channel-fraction", "7.0"),
        ("channel-exponent", "7e0"),
        ("channel-string", "\"7\""),
        ("channel-true", "true"),
        ("channel-huge", "4294967303"),
    ];
    let number = |state: ClientState, name: &str, member: &'static str, text: &'static str| {
        let what = format!("the {member} {text}");
        let rule = edit(state.request, move |response| {
            let mut body = response.body.take().unwrap_or_default();
            body[member] = json!("HERE");
            response.text = Some(body.to_string().replace("\"HERE\"", text));
        });
        wrong(state, name, &what, "JSON-4", rule)
    };
    for (name, text) in ttl {
        all.push(number(ALLOCATING, name, "ttl", text));
        all.push(number(CLAIMING, name, "ttl", text));
    }
    all.push(number(ALLOCATING, "ttl-over-a-day", "ttl", "86401"));
    all.push(number(CLAIMING, "ttl-over-600", "ttl", "601"));
    for (name, text) in channel {
        all.push(number(ALLOCATING, name, "channel", text));
    }
    all
}
