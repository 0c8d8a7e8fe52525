//! Futures of the asynchronous client, dropped at each point where they wait. Each gives up the
//! exchange, and the other side need not wait if the protocol lets this side close.

use std::future::Future;
use std::time::Duration;

use wormhole_sync::asynchronous::{Initiator, Receiver, Waiting};
use wormhole_sync::blocking;
use wormhole_sync::client::Cause;
use wormhole_sync::protocol::{CloseReason, Outcome};
use wormhole_sync::relay::RelayHandle;
use wormhole_sync::{Error, Received};

use crate::kit::client::RUNTIME;
use crate::kit::gate::{Gate, Stop};
use crate::kit::server::{allocated, serve};
use crate::kit::{AMPLE, APP, relay, until_async};

const CANCELLED: Outcome = Outcome::Closed(CloseReason::Cancelled);

/// The outcome of the peer of a dropped future.
fn outcome(ended: Result<Received, Error>) -> Outcome {
    match ended {
        Ok(_) => Outcome::Done,
        Err(error) => error.outcome(),
    }
}

fn initiator(url: impl Into<String>) -> Initiator {
    Initiator::new(APP, *b"mine").rendezvous(url)
}

fn receiver(url: impl Into<String>, code: &str) -> Receiver {
    Receiver::new(APP, code, *b"theirs").rendezvous(url)
}

async fn start(initiator: Initiator) -> (Waiting, String) {
    let waiting = initiator.start().await.unwrap();
    let code = waiting.code().reveal().to_string();
    (waiting, code)
}

/// Drops the future when the gate has stopped its request.
async fn drop_at<T>(gate: &mut Gate, future: impl Future<Output = T>) {
    tokio::select! {
        _ = future => panic!("it went through the gate"),
        () = gate.reached() => {}
        () = tokio::time::sleep(AMPLE) => panic!("it never came to the gate"),
    }
}

/// Waits until the task that closes the channel has done so.
async fn closed(relay: &RelayHandle) {
    until_async(|| relay.counts().live_channels == 0).await;
}

/// A time shorter than the channel's life and the wait for the receipt.
const SOON: Duration = Duration::from_millis(1200);

#[test]
fn an_initiator_that_is_dropped_before_it_knows_its_channel_says_nothing() {
    RUNTIME.block_on(async {
        for (stop, live) in [(Stop::There, 0), (Stop::Back, 1)] {
            let relay = relay();
            let mut gate = Gate::before(relay.addr(), "/channels HTTP", stop);
            let url = gate.url();
            drop_at(&mut gate, initiator(url).start()).await;
            assert_eq!(relay.counts().live_channels, live, "{stop:?}");
        }
    });
}

#[test]
fn an_initiator_that_is_dropped_on_the_way_closes_or_has_released() {
    use Stop::{Back, There};
    RUNTIME.block_on(async {
        for (request, stop, at_receiver) in [
            ("/answer?wait", There, CANCELLED),
            ("/answer?wait", Back, CANCELLED),
            // INIT-4: An initiator whose finish may have been stored MUST end as `done` with
            // `delivered` false when no receipt opened
            ("/finish", There, Outcome::Timeout),
            ("/finish", Back, Outcome::Done),
            ("/receipt?wait", There, Outcome::Done),
            ("/receipt?wait", Back, Outcome::Done),
            ("/close", There, Outcome::Done),
            ("/close", Back, Outcome::Done),
        ] {
            let relay = relay();
            let mut gate = Gate::before(relay.addr(), request, stop);
            let (waiting, code) = start(initiator(gate.url())).await;
            let receiver = receiver(relay.url(), &code);
            let receiver = match at_receiver {
                Outcome::Timeout => receiver.deadline(SOON),
                _ => receiver,
            };
            let peer = tokio::spawn(receiver.start().await.unwrap().finish());
            drop_at(&mut gate, waiting.finish()).await;
            let ended = outcome(peer.await.unwrap());
            assert_eq!(ended, at_receiver, "{request} {stop:?}");
        }
    });
}

#[test]
fn a_receiver_that_is_dropped_before_its_claim_is_known_disturbs_nobody() {
    RUNTIME.block_on(async {
        let relay = relay();
        let (waiting, code) = start(initiator(relay.url())).await;
        let mut gate = Gate::before(relay.addr(), "/claim", Stop::There);
        let url = gate.url();
        drop_at(&mut gate, receiver(url, &code).finish()).await;
        // The relay refuses the close of a stranger, so the code can still be used.
        let peer = tokio::spawn(waiting.finish());
        assert!(receiver(relay.url(), &code).finish().await.is_ok());
        assert_eq!(outcome(peer.await.unwrap()), Outcome::Done);
    });
}

#[test]
fn a_receiver_that_is_dropped_on_the_way_closes() {
    use Stop::{Back, There};
    RUNTIME.block_on(async {
        for (request, stop) in [
            ("/claim", Back),
            ("/answer", There),
            ("/answer", Back),
            ("/finish?wait", There),
        ] {
            let relay = relay();
            let (waiting, code) = start(initiator(relay.url())).await;
            let mut gate = Gate::before(relay.addr(), request, stop);
            let url = gate.url();
            drop_at(&mut gate, receiver(url, &code).finish()).await;
            closed(&relay).await;
            let ended = outcome(waiting.finish().await);
            assert_eq!(ended, CANCELLED, "{request} {stop:?}");
        }
    });
}

#[test]
fn a_receiver_that_is_dropped_with_its_receipt_is_done() {
    RUNTIME.block_on(async {
        for (stop, delivered) in [(Stop::There, false), (Stop::Back, true)] {
            let relay = relay();
            let (waiting, code) = start(initiator(relay.url()).deadline(SOON)).await;
            let peer = tokio::spawn(waiting.finish());
            let mut gate = Gate::before(relay.addr(), "/receipt", stop);
            let url = gate.url();
            drop_at(&mut gate, receiver(url, &code).finish()).await;
            let received = peer.await.unwrap().unwrap();
            assert_eq!(received.delivered(), delivered, "{stop:?}");
        }
    });
}

#[test]
fn a_step_that_is_dropped_closes_the_channel() {
    RUNTIME.block_on(async {
        let relay = relay();
        let (waiting, code) = start(initiator(relay.url())).await;
        let answered = receiver(relay.url(), &code).start().await.unwrap();
        drop(waiting);
        assert_eq!(outcome(answered.finish().await), CANCELLED);

        let (waiting, code) = start(initiator(relay.url())).await;
        let answered = receiver(relay.url(), &code).start().await.unwrap();
        drop(waiting.hold().await.unwrap());
        assert_eq!(outcome(answered.finish().await), CANCELLED);

        let (waiting, code) = start(initiator(relay.url())).await;
        drop(receiver(relay.url(), &code).start().await.unwrap());
        closed(&relay).await;
        let error = waiting.finish().await.unwrap_err();
        assert_eq!(error.outcome(), CANCELLED);
        assert_eq!(error.received().unwrap().blob(), b"theirs");

        let (waiting, code) = start(initiator(relay.url())).await;
        let answered = receiver(relay.url(), &code).start().await.unwrap();
        let peer = tokio::spawn(waiting.finish());
        let taking = answered.open().await.unwrap();
        assert_eq!(taking.held().blob(), b"mine");
        drop(taking);
        closed(&relay).await;
        // Without the word of the application there is no receipt (RECV-6).
        let received = peer.await.unwrap().unwrap();
        assert!(!received.delivered() && !received.not_taken());
    });
}

/// The time is over while the user looks, and the step is dropped when there is nothing to decide.
#[test]
fn a_step_that_is_dropped_when_its_time_is_over_closes_the_channel() {
    RUNTIME.block_on(async {
        for watches in [true, false] {
            let relay = relay();
            let (waiting, code) = start(initiator(relay.url()).deadline(SOON)).await;
            let answered = receiver(relay.url(), &code).start().await.unwrap();
            let mut holding = waiting.hold().await.unwrap();
            if watches {
                holding.watch().await;
            } else {
                until_async(|| holding.time_left() == Some(Duration::ZERO)).await;
            }
            drop(holding);
            let ended = outcome(answered.finish().await);
            assert_eq!(ended, Outcome::Closed(CloseReason::Timeout), "{watches}");
        }
    });
}

/// A close that has begun goes on when the future that waits for it is dropped.
#[test]
fn a_close_under_way_goes_on() {
    RUNTIME.block_on(async {
        let (go, gone) = std::sync::mpsc::channel::<()>();
        let gone = std::sync::Mutex::new(gone);
        let (sender, mut closing) = tokio::sync::mpsc::unbounded_channel();
        let server = serve(move |peer| {
            while let Some(request) = peer.read_message() {
                if request.contains("/close") {
                    sender.send(()).unwrap();
                    gone.lock().unwrap().recv().unwrap();
                    peer.stream.set_nonblocking(true).unwrap();
                    let is_open = peer.stream.peek(&mut [0]).is_err();
                    peer.report(if is_open { "goes on" } else { "abandoned" });
                    return;
                }
                peer.send(allocated());
            }
        });
        let (waiting, _) = start(initiator(server.url())).await;
        tokio::select! {
            _ = waiting.cancel() => panic!("nobody has answered"),
            closing = closing.recv() => closing.unwrap(),
        }
        // Another exchange meanwhile: an abandoned connection would be closed by now.
        let relay = relay();
        start(initiator(relay.url())).await.0.cancel().await;
        go.send(()).unwrap();
        loop {
            match server.event().1.as_str() {
                "goes on" => return,
                "abandoned" => panic!("abandoned"),
                _ => {}
            }
        }
    });
}

/// A step may be dropped in a thread that knows no runtime.
#[test]
fn a_step_that_is_dropped_outside_of_the_runtime_closes_the_channel() {
    let relay = relay();
    let (waiting, _) = RUNTIME.block_on(start(initiator(relay.url())));
    drop(waiting);
    RUNTIME.block_on(closed(&relay));
}

#[test]
fn a_step_outside_of_any_runtime_is_an_error() {
    let relay = relay();
    let no_runtime = |error: Error| {
        assert_eq!(error.outcome(), Outcome::Internal);
        assert_eq!(error.cause(), Some(&Cause::NoRuntime));
    };
    let polled = |future: std::pin::Pin<Box<dyn Future<Output = Error>>>| {
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        match { future }.as_mut().poll(&mut context) {
            std::task::Poll::Ready(error) => no_runtime(error),
            std::task::Poll::Pending => panic!("it waits"),
        }
    };
    let url = relay.url();
    polled(Box::pin(async {
        initiator(url).start().await.unwrap_err()
    }));
    let (waiting, _) = RUNTIME.block_on(start(initiator(relay.url())));
    polled(Box::pin(async { waiting.finish().await.unwrap_err() }));
    RUNTIME.block_on(closed(&relay));
}

/// Dropping a step of the blocking client closes the channel too, before the drop returns.
#[test]
fn a_blocking_step_that_is_dropped_closes_the_channel() {
    let relay = relay();
    let start = || {
        let initiator = blocking::Initiator::new(APP, *b"mine").rendezvous(relay.url());
        let waiting = initiator.start().unwrap();
        let code = waiting.code().reveal().to_string();
        let receiver = blocking::Receiver::new(APP, code, *b"theirs").rendezvous(relay.url());
        (waiting, receiver.start().unwrap())
    };
    let (waiting, answered) = start();
    drop(waiting);
    assert_eq!(relay.counts().live_channels, 0);
    assert_eq!(outcome(answered.finish()), CANCELLED);

    let (waiting, answered) = start();
    drop(waiting.hold().unwrap());
    assert_eq!(outcome(answered.finish()), CANCELLED);

    let (waiting, answered) = start();
    drop(answered);
    assert_eq!(outcome(waiting.finish()), CANCELLED);
}
