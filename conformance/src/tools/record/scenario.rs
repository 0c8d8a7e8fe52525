//! A scenario: the subject, the end and the requirements of a transcript, all written down before
//! it is recorded. A recording that ends otherwise is refused.

use std::collections::BTreeMap;

use wormhole_sync::values::hex;

use super::rules::Rule;
use super::secrets;
use crate::stage::bytes::TranscriptBytes;
use crate::subject::adapter::UserEvent;
use crate::suites::replay::transcript::{
    ClientRole, ExpectedEnd, Export, RunInput, Says, Seconds, Take,
};

/// Requirements that say little about what went wrong; the least general comes first.
const GENERAL: [&str; 7] = [
    "PAKE-10", "OUT-2", "INIT-3", "RECV-2", "CLIENT-7", "INIT-1", "RECV-1",
];

/// One scenario; `transcripts/{id}.json` is recorded from it.
pub(super) struct Scenario {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) clauses: Vec<&'static str>,
    pub(super) rows: Vec<String>,
    pub(super) role: ClientRole,
    pub(super) input: RunInput,
    /// Receiver: what the user types, from the code that the peer shows.
    pub(super) types: fn(&str) -> Vec<u8>,
    pub(super) times: Option<u32>,
    pub(super) peer: PeerKind,
    pub(super) rules: Vec<Rule>,
    pub(super) expect: ExpectedEnd,
    /// The reason of the close that the client makes, if it makes one.
    pub(super) closes: Option<&'static str>,
}

/// The other side.
pub(super) enum PeerKind {
    /// Nobody: the relay's responses are made up, or there are none.
    Nobody,
    /// The reference, with this blob.
    Honest(TranscriptBytes),
    /// The reference, with other words.
    Mistaken,
}

/// A scenario of an initiator; the honest peer's blob is `from the receiver`.
pub(super) fn initiator(name: &str, title: &str) -> Scenario {
    scenario(ClientRole::Initiator, name, title)
}

/// A scenario of a receiver; the honest peer's blob is `from the initiator`.
pub(super) fn receiver(name: &str, title: &str) -> Scenario {
    scenario(ClientRole::Receiver, name, title)
}

/// The usual blob of a role.
pub(super) fn blob_of(role: ClientRole) -> TranscriptBytes {
    TranscriptBytes::hex(format!("from the {}", role.token()).as_bytes())
}

fn scenario(role: ClientRole, name: &str, title: &str) -> Scenario {
    let id = format!("{}-{name}", role.token());
    let input = RunInput {
        rendezvous: None,
        path: None,
        appid: TranscriptBytes::hex(b"example.com/app1"),
        blob: blob_of(role),
        code: None,
        words: (role == ClientRole::Initiator).then_some(2),
        inject: named(role, &id, 2),
        second_ms: 1000,
        deadline: None,
        look: false,
        take: None,
        export: None,
    };
    Scenario {
        title: title.to_owned(),
        clauses: Vec::new(),
        rows: Vec::new(),
        role,
        input,
        types: |code| code.as_bytes().to_vec(),
        peer: PeerKind::Honest(blob_of(role.peer())),
        times: None,
        rules: Vec::new(),
        expect: ExpectedEnd::default(),
        closes: None,
        id,
    }
}

/// The named values of one client (section 3.5), from a label.
pub(super) fn named(
    role: ClientRole,
    label: &str,
    words: usize,
) -> BTreeMap<String, Option<String>> {
    let value = |name: &str| secrets::labelled(&format!("{label} {} {name}", role.token()));
    let mut scalar = value("pake_scalar");
    // Below 2^252, and so below L.
    scalar[31] &= 0x0f;
    let mut named = vec![
        ("side", hex::encode(&value("side")[..16])),
        ("pake_scalar", hex::encode(&scalar)),
    ];
    if role == ClientRole::Initiator {
        named.push(("words", hex::encode(&value("words")[..words])));
    }
    named
        .into_iter()
        .map(|(name, value)| (name.to_owned(), Some(value)))
        .collect()
}

impl Scenario {
    /// Sets the requirements that the scenario is about, the most particular first: a failure names
    /// that one.
    pub(super) fn clauses(mut self, clauses: &[&'static str]) -> Self {
        self.clauses.extend(clauses);
        self.clauses
            .sort_by_key(|clause| GENERAL.iter().position(|general| general == clause));
        self.clauses.dedup();
        self
    }

    /// Sets the requirement that a failure breaks above all, however general it is.
    pub(super) fn about(mut self, clause: &'static str) -> Self {
        self.clauses.retain(|one| *one != clause);
        self.clauses.insert(0, clause);
        self
    }

    /// Adds the row of the table that the scenario is about.
    pub(super) fn row(mut self, state: &str, event: &str) -> Self {
        self.rows.push(format!("{state}/{event}"));
        self
    }

    /// Adds rules for requests.
    pub(super) fn rules(mut self, rules: impl IntoIterator<Item = Rule>) -> Self {
        self.rules.extend(rules);
        self
    }

    /// Sets the other side.
    pub(super) fn peer(mut self, peer: PeerKind) -> Self {
        self.peer = peer;
        self
    }

    /// Sets the length of a second: short where something waits.
    pub(super) fn second(mut self, milliseconds: u64) -> Self {
        self.input.second_ms = milliseconds;
        self
    }

    /// Changes the input.
    pub(super) fn given(mut self, change: impl FnOnce(&mut RunInput)) -> Self {
        change(&mut self.input);
        self
    }

    /// Exports a key at the end.
    pub(super) fn exports(mut self, label: &[u8], length: u32) -> Self {
        self.input.export = Some(Export {
            label: TranscriptBytes::hex(label),
            length,
        });
        self
    }

    /// The user looks first.
    pub(super) fn looks(mut self) -> Self {
        self.input.look = true;
        self
    }

    /// The receiver's application is asked in `taking`, and says this so many seconds later.
    pub(super) fn takes(mut self, says: UserEvent, after: Option<u32>) -> Self {
        self.input.take = Some(Take {
            says: says.into(),
            after,
        });
        self
    }

    /// The receiver's application is asked in `taking`, and says these at once.
    pub(super) fn takes_all(mut self, says: &[UserEvent]) -> Self {
        self.input.take = Some(Take {
            says: Says::Several(says.to_vec()),
            after: None,
        });
        self
    }

    /// The scenario is played so many times, and what is drawn in each run is judged over all.
    pub(super) fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// The client ends as `done` with the peer's blob; an initiator that knows of the delivery
    /// closes.
    pub(super) fn done(mut self, delivered: bool) -> Self {
        self = self.ends("done").blob();
        self.expect.delivered = delivered;
        if delivered && self.role == ClientRole::Initiator {
            self = self.closes("done");
        }
        self
    }

    /// The client ends with this outcome.
    pub(super) fn ends(mut self, outcome: &str) -> Self {
        self.expect.outcome = outcome.to_owned();
        self
    }

    /// The client ends as `closed`.
    pub(super) fn ends_closed(mut self, reason: &str) -> Self {
        self.expect.reason = Some(reason.to_owned());
        self.ends("closed")
    }

    /// The honest peer's blob is handed over.
    pub(super) fn blob(mut self) -> Self {
        if let PeerKind::Honest(blob) = &self.peer {
            self.expect.blob = Some(blob.clone());
        }
        self
    }

    /// The client closes with this reason.
    pub(super) fn closes(mut self, reason: &'static str) -> Self {
        self.closes = Some(reason);
        self
    }

    /// The run lasts so many seconds.
    pub(super) fn lasts(mut self, at_least: u32, at_most: u32) -> Self {
        self.expect.seconds = Some(Seconds { at_least, at_most });
        self
    }
}
