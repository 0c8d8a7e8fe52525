//! Options before a command, where its own come after it.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, Error, ErrorKind};
use clap::{CommandFactory, Parser};

use crate::cli::Arguments;
use crate::report::again::is_started_by_cargo;

/// The arguments of this program; ends it, as clap does, where there is something wrong with them.
pub(crate) fn arguments() -> Arguments {
    let words: Vec<OsString> = std::env::args_os().collect();
    let read = Arguments::try_parse_from(&words);
    read.unwrap_or_else(|error| explained(&words, error).exit())
}

/// An error, which shows the right order if the order alone is wrong.
fn explained(words: &[OsString], error: Error) -> Error {
    let Some(ContextValue::String(command)) = error.get(ContextKind::InvalidSubcommand) else {
        return error;
    };
    let at = words.iter().position(|word| *word == **command);
    let (ErrorKind::ArgumentConflict, Some(at)) = (error.kind(), at) else {
        return error;
    };
    let mut ordered = words.to_vec();
    if let Some(behind_program) = ordered.get_mut(1..=at) {
        behind_program.rotate_right(1);
    }
    let program = match is_started_by_cargo() {
        true => "cargo conformance",
        false => "conformance",
    };
    let right = match Arguments::try_parse_from(&ordered) {
        Ok(_) => {
            let behind = ordered.iter().skip(1).map(|word| word.to_string_lossy());
            let behind: Vec<_> = behind.collect();
            shlex::try_join(behind.iter().map(AsRef::as_ref)).ok()
        }
        Err(_) => None,
    };
    let told = match right {
        Some(right) => format!("a command comes before its options: {program} {right}"),
        None => format!(
            "the options before '{command}' are not its own; \
             `{program} {command} --help` lists those that may follow it"
        ),
    };
    Arguments::command().error(ErrorKind::ArgumentConflict, told)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_right_order_is_shown() {
        let told = |line: &str| {
            let words = shlex::split(line).unwrap();
            let words: Vec<OsString> = words.into_iter().map(OsString::from).collect();
            let error = Arguments::try_parse_from(&words).unwrap_err();
            explained(&words, error).to_string()
        };
        let right = told("x --adapter 'my tool' --timeout 3 doctor");
        assert!(
            right.contains("conformance doctor --adapter 'my tool' --timeout 3\n"),
            "{right}"
        );
        let other = told("x --fail-fast doctor");
        assert!(other.contains("before 'doctor' are not its own"), "{other}");
        assert!(other.contains("doctor --help`"), "{other}");
        let unknown = told("x --no-such-option");
        assert!(unknown.contains("--no-such-option"), "{unknown}");
    }
}
