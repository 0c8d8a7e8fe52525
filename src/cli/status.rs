//! The exit statuses: one for each outcome of section 12, and some of our own.

use std::fmt::Write;

use super::wording::meaning;
use crate::protocol::Outcome;

/// The status when a file, the terminal or an address of this machine cannot be used.
pub(super) const LOCAL: u8 = 1;

/// The status when the arguments make no sense, which is clap's own.
pub(super) const USAGE: u8 = 2;

/// The status of an exchange that is `done` without a proof that this side's blob arrived
/// (`delivered`, INIT-4): a script must not throw away what it has sent.
pub(super) const UNCONFIRMED: u8 = 3;

/// The end of `--help`: `text` and the table of exit statuses.
pub(super) fn after_help(text: &str) -> String {
    let mut help = format!("{text}\n\nExit status:\n");
    let mut row = |status, name, meaning| {
        // Writing to a String does not fail.
        let _ = writeln!(help, "  {status:>2}  {name:<18} {meaning}");
    };
    row(
        Outcome::Done.exit_status(),
        Outcome::Done.token(),
        meaning(Outcome::Done),
    );
    row(
        LOCAL,
        "",
        "a file, the terminal or an address of this machine cannot be used",
    );
    row(USAGE, "", "the arguments cannot be understood");
    row(
        UNCONFIRMED,
        Outcome::Done.token(),
        "the other side's blob opened, but it is not confirmed that yours arrived",
    );
    for outcome in Outcome::ALL.into_iter().skip(1) {
        row(outcome.exit_status(), outcome.token(), meaning(outcome));
    }
    help
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_outcome_has_its_own() {
        let all: BTreeSet<u8> = Outcome::ALL.map(Outcome::exit_status).into_iter().collect();
        assert_eq!(all.len(), Outcome::ALL.len());
        assert!(!all.contains(&LOCAL) && !all.contains(&USAGE) && !all.contains(&UNCONFIRMED));
    }

    #[test]
    fn the_table_has_a_row_for_each() {
        let help = after_help("");
        for outcome in Outcome::ALL {
            let row = format!("  {:>2}  {}", outcome.exit_status(), outcome.token());
            assert!(help.contains(&row), "{row} in {help}");
        }
    }
}
