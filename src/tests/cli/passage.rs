//! The way of one program to its relay. It keeps a record of what passes, and holds one request, so
//! that a test can act just then.

use std::io::{self, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;

use crate::AMPLE;
use crate::server::read_message;

/// The request that is held, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hold {
    Nothing,
    /// On its way to the relay, which has not got it.
    Request(&'static str),
    /// On the answer's way back: the relay has acted on it.
    Answer(&'static str),
}

pub(crate) struct Passage {
    pub(crate) url: String,
    shared: Arc<Shared>,
}

struct Shared {
    relay: String,
    hold: Hold,
    record: Mutex<Record>,
    changed: Condvar,
}

#[derive(Default)]
struct Record {
    /// Requests such as `GET answer`, and answers such as `GET answer 200`.
    passed: Vec<String>,
    closes: Vec<String>,
    is_held: bool,
    is_released: bool,
}

impl Passage {
    /// A way to this relay.
    pub(crate) fn to(relay: &str, hold: Hold) -> Passage {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::new(Shared {
            relay: relay.trim_start_matches("http://").to_owned(),
            hold,
            record: Mutex::default(),
            changed: Condvar::new(),
        });
        let passing = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (client, shared) = (stream.unwrap(), Arc::clone(&passing));
                // The client sees what fails here.
                thread::spawn(move || shared.pass(client));
            }
        });
        Passage { url, shared }
    }

    /// Waits until this has passed.
    pub(crate) fn wait_for(&self, what: &str) {
        let has = |record: &Record| record.passed.iter().any(|passed| passed == what);
        self.wait(what, has);
    }

    /// Waits until the request that is held has come so far.
    pub(crate) fn wait_until_held(&self) {
        self.wait("the request that is held", |record| record.is_held);
    }

    fn wait(&self, what: &str, is_so: impl Fn(&Record) -> bool) {
        let changed = &self.shared.changed;
        let wait = changed.wait_timeout_while(self.record(), AMPLE, |record| !is_so(record));
        let (record, waited) = wait.unwrap();
        assert!(!waited.timed_out(), "no {what} in {:?}", record.passed);
    }

    /// Lets the request that is held pass.
    pub(crate) fn release(&self) {
        self.record().is_released = true;
        self.shared.changed.notify_all();
    }

    /// The reasons of the closes that have come.
    pub(crate) fn closes(&self) -> Vec<String> {
        self.record().closes.clone()
    }

    /// Whether no request has come.
    pub(crate) fn is_unused(&self) -> bool {
        self.record().passed.is_empty()
    }

    fn record(&self) -> MutexGuard<'_, Record> {
        self.shared.record.lock().unwrap()
    }
}

impl Drop for Passage {
    fn drop(&mut self) {
        self.release();
    }
}

impl Shared {
    fn pass(&self, mut client: TcpStream) -> io::Result<()> {
        let mut server = TcpStream::connect(&self.relay)?;
        while let Some(request) = read_message(&mut client)? {
            let text = String::from_utf8_lossy(&request);
            let name = named(&text);
            self.note(name.clone(), &text);
            self.stop(Hold::Request(""), &name);
            server.write_all(&request)?;
            let Some(answer) = read_message(&mut server)? else {
                break;
            };
            let status = String::from_utf8_lossy(&answer);
            let status = status.split(' ').nth(1).unwrap_or_default().to_owned();
            self.stop(Hold::Answer(""), &name);
            client.write_all(&answer)?;
            self.note(format!("{name} {status}"), "");
        }
        Ok(())
    }

    fn note(&self, passed: String, text: &str) {
        let mut record = self.record.lock().unwrap();
        if passed == "POST close" {
            let (_, reason) = text.split_once(r#""reason":""#).unwrap();
            let (reason, _) = reason.split_once('"').unwrap();
            record.closes.push(reason.to_owned());
        }
        record.passed.push(passed);
        self.changed.notify_all();
    }

    /// Waits here, if this is where the request is held.
    fn stop(&self, here: Hold, name: &str) {
        let is_it = match (self.hold, here) {
            (Hold::Request(held), Hold::Request(_)) | (Hold::Answer(held), Hold::Answer(_)) => {
                held == name
            }
            _ => false,
        };
        if is_it {
            let mut record = self.record.lock().unwrap();
            record.is_held = true;
            self.changed.notify_all();
            let is_kept = |record: &mut Record| !record.is_released;
            drop(self.changed.wait_while(record, is_kept).unwrap());
        }
    }
}

/// The name of a request: its method and the last part of its path.
fn named(request: &str) -> String {
    let line = request.lines().next().unwrap_or_default();
    let mut words = line.split(' ');
    let (method, target) = (words.next().unwrap_or_default(), words.next());
    let path = target.unwrap_or_default().split('?').next();
    let last = path.unwrap_or_default().rsplit('/').next();
    format!("{method} {}", last.unwrap_or_default())
}
