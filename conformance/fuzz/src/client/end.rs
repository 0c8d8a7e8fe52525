//! The checks at the end of a run.

use std::time::Duration;

use wormhole_sync::crypto::Standard;
use wormhole_sync::protocol::{CloseReason, Ended, Outcome};

use super::observer::Observer;
use super::peer::{LABEL, Role};

/// Checks the end of a run. `now` is the time that the run took.
pub(crate) fn check(observer: &Observer, end: &Ended<Standard>, now: Duration) {
    let outcome = end.outcome;
    assert_eq!(
        Some(outcome.to_string().as_str()),
        observer.outcome(),
        "OUT-1"
    );
    let local = [
        Outcome::BadCode,
        Outcome::BadAppid,
        Outcome::BlobTooLarge,
        Outcome::BadRendezvous,
        Outcome::Internal,
    ];
    assert!(
        !local.contains(&outcome),
        "{outcome}: not after the first request"
    );
    match observer.role {
        Role::Initiator => {
            // The blob is handed over if and only if the peer's seal opened (SEAL-9, INIT-3).
            assert_eq!(end.received.is_some(), observer.opened, "{outcome}");
            // A receipt that opened is the only proof of delivery (INIT-5).
            assert_eq!(end.delivered, observer.receipt);
            assert!(!end.delivered || outcome == Outcome::Done);
            assert!(outcome != Outcome::Done || observer.opened);
            assert_eq!(end.not_taken, observer.not_taken, "INIT-8");
        }
        Role::Receiver => {
            // An application that has taken the blob has it, and no other (RECV-2, OUT-2).
            assert_eq!(end.received.is_some(), observer.taken, "{outcome}");
            assert_eq!(outcome == Outcome::Done, observer.taken);
            assert_eq!(end.delivered, observer.taken);
            assert!(!observer.taken || observer.opened);
            assert!(!end.not_taken);
        }
    }
    if let Outcome::Closed(reason) = outcome {
        // OUT-4; `lost` is this side's own word (OUT-5, CLIENT-15).
        assert_eq!(reason, observer.closed.unwrap_or(CloseReason::Lost));
    }
    if let Some(received) = &end.received {
        // Agreement: both sides have one blob, one verifier, one key.
        assert_eq!(received.blob.get().expose(), observer.role.peer_blob());
        assert!(received.verifier.is(&observer.peer.verifier));
        let key = received.exporter.get().export(LABEL, 16).expect("a key");
        assert_eq!(key.expose(), observer.peer.exported.expose());
    }
    assert!(
        !format!("{end:?}").contains("the blob of"),
        "shown by Debug"
    );
    let detail = end
        .detail
        .as_ref()
        .map_or(String::new(), ToString::to_string);
    assert!(!detail.contains('\n'), "{detail:?}");
    if !observer.was_late {
        check_time(observer, now);
    }
}

/// Checks that the run ended within the bounds that section 11.3 implies.
fn check_time(observer: &Observer, now: Duration) {
    let without_life = match observer.role {
        Role::Initiator => 80,
        Role::Receiver => 90,
    };
    let without_life = (!observer.timing.has_life).then_some(Duration::from_secs(without_life));
    let with_life = observer
        .timing
        .deadline
        .map(|at| at.saturating_add(Duration::from_secs(10) + observer.taking));
    let bound = [without_life, with_life].into_iter().flatten().min();
    assert!(
        bound.is_none_or(|bound| now <= bound),
        "{now:?} is over {bound:?}"
    );
}
