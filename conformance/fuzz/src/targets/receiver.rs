//! The receiver's core (sections 11.2, 11.3 and 11.5).

use crate::client::{self, drive};
use crate::planted;

/// A run of a receiver, as `client` drives and watches it.
pub fn receiver(data: &[u8]) {
    let Some(run) = drive(client::Role::Receiver, data, client::receiver) else {
        return;
    };
    planted::panic_if(run.end.delivered && run.watch.late && run.watch.empties > 2);
}
