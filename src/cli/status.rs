//! The exit statuses: one for each outcome of section 12, and three of our own.

use super::spelling::meaning;
use crate::protocol::Outcome;
use std::fmt::Write;

/// A file, a terminal or an address of this machine could not be used.
pub(super) const LOCAL: u8 = 1;

/// The arguments make no sense; clap's own.
pub(super) const USAGE: u8 = 2;

/// The first status of an outcome that is not `done`: the ones below are in common use.
const FIRST: u8 = 10;

/// The status of an outcome: 0 for `done`, then 10 onwards in the order of section 12.
pub(super) fn of(outcome: Outcome) -> u8 {
    let is_it = |other: &Outcome| other.token() == outcome.token();
    match Outcome::ALL.iter().position(is_it) {
        Some(0) => 0,
        Some(at) => u8::try_from(at).map_or(LOCAL, |at| FIRST + at - 1),
        None => LOCAL,
    }
}

/// `--help`'s end: `text` and the table.
pub(super) fn after_help(text: &str) -> String {
    let mut help = format!("{text}\n\nExit status:\n");
    let mut row = |status, name, meaning| {
        // Writing to a String does not fail.
        let _ = writeln!(help, "  {status:>2}  {name:<18} {meaning}");
    };
    row(0, Outcome::Done.token(), meaning(Outcome::Done));
    row(
        LOCAL,
        "",
        "a file, the terminal or an address of this machine cannot be used",
    );
    row(USAGE, "", "the arguments cannot be understood");
    for outcome in Outcome::ALL.into_iter().skip(1) {
        row(of(outcome), outcome.token(), meaning(outcome));
    }
    help
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::CloseReason;
    use std::collections::BTreeSet;

    #[test]
    fn each_outcome_has_its_own() {
        let all: BTreeSet<u8> = Outcome::ALL.map(of).into_iter().collect();
        assert_eq!(all.len(), Outcome::ALL.len());
        assert!(!all.contains(&LOCAL) && !all.contains(&USAGE));
        assert_eq!(of(Outcome::Done), 0);
        assert_eq!(of(Outcome::BadCode), 10);
        assert_eq!(
            of(Outcome::Closed(CloseReason::Lost)),
            of(Outcome::Closed(CloseReason::Done))
        );
    }

    /// Scripts depend on these numbers: a change of one is a change for them.
    #[test]
    fn the_table_is_as_published() {
        let help = after_help("");
        for row in ["  10  bad-code", "  19  bad-element", "  25  internal"] {
            assert!(help.contains(row), "{row} in {help}");
        }
    }
}
