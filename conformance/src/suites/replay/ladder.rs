//! The message ladder: what went between a client and the relay, as people read it.

use std::fmt::Write as _;

use super::transcript::{ClientRole, RecordedExchange, Says, Transcript, request_name};
use crate::stage::response::TransportFault;

/// One line of the message ladder.
#[derive(Debug, Clone)]
pub(crate) struct Rung {
    pub(crate) request: String,
    pub(crate) reply: String,
}

/// Draws what a transcript records.
pub(super) fn of(transcript: &Transcript) -> String {
    let expect = &transcript.expect;
    let end = match &expect.reason {
        Some(reason) => format!("{} ({reason})", expect.outcome),
        None => expect.outcome.clone(),
    };
    of_exchanges(transcript.role, &transcript.exchanges, &end)
}

/// Draws exchanges, and the client's end below.
pub(crate) fn of_exchanges(role: ClientRole, exchanges: &[RecordedExchange], end: &str) -> String {
    let rungs: Vec<Rung> = exchanges
        .iter()
        .map(|exchange| {
            let request = &exchange.request;
            let mut name = request_name(&request.method, &request.target);
            if let Some((_, query)) = request.target.split_once('?') {
                name += &format!(" ({query})");
            }
            Rung {
                request: match (exchange.repeat, exchange.again) {
                    (_, true) => name + " (again and again)",
                    (true, false) => name + " (again)",
                    (false, false) => name,
                },
                reply: reply(exchange),
            }
        })
        .collect();
    draw(role, &rungs, end)
}

/// Draws requests and replies between the client and the relay, and the client's end below.
pub(super) fn draw(role: ClientRole, rungs: &[Rung], end: &str) -> String {
    let width = rungs
        .iter()
        .map(|rung| rung.request.len())
        .max()
        .unwrap_or(0);
    let mut text = format!("  {:<14}{:width$}  relay\n", role.token(), "");
    for rung in rungs {
        let _ = writeln!(text, "    |  {:<width$}  ------->  |", rung.request);
        let _ = writeln!(
            text,
            "    |  <{:-<rest$}  {}",
            "",
            rung.reply,
            rest = width + 8
        );
    }
    let _ = writeln!(text, "    *  {end}");
    // A terminal shows the client's text and does not carry it out.
    text.retain(|character| character == '\n' || !character.is_control());
    text
}

/// The end of an exchange.
pub(super) fn reply(exchange: &RecordedExchange) -> String {
    let mut text = match (&exchange.response, &exchange.fault) {
        (Some(response), _) => {
            let member = |name: &str| response.body.as_ref().and_then(|body| body[name].as_str());
            let token = member("type").and_then(|tag| tag.rsplit(':').next());
            let words = [token, member("reason")].into_iter().flatten();
            words.fold(response.status.to_string(), |text, word| text + " " + word)
        }
        (None, Some(TransportFault::Close)) => "closed without an answer".into(),
        (None, Some(TransportFault::Stall)) => "no answer".into(),
        (None, Some(TransportFault::StallBody { .. })) => "half an answer".into(),
        (None, Some(TransportFault::BreakOff { .. })) => "an answer that breaks off".into(),
        (None, Some(TransportFault::Garbage { .. })) => "no HTTP".into(),
        (None, None) => String::new(),
    };
    if let Some(wrong) = &exchange.wrong {
        text += &format!(" ({wrong})");
    }
    if let Some(says) = &exchange.user {
        text += &format!("; meanwhile {}", said(says));
    }
    if let Some(says) = &exchange.then_user {
        text += &format!("; then {}", said(says));
    }
    text
}

/// The user's events.
fn said(says: &Says) -> String {
    let said: Vec<&str> = says.events().iter().map(|event| event.told()).collect();
    said.join(", and ")
}
