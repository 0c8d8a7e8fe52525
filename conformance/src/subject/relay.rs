//! The relays that the suite can start or meet.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use wormhole_sync::relay::RelayHandle;

use super::adapter::{CommandLine, Process};
use super::external;
use super::relay_settings::RelaySettings;
use crate::root::Root;

/// The time that a relay has to say where it listens.
const LISTENING: Duration = Duration::from_secs(60);
/// The most bytes of what it says until then.
const LONGEST_GREETING: u64 = 64 * 1024;

/// A relay to be judged.
#[derive(Clone, Debug)]
pub(crate) enum RelaySubject {
    /// The reference's, within this program.
    Reference,
    /// The one in Python that is kept here.
    Python,
    /// The relay in Python with a change that this command plants.
    Planted(CommandLine),
    /// The one that this command starts: `{listen}` stands for the address to listen at, `{ttl}`
    /// for the seconds that a channel lives, and so on. It prints its URL on standard output once
    /// it listens.
    Command(String),
    /// One that runs already, at this address.
    Address(String),
}

impl RelaySubject {
    /// The name for people.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Reference => "reference",
            Self::Python | Self::Planted(_) => "python",
            Self::Command(command) => command,
            Self::Address(url) => url,
        }
    }

    /// Whether the relay can be told the value of this placeholder.
    pub(crate) fn takes(&self, placeholder: &str) -> bool {
        match self {
            Self::Reference | Self::Python | Self::Planted(_) => true,
            Self::Command(template) => template.contains(&format!("{{{placeholder}}}")),
            Self::Address(_) => false,
        }
    }

    /// Whether the suite starts the relay, and can end it.
    pub(crate) fn is_started_here(&self) -> bool {
        !matches!(self, Self::Address(_))
    }

    /// Starts the relay on a free port of this machine, with the usual settings.
    ///
    /// # Errors
    ///
    /// A sentence that says why it does not listen.
    pub(crate) fn start(&self, root: &Root) -> anyhow::Result<RunningRelay> {
        self.start_with(root, &RelaySettings::default())
    }

    /// Starts the relay on a free port of this machine. What it cannot be told is left out.
    ///
    /// # Errors
    ///
    /// A sentence that says why it does not listen.
    pub(crate) fn start_with(
        &self,
        root: &Root,
        settings: &RelaySettings,
    ) -> anyhow::Result<RunningRelay> {
        let command = match self {
            Self::Reference => {
                let any = SocketAddr::from(([127, 0, 0, 1], 0));
                let relay = RelayHandle::spawn(any, settings.limits(), settings.options())?;
                return Ok(RunningRelay {
                    url: relay.url(),
                    keeper: Mutex::new(Keeper::Handle(relay)),
                });
            }
            Self::Address(url) => {
                return Ok(RunningRelay {
                    url: url.trim_end_matches('/').to_owned(),
                    keeper: Mutex::new(Keeper::Nobody),
                });
            }
            Self::Python => external::python_relay(root)?.with(python_options(settings)),
            Self::Planted(command) => command.clone().with(python_options(settings)),
            Self::Command(template) => CommandLine::parse(&filled(template, settings)?)?,
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
            keeper: Mutex::new(Keeper::Process(process)),
        })
    }
}

/// A template with its placeholders filled.
fn filled(template: &str, settings: &RelaySettings) -> anyhow::Result<String> {
    if !template.contains("{listen}") {
        bail!("the relay's command has no {{listen}}, which stands for the address to listen at");
    }
    let values = settings.values();
    let fill =
        |text: String, (name, value): &(&str, String)| text.replace(&format!("{{{name}}}"), value);
    Ok(values.iter().fold(template.to_owned(), fill))
}

/// The options of the relay in Python.
fn python_options(settings: &RelaySettings) -> Vec<String> {
    let mut options = Vec::new();
    for (name, value) in settings.values() {
        match name {
            "trusted_proxy" => {
                let proxy = settings.trusted_proxy.into_iter();
                options
                    .extend(proxy.flat_map(|proxy| ["--trust-proxy".to_owned(), proxy.to_owned()]));
            }
            _ => options.extend([format!("--{}", name.replace('_', "-")), value]),
        }
    }
    options
}

/// A relay that listens, and ends with this value.
#[derive(Debug)]
pub(crate) struct RunningRelay {
    url: String,
    keeper: Mutex<Keeper>,
}

#[derive(Debug)]
enum Keeper {
    #[expect(dead_code, reason = "it is kept for what its drop does")]
    Handle(RelayHandle),
    Process(Process),
    /// The relay is not the suite's, or has been ended.
    Nobody,
}

impl RunningRelay {
    /// Its address, without a slash at the end.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Asks the relay to go down, and returns before it has.
    ///
    /// # Errors
    ///
    /// A sentence, when it cannot be asked.
    pub(crate) fn go_down(&self) -> anyhow::Result<()> {
        let mut keeper = self.keeper.lock().unwrap_or_else(PoisonError::into_inner);
        match &*keeper {
            Keeper::Process(process) => process.terminate(),
            Keeper::Handle(_) => {
                let handle = std::mem::replace(&mut *keeper, Keeper::Nobody);
                thread::spawn(move || drop(handle));
                Ok(())
            }
            Keeper::Nobody => bail!("the relay is not the suite's to end"),
        }
    }

    /// The end that the relay has come to by itself, in words; `None` while it runs, or where
    /// nobody can tell.
    pub(crate) fn end(&self) -> Option<String> {
        let mut keeper = self.keeper.lock().unwrap_or_else(PoisonError::into_inner);
        let Keeper::Process(process) = &mut *keeper else {
            return None;
        };
        let status = process.ended()?;
        let said = process.stderr_since(0);
        let last: Vec<&str> = said.trim_end().lines().rev().take(8).collect();
        let last: Vec<&str> = last.into_iter().rev().collect();
        Some(format!(
            "the relay ended by itself ({status})\n{}",
            last.join("\n")
        ))
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
        Err(mpsc::RecvTimeoutError::Timeout) => bail!("no URL came within 60 seconds"),
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
