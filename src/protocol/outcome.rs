//! The outcomes of an exchange: the closed list of section 12.

use std::fmt;

/// Defines the outcomes in one list: variant, token, exit status of the command line, and sentence
/// of section 12. The statuses are published; a new outcome gets a new one.
macro_rules! outcomes {
    ($(
        $(#[$doc:meta])*
        $variant:ident $(($payload:ty = $example:expr))?, $token:literal, $status:literal,
        $sentence:literal;
    )*) => {
        /// The one outcome of an exchange (OUT-1).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Outcome {
            $($(#[$doc])* $variant $(($payload))?,)*
        }

        impl Outcome {
            /// Every outcome, in the order of section 12; `Closed` is there once, as `other`.
            pub const ALL: [Outcome; [$($token),*].len()] =
                [$(Outcome::$variant $(($example))?),*];

            /// The outcome's name in the specification, without the reason of a close.
            pub const fn token(self) -> &'static str {
                match self {
                    $(Outcome::$variant { .. } => $token,)*
                }
            }

            /// The exit status with which the command line ends.
            pub const fn exit_status(self) -> u8 {
                match self {
                    $(Outcome::$variant { .. } => $status,)*
                }
            }

            const fn listed_sentence(self) -> &'static str {
                match self {
                    $(Outcome::$variant { .. } => $sentence,)*
                }
            }
        }
    };
}

outcomes! {
    /// The peer's blob opened.
    Done, "done", 0,
        "Done.";
    /// The text is not a code; nothing was sent.
    BadCode, "bad-code", 10,
        "Check the code with the other user and type it again; it can still be used.";
    /// The appid is not 1 to 128 bytes long; nothing was sent.
    BadAppid, "bad-appid", 11,
        "Give an application identifier of 1 to 128 bytes.";
    /// The blob is longer than 65 535 bytes; nothing was sent.
    BlobTooLarge, "blob-too-large", 12,
        "Send at most 65 535 bytes; for more, send a key this way and the data another way.";
    /// The rendezvous address cannot be used; nothing was sent.
    BadRendezvous, "bad-rendezvous", 13,
        "Give an address such as https://relay.example.com; plain http works to this machine only, unless you allow it.";
    /// The relay has no channel of that number.
    NoSuchChannel, "no-such-channel", 14,
        "Check the number at the front of the code, and that both use the same relay and application; codes end after a while.";
    /// Another side has claimed the channel.
    Crowded, "crowded", 15,
        "Somebody else used this code first. If that was not you, somebody may be guessing: start again with a new code.";
    /// The channel has ended, for the reason that the relay gives.
    Closed(CloseReason = CloseReason::Other), "closed", 16,
        "The other side, or the relay, ended the exchange; start again with a new code.";
    /// The relay ended the channel because its time was over.
    Expired, "expired", 17,
        "The code ran out of time; start again with a new code.";
    /// The peer's first seal did not open.
    WrongCode, "wrong-code", 18,
        "The words did not match: mistyped, or somebody guessed. This code is spent; start again with a new code.";
    /// The user said that the other side shows other words.
    VerifierMismatch, "verifier-mismatch", 26,
        "The words differ: somebody may be in between. Use nothing of this exchange, and start again with a new code over another relay.";
    /// The peer's SPAKE2 element is not acceptable.
    BadElement, "bad-element", 19,
        "The other side, or the relay, sent something dishonest. Start again with a new code, and if it happens again use another relay.";
    /// The peer's message has the wrong form.
    MalformedMessage, "malformed-message", 20,
        "The other side speaks the protocol wrongly; update both programs and start again with a new code.";
    /// The relay's answer fits no line of the table in section 11.2.
    RelayMisbehaved, "relay-misbehaved", 21,
        "The address may not be that of a relay, or the relay is broken; check the address, and start again with a new code.";
    /// The relay gave no useful answer within the retry window.
    RelayUnreachable, "relay-unreachable", 22,
        "Check the network and the relay's address; start again with a new code.";
    /// The client's own deadline passed.
    Timeout, "timeout", 23,
        "The other side did not come in time; start again with a new code.";
    /// The user gave up.
    Cancelled, "cancelled", 24,
        "Cancelled. If the exchange had begun, its code is spent; start again with a new one.";
    /// The receiver's application could not keep the initiator's blob.
    NotTaken, "not-taken", 27,
        "The other side's data came and could not be kept; the other side is told. Start again with a new code.";
    /// The machine failed the program; it had no randomness, for example.
    Internal, "internal", 25,
        "Report this as a fault of the program, and start again with a new code.";
}

impl Outcome {
    /// The sentence that tells the user what to do next (OUT-3), in the words of section 12.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        // OUT-4: A `closed` with the reason `wrong-code` or `verifier-mismatch` gets the sentence
        // of that outcome, marked as the relay's word.
        match self {
            Outcome::Closed(CloseReason::WrongCode) => {
                "The relay says that the words did not match: mistyped, or somebody guessed. This code is spent; start again with a new code."
            }
            Outcome::Closed(CloseReason::VerifierMismatch) => {
                "The relay says that the words differ: somebody may be in between. Use nothing of this exchange, and start again with a new code over another relay."
            }
            other => other.listed_sentence(),
        }
    }
}

impl fmt::Display for Outcome {
    /// Writes the token, and the reason of a close in brackets: `closed (lost)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Outcome::Closed(reason) => write!(f, "closed ({})", reason.token()),
            other => f.write_str(other.token()),
        }
    }
}

/// Defines the reasons in one list: variant and token.
macro_rules! close_reasons {
    ($($(#[$doc:meta])* $variant:ident, $token:literal;)*) => {
        /// The reason why a channel has ended, as the relay gives it (RELAY-16, OUT-4, OUT-5).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum CloseReason {
            $($(#[$doc])* $variant,)*
        }

        impl CloseReason {
            /// Every reason.
            pub const ALL: [CloseReason; [$($token),*].len()] = [$(CloseReason::$variant),*];

            /// The reason's name in the specification.
            pub const fn token(self) -> &'static str {
                match self {
                    $(CloseReason::$variant => $token,)*
                }
            }
        }
    };
}

close_reasons! {
    /// The initiator has its receipt.
    Done, "done";
    /// The closing side could not open the peer's first seal.
    WrongCode, "wrong-code";
    /// The closing side received an unacceptable element.
    BadElement, "bad-element";
    /// The closing side received a message of the wrong form.
    MalformedMessage, "malformed-message";
    /// The closing side's user says that the other side shows other words.
    VerifierMismatch, "verifier-mismatch";
    /// The receiver's application could not keep the initiator's blob.
    NotTaken, "not-taken";
    /// The closing side's user gave up.
    Cancelled, "cancelled";
    /// The closing side's deadline passed.
    Timeout, "timeout";
    /// The closing side received an answer that fits no line of the table in section 11.2.
    RelayMisbehaved, "relay-misbehaved";
    /// The relay forgot the channel (OUT-5). This reason is never sent.
    Lost, "lost";
    /// Any other reason. This client never sends it.
    Other, "other";
}

impl CloseReason {
    /// Reads the reason that a relay sent; any that is not in the list of RELAY-16 is `other`.
    ///
    /// `lost` from a relay is `other` too, because only this side decides that a channel was lost.
    #[must_use]
    pub fn from_wire(token: &str) -> CloseReason {
        CloseReason::ALL
            .into_iter()
            .find(|reason| *reason != CloseReason::Lost && reason.token() == token)
            .unwrap_or(CloseReason::Other)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

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

    // OUT-3: A client MUST tell its user the outcome and what to do next, in the sense of this
    // list.
    #[test]
    fn each_outcome_has_the_sentence_of_the_specification() {
        let sentences = sentences();
        assert_eq!(sentences.len(), Outcome::ALL.len());
        for outcome in Outcome::ALL {
            let (said, listed) = (outcome.sentence(), sentences[outcome.token()]);
            // The text in brackets is for one role; code that knows the role adds it.
            let plain = listed.split(" (Initiator").next().unwrap();
            assert_eq!(said, plain, "{outcome}");
        }
    }

    // OUT-4: A `closed` with the reason `wrong-code` or `verifier-mismatch` gets the sentence of
    // that outcome, marked as the relay's word.
    #[test]
    fn closed_for_words_that_differ_says_so_by_the_relays_word() {
        for (reason, own) in [
            (CloseReason::WrongCode, Outcome::WrongCode),
            (CloseReason::VerifierMismatch, Outcome::VerifierMismatch),
        ] {
            let rest = own.sentence().strip_prefix("The words").unwrap();
            let said = Outcome::Closed(reason).sentence();
            assert_eq!(said, format!("The relay says that the words{rest}"));
        }
    }

    // OUT-4: A client MUST give the outcome `closed` with the reason that the relay gave, as
    // `other` when that is none of those of RELAY-16
    #[test]
    fn a_reason_of_the_list_is_kept_and_any_other_is_other() {
        for (token, reason) in [
            ("done", CloseReason::Done),
            ("wrong-code", CloseReason::WrongCode),
            ("bad-element", CloseReason::BadElement),
            ("malformed-message", CloseReason::MalformedMessage),
            ("verifier-mismatch", CloseReason::VerifierMismatch),
            ("not-taken", CloseReason::NotTaken),
            ("cancelled", CloseReason::Cancelled),
            ("timeout", CloseReason::Timeout),
            ("relay-misbehaved", CloseReason::RelayMisbehaved),
            ("other", CloseReason::Other),
        ] {
            assert_eq!(CloseReason::from_wire(token), reason);
            assert_eq!(reason.token(), token);
        }
        // The list is that of RELAY-16.
        let spec = include_str!("../../spec/wormhole-sync.md");
        for reason in CloseReason::ALL {
            let is_listed = !matches!(reason, CloseReason::Lost | CloseReason::Other);
            let listed = format!("`{}`", reason.token());
            let (_, list) = spec.split_once("or `other` when that is none of ").unwrap();
            let (list, _) = list.split_once(';').unwrap();
            assert_eq!(list.contains(&listed), is_listed, "{listed}");
        }
        // A relay cannot give a reason that only this side may decide on.
        for token in ["lost", "expired", "Done", "done ", ""] {
            assert_eq!(CloseReason::from_wire(token), CloseReason::Other, "{token}");
        }
    }

    /// Scripts depend on these numbers, so that a change of one breaks them.
    #[test]
    fn each_outcome_has_its_published_exit_status() {
        let statuses = Outcome::ALL.map(|outcome| (outcome.token(), outcome.exit_status()));
        assert_eq!(
            statuses,
            [
                ("done", 0),
                ("bad-code", 10),
                ("bad-appid", 11),
                ("blob-too-large", 12),
                ("bad-rendezvous", 13),
                ("no-such-channel", 14),
                ("crowded", 15),
                ("closed", 16),
                ("expired", 17),
                ("wrong-code", 18),
                ("verifier-mismatch", 26),
                ("bad-element", 19),
                ("malformed-message", 20),
                ("relay-misbehaved", 21),
                ("relay-unreachable", 22),
                ("timeout", 23),
                ("cancelled", 24),
                ("not-taken", 27),
                ("internal", 25),
            ]
        );
    }
}
