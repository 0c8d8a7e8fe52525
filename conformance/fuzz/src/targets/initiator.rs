//! The target `initiator`: the initiator's core (sections 11.2 to 11.4).

use crate::client::{self, drive};
use crate::planted;

/// The input is a run of an initiator, which `client` drives and checks.
pub fn initiator(data: &[u8]) {
    let Some(run) = drive(client::Role::Initiator, data, client::initiator) else {
        return;
    };
    planted::panic_if(run.end.delivered && run.observer.finishes > 3 && run.observer.empties > 2);
}
