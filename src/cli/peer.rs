//! `send` and `receive`: one side of an exchange.

use std::ffi::OsStr;
use std::fmt::Display;
use std::io::{self, Write};
use std::path::Path;

use serde_json::json;
use zeroize::Zeroizing;

use super::arguments::{PeerArguments, ReceiveArguments, SendArguments};
use super::failure::Failure;
use super::input::{Otherwise, Source};
use super::output::{Output, private_file};
use super::print;
use super::prompt;
use super::session::Session;
use super::streams;
use crate::client::blocking::{Initiator, Receiver};
use crate::protocol::Outcome;
use crate::values::{Code, CodeError, WordCount};

/// Runs `send`.
pub(super) fn send(options: SendArguments) -> Result<(), Failure> {
    // The code goes there, whatever becomes of the blob.
    streams::check_output()?;
    let source = Source::choose(options.text, options.peer.file.clone(), Otherwise::Read)?;
    let session = Session::begin(&options.peer)?;
    WordCount::new(options.words).map_err(|error| {
        Failure::outcome(Outcome::BadCode, error).hint("Give --words a number from 2 to 8.")
    })?;
    Output::check(&options.peer)?;
    let blob = source.meant(&session.progress)?.read(&session.progress)?;

    let output = Output::prepare(&options.peer)?;
    let blob = blob.announce(&session.progress);
    let builder = session.equip(Initiator::new(&session.appid, blob).words(options.words))?;
    session.progress.wait("asking the relay for a code", None);
    let waiting = builder.start().map_err(|error| session.not_begun(&error))?;
    let code = Zeroizing::new(waiting.code().reveal().to_string());
    session.progress.clear();
    if let Err(failure) = show(&code, &options.peer, options.code_file.as_deref()) {
        waiting.cancel();
        return Err(failure);
    }
    if options.qr {
        session.show_link(&code);
    }
    session.instruct(&code, waiting.time_left());
    drop(code);
    session
        .progress
        .wait("waiting for the other side", waiting.time_left());
    let holding = match waiting.hold() {
        Ok(holding) => holding,
        Err(error) => return session.conclude(Err(error), None, output),
    };
    let comparison = session.compare(holding.held().verifier(), || holding.decider());
    let ended = match comparison {
        Some(_) => holding.wait(),
        None => {
            let left = holding.time_left();
            session
                .progress
                .wait("the other side is here; handing in", left);
            holding.release()
        }
    };
    session.conclude(ended, comparison.as_ref(), output)
}

/// Runs `receive`.
pub(super) fn receive(options: ReceiveArguments) -> Result<(), Failure> {
    if let Some(surplus) = options.surplus.first() {
        return Err(Failure::usage(
            format!("unexpected argument {:?}", surplus.to_string_lossy()),
            "A code is one argument, such as 7-crossover-clockwork; quote a text that has spaces.",
        ));
    }
    let is_input = options.code.as_deref() == Some(OsStr::new("-"));
    let source = Source::choose(options.text, options.peer.file.clone(), Otherwise::Nothing)?;
    if is_input && source.is_input() {
        return Err(Failure::usage(
            "the code and the blob cannot both come from standard input",
            "Give the blob as an argument, or name a file.",
        ));
    }
    let session = Session::begin(&options.peer)?;
    Output::check(&options.peer)?;
    let blob = source.meant(&session.progress)?.read(&session.progress)?;
    let code = match options.code {
        Some(_) if is_input => prompt::code_from_input(&session.progress)?,
        Some(code) => Zeroizing::new(code.into_encoded_bytes()),
        None => Zeroizing::new(prompt::code(&session.signals)?.as_bytes().to_vec()),
    };
    check(&code)?;

    let output = Output::prepare(&options.peer)?;
    let blob = blob.announce(&session.progress);
    let builder = session.equip(Receiver::new(&session.appid, &*code, blob))?;
    drop(code);
    session
        .progress
        .wait("asking the relay for the other side", None);
    let answered = builder.start().map_err(|error| session.not_begun(&error))?;
    let taking = match session.compare(answered.verifier(), || answered.decider()) {
        Some(_) => answered.wait(),
        None => {
            session.mention(answered.verifier());
            let left = answered.time_left();
            session
                .progress
                .wait("waiting for the other side's blob", left);
            answered.open()
        }
    };
    let taking = taking.map_err(|error| session.ended_early(&error))?;
    session.take(taking, output)
}

/// Checks the code by CODE-4 to CODE-7, before the relay is asked.
fn check(code: &[u8]) -> Result<(), Failure> {
    let Err(error) = Code::parse(code) else {
        return Ok(());
    };
    let is_split = matches!(error, CodeError::WordCount { found: 0 });
    let failure = Failure::outcome(Outcome::BadCode, error);
    Err(match is_split {
        true => failure.hint("A code is one argument, such as 7-crossover-clockwork."),
        false => failure,
    })
}

/// Writes the code as the first line of standard output, and to the file that is given.
fn show(code: &str, options: &PeerArguments, file: Option<&Path>) -> Result<(), Failure> {
    let unusable = |place: &dyn Display, error: &dyn Display| {
        Failure::local(
            format!("cannot write the code to {place}: {error}"),
            "Nobody can use this code; start again.",
        )
    };
    let shown = match options.json {
        true => print::event(&json!({"event": "code", "code": code})),
        false => {
            let mut out = io::stdout().lock();
            writeln!(out, "{code}").and_then(|()| out.flush())
        }
    };
    shown.map_err(|error| unusable(&"standard output", &error))?;
    let Some(path) = file else { return Ok(()) };
    let line = Zeroizing::new(format!("{code}\n"));
    private_file(path, line.as_bytes()).map_err(|error| unusable(&path.display(), &error))
}
