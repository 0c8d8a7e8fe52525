//! The messages between client and relay (sections 8 and 9.2).
//!
//! Each message has `decode`, which reads its JSON text strictly (section 8), and `encode`, which
//! writes the members in order and without white space.

use super::channel::ChannelId;
use super::hex;
use super::json::{self, JsonFault};

/// A cell that is read and written by its name (section 10.1). The offer is none of these: it goes
/// with `allocate` and `claim`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CellName {
    /// The claimant writes this cell, and the owner reads it.
    Answer,
    /// The owner writes this cell, and the claimant reads it.
    Finish,
    /// The claimant writes this cell, and the owner reads it.
    Receipt,
}

impl CellName {
    /// All cells, in the order in which they are written.
    pub const ALL: [Self; 3] = [Self::Answer, Self::Finish, Self::Receipt];

    /// The cell's name, as in a request's target.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Finish => "finish",
            Self::Receipt => "receipt",
        }
    }

    /// The cell of this name, if there is one.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cell| cell.name() == name)
    }

    /// The most bytes that the cell holds (section 8).
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
    /// Reads the message.
    ///
    /// # Errors
    ///
    /// [`JsonFault`] for any other text; only [`JsonFault::TooLarge`] is not *malformed*.
    pub fn decode(text: &[u8]) -> Result<Self, JsonFault> {
        Ok(Self {
            body: json::parse(text)?.binary("body", MAX_OFFER)?,
        })
    }

    /// Writes the message.
    #[must_use]
    pub fn encode(&self) -> String {
        body(&self.body)
    }
}

/// `claim`: asks for the offer of a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim;

impl Claim {
    /// Reads the message.
    ///
    /// # Errors
    ///
    /// [`JsonFault`] for any other text.
    pub fn decode(text: &[u8]) -> Result<Self, JsonFault> {
        json::parse(text).map(|_| Self)
    }

    /// Writes the message.
    #[must_use]
    pub fn encode(&self) -> String {
        EMPTY.to_owned()
    }
}

/// `write`: writes a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Write {
    /// The bytes to write, 1 to [`CellName::max_len`].
    pub body: Vec<u8>,
}

impl Write {
    /// Reads the message, as a write to `cell`.
    ///
    /// # Errors
    ///
    /// [`JsonFault`] for any other text; only [`JsonFault::TooLarge`] is not *malformed*.
    pub fn decode(text: &[u8], cell: CellName) -> Result<Self, JsonFault> {
        Ok(Self {
            body: json::parse(text)?.binary("body", cell.max_len())?,
        })
    }

    /// Writes the message.
    #[must_use]
    pub fn encode(&self) -> String {
        body(&self.body)
    }
}

/// `close`: ends a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Close {
    /// The reason, any string of at most 64 bytes; RELAY-16 lists the known ones.
    pub reason: String,
}

impl Close {
    /// Reads the message.
    ///
    /// # Errors
    ///
    /// [`JsonFault`] for any other text.
    pub fn decode(text: &[u8]) -> Result<Self, JsonFault> {
        Ok(Self {
            reason: reason(&json::parse(text)?)?,
        })
    }

    /// Writes the message.
    #[must_use]
    pub fn encode(&self) -> String {
        format!("{{\"reason\":{}}}", string(&self.reason))
    }
}

/// `allocated`: a channel for the initiator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allocated {
    /// The channel's number.
    pub channel: ChannelId,
    /// The time that the channel lives, 1 to 86 400 seconds.
    pub ttl: u32,
}

impl Allocated {
    /// Reads the message.
    ///
    /// # Errors
    ///
    /// [`JsonFault`] for any other text.
    pub fn decode(text: &[u8]) -> Result<Self, JsonFault> {
        let object = json::parse(text)?;
        let channel = object.integer("channel", 1..=ChannelId::MAX)?;
        let channel = ChannelId::new(channel).ok_or(JsonFault::OutOfRange("channel"))?;
        Ok(Self {
            channel,
            ttl: object.integer("ttl", 1..=86_400)?,
        })
    }

    /// Writes the message.
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
    /// The time that the channel lives from now, 1 to 600 seconds.
    pub ttl: u32,
}

impl Claimed {
    /// Reads the message.
    ///
    /// # Errors
    ///
    /// [`JsonFault`] for any other text.
    pub fn decode(text: &[u8]) -> Result<Self, JsonFault> {
        let object = json::parse(text)?;
        Ok(Self {
            body: object.binary("body", MAX_OFFER)?,
            ttl: object.integer("ttl", 1..=600)?,
        })
    }

    /// Writes the message.
    #[must_use]
    pub fn encode(&self) -> String {
        format!(
            "{{\"body\":\"{}\",\"ttl\":{}}}",
            hex::encode(&self.body),
            self.ttl
        )
    }
}

/// `cell`: the content of a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellMessage {
    /// The cell's bytes, 1 to [`CellName::max_len`].
    pub body: Vec<u8>,
}

impl CellMessage {
    /// Reads the message, as the answer to a read of `cell`.
    ///
    /// # Errors
    ///
    /// [`JsonFault`] for any other text.
    pub fn decode(text: &[u8], cell: CellName) -> Result<Self, JsonFault> {
        Ok(Self {
            body: json::parse(text)?.binary("body", cell.max_len())?,
        })
    }

    /// Writes the message.
    #[must_use]
    pub fn encode(&self) -> String {
        body(&self.body)
    }
}

/// `empty`: an answer that says no more than that the request succeeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Empty;

impl Empty {
    /// Reads the message.
    ///
    /// # Errors
    ///
    /// [`JsonFault`] for any other text.
    pub fn decode(text: &[u8]) -> Result<Self, JsonFault> {
        json::parse(text).map(|_| Self)
    }

    /// Writes the message.
    #[must_use]
    pub fn encode(&self) -> String {
        EMPTY.to_owned()
    }
}

/// Reads the member `reason`, at most 64 bytes.
pub(super) fn reason(object: &json::Object) -> Result<String, JsonFault> {
    match object.string("reason")? {
        reason if reason.len() > MAX_REASON => Err(JsonFault::OutOfRange("reason")),
        reason => Ok(reason.to_owned()),
    }
}

/// Writes the text as a JSON string, in quotes and escaped.
pub(super) fn string(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

const MAX_OFFER: usize = 64;
const MAX_REASON: usize = 64;
const EMPTY: &str = "{}";

fn body(bytes: &[u8]) -> String {
    format!("{{\"body\":\"{}\"}}", hex::encode(bytes))
}
