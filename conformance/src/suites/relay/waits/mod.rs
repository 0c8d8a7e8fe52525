//! GETs that wait (RELAY-4, RELAY-7, RELAY-18, RELAY-24).

mod ends;
mod newer;
mod waiting;

use super::case::RelayCase;

/// The tests.
pub(super) fn cases() -> Vec<RelayCase> {
    let mut cases = ends::lengths();
    cases.extend(ends::wakes());
    cases.extend(newer::newer());
    cases.extend(newer::unmoved());
    cases.extend(ends::at_once());
    cases
}
