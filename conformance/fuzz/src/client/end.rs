//! What must hold at the end of a run.

use super::laws::Watch;
use super::peer::{LABEL, Role};
use std::time::Duration;
use wormhole_sync::crypto::Standard;
use wormhole_sync::protocol::{Ended, Outcome};

/// The end of a run that took so long.
pub(crate) fn check(watch: &Watch, end: &Ended<Standard>, now: Duration) {
    let outcome = end.outcome;
    assert_eq!(Some(outcome.to_string().as_str()), watch.outcome(), "OUT-1");
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
    // SEAL-9, INIT-3, RECV-2: handed over if and only if the peer's seal opened.
    assert_eq!(end.received.is_some(), watch.opened, "{outcome}");
    match watch.role {
        Role::Initiator => {
            // INIT-5
            assert_eq!(end.delivered, watch.receipt);
            assert!(!end.delivered || outcome == Outcome::Done);
            assert!(outcome != Outcome::Done || watch.opened);
        }
        Role::Receiver => {
            assert_eq!(end.delivered, outcome == Outcome::Done);
            assert_eq!(watch.opened, outcome == Outcome::Done);
        }
    }
    if let Some(received) = &end.received {
        // Agreement: both sides have one blob, one verifier, one key.
        assert_eq!(received.blob.get().expose(), watch.role.theirs());
        assert!(received.verifier.is(&watch.peer.verifier));
        let key = received.exporter.get().export(LABEL, 16).expect("a key");
        assert_eq!(key.expose(), watch.peer.exported.expose());
    }
    assert!(
        !format!("{end:?}").contains("the blob of"),
        "shown by Debug"
    );
    let told = end
        .detail
        .as_ref()
        .map_or(String::new(), ToString::to_string);
    assert!(!told.contains('\n'), "{told:?}");
    if !watch.late {
        in_time(watch, now);
    }
}

/// Section 11.3: by these rules every run ends.
fn in_time(watch: &Watch, now: Duration) {
    let unheard = match watch.role {
        Role::Initiator => 80,
        Role::Receiver => 90,
    };
    let unheard = (!watch.timing.has_life).then_some(Duration::from_secs(unheard));
    let lives = watch
        .timing
        .deadline
        .map(|at| at.saturating_add(Duration::from_secs(10)));
    let bound = [unheard, lives].into_iter().flatten().min();
    assert!(
        bound.is_none_or(|bound| now <= bound),
        "{now:?} is over {bound:?}"
    );
}
