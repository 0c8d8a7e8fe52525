//! The target `relay`: the relay's registry (section 10).

use crate::planted;
use crate::relay::drive;

/// The input is a list of calls of several sides, appids and addresses over time. The registry does as a naive relay does.
pub fn relay(data: &[u8]) {
    planted::panic_if(drive(data));
}
