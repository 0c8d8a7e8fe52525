//! The comparison of a request with the recorded one: the first difference, in the specification's
//! terms.

use std::time::Duration;

use serde_json::Value;
use wormhole_sync::values::{hex, json};

use super::transcript::{ClientRole, RecordedRequest, request_name};
use crate::stage::listener::ReceivedRequest;

/// The first difference between a run and its transcript.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Divergence {
    /// The requirement that is broken.
    pub(crate) clause: &'static str,
    /// The name of the value that differs.
    pub(crate) what: String,
    pub(crate) expected: String,
    pub(crate) actual: String,
    /// Whether something came too late, for which a busy machine may be to blame.
    pub(crate) is_late: bool,
    /// The real time by which it came too late, where that is known.
    pub(crate) excess: Option<Duration>,
}

impl Divergence {
    /// A difference that has an expected and an actual value.
    pub(crate) fn new(
        clause: &'static str,
        what: impl Into<String>,
        expected: impl Into<String>,
        actual: impl Into<String>,
    ) -> Self {
        let (what, expected, actual) = (what.into(), expected.into(), actual.into());
        Self {
            clause,
            what,
            expected,
            actual,
            is_late: false,
            excess: None,
        }
    }

    /// A difference that something came too late, by this much real time.
    pub(crate) fn late_by(self, excess: Duration) -> Self {
        Self {
            excess: Some(excess),
            ..self.late()
        }
    }

    /// A difference that something came too late.
    pub(crate) fn late(self) -> Self {
        Self {
            is_late: true,
            ..self
        }
    }
}

/// The clause that says which request comes next.
pub(crate) fn table(role: ClientRole) -> &'static str {
    match role {
        ClientRole::Initiator => "INIT-1",
        ClientRole::Receiver => "RECV-1",
    }
}

/// Compares as HOOK-3 says: method, target and `Authorization` exactly, the body as a JSON value
/// without further members; and what CLIENT-1 asks of the other headers.
pub(crate) fn compare(
    role: ClientRole,
    expected: &RecordedRequest,
    arrived: &ReceivedRequest,
) -> Result<(), Divergence> {
    let wanted = request_name(&expected.method, &expected.target);
    let came = request_name(&arrived.method, &arrived.target);
    if wanted != came {
        return Err(Divergence::new(
            table(role),
            "the request",
            wanted,
            describe(arrived),
        ));
    }
    target(&expected.target, &arrived.target)?;
    let authorization = arrived.header("authorization");
    if authorization != [expected.authorization.as_str()] {
        let actual = match authorization.as_slice() {
            [] => "no such header".to_owned(),
            [one] => (*one).to_owned(),
            more => format!("{} such headers", more.len()),
        };
        let what = format!("`Authorization` of {wanted}");
        return Err(Divergence::new(
            "CLIENT-1",
            what,
            &expected.authorization,
            actual,
        ));
    }
    let codings = arrived.header("accept-encoding").join(",");
    let wants_coding = |coding: &str| {
        let coding = coding.split(';').next().unwrap_or_default().trim();
        !coding.is_empty() && !coding.eq_ignore_ascii_case("identity")
    };
    if codings.split(',').any(wants_coding) {
        let what = format!("`Accept-Encoding` of {wanted}");
        let expected = "identity, or no such header";
        return Err(Divergence::new("CLIENT-8", what, expected, codings));
    }
    let Some(body) = &expected.body else {
        return match arrived.body.len() {
            0 => Ok(()),
            n => Err(Divergence::new(
                "CLIENT-1",
                format!("the body of {wanted}"),
                "none",
                format!("{n} bytes"),
            )),
        };
    };
    let types = arrived.header("content-type");
    let essence = |text: &str| {
        text.split(';')
            .next()
            .map(|t| t.trim().to_ascii_lowercase())
    };
    if types.len() != 1 || essence(types[0]).as_deref() != Some("application/json") {
        let what = format!("`Content-Type` of {wanted}");
        let actual = format!("{types:?}");
        return Err(Divergence::new(
            "CLIENT-1",
            what,
            "application/json",
            actual,
        ));
    }
    self::body(role, &wanted, body, &arrived.body)
}

/// The name of a request and, for a close, its reason.
pub(crate) fn describe(arrived: &ReceivedRequest) -> String {
    let name = request_name(&arrived.method, &arrived.target);
    match serde_json::from_slice::<Value>(&arrived.body) {
        Ok(value) if name == "close" => match value["reason"].as_str() {
            Some(reason) => format!("close {reason}"),
            None => name,
        },
        _ => name,
    }
}

/// Says whether a poll asks for less than the wait of a run's beginning.
fn is_shortened(target: &str) -> bool {
    let wait = target
        .split_once("?wait=")
        .and_then(|(_, wait)| wait.parse::<u8>().ok());
    wait.is_some_and(|wait| wait < 25)
}

fn target(expected: &str, actual: &str) -> Result<(), Divergence> {
    if expected == actual {
        return Ok(());
    }
    let (wanted, came) = (split(expected), split(actual));
    let (clause, what) = if wanted.base != came.base {
        ("RDV-3", "the target's base path")
    } else if wanted.appid != came.appid {
        ("RDV-3", "the target's appid in hex")
    } else if wanted.path != came.path {
        ("CODE-9", "the target's channel id")
    } else if [expected, actual].into_iter().any(is_shortened) {
        ("TIME-8", "the target's query")
    } else {
        ("CLIENT-1", "the target's query")
    };
    Err(Divergence::new(clause, what, expected, actual))
}

struct TargetParts<'a> {
    base: &'a str,
    appid: &'a str,
    path: &'a str,
}

fn split(target: &str) -> TargetParts<'_> {
    let path = target.split('?').next().unwrap_or_default();
    // The base path may hold a `/v1/` itself, an appid cannot.
    let (base, rest) = path.rsplit_once("/v1/").unwrap_or(("", path));
    let (appid, path) = rest.split_once('/').unwrap_or((rest, ""));
    TargetParts { base, appid, path }
}

fn body(role: ClientRole, name: &str, expected: &Value, actual: &[u8]) -> Result<(), Divergence> {
    let shown = || {
        String::from_utf8_lossy(actual)
            .chars()
            .take(200)
            .collect::<String>()
    };
    // The strict reader comes first: one that takes the last of two members would hide a
    // difference.
    if let Err(fault) = json::parse(actual) {
        let what = format!("the body of {name}");
        let wanted = format!("a JSON object ({fault})");
        return Err(Divergence::new("JSON-1", what, wanted, shown()));
    }
    let actual: Value = serde_json::from_slice(actual)
        .map_err(|_| Divergence::new("JSON-1", format!("the body of {name}"), "JSON", shown()))?;
    let nothing = serde_json::Map::new();
    let wanted = expected.as_object().unwrap_or(&nothing);
    let came = actual.as_object().unwrap_or(&nothing);
    for (member, value) in wanted {
        let what = || format!("member `{member}` of {name}");
        match (came.get(member), value.as_str()) {
            (None, _) => {
                return Err(Divergence::new(
                    "JSON-4",
                    what(),
                    value.to_string(),
                    "no such member",
                ));
            }
            (Some(found), _) if found == value => {}
            (Some(Value::String(found)), Some(text)) if member == "body" => {
                return Err(binary(name, text, found));
            }
            (Some(found), _) => {
                return Err(Divergence::new(
                    table(role),
                    what(),
                    value.to_string(),
                    found.to_string(),
                ));
            }
        }
    }
    match came.keys().find(|member| !wanted.contains_key(*member)) {
        Some(extra) => Err(Divergence::new(
            "CLIENT-1",
            format!("member `{extra}` of {name}"),
            "no further member",
            came[extra].to_string(),
        )),
        None => Ok(()),
    }
}

/// The first field of a message that differs.
fn binary(name: &str, expected: &str, actual: &str) -> Divergence {
    let whole = |clause, what: &str| {
        Divergence::new(
            clause,
            format!("`body` of {name}: {what}"),
            expected,
            actual,
        )
    };
    if expected.eq_ignore_ascii_case(actual) {
        return whole("HEX-1", "uppercase hex");
    }
    let (Ok(wanted), Ok(came)) = (
        hex::decode(expected.as_bytes()),
        hex::decode(actual.as_bytes()),
    ) else {
        return whole("HEX-1", "no hex");
    };
    if wanted.len() != came.len() {
        return Divergence::new(
            if name == "put answer" || name == "put finish" {
                "SEAL-1"
            } else {
                "SEAL-3"
            },
            format!("length of `body` of {name}"),
            format!("{} bytes", wanted.len()),
            format!("{} bytes", came.len()),
        );
    }
    let at = wanted.iter().zip(&came).take_while(|(a, b)| a == b).count();
    let tag = wanted.len().saturating_sub(16);
    let (clause, field, from, to) = match name {
        "allocate" | "put answer" if at == 0 => ("PAKE-3", "side byte", 0, 1),
        "allocate" => ("PAKE-3", "SPAKE2 element", 1, wanted.len()),
        "put answer" if at < 33 => ("PAKE-3", "SPAKE2 element", 1, 33),
        "put answer" if at < tag => ("KEY-1", "sealed blob", 33, tag),
        "put finish" if at < tag => ("KEY-1", "sealed blob", 0, tag),
        "put answer" | "put finish" => ("SEAL-3", "tag of the seal", tag, wanted.len()),
        _ => ("SEAL-3", "sealed receipt", 0, wanted.len()),
    };
    let to = to.min(from + 32);
    Divergence::new(
        clause,
        format!("`body` of {name}: {field}, byte {}", at - from.min(at)),
        hex::encode(&wanted[from..to]),
        hex::encode(&came[from..to]),
    )
}
