//! The requests that are open, and the two threads that keep an adapter's pipes moving.

use std::collections::HashMap;
use std::io::{BufReader, Read, Write};
use std::sync::mpsc::{Receiver, Sender};
use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::{anyhow, bail};

use super::error::AdapterError;
use super::line::read_line;
use super::log::{AdapterLog, Way};
use super::wire::{AdapterEvent, AdapterMessage, Hello, Reply};

/// One message about a request that is open.
#[derive(Debug)]
pub(crate) enum CallProgress {
    /// An event that the request reports before its end.
    Event(AdapterEvent),
    /// The request's end.
    Reply(Reply),
}

/// The traffic of an adapter, as its handle and its reading thread share it.
#[derive(Debug, Default)]
pub(super) struct Traffic(Mutex<OpenRequests>);

impl Traffic {
    pub(super) fn lock(&self) -> MutexGuard<'_, OpenRequests> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The requests that have had no reply, and the end of the adapter.
#[derive(Debug, Default)]
pub(super) struct OpenRequests {
    pub(super) open: HashMap<String, OpenRequest>,
    pub(super) ended: Option<AdapterError>,
}

/// A request that has had no reply.
#[derive(Debug)]
pub(super) enum OpenRequest {
    Waiting(Sender<CallProgress>),
    Abandoned,
}

impl OpenRequests {
    fn take(&mut self, incoming: AdapterMessage) -> anyhow::Result<()> {
        // A receiver that is gone was abandoned in the meantime.
        match incoming {
            AdapterMessage::Reply(id, reply) => match self.open.remove(&id) {
                Some(OpenRequest::Waiting(sender)) => drop(sender.send(CallProgress::Reply(reply))),
                Some(OpenRequest::Abandoned) => {}
                None => {
                    bail!("it replied to id {id:?}, which was not asked or has had its reply");
                }
            },
            AdapterMessage::Event(id, event) => match self.open.get(&id) {
                Some(OpenRequest::Waiting(sender)) => drop(sender.send(CallProgress::Event(event))),
                Some(OpenRequest::Abandoned) => {}
                None => {
                    bail!("it reported an event of id {id:?}, which is not open");
                }
            },
        }
        Ok(())
    }
}

/// Writes lines until there are no more, or the adapter takes none.
pub(super) fn write_all(mut to_adapter: impl Write, lines: &Receiver<Vec<u8>>, log: AdapterLog) {
    for line in lines {
        log.line(Way::ToAdapter, &line);
        // The reading thread sees the adapter's end and reports it.
        if to_adapter
            .write_all(&line)
            .and_then(|()| to_adapter.flush())
            .is_err()
        {
            return;
        }
    }
}

/// Reads the hello and then lines, until the adapter ends or breaks the protocol.
pub(super) fn read_all(
    from_adapter: impl Read,
    hello: &Sender<anyhow::Result<Hello>>,
    shared: &Traffic,
) {
    let mut reader = BufReader::new(from_adapter);
    let first = match read_line(&mut reader) {
        Ok(Some(line)) => Hello::from_line(&line),
        Ok(None) => Err(anyhow!("it ended before it said hello")),
        Err(fault) => Err(anyhow!("its first line: {fault}")),
    };
    let good = first.is_ok();
    // The receiver is gone only after its timeout.
    if hello.send(first).is_err() || !good {
        return;
    }
    let fault = loop {
        let taken = match read_line(&mut reader) {
            Ok(Some(line)) => {
                AdapterMessage::from_line(line).and_then(|incoming| shared.lock().take(incoming))
            }
            Ok(None) => Err(anyhow!("it ended before its standard input did")),
            Err(fault) => Err(anyhow!("a line of its standard output: {fault}")),
        };
        if let Err(fault) = taken {
            break fault;
        }
    };
    let mut state = shared.lock();
    state.ended = Some(AdapterError::Broke(format!("{fault:#}")));
    // This wakes all that wait, at once.
    state.open.clear();
}
