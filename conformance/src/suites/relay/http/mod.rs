//! HTTP itself (section 9.4; RELAY-10, RELAY-21, RELAY-23 to RELAY-25).
//!
//! Where HTTP libraries differ, these tests accept all that the text accepts.

mod bodies;
mod broken;
mod connections;
mod expectations;
mod hosts;
mod times;
mod wire;

use super::case::RelayCase;

/// The tests.
pub(super) fn cases() -> Vec<RelayCase> {
    let mut cases = hosts::hosts();
    cases.extend(bodies::sizes());
    cases.extend(bodies::codings());
    cases.extend(expectations::expectations());
    cases.extend(connections::connections());
    cases.extend(broken::broken());
    cases.extend(times::times());
    cases
}
