//! Life, end and grace (RELAY-12, RELAY-14 to RELAY-17), with short seconds.
//!
//! The relay's moments are known only up to the time that a request took, so each end lies between
//! two moments. What is answered before the earlier must find the channel alive, and what is asked
//! after the later must find it ended. A busy machine makes that gap longer, and fails nobody.

mod grace;
mod lives;
mod moments;
mod numbers;
mod ttls;

use super::case::RelayCase;

/// The tests.
pub(super) fn cases() -> Vec<RelayCase> {
    let mut cases = lives::lives();
    cases.extend(ttls::ttls());
    cases.extend(ttls::reasons());
    cases.extend(grace::grace());
    cases.extend(numbers::numbers());
    cases.extend(numbers::allocates());
    cases
}
