//! Asks for the code. It completes each word from the list of its position, and checks each word as
//! the user types it. A mistyped code costs nothing (CODE-8), because the user can correct it.

use std::borrow::Cow;
use std::io;

use rustyline::completion::{Completer, Pair};
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::{Hint, Hinter};
use rustyline::history::MemHistory;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{Behavior, CompletionType, Config, Context, Editor, Helper};
use zeroize::Zeroizing;

use super::failure::Failure;
use super::input::patiently;
use super::print;
use super::progress::Progress;
use super::signals::{Signals, cancelled};
use super::terminal::Terminal;
use crate::protocol::Outcome;
use crate::values::{Code, words};

/// Asks at the terminal for a code, and gives it as it was typed once it is well-formed.
pub(super) fn code(signals: &Signals) -> Result<Zeroizing<String>, Failure> {
    // Without a terminal the editor would use standard input and output, which serve other
    // purposes.
    let terminal = Terminal::open().map_err(|_| {
        Failure::usage(
            "there is no code, and no terminal to ask for it",
            "Give the code as an argument, or `-` and the code on standard input.",
        )
    })?;
    // With one of these terminals the editor would read standard input.
    if std::env::var("TERM").is_ok_and(|term| ["dumb", "cons25", "emacs"].contains(&&*term)) {
        return plainly(&terminal);
    }
    let config = Config::builder()
        .behavior(Behavior::PreferTerm)
        .completion_type(CompletionType::List)
        .build();
    let unusable = |error: ReadlineError| match error {
        ReadlineError::Interrupted | ReadlineError::Eof => not_given(),
        _ if terminal.is_closed() => not_given(),
        error => Failure::local(format!("cannot ask for the code: {error}"), ""),
    };
    // The history stays empty: nothing is added to it, and it has no file.
    let history = MemHistory::with_config(&config);
    let mut editor = Editor::with_history(config, history).map_err(unusable)?;
    editor.set_helper(Some(CodeHelper));
    // The editor changes the terminal's settings, and a signal may end the program meanwhile.
    #[cfg(unix)]
    signals.keep(terminal.settings().ok());
    let typed = loop {
        match editor.readline("Code: ") {
            Ok(typed) => break Ok(Zeroizing::new(typed)),
            Err(ReadlineError::Io(error)) if error.kind() == io::ErrorKind::InvalidData => {
                print::tell("that is no text in UTF-8; type the code again");
            }
            Err(error) => break Err(unusable(error)),
        }
    };
    #[cfg(unix)]
    signals.keep(None);
    typed
}

/// Asks for a code at a terminal without line editing.
fn plainly(terminal: &Terminal) -> Result<Zeroizing<String>, Failure> {
    loop {
        let typed = terminal.line("Code: ").map_err(|error| match error {
            _ if terminal.is_closed() => not_given(),
            error => Failure::local(format!("cannot ask for the code: {error}"), ""),
        });
        let typed = typed?.ok_or_else(not_given)?;
        match Code::parse(&*typed) {
            Ok(_) => return Ok(typed),
            Err(error) => print::tell(error),
        }
    }
}

fn not_given() -> Failure {
    cancelled("nothing was sent").hint("The code was not used; it stays good for its time.")
}

/// The editor's helper for the words of a code.
struct CodeHelper;

/// The beginning of the word at the cursor, and its position among the words; `None` in the number.
fn place(before_cursor: &str) -> Option<(usize, usize)> {
    let start = before_cursor
        .trim_end_matches(|character| !Code::is_separator(character))
        .len();
    let before = before_cursor.get(..start)?;
    let parts = before
        .split(Code::is_separator)
        .filter(|part| !part.is_empty())
        .count();
    Some((start, parts.checked_sub(1)?))
}

/// The words of a position that begin with the typed text.
fn beginning_with(position: usize, typed: &str) -> Vec<&'static str> {
    let typed = typed.to_ascii_lowercase();
    (0..=u8::MAX)
        .map(|byte| words::word(position, byte))
        .filter(|word| word.starts_with(&typed))
        .collect()
}

/// The fault of a line whose last word is not finished, if it already has one.
fn fault(before_cursor: &str) -> Option<String> {
    let (start, position) = place(before_cursor)?;
    let whole = before_cursor
        .get(..start)?
        .trim_end_matches(Code::is_separator);
    if position < 2 {
        // A line with too few words is filled up with good ones, so that it can be parsed as a
        // code.
        let mut filled = whole.to_owned();
        for position in position..2 {
            filled.push('-');
            filled.push_str(words::word(position, 0));
        }
        return Code::parse(filled).err().map(|error| error.to_string());
    }
    Code::parse(whole).err().map(|error| error.to_string())
}

impl Completer for CodeHelper {
    type Candidate = Pair;

    fn complete(
        &self,
        line: &str,
        cursor: usize,
        _: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<Pair>)> {
        let before = line.get(..cursor).unwrap_or_default();
        let Some((start, position)) = place(before) else {
            return Ok((cursor, Vec::new()));
        };
        let typed = before.get(start..).unwrap_or_default();
        // A code has two words at least.
        let follow = if position == 0 { "-" } else { "" };
        let pairs = beginning_with(position, typed)
            .into_iter()
            .map(|word| Pair {
                display: word.to_owned(),
                replacement: format!("{word}{follow}"),
            });
        Ok((start, pairs.collect()))
    }
}

/// The text behind the cursor: the rest of the only possible word, or the fault.
struct Aside {
    text: String,
    is_completion: bool,
}

impl Hint for Aside {
    fn display(&self) -> &str {
        &self.text
    }

    fn completion(&self) -> Option<&str> {
        self.is_completion.then_some(&self.text)
    }
}

impl Hinter for CodeHelper {
    type Hint = Aside;

    fn hint(&self, line: &str, cursor: usize, _: &Context<'_>) -> Option<Aside> {
        (cursor == line.len()).then(|| aside(line)).flatten()
    }
}

fn aside(line: &str) -> Option<Aside> {
    if let Some(fault) = fault(line) {
        return Some(Aside {
            text: format!("   {fault}"),
            is_completion: false,
        });
    }
    let (start, position) = place(line)?;
    let typed = line.get(start..).filter(|typed| !typed.is_empty())?;
    match beginning_with(position, typed)[..] {
        [] => Some(Aside {
            text: format!("   no word {} begins so", position + 1),
            is_completion: false,
        }),
        [only] => Some(Aside {
            text: only
                .get(typed.len()..)
                .filter(|rest| !rest.is_empty())?
                .to_owned(),
            is_completion: true,
        }),
        _ => None,
    }
}

impl Validator for CodeHelper {
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        Ok(match Code::parse(context.input()) {
            Ok(_) => ValidationResult::Valid(None),
            Err(error) => ValidationResult::Invalid(Some(format!("   {error}"))),
        })
    }
}

impl Highlighter for CodeHelper {
    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        match std::env::var_os("NO_COLOR") {
            Some(set) if !set.is_empty() => Cow::Borrowed(hint),
            _ => Cow::Owned(format!("\x1b[2m{hint}\x1b[0m")),
        }
    }
}

impl Helper for CodeHelper {}

/// Reads the code from the first line of standard input.
pub(super) fn code_from_input(progress: &Progress) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let waits_for = "reading the code from standard input, to the end of its first line";
    match patiently(progress, waits_for, first_line) {
        Ok(line) if line.is_empty() => Err(Failure::outcome(
            Outcome::BadCode,
            "there is no code on standard input",
        )),
        Ok(line) => Ok(line),
        Err(error) => Err(Failure::local(format!("cannot read the code: {error}"), "")),
    }
}

fn first_line() -> io::Result<Zeroizing<Vec<u8>>> {
    use std::io::{BufRead, Read};
    // Longer ones are refused as `too-long` (CODE-4).
    let mut line = Zeroizing::new(Vec::with_capacity(2_048));
    let input = io::stdin().lock();
    input.take(1_100).read_until(b'\n', &mut line)?;
    Ok(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_is_looked_up_by_its_place() {
        assert_eq!(place("7"), None);
        assert_eq!(place("7-cro"), Some((2, 0)));
        assert_eq!(place("7 crossover  clo"), Some((13, 1)));
        assert_eq!(place("\u{feff}7\u{2013}cro"), Some((7, 0)));
        assert_eq!(place("7\u{a0}crossover\u{2011}\u{3000}"), Some((18, 1)));
        assert_eq!(beginning_with(0, "CROSS"), ["crossover"]);
        assert_eq!(beginning_with(1, "clockw"), ["clockwork"]);
        assert_eq!(beginning_with(0, "clockw"), [""; 0]);
    }

    #[test]
    fn a_word_is_checked_when_the_next_begins() {
        let said = |line: &str| aside(line).map(|aside| aside.text).unwrap_or_default();
        assert_eq!(said("7-crossover-"), "");
        assert_eq!(said("7-crossov"), "er");
        assert!(said("7-crosover-").contains("did you mean crossover"));
        assert!(said("7-crossover-clokwork-").contains("did you mean clockwork"));
        assert!(said("x-").contains("does not begin with a number"));
        assert_eq!(said("7-zz"), "   no word 1 begins so");
        assert_eq!(said("7-crossover-clockwork"), "");
        assert!(said("7-clockwork-crossover-").contains("swapped"));
        assert_eq!(said("7\u{2013}crossover\u{a0}clockwo"), "rk");
        assert!(said("7\u{2014}crosover\u{2014}").contains("did you mean crossover"));
        assert!(said("7-cr\u{f6}ssover-").contains("U+00F6"));
    }
}
