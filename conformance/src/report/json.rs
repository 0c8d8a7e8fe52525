//! The report as JSON lines: one for the start, one for each test, one for the end.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::ReportContext;
use crate::run::runner::{Judged, Run};
use crate::run::verdict::{Verdict, VerdictCounts};

/// Writes the report to standard output.
///
/// # Errors
///
/// Those of standard output.
pub(crate) fn json(about: &ReportContext<'_>, run: &Run) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let planned = about.tests.len();
    writeln!(out, "{}", start(about, run))?;
    for (case, judged) in about.tests.iter().zip(&run.judged) {
        let mut line = json!({
            "event": "test",
            "id": case.id(),
            "suite": case.suite(),
            "clauses": case.clauses(),
            "title": case.title(),
        });
        if let (Some(line), Some(more)) = (line.as_object_mut(), verdict(judged).as_object()) {
            line.extend(more.clone());
        }
        writeln!(out, "{line}")?;
    }
    let end = json!({
        "event": "end",
        "good": run.good(planned),
        "level": super::level_reached(about, run),
        "counts": counts(run.counts(planned)),
        "not_judged": about.not_judged,
        "problems": run.problems,
        "repeated": run.repeats,
        "lag_milliseconds": milliseconds(run.lag),
        "milliseconds": milliseconds(run.time),
    });
    writeln!(out, "{end}")
}

fn start(about: &ReportContext<'_>, run: &Run) -> Value {
    let mut start = json!({
        "event": "start",
        "suite": env!("CARGO_PKG_VERSION"),
        "spec": about.spec.version(),
        "filter": about.filter,
        "command": about.command,
    });
    if let Some(hash) = about.vectors_hash {
        start["vectors"] = json!(format!("sha256:{hash}"));
    }
    if let Some(hello) = &run.hello {
        start["adapter"] = json!({
            "name": hello.name,
            "version": hello.version,
            "spec": hello.spec,
            "roles": hello.roles,
            "operations": hello.operations,
            "inject": hello.inject,
        });
    }
    start
}

fn verdict(judged: &Judged) -> Value {
    let milliseconds = milliseconds(judged.time);
    match &judged.verdict {
        Verdict::Passed => json!({"verdict": "passed", "milliseconds": milliseconds}),
        Verdict::Skipped { why, named } => {
            json!({"verdict": "skipped", "why": why, "named": named, "milliseconds": milliseconds})
        }
        Verdict::Inconclusive(why) => {
            json!({"verdict": "inconclusive", "why": why, "milliseconds": milliseconds})
        }
        Verdict::Failed(failure) => json!({
            "verdict": "failed",
            "given": failure.given,
            "expected": failure.expected,
            "actual": failure.actual,
            "difference": failure.difference,
            "mistake": failure.mistake,
            "detail": failure.detail,
            "stderr": judged.stderr,
            "milliseconds": milliseconds,
        }),
    }
}

fn counts(counts: VerdictCounts) -> Value {
    json!({
        "planned": counts.planned,
        "passed": counts.passed,
        "failed": counts.failed,
        "skipped": counts.skipped,
        "inconclusive": counts.inconclusive,
    })
}

fn milliseconds(time: std::time::Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
