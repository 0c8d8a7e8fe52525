//! Keys for the application, with which more than a blob can be sent another way:
//! `cargo run --example exported_key --features relay`.

use std::thread;

use wormhole_sync::relay::{Limits, RelayHandle, RelayOptions};
use wormhole_sync::{Initiator, Receiver};

const APPID: &str = "example.com/app1";

pub(crate) fn main() -> Result<(), Box<dyn std::error::Error>> {
    let relay = RelayHandle::spawn(
        ([127, 0, 0, 1], 0).into(),
        Limits::default(),
        RelayOptions::default(),
    )?;

    let waiting = Initiator::new(APPID, b"").rendezvous(relay.url()).start()?;
    let code = waiting.code().reveal().to_string();
    let receiver = Receiver::new(APPID, code, b"").rendezvous(relay.url());
    let receiver = thread::spawn(|| receiver.finish());
    let initiators = waiting.finish()?;
    let receivers = receiver.join().map_err(|_| "the receiver panicked")??;

    // A label for each direction and each use, and 32 bytes for each key. Both sides get the same.
    for label in ["file, initiator to receiver", "file, receiver to initiator"] {
        let mine = initiators.export_key(label, 32)?;
        let theirs = receivers.export_key(label, 32)?;
        assert_eq!(mine.expose(), theirs.expose());
        println!("a key of {} bytes for: {label}", mine.expose().len());
    }
    Ok(())
}
