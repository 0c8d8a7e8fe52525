//! Answers with a fault in their text.

use serde_json::json;

use super::super::rules::{edit, instead, json_response, typed};
use super::super::scenario::Scenario;
use super::responses::{usual, wrong};
use super::states::{CLAIMING, ClientState, WAITING_FOR_ANSWER};
use crate::stage::bytes::TranscriptBytes;

/// Scenarios of two states alone: JSON is read alike in all messages, and the vectors test each of
/// them.
pub(super) fn scenarios() -> Vec<Scenario> {
    [CLAIMING, WAITING_FOR_ANSWER]
        .into_iter()
        .flat_map(texts)
        .collect()
}

/// The most that a client reads of a body (CLIENT-5).
const MOST: usize = 262_144;

/// The relay's response with a fault in its text.
fn texts(state: ClientState) -> Vec<Scenario> {
    let on = state.request;
    let text = |change: fn(&str) -> Vec<u8>| {
        edit(on, move |response| {
            let text = response.body.take().unwrap_or_default().to_string();
            let bytes = change(&text);
            match String::from_utf8(bytes) {
                Ok(text) => response.text = Some(text),
                Err(error) => response.bytes = Some(TranscriptBytes::hex(error.as_bytes())),
            }
        })
    };
    // Members without a meaning, so that nothing else is wrong.
    let with = |more: &'static str| {
        edit(on, move |response| {
            let text = response.body.take().unwrap_or_default().to_string();
            response.text = Some(format!("{},{more}}}", text.trim_end_matches('}')));
        })
    };
    vec![
        wrong(
            state,
            "duplicate",
            "a member twice, with the same value",
            "JSON-2",
            text(|text| {
                let inner = text.trim_matches(['{', '}']);
                format!("{{{inner},{inner}}}").into_bytes()
            }),
        ),
        wrong(
            state,
            "duplicate-inside",
            "a member twice, in an object that nobody needs",
            "JSON-2",
            with(r#""more":{"a":1,"\u0061":1}"#),
        ),
        wrong(
            state,
            "trailing",
            "a byte after the value",
            "JSON-1",
            text(|text| format!("{text}}}").into_bytes()),
        ),
        wrong(
            state,
            "truncated-text",
            "text that ends early",
            "JSON-1",
            text(|text| text.as_bytes()[..text.len() - 1].to_vec()),
        ),
        wrong(
            state,
            "byte-order-mark",
            "a byte order mark",
            "JSON-1",
            text(|text| format!("\u{feff}{text}").into_bytes()),
        ),
        wrong(
            state,
            "not-utf-8",
            "a string that is not UTF-8",
            "JSON-1",
            text(|text| {
                let mut bytes = text.trim_end_matches('}').as_bytes().to_vec();
                bytes.extend(b",\"more\":\"\xff\"}");
                bytes
            }),
        ),
        wrong(
            state,
            "surrogate",
            "half a surrogate pair",
            "JSON-1",
            with(r#""more":"\ud800""#),
        ),
        wrong(state, "nan", "NaN", "JSON-1", with(r#""more":NaN"#)),
        wrong(
            state,
            "comment",
            "a comment",
            "JSON-1",
            text(|text| format!("{text}// well").into_bytes()),
        ),
        wrong(
            state,
            "huge-number",
            "a number beyond binary64, in a member that nobody needs",
            "JSON-3",
            with(r#""more":1e999"#),
        ),
        wrong(
            state,
            "deep",
            "17 levels",
            "JSON-3",
            with(r#""more":[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]"#),
        ),
        wrong(
            state,
            "missing",
            "an object without members",
            "JSON-4",
            instead(on, json_response(usual(on), json!({}))),
        ),
        wrong(
            state,
            "empty",
            "no body",
            "JSON-1",
            instead(on, typed(usual(on), "application/json")),
        ),
        wrong(
            state,
            "too-long",
            "one byte more than a client reads, all of it white space",
            "CLIENT-5",
            edit(on, |response| {
                let text = response
                    .body
                    .take()
                    .unwrap_or_default()
                    .to_string()
                    .into_bytes();
                response.bytes = Some(TranscriptBytes::Parts(vec![
                    TranscriptBytes::hex(&text),
                    TranscriptBytes::repeat(b" ", MOST + 1 - text.len()),
                ]));
            }),
        ),
    ]
}
