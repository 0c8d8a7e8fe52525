//! `completions` and `man`: what a package of this program installs besides it.

use std::io::{self, Write};

use clap::{Command, CommandFactory};

use super::arguments::{Arguments, CompletionsArguments, ManArguments};
use super::failure::Failure;

/// Runs `completions`.
pub(super) fn completions(options: &CompletionsArguments) -> Result<(), Failure> {
    let mut command = Arguments::command();
    let mut text = Vec::new();
    clap_complete::generate(options.shell, &mut command, "wormhole-sync", &mut text);
    write(&text)
}

/// Runs `man`.
pub(super) fn page(options: &ManArguments) -> Result<(), Failure> {
    let mut command = Arguments::command().disable_help_subcommand(true);
    command.build();
    let command = match &options.command {
        None => command,
        Some(name) => named(&command, name)?,
    };
    let mut text = Vec::new();
    clap_mangen::Man::new(command)
        .render(&mut text)
        .map_err(|error| unwritable(&error))?;
    write(&text)
}

fn named(program: &Command, name: &str) -> Result<Command, Failure> {
    let command = program.find_subcommand(name).cloned();
    command.ok_or_else(|| {
        let names: Vec<&str> = program.get_subcommands().map(Command::get_name).collect();
        Failure::usage(
            format!("there is no command {name:?}"),
            format!("The commands are {}.", names.join(", ")),
        )
    })
}

fn write(text: &[u8]) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    out.write_all(text)
        .and_then(|()| out.flush())
        .map_err(|error| unwritable(&error))
}

fn unwritable(error: &io::Error) -> Failure {
    Failure::local(format!("cannot write to standard output: {error}"), "")
}
