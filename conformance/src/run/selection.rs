//! The tests that the user chooses.

use std::collections::BTreeSet;
use std::fmt::{self, Display, Formatter};

use anyhow::bail;
use clap::Args;

use crate::suites::test::Test;

/// The choice: tests that fit every kind of option that is given, and one value of each.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Selection {
    /// Only the tests whose id contains this text, or the one test of this id (repeatable)
    #[arg(long, value_name = "TEXT")]
    filter: Vec<String>,
    /// Only the tests of this suite, which is the second column of `list` (repeatable)
    #[arg(long, value_name = "NAME")]
    suite: Vec<String>,
    /// Only the tests of this level, 1 to 5; 0 is beside the levels (repeatable)
    #[arg(long, value_name = "N")]
    level: Vec<u8>,
    /// Only the tests that cite this requirement, such as CODE-6 (repeatable)
    #[arg(long, value_name = "ID")]
    clause: Vec<String>,
}

impl Selection {
    /// The names of the options.
    pub(crate) const OPTIONS: [&str; 4] = ["--filter", "--suite", "--level", "--clause"];

    /// The choice as it was typed; nothing when all tests are meant.
    pub(crate) fn description(&self) -> Option<String> {
        let text = self.to_string();
        (!text.is_empty()).then_some(text)
    }

    /// Says of each test whether it is chosen.
    ///
    /// # Errors
    ///
    /// A sentence about an option that fits no test at all, or options that fit none together.
    pub(crate) fn choose(&self, tests: &[&dyn Test]) -> anyhow::Result<Vec<bool>> {
        let all = tests.len();
        for filter in &self.filter {
            if !tests.iter().any(|test| test.id().contains(filter)) {
                bail!("no test has an id with {filter:?}; `conformance list` shows all {all}");
            }
        }
        for suite in &self.suite {
            if !tests.iter().any(|test| test.suite() == suite) {
                let names: BTreeSet<&str> = tests.iter().map(|test| test.suite()).collect();
                let names: Vec<&str> = names.into_iter().collect();
                bail!(
                    "there is no suite {suite:?} here, but: {}",
                    names.join(", ")
                );
            }
        }
        for level in &self.level {
            if !tests.iter().any(|test| test.level() == *level) {
                let levels: BTreeSet<u8> = tests.iter().map(|test| test.level()).collect();
                let levels: Vec<String> = levels.iter().map(u8::to_string).collect();
                bail!(
                    "no test here is of level {level}, but of: {}",
                    levels.join(", ")
                );
            }
        }
        for clause in &self.clause {
            if !tests.iter().any(|test| cites(*test, clause)) {
                bail!("no test here cites {clause:?}; `conformance coverage` shows what judges it");
            }
        }
        let exact: Vec<bool> = self
            .filter
            .iter()
            .map(|filter| tests.iter().any(|test| test.id() == filter))
            .collect();
        let has_id = |test: &dyn Test| {
            let mut filters = self.filter.iter().zip(&exact);
            filters.any(|(filter, exact)| match exact {
                true => test.id() == filter,
                false => test.id().contains(filter),
            })
        };
        let fits = |test: &&dyn Test| {
            (self.filter.is_empty() || has_id(*test))
                && (self.suite.is_empty() || self.suite.iter().any(|name| name == test.suite()))
                && (self.level.is_empty() || self.level.contains(&test.level()))
                && (self.clause.is_empty() || self.clause.iter().any(|id| cites(*test, id)))
        };
        let chosen: Vec<bool> = tests.iter().map(fits).collect();
        if !chosen.contains(&true) {
            bail!("no test fits all of: {self}");
        }
        Ok(chosen)
    }
}

impl Display for Selection {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let levels: Vec<String> = self.level.iter().map(u8::to_string).collect();
        let values = [&self.filter, &self.suite, &levels, &self.clause];
        let options = Self::OPTIONS.into_iter().zip(values);
        let words: Vec<String> = options
            .flat_map(|(name, values)| values.iter().map(move |value| format!("{name} {value}")))
            .collect();
        formatter.write_str(&words.join(" "))
    }
}

fn cites(test: &dyn Test, clause: &str) -> bool {
    let mut clauses = test.clauses().iter();
    clauses.any(|id| id.eq_ignore_ascii_case(clause))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Named(&'static str, &'static str, u8, Vec<String>);

    impl Test for Named {
        fn id(&self) -> &str {
            self.0
        }
        fn suite(&self) -> &str {
            self.1
        }
        fn level(&self) -> u8 {
            self.2
        }
        fn title(&self) -> &str {
            ""
        }
        fn clauses(&self) -> &[String] {
            &self.3
        }
        fn content(&self) -> Vec<(&'static str, String)> {
            Vec::new()
        }
    }

    fn chosen(selection: &Selection) -> anyhow::Result<Vec<bool>> {
        let clauses = |text: &str| text.split(' ').map(str::to_owned).collect();
        let tests = [
            Named("code-1", "code", 1, clauses("CODE-1")),
            Named("code-12", "code", 1, clauses("CODE-2 CODE-1")),
            Named("replay-1", "replay", 5, clauses("CODE-2")),
        ];
        let tests: Vec<&dyn Test> = tests.iter().map(|test| test as &dyn Test).collect();
        selection.choose(&tests)
    }

    fn strings(values: &[&str]) -> Vec<String> {
        values.iter().map(|&value| value.to_owned()).collect()
    }

    #[test]
    fn options_of_one_kind_add_and_kinds_narrow() {
        let with = |filter: &[&str], suite: &[&str], level: &[u8], clause: &[&str]| {
            chosen(&Selection {
                filter: strings(filter),
                suite: strings(suite),
                level: level.to_vec(),
                clause: strings(clause),
            })
            .unwrap()
        };
        assert_eq!(with(&[], &[], &[], &[]), [true, true, true]);
        assert_eq!(with(&["code"], &[], &[], &[]), [true, true, false]);
        // A whole id is that test alone.
        assert_eq!(with(&["code-1"], &[], &[], &[]), [true, false, false]);
        assert_eq!(
            with(&["code-1", "play"], &[], &[], &[]),
            [true, false, true]
        );
        assert_eq!(with(&[], &["replay"], &[], &[]), [false, false, true]);
        assert_eq!(with(&[], &[], &[1], &[]), [true, true, false]);
        assert_eq!(with(&[], &[], &[], &["code-1"]), [true, true, false]);
        assert_eq!(with(&[], &["code"], &[], &["CODE-2"]), [false, true, false]);
    }

    #[test]
    fn a_name_that_names_nothing_is_an_error() {
        let fails = |selection: Selection| chosen(&selection).unwrap_err().to_string();
        let all = Selection::default;
        let filter = strings(&["code", "x"]);
        assert!(fails(Selection { filter, ..all() }).contains("no test has an id with \"x\""));
        let suite = strings(&["codes"]);
        assert!(fails(Selection { suite, ..all() }).contains("but: code, replay"));
        let level = vec![2];
        assert!(fails(Selection { level, ..all() }).contains("of level 2, but of: 1, 5"));
        let clause = strings(&["CODE-3"]);
        assert!(fails(Selection { clause, ..all() }).contains("cites \"CODE-3\""));
        let (suite, level) = (strings(&["code"]), vec![5]);
        let both = Selection {
            suite,
            level,
            ..all()
        };
        assert_eq!(fails(both), "no test fits all of: --suite code --level 5");
    }
}
