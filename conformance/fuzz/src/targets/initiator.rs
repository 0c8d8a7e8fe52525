//! The initiator's core (sections 11.2 to 11.4).

use crate::client::{self, drive};
use crate::planted;

/// A run of an initiator, as `client` drives and watches it.
pub fn initiator(data: &[u8]) {
    let Some(run) = drive(client::Role::Initiator, data, client::initiator) else {
        return;
    };
    planted::panic_if(run.end.delivered && run.watch.finishes > 3 && run.watch.empties > 2);
}
