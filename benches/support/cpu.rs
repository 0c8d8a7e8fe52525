//! The processor time of threads: it stays the same when the machine is busy with other things.

use std::fs;

/// The microseconds that the threads of this name have run so far; `None` where there is no
/// `/proc`.
pub(crate) fn of_threads(name: &str) -> Option<f64> {
    let mut micros = 0.0;
    for task in fs::read_dir("/proc/self/task").ok()?.flatten() {
        let comm = fs::read_to_string(task.path().join("comm")).unwrap_or_default();
        if comm.trim_end() == name {
            let times = fs::read_to_string(task.path().join("schedstat")).ok()?;
            let nanoseconds: f64 = times.split(' ').next()?.parse().ok()?;
            micros += nanoseconds / 1e3;
        }
    }
    Some(micros)
}
