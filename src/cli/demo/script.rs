//! Prints the messages of the demo as a diagram: the initiator on the left, the relay in the
//! middle, the receiver on the right; beside each line its section of the specification.

use std::net::SocketAddr;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use hyper::Method;

use super::super::print::show;
use super::super::wording;
use super::explain::{self, short, without_appid};
use crate::client::{Received, Verifier};
use crate::protocol::RequestKind;
use crate::values::Role;

/// The printer of the demo, which several threads use.
#[derive(Debug, Default)]
pub(super) struct Script {
    state: Mutex<ScriptState>,
    polled: Condvar,
}

#[derive(Debug, Default)]
struct ScriptState {
    /// The requests so far, in the order of their numbers: the role that made each, and its kind.
    requests: Vec<(Role, Option<RequestKind>)>,
    has_polled: bool,
}

impl Script {
    /// Prints the relay, the blobs and the appid.
    pub(super) fn opening(&self, relay: SocketAddr, appid: &str, blobs: &[(Role, &str)]) {
        let _state = self.lock();
        show("One exchange, over real HTTP, and everything that passes between the three.");
        show("On the right, the section of spec/wormhole-sync.md.\n");
        line("relay", &format!("listens on http://{relay}"), "§9");
        for (role, blob) in blobs {
            let text = format!("hands in {}", quoted(blob.as_bytes()));
            line(role.name(), &text, "§3.3");
        }
        let hex = short(appid.as_bytes());
        line("appid", &format!("{appid}; in paths {hex}"), "§3.2");
    }

    /// Prints the code and the users' part in it.
    pub(super) fn code(&self, code: &str) {
        let _state = self.lock();
        show("");
        line("code", code, "§4");
        line(
            "",
            "The initiator shows it, one user reads it out, the other types it in.",
            "",
        );
        line(
            "",
            "The number leads to the channel; the words never leave the machines.",
            "CODE-9",
        );
    }

    /// Prints a request on its way to the relay, and gives the number that its answer needs.
    pub(super) fn request(&self, role: Role, method: &Method, target: &str, body: &[u8]) -> usize {
        let mut state = self.lock();
        let kind = explain::kind(method, target);
        state.requests.push((role, kind));
        let number = state.requests.len();
        show("");
        let arrow = match role {
            Role::Initiator => "initiator --> relay",
            Role::Receiver => "              relay <-- receiver",
        };
        let request = format!("{method} {}", without_appid(target));
        step(number, arrow, &request, "§9.2");
        let lines = kind.map_or(Vec::new(), |kind| explain::request(kind, body));
        for (text, section) in lines {
            line("", &text, section);
        }
        if matches!(kind, Some(RequestKind::Get(_))) {
            state.has_polled = true;
            self.polled.notify_all();
        }
        number
    }

    /// Prints the relay's answer to a request.
    pub(super) fn answer(&self, number: usize, status: u16, body: &[u8]) {
        let state = self.lock();
        let request = number.checked_sub(1).and_then(|at| state.requests.get(at));
        let Some((role, kind)) = request else {
            return;
        };
        let arrow = match role {
            Role::Initiator => "initiator <-- relay",
            Role::Receiver => "              relay --> receiver",
        };
        let (text, section) = explain::response(*kind, status, body);
        step(number, arrow, &text, section);
    }

    /// Waits until the initiator polls for the answer, as it does while a person types the code.
    pub(super) fn wait_for_poll(&self) {
        let state = self.lock();
        drop(self.polled.wait_while(state, |state| !state.has_polled));
    }

    /// Ends that wait, because the initiator has ended.
    pub(super) fn give_up_waiting(&self) {
        self.lock().has_polled = true;
        self.polled.notify_all();
    }

    /// Prints what both sides have at the end.
    pub(super) fn ending(&self, initiators: &Received, receivers: &Received) {
        let _state = self.lock();
        show("");
        for (role, received) in [(Role::Initiator, initiators), (Role::Receiver, receivers)] {
            let delivered = if received.delivered() {
                "delivered"
            } else {
                "not confirmed"
            };
            let text = format!("got {}; its own is {delivered}", quoted(received.blob()));
            line(role.name(), &text, "§12");
        }
        verifier(initiators.verifier(), receivers.verifier());
    }

    fn lock(&self) -> MutexGuard<'_, ScriptState> {
        // A poisoned lock guards plain values that are whole at any time.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn verifier(initiators: &Verifier, receivers: &Verifier) {
    line("verifier", &initiators.reveal().to_string(), "§6.1");
    let text = match initiators.is(receivers) {
        true => "The same on both sides: nobody in between has guessed the words.",
        false => "Another one at the receiver: somebody is in between.",
    };
    line("", text, "");
}

/// Prints a message: its number, its direction and its text.
fn step(number: usize, arrow: &str, text: &str, section: &str) {
    line_of(&format!("{number:>2}  {arrow:<33} {text}"), section);
}

/// Prints a line about a side or, without a name, about the message before.
fn line(who: &str, text: &str, section: &str) {
    line_of(&format!("    {who:<9} {text}"), section);
}

fn line_of(text: &str, section: &str) {
    const SECTIONS: usize = 87;
    show(format!("{text:<SECTIONS$} {section}").trim_end());
}

/// The beginning of a blob, as much as fits on the line, with escapes, since the user may have
/// given any text.
fn quoted(blob: &[u8]) -> String {
    const FITS: usize = 32;
    let text = String::from_utf8_lossy(blob);
    let more = if text.chars().count() > FITS {
        "…"
    } else {
        ""
    };
    let shown: String = text.chars().take(FITS).collect();
    format!("{shown:?}{more}, {}", wording::bytes(blob.len()))
}
