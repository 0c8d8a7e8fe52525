//! The command line: `send`, `receive`, `relay` and `demo`.
//!
//! Standard output is for programs: the code, the peer's blob, the relay's address. Standard error
//! is for people. Every outcome of section 12 has its message, its hint and its exit status.

mod address;
mod arguments;
mod demo;
mod failure;
mod input;
mod manual;
mod output;
mod peer;
mod print;
mod printable;
mod progress;
mod prompt;
mod qr;
mod relay;
mod session;
mod settings;
mod signals;
mod status;
mod streams;
mod terminal;
mod wording;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches};

use arguments::{Arguments, Command};

/// Runs the command line and says how it ended.
///
/// Errors of usage, `--help` and `--version` end the process, as clap does.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let matches = Arguments::command()
        .bin_name(wording::program())
        .get_matches_from(arguments);
    let (is_json, ended) = match Arguments::from_arg_matches(&matches) {
        Ok(arguments) => match arguments.command {
            Command::Send(send) => (send.peer.json, peer::send(send)),
            Command::Receive(receive) => (receive.peer.json, peer::receive(receive)),
            Command::Relay(options) => (false, relay::run(options)),
            Command::Demo(demo) => (false, demo::run(demo)),
            Command::Completions(options) => (false, manual::completions(&options)),
            Command::Man(options) => (false, manual::page(&options)),
        },
        Err(error) => error.exit(),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if is_json {
                // The exit status says the same.
                let _ = print::event(&failure.event());
            }
            failure.report();
            ExitCode::from(failure.status())
        }
    }
}
