//! Both clients behind one interface, driven from a test's thread.

use std::sync::LazyLock;

use tokio::runtime::Runtime;
use wormhole_sync::asynchronous::{self, Asynchronous};
use wormhole_sync::blocking::{self, Blocking};
use wormhole_sync::client::{Held, Initiator, Receiver};
use wormhole_sync::{Error, Received};

/// The runtime of the asynchronous client, which all tests share: no test waits for another's
/// tasks.
pub(crate) static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
});

/// The steps of an exchange, the same with both clients.
pub(crate) trait Client: Sized + Send + std::fmt::Debug + 'static {
    type Waiting: Send + std::fmt::Debug;
    type Holding: Send + std::fmt::Debug;
    type Answered: Send + std::fmt::Debug;
    type Taking: Send + std::fmt::Debug;

    fn start(initiator: Initiator<Self>) -> Result<Self::Waiting, Error>;
    fn code(waiting: &Self::Waiting) -> String;
    fn hold(waiting: Self::Waiting) -> Result<Self::Holding, Error>;
    fn give_up_waiting(waiting: Self::Waiting);
    fn held(holding: &Self::Holding) -> &Held;
    fn release(holding: Self::Holding) -> Result<Received, Error>;
    fn refuse(holding: Self::Holding);
    /// Looks until the other side, or the relay, ends the exchange.
    fn look(holding: Self::Holding) -> Result<Received, Error>;
    fn differs_at_initiator(holding: Self::Holding) -> Error;

    fn answer(receiver: Receiver<Self>) -> Result<Self::Answered, Error>;
    fn verifier(answered: &Self::Answered) -> String;
    fn open(answered: Self::Answered) -> Result<Self::Taking, Error>;
    fn complete(answered: Self::Answered) -> Result<Received, Error>;
    fn give_up_answered(answered: Self::Answered);
    /// Looks until the other side, or the relay, ends the exchange.
    fn compare(answered: Self::Answered) -> Result<Self::Taking, Error>;
    fn differs_at_receiver(answered: Self::Answered) -> Error;
    fn taking(taking: &Self::Taking) -> &Held;
    fn taken(taking: Self::Taking) -> Result<Received, Error>;
    fn not_taken(taking: Self::Taking) -> Error;

    fn finish(waiting: Self::Waiting) -> Result<Received, Error> {
        Self::release(Self::hold(waiting)?)
    }

    fn receive(receiver: Receiver<Self>) -> Result<Received, Error> {
        Self::complete(Self::answer(receiver)?)
    }
}

impl Client for Blocking {
    type Waiting = blocking::Waiting;
    type Holding = blocking::Holding;
    type Answered = blocking::Answered;
    type Taking = blocking::Taking;

    fn start(initiator: blocking::Initiator) -> Result<Self::Waiting, Error> {
        initiator.start()
    }
    fn code(waiting: &Self::Waiting) -> String {
        waiting.code().reveal().to_string()
    }
    fn hold(waiting: Self::Waiting) -> Result<Self::Holding, Error> {
        waiting.hold()
    }
    fn give_up_waiting(waiting: Self::Waiting) {
        waiting.cancel();
    }
    fn held(holding: &Self::Holding) -> &Held {
        holding.held()
    }
    fn release(holding: Self::Holding) -> Result<Received, Error> {
        holding.release()
    }
    fn refuse(holding: Self::Holding) {
        drop(holding.refuse());
    }
    fn look(holding: Self::Holding) -> Result<Received, Error> {
        holding.wait()
    }
    fn differs_at_initiator(holding: Self::Holding) -> Error {
        holding.mismatch()
    }
    fn answer(receiver: blocking::Receiver) -> Result<Self::Answered, Error> {
        receiver.start()
    }
    fn verifier(answered: &Self::Answered) -> String {
        answered.verifier().reveal().to_string()
    }
    fn open(answered: Self::Answered) -> Result<Self::Taking, Error> {
        answered.open()
    }
    fn compare(answered: Self::Answered) -> Result<Self::Taking, Error> {
        answered.wait()
    }
    fn differs_at_receiver(answered: Self::Answered) -> Error {
        answered.mismatch()
    }
    fn taking(taking: &Self::Taking) -> &Held {
        taking.held()
    }
    fn taken(taking: Self::Taking) -> Result<Received, Error> {
        taking.taken()
    }
    fn not_taken(taking: Self::Taking) -> Error {
        taking.not_taken()
    }
    fn complete(answered: Self::Answered) -> Result<Received, Error> {
        answered.finish()
    }
    fn give_up_answered(answered: Self::Answered) {
        answered.cancel();
    }
}

impl Client for Asynchronous {
    type Waiting = asynchronous::Waiting;
    type Holding = asynchronous::Holding;
    type Answered = asynchronous::Answered;
    type Taking = asynchronous::Taking;

    fn start(initiator: asynchronous::Initiator) -> Result<Self::Waiting, Error> {
        RUNTIME.block_on(initiator.start())
    }
    fn code(waiting: &Self::Waiting) -> String {
        waiting.code().reveal().to_string()
    }
    fn hold(waiting: Self::Waiting) -> Result<Self::Holding, Error> {
        RUNTIME.block_on(waiting.hold())
    }
    fn give_up_waiting(waiting: Self::Waiting) {
        RUNTIME.block_on(waiting.cancel());
    }
    fn held(holding: &Self::Holding) -> &Held {
        holding.held()
    }
    fn release(holding: Self::Holding) -> Result<Received, Error> {
        RUNTIME.block_on(holding.release())
    }
    fn refuse(holding: Self::Holding) {
        RUNTIME.block_on(holding.refuse());
    }
    fn look(mut holding: Self::Holding) -> Result<Received, Error> {
        RUNTIME.block_on(async {
            holding.watch().await;
            holding.release().await
        })
    }
    fn differs_at_initiator(holding: Self::Holding) -> Error {
        RUNTIME.block_on(holding.mismatch())
    }
    fn answer(receiver: asynchronous::Receiver) -> Result<Self::Answered, Error> {
        RUNTIME.block_on(receiver.start())
    }
    fn verifier(answered: &Self::Answered) -> String {
        answered.verifier().reveal().to_string()
    }
    fn open(answered: Self::Answered) -> Result<Self::Taking, Error> {
        RUNTIME.block_on(answered.open())
    }
    fn compare(mut answered: Self::Answered) -> Result<Self::Taking, Error> {
        RUNTIME.block_on(async {
            answered.watch().await;
            answered.open().await
        })
    }
    fn differs_at_receiver(answered: Self::Answered) -> Error {
        RUNTIME.block_on(answered.mismatch())
    }
    fn taking(taking: &Self::Taking) -> &Held {
        taking.held()
    }
    fn taken(taking: Self::Taking) -> Result<Received, Error> {
        RUNTIME.block_on(taking.taken())
    }
    fn not_taken(taking: Self::Taking) -> Error {
        RUNTIME.block_on(taking.not_taken())
    }
    fn complete(answered: Self::Answered) -> Result<Received, Error> {
        RUNTIME.block_on(answered.finish())
    }
    fn give_up_answered(answered: Self::Answered) {
        RUNTIME.block_on(answered.cancel());
    }
}
