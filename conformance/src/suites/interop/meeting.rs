//! The meetings of two clients, and how each must end.

use std::collections::BTreeMap;

use crate::stage::bytes::TranscriptBytes;
use crate::subject::adapter::UserEvent;
use crate::suites::replay::transcript::{ClientRole, Export, RunInput, Take};

/// The length of the key that both sides export.
pub(crate) const KEY_LENGTH: u32 = 40;

/// One meeting.
#[derive(Debug, Clone)]
pub(crate) struct Meeting {
    pub(crate) name: &'static str,
    /// The requirements that a client breaks that ends otherwise.
    pub(crate) clauses: &'static str,
    pub(crate) initiator: Side,
    pub(crate) receiver: Side,
    /// Whether the receiver's user types other words.
    pub(crate) mistyped: bool,
}

/// One side of a meeting.
#[derive(Debug, Clone)]
pub(crate) struct Side {
    pub(crate) input: RunInput,
    /// The user's event when the words are shown, of a side that looks first.
    pub(crate) on_looking: Option<UserEvent>,
    pub(crate) ends: End,
}

/// The end of one side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct End {
    pub(crate) outcome: &'static str,
    pub(crate) reason: Option<&'static str>,
    pub(crate) delivered: bool,
    /// Whether the other side's blob comes with it.
    pub(crate) has_blob: bool,
}

const DONE: End = End {
    outcome: "done",
    reason: None,
    delivered: true,
    has_blob: true,
};

const fn failed(outcome: &'static str) -> End {
    End {
        outcome,
        reason: None,
        delivered: false,
        has_blob: false,
    }
}

const fn closed(reason: &'static str) -> End {
    End {
        reason: Some(reason),
        ..failed("closed")
    }
}

impl End {
    /// This end, of an initiator whose answer has opened (INIT-3).
    const fn with_blob(self) -> Self {
        Self {
            has_blob: true,
            ..self
        }
    }
}

/// Every meeting.
pub(crate) fn meetings() -> Vec<Meeting> {
    let usual = || {
        meeting(
            "usual",
            "INIT-5 RECV-2",
            b"from the initiator",
            b"from the receiver",
        )
    };
    let looking = |name, clauses, initiator: UserEvent, receiver: UserEvent| Meeting {
        name,
        clauses,
        initiator: usual().initiator.looks(initiator),
        receiver: usual().receiver.looks(receiver),
        ..usual()
    };
    vec![
        usual(),
        meeting("nothing", "BLOB-1 SEAL-1", b"", b""),
        Meeting {
            name: "largest",
            clauses: "BLOB-1 SEAL-1",
            initiator: usual()
                .initiator
                .sends(TranscriptBytes::repeat(b"initiator", 65_535)),
            receiver: usual()
                .receiver
                .sends(TranscriptBytes::repeat(b"receiver", 65_535)),
            ..usual()
        },
        Meeting {
            name: "edge of a bucket",
            clauses: "SEAL-1 SEAL-2",
            initiator: usual()
                .initiator
                .sends(TranscriptBytes::repeat(b"\x80\0", 255)),
            receiver: usual().receiver.sends(TranscriptBytes::repeat(b"\0", 256)),
            ..usual()
        },
        usual()
            .called("eight words", "CODE-1 CODE-3")
            .with(|input| {
                if let Some(words) = &mut input.words {
                    *words = 8;
                }
            }),
        usual()
            .called("an appid of 128 bytes", "APP-1 KEY-1")
            .with(|input| {
                input.appid = TranscriptBytes::repeat(b"\xff\0/", 128);
            }),
        Meeting {
            mistyped: true,
            name: "other words",
            clauses: "SEAL-6 OUT-4",
            initiator: usual().initiator.ends(failed("wrong-code")),
            receiver: usual().receiver.ends(closed("wrong-code")),
        },
        looking(
            "both look",
            "INIT-2 RECV-5 KEY-3",
            UserEvent::Release,
            UserEvent::Release,
        ),
        Meeting {
            name: "the receiver looks",
            clauses: "RECV-5",
            receiver: usual().receiver.looks(UserEvent::Release),
            ..usual()
        },
        Meeting {
            receiver: usual()
                .receiver
                .looks(UserEvent::Mismatch)
                .ends(failed("verifier-mismatch")),
            initiator: usual()
                .initiator
                .looks(UserEvent::Release)
                .ends(closed("verifier-mismatch").with_blob()),
            ..looking(
                "the receiver's user sees other words",
                "RECV-5 INIT-7",
                UserEvent::Release,
                UserEvent::Mismatch,
            )
        },
        Meeting {
            initiator: usual()
                .initiator
                .looks(UserEvent::Mismatch)
                .ends(failed("verifier-mismatch").with_blob()),
            receiver: usual()
                .receiver
                .looks(UserEvent::Release)
                .ends(closed("verifier-mismatch")),
            ..looking(
                "the initiator's user sees other words",
                "INIT-2 OUT-4",
                UserEvent::Mismatch,
                UserEvent::Release,
            )
        },
        Meeting {
            name: "the initiator's user gives up",
            clauses: "INIT-2 INIT-3 OUT-4",
            initiator: usual()
                .initiator
                .looks(UserEvent::Cancel)
                .ends(failed("cancelled").with_blob()),
            receiver: usual().receiver.ends(closed("cancelled")),
            ..usual()
        },
        Meeting {
            name: "the receiver takes its time",
            clauses: "RECV-6",
            receiver: usual().receiver.takes(UserEvent::Taken),
            ..usual()
        },
        Meeting {
            name: "the receiver cannot keep the blob",
            clauses: "RECV-6 INIT-8",
            initiator: usual().initiator.ends(End {
                reason: Some("not-taken"),
                delivered: false,
                ..DONE
            }),
            receiver: usual()
                .receiver
                .takes(UserEvent::NotTaken)
                .ends(failed("not-taken")),
            ..usual()
        },
    ]
}

fn meeting(
    name: &'static str,
    clauses: &'static str,
    initiator: &[u8],
    receiver: &[u8],
) -> Meeting {
    Meeting {
        name,
        clauses,
        initiator: Side::new(ClientRole::Initiator, initiator),
        receiver: Side::new(ClientRole::Receiver, receiver),
        mistyped: false,
    }
}

impl Meeting {
    fn called(self, name: &'static str, clauses: &'static str) -> Self {
        Self {
            name,
            clauses,
            ..self
        }
    }

    fn with(mut self, change: fn(&mut RunInput)) -> Self {
        change(&mut self.initiator.input);
        change(&mut self.receiver.input);
        self
    }
}

impl Side {
    fn new(role: ClientRole, blob: &[u8]) -> Self {
        Self {
            input: RunInput {
                rendezvous: None,
                path: None,
                appid: TranscriptBytes::hex(b"example.com/interop"),
                blob: TranscriptBytes::hex(blob),
                code: None,
                words: (role == ClientRole::Initiator).then_some(2),
                inject: BTreeMap::new(),
                second_ms: 1000,
                deadline: None,
                look: false,
                take: None,
                export: Some(Export {
                    label: TranscriptBytes::hex(b"interop"),
                    length: KEY_LENGTH,
                }),
            },
            on_looking: None,
            ends: DONE,
        }
    }

    fn sends(mut self, blob: TranscriptBytes) -> Self {
        self.input.blob = blob;
        self
    }

    fn looks(mut self, says: UserEvent) -> Self {
        self.input.look = true;
        self.on_looking = Some(says);
        self
    }

    fn takes(mut self, says: UserEvent) -> Self {
        self.input.take = Some(Take {
            says: says.into(),
            after: None,
        });
        self
    }

    fn ends(self, ends: End) -> Self {
        Self { ends, ..self }
    }
}
