//! How an exchange ends: the closed list of section 12.

use std::fmt;

/// The one outcome of an exchange (OUT-1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The peer's blob opened.
    Done,
    /// Local: the code cannot be one; nothing was sent.
    BadCode,
    /// Local: the appid is not 1 to 128 bytes; nothing was sent.
    BadAppid,
    /// Local: the blob is longer than 65 535 bytes; nothing was sent.
    BlobTooLarge,
    /// Local: the rendezvous address cannot be used; nothing was sent.
    BadRendezvous,
    /// The relay has no channel of that number.
    NoSuchChannel,
    /// Another side has claimed the channel.
    Crowded,
    /// The channel was ended, for the reason that the relay gives.
    Closed(CloseReason),
    /// The relay ended the channel because its time was over.
    Expired,
    /// The peer's first seal did not open.
    WrongCode,
    /// The peer's SPAKE2 element is not acceptable.
    BadElement,
    /// The peer's message has the wrong form.
    MalformedMessage,
    /// The relay's answer is not in the table of section 11.2.
    RelayMisbehaved,
    /// No useful answer within the retry window.
    RelayUnreachable,
    /// The client's own deadline passed.
    Timeout,
    /// The user gave up.
    Cancelled,
    /// The machine failed the program.
    Internal,
}

impl Outcome {
    /// Every outcome, in the order of section 12; `Closed` once, with the reason `other`.
    pub const ALL: [Outcome; 17] = [
        Outcome::Done,
        Outcome::BadCode,
        Outcome::BadAppid,
        Outcome::BlobTooLarge,
        Outcome::BadRendezvous,
        Outcome::NoSuchChannel,
        Outcome::Crowded,
        Outcome::Closed(CloseReason::Other),
        Outcome::Expired,
        Outcome::WrongCode,
        Outcome::BadElement,
        Outcome::MalformedMessage,
        Outcome::RelayMisbehaved,
        Outcome::RelayUnreachable,
        Outcome::Timeout,
        Outcome::Cancelled,
        Outcome::Internal,
    ];

    /// The outcome's name in the specification, without the reason of a close.
    pub fn token(self) -> &'static str {
        match self {
            Outcome::Done => "done",
            Outcome::BadCode => "bad-code",
            Outcome::BadAppid => "bad-appid",
            Outcome::BlobTooLarge => "blob-too-large",
            Outcome::BadRendezvous => "bad-rendezvous",
            Outcome::NoSuchChannel => "no-such-channel",
            Outcome::Crowded => "crowded",
            Outcome::Closed(_) => "closed",
            Outcome::Expired => "expired",
            Outcome::WrongCode => "wrong-code",
            Outcome::BadElement => "bad-element",
            Outcome::MalformedMessage => "malformed-message",
            Outcome::RelayMisbehaved => "relay-misbehaved",
            Outcome::RelayUnreachable => "relay-unreachable",
            Outcome::Timeout => "timeout",
            Outcome::Cancelled => "cancelled",
            Outcome::Internal => "internal",
        }
    }

    /// What the user is told to do next (OUT-3), in the words of section 12.
    pub fn sentence(self) -> &'static str {
        match self {
            Outcome::Done => "Done.",
            Outcome::BadCode => {
                "Check the code with the other user and type it again; it can still be used."
            }
            Outcome::BadAppid => "Give an application identifier of 1 to 128 bytes.",
            Outcome::BlobTooLarge => {
                "Send at most 65 535 bytes; for more, send a key this way and the data another way."
            }
            Outcome::BadRendezvous => {
                "Give an address such as https://relay.example.com; plain http works to this machine only, unless you allow it."
            }
            Outcome::NoSuchChannel => {
                "Check the number at the front of the code, and that both use the same relay and application; codes end after a while."
            }
            Outcome::Crowded => {
                "Somebody else used this code first. If that was not you, somebody may be guessing: start again with a new code."
            }
            // OUT-4: A `closed` with the reason `wrong-code` gets the sentence of `wrong-code`,
            // marked as the relay's word.
            Outcome::Closed(CloseReason::WrongCode) => {
                "The relay says that the words did not match: mistyped, or somebody guessed. This code is spent; start again with a new code."
            }
            Outcome::Closed(_) => {
                "The other side, or the relay, ended the exchange; start again with a new code."
            }
            Outcome::Expired => "The code ran out of time; start again with a new code.",
            Outcome::WrongCode => {
                "The words did not match: mistyped, or somebody guessed. This code is spent; start again with a new code."
            }
            Outcome::BadElement => {
                "The other side, or the relay, sent something dishonest. Start again with a new code, and if it happens again use another relay."
            }
            Outcome::MalformedMessage => {
                "The other side speaks the protocol wrongly; update both programs and start again with a new code."
            }
            Outcome::RelayMisbehaved => {
                "The address may not be that of a relay, or the relay is broken; check the address, and start again with a new code."
            }
            Outcome::RelayUnreachable => {
                "Check the network and the relay's address; start again with a new code."
            }
            Outcome::Timeout => "The other side did not come in time; start again with a new code.",
            Outcome::Cancelled => "Cancelled; the code cannot be used any more.",
            Outcome::Internal => {
                "Report this as a fault of the program, and start again with a new code."
            }
        }
    }
}

impl fmt::Display for Outcome {
    /// The token, and in brackets the reason of a close: `closed (lost)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Outcome::Closed(reason) => write!(f, "closed ({})", reason.token()),
            other => f.write_str(other.token()),
        }
    }
}

/// Why a channel was ended, as the relay tells it (RELAY-16, OUT-4, OUT-5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CloseReason {
    /// The initiator has its receipt.
    Done,
    /// The closing side could not open the peer's first seal.
    WrongCode,
    /// The closing side got an unacceptable element.
    BadElement,
    /// The closing side got a message of the wrong form.
    MalformedMessage,
    /// The closing side's user gave up.
    Cancelled,
    /// The closing side's deadline passed.
    Timeout,
    /// The closing side got an answer out of the table.
    RelayMisbehaved,
    /// The relay forgot the channel (OUT-5); never sent.
    Lost,
    /// Anything else; never sent by this client.
    Other,
}

impl CloseReason {
    /// The reason's name in the specification.
    pub fn token(self) -> &'static str {
        match self {
            CloseReason::Done => "done",
            CloseReason::WrongCode => "wrong-code",
            CloseReason::BadElement => "bad-element",
            CloseReason::MalformedMessage => "malformed-message",
            CloseReason::Cancelled => "cancelled",
            CloseReason::Timeout => "timeout",
            CloseReason::RelayMisbehaved => "relay-misbehaved",
            CloseReason::Lost => "lost",
            CloseReason::Other => "other",
        }
    }

    /// Reads a reason that came over the wire: what is not in RELAY-16's list is `other`.
    pub fn from_wire(token: &str) -> CloseReason {
        match token {
            "done" => CloseReason::Done,
            "wrong-code" => CloseReason::WrongCode,
            "bad-element" => CloseReason::BadElement,
            "malformed-message" => CloseReason::MalformedMessage,
            "cancelled" => CloseReason::Cancelled,
            "timeout" => CloseReason::Timeout,
            "relay-misbehaved" => CloseReason::RelayMisbehaved,
            _ => CloseReason::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    /// The sentences of the table in section 12, by outcome.
    fn sentences() -> BTreeMap<&'static str, &'static str> {
        let spec = include_str!("../../spec/wormhole-sync.md");
        let (_, section) = spec.split_once("\n## 12. Outcomes\n").unwrap();
        let rows = section
            .lines()
            .skip_while(|line| !line.starts_with("| `"))
            .take_while(|line| line.starts_with("| `"));
        rows.map(|row| {
            let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
            (cells[0].trim_matches('`'), cells[2])
        })
        .collect()
    }

    // OUT-3: A client MUST tell its user the outcome and what to do next, in the sense of this list.
    #[test]
    fn each_outcome_has_the_sentence_of_the_specification() {
        let sentences = sentences();
        assert_eq!(sentences.len(), Outcome::ALL.len());
        for outcome in Outcome::ALL {
            let (said, listed) = (outcome.sentence(), sentences[outcome.token()]);
            // What is in brackets is for one role, and added where the role is known.
            let plain = listed.split(" (Initiator").next().unwrap();
            assert_eq!(said, plain, "{outcome}");
        }
    }

    // OUT-4: A `closed` with the reason `wrong-code` gets the sentence of `wrong-code`, marked as the relay's word.
    #[test]
    fn closed_for_a_wrong_code_says_so_by_the_relays_word() {
        let said = Outcome::Closed(CloseReason::WrongCode).sentence();
        let own = Outcome::WrongCode.sentence();
        let told = own.strip_prefix("The words").unwrap();
        assert_eq!(said, format!("The relay says that the words{told}"));
    }

    // OUT-4: A client MUST give the outcome `closed` with the reason that the relay gave, as `other` when that is none of those of RELAY-16
    #[test]
    fn a_reason_of_the_list_is_kept_and_any_other_is_other() {
        for (token, reason) in [
            ("done", CloseReason::Done),
            ("wrong-code", CloseReason::WrongCode),
            ("bad-element", CloseReason::BadElement),
            ("malformed-message", CloseReason::MalformedMessage),
            ("cancelled", CloseReason::Cancelled),
            ("timeout", CloseReason::Timeout),
            ("relay-misbehaved", CloseReason::RelayMisbehaved),
            ("other", CloseReason::Other),
        ] {
            assert_eq!(CloseReason::from_wire(token), reason);
            assert_eq!(reason.token(), token);
        }
        // A relay cannot make this side's own words for it.
        for token in ["lost", "expired", "Done", "done ", ""] {
            assert_eq!(CloseReason::from_wire(token), CloseReason::Other, "{token}");
        }
    }
}
