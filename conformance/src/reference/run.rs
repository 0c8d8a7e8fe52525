//! A whole client (`run`). Its table entry appears here with the client.

use crate::adapter::{Reply, Task};

/// What this module can do: `run` and `cancel` once there is a client to run.
pub(super) const OPERATIONS: &[&str] = &[];

/// Runs one client to its end, reports its code, and gives up when the task is cancelled.
pub(super) fn run(_task: &Task<'_>) -> Reply {
    Reply::Error("no such operation".to_owned())
}
