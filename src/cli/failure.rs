//! The failure of a run: two lines for the user, and an exit status for programs.

use std::fmt::Display;

use serde_json::{Value, json};

use super::address::ChosenAddress;
use super::wording::{advice, meaning};
use super::{print, status};
use crate::client::{Cause, Error};
use crate::protocol::{Detail, Outcome};

/// A run that did not end as well as it could.
#[derive(Debug)]
pub(super) struct Failure {
    status: u8,
    outcome: Option<Outcome>,
    what: String,
    hint: String,
}

impl Failure {
    /// A file, the terminal or an address of this machine could not be used.
    pub(super) fn local(what: impl Display, hint: impl Into<String>) -> Failure {
        Failure {
            status: status::LOCAL,
            outcome: None,
            what: what.to_string(),
            hint: hint.into(),
        }
    }

    /// The arguments make no sense in a way that clap does not see.
    pub(super) fn usage(what: impl Display, hint: impl Into<String>) -> Failure {
        Failure {
            status: status::USAGE,
            ..Failure::local(what, hint)
        }
    }

    /// This program itself ended with an outcome.
    pub(super) fn outcome(outcome: Outcome, detail: impl Display) -> Failure {
        Failure {
            status: outcome.exit_status(),
            outcome: Some(outcome),
            what: format!("{outcome}: {detail}"),
            hint: outcome.sentence().to_owned(),
        }
    }

    /// The exchange is done, without a proof that this side's blob arrived (INIT-4).
    pub(super) fn unconfirmed(sentence: &str) -> Failure {
        Failure {
            status: status::UNCONFIRMED,
            outcome: Some(Outcome::Done),
            what: "done, but it is not confirmed that your blob arrived".to_owned(),
            hint: sentence.to_owned(),
        }
    }

    /// An exchange over this relay failed.
    pub(super) fn exchange(error: &Error, address: &ChosenAddress) -> Failure {
        let outcome = error.outcome();
        let mut failure = match error.cause() {
            Some(cause) => Failure::outcome(outcome, cause),
            None => Failure::outcome(outcome, meaning(outcome)),
        };
        let attempt = match error.cause() {
            Some(Cause::Exchange(Detail::Attempt(attempt))) => Some(*attempt),
            _ => None,
        };
        let is_about_the_address = match outcome {
            Outcome::RelayUnreachable | Outcome::RelayMisbehaved | Outcome::NoSuchChannel => true,
            // The last attempt failed at this address before the time was over.
            _ => attempt.is_some(),
        };
        if outcome == Outcome::BadRendezvous {
            failure.what = format!("{}: {address}", failure.what);
            failure.hint = format!("{} (--allow-plain-http)", failure.hint);
        } else if is_about_the_address {
            failure.what = format!("{}{}", failure.what, address.place_of(attempt));
        }
        if let Some(attempt) = attempt {
            failure.hint = format!(
                "{} Then start again with a new code.",
                advice(attempt, address)
            );
        }
        failure
    }

    /// Replaces the hint.
    pub(super) fn hint(self, hint: impl Into<String>) -> Failure {
        Failure {
            hint: hint.into(),
            ..self
        }
    }

    /// The exit status.
    pub(super) fn status(&self) -> u8 {
        self.status
    }

    /// The last line of `--json`. The outcome is `null` where none of section 12 fits.
    pub(super) fn event(&self) -> Value {
        let reason = self.outcome.and_then(|outcome| match outcome {
            Outcome::Closed(reason) => Some(reason.token()),
            _ => None,
        });
        json!({
            "event": "result",
            "outcome": self.outcome.map(Outcome::token),
            "reason": reason,
            "delivered": false,
            "status": self.status,
            "error": self.what,
            "hint": self.hint,
        })
    }

    /// Prints the failure and the hint to standard error.
    pub(super) fn report(&self) {
        print::tell(format_args!("error: {}", self.what));
        if !self.hint.is_empty() {
            print::tell(format_args!("hint: {}", self.hint));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::{AppId, Code};

    #[test]
    fn both_lines_say_what_matters() {
        let address = ChosenAddress::choose(Some("http://127.0.0.1:1".to_owned()), None, None);
        let error = Error::from(AppId::new(b"").unwrap_err());
        let failure = Failure::exchange(&error, &address);
        assert_eq!(
            (failure.what.as_str(), failure.hint.as_str()),
            (
                "bad-appid: the application identifier has 0 bytes; it has 1 to 128",
                "Give an application identifier of 1 to 128 bytes."
            )
        );
        let error = Error::from(Code::parse("7-clockwork-crossover").unwrap_err());
        let failure = Failure::exchange(&error, &address);
        assert_eq!(
            failure.what,
            "bad-code: \"clockwork\" and \"crossover\" are swapped"
        );
        assert_eq!(failure.status(), 10);
    }

    /// The other outcomes are shown by runs of the program.
    #[test]
    fn a_machine_that_fails_is_reported() {
        let failure = Failure::exchange(
            &Error::from(crate::crypto::NoRandomness),
            &ChosenAddress::choose(Some("http://127.0.0.1:1".to_owned()), None, None),
        );
        assert_eq!(
            (failure.what.as_str(), failure.hint.as_str()),
            (
                "internal: the system gives no random bytes",
                "Report this as a fault of the program, and start again with a new code."
            )
        );
    }
}
