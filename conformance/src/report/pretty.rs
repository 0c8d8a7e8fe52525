//! The report for people: the implementation, one line for each suite, the failures in full, the
//! summary last.

use std::io::{self, IsTerminal, Write};

use anstyle::{AnsiColor, Style};

use super::groups::{ReportedFailure, groups};
use super::wrap::wrap;
use super::{LEVELS, ReportContext, level_reached, suites};
use crate::run::runner::{Judged, Run};
use crate::run::verdict::{Verdict, VerdictCounts};
use crate::subject::adapter::Hello;
use crate::suites::case::Failure;
use crate::suites::test::Test;
use crate::suites::vectors::printable;

/// Writes the report to standard output.
///
/// # Errors
///
/// Those of standard output.
pub(crate) fn pretty(about: &ReportContext<'_>, run: &Run) -> io::Result<()> {
    let stdout = io::stdout();
    let colour = stdout.is_terminal() && std::env::var_os("NO_COLOR").is_none();
    Pretty {
        about,
        run,
        out: stdout.lock(),
        colour,
    }
    .write()
}

/// The groups of failures of which one is shown in full; what comes behind often follows from them.
const SHOWN_GROUPS: usize = 3;

type Failed<'a> = (&'a dyn Test, &'a Judged, &'a Failure);

const WIDTH: usize = 100;

const GOOD: Style = AnsiColor::Green.on_default();
const BAD: Style = AnsiColor::Red.on_default().bold();
const DOUBT: Style = AnsiColor::Yellow.on_default();
const HEAD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

struct Pretty<'a, W> {
    about: &'a ReportContext<'a>,
    run: &'a Run,
    out: W,
    colour: bool,
}

impl<W: Write> Pretty<'_, W> {
    fn write(&mut self) -> io::Result<()> {
        self.head()?;
        self.suites()?;
        self.failures()?;
        self.summary()
    }

    fn paint(&self, style: Style, text: &str) -> String {
        if self.colour {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }

    fn head(&mut self) -> io::Result<()> {
        match &self.run.hello {
            Some(hello) => self.adapter(hello)?,
            None => {
                let name = self.paint(HEAD, &printable(&self.about.command));
                writeln!(self.out, "judged   the relay {name}")?;
            }
        }
        writeln!(
            self.out,
            "by       spec/wormhole-sync.md {}, conformance {}",
            self.about.spec.version(),
            env!("CARGO_PKG_VERSION")
        )?;
        if let Some(hash) = self.about.vectors_hash {
            writeln!(self.out, "         vectors sha256:{hash}")?;
        }
        match self.about.filter {
            Some(filter) => writeln!(
                self.out,
                "tests    {} of {}: those with {filter:?}, and their controls\n",
                self.about.tests.len(),
                self.about.all
            ),
            None => writeln!(self.out, "tests    {}\n", self.about.all),
        }
    }

    fn adapter(&mut self, hello: &Hello) -> io::Result<()> {
        let name = format!("{} {}", printable(&hello.name), printable(&hello.version));
        let name = self.paint(HEAD, &name);
        writeln!(self.out, "judged   {name}")?;
        writeln!(self.out, "         started as {}", self.about.command)?;
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
        for line in suites(self.about, self.run) {
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
            let (mark, style) = if counts.good() {
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
                (counts.inconclusive, "inconclusive"),
                (counts.skipped, "skipped"),
            ] {
                if count > 0 {
                    text.push_str(&format!(", {count} {name}"));
                }
            }
            writeln!(
                self.out,
                "  {mark} {:18} {text:20} {:7.2} s",
                line.suite,
                line.time.as_secs_f32()
            )?;
        }
        writeln!(self.out)
    }

    fn failures(&mut self) -> io::Result<()> {
        let about = self.about;
        let run = self.run;
        let all = || about.tests.iter().zip(&run.judged);
        let failed: Vec<_> = all()
            .filter_map(|(case, judged)| match &judged.verdict {
                Verdict::Failed(failure) => Some((*case, judged, failure)),
                _ => None,
            })
            .collect();
        // One failure of each of the first groups is shown in full: a single mistake often fails a
        // hundred tests.
        let main = |case: &dyn Test| case.clauses().first().cloned().unwrap_or_default();
        let mains: Vec<String> = failed.iter().map(|(case, ..)| main(*case)).collect();
        let reported: Vec<ReportedFailure<'_>> = failed
            .iter()
            .zip(&mains)
            .map(|((case, _, failure), clause)| ReportedFailure {
                id: case.id(),
                suite: case.suite(),
                level: case.level(),
                clause,
                differs: failure.clause.as_deref(),
                alike: all().filter(|(other, _)| main(**other) == *clause).count(),
            })
            .collect();
        let kinds: Vec<Vec<Failed<'_>>> = groups(&reported)
            .iter()
            .map(|group| {
                group
                    .iter()
                    .filter_map(|&at| failed.get(at).copied())
                    .collect()
            })
            .collect();
        let mut rest: Vec<&str> = Vec::new();
        for (number, alike) in kinds.iter().enumerate() {
            if number >= SHOWN_GROUPS {
                rest.extend(alike.iter().map(|(case, ..)| case.id()));
                continue;
            }
            let mut alike = alike.iter();
            if let Some((case, judged, failure)) = alike.next() {
                self.failure(*case, judged, failure)?;
            }
            let ids: Vec<&str> = alike.map(|(case, ..)| case.id()).collect();
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
            let groups = kinds.len() - SHOWN_GROUPS;
            writeln!(
                self.out,
                "{word} {} more, in {groups} further groups:",
                rest.len()
            )?;
            self.ids(&rest)?;
        }
        self.grouped(DOUBT, "INCONCLUSIVE", |verdict| match verdict {
            Verdict::Inconclusive(why) => Some(why),
            _ => None,
        })?;
        self.grouped(DIM, "skipped", |verdict| match verdict {
            Verdict::Skipped { why, .. } => Some(why),
            _ => None,
        })
    }

    /// Writes the tests that have one reason in common under that reason.
    fn grouped(
        &mut self,
        style: Style,
        word: &str,
        reason: fn(&Verdict) -> Option<&String>,
    ) -> io::Result<()> {
        let mut groups: Vec<(&str, Vec<&str>)> = Vec::new();
        for (case, judged) in self.about.tests.iter().zip(&self.run.judged) {
            let Some(why) = reason(&judged.verdict) else {
                continue;
            };
            match groups.iter_mut().find(|(known, _)| known == why) {
                Some((_, ids)) => ids.push(case.id()),
                None => groups.push((why, vec![case.id()])),
            }
        }
        for (why, ids) in groups {
            let word = self.paint(style, word);
            writeln!(self.out, "{word} {}: {}", ids.len(), printable(why))?;
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

    fn failure(&mut self, case: &dyn Test, judged: &Judged, failure: &Failure) -> io::Result<()> {
        let word = self.paint(BAD, "FAIL");
        let id = self.paint(HEAD, case.id());
        writeln!(self.out, "{word} {id}")?;
        self.field("tests", case.title())?;
        for id in case.clauses() {
            if let Some(clause) = self.about.spec.clause(id) {
                let text = format!("{} (spec/wormhole-sync.md:{})", clause.text, clause.line);
                self.field(id, &text)?;
            }
        }
        for (index, given) in failure.given.iter().enumerate() {
            self.line(if index == 0 { "asked" } else { "" }, given)?;
        }
        self.line("expected", &failure.expected)?;
        self.line("actual", &failure.actual)?;
        if let Some(difference) = &failure.difference {
            let text = self.paint(BAD, difference);
            self.line("differs", &text)?;
        }
        if let Some(mistake) = &failure.mistake {
            self.field("perhaps", mistake)?;
        }
        for (index, detail) in failure.detail.iter().enumerate() {
            let name = if index == 0 { "why" } else { "" };
            // An indented line is part of a drawing.
            match detail.starts_with(' ') {
                true => self.line(name, detail)?,
                false => self.field(name, detail)?,
            }
        }
        for (index, line) in judged
            .stderr
            .trim_end()
            .lines()
            .rev()
            .take(20)
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
            .enumerate()
        {
            self.line(if index == 0 { "stderr" } else { "" }, &printable(line))?;
        }
        let again = format!("{}{}", self.about.again, case.id());
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
        let planned = self.about.tests.len();
        let counts = self.run.counts(planned);
        for problem in &self.run.problems {
            let word = self.paint(BAD, "PROBLEM");
            writeln!(self.out, "{word} {}\n", printable(problem))?;
        }
        let (word, style) = if self.run.good(planned) {
            ("PASSED", GOOD)
        } else {
            ("FELL SHORT", BAD)
        };
        let word = self.paint(style, word);
        writeln!(
            self.out,
            "{word:10} {}, in {:.1} s",
            sum(counts),
            self.run.time.as_secs_f32()
        )?;
        if let Some(level) = level_reached(self.about, self.run) {
            writeln!(
                self.out,
                "           level {level} of {} reached",
                LEVELS.len()
            )?;
        }
        if self.run.repeats > 0 {
            let (repeats, lag) = (self.run.repeats, self.run.lag.as_millis());
            writeln!(
                self.out,
                "           {repeats} tests played again, slower, since something came late; this machine was late by up to {lag} ms"
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
        match &self.about.not_judged[..] {
            [] => Ok(()),
            ids => {
                let name = format!("not judged, {}:", ids.len());
                self.field_after_summary(&name, &ids.join(" "))
            }
        }
    }
}

fn sum(counts: VerdictCounts) -> String {
    format!(
        "{} planned = {} passed + {} failed + {} skipped + {} inconclusive",
        counts.planned, counts.passed, counts.failed, counts.skipped, counts.inconclusive
    )
}
