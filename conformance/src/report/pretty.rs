//! The report for people: the implementation, one line for each suite, the failures in full, the
//! summary last.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use super::groups::failed_groups;
use super::levels::{LEVELS, suites};
use super::may_claim::may_claim;
use super::result::{CheckResult, TestResult};
use super::wrap::wrap;
use crate::run::verdict::Verdict;
use crate::spec::Spec;
use crate::subject::adapter::Hello;
use crate::suites::case::Failure;
use crate::suites::vectors::printable;

/// Writes the report.
///
/// # Errors
///
/// Those of the output.
pub(super) fn write(
    result: &CheckResult,
    spec: &Spec,
    out: &mut impl Write,
    is_colourful: bool,
) -> io::Result<()> {
    Pretty {
        result,
        spec,
        out,
        is_colourful,
    }
    .write()
}

/// The groups of failures of which one is shown in full; what comes behind often follows from them.
const SHOWN_GROUPS: usize = 3;

/// The lines of standard error that are shown of one test.
const SHOWN_STDERR: usize = 20;

const WIDTH: usize = 100;

const GOOD: Style = AnsiColor::Green.on_default();
const BAD: Style = AnsiColor::Red.on_default().bold();
const DOUBT: Style = AnsiColor::Yellow.on_default();
const HEAD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

struct Pretty<'a, W> {
    result: &'a CheckResult,
    spec: &'a Spec,
    out: W,
    is_colourful: bool,
}

impl<W: Write> Pretty<'_, W> {
    fn write(&mut self) -> io::Result<()> {
        self.head()?;
        self.suites()?;
        self.failures()?;
        self.summary()
    }

    fn paint(&self, style: Style, text: &str) -> String {
        if self.is_colourful {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }

    fn head(&mut self) -> io::Result<()> {
        let start = &self.result.start;
        match &start.adapter {
            Some(hello) => self.adapter(hello)?,
            None => {
                let name = self.paint(HEAD, &printable(&start.command));
                writeln!(self.out, "judged   the relay {name}")?;
            }
        }
        writeln!(
            self.out,
            "by       spec/wormhole-sync.md {}, the tests of edition {}, conformance {}",
            start.spec, start.edition, start.suite
        )?;
        if let Some(hash) = &start.vectors {
            let folder = start.vectors_folder.iter();
            let folder: String = folder.map(|it| format!(" of {}", printable(it))).collect();
            writeln!(self.out, "         vectors {hash}{folder}")?;
        }
        match &start.filter {
            Some(filter) => writeln!(
                self.out,
                "tests    {} of {}: {}, and their controls\n",
                self.result.tests.len(),
                start.all,
                printable(filter)
            ),
            None => writeln!(self.out, "tests    {}\n", start.all),
        }
    }

    fn adapter(&mut self, hello: &Hello) -> io::Result<()> {
        let name = format!("{} {}", printable(&hello.name), printable(&hello.version));
        let name = self.paint(HEAD, name.trim_end());
        writeln!(self.out, "judged   {name}")?;
        let command = printable(&self.result.start.command);
        writeln!(self.out, "         started as {command}")?;
        let roles = if hello.roles.is_empty() {
            "no role".to_owned()
        } else {
            hello.roles.join(" and ")
        };
        writeln!(
            self.out,
            "         says: follows text {}, {}, {} operations",
            printable(&hello.spec),
            printable(&roles),
            hello.operations.len()
        )
    }

    fn suites(&mut self) -> io::Result<()> {
        let mut level = 0;
        for line in suites(&self.result.tests) {
            let counts = line.counts;
            if line.level != level {
                level = line.level;
                let name = LEVELS
                    .get(usize::from(level).wrapping_sub(1))
                    .copied()
                    .unwrap_or_default();
                let text = match level {
                    0 => "beside the levels".to_owned(),
                    _ => format!("level {level}: {name}"),
                };
                let text = self.paint(DIM, &text);
                writeln!(self.out, "{text}")?;
            }
            let (mark, style) = if !counts.any_scored() {
                ("-", DIM)
            } else if counts.good() {
                ("ok", GOOD)
            } else if counts.failed > 0 {
                ("FAIL", BAD)
            } else {
                ("??", DOUBT)
            };
            let mark = self.paint(style, &format!("{mark:4}"));
            let mut text = format!("{:4} of {:4} passed", counts.passed, counts.planned);
            for (count, name) in [
                (counts.failed, "failed"),
                (counts.expected, "failed as expected"),
                (counts.inconclusive, "inconclusive"),
                (counts.skipped, "skipped"),
                (counts.unscored, "unscored"),
            ] {
                if count > 0 {
                    text.push_str(&format!(", {count} {name}"));
                }
            }
            writeln!(
                self.out,
                "  {mark} {:18} {text:20} {:7.2} s",
                line.suite,
                line.milliseconds as f64 / 1000.0
            )?;
        }
        writeln!(self.out)
    }

    fn failures(&mut self) -> io::Result<()> {
        // One failure of each of the first groups is shown in full: a single mistake often fails a
        // hundred tests.
        let groups = failed_groups(&self.result.tests);
        let mut rest: Vec<&str> = Vec::new();
        for (number, alike) in groups.iter().enumerate() {
            if number >= SHOWN_GROUPS {
                rest.extend(alike.iter().map(|test| test.id.as_str()));
                continue;
            }
            let mut alike = alike.iter();
            if let Some(test) = alike.next()
                && let Verdict::Failed(failure) = &test.verdict
            {
                self.failure(test, failure)?;
            }
            let ids: Vec<&str> = alike.map(|test| test.id.as_str()).collect();
            if !ids.is_empty() {
                let word = self.paint(BAD, "FAIL");
                writeln!(
                    self.out,
                    "{word} {} more of this suite and requirement:",
                    ids.len()
                )?;
                self.ids(&ids)?;
            }
        }
        if !rest.is_empty() {
            let word = self.paint(BAD, "FAIL");
            let groups = groups.len() - SHOWN_GROUPS;
            writeln!(
                self.out,
                "{word} {} more, in {groups} further groups:",
                rest.len()
            )?;
            self.ids(&rest)?;
        }
        self.grouped(DOUBT, "INCONCLUSIVE", |verdict| match verdict {
            Verdict::Inconclusive { why } => Some(why.clone()),
            _ => None,
        })?;
        self.grouped(DOUBT, "expected to fail", |verdict| match verdict {
            Verdict::Expected(expected) => Some(expected.expectation.to_string()),
            _ => None,
        })?;
        self.grouped(DIM, "skipped", |verdict| match verdict {
            Verdict::Skipped { why, .. } => Some(why.clone()),
            _ => None,
        })?;
        self.grouped(DIM, "unscored", |verdict| match verdict {
            Verdict::Unscored(unscored) => Some(unscored.to_string()),
            _ => None,
        })
    }

    /// Writes the tests that have one reason in common under that reason.
    fn grouped(
        &mut self,
        style: Style,
        word: &str,
        reason: fn(&Verdict) -> Option<String>,
    ) -> io::Result<()> {
        let mut groups: Vec<(String, Vec<&str>)> = Vec::new();
        for test in &self.result.tests {
            let Some(why) = reason(&test.verdict) else {
                continue;
            };
            match groups.iter_mut().find(|(known, _)| *known == why) {
                Some((_, ids)) => ids.push(&test.id),
                None => groups.push((why, vec![&test.id])),
            }
        }
        for (why, ids) in groups {
            let word = self.paint(style, word);
            writeln!(self.out, "{word} {}: {}", ids.len(), printable(&why))?;
            self.ids(&ids)?;
        }
        Ok(())
    }

    /// Writes as many names as fit into a few lines.
    fn ids(&mut self, ids: &[&str]) -> io::Result<()> {
        const LINES: usize = 6;
        let lines = wrap(&ids.join(", "), WIDTH - 5);
        for line in lines.iter().take(LINES) {
            writeln!(self.out, "     {line}")?;
        }
        if lines.len() > LINES {
            writeln!(self.out, "     .. (all of them: --format json)")?;
        }
        writeln!(self.out)
    }

    fn failure(&mut self, test: &TestResult, failure: &Failure) -> io::Result<()> {
        let word = self.paint(BAD, "FAIL");
        let id = self.paint(HEAD, &test.id);
        writeln!(self.out, "{word} {id}")?;
        self.field("tests", &test.title)?;
        for id in &test.clauses {
            if let Some(clause) = self.spec.clause(id) {
                let text = format!("{} (spec/wormhole-sync.md:{})", clause.text, clause.line);
                self.field(id, &text)?;
            }
        }
        for (index, given) in failure.given.iter().enumerate() {
            self.line(if index == 0 { "asked" } else { "" }, &printable(given))?;
        }
        self.line("expected", &printable(&failure.expected))?;
        self.line("actual", &printable(&failure.actual))?;
        if let Some(difference) = &failure.difference {
            let text = self.paint(BAD, &printable(difference));
            self.line("differs", &text)?;
        }
        if let Some(mistake) = &failure.mistake {
            self.field("perhaps", &printable(mistake))?;
        }
        for (index, detail) in failure.detail.iter().enumerate() {
            let name = if index == 0 { "why" } else { "" };
            let detail = printable(detail);
            // An indented line is part of a drawing.
            match detail.starts_with(' ') {
                true => self.line(name, &detail)?,
                false => self.field(name, &detail)?,
            }
        }
        let lines: Vec<&str> = test.stderr.trim_end().lines().collect();
        let from = lines.len().saturating_sub(SHOWN_STDERR);
        for (index, line) in lines.iter().skip(from).enumerate() {
            self.line(if index == 0 { "stderr" } else { "" }, &printable(line))?;
        }
        let again = format!("{}{}", self.result.start.again, test.id);
        self.line("again", &again)?;
        writeln!(self.out)
    }

    /// Writes a value that stays on its line.
    fn line(&mut self, name: &str, text: &str) -> io::Result<()> {
        let name = self.paint(DIM, &format!("{name:9}"));
        writeln!(self.out, "     {name} {text}")
    }

    /// Writes prose, wrapped.
    fn field(&mut self, name: &str, text: &str) -> io::Result<()> {
        for (index, line) in wrap(text, WIDTH - 15).iter().enumerate() {
            self.line(if index == 0 { name } else { "" }, line)?;
        }
        Ok(())
    }

    /// Writes prose below the summary.
    fn field_after_summary(&mut self, name: &str, text: &str) -> io::Result<()> {
        for line in wrap(&format!("{name} {text}"), WIDTH - 11) {
            writeln!(self.out, "           {line}")?;
        }
        Ok(())
    }

    fn summary(&mut self) -> io::Result<()> {
        let end = &self.result.end;
        let counts = end.counts;
        for problem in &end.problems {
            let word = self.paint(BAD, "PROBLEM");
            writeln!(self.out, "{word} {}\n", printable(problem))?;
        }
        let (word, style) = match end.good {
            true => ("PASSED", GOOD),
            false => ("FELL SHORT", BAD),
        };
        let word = self.paint(style, word);
        let seconds = end.milliseconds as f64 / 1000.0;
        writeln!(self.out, "{word:10} {counts}, in {seconds:.1} s")?;
        match may_claim(self.result) {
            Ok(text) => writeln!(self.out, "           may claim: {text}")?,
            Err(why) => writeln!(self.out, "           may claim: nothing, since {why}")?,
        }
        if end.repeated > 0 {
            writeln!(
                self.out,
                "           {} tests played again, slower, since something came late; this machine was late by up to {} ms",
                end.repeated, end.lag_milliseconds
            )?;
        }
        if !counts.add_up() {
            writeln!(
                self.out,
                "           the counts do not add up: a fault of this suite"
            )?;
        }
        if counts.silently_skipped > 0 {
            writeln!(
                self.out,
                "           {} skipped tests count as falling short; --without NAME says that the adapter is known to lack it",
                counts.silently_skipped
            )?;
        }
        match &end.not_judged[..] {
            [] => Ok(()),
            ids if self.result.start.filter.is_some() => {
                let text = format!(
                    "not judged by this choice of tests: {} requirements",
                    ids.len()
                );
                writeln!(self.out, "           {text}")
            }
            ids => {
                let name = format!("not judged, {}:", ids.len());
                self.field_after_summary(&name, &ids.join(" "))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::{hostile, sample, spec};
    use super::*;

    fn written(result: &CheckResult, is_colourful: bool) -> String {
        let mut text = Vec::new();
        write(result, &spec(), &mut text, is_colourful).unwrap();
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn every_verdict_is_told() {
        insta::assert_snapshot!(written(&sample(), false));
    }

    #[test]
    fn colours_change_no_words() {
        let plain = written(&sample(), false);
        let coloured = written(&sample(), true);
        assert_ne!(plain, coloured);
        assert_eq!(plain, anstream::adapter::strip_str(&coloured).to_string());
    }

    #[test]
    fn an_implementation_cannot_command_the_terminal() {
        let text = written(&hostile(), false);
        assert!(!text.contains(['\u{1b}', '\0']), "{text:?}");
    }
}
