//! Problem documents that are malformed, or that have no event.

use serde_json::json;

use super::super::rules::{Rule, instead, problem};
use super::super::scenario::Scenario;
use super::responses::wrong;
use super::states::{CLAIMING, WAITING_FOR_ANSWER};
use crate::stage::response::RecordedResponse;

pub(super) fn scenarios() -> Vec<Scenario> {
    let mut all = Vec::new();
    for state in [WAITING_FOR_ANSWER, CLAIMING] {
        let problem_with = |token: &str, change: fn(&mut RecordedResponse)| {
            let mut response = problem(token, Some("cancelled"));
            change(&mut response);
            instead(state.request, response)
        };
        let faults: [(&str, &str, Rule); 10] = [
            (
                "problem-status",
                "`crowded` with the status 404",
                problem_with("crowded", |a| a.status = 404),
            ),
            (
                "problem-closed-404",
                "`closed` with the status 404",
                problem_with("closed", |a| a.status = 404),
            ),
            (
                "problem-absent-410",
                "`no-such-channel` with the status 410",
                problem_with("no-such-channel", |a| a.status = 410),
            ),
            (
                "problem-200",
                "`no-such-channel` with the status 200",
                problem_with("no-such-channel", |a| a.status = 200),
            ),
            (
                "problem-json",
                "a refusal of content type application/json",
                problem_with("crowded", |a| {
                    a.headers
                        .insert("content-type".into(), "application/json".into());
                }),
            ),
            (
                "problem-no-type",
                "a refusal without `type`",
                problem_with("crowded", |a| {
                    a.body = Some(json!({"title": "crowded", "status": 409}))
                }),
            ),
            (
                "problem-blank",
                "a refusal of type about:blank",
                problem_with("crowded", |a| a.body = Some(json!({"type": "about:blank"}))),
            ),
            (
                "problem-other-tag",
                "a refusal with the right token behind another tag",
                problem_with("crowded", |a| {
                    a.body = Some(json!({"type": "tag:example.com,2026:crowded"}))
                }),
            ),
            (
                "problem-no-reason",
                "`closed` without `reason`",
                problem_with("closed", |a| {
                    a.body = Some(
                        json!({"type": "tag:wormhole-sync.example,2026:closed", "title": "closed", "status": 410}),
                    );
                }),
            ),
            (
                "problem-reason-number",
                "`closed` with a number as `reason`",
                problem_with("closed", |a| {
                    a.body =
                        Some(json!({"type": "tag:wormhole-sync.example,2026:closed", "reason": 7}));
                }),
            ),
        ];
        all.extend(faults.map(|(name, what, rule)| wrong(state, name, what, "CLIENT-7", rule)));
        for token in [
            "malformed",
            "unauthorized",
            "method-not-allowed",
            "out-of-order",
            "too-large",
        ] {
            let what = format!("the refusal `{token}`, which has no event");
            let rule = instead(state.request, problem(token, None));
            all.push(wrong(state, token, &what, "CLIENT-7", rule));
        }
    }
    all
}
