//! The command line of wormhole-sync.

use std::process::ExitCode;

fn main() -> ExitCode {
    wormhole_sync::cli::run(std::env::args_os())
}
