//! Planted panics. Each target has one, in a place that is hard to reach. A fuzzer that does not find it would not find
//! a real one there either.

use std::cell::Cell;
use std::sync::OnceLock;

/// The name of the environment variable that arms the planted panics.
pub const PLANTED: &str = "WORMHOLE_SYNC_FUZZ_PLANTED";

thread_local! {
    static REACHED: Cell<usize> = const { Cell::new(0) };
}

/// The place of a planted panic. `reached` says whether the input has come to it.
pub(crate) fn panic_if(reached: bool) {
    static ARMED: OnceLock<bool> = OnceLock::new();
    if reached {
        REACHED.set(REACHED.get() + 1);
        let armed = *ARMED.get_or_init(|| std::env::var_os(PLANTED).is_some());
        assert!(!armed, "the planted panic");
    }
}

/// The number of times that this thread came to a planted panic.
#[cfg(test)]
pub(crate) fn reached() -> usize {
    REACHED.get()
}
