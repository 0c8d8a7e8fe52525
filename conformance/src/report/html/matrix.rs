//! The page of the meetings: every client with every client over every relay.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::super::meetings::{InteropResult, MeetingResult};
use super::marks::{clause_link, count, lines};
use super::summary::seconds;
use crate::spec::Spec;
use crate::suites::vectors::printable;

/// The page's content.
pub(super) fn content(interop: &InteropResult, spec: &Spec) -> Markup {
    let InteropResult { meetings, end } = interop;
    let relays = names(meetings, |meeting| &meeting.relay);
    html! {
        @match end.good {
            true => p.verdict { b.p { "PASSED" } },
            false => p.verdict { b.f { "FELL SHORT" } },
        }
        p {
            (count(meetings.len(), "meeting")) " of " (end.counts.planned) " planned: "
            (end.counts.passed) " passed, " (end.counts.failed) " failed, in "
            (seconds((end.seconds * 1000.0) as u64))
            ". Each cell is one pair of clients: how many of its meetings ended as the text says at \
             both sides, and who did otherwise."
        }
        @for (index, relay) in relays.iter().enumerate() {
            section aria-labelledby={ "relay-" (index) } {
                h2 id={ "relay-" (index) } { "Over the relay " (printable(relay)) }
                (table(index, relay, meetings))
            }
        }
        (faults(meetings, spec))
    }
}

/// The names of a member in the order in which they came.
fn names(meetings: &[MeetingResult], of: fn(&MeetingResult) -> &String) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for meeting in meetings {
        let name = of(meeting).as_str();
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn table(index: usize, relay: &str, meetings: &[MeetingResult]) -> Markup {
    let initiators = names(meetings, |meeting| &meeting.initiator);
    let receivers = names(meetings, |meeting| &meeting.receiver);
    html! {
        div.scroll tabindex="0" role="region" aria-labelledby={ "relay-" (index) } {
            table.matrix {
                thead {
                    tr {
                        th scope="col" { "initiator \\ receiver" }
                        @for receiver in &receivers { th scope="col" { (printable(receiver)) } }
                    }
                }
                tbody {
                    @for initiator in &initiators {
                        tr {
                            th scope="row" { (printable(initiator)) }
                            @for receiver in &receivers {
                                @let of_cell = |meeting: &&MeetingResult| {
                                    meeting.relay == relay && meeting.initiator == *initiator
                                        && meeting.receiver == *receiver
                                };
                                @let cell: Vec<_> = meetings.iter().filter(of_cell).collect();
                                (of_pair(&cell))
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The cell of one pair.
fn of_pair(cell: &[&MeetingResult]) -> Markup {
    let failed: Vec<&&MeetingResult> = cell.iter().filter(|it| !it.is_passed()).collect();
    let mut blamed: Vec<String> = Vec::new();
    for meeting in &failed {
        let who = blame(meeting);
        if !blamed.contains(&who) {
            blamed.push(who);
        }
    }
    let class = match (cell.is_empty(), failed.is_empty()) {
        (true, _) => "s",
        (false, true) => "p",
        (false, false) => "f",
    };
    html! {
        td class={ "cell " (class) } {
            @if cell.is_empty() { "did not meet" }
            @else { (cell.len() - failed.len()) " of " (cell.len()) }
            @for who in &blamed { br; small { (who) } }
        }
    }
}

/// The side that is to blame, as far as the meeting shows it.
fn blame(meeting: &MeetingResult) -> String {
    match meeting.side.as_deref() {
        Some("initiator") => format!("the initiator, {}", printable(&meeting.initiator)),
        Some("receiver") => format!("the receiver, {}", printable(&meeting.receiver)),
        _ => "undecided".to_owned(),
    }
}

/// The faults: what one client does wrong with all others is one.
fn faults(meetings: &[MeetingResult], spec: &Spec) -> Markup {
    let mut faults: BTreeMap<(&str, &[String], &str), Vec<&MeetingResult>> = BTreeMap::new();
    for meeting in meetings.iter().filter(|meeting| !meeting.is_passed()) {
        let what = meeting.what.as_deref().unwrap_or_default();
        let key = (meeting.meeting.as_str(), &meeting.clauses[..], what);
        faults.entry(key).or_default().push(meeting);
    }
    html! {
        @if !faults.is_empty() {
            section aria-labelledby="faults" {
                h2 #faults { "What went wrong" }
                @for ((name, clauses, what), meetings) in &faults {
                    h3 { b.f { "failed" } " " (printable(name)) }
                    dl {
                        dt { "requirements" }
                        dd { @for id in *clauses { (clause_link(id, spec)) " " } }
                        dt { "came" }
                        dd { (lines(what)) }
                        dt { "at" }
                        dd {
                            ul {
                                @for meeting in meetings {
                                    li {
                                        (printable(&meeting.initiator)) " with "
                                        (printable(&meeting.receiver)) " over "
                                        (printable(&meeting.relay)) ": " (blame(meeting))
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::samples::{interop, spec};
    use super::*;

    #[test]
    fn a_red_cell_says_who_is_to_blame() {
        let text = content(&interop(), &spec()).into_string();
        assert!(text.contains("the receiver, other"), "{text}");
        assert!(text.contains("undecided"), "{text}");
        assert!(!text.contains("<b>differ"), "{text}");
        insta::assert_snapshot!(text.replace("><", ">\n<"));
    }
}
