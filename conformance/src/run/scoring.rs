//! The tests that count: those of the list that was frozen with an edition of the text, less the
//! disputed ones.
//!
//! All others are run and shown as well, but they make no run fail, and no level depends on them.
//! So a test that comes later changes nothing about an implementation that was right before.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::mem;

use anyhow::{Context, bail};
use serde::Deserialize;

use super::verdict::{Unscored, Verdict};
use crate::data::data;
use crate::spec::Spec;
use crate::subject::adapter::NOT_SAID;

/// The folder of the lists: `1.1.0.txt` is that of edition 1.1.0.
pub(crate) const EDITIONS: &str = "conformance/editions";
/// The file of the disputed tests.
pub(crate) const DISPUTED: &str = "conformance/disputed.toml";

/// The editions by which nobody can be judged, and why.
const WITHOUT_TESTS: [(&str, &str); 1] = [(
    "1.0.0",
    "it was never deployed, and 1.1.0 changed its tables and the exported keys",
)];

/// The tests that count, for each edition of the text. Where there is no list at all, as by
/// default, every test counts.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scoring {
    current: String,
    lists: BTreeMap<String, BTreeSet<String>>,
    disputed: Vec<DisputedTest>,
}

/// A test that does not count until a dispute about it is settled.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct DisputedTest {
    /// The test.
    test: String,
    /// The doubt, in words.
    reason: String,
    /// The place where it is discussed.
    link: String,
    /// The day on which it was taken out, such as 2026-11-27.
    since: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DisputedFile {
    #[serde(default)]
    disputed: Vec<DisputedTest>,
}

impl Scoring {
    /// The lists and the disputes of this program.
    ///
    /// # Errors
    ///
    /// A sentence, if the program is damaged.
    pub(crate) fn packed() -> anyhow::Result<Self> {
        let data = data()?;
        let lists = data.folder(EDITIONS).filter_map(|(name, text)| {
            let edition = name.strip_suffix(".txt")?;
            Some((edition, text))
        });
        let current = Spec::packed()?.version().to_owned();
        Self::new(current, lists, data.text(DISPUTED)?)
    }

    /// Takes lists by their editions, and a file of disputed tests.
    ///
    /// # Errors
    ///
    /// A sentence about a file that is none of disputed tests.
    pub(super) fn new<'a>(
        current: String,
        lists: impl Iterator<Item = (&'a str, &'a str)>,
        disputed: &str,
    ) -> anyhow::Result<Self> {
        let file: DisputedFile = toml::from_str(disputed)
            .with_context(|| format!("{DISPUTED} is no file of disputed tests"))?;
        let mut named = BTreeSet::new();
        for entry in &file.disputed {
            let DisputedTest {
                test,
                reason,
                link,
                since,
            } = entry;
            if !named.insert(test) {
                bail!("{DISPUTED}: two entries of {test}");
            }
            let is_told = !reason.is_empty() && !since.is_empty() && link.starts_with("https://");
            if !is_told {
                bail!("{DISPUTED}: {test} needs a reason, the day since when, and an https link");
            }
        }
        let lists = lists.map(|(edition, text)| (edition.to_owned(), names(text)));
        Ok(Self {
            current,
            lists: lists.collect(),
            disputed: file.disputed,
        })
    }

    /// Counts the user's own tests as well, whatever the edition is.
    pub(crate) fn with_own(mut self, tests: &BTreeSet<String>) -> Self {
        for list in self.lists.values_mut() {
            list.extend(tests.iter().cloned());
        }
        self
    }

    /// The tests that count for an implementation that follows this edition of the text.
    pub(crate) fn of(&self, edition: &str) -> Scores<'_> {
        let list = self.lists.get(edition);
        let is_unknown = list.is_none() && edition != NOT_SAID && !self.lists.is_empty();
        Scores {
            scoring: self,
            edition: match list {
                Some(_) => edition.to_owned(),
                None => self.current.clone(),
            },
            unknown: is_unknown.then(|| edition.to_owned()),
        }
    }

    /// The tests that count for what says no edition, such as a relay.
    pub(crate) fn of_current(&self) -> Scores<'_> {
        self.of(NOT_SAID)
    }
}

/// The names in the text of a list; lines that begin with `#` are none.
pub(crate) fn names(text: &str) -> BTreeSet<String> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.map(str::to_owned).collect()
}

/// The tests that count for one edition.
#[derive(Debug)]
pub(crate) struct Scores<'a> {
    scoring: &'a Scoring,
    /// The edition of the list.
    edition: String,
    /// The edition that was asked for, where there is no list of it.
    unknown: Option<String>,
}

/// A test as it came out, while those that do not count are taken out of the score.
pub(crate) struct ScoredTest<'a> {
    /// The test.
    pub(crate) id: &'a str,
    /// Its control.
    pub(crate) control: Option<&'a str>,
    /// The verdict.
    pub(crate) verdict: &'a mut Verdict,
}

impl Scores<'_> {
    /// The edition whose tests count.
    pub(crate) fn edition(&self) -> &str {
        &self.edition
    }

    /// Whether a test counts.
    pub(crate) fn counts(&self, test: &str) -> bool {
        self.why_not(test).is_none()
    }

    /// The sentence about an edition of which there are no tests.
    pub(crate) fn problem(&self) -> Option<String> {
        let unknown = self.unknown.as_ref()?;
        let edition = &self.edition;
        if let Some((_, why)) = WITHOUT_TESTS.iter().find(|(known, _)| known == unknown) {
            return Some(format!(
                "the adapter says that it follows text {unknown}, by which nobody can be judged: \
                 {why}; let it follow {edition}, by whose tests it was judged here, and say so in \
                 the \"spec\" of its hello"
            ));
        }
        let known: Vec<&str> = self.scoring.lists.keys().map(String::as_str).collect();
        let known = known.join(", ");
        Some(format!(
            "the adapter says that it follows text {unknown:?}, and this suite has the tests of \
             {known}: mend the \"spec\" of its hello, or get the suite of that text; it was judged \
             by {edition} here"
        ))
    }

    /// The reason why a test does not count, and a link to more about it.
    fn why_not(&self, test: &str) -> Option<(String, Option<String>)> {
        let disputed = self.scoring.disputed.iter();
        if let Some(entry) = { disputed }.find(|entry| entry.test == test) {
            let why = format!("disputed since {}: {}", entry.since, entry.reason);
            return Some((why, Some(entry.link.clone())));
        }
        let list = self.scoring.lists.get(&self.edition)?;
        let edition = &self.edition;
        (!list.contains(test)).then(|| (format!("edition {edition} does not have it"), None))
    }

    /// Takes the tests that do not count out of the score, and with them those that prove nothing
    /// because such a test is their control.
    pub(crate) fn apply(&self, tests: Vec<ScoredTest<'_>>) {
        let mut unsure: HashSet<String> = HashSet::new();
        for test in &tests {
            if *test.verdict != Verdict::Passed && !self.counts(test.id) {
                unsure.insert(test.id.to_owned());
            }
        }
        for test in tests {
            let control = test.control.filter(|control| unsure.contains(*control));
            let is_doubted = matches!(test.verdict, Verdict::Inconclusive { .. });
            let by_control = || {
                let control = control.filter(|_| is_doubted)?;
                Some((format!("its control {control} does not count"), None))
            };
            if let Some((why, link)) = self.why_not(test.id).or_else(by_control) {
                let would_be = Box::new(mem::replace(test.verdict, Verdict::Passed));
                *test.verdict = Verdict::Unscored(Unscored {
                    why,
                    link,
                    would_be,
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::suites::case::Failure;
    use crate::tools::list;

    const DISPUTES: &str = "[[disputed]]\ntest = \"b\"\nreason = \"two readings\"\n\
                            link = \"https://example.com/7\"\nsince = \"2026-11-27\"\n";

    /// Edition 1.1.0 has the tests a and b, of which b is disputed, and 1.2.0 has c as well.
    fn scoring() -> Scoring {
        let lists = [("1.1.0", "# head\na\nb\n"), ("1.2.0", "a\nb\nc\n")];
        Scoring::new("1.2.0".to_owned(), lists.into_iter(), DISPUTES).unwrap()
    }

    fn failed() -> Verdict {
        Verdict::Failed(Failure::default())
    }

    /// The names of the verdicts of a, b and c, and of d, whose control is c.
    fn applied(edition: &str, verdicts: [Verdict; 4]) -> [&'static str; 4] {
        let mut verdicts = verdicts;
        let tests = ["a", "b", "c", "d"].into_iter().zip(&mut verdicts);
        let tests = tests.map(|(id, verdict)| ScoredTest {
            id,
            control: (id == "d").then_some("c"),
            verdict,
        });
        scoring().of(edition).apply(tests.collect());
        if let Verdict::Unscored(unscored) = &verdicts[1] {
            assert_eq!(*unscored.would_be, failed());
            assert_eq!(unscored.link.as_deref(), Some("https://example.com/7"));
            assert_eq!(unscored.why, "disputed since 2026-11-27: two readings");
        }
        verdicts.each_ref().map(Verdict::name)
    }

    #[test]
    fn what_came_later_and_what_is_disputed_does_not_count() {
        let verdicts = || [failed(), failed(), failed(), Verdict::Passed];
        let unscored = "unscored";
        assert_eq!(
            applied("1.1.0", verdicts()),
            ["failed", unscored, unscored, unscored]
        );
        assert_eq!(
            applied("1.2.0", verdicts()),
            ["failed", unscored, "failed", unscored]
        );
        assert_eq!(applied(NOT_SAID, verdicts()), applied("1.2.0", verdicts()));
        let scoring = Scoring::default();
        assert!(scoring.of("1.1.0").counts("b") && scoring.of("x").problem().is_none());
    }

    /// A control that does not count cannot make those fall short that count.
    #[test]
    fn what_hangs_on_a_control_that_does_not_count_does_not_count_either() {
        let lists = [("1", "a\nb\n")];
        let disputes = DISPUTES.replace("\"b\"", "\"a\"");
        let scoring = Scoring::new("1".to_owned(), lists.into_iter(), &disputes).unwrap();
        for (control, name) in [(failed(), "unscored"), (Verdict::Passed, "inconclusive")] {
            let mut verdicts = [control, Verdict::inconclusive("no control")];
            let [a, b] = &mut verdicts;
            let test = |id, control, verdict| ScoredTest {
                id,
                control,
                verdict,
            };
            scoring
                .of("1")
                .apply(vec![test("a", None, a), test("b", Some("a"), b)]);
            assert_eq!(verdicts[1].name(), name);
        }
    }

    #[test]
    fn an_edition_without_tests_is_one_sentence() {
        let scoring = scoring();
        let problem = |edition: &str| scoring.of(edition).problem();
        assert_eq!((problem("1.1.0"), problem(NOT_SAID)), (None, None));
        assert!(problem("1.0.0").unwrap().contains("never deployed"));
        assert!(
            problem("1.3")
                .unwrap()
                .contains("has the tests of 1.1.0, 1.2.0:")
        );
        assert_eq!(scoring.of("1.3").edition(), "1.2.0");
    }

    #[test]
    fn a_dispute_is_told_whole_and_once() {
        let fails = |text: &str| {
            let scoring = Scoring::new("1".to_owned(), std::iter::empty(), text);
            format!("{:#}", scoring.unwrap_err())
        };
        assert!(fails("[[disputed]]\ntest = \"a\"").contains("missing field"));
        assert!(fails(&DISPUTES.repeat(2)).contains("two entries of b"));
        assert!(fails(&DISPUTES.replace("two readings", "")).contains("needs a reason"));
        assert!(fails(&DISPUTES.replace("https:", "file:")).contains("https link"));
        assert!(fails(&format!("{DISPUTES}why = 1")).contains("unknown field"));
    }

    /// Whatever is disputed is a test of this suite.
    #[test]
    fn disputed_tests_exist() {
        let known = list::ids(None).unwrap();
        let scoring = Scoring::packed().unwrap();
        assert!(scoring.lists.contains_key(&scoring.current));
        for entry in scoring.disputed {
            assert!(known.contains(&entry.test), "{}", entry.test);
        }
    }
}
