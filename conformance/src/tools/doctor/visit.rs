//! An adapter that is tried, one test after the other.

use std::thread;
use std::time::Duration;

use super::advice::{advice, told, wrong};
use crate::subject::adapter::{AdapterError, AdapterHandle, Hello};
use crate::suites::case::{self, Case};
use crate::suites::vectors::printable;
use crate::terminal::show;

/// The beginning of the ids of the doctor's own tests, which no check has.
const OWN: &str = "live-doctor-";

/// An adapter that is tried.
pub(super) struct Visit<'a> {
    pub(super) hello: Hello,
    pub(super) connect: &'a dyn Fn() -> Result<AdapterHandle, AdapterError>,
    /// Nothing after it broke: the next operation begins with another process.
    pub(super) adapter: Option<AdapterHandle>,
    pub(super) timeout: Duration,
    /// The command that judges by one test, less its id.
    pub(super) again: String,
}

impl Visit<'_> {
    /// Tries an operation by the first test of it that is to be accepted.
    pub(super) fn tries(&mut self, cases: &[Box<dyn Case>], operation: &str) -> bool {
        let cases = cases.iter().map(AsRef::as_ref);
        let mut cases = cases
            .filter(|case: &&dyn Case| case.operations() == [operation] && self.can_try(*case));
        let simple = cases.clone().find(|case| case.control().is_none());
        let case = simple.or_else(|| cases.next());
        case.is_some_and(|case| self.plays(operation, case, self.timeout, ""))
    }

    /// Tries the first refusal of an operation that is offered.
    pub(super) fn refuses<'n>(
        &mut self,
        cases: &[Box<dyn Case>],
        mut operations: impl Iterator<Item = &'n str>,
    ) -> bool {
        let cases = || cases.iter().map(AsRef::as_ref);
        let case = operations.find_map(|operation| {
            cases().find(|case: &&dyn Case| {
                let is_refusal = case.level() < 5 && case.control().is_some();
                is_refusal && case.operations() == [operation] && self.can_try(*case)
            })
        });
        let hint = "`refused` says the outcome; `error` is for what could not be tried.";
        case.is_none_or(|case| self.plays("refusal", case, self.timeout, hint))
    }

    /// Whether the adapter offers all that a test asks for.
    pub(super) fn can_try(&self, case: &dyn Case) -> bool {
        let has = |wanted: Vec<&str>, offered: &[String]| {
            let mut wanted = wanted.into_iter();
            wanted.all(|name| offered.iter().any(|its| its == name))
        };
        has(case.operations(), &self.hello.operations)
            && has(case.roles(), &self.hello.roles)
            && case.parts().into_iter().all(|part| self.hello.can(part))
    }

    pub(super) fn adapter(&mut self) -> Result<&AdapterHandle, AdapterError> {
        let adapter = match self.adapter.take() {
            Some(adapter) => adapter,
            None => (self.connect)()?,
        };
        Ok(self.adapter.insert(adapter))
    }

    /// Plays a test, and says what came of it, with a hint when it is wrong.
    pub(super) fn plays(
        &mut self,
        name: &str,
        case: &dyn Case,
        timeout: Duration,
        hint: &str,
    ) -> bool {
        let adapter = match self.adapter() {
            Ok(adapter) => adapter,
            Err(error) => return wrong(name, &error, ""),
        };
        let mark = adapter.stderr_mark();
        match case.run(adapter, timeout) {
            case::Outcome::Passed => {
                show(format_args!(
                    "  ok     {name:14} {}",
                    printable(case.title())
                ));
                true
            }
            case::Outcome::Failed(failure) => {
                let more = match case.id().starts_with(OWN) {
                    true => format!(
                        "More: {} --suite live",
                        self.again.trim_end_matches(" --filter ")
                    ),
                    false => format!("More: {}{}", self.again, case.id()),
                };
                wrong(name, &told(&failure), &format!("{hint}\n{more}"))
            }
            case::Outcome::Inconclusive(why) => wrong(name, &why, ""),
            case::Outcome::Broke(error, _) => {
                // What it said last may still be on its way.
                thread::sleep(Duration::from_millis(50));
                let said = adapter.stderr_since(mark);
                self.adapter = None;
                let advice = match hint {
                    "" => advice(&error),
                    hint => hint,
                };
                wrong(name, &error, advice);
                if let Some(last) = said.trim_end().lines().next_back() {
                    show(format_args!(
                        "         {:14} on standard error: {}",
                        "",
                        printable(last)
                    ));
                }
                false
            }
        }
    }

    /// Ends the adapter as a check does.
    pub(super) fn ends(&mut self) -> bool {
        let Some(adapter) = self.adapter.take() else {
            return true;
        };
        match adapter.finish(self.timeout) {
            Ok(()) => {
                show("  ok     end            with its standard input, by status 0");
                true
            }
            Err(error) => wrong(
                "end",
                &error,
                "When standard input ends, so does the adapter.",
            ),
        }
    }
}
