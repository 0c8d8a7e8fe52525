//! The tap: a relay for both sides of an exchange, which passes everything on to the real one and
//! writes down what went to and fro.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::Context;
use serde_json::Value;
use wormhole_sync::values::json;

use super::recording::Recording;
use crate::stage::address::Address;
use crate::stage::forward::forward;
use crate::stage::listener::{Handler, ReceivedRequest, ServerAction};
use crate::stage::response::TransportFault;
use crate::suites::replay::transcript::{
    ClientRole, RecordedExchange, RecordedRequest, request_name,
};
use crate::whole_file;

/// The longest time that the relay may take; the longest attempt of a client has 40 seconds.
const ANSWERING: Duration = Duration::from_secs(60);
/// The most sides that are recorded; what further ones say is passed on alone.
const MOST_SIDES: usize = 16;
/// The most exchanges of a side that are recorded.
const MOST_EXCHANGES: usize = 1000;

/// The tap in front of a relay.
pub(super) struct Tap {
    relay: Address,
    folder: PathBuf,
    state: Mutex<TapState>,
}

#[derive(Default)]
struct TapState {
    sides: Vec<TappedSide>,
    /// The number of requests that were passed on without being recorded.
    unrecorded: usize,
    /// The first failure to write a file.
    fault: Option<anyhow::Error>,
}

/// One side, which its `Authorization` tells from all others.
pub(super) struct TappedSide {
    authorization: String,
    /// The file of its recording.
    pub(super) path: PathBuf,
    pub(super) recording: Recording,
}

/// The place of an exchange: its side, and its number there.
type Place = (usize, usize);

impl Tap {
    /// Makes the tap in front of the relay of an address. The files go into a folder, and each is
    /// whole at any time.
    pub(super) fn new(relay: Address, folder: &Path) -> Self {
        Self {
            relay,
            folder: folder.to_owned(),
            state: Mutex::default(),
        }
    }

    /// Notes what is known about the first side of a role, if it has made a request.
    pub(super) fn know(&self, role: ClientRole, note: impl FnOnce(&mut Recording)) {
        let mut state = self.state();
        let mut roles = state.sides.iter().map(|side| side.recording.role);
        if let Some(at) = roles.position(|found| found == role) {
            note(&mut state.sides[at].recording);
            state.write(at);
        }
    }

    /// Gives the sides that were recorded, and the number of requests that belong to none.
    ///
    /// # Errors
    ///
    /// The first failure to write a file.
    pub(super) fn finish(&self) -> anyhow::Result<(Vec<TappedSide>, usize)> {
        let TapState {
            sides,
            unrecorded,
            fault,
        } = std::mem::take(&mut *self.state());
        match fault {
            Some(fault) => Err(fault),
            None => Ok((sides, unrecorded)),
        }
    }

    fn state(&self) -> MutexGuard<'_, TapState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records a request, without an answer so far.
    fn begin(&self, arrived: &ReceivedRequest) -> Option<Place> {
        let mut state = self.state();
        let at = state.side(arrived, &self.folder);
        let place = at.filter(|at| state.sides[*at].recording.exchanges.len() < MOST_EXCHANGES);
        let Some(at) = place else {
            state.unrecorded += 1;
            return None;
        };
        let exchanges = &mut state.sides[at].recording.exchanges;
        let request = recorded(arrived);
        let before = exchanges.last();
        let repeat = before.is_some_and(|before| before.request == request && before.failed());
        exchanges.push(RecordedExchange {
            request,
            repeat,
            again: false,
            user: None,
            then_user: None,
            after: None,
            wrong: None,
            response: None,
            fault: Some(TransportFault::Stall),
        });
        let place = (at, exchanges.len() - 1);
        state.write(at);
        Some(place)
    }

    /// Records the answer, or its failure.
    fn end(&self, (at, number): Place, action: &ServerAction) {
        let mut state = self.state();
        let side = state.sides.get_mut(at);
        let Some(exchange) = side.and_then(|side| side.recording.exchanges.get_mut(number)) else {
            // The recording has ended before.
            return;
        };
        (exchange.response, exchange.fault) = match action.clone() {
            ServerAction::Respond(response) => (Some(response), None),
            ServerAction::Fail(fault) => (None, Some(fault)),
        };
        state.write(at);
    }
}

impl TapState {
    /// The side that a request belongs to. A side begins with an allocate or a claim.
    fn side(&mut self, arrived: &ReceivedRequest, folder: &Path) -> Option<usize> {
        let authorization = arrived.header("authorization").concat();
        let mut known = self.sides.iter().map(|side| &side.authorization);
        if let Some(at) = known.position(|known| *known == authorization) {
            return Some(at);
        }
        let role = match request_name(&arrived.method, &arrived.target).as_str() {
            "allocate" => ClientRole::Initiator,
            "claim" => ClientRole::Receiver,
            _ => return None,
        };
        if self.sides.len() == MOST_SIDES {
            return None;
        }
        let of_role = self.sides.iter().filter(|side| side.recording.role == role);
        let name = match of_role.count() {
            0 => format!("{}.json", role.token()),
            before => format!("{}-{}.json", role.token(), before + 1),
        };
        self.sides.push(TappedSide {
            authorization,
            path: folder.join(name),
            recording: Recording::new(role),
        });
        Some(self.sides.len() - 1)
    }

    /// Writes a side's file, which only its owner may read.
    fn write(&mut self, at: usize) {
        let TappedSide {
            path, recording, ..
        } = &self.sides[at];
        let written = recording
            .to_text()
            .with_context(|| format!("{} cannot be written", path.display()))
            .and_then(|text| whole_file::write_private(path, text.as_bytes()));
        if let Err(fault) = written {
            self.fault.get_or_insert(fault);
        }
    }
}

impl Handler for Tap {
    async fn handle(&self, _: usize, arrived: ReceivedRequest) -> ServerAction {
        let place = self.begin(&arrived);
        let passed = forward(&self.relay, &arrived, &arrived.target);
        let action = match tokio::time::timeout(ANSWERING, passed).await {
            Ok(Ok(response)) => ServerAction::Respond(response),
            Ok(Err(_)) | Err(_) => ServerAction::Fail(TransportFault::Close),
        };
        if let Some(place) = place {
            self.end(place, &action);
        }
        action
    }

    fn gone(&self, _: usize) {}
}

/// A request as a transcript holds it. A body that is no strict JSON is kept as a string, which no
/// transcript allows.
fn recorded(arrived: &ReceivedRequest) -> RecordedRequest {
    let strict = json::parse(&arrived.body).ok();
    let value = strict.and_then(|_| serde_json::from_slice(&arrived.body).ok());
    let text = || Value::String(String::from_utf8_lossy(&arrived.body).into_owned());
    let body = (!arrived.body.is_empty()).then(|| value.unwrap_or_else(text));
    RecordedRequest {
        method: arrived.method.clone(),
        target: arrived.target.clone(),
        authorization: arrived.header("authorization").concat(),
        body,
    }
}
