//! The command that repeats one test as this program was called.

use std::path::Path;

use crate::run::selection::Selection;

/// The options that say how the result is written and judged, and when the run ends.
const LEFT_OUT: [&str; 5] = ["--format", "--html", "--expectations", "--log", "--claim"];
/// Those of them that take no value.
const SWITCHES: [&str; 2] = ["--fail-fast", "--update-expectations"];

/// The command that repeats one test, less its id: this one with the options that matter. `cargo
/// conformance` stands for a program that Cargo started.
pub(crate) fn again(arguments: impl IntoIterator<Item = String>, by_cargo: bool) -> String {
    let mut arguments = arguments.into_iter();
    let program = arguments.next().unwrap_or_default();
    let mut words: Vec<String> = match by_cargo {
        true => vec!["cargo".to_owned(), "conformance".to_owned()],
        false => vec![program],
    };
    while let Some(argument) = arguments.next() {
        let (name, value) = match argument.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (argument.as_str(), None),
        };
        if SWITCHES.contains(&name) {
            continue;
        }
        if Selection::OPTIONS.contains(&name) || LEFT_OUT.contains(&name) {
            if value.is_none() {
                arguments.next();
            }
            continue;
        }
        words.push(argument);
    }
    words.push("--filter".to_owned());
    let quoted = words.iter().map(|word| quote(word));
    quoted.collect::<Vec<_>>().join(" ") + " "
}

/// Whether Cargo started this program.
pub(crate) fn is_started_by_cargo() -> bool {
    std::env::var_os("CARGO").is_some_and(|cargo| Path::new(&cargo).is_absolute())
}

/// A word as a shell reads it back.
fn quote(word: &str) -> String {
    // Only a zero byte cannot be quoted, and no argument has one.
    shlex::try_quote(word).map_or_else(|_| word.to_owned(), |quoted| quoted.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(command: &str) -> String {
        again(shlex::split(command).unwrap(), false)
    }

    #[test]
    fn what_matters_is_kept() {
        assert_eq!(of("suite"), "suite --filter ");
        assert_eq!(
            of("suite --adapter 'my tool --x' --without open --timeout=3 --jobs 2"),
            "suite --adapter 'my tool --x' --without open '--timeout=3' --jobs 2 --filter "
        );
        assert_eq!(
            of(
                "suite --filter a --filter=b --external --suite code --level 1 --clause CODE-1 \
                --fail-fast --format json --html=h --expectations e --update-expectations --log l --root /x"
            ),
            "suite --external --root /x --filter "
        );
        let by_cargo = again(
            ["/t/conformance".to_owned(), "--asynchronous".to_owned()],
            true,
        );
        assert_eq!(by_cargo, "cargo conformance --asynchronous --filter ");
    }
}
