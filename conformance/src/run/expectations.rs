//! Tests that are known to fail: a file that says so of each, with the reason.
//!
//! They are run all the same. One that passes, fails by another requirement, is skipped or is gone
//! is a problem of the run, so that the file never says more than is true.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::mem;
use std::path::{Path, PathBuf};

use anyhow::{Context, Error, bail};
use serde::Deserialize;
use toml_edit::{ArrayOfTables, DocumentMut, Item, Table, value};

use super::verdict::{Expectation, ExpectedFailure, ExpectedKind, Verdict};
use crate::root::read;
use crate::whole_file;

/// The head of a new file.
const HEAD: &str = "\
# Tests that are known to fail, for `conformance --expectations FILE`.
#
# clause: the requirement that the failure comes down to, as the report names it.
# kind:   \"bug\", to be mended; \"choice\", made on purpose; \"dispute\", the test is thought wrong.
# reason: why it fails. link: where that is discussed, if anywhere.

";

/// The reason in an entry that nobody has explained yet.
const NO_REASON: &str = "not said yet";

/// A test as it came out, while expectations are applied.
pub(crate) struct JudgedTest<'a> {
    /// The test.
    pub(crate) id: &'a str,
    /// Its main requirement.
    pub(crate) clause: &'a str,
    /// The verdict, which may become that of an expected failure.
    pub(crate) verdict: &'a mut Verdict,
}

/// The expectations of a file. None at all by default.
#[derive(Debug, Clone, Default)]
pub(crate) struct Expectations {
    path: PathBuf,
    /// The comments above all entries.
    head: String,
    document: DocumentMut,
    entries: Vec<Expectation>,
    /// The ids of all tests.
    known: BTreeSet<String>,
    /// Whether the file is to say what came out, instead of being held against it.
    is_updated: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    expected: Vec<Expectation>,
}

impl Expectations {
    /// Loads a file, which speaks of the tests of these ids. One that is to be updated may be
    /// missing.
    ///
    /// # Errors
    ///
    /// A sentence about a file that cannot be read, is no TOML of this form, or has two entries of
    /// one test.
    pub(crate) fn load(
        path: &Path,
        is_updated: bool,
        known: BTreeSet<String>,
    ) -> anyhow::Result<Self> {
        let is_missing =
            || matches!(fs::metadata(path), Err(e) if e.kind() == io::ErrorKind::NotFound);
        let text = match is_updated && is_missing() {
            true => HEAD.to_owned(),
            false => read(path)
                .map_err(Error::msg)
                .context("no expectations (--update-expectations writes a file of them)")?,
        };
        let place = || format!("{} is no file of expectations", path.display());
        let file: File = toml_edit::de::from_str(&text).with_context(place)?;
        let (head, entries) = text.split_at(head_length(&text));
        let document = entries.parse().with_context(place)?;
        let mut named = BTreeSet::new();
        for entry in &file.expected {
            if !named.insert(entry.test.as_str()) {
                bail!("{}: two entries of {}", path.display(), entry.test);
            }
        }
        Ok(Self {
            path: path.to_owned(),
            head: head.to_owned(),
            document,
            entries: file.expected,
            known,
            is_updated,
        })
    }

    /// The entry of a test.
    fn of(&self, test: &str) -> Option<&Expectation> {
        self.entries.iter().find(|entry| entry.test == test)
    }

    /// Whether a test may fail.
    pub(crate) fn has(&self, test: &str) -> bool {
        self.is_updated || self.of(test).is_some()
    }

    /// The entry of a test that fails by a requirement: that of the file, or what an update makes
    /// of it.
    fn entry(&self, test: &str, clause: &str) -> Option<Expectation> {
        let found = self.of(test).cloned();
        if !self.is_updated {
            return found;
        }
        let new = || Expectation {
            test: test.to_owned(),
            clause: String::new(),
            kind: ExpectedKind::Bug,
            reason: NO_REASON.to_owned(),
            link: None,
        };
        let mut entry = found.unwrap_or_else(new);
        entry.clause = clause.to_owned();
        Some(entry)
    }

    /// Turns the failures that were expected into verdicts of their own, and gives the sentences
    /// about entries that are not true.
    pub(crate) fn apply(&self, tests: Vec<JudgedTest<'_>>) -> Vec<String> {
        let (mut passed, mut skipped) = (Vec::new(), Vec::new());
        for test in tests {
            let id = test.id;
            let over = match &mut *test.verdict {
                Verdict::Failed(failure) => {
                    let by = failure.clause.as_deref().unwrap_or(test.clause);
                    match self.entry(id, by) {
                        Some(expectation) if expectation.clause == by => {
                            let failure = mem::take(failure);
                            *test.verdict = Verdict::Expected(ExpectedFailure {
                                failure,
                                expectation,
                            });
                        }
                        Some(Expectation { clause, reason, .. }) => failure.detail.push(format!(
                            "it was expected to fail by {clause} ({reason}), and fails otherwise"
                        )),
                        None => {}
                    }
                    continue;
                }
                Verdict::Passed => &mut passed,
                Verdict::Skipped { .. } => &mut skipped,
                Verdict::Expected(_) | Verdict::Inconclusive { .. } | Verdict::Unscored(_) => {
                    continue;
                }
            };
            if let Some(entry) = self.of(id) {
                over.push(entry.test.as_str());
            }
        }
        if self.is_updated {
            return Vec::new();
        }
        let tests = self.entries.iter().map(|entry| entry.test.as_str());
        let gone = tests.filter(|test| !self.known.contains(*test)).collect();
        [
            (passed, "pass now"),
            (skipped, "are skipped"),
            (gone, "do not exist"),
        ]
        .into_iter()
        .filter(|(tests, _)| !tests.is_empty())
        .map(|(tests, what)| {
            format!(
                "{} says that these fail, and they {what}: {}; take them out, or use \
                     --update-expectations",
                self.path.display(),
                tests.join(", ")
            )
        })
        .collect()
    }

    /// Makes the file say what came out, when it is to be updated: whole or not at all. Entries of
    /// tests that were not run or prove nothing stay, and so do comments.
    ///
    /// # Errors
    ///
    /// A sentence about a file that cannot be written.
    pub(crate) fn update<'a>(
        &self,
        verdicts: impl Iterator<Item = (&'a str, &'a Verdict)> + Clone,
    ) -> anyhow::Result<()> {
        if !self.is_updated {
            return Ok(());
        }
        let is_over = |entry: &&Expectation| {
            let found = verdicts.clone().find(|(id, _)| *id == entry.test);
            let is_run = !matches!(found, None | Some((_, Verdict::Inconclusive { .. })));
            is_run || !self.known.contains(&entry.test)
        };
        let over = self.entries.iter().filter(is_over);
        let over: BTreeSet<&str> = over.map(|entry| entry.test.as_str()).collect();
        let mut expected: BTreeMap<&str, &Expectation> = BTreeMap::new();
        for (id, verdict) in verdicts.clone() {
            if let Verdict::Expected(it) = verdict {
                expected.insert(id, &it.expectation);
            }
        }
        let mut document = self.document.clone();
        let tables = document.entry("expected").or_insert_with(none);
        if !tables.is_array_of_tables() {
            // It was read as a list of entries, and an empty one may be written as `[]`.
            *tables = none();
        }
        if let Some(tables) = tables.as_array_of_tables_mut() {
            tables.retain(|table| {
                let test = text(table, "test");
                expected.contains_key(test) || !over.contains(test)
            });
            for table in tables.iter_mut() {
                if let Some(entry) = expected.remove(text(table, "test"))
                    && text(table, "clause") != entry.clause
                {
                    table.insert("clause", value(&entry.clause));
                }
            }
            tables.extend(expected.into_values().map(table));
        }
        let text = format!("{}{document}", self.head);
        whole_file::write(&self.path, text.as_bytes())
    }
}

/// The bytes of the lines up to the last blank one above the first entry: what stands directly
/// above an entry goes with it.
fn head_length(text: &str) -> usize {
    let is_comment = |line: &&str| line.trim().is_empty() || line.starts_with('#');
    let (mut length, mut head) = (0, 0);
    for line in text.split_inclusive('\n').take_while(is_comment) {
        length += line.len();
        if line.trim().is_empty() {
            head = length;
        }
    }
    match length == text.len() {
        true => length,
        false => head,
    }
}

fn none() -> Item {
    Item::ArrayOfTables(ArrayOfTables::new())
}

fn text<'t>(table: &'t Table, name: &str) -> &'t str {
    table.get(name).and_then(Item::as_str).unwrap_or_default()
}

fn table(entry: &Expectation) -> Table {
    let mut table = Table::new();
    table.insert("test", value(&entry.test));
    table.insert("clause", value(&entry.clause));
    table.insert("kind", value(entry.kind.name()));
    table.insert("reason", value(&entry.reason));
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::suites::case::Failure;

    fn failed(clause: Option<&str>) -> Verdict {
        Verdict::Failed(Failure {
            clause: clause.map(str::to_owned),
            ..Failure::default()
        })
    }

    /// Tests that are named by a letter are known.
    fn load(path: &Path, is_updated: bool) -> anyhow::Result<Expectations> {
        let known = ('a'..='n').map(String::from).collect();
        Expectations::load(path, is_updated, known)
    }

    /// Applies to tests of SEAL-1.
    fn apply(expectations: &Expectations, verdicts: &mut [(&str, Verdict)]) -> Vec<String> {
        let tests = verdicts.iter_mut().map(|(id, verdict)| JudgedTest {
            id,
            clause: "SEAL-1",
            verdict,
        });
        expectations.apply(tests.collect())
    }

    fn update(expectations: &Expectations, verdicts: &[(&str, Verdict)]) {
        let verdicts = verdicts.iter().map(|(id, verdict)| (*id, verdict));
        expectations.update(verdicts).unwrap();
    }

    fn file(folder: &Path, text: &str) -> PathBuf {
        let path = folder.join("expected.toml");
        fs::write(&path, text).unwrap();
        path
    }

    fn entry(test: &str, clause: &str) -> String {
        format!(
            "[[expected]]\ntest = '{test}' # my own\nclause = '{clause}'\nkind = 'choice'\n\
             reason = 'because'\n"
        )
    }

    #[test]
    fn each_way_to_be_wrong_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let entries = ["a", "b", "c", "d", "e", "gone"].map(|test| entry(test, "SEAL-1"));
        let expectations = load(&file(folder.path(), &entries.concat()), false).unwrap();
        let skipped = Verdict::Skipped {
            why: String::new(),
            named: true,
        };
        let mut verdicts = [
            ("a", failed(None)),
            ("b", failed(Some("SEAL-2"))),
            ("c", Verdict::Passed),
            ("d", skipped),
            ("e", Verdict::inconclusive("busy")),
            ("f", failed(None)),
        ];
        let problems = apply(&expectations, &mut verdicts);
        let told = [
            "they pass now: c;",
            "they are skipped: d;",
            "they do not exist: gone;",
        ];
        let is_told = |(problem, told): (&String, &str)| problem.contains(told);
        assert!(problems.iter().zip(told).all(is_told), "{problems:?}");
        assert_eq!(problems.len(), told.len());
        assert!(
            matches!(&verdicts[0].1, Verdict::Expected(it) if it.expectation.reason == "because")
        );
        assert!(matches!(&verdicts[1].1, Verdict::Failed(it) if it.detail[0].contains("SEAL-1")));
        assert!(matches!(&verdicts[4].1, Verdict::Inconclusive { .. }));
        assert_eq!(verdicts[5].1, failed(None));
        // Nothing is written unless that is asked for.
        update(&expectations, &verdicts);
        let path = folder.path().join("expected.toml");
        assert_eq!(fs::read_to_string(path).unwrap(), entries.concat());
    }

    #[test]
    fn an_update_says_what_came_out_and_keeps_the_rest() {
        let folder = tempfile::tempdir().unwrap();
        let text = format!(
            "# at the top\n\n# of b\n{}# of a\n{}{}{}",
            entry("b", "SEAL-1"),
            entry("a", "SEAL-1"),
            entry("not-run", "SEAL-1").replace("not-run", "n"),
            entry("gone", "SEAL-1")
        );
        let path = file(folder.path(), &text);
        let expectations = load(&path, true).unwrap();
        let mut verdicts = [
            ("a", failed(Some("SEAL-2"))),
            ("b", Verdict::Passed),
            ("c", failed(None)),
        ];
        assert!(apply(&expectations, &mut verdicts).is_empty());
        assert!(matches!(verdicts[0].1, Verdict::Expected(_)));
        assert!(matches!(verdicts[2].1, Verdict::Expected(_)));
        update(&expectations, &verdicts);
        let written = fs::read_to_string(&path).unwrap();
        assert!(
            written.starts_with("# at the top\n\n# of a\n[[expected]]\ntest = 'a' # my own\n"),
            "{written}"
        );
        let again = load(&path, false).unwrap();
        let found: Vec<(&str, &str, &str)> = again
            .entries
            .iter()
            .map(|it| (it.test.as_str(), it.clause.as_str(), it.reason.as_str()))
            .collect();
        let wanted = [
            ("a", "SEAL-2", "because"),
            ("n", "SEAL-1", "because"),
            ("c", "SEAL-1", NO_REASON),
        ];
        assert_eq!(found, wanted);
    }

    #[test]
    fn a_file_that_is_none_is_one_sentence() {
        let folder = tempfile::tempdir().unwrap();
        let fails = |text: &str| {
            let path = file(folder.path(), text);
            format!("{:#}", load(&path, true).unwrap_err())
        };
        assert!(fails("x").contains("no file of expectations"));
        assert!(fails("[[expected]]\ntest = 'a'").contains("missing field"));
        assert!(fails(&entry("a", "SEAL-1").replace("choice", "x")).contains("unknown variant"));
        assert!(fails(&entry("a", "SEAL-1").repeat(2)).contains("two entries of a"));
        let missing = folder.path().join("none");
        assert!(format!("{:#}", load(&missing, false).unwrap_err()).contains("cannot read"));
        // An update makes the file.
        let new = load(&missing, true).unwrap();
        let mut verdicts = [("a", failed(None))];
        assert!(apply(&new, &mut verdicts).is_empty());
        update(&new, &verdicts);
        assert!(fs::read_to_string(&missing).unwrap().starts_with(HEAD));
        assert!(load(&missing, false).unwrap().has("a"));
    }
}
