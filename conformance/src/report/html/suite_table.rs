//! The table of suites and levels.

use maud::{Markup, html};

use super::super::levels::{LEVELS, SuiteLine, suites};
use super::super::result::CheckResult;
use super::marks::{TESTS, suite_anchor};
use super::summary::seconds;
use crate::suites::vectors::printable;

/// One row for each suite, the levels as groups of rows.
pub(super) fn content(result: &CheckResult) -> Markup {
    let suites = suites(&result.tests);
    let mut levels: Vec<(u8, Vec<&SuiteLine<'_>>)> = Vec::new();
    for line in &suites {
        match levels.last_mut() {
            Some((level, of_level)) if *level == line.level => of_level.push(line),
            _ => levels.push((line.level, vec![line])),
        }
    }
    html! {
        section aria-labelledby="suites" {
            h2 #suites { "Suites and levels" }
            div.scroll tabindex="0" role="region" aria-labelledby="suites" {
                table {
                    thead {
                        tr {
                            @for name in ["Suite", "Verdict", "Passed", "Not passed", "Sum of times"] {
                                th scope="col" { (name) }
                            }
                        }
                    }
                    @for (level, lines) in levels {
                        tbody {
                            tr { th.level colspan="5" scope="rowgroup" { (name_of(level)) } }
                            @for line in lines { (row(line)) }
                        }
                    }
                }
            }
        }
    }
}

fn name_of(level: u8) -> String {
    match LEVELS.get(usize::from(level).wrapping_sub(1)) {
        Some(name) => format!("Level {level}: {name}"),
        None => "Beside the levels".to_owned(),
    }
}

fn row(line: &SuiteLine<'_>) -> Markup {
    let counts = line.counts;
    let (class, word) = match (counts.good(), counts.failed > 0) {
        _ if !counts.any_scored() => ("u", "unscored"),
        (true, _) => ("p", "ok"),
        (false, true) => ("f", "failed"),
        (false, false) => ("i", "undecided"),
    };
    let others = [
        (counts.failed, "f", "failed"),
        (counts.expected, "e", "failed as expected"),
        (counts.inconclusive, "i", "inconclusive"),
        (counts.skipped, "s", "skipped"),
        (counts.unscored, "u", "unscored"),
    ];
    let others = others.into_iter().filter(|(count, ..)| *count > 0);
    let suite = printable(line.suite);
    html! {
        tr {
            th scope="row" { a href={ (TESTS) "#" (suite_anchor(line.suite)) } { (suite) } }
            td { b class=(class) { (word) } }
            td.n { (counts.passed) " of " (counts.planned) }
            td {
                @for (index, (count, class, word)) in others.enumerate() {
                    @if index > 0 { ", " }
                    a href={ (TESTS) "#verdict=" (class) "&suite=" (suite) } { (count) " " (word) }
                }
            }
            td.n { (seconds(line.milliseconds)) }
        }
    }
}
