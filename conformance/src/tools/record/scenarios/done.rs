//! Exchanges in which nothing goes wrong.

use super::super::scenario::{PeerKind, Scenario, initiator, receiver};
use crate::stage::bytes::TranscriptBytes;

/// The requirements that a whole good run is about.
const INITIATOR: [&str; 9] = [
    "INIT-1", "INIT-2", "INIT-5", "CODE-2", "CODE-3", "PAKE-3", "KEY-1", "SEAL-3", "CLIENT-1",
];
const RECEIVER: [&str; 8] = [
    "RECV-1", "RECV-2", "CODE-5", "PAKE-3", "KEY-1", "SEAL-3", "CLIENT-1", "CODE-9",
];

pub(super) fn scenarios() -> Vec<Scenario> {
    let mut all = Vec::new();
    // Both ends of the first bucket, one byte more, and the largest; the peer's are others.
    for (length, peers) in [(0, 256), (1, 255), (255, 0), (256, 1), (65_535, 65_535)] {
        let size = |scenario: Scenario| {
            scenario
                .given(|input| input.blob = TranscriptBytes::repeat(b"sent blob ", length))
                .peer(PeerKind::Honest(TranscriptBytes::repeat(
                    b"blob of the peer ",
                    peers,
                )))
                .clauses(&["BLOB-1", "SEAL-1", "SEAL-2", "HOOK-2"])
        };
        let title = format!("blobs of {length} bytes to the peer and {peers} from it");
        let one = initiator(&format!("done-{length}"), &title).clauses(&INITIATOR);
        let one = one
            .row("allocating", "allocated")
            .row("waiting-for-answer", "answer-opened")
            .row("finishing", "stored")
            .row("waiting-for-receipt", "receipt-opened");
        all.push(size(one).done(true));
        let one = receiver(&format!("done-{length}"), &title).clauses(&RECEIVER);
        let one = one
            .row("claiming", "offer-good")
            .row("answering", "stored")
            .row("waiting-for-finish", "finish-opened")
            .row("sending-receipt", "stored");
        all.push(size(one).done(true));
    }
    all
}
