//! Controls: the same input without its fault, which has to be accepted before a refusal means
//! anything.

use std::collections::{HashMap, HashSet};

use super::judged::{AFTER_A_FAILURE, Judged};
use super::verdict::Verdict;
use crate::suites::case::Case;

/// Marks as inconclusive each refusal whose control was not accepted, since it proves nothing, and
/// as skipped each whose control the user expects to fail.
pub(super) fn doubt_without_control(cases: &[Box<dyn Case>], judged: &mut [Judged]) {
    let passed: HashMap<&str, bool> = cases
        .iter()
        .zip(judged.iter())
        .map(|(case, judged)| (case.id(), judged.verdict == Verdict::Passed))
        .collect();
    let is_left_out = |judged: &Judged| judged.verdict == Verdict::inconclusive(AFTER_A_FAILURE);
    let left_out: HashSet<&str> = cases
        .iter()
        .zip(judged.iter())
        .filter(|(_, judged)| is_left_out(judged))
        .map(|(case, _)| case.id())
        .collect();
    let expected: HashSet<&str> = cases
        .iter()
        .zip(judged.iter())
        .filter(|(_, judged)| matches!(judged.verdict, Verdict::Expected(_)))
        .map(|(case, _)| case.id())
        .collect();
    for (case, judged) in cases.iter().zip(judged) {
        let Some(control) = case.control() else {
            continue;
        };
        // A failure that ended the run stays one, though its control was left out.
        let is_left_out = left_out.contains(control);
        if expected.contains(control) && !matches!(judged.verdict, Verdict::Skipped { .. }) {
            judged.verdict = Verdict::Skipped {
                why: format!("its control {control} is expected to fail"),
                named: true,
            };
            continue;
        }
        let tried = match judged.verdict {
            Verdict::Passed => true,
            Verdict::Failed(_) => !is_left_out,
            _ => false,
        };
        if tried && !passed.get(control).copied().unwrap_or(false) {
            judged.verdict = Verdict::inconclusive(format!(
                "its control {control} did not pass: the same input without the fault"
            ));
        }
    }
}
