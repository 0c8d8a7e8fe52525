//! One exchange with the asynchronous client, whose events are a stream:
//! `cargo run --example asynchronous --features async,relay`.

use wormhole_sync::asynchronous::{Initiator, Receiver};
use wormhole_sync::relay::{Limits, RelayHandle, RelayOptions};

const APPID: &str = "example.com/app1";

#[tokio::main]
pub(crate) async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let relay = RelayHandle::spawn(
        ([127, 0, 0, 1], 0).into(),
        Limits::default(),
        RelayOptions::default(),
    )?;

    let (initiator, mut events) = Initiator::new(APPID, b"the initiator's blob")
        .rendezvous(relay.url())
        .events();
    let shown = tokio::spawn(async move {
        while let Some(event) = events.next().await {
            println!("{event:?}");
        }
    });
    let waiting = initiator.start().await?;
    let code = waiting.code().reveal().to_string();

    let receiver = Receiver::new(APPID, code, b"the receiver's blob").rendezvous(relay.url());
    let (initiators, receivers) = tokio::try_join!(waiting.finish(), receiver.finish())?;
    assert_eq!(initiators.blob(), b"the receiver's blob");
    assert_eq!(receivers.blob(), b"the initiator's blob");
    shown.await?;
    Ok(())
}
