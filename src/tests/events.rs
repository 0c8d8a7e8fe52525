//! The events of an exchange, which both clients tell alike.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use futures_core::Stream;
use wormhole_sync::client::{ExchangeEvent, Initiator, Receiver};
use wormhole_sync::protocol::AttemptFailure;

use crate::kit::client::{Client, RUNTIME};
use crate::kit::server::{allocated, answering, json};
use crate::kit::{APP, relay, with_both};

with_both!(
    each_step_is_told_once,
    trouble_has_its_cause_and_the_next_try
);

type Told = Arc<Mutex<Vec<ExchangeEvent>>>;

/// A list, and a callback that adds to it.
fn told() -> (Told, impl FnMut(ExchangeEvent) + Send + 'static) {
    let told = Told::default();
    let keep = Arc::clone(&told);
    (told, move |event| keep.lock().unwrap().push(event))
}

fn each_step_is_told_once<C: Client>() {
    use ExchangeEvent::{Allocated, Comparing, Delivered, PeerArrived};
    let relay = relay();
    let (initiators, tell) = told();
    let initiator = Initiator::<C>::new(APP, *b"mine").rendezvous(relay.url());
    let waiting = C::start(initiator.on_event(tell)).unwrap();
    assert_eq!(*initiators.lock().unwrap(), [Allocated]);

    let (receivers, tell) = told();
    let receiver = Receiver::<C>::new(APP, C::code(&waiting), *b"theirs").rendezvous(relay.url());
    let answered = C::answer(receiver.on_event(tell)).unwrap();
    assert_eq!(*receivers.lock().unwrap(), [PeerArrived, Comparing]);

    let receiving = thread::spawn(|| C::complete(answered).unwrap());
    C::finish(waiting).unwrap();
    receiving.join().unwrap();
    let all = [Allocated, PeerArrived, Comparing, Delivered];
    assert_eq!(*initiators.lock().unwrap(), all);
    assert_eq!(*receivers.lock().unwrap(), all[1..]);
}

fn trouble_has_its_cause_and_the_next_try<C: Client>() {
    let server = answering([json("500 Oops", "{}"), allocated()]);
    let (events, tell) = told();
    let initiator = Initiator::<C>::new(APP, *b"mine").rendezvous(server.url());
    let waiting = C::start(initiator.on_event(tell)).unwrap();
    let events = events.lock().unwrap().clone();
    let [ExchangeEvent::Trouble { failure, next_try }, last] = &events[..] else {
        panic!("{events:?}")
    };
    assert_eq!(*failure, AttemptFailure::Busy { status: 500 });
    assert_eq!(*next_try, Duration::from_millis(500));
    assert_eq!(*last, ExchangeEvent::Allocated);
    // There is no relay to be told.
    std::mem::forget(waiting);
}

/// The stream of the asynchronous client ends with the exchange.
#[test]
fn the_stream_ends_with_the_exchange() {
    RUNTIME.block_on(async {
        let relay = relay();
        let initiator = wormhole_sync::asynchronous::Initiator::new(APP, *b"mine");
        let (initiator, mut events) = initiator.rendezvous(relay.url()).events();
        let waiting = initiator.start().await.unwrap();
        assert_eq!(events.next().await, Some(ExchangeEvent::Allocated));
        waiting.cancel().await;
        let mut events = pin!(events);
        let next = poll_fn(|context| events.as_mut().poll_next(context)).await;
        assert_eq!(next, None);
    });
}
