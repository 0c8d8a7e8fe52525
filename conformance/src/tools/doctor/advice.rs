//! The sentences of the doctor.

use crate::report::again;
use crate::subject::adapter::AdapterError;
use crate::suites::case::Failure;
use crate::suites::vectors::printable;
use crate::terminal::show;

/// The check by one test, as this program was called.
pub(super) fn again() -> String {
    let typed = std::env::args_os().map(|argument| argument.to_string_lossy().into_owned());
    again::again(
        typed.filter(|argument| argument != "doctor"),
        again::is_started_by_cargo(),
    )
}

/// A failure in a few sentences, a line each.
pub(super) fn told(failure: &Failure) -> String {
    let differs = failure.difference.iter().cloned();
    let values = format!(
        "Expected {}, and came {}.",
        failure.expected, failure.actual
    );
    let mistake = failure
        .mistake
        .iter()
        .map(|mistake| format!("Perhaps: {mistake}."));
    let lines: Vec<String> = differs.chain([values]).chain(mistake).collect();
    lines.join("\n")
}

/// Advice for an adapter that said no hello.
pub(super) fn hello_advice(error: &AdapterError) -> &'static str {
    match error.to_string() {
        text if text.contains("no hello within") => {
            "The suite has said hello; the adapter is to write its own, in one line, and flush it."
        }
        text if text.contains("cannot start") => {
            "No shell is used: the command is a program that is found, and its arguments."
        }
        _ => "ADAPTER.md, section Lines, shows a hello.",
    }
}

/// Advice for an adapter that gave no reply.
pub(super) fn advice(error: &AdapterError) -> &'static str {
    match error {
        AdapterError::TimedOut(_) => {
            "Is each line flushed, and does the reply bear the \"id\" of its request?"
        }
        AdapterError::Broke(text) if text.contains("JSON") => {
            "Standard output is for replies alone, one JSON object a line; logs go to standard error."
        }
        AdapterError::Broke(text) if text.contains("ended") => {
            "It is to go on after a reply, and to answer `error` to what it cannot do."
        }
        AdapterError::Broke(_) => "ADAPTER.md, section Lines, says what a line may be.",
        AdapterError::CouldNotStart(_) | AdapterError::Misuse(_) => "",
    }
}

/// Says what is wrong, and gives false.
pub(super) fn wrong(name: &str, what: &impl ToString, advice: &str) -> bool {
    let what = what.to_string();
    let mut lines = what.lines().map(printable);
    let first = lines.next().unwrap_or_default();
    show(format_args!("  WRONG  {name:14} {first}"));
    let advice = advice.lines().filter(|line| !line.is_empty());
    for line in lines.chain(advice.map(str::to_owned)) {
        show(format_args!("         {:14} {line}", ""));
    }
    false
}
