//! A vector as a test, which asks an adapter and judges its reply.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use super::bytes::expand;
use super::diff::{MemberDifference, first_difference};
use super::display::{printable, short};
use super::file::{Expected, ExpectedRefusal, Family, Test, Vectors};
use super::shapes::{MemberType, Shape};
use crate::subject::adapter::{AdapterHandle, Members, Refused, Reply};
use crate::suites::case::{Case, Failure, Outcome};

/// The tests of vectors, in their order.
pub(crate) fn cases(vectors: Vectors) -> Vec<Box<dyn Case>> {
    vectors.families.into_iter().flat_map(of_family).collect()
}

/// The tests of a family. Notes explain failures and judge nothing: if a folder of vectors lacks
/// one, the report goes without it.
fn of_family(family: Family) -> Vec<Box<dyn Case>> {
    let notes: BTreeMap<String, String> = family
        .notes
        .iter()
        .map(|(flag, note)| {
            let text = |name: &str| note.get(name).and_then(Value::as_str).unwrap_or_default();
            (
                flag.clone(),
                format!("{} {}", text("description"), text("effect")),
            )
        })
        .collect();
    let twins: Vec<Option<String>> = family
        .tests
        .iter()
        .map(|test| twin(test, &family.tests))
        .collect();
    let case = |(test, twin): (Test, Option<String>)| {
        let notes = test
            .flags
            .iter()
            .filter_map(|flag| Some(format!("{flag}: {}", notes.get(flag)?)))
            .collect();
        Box::new(VectorCase {
            family: family.family.clone(),
            level: family.level,
            test,
            twin,
            notes,
        }) as Box<dyn Case>
    };
    family.tests.into_iter().zip(twins).map(case).collect()
}

/// The refused test that must pass for an acceptance to mean anything, where the result has no
/// members: an adapter that accepts everything would pass it otherwise.
fn twin(test: &Test, tests: &[Test]) -> Option<String> {
    if !matches!(&test.expect, Expected::Ok(ok) if ok.is_empty()) {
        return None;
    }
    let alike = |other: &&Test| {
        matches!(other.expect, Expected::Refused(_))
            && other.op == test.op
            && other.input.get("message") == test.input.get("message")
    };
    let of_this = |other: &&Test| other.control.as_ref() == Some(&test.id);
    let mut found = tests.iter().filter(alike);
    let own = found.clone().find(of_this);
    own.or_else(|| found.next()).map(|other| other.id.clone())
}

/// One vector with its family's name.
#[derive(Debug)]
struct VectorCase {
    family: String,
    level: u8,
    test: Test,
    twin: Option<String>,
    notes: Vec<String>,
}

impl Case for VectorCase {
    fn id(&self) -> &str {
        &self.test.id
    }

    fn suite(&self) -> &str {
        &self.family
    }

    fn level(&self) -> u8 {
        self.level
    }

    fn title(&self) -> &str {
        &self.test.comment
    }

    fn clauses(&self) -> &[String] {
        &self.test.clauses
    }

    fn operations(&self) -> Vec<&str> {
        vec![&self.test.op]
    }

    fn roles(&self) -> Vec<&str> {
        // Only a relay reads what clients send.
        let requests = [
            "allocate",
            "claim",
            "write-answer",
            "write-finish",
            "write-receipt",
            "close",
        ];
        let message = self.test.input.get("message").and_then(Value::as_str);
        match message {
            Some(message) if self.test.op == "json" && requests.contains(&message) => vec!["relay"],
            _ => Vec::new(),
        }
    }

    fn control(&self) -> Option<&str> {
        (self.test.control.as_deref()).or(self.twin.as_deref())
    }

    fn content(&self) -> Vec<(&'static str, String)> {
        let control = self
            .control()
            .map(|control| ("control", control.to_owned()));
        let given = self.given().into_iter().map(|line| ("asked", line));
        let expected = [("expected", show_expect(&self.test.expect))];
        let notes = self.notes.iter().map(|note| ("note", note.clone()));
        control
            .into_iter()
            .chain(given)
            .chain(expected)
            .chain(notes)
            .collect()
    }

    fn run(&self, adapter: &AdapterHandle, timeout: Duration) -> Outcome {
        let shape = Shape::of(&self.test.op);
        let (input, expect) = match (shape, expanded(&self.test.input, shape)) {
            (Some(shape), Ok(input)) => match self.expected(shape) {
                Ok(expect) => (input, expect),
                Err(fault) => return self.unusable(fault),
            },
            (None, _) => return self.unusable(format!("no operation {}", self.test.op)),
            (_, Err(fault)) => return self.unusable(fault),
        };
        match adapter.call(&self.test.op, input, timeout) {
            Ok(reply) => self.judge(&expect, reply),
            Err(error) => Outcome::Broke(error, self.failure()),
        }
    }
}

impl VectorCase {
    fn expected(&self, shape: &'static Shape) -> Result<Expected, String> {
        Ok(match &self.test.expect {
            Expected::Ok(ok) => Expected::Ok(expanded(ok, Some(shape))?),
            refused @ Expected::Refused(_) => refused.clone(),
        })
    }

    fn judge(&self, expect: &Expected, reply: Reply) -> Outcome {
        let (difference, mistake) = match (expect, &reply) {
            (Expected::Ok(wanted), Reply::Ok(got)) => match first_difference(wanted, got) {
                None => return Outcome::Passed,
                Some(difference) => return self.differs(difference),
            },
            (Expected::Refused(wanted), Reply::Refused(got)) => {
                match refusal_difference(wanted, got) {
                    None => return Outcome::Passed,
                    difference => (difference, None),
                }
            }
            (Expected::Refused(_), Reply::Ok(_)) => {
                (Some("accepted what has to be refused".to_owned()), None)
            }
            (Expected::Ok(_), Reply::Refused(_)) => {
                (Some("refused what has to be accepted".to_owned()), None)
            }
            (_, Reply::Error(_)) => (None, None),
        };
        Outcome::Failed(Failure {
            expected: show_expect(expect),
            actual: show_reply(&reply),
            difference,
            mistake,
            ..self.failure()
        })
    }

    fn differs(&self, difference: MemberDifference) -> Outcome {
        Outcome::Failed(Failure {
            expected: difference.expected,
            actual: difference.actual,
            difference: Some(difference.text),
            mistake: difference.mistake,
            ..self.failure()
        })
    }

    /// The lines of every failure of this test: the input, and the notes of its flags.
    fn failure(&self) -> Failure {
        Failure {
            given: self.given(),
            detail: self.notes.clone(),
            ..Failure::default()
        }
    }

    fn given(&self) -> Vec<String> {
        let mut given = vec![self.test.op.clone()];
        let shown = self.test.shown.iter();
        given.extend(shown.map(|shown| format!("that is `{}`", printable(shown))));
        let input = self.test.input.iter();
        given.extend(input.map(|(name, value)| format!("{name} = {}", short(value))));
        given
    }

    fn unusable(&self, fault: String) -> Outcome {
        Outcome::Failed(Failure {
            expected: "a vector that can be used".to_owned(),
            actual: fault,
            ..Failure::default()
        })
    }
}

/// Members with their bytes written out.
fn expanded(members: &Members, shape: Option<&Shape>) -> Result<Members, String> {
    members
        .iter()
        .map(|(name, value)| {
            let value = match shape.and_then(|shape| shape.member_type(name)) {
                Some(MemberType::Bytes) => Value::String(expand(value)?),
                Some(
                    MemberType::Text
                    | MemberType::Number
                    | MemberType::Flag
                    | MemberType::Words
                    | MemberType::OneOf(_),
                )
                | None => value.clone(),
            };
            Ok((name.clone(), value))
        })
        .collect()
}

fn refusal_difference(wanted: &ExpectedRefusal, got: &Refused) -> Option<String> {
    if wanted.outcome != got.outcome {
        return Some(format!(
            "outcome: {}, expected {}",
            got.outcome, wanted.outcome
        ));
    }
    let fault = wanted.fault.as_ref()?;
    match &got.fault {
        Some(got) if got == fault => None,
        Some(got) => Some(format!("fault: {got}, expected {fault}")),
        None => Some(format!("fault: none given, expected {fault}")),
    }
}

fn show_expect(expect: &Expected) -> String {
    match expect {
        Expected::Ok(ok) => show_ok(ok),
        Expected::Refused(refusal) => show_refusal(&refusal.outcome, refusal.fault.as_deref()),
    }
}

fn show_reply(reply: &Reply) -> String {
    match reply {
        Reply::Ok(ok) => show_ok(ok),
        Reply::Refused(refused) => show_refusal(&refused.outcome, refused.fault.as_deref()),
        Reply::Error(text) => format!("the adapter could not try: {}", printable(text)),
    }
}

fn show_refusal(outcome: &str, fault: Option<&str>) -> String {
    let outcome = printable(outcome);
    match fault {
        Some(fault) => format!("refused as {outcome}, fault {}", printable(fault)),
        None => format!("refused as {outcome}"),
    }
}

fn show_ok(ok: &Members) -> String {
    if ok.is_empty() {
        return "accepted".to_owned();
    }
    let members: Vec<String> = ok
        .iter()
        .map(|(name, value)| format!("{} = {}", printable(name), short(value)))
        .collect();
    format!("accepted: {}", members.join(", "))
}
