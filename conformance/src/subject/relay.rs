//! The relays that the suite can start.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use wormhole_sync::relay::{Limits, RelayHandle, RelayOptions};

use super::adapter::{CommandLine, Process};
use super::external;
use crate::root::Root;

/// The time that a relay has to say where it listens.
const LISTENING: Duration = Duration::from_secs(10);
/// The most bytes of what it says until then.
const LONGEST_GREETING: u64 = 64 * 1024;
/// The seconds that a channel lives.
const TTL: &str = "3600";

/// A relay to be started.
#[derive(Clone, Debug)]
pub(crate) enum RelaySubject {
    /// The reference's, within this program.
    Reference,
    /// The one in Python that is kept here.
    Python,
    /// The one that this command starts: `{listen}` stands for the address to listen at, `{ttl}`
    /// for the seconds that a channel lives. It prints its URL on standard output once it listens.
    Command(String),
}

impl RelaySubject {
    /// The name for people.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Reference => "reference",
            Self::Python => "python",
            Self::Command(command) => command,
        }
    }

    /// Starts the relay on a free port of this machine.
    ///
    /// # Errors
    ///
    /// A sentence that says why it does not listen.
    pub(crate) fn start(&self, root: &Root) -> anyhow::Result<RunningRelay> {
        let command = match self {
            Self::Reference => {
                let any = SocketAddr::from(([127, 0, 0, 1], 0));
                let limits = Limits {
                    // All clients of the suite are at one address.
                    starts_per_minute: 100_000,
                    ..Limits::default()
                };
                let relay = RelayHandle::spawn(any, limits, RelayOptions::default())?;
                return Ok(RunningRelay {
                    url: relay.url(),
                    _keeper: Keeper::Handle(relay),
                });
            }
            Self::Python => external::python_relay(root)?,
            Self::Command(template) => {
                let filled = template
                    .replace("{listen}", "127.0.0.1:0")
                    .replace("{ttl}", TTL);
                CommandLine::parse(&filled)?
            }
        };
        let (process, stdin, stdout) = Process::start(&command)?;
        // A relay that reads its standard input finds it ended.
        drop(stdin);
        let url = greeting(stdout).with_context(|| {
            let said = process.stderr_since(0);
            format!("the relay `{command}` does not listen\n{}", said.trim_end())
        })?;
        Ok(RunningRelay {
            url,
            _keeper: Keeper::Process(process),
        })
    }
}

/// A relay that listens, and ends with this value.
#[derive(Debug)]
pub(crate) struct RunningRelay {
    url: String,
    _keeper: Keeper,
}

#[derive(Debug)]
#[expect(dead_code, reason = "each is kept for what its drop does")]
enum Keeper {
    Handle(RelayHandle),
    Process(Process),
}

impl RunningRelay {
    /// Its address, without a slash at the end.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

/// Waits for the URL on the relay's standard output, and reads on afterwards, so that the relay
/// never waits for a reader.
fn greeting(stdout: impl Read + Send + 'static) -> anyhow::Result<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut output = BufReader::new(stdout);
        let mut line = String::new();
        let mut begun = output.by_ref().take(LONGEST_GREETING);
        while begun.read_line(&mut line).is_ok_and(|read| read > 0) {
            if let Some(url) = url_in(&line) {
                // Nobody listens after the timeout.
                let _ = sender.send(url);
                break;
            }
            line.clear();
        }
        drop(sender);
        let _ = std::io::copy(&mut output, &mut std::io::sink());
    });
    match receiver.recv_timeout(LISTENING) {
        Ok(url) => Ok(url),
        Err(mpsc::RecvTimeoutError::Timeout) => bail!("no URL came within 10 seconds"),
        Err(mpsc::RecvTimeoutError::Disconnected) => Err(anyhow!("it ended without a URL")),
    }
}

/// The first `http://` URL of a line.
fn url_in(line: &str) -> Option<String> {
    let at = line.find("http://")?;
    let url = line[at..].split_whitespace().next()?;
    Some(url.trim_end_matches(['.', ',', ')', '/']).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_url_is_found_in_what_a_relay_says() {
        let said = |text: &'static str| greeting(text.as_bytes()).ok();
        let url = Some("http://127.0.0.1:4000".to_owned());
        assert_eq!(said("listening on http://127.0.0.1:4000\n"), url);
        assert_eq!(said("hello\nready (http://127.0.0.1:4000/).\nmore\n"), url);
        assert_eq!(said("hello\n"), None);
    }
}
