//! The reference, to which a draft of a transcript is played.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::Value;

use crate::subject::adapter::{AdapterEvent, AdapterHandle};
use crate::suites::case::{Case, Failure, Outcome};
use crate::suites::replay;
use crate::suites::replay::client::{AdapterClient, Client, RunError};
use crate::suites::replay::judgement::Shown;
use crate::suites::replay::transcript::{ExpectedEnd, Transcript};
use crate::suites::replay::user::ScriptedUser;
use crate::suites::vectors::printable;
use crate::terminal::show;

/// The real time by which the reference may be late.
const LAG: Duration = Duration::from_secs(1);

/// A client that keeps its end.
struct Listening<'a> {
    client: AdapterClient<'a>,
    end: Mutex<Option<ExpectedEnd>>,
}

impl Client for Listening<'_> {
    fn run(
        &self,
        input: Value,
        limit: Duration,
        user: &ScriptedUser,
        on_event: &mut dyn FnMut(&AdapterEvent),
    ) -> Result<Value, RunError> {
        let mut shown = Shown::default();
        let result = self.client.run(input, limit, user, &mut |event| {
            shown.note(event);
            on_event(event);
        })?;
        *self.end.lock().unwrap_or_else(PoisonError::into_inner) = shown.end(&result);
        Ok(result)
    }
}

/// The end that the reference comes to.
///
/// # Errors
///
/// A sentence when it comes to none.
pub(super) fn end(
    draft: &Transcript,
    reference: &AdapterHandle,
    timeout: Duration,
) -> anyhow::Result<ExpectedEnd> {
    let listening = Listening {
        client: AdapterClient(reference),
        end: Mutex::new(None),
    };
    // A difference shows when the draft is judged by this end.
    replay::case(draft.clone())?.play(&listening, timeout, LAG);
    let end = listening.end.into_inner();
    end.unwrap_or_else(PoisonError::into_inner)
        .context("the reference comes to no end")
}

/// Refuses a draft when the reference does otherwise.
///
/// # Errors
///
/// A sentence about the first difference.
pub(super) fn judge(
    draft: &Transcript,
    reference: &AdapterHandle,
    timeout: Duration,
) -> anyhow::Result<()> {
    let case = replay::case(draft.clone())?;
    let Failure {
        expected,
        actual,
        difference,
        detail,
        ..
    } = match case.run(reference, timeout) {
        Outcome::Passed => return Ok(()),
        Outcome::Inconclusive(why) => bail!("this machine is too busy to prove anything: {why}"),
        Outcome::Failed(failure) | Outcome::Broke(_, failure) => failure,
    };
    for line in &detail {
        show(printable(line));
    }
    bail!(
        "the reference does otherwise, so the recorded program, a given value or the reference is \
         wrong: in {} it is {}, recorded {}",
        printable(&difference.unwrap_or_else(|| "the run".to_owned())),
        printable(&actual),
        printable(&expected)
    )
}
