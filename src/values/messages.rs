//! The messages between client and relay (sections 8 and 9.2).
//!
//! Each has `decode`, which is strict (section 8), and `encode`, which writes the usual form:
//! members in order, no white space.

use super::channel::ChannelId;
use super::hex;
use super::json::{self, JsonFault};

/// A cell that is read and written by its name (section 10.1); the offer goes with `allocate` and
/// `claim`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CellName {
    /// Written by the claimant, read by the owner.
    Answer,
    /// Written by the owner, read by the claimant.
    Finish,
    /// Written by the claimant, read by the owner.
    Receipt,
}

impl CellName {
    /// All of them, in the order in which they are written.
    pub const ALL: [Self; 3] = [Self::Answer, Self::Finish, Self::Receipt];

    /// The name, as in a target.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Finish => "finish",
            Self::Receipt => "receipt",
        }
    }

    /// The cell of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cell| cell.name() == name)
    }

    /// How many bytes it holds at most (section 8).
    #[must_use]
    pub const fn max_len(self) -> usize {
        match self {
            Self::Answer | Self::Finish => 65_600,
            Self::Receipt => MAX_OFFER,
        }
    }
}

/// `allocate`: asks for a channel, and writes the offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allocate {
    /// The offer, 1 to 64 bytes.
    pub body: Vec<u8>,
}

impl Allocate {
    /// Reads it.
    ///
    /// # Errors
    ///
    /// [`JsonFault`], of which [`JsonFault::TooLarge`] is not *malformed*.
    pub fn decode(text: &[u8]) -> Result<Self, JsonFault> {
        Ok(Self {
            body: json::parse(text)?.binary("body", MAX_OFFER)?,
        })
    }

    /// Writes it.
    #[must_use]
    pub fn encode(&self) -> String {
        body(&self.body)
    }
}

/// `claim`: asks for the offer of a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim;

impl Claim {
    /// Reads it.
    ///
    /// # Errors
    ///
    /// [`JsonFault`].
    pub fn decode(text: &[u8]) -> Result<Self, JsonFault> {
        json::parse(text).map(|_| Self)
    }

    /// Writes it.
    #[must_use]
    pub fn encode(&self) -> String {
        EMPTY.to_owned()
    }
}

/// `write`: writes a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Write {
    /// What the cell shall hold.
    pub body: Vec<u8>,
}

impl Write {
    /// Reads it, as a write to `cell`.
    ///
    /// # Errors
    ///
    /// [`JsonFault`], of which [`JsonFault::TooLarge`] is not *malformed*.
    pub fn decode(text: &[u8], cell: CellName) -> Result<Self, JsonFault> {
        Ok(Self {
            body: json::parse(text)?.binary("body", cell.max_len())?,
        })
    }

    /// Writes it.
    #[must_use]
    pub fn encode(&self) -> String {
        body(&self.body)
    }
}

/// `close`: ends a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Close {
    /// Why, at most 64 bytes; any string, of which RELAY-16 knows some.
    pub reason: String,
}

impl Close {
    /// Reads it.
    ///
    /// # Errors
    ///
    /// [`JsonFault`].
    pub fn decode(text: &[u8]) -> Result<Self, JsonFault> {
        Ok(Self {
            reason: reason(&json::parse(text)?)?,
        })
    }

    /// Writes it.
    #[must_use]
    pub fn encode(&self) -> String {
        format!("{{\"reason\":{}}}", string(&self.reason))
    }
}

/// `allocated`: a channel for the initiator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allocated {
    /// Its number.
    pub channel: ChannelId,
    /// How many seconds it lives, 1 to 86 400.
    pub ttl: u32,
}

impl Allocated {
    /// Reads it.
    ///
    /// # Errors
    ///
    /// [`JsonFault`].
    pub fn decode(text: &[u8]) -> Result<Self, JsonFault> {
        let object = json::parse(text)?;
        let channel = object.integer("channel", 1..=ChannelId::MAX)?;
        let channel = ChannelId::new(channel).ok_or(JsonFault::OutOfRange("channel"))?;
        Ok(Self {
            channel,
            ttl: object.integer("ttl", 1..=86_400)?,
        })
    }

    /// Writes it.
    #[must_use]
    pub fn encode(&self) -> String {
        format!("{{\"channel\":{},\"ttl\":{}}}", self.channel, self.ttl)
    }
}

/// `claimed`: the offer for the receiver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// The offer, 1 to 64 bytes.
    pub body: Vec<u8>,
    /// How many seconds the channel lives from now, 1 to 600.
    pub ttl: u32,
}

impl Claimed {
    /// Reads it.
    ///
    /// # Errors
    ///
    /// [`JsonFault`].
    pub fn decode(text: &[u8]) -> Result<Self, JsonFault> {
        let object = json::parse(text)?;
        Ok(Self {
            body: object.binary("body", MAX_OFFER)?,
            ttl: object.integer("ttl", 1..=600)?,
        })
    }

    /// Writes it.
    #[must_use]
    pub fn encode(&self) -> String {
        format!(
            "{{\"body\":\"{}\",\"ttl\":{}}}",
            hex::encode(&self.body),
            self.ttl
        )
    }
}

/// `cell`: what a cell holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellMessage {
    /// What it holds.
    pub body: Vec<u8>,
}

impl CellMessage {
    /// Reads it, as the answer to a read of `cell`.
    ///
    /// # Errors
    ///
    /// [`JsonFault`].
    pub fn decode(text: &[u8], cell: CellName) -> Result<Self, JsonFault> {
        Ok(Self {
            body: json::parse(text)?.binary("body", cell.max_len())?,
        })
    }

    /// Writes it.
    #[must_use]
    pub fn encode(&self) -> String {
        body(&self.body)
    }
}

/// `empty`: done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Empty;

impl Empty {
    /// Reads it.
    ///
    /// # Errors
    ///
    /// [`JsonFault`].
    pub fn decode(text: &[u8]) -> Result<Self, JsonFault> {
        json::parse(text).map(|_| Self)
    }

    /// Writes it.
    #[must_use]
    pub fn encode(&self) -> String {
        EMPTY.to_owned()
    }
}

/// The member `reason`, at most 64 bytes.
pub(super) fn reason(object: &json::Object) -> Result<String, JsonFault> {
    match object.string("reason")? {
        reason if reason.len() > MAX_REASON => Err(JsonFault::OutOfRange("reason")),
        reason => Ok(reason.to_owned()),
    }
}

/// `"text"` with what JSON wants escaped.
pub(super) fn string(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

const MAX_OFFER: usize = 64;
const MAX_REASON: usize = 64;
const EMPTY: &str = "{}";

fn body(bytes: &[u8]) -> String {
    format!("{{\"body\":\"{}\"}}", hex::encode(bytes))
}
