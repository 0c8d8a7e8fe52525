//! The arguments of the program and the texts of `--help`.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};

use super::relay::RelayArguments;
use super::status;

/// The application identifier of this program, so that two of its users need not agree on one.
pub(super) const APPID: &str = "wormhole-sync.example/cli";

/// Two people move a small secret between two machines with a short spoken code.
///
/// One user runs `send` and reads the code out; the other runs `receive` and types it in. Each side
/// may hand in up to 65535 bytes and gets the other side's, encrypted end to end. A relay carries
/// the bytes and cannot read them.
#[derive(Parser)]
#[command(name = "wormhole-sync", version, after_help = AFTER, after_long_help = status::after_help(AFTER))]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Command,
}

const AFTER: &str = "\
Try it in three terminals:
  wormhole-sync relay
  wormhole-sync send 'the secret'
  wormhole-sync receive

Or all at once, with every message explained:
  wormhole-sync demo";

#[derive(Subcommand)]
pub(super) enum Command {
    Send(SendArguments),
    Receive(ReceiveArguments),
    Relay(RelayArguments),
    Demo(DemoArguments),
    Completions(CompletionsArguments),
    Man(ManArguments),
}

/// Make a code, hand in a blob, and get the other side's
///
/// The code is the first line on standard output; the other side's blob follows, as it is, or
/// goes to --output.
#[derive(Args)]
#[command(after_help = SEND, after_long_help = status::after_help(SEND))]
pub(super) struct SendArguments {
    /// The text to hand in; `-` is standard input
    ///
    /// Others can see it in the list of processes and in the shell's history; --file and standard
    /// input keep it out of both.
    #[arg(conflicts_with = "file")]
    pub(super) text: Option<OsString>,

    /// The number of words in the code, 2 to 8
    ///
    /// Each further word makes guessing 256 times harder.
    #[arg(long, value_name = "N", default_value_t = 2)]
    pub(super) words: usize,

    /// Write the code to FILE (mode 600) as well, whole, for scripts
    #[arg(long, value_name = "FILE")]
    pub(super) code_file: Option<PathBuf>,

    /// Show the link of the code as a QR code on standard error, if that is a terminal
    ///
    /// The link is the code with the relay's address and the application identifier, for a program
    /// with a camera. It is as secret as the code. If nobody has to type the code, take --words 8.
    #[arg(long)]
    pub(super) qr: bool,

    #[command(flatten)]
    pub(super) peer: PeerArguments,
}

const SEND: &str = "\
Without TEXT and --file, standard input to its end is the blob. On a terminal you type it and end
it with Ctrl-D.

Examples:
  wormhole-sync send 'the secret'
  wormhole-sync send --file key.pem
  pass show bank | wormhole-sync send
  wormhole-sync send --verify --words 4 --file key.pem
  wormhole-sync send --code-file code --file key.pem &";

/// Take a code, hand in a blob if you like, and get the other side's
///
/// The other side's blob goes to standard output, as it is, or to --output.
#[derive(Args)]
#[command(after_help = RECEIVE, after_long_help = status::after_help(RECEIVE))]
pub(super) struct ReceiveArguments {
    /// The code; without it the program asks for it
    ///
    /// `-` takes it from the first line of standard input. If you type it when asked, Tab completes
    /// each word, and it stays out of the shell's history and of the list of processes.
    pub(super) code: Option<OsString>,

    /// The text to hand in, if any; `-` is standard input
    #[arg(conflicts_with = "file")]
    pub(super) text: Option<OsString>,

    /// The arguments after the text. A user who types the code with spaces gets advice.
    #[arg(hide = true)]
    pub(super) surplus: Vec<OsString>,

    #[command(flatten)]
    pub(super) peer: PeerArguments,
}

const RECEIVE: &str = "\
Without TEXT and --file, this side hands in nothing, and does not read standard input.

Examples:
  wormhole-sync receive
  wormhole-sync receive 7-crossover-clockwork --output key.pem
  wormhole-sync receive 7-crossover-clockwork 'my secret for yours'
  pass show bank | wormhole-sync receive 7-crossover-clockwork -";

#[derive(Args)]
pub(super) struct PeerArguments {
    /// Hand in the bytes of FILE; `-` is standard input
    #[arg(long, short, value_name = "FILE")]
    pub(super) file: Option<PathBuf>,

    /// Write the other side's blob to FILE (mode 600), whole or not at all
    #[arg(long, short, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,

    /// Let --output replace a file
    #[arg(long, requires = "output")]
    pub(super) force: bool,

    /// Show eight words that both users compare, and ask before anything is accepted
    ///
    /// The words differ if somebody in between has guessed the code. `send` hands its blob in only
    /// after you agree, and `receive` hands nothing over. If you say that they differ, the other
    /// user is told.
    #[arg(long)]
    pub(super) verify: bool,

    /// The relay's address; both sides need the same relay
    ///
    /// Without it the environment variable WORMHOLE_SYNC_RENDEZVOUS counts, else the configuration
    /// file, or else the default.
    #[arg(long, value_name = "URL")]
    pub(super) rendezvous: Option<String>,

    /// Reach the relay through this proxy: http://HOST:PORT (CONNECT) or socks5://HOST:PORT
    ///
    /// The proxy looks up the relay's name, and TLS goes through it end to end. It may have a user
    /// name and a password, as in http://NAME:PASSWORD@HOST:PORT, which are better kept in the
    /// configuration file. No proxy is taken from the environment; an empty one is none.
    #[arg(long, value_name = "URL")]
    pub(super) proxy: Option<String>,

    /// Allow plain http to a relay on another machine
    ///
    /// The blobs stay safe, but somebody on the network can disturb the exchange.
    #[arg(long)]
    pub(super) allow_plain_http: bool,

    /// Trust the certificate authorities in this file, and no others, for the relay's certificate
    #[arg(long, value_name = "PEM")]
    pub(super) ca_file: Option<PathBuf>,

    /// The application identifier, 1 to 128 bytes; both sides need the same one
    ///
    /// Without it that of the configuration file counts, or else wormhole-sync.example/cli.
    #[arg(long, value_name = "TEXT")]
    pub(super) appid: Option<OsString>,

    /// The application identifier in lowercase hexadecimal
    #[arg(long, value_name = "HEX", conflicts_with = "appid")]
    pub(super) appid_hex: Option<String>,

    /// Read the settings in this file, and not those in the usual place
    ///
    /// The usual place is $XDG_CONFIG_HOME/wormhole-sync/config.toml, or else
    /// ~/.config/wormhole-sync/config.toml. The file is in TOML, and its keys are `rendezvous`,
    /// `appid`, `proxy` and `ca-file`, each with a text in quotes. Options and the environment go
    /// before the file.
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,

    /// Read no configuration file
    #[arg(long, conflicts_with = "config")]
    pub(super) no_config: bool,

    /// Give up after this time: a number of seconds, or such as 90s, 5m, 1h 30m
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(super) deadline: Option<Duration>,

    /// Write what happens to standard output, one JSON object a line
    ///
    /// The member `event` is one of `code`, `verifier`, `trouble`, `blob` (in hexadecimal, without
    /// --output) and `result`, which is the last.
    #[arg(long)]
    pub(super) json: bool,

    /// Say nothing but errors on standard error
    #[arg(long, short)]
    pub(super) quiet: bool,
}

/// Watch one exchange: a relay and both sides in this process, each message explained
#[derive(Args)]
pub(super) struct DemoArguments {
    /// The text that the initiator hands in
    #[arg(default_value = "initiator's blob")]
    pub(super) initiator: String,

    /// The text that the receiver hands in
    #[arg(default_value = "receiver's blob")]
    pub(super) receiver: String,
}

/// Print the completions of a shell
///
/// For bash, for example: wormhole-sync completions bash
/// >~/.local/share/bash-completion/completions/wormhole-sync
#[derive(Args)]
pub(super) struct CompletionsArguments {
    /// The shell
    #[arg(value_enum)]
    pub(super) shell: clap_complete::Shell,
}

/// Print the manual page of a command
///
/// To read it at once: wormhole-sync man send | man -l -
#[derive(Args)]
pub(super) struct ManArguments {
    /// The command, such as send; without it, the page of the program
    pub(super) command: Option<String>,
}

/// Reads a time of at least a second: seconds, or numbers with units.
fn time(typed: &str) -> Result<Duration, String> {
    let time = match typed.parse() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => humantime::parse_duration(typed).map_err(|error| error.to_string())?,
    };
    if time < Duration::from_secs(1) {
        return Err("expected at least a second".to_owned());
    }
    Ok(time)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_definitions_are_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn times_as_people_type_them() {
        let read = |typed: &str| time(typed).map(|time| time.as_secs());
        for (typed, seconds) in [("90", 90), ("90s", 90), ("5m", 300), ("1h 30m", 5_400)] {
            assert_eq!(read(typed), Ok(seconds), "{typed}");
        }
        for typed in [
            "",
            "0",
            "-1",
            "0.5",
            "100ms",
            "5 apples",
            "99999999999999999999",
        ] {
            assert!(read(typed).is_err(), "{typed}");
        }
    }
}
