//! The operations of `ADAPTER.md` that vectors use, as data: the members of their inputs and
//! results, and their refusals.
//!
//! Schemas, the expansion of bytes and the words of a report come from this one table.

use MemberType::{Bytes, Flag, Number, OneOf, Text, Words};

/// The type of a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MemberType {
    /// Bytes, as hex, or in a file also parts (see `vectors/README.md`).
    Bytes,
    /// A string.
    Text,
    /// An integer.
    Number,
    /// `true` or `false`.
    Flag,
    /// An array of words.
    Words,
    /// One of a few strings.
    OneOf(&'static [&'static str]),
}

/// The shape of an operation.
#[derive(Debug)]
pub(crate) struct Shape {
    /// The name of the operation.
    pub(crate) op: &'static str,
    /// The members of `in`, which are all needed.
    pub(crate) input: &'static [(&'static str, MemberType)],
    /// The members of `ok`; those of `json` depend on the message.
    pub(crate) ok: &'static [(&'static str, MemberType)],
    /// The outcomes of a refusal.
    pub(crate) refused: &'static [&'static str],
    /// The faults of a refusal; where there are some, each refusal has one.
    pub(crate) faults: &'static [&'static str],
}

impl Shape {
    /// The shape of the operation of this name.
    pub(crate) fn of(op: &str) -> Option<&'static Self> {
        ALL.iter().find(|shape| shape.op == op)
    }

    /// The type of the member of this name, of the input or else of the result.
    pub(crate) fn member_type(&self, member: &str) -> Option<MemberType> {
        let mut all = self.input.iter().chain(self.ok);
        all.find(|(name, _)| *name == member)
            .map(|(_, member_type)| *member_type)
    }
}

const ROLE: MemberType = OneOf(&["initiator", "receiver"]);

/// The messages of section 8 by the names of the operation `json`.
pub(crate) const MESSAGES: &[&str] = &[
    "allocate",
    "claim",
    "write-answer",
    "write-finish",
    "write-receipt",
    "close",
    "allocated",
    "claimed",
    "cell-answer",
    "cell-finish",
    "cell-receipt",
    "empty",
    "problem",
];

/// The shapes of all operations, in the order of `ADAPTER.md`.
pub(crate) const ALL: &[Shape] = &[
    Shape {
        op: "code-parse",
        input: &[("input", Bytes)],
        ok: &[("channel", Number), ("words", Words)],
        refused: &["bad-code"],
        faults: &[
            "too-long",
            "bad-character",
            "bad-channel",
            "word-count",
            "unknown-word",
            "swapped-words",
        ],
    },
    Shape {
        op: "code-print",
        input: &[("channel", Number), ("words", Bytes)],
        ok: &[("code", Text)],
        refused: &["bad-code"],
        faults: &[],
    },
    Shape {
        op: "link-parse",
        input: &[
            ("link", Bytes),
            ("own_appid", Bytes),
            ("own_relay", Text),
            ("allow_plain_http", Flag),
        ],
        ok: &[
            ("channel", Number),
            ("words", Words),
            ("appid", Bytes),
            ("relay", Text),
            ("ask_appid", Flag),
            ("ask_relay", Flag),
        ],
        refused: &["bad-link"],
        faults: &["too-long", "bad-form", "bad-code", "bad-appid", "bad-relay"],
    },
    Shape {
        op: "link-print",
        input: &[
            ("channel", Number),
            ("words", Bytes),
            ("appid", Bytes),
            ("relay", Text),
        ],
        ok: &[("link", Text)],
        refused: &[],
        faults: &[],
    },
    Shape {
        op: "appid",
        input: &[("appid", Bytes)],
        ok: &[("hex", Text)],
        refused: &["bad-appid"],
        faults: &[],
    },
    Shape {
        op: "rendezvous",
        input: &[("address", Text), ("allow_plain_http", Flag)],
        ok: &[("base", Text)],
        refused: &["bad-rendezvous"],
        faults: &[],
    },
    Shape {
        op: "spake2-start",
        input: &[("role", ROLE), ("password", Text), ("pake_scalar", Bytes)],
        ok: &[("w", Bytes), ("message", Bytes)],
        refused: &[],
        faults: &[],
    },
    Shape {
        op: "spake2-finish",
        input: &[
            ("role", ROLE),
            ("password", Text),
            ("pake_scalar", Bytes),
            ("peer", Bytes),
        ],
        ok: &[("Z", Bytes), ("K", Bytes)],
        refused: &["bad-element"],
        faults: &[],
    },
    Shape {
        op: "key-schedule",
        input: &[
            ("K", Bytes),
            ("appid", Bytes),
            ("channel", Number),
            ("offer", Bytes),
            ("answer_message", Bytes),
        ],
        ok: &[
            ("context", Bytes),
            ("th", Bytes),
            ("PRK", Bytes),
            ("key_receiver_blob", Bytes),
            ("key_initiator_blob", Bytes),
            ("key_receipt", Bytes),
            ("key_verifier", Bytes),
            ("key_exporter", Bytes),
        ],
        refused: &[],
        faults: &[],
    },
    Shape {
        op: "pad",
        input: &[("blob", Bytes)],
        ok: &[("padded", Bytes)],
        refused: &["blob-too-large"],
        faults: &[],
    },
    Shape {
        op: "unpad",
        input: &[("padded", Bytes)],
        ok: &[("blob", Bytes)],
        refused: &["malformed-message"],
        faults: &[],
    },
    Shape {
        op: "seal",
        input: &[("key", Bytes), ("th", Bytes), ("plaintext", Bytes)],
        ok: &[("sealed", Bytes)],
        refused: &[],
        faults: &[],
    },
    Shape {
        op: "open",
        input: &[("key", Bytes), ("th", Bytes), ("sealed", Bytes)],
        ok: &[("plaintext", Bytes)],
        refused: &["wrong-code"],
        faults: &[],
    },
    Shape {
        op: "verifier",
        input: &[("key_verifier", Bytes)],
        ok: &[("words", Words)],
        refused: &[],
        faults: &[],
    },
    Shape {
        op: "export",
        input: &[
            ("key_exporter", Bytes),
            ("label", Bytes),
            ("length", Number),
        ],
        ok: &[("key", Bytes)],
        refused: &["bad-export"],
        faults: &[],
    },
    Shape {
        op: "json",
        input: &[("message", OneOf(MESSAGES)), ("text", Bytes)],
        ok: &[
            ("body", Bytes),
            ("channel", Number),
            ("ttl", Number),
            ("type", Text),
            ("reason", Text),
        ],
        refused: &["malformed", "too-large"],
        faults: &[],
    },
    Shape {
        op: "read-offer",
        input: RECEIVER,
        ok: &[("answer", Bytes), ("verifier", Words)],
        refused: &["malformed-message", "bad-element"],
        faults: &[],
    },
    Shape {
        op: "read-answer",
        input: INITIATOR,
        ok: &[("peer_blob", Bytes), ("finish", Bytes), ("verifier", Words)],
        refused: &["malformed-message", "bad-element", "wrong-code"],
        faults: &[],
    },
    Shape {
        op: "read-finish",
        input: RECEIVER_FINISH,
        ok: &[("peer_blob", Bytes), ("receipt", Bytes)],
        refused: &["malformed-message", "wrong-code"],
        faults: &[],
    },
    Shape {
        op: "read-receipt",
        input: INITIATOR_RECEIPT,
        ok: &[("delivered", Flag)],
        refused: &[],
        faults: &[],
    },
];

const RECEIVER: &[(&str, MemberType)] = &[
    ("words", Text),
    ("pake_scalar", Bytes),
    ("appid", Bytes),
    ("channel", Number),
    ("offer", Bytes),
    ("blob", Bytes),
];

const INITIATOR: &[(&str, MemberType)] = &[
    ("words", Text),
    ("pake_scalar", Bytes),
    ("appid", Bytes),
    ("channel", Number),
    ("answer", Bytes),
    ("blob", Bytes),
];

const RECEIVER_FINISH: &[(&str, MemberType)] = &[
    ("words", Text),
    ("pake_scalar", Bytes),
    ("appid", Bytes),
    ("channel", Number),
    ("offer", Bytes),
    ("blob", Bytes),
    ("finish", Bytes),
];

const INITIATOR_RECEIPT: &[(&str, MemberType)] = &[
    ("words", Text),
    ("pake_scalar", Bytes),
    ("appid", Bytes),
    ("channel", Number),
    ("answer", Bytes),
    ("blob", Bytes),
    ("receipt", Bytes),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::root::{Root, read};

    #[test]
    fn names_the_operations_of_the_adapter_protocol() {
        let root = Root::new(None);
        let text = read(&root.path().join("conformance/ADAPTER.md")).unwrap();
        let documented: Vec<&str> = text
            .lines()
            .filter_map(|line| line.strip_prefix("| `")?.split_once("` | "))
            .map(|(op, _)| op)
            .take_while(|op| *op != "run")
            .collect();
        let here: Vec<&str> = ALL.iter().map(|shape| shape.op).collect();
        assert_eq!(documented, here);
    }
}
