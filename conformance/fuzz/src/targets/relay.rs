//! The relay's registry (section 10).

use crate::planted;
use crate::relay::drive;

/// Calls of several sides, appids and addresses over time, compared with a naive relay.
pub fn relay(data: &[u8]) {
    planted::panic_if(drive(data));
}
