//! The one line that somebody may claim of a run, or why nothing.

use super::levels::LEVELS;
use super::result::CheckResult;
use crate::run::verdict::VerdictCounts;
use crate::subject::adapter::Hello;

/// The words that may be claimed of a run, such as `wormhole-sync 1.1.0 level 5 (3689 tests,
/// nothing skipped)`.
///
/// # Errors
///
/// The reason why nothing may be claimed, as half a sentence.
pub(crate) fn may_claim(result: &CheckResult) -> Result<String, String> {
    let CheckResult { start, tests, end } = result;
    if start.filter.is_some() {
        return Err("this run was a choice of the tests".to_owned());
    }
    if start.vectors_folder.is_some() {
        return Err("other vectors than the committed ones judged (--vectors)".to_owned());
    }
    if !end.problems.is_empty() {
        return Err("the run had problems of its own".to_owned());
    }
    let of_levels = |from: usize, to: usize| {
        let is_meant = |level: u8| (from..=to).contains(&usize::from(level));
        let meant = tests.iter().filter(|test| is_meant(test.level));
        VerdictCounts::of(meant.clone().count(), meant.map(|test| &test.verdict))
    };
    let name = format!("wormhole-sync {}", start.edition);
    match end.level {
        Some(0) => Err(format!("not level 1: {}", lacking(of_levels(1, 1)))),
        Some(level) => {
            let mut text = format!("{name} level {level} ({})", told(of_levels(1, level)));
            let next = level + 1;
            if next <= LEVELS.len() {
                text += &format!("; not level {next}: {}", lacking(of_levels(next, next)));
            }
            let beside = of_levels(0, 0);
            if beside.any_scored() && !beside.all_good() {
                text += &format!("; not what is beside the levels: {}", lacking(beside));
            }
            Ok(text)
        }
        None if !end.counts.all_good() => Err(lacking(end.counts)),
        None => {
            let outside = start.adapter.as_ref().is_some_and(Hello::is_outside);
            let what = match outside {
                true => "as far as it is seen from outside, and no level",
                false => "as a relay",
            };
            Ok(format!("{name} {what} ({})", told(end.counts)))
        }
    }
}

/// The counts of tests of which none fell short.
fn told(counts: VerdictCounts) -> String {
    let scored = counts.planned - counts.unscored;
    let tests = match counts.passed == scored {
        true => format!("{scored} tests"),
        false => format!("{} of {scored} tests", counts.passed),
    };
    let skipped = match counts.skipped {
        0 => "nothing skipped".to_owned(),
        skipped => format!("{skipped} skipped"),
    };
    match counts.unscored {
        0 => format!("{tests}, {skipped}"),
        unscored => format!("{tests}, {skipped}, {unscored} unscored"),
    }
}

/// The counts of all that stands between tests and a claim.
fn lacking(counts: VerdictCounts) -> String {
    let all = [
        (counts.failed, "failed"),
        (counts.expected, "failed as expected"),
        (counts.inconclusive, "inconclusive"),
        (counts.silently_skipped, "skipped without --without"),
    ];
    let there = all.into_iter().filter(|(count, _)| *count > 0);
    let there: Vec<String> = there
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    match there[..] {
        // A level of which all is skipped by name, or nothing counts.
        [] => format!("{} of its tests passed", counts.passed),
        _ => there.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::super::result::TestResult;
    use super::super::samples::{sample, test};
    use super::*;
    use crate::run::verdict::{Unscored, Verdict};

    /// A whole run of tests that all passed: one beside the levels, and one of each level.
    fn whole() -> CheckResult {
        let mut result = sample();
        let tests = (0..=5).map(|level| {
            let (suite, id) = (format!("suite-{level}"), format!("test-{level}"));
            test(&suite, level, &["CODE-6"], &id, Verdict::Passed)
        });
        result.tests = tests.collect();
        result.end.problems.clear();
        result
    }

    /// The claim after a change of the tests; the sums follow from them.
    fn after(change: fn(&mut Vec<TestResult>)) -> Result<String, String> {
        let mut result = whole();
        change(&mut result.tests);
        let verdicts = result.tests.iter().map(|test| &test.verdict);
        result.end.counts = VerdictCounts::of(result.tests.len(), verdicts);
        result.end.level = super::super::levels::level_reached(&result.tests);
        may_claim(&result)
    }

    fn skipped(named: bool) -> Verdict {
        Verdict::Skipped {
            why: String::new(),
            named,
        }
    }

    fn failed() -> Verdict {
        Verdict::Failed(Default::default())
    }

    #[test]
    fn what_was_reached_is_claimed_and_no_more() {
        let ok = |text: &str| Ok(text.to_owned());
        assert_eq!(
            after(|_| ()),
            ok("wormhole-sync 1.1.0 level 5 (5 tests, nothing skipped)")
        );
        assert_eq!(
            after(|tests| {
                tests.push(test("suite-5", 5, &["CODE-6"], "other", skipped(true)));
                let unscored = Unscored {
                    why: "disputed".to_owned(),
                    link: None,
                    would_be: Box::new(failed()),
                };
                let unscored = Verdict::Unscored(unscored);
                tests.push(test("new", 2, &["CODE-6"], "new", unscored));
            }),
            ok("wormhole-sync 1.1.0 level 5 (5 of 6 tests, 1 skipped, 1 unscored)")
        );
        assert_eq!(
            after(|tests| tests[4].verdict = skipped(false)),
            ok(
                "wormhole-sync 1.1.0 level 3 (3 tests, nothing skipped); not level 4: 1 skipped \
                without --without"
            )
        );
        assert_eq!(
            after(|tests| tests[0].verdict = failed()),
            ok(
                "wormhole-sync 1.1.0 level 5 (5 tests, nothing skipped); not what is beside the \
                levels: 1 failed"
            )
        );
        assert_eq!(
            after(|tests| tests[5].verdict = skipped(true)),
            ok(
                "wormhole-sync 1.1.0 level 4 (4 tests, nothing skipped); not level 5: 0 of its \
                tests passed"
            )
        );
    }

    #[test]
    fn nothing_is_claimed_where_level_1_falls_short() {
        assert_eq!(
            after(|tests| tests[1].verdict = Verdict::inconclusive("busy")),
            Err("not level 1: 1 inconclusive".to_owned())
        );
        let expected = |tests: &mut Vec<TestResult>| {
            let expected = sample().tests.into_iter();
            let mut expected = expected.filter(|it| matches!(it.verdict, Verdict::Expected(_)));
            tests[1].verdict = expected.next().unwrap().verdict;
        };
        assert_eq!(
            after(expected),
            Err("not level 1: 1 failed as expected".to_owned())
        );
    }

    #[test]
    fn nothing_is_claimed_of_less_than_a_whole_run() {
        let fails = |change: fn(&mut CheckResult)| {
            let mut result = whole();
            result.end.level = Some(5);
            change(&mut result);
            may_claim(&result).unwrap_err()
        };
        let choice = fails(|it| it.start.filter = Some("--level 1".to_owned()));
        assert!(choice.contains("a choice of the tests"));
        let vectors = fails(|it| it.start.vectors_folder = Some("mine".to_owned()));
        assert!(vectors.contains("other vectors"));
        let problems = fails(|it| it.end.problems.push("x".to_owned()));
        assert!(problems.contains("problems of its own"));
    }

    #[test]
    fn relays_and_programs_from_outside_reach_no_level() {
        let mut result = whole();
        let all_passed = VerdictCounts {
            planned: 6,
            passed: 6,
            ..VerdictCounts::default()
        };
        (result.end.level, result.end.counts) = (None, all_passed);
        if let Some(hello) = &mut result.start.adapter {
            hello.lacks.push("look".to_owned());
        }
        let outside = may_claim(&result).unwrap();
        assert_eq!(
            outside,
            "wormhole-sync 1.1.0 as far as it is seen from outside, and no level (6 tests, nothing \
             skipped)"
        );
        result.start.adapter = None;
        assert_eq!(
            may_claim(&result).unwrap(),
            "wormhole-sync 1.1.0 as a relay (6 tests, nothing skipped)"
        );
        result.end.counts.passed = 4;
        result.end.counts.failed = 2;
        assert_eq!(may_claim(&result).unwrap_err(), "2 failed");
    }
}
