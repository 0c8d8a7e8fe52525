//! The script of a live run: what the client is given, and what relay, peer and user do.

use std::fmt::{self, Display, Formatter};
use std::time::Duration;

use serde_json::{Value, json};
use wormhole_sync::values::hex;

use super::peer::PeerMessage;
use crate::stage::response::{RecordedResponse, TransportFault};
use crate::subject::adapter::{Hello, UserEvent};
use crate::suites::vectors::derive::{Role, sha256};

/// The label of the key that runs export.
pub(crate) const LABEL: &[u8] = b"example.com/live";
/// The length of the key that runs export.
pub(crate) const KEY_LENGTH: u16 = 40;

/// The script of a run.
#[derive(Debug, Clone)]
pub(crate) struct Script {
    /// The client's role.
    pub(crate) role: Role,
    pub(crate) appid: Vec<u8>,
    pub(crate) blob: Vec<u8>,
    /// The number of words that an initiator is asked for.
    pub(crate) words: usize,
    /// The words that a receiver is given, joined by hyphens.
    pub(crate) password: String,
    pub(crate) channel: u32,
    /// The `ttl` that the relay tells.
    pub(crate) ttl: u32,
    pub(crate) look: bool,
    pub(crate) take: bool,
    /// The user's deadline in seconds.
    pub(crate) deadline: Option<u64>,
    pub(crate) peer_blob: Vec<u8>,
    /// The peer's offer or answer.
    pub(crate) first: PeerMessage,
    /// The peer's finish or receipt.
    pub(crate) second: PeerMessage,
    pub(crate) rules: Vec<Rule>,
    /// The user's words at a request, or when something is shown.
    pub(crate) says: Vec<(&'static str, UserEvent)>,
    /// A text that the peer's secrets come from.
    pub(crate) seed: String,
    /// The rendezvous address, with `{relay}` for that of the suite's relay.
    pub(crate) rendezvous: &'static str,
    /// The authority that the client must trust in this run, in PEM.
    pub(crate) ca: Option<String>,
    /// The receiver's input, where it is no code of this exchange.
    pub(crate) typed: Option<&'static str>,
}

/// An exception from what an honest relay does.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    /// The name of the request; every close is `close`.
    pub(crate) request: &'static str,
    /// The attempt of this request, from 0; `None` for all.
    pub(crate) attempt: Option<usize>,
    pub(crate) act: Act,
}

/// A relay's, or a network's, reaction to a request.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    /// The connection is cut, and the request is not carried out.
    CutBefore,
    /// The request is carried out, and the connection is cut.
    CutAfter,
    /// The request is not carried out, and this is the response.
    Respond(RecordedResponse),
    /// The request is carried out, and this is the response.
    CarryOut(RecordedResponse),
    /// The request is carried out, and this fault takes the place of the response.
    Fault(TransportFault),
    /// The request is carried out, and the response comes so much later.
    Delay(Duration),
    /// Nothing comes; the user says this meanwhile.
    Hold(Option<UserEvent>),
}

/// In words.
impl Display for Act {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::CutBefore => formatter.write_str("the connection is cut, nothing is carried out"),
            Self::CutAfter => formatter.write_str("it is carried out, and the connection is cut"),
            Self::Respond(response) => {
                write!(
                    formatter,
                    "not carried out, and answered {}",
                    response.status
                )
            }
            Self::CarryOut(response) => {
                write!(formatter, "carried out, and answered {}", response.status)
            }
            Self::Fault(_) => formatter.write_str("it is carried out, and its answer is broken"),
            Self::Delay(time) => {
                write!(
                    formatter,
                    "it is carried out, and its answer is {} ms late",
                    time.as_millis()
                )
            }
            Self::Hold(None) => formatter.write_str("no answer"),
            Self::Hold(Some(says)) => write!(formatter, "no answer; {}", says.told()),
        }
    }
}

impl Script {
    /// A run in which all goes well. The seed is the id of the test.
    pub(crate) fn usual(role: Role, seed: &str) -> Self {
        let digest = sha256(seed.as_bytes());
        let [a, b, c, ..] = digest;
        let (blob, peer_blob) = match role {
            Role::Initiator => (b"what the initiator says", b"what the receiver says "),
            Role::Receiver => (b"what the receiver says ", b"what the initiator says"),
        };
        Self {
            role,
            appid: b"example.com/live".to_vec(),
            blob: blob.to_vec(),
            words: 2,
            password: "crossover-clockwork".to_owned(),
            channel: 1 + u32::from_be_bytes([0, a, b, c]),
            ttl: match role {
                Role::Initiator => 3600,
                Role::Receiver => 600,
            },
            look: false,
            take: false,
            deadline: None,
            peer_blob: peer_blob.to_vec(),
            first: PeerMessage::Right,
            second: PeerMessage::Right,
            rules: Vec::new(),
            says: Vec::new(),
            seed: seed.to_owned(),
            rendezvous: "{relay}",
            ca: None,
            typed: None,
        }
    }

    /// Adds a rule for one attempt.
    pub(crate) fn at(mut self, request: &'static str, attempt: usize, act: Act) -> Self {
        self.rules.push(Rule {
            request,
            attempt: Some(attempt),
            act,
        });
        self
    }

    /// Adds a rule for every attempt.
    pub(crate) fn always(mut self, request: &'static str, act: Act) -> Self {
        self.rules.push(Rule {
            request,
            attempt: None,
            act,
        });
        self
    }

    /// The code that a receiver is given.
    pub(crate) fn code(&self) -> String {
        format!("{}-{}", self.channel, self.password)
    }

    /// The `in` of the adapter operation `run`, without any injection.
    pub(crate) fn input(&self, relay: &str) -> Value {
        let mut input = json!({
            "role": self.role.name(),
            "rendezvous": self.rendezvous.replace("{relay}", relay),
            "appid": hex::encode(&self.appid),
            "blob": hex::encode(&self.blob),
            "export": {"label": hex::encode(LABEL), "length": KEY_LENGTH},
        });
        match self.role {
            Role::Initiator => input["words"] = json!(self.words),
            Role::Receiver => {
                let typed = self.typed.map_or_else(|| self.code(), str::to_owned);
                input["code"] = json!(hex::encode(typed.as_bytes()));
            }
        }
        if let Some(ca) = &self.ca {
            input["ca"] = json!(ca);
        }
        if self.look {
            input["look"] = json!(true);
        }
        if self.take {
            input["take"] = json!(true);
        }
        if let Some(deadline) = self.deadline {
            input["deadline"] = json!(deadline);
        }
        input
    }

    /// The acts of relay, peer and user that are not the usual ones, in words.
    pub(crate) fn told(&self) -> Vec<String> {
        let messages = match self.role {
            Role::Initiator => [("answer", &self.first), ("receipt", &self.second)],
            Role::Receiver => [("offer", &self.first), ("finish", &self.second)],
        };
        let peer = messages
            .into_iter()
            .filter_map(|(name, message)| match message {
                PeerMessage::Right => None,
                PeerMessage::Silent => Some(format!("the peer sends no {name}")),
                PeerMessage::Made(_) => Some(format!("the peer's {name} is a wrong one")),
            });
        let rules = self.rules.iter().map(|rule| {
            let attempt = match rule.attempt {
                None => "at every attempt of".to_owned(),
                Some(attempt) => format!("at attempt {} of", attempt + 1),
            };
            format!("{attempt} {}: {}", rule.request, rule.act)
        });
        let user = self
            .says
            .iter()
            .map(|(place, says)| format!("at {place}, {}", says.told()));
        peer.chain(rules).chain(user).collect()
    }

    /// The parts of the run that not every program can be told (`lacks` in `ADAPTER.md`).
    pub(crate) fn parts(&self) -> Vec<&'static str> {
        let usual = Self::usual(self.role, &self.seed);
        let is_text = std::str::from_utf8(&self.appid).is_ok_and(|text| !text.contains('\0'));
        let own_blob = match self.role {
            Role::Initiator => "initiator-blob",
            Role::Receiver => "receiver-blob",
        };
        let asked = [
            (self.look, "look"),
            (self.take && self.has_application(), "take"),
            (self.deadline.is_some(), "deadline"),
            (self.words != usual.words, "words"),
            (!is_text, "any-appid"),
            (self.blob != usual.blob, own_blob),
            (self.rendezvous.is_empty(), "order-of-checks"),
        ];
        let asked = asked.into_iter().filter(|(is_asked, _)| *is_asked);
        asked.map(|(_, part)| part).collect()
    }

    /// Whether anything is said while the application has the blob.
    fn has_application(&self) -> bool {
        let is_its = |event: &UserEvent| matches!(event, UserEvent::Taken | UserEvent::NotTaken);
        let mut says = self.says.iter();
        says.any(|(place, event)| *place == "taking" || is_its(event))
    }

    /// The script for a client that may be unable to be told its blob, which is then empty, or to
    /// ask its application.
    pub(crate) fn for_client(&self, hello: &Hello) -> Self {
        let mut script = self.clone();
        let own_blob = format!("{}-blob", self.role.name());
        if !hello.can(&own_blob) {
            script.blob.clear();
        }
        script.take &= hello.can("take");
        script
    }

    /// Whether the user of the client says anything.
    pub(crate) fn has_user(&self) -> bool {
        let holds = |rule: &Rule| matches!(rule.act, Act::Hold(Some(_)));
        !self.says.is_empty() || self.rules.iter().any(holds)
    }
}
