//! The command line: `send`, `receive`, `relay` and `demo`.
//!
//! What is for programs goes to standard output: the code, the peer's blob, the relay's address.
//! What is for people goes to standard error. Every outcome of section 12 has its message, its
//! hint and its exit status.

mod address;
mod arguments;
mod demo;
mod failure;
mod input;
mod output;
mod peer;
mod printable;
mod progress;
mod prompt;
mod relay;
mod session;
mod signals;
mod status;
mod terminal;
mod wording;

use arguments::{Arguments, Command};
use clap::{CommandFactory, FromArgMatches};
use std::ffi::OsString;
use std::process::ExitCode;

/// Runs the command line and says how it ended.
///
/// Errors of usage, `--help` and `--version` end the process, as clap does.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let matches = Arguments::command()
        .bin_name(program())
        .get_matches_from(arguments);
    let ended = match Arguments::from_arg_matches(&matches) {
        Ok(arguments) => match arguments.command {
            Command::Send(send) => peer::send(send),
            Command::Receive(receive) => peer::receive(receive),
            Command::Relay(options) => relay::run(options),
            Command::Demo(demo) => demo::run(demo),
        },
        Err(error) => error.exit(),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.report();
            ExitCode::from(failure.status())
        }
    }
}

/// What the user types to run this program: hints that name a command are to be copied.
fn program() -> &'static str {
    // Cargo sets both for what it runs.
    let by_cargo = std::env::var_os("CARGO").is_some()
        && std::env::var("CARGO_PKG_NAME").is_ok_and(|name| name == env!("CARGO_PKG_NAME"));
    if by_cargo {
        "cargo wormhole"
    } else {
        "wormhole-sync"
    }
}
