//! The report as workflow commands of GitHub Actions, which shows them as annotations.

use std::io::{self, Write};

use super::groups::failed_groups;
use super::result::{CheckResult, TestResult};
use crate::run::verdict::Verdict;
use crate::spec::Spec;
use crate::suites::vectors::printable;

/// The annotations that GitHub shows of one step.
const SHOWN: usize = 10;

/// Writes one command for each group of failures, at the line of the text that they break, and the
/// summary.
///
/// # Errors
///
/// Those of the output.
pub(super) fn write(result: &CheckResult, spec: &Spec, out: &mut impl Write) -> io::Result<()> {
    for problem in &result.end.problems {
        writeln!(out, "::error title=conformance::{}", message(problem))?;
    }
    let room = SHOWN.saturating_sub(result.end.problems.len());
    let groups = failed_groups(&result.tests);
    for group in groups.iter().take(room) {
        if let Some((first, others)) = group.split_first() {
            failure(result, spec, first, others.len(), out)?;
        }
    }
    let counts = result.end.counts;
    let doubtful = counts.inconclusive + counts.silently_skipped;
    if doubtful > 0 {
        let text = format!(
            "{} tests are inconclusive and {} were skipped without --without; `--format pretty` \
             says why",
            counts.inconclusive, counts.silently_skipped
        );
        writeln!(out, "::warning title=conformance::{}", message(&text))?;
    }
    let word = if result.end.good {
        "PASSED"
    } else {
        "FELL SHORT"
    };
    writeln!(out, "{word} {counts}")
}

fn failure(
    result: &CheckResult,
    spec: &Spec,
    test: &TestResult,
    others: usize,
    out: &mut impl Write,
) -> io::Result<()> {
    let Verdict::Failed(failure) = &test.verdict else {
        return Ok(());
    };
    let headline = test.headline();
    let place = spec.clause(headline).map_or_else(String::new, |clause| {
        format!("file=spec/wormhole-sync.md,line={},", clause.line)
    });
    let title = match others {
        0 => format!("{headline}: {}", test.id),
        _ => format!("{headline}: {} and {others} more", test.id),
    };
    let mut text = vec![test.title.clone()];
    match &failure.difference {
        Some(difference) => text.push(difference.clone()),
        None => text.extend([
            format!("expected {}", failure.expected),
            format!("actual {}", failure.actual),
        ]),
    }
    text.extend(failure.mistake.clone());
    text.push(format!("again: {}{}", result.start.again, test.id));
    let (title, text) = (property(&title), message(&text.join("\n")));
    writeln!(out, "::error {place}title={title}::{text}")
}

/// Escapes a message: what is printed cannot begin another command.
fn message(text: &str) -> String {
    let lines = text.lines().map(printable);
    let text = lines.collect::<Vec<_>>().join("\n");
    text.replace('%', "%25").replace('\n', "%0A")
}

/// Escapes the value of a property.
fn property(text: &str) -> String {
    message(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::super::samples::{hostile, sample, spec};
    use super::*;

    fn written(result: &CheckResult) -> String {
        let mut text = Vec::new();
        write(result, &spec(), &mut text).unwrap();
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn annotations_name_the_sentence() {
        insta::assert_snapshot!(written(&sample()));
    }

    #[test]
    fn no_text_begins_a_command_of_its_own() {
        let text = written(&hostile());
        assert!(
            !text.lines().any(|line| line.starts_with("::stop")),
            "{text}"
        );
    }
}
