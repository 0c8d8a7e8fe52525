//! A user who gives up while the program waits for the other side:
//! `cargo run --example cancel --features relay`.

use std::thread;

use wormhole_sync::blocking::Canceller;
use wormhole_sync::relay::{Limits, RelayHandle, RelayOptions};
use wormhole_sync::{Initiator, Outcome};

pub(crate) fn main() -> Result<(), Box<dyn std::error::Error>> {
    let relay = RelayHandle::spawn(
        ([127, 0, 0, 1], 0).into(),
        Limits::default(),
        RelayOptions::default(),
    )?;

    let canceller = Canceller::new();
    let waiting = Initiator::new("example.com/app1", b"a blob")
        .rendezvous(relay.url())
        .canceller(&canceller)
        .start()?;
    // A button, or a signal:
    let button = thread::spawn(move || canceller.cancel());

    match waiting.finish() {
        Err(error) if error.outcome() == Outcome::Cancelled => {
            println!("{error}\n{}", error.hint());
        }
        Err(error) => return Err(error.into()),
        Ok(_) => return Err("nobody was there to receive".into()),
    }
    button.join().map_err(|_| "the button panicked")?;
    // The other side need not wait: the channel is closed.
    assert_eq!(relay.counts().live_channels, 0);
    Ok(())
}
