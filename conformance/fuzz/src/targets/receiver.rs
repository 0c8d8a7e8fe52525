//! The target `receiver`: the receiver's core (sections 11.2, 11.3 and 11.5).

use crate::client::{self, drive};
use crate::planted;

/// The input is a run of a receiver, which `client` drives and checks.
pub fn receiver(data: &[u8]) {
    let Some(run) = drive(client::Role::Receiver, data, client::receiver) else {
        return;
    };
    planted::panic_if(run.end.delivered && run.observer.was_late && run.observer.empties > 2);
}
