//! The lines of `conformance mutants`, for people and for programs.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use serde_json::json;

use super::catalogue::Entry;
use super::degenerate::DegenerateVerdict;
use super::judge::Examination;
use super::lawful::LawfulVerdict;
use super::mutants::MutantVerdict;
use crate::report::Format;
use crate::spec::Spec;
use crate::terminal::show;

/// The report as it is written, line by line.
pub(crate) struct TrustReport {
    format: Format,
    started: Instant,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    planned: usize,
    passed: usize,
    failed: usize,
    shown: usize,
    shown_names: usize,
    shown_first: usize,
    wrong_headlines: BTreeMap<String, usize>,
    problems: Vec<String>,
    /// The requirements of the changes that were played.
    judged: BTreeSet<String>,
}

impl TrustReport {
    /// Starts a report.
    pub(crate) fn new(format: Format) -> Self {
        Self {
            format,
            started: Instant::now(),
            state: Mutex::default(),
        }
    }

    /// Says how many verdicts are to come.
    pub(crate) fn plan(&self, more: usize) {
        self.state().planned += more;
    }

    /// Notes a fault of the suite itself.
    pub(crate) fn problem(&self, text: String) {
        if self.format == Format::Pretty {
            show(format_args!("PROBLEM   {text}"));
        }
        self.state().problems.push(text);
    }

    /// Writes the verdict on a fault.
    pub(crate) fn mutant(&self, verdict: &MutantVerdict<'_>) {
        let entry = verdict.entry;
        self.count(verdict.is_good());
        self.judge(entry, &verdict.examination);
        if let Some(shown) = &verdict.first_shown {
            let mut state = self.state();
            state.shown += 1;
            state.shown_names += usize::from(shown.names);
            state.shown_first += usize::from(shown.headline == entry.clause);
            if !shown.names {
                let wrong = format!("{} as {} ({})", entry.id, shown.headline, shown.id);
                *state.wrong_headlines.entry(wrong).or_default() += 1;
            }
        }
        let killed = verdict.is_killed();
        if self.format == Format::Json {
            let mut line = json!({
                "event": "mutant",
                "id": entry.id,
                "clause": entry.clause,
                "title": entry.title,
                "verdict": if killed { "killed" } else { "survived" },
                "by": verdict.by,
                "names_clause": verdict.examination.names_clause(),
                "reached": verdict.reached,
                "played": verdict.examination.played,
            });
            if let Some(shown) = &verdict.first_shown {
                line["first_shown"] =
                    json!({"test": shown.id, "clause": shown.headline, "names": shown.names});
            }
            show(format_args!("{line}"));
        } else if !verdict.is_good() {
            let word = match (killed, verdict.reached) {
                (false, false) => "UNREACHED",
                (false, true) => "SURVIVED",
                (true, _) => "UNNAMED",
            };
            show(format_args!(
                "{word:9} {} ({}): {}",
                entry.id, entry.clause, entry.title
            ));
            if killed {
                show(format_args!("          found by {}", verdict.by.join(", ")));
            }
        }
        self.broken(&entry.id, verdict.examination.broken.len());
    }

    /// Writes the verdict on a lawful variant.
    pub(crate) fn lawful(&self, verdict: &LawfulVerdict<'_>) {
        let entry = verdict.entry;
        let good = verdict.is_good();
        self.count(good);
        self.judge(entry, &verdict.examination);
        if self.format == Format::Json {
            let line = json!({
                "event": "lawful",
                "id": entry.id,
                "clause": entry.clause,
                "title": entry.title,
                "verdict": if good { "passed" } else { "failed" },
                "by": verdict.by,
                "reached": verdict.reached,
                "played": verdict.examination.played,
            });
            show(format_args!("{line}"));
        } else if !good {
            let word = match (verdict.by.is_empty(), verdict.examination.played) {
                (false, _) => "ACCUSED",
                (true, 0) => "UNPLAYED",
                (true, _) => "UNREACHED",
            };
            show(format_args!(
                "{word:9} {} ({}): {}",
                entry.id, entry.clause, entry.title
            ));
            if !verdict.by.is_empty() {
                show(format_args!("          by {}", verdict.by.join(", ")));
            }
        }
        self.broken(&entry.id, verdict.examination.broken.len());
    }

    /// Writes the verdict on a degenerate adapter.
    pub(crate) fn degenerate(&self, verdict: &DegenerateVerdict) {
        let good = verdict.is_good();
        self.count(good);
        if self.format == Format::Json {
            let line = json!({
                "event": "degenerate",
                "id": verdict.kind,
                "verdict": if good { "passed" } else { "failed" },
                "tests_passed": verdict.tests_passed,
                "seconds": verdict.seconds,
                "report_bytes": verdict.report_bytes,
                "fault": verdict.fault,
            });
            show(format_args!("{line}"));
        } else if !good {
            show(format_args!(
                "DECEIVED  by the adapter that {}: {}",
                verdict.kind, verdict.fault
            ));
        }
    }

    /// Writes the summary, and gives whether all is as it should be.
    pub(crate) fn end(self, spec: &Spec) -> bool {
        let state = self
            .state
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        let complete = state.planned == state.passed + state.failed && state.planned > 0;
        let good = complete && state.failed == 0 && state.problems.is_empty();
        let share = |count: usize| match state.shown {
            0 => serde_json::Value::Null,
            shown => json!(count as f64 / shown as f64),
        };
        let seconds = self.started.elapsed().as_secs_f64();
        if self.format == Format::Json {
            let end = json!({
                "event": "end",
                "good": good,
                "counts": {
                    "planned": state.planned,
                    "passed": state.passed,
                    "failed": state.failed,
                    "skipped": 0,
                    "inconclusive": state.planned.saturating_sub(state.passed + state.failed),
                },
                "not_judged": spec.ids_without(state.judged.iter().map(String::as_str)),
                "problems": state.problems,
                "diagnosis": share(state.shown_names),
                "diagnosis_headline": share(state.shown_first),
                "seconds": seconds,
            });
            show(format_args!("{end}"));
            return good;
        }
        let word = if good { "PASSED" } else { "FELL SHORT" };
        show(format_args!(
            "{word:10} {} passed, {} failed, of {} planned, in {seconds:.1} s",
            state.passed, state.failed, state.planned
        ));
        if state.shown > 0 {
            show(format_args!(
                "diagnosis  the first failure shown names the requirement of {} of {} faults; of {} \
                 it stands above all others",
                state.shown_names, state.shown, state.shown_first
            ));
            for wrong in state.wrong_headlines.keys() {
                show(format_args!("           not of {wrong}"));
            }
        }
        good
    }

    fn count(&self, good: bool) {
        let mut state = self.state();
        state.passed += usize::from(good);
        state.failed += usize::from(!good);
    }

    fn judge(&self, entry: &Entry, examination: &Examination) {
        if examination.played > 0 {
            self.state().judged.insert(entry.clause.clone());
        }
    }

    fn broken(&self, id: &str, count: usize) {
        if count > 0 {
            self.problem(format!(
                "{count} tests that failed with {id} also fail without any change"
            ));
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
