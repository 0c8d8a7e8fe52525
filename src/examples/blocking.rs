//! One exchange with the blocking client: `cargo run --example blocking --features relay`.
//!
//! Both sides and the relay are in this program. In real use each side is a program of its own, and
//! a user reads the code out to another.

use std::thread;

use wormhole_sync::relay::{Limits, RelayHandle, RelayOptions};
use wormhole_sync::{Error, ExchangeEvent, Initiator, Receiver};

const APPID: &str = "example.com/app1";

pub(crate) fn main() -> Result<(), Box<dyn std::error::Error>> {
    let relay = RelayHandle::spawn(
        ([127, 0, 0, 1], 0).into(),
        Limits::default(),
        RelayOptions::default(),
    )?;

    // On one machine:
    let waiting = Initiator::new(APPID, b"the initiator's blob")
        .rendezvous(relay.url())
        .on_event(|event| {
            if let ExchangeEvent::Trouble { failure, next_try } = event {
                println!("{failure}; trying again within {next_try:?}");
            }
        })
        .start()?;
    let code = waiting.code().reveal().to_string();
    println!("Invitation Code: {code}");

    // On the other, with the code that its user typed:
    let url = relay.url();
    let receiver = thread::spawn(move || -> Result<Vec<u8>, Error> {
        let receiver = Receiver::new(APPID, code, b"the receiver's blob").rendezvous(url);
        Ok(receiver.finish()?.into_blob())
    });

    let received = waiting.finish()?;
    println!("{}", received.sentence());
    assert_eq!(received.blob(), b"the receiver's blob");
    let blob = receiver.join().map_err(|_| "the receiver panicked")??;
    assert_eq!(blob, b"the initiator's blob");
    Ok(())
}
