//! Two users who compare eight words before anything is released:
//! `cargo run --example compare --features relay`.

use std::thread;

use wormhole_sync::relay::{Limits, RelayHandle, RelayOptions};
use wormhole_sync::{Error, Initiator, Receiver};

const APPID: &str = "example.com/app1";

pub(crate) fn main() -> Result<(), Box<dyn std::error::Error>> {
    let relay = RelayHandle::spawn(
        ([127, 0, 0, 1], 0).into(),
        Limits::default(),
        RelayOptions::default(),
    )?;

    let waiting = Initiator::new(APPID, b"for nobody else")
        .rendezvous(relay.url())
        .start()?;
    let code = waiting.code().reveal().to_string();

    let receiver = Receiver::new(APPID, code, b"").rendezvous(relay.url());
    let receiver = thread::spawn(move || -> Result<Vec<u8>, Error> {
        let answered = receiver.start()?;
        println!("The receiver sees:  {}", answered.verifier().reveal());
        // Its user agrees, and the blob comes once the other user agrees too.
        let taking = answered.open()?;
        // The other side hears that the blob arrived only when this one has it for good.
        let blob = taking.held().blob().to_vec();
        taking.taken()?;
        Ok(blob)
    });

    // The peer is there, and this side's blob is held back.
    let holding = waiting.hold()?;
    let words = holding.held().verifier().reveal().to_string();
    println!("The initiator sees: {words}");
    let they_see_the_same = true;
    if !they_see_the_same {
        return Err(holding.mismatch().into());
    }
    let received = holding.release()?;
    assert!(received.delivered());

    let blob = receiver.join().map_err(|_| "the receiver panicked")??;
    assert_eq!(blob, b"for nobody else");
    Ok(())
}
