//! The common parts of the tests of whole exchanges.

pub(crate) mod client;
pub(crate) mod gate;
pub(crate) mod server;
pub(crate) mod tap;

use std::time::{Duration, Instant};

use wormhole_sync::client::{ExchangeEvent, Hooks};
use wormhole_sync::protocol::AttemptFailure;
use wormhole_sync::relay::{Limits, RelayHandle, RelayOptions};

/// The application of all tests.
pub(crate) const APP: &str = "example.com/app1";
/// A time long enough for any machine, and short enough to notice that something hangs.
pub(crate) const AMPLE: Duration = Duration::from_secs(60);
/// The time within which something that ends "at once" has ended.
pub(crate) const PROMPT: Duration = Duration::from_secs(8);

/// A relay on loopback that lets a test begin as many exchanges as it likes.
pub(crate) fn relay() -> RelayHandle {
    let limits = Limits {
        starts_per_minute: u32::MAX,
        ..Limits::default()
    };
    RelayHandle::spawn(
        "127.0.0.1:0".parse().unwrap(),
        limits,
        RelayOptions::default(),
    )
    .unwrap()
}

/// Hooks whose second lasts this number of milliseconds (HOOK-3).
pub(crate) fn second(milliseconds: u64) -> Hooks {
    Hooks {
        second: Some(Duration::from_millis(milliseconds)),
        ..Hooks::default()
    }
}

/// A callback for events that hears of trouble only.
pub(crate) fn on_trouble(mut f: impl FnMut(AttemptFailure)) -> impl FnMut(ExchangeEvent) {
    move |event| {
        if let ExchangeEvent::Trouble { failure, .. } = event {
            f(failure);
        }
    }
}

/// Waits until this is so.
pub(crate) fn until(is_so: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < AMPLE, "it never was so");
        std::thread::yield_now();
    }
}

/// Waits until this is so, and lets other tasks run.
pub(crate) async fn until_async(is_so: impl Fn() -> bool) {
    let wait = async {
        while !is_so() {
            tokio::task::yield_now().await;
        }
    };
    let waited = tokio::time::timeout(AMPLE, wait).await;
    waited.expect("it never was so");
}

/// Makes two tests of each scenario, one for each client.
macro_rules! with_both {
    ($($(#[$note:meta])* $scenario:ident),* $(,)?) => {
        mod blocking {
            $(#[test] $(#[$note])* fn $scenario() {
                super::$scenario::<wormhole_sync::blocking::Blocking>();
            })*
        }
        mod asynchronous {
            $(#[test] $(#[$note])* fn $scenario() {
                super::$scenario::<wormhole_sync::asynchronous::Asynchronous>();
            })*
        }
    };
}
pub(crate) use with_both;
