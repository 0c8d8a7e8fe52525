//! The start of an exchange from the caller's options, and its end as the caller's result.

use super::builder::{ExchangeOptions, Initiating, Receiving};
use super::observer::{ExchangeEvent, Observed, Observer};
use super::{Builder, Error, Proxy, Received, RelayAddress, TlsOptions};
use crate::client::error::Cause;
use crate::crypto::{NoRandomness, PakeScalar, Standard};
use crate::protocol::wire::Wire;
use crate::protocol::{Exchange, InitiatorMachine, Outcome, ReceiverMachine, Times};
use crate::values::{AppId, Blob, Rendezvous, Side, WordCount, Words};

/// An exchange at its start, and the other values that its driver needs.
pub(super) struct Prepared<T> {
    pub(super) exchange: Exchange<T>,
    pub(super) wire: Wire,
    pub(super) tls: TlsOptions,
    pub(super) proxy: Option<Proxy>,
    pub(super) observer: Observer,
    #[cfg(feature = "blocking")]
    pub(super) canceller: super::canceller::Canceller,
    #[cfg(feature = "async")]
    pub(super) cancel_on: Option<super::builder::CancelSignal>,
}

/// The values that both roles check first, in the order of sections 11.4 and 11.5.
struct Checked {
    blob: Blob,
    appid: AppId,
    rendezvous: Rendezvous,
}

impl<C> Builder<Initiating, C> {
    /// Prepares the exchange and the words of its code.
    // Section 11.4: BLOB-1, APP-1, RDV-1, RDV-2, CODE-1 and RAND-1, in this order.
    pub(super) fn prepare(
        mut self,
    ) -> Result<(Prepared<InitiatorMachine<Standard>>, Words), Error> {
        let checked = self.options.check()?;
        let count = WordCount::new(self.role.words)
            .map_err(|cause| Error::local(Outcome::BadCode, Cause::Words(cause)))?;
        let words = self.options.draw_words(count)?;
        let (side, scalar) = (self.options.draw_side()?, self.options.draw_scalar()?);
        let (pake, offer) = Standard::start_initiator(&words, scalar);
        let machine = InitiatorMachine::new(checked.appid.clone(), pake, offer, checked.blob);
        let wire = Wire::new(checked.rendezvous, checked.appid, side);
        Ok((self.options.prepared(machine, wire), words))
    }
}

impl<C> Builder<Receiving, C> {
    /// Prepares the exchange.
    // Section 11.5: BLOB-1, APP-1, RDV-1, RDV-2, CODE-4 to CODE-7 and RAND-1, in this order.
    pub(super) fn prepare(mut self) -> Result<Prepared<ReceiverMachine<Standard>>, Error> {
        let checked = self.options.check()?;
        let code = self.role.code?;
        let (side, scalar) = (self.options.draw_side()?, self.options.draw_scalar()?);
        let pake = Standard::start_receiver(code.words(), scalar);
        let machine =
            ReceiverMachine::new(code.channel(), checked.appid.clone(), pake, checked.blob);
        let wire = Wire::new(checked.rendezvous, checked.appid, side);
        Ok(self.options.prepared(machine, wire))
    }
}

impl ExchangeOptions {
    fn check(&mut self) -> Result<Checked, Error> {
        let address = RelayAddress::choose(self.rendezvous.take());
        Ok(Checked {
            blob: Blob::new(std::mem::take(&mut *self.blob))?,
            appid: AppId::new(&self.appid)?,
            rendezvous: Rendezvous::parse(address.url(), self.allow_plain_http)?,
        })
    }

    fn prepared<T: crate::protocol::Machine>(self, machine: T, wire: Wire) -> Prepared<T> {
        Prepared {
            exchange: Exchange::new(machine, self.times(), self.deadline),
            wire,
            tls: self.tls,
            proxy: self.proxy,
            observer: Observer::new(self.on_event),
            #[cfg(feature = "blocking")]
            canceller: self.canceller,
            #[cfg(feature = "async")]
            cancel_on: self.cancel_on,
        }
    }
}

// RAND-1: A client MUST draw fresh named values for each exchange
#[cfg(not(feature = "test-hooks-dangerous"))]
impl ExchangeOptions {
    fn times(&self) -> Times {
        Times::default()
    }

    fn draw_words(&mut self, count: WordCount) -> Result<Words, NoRandomness> {
        Words::draw(count)
    }

    fn draw_side(&mut self) -> Result<Side, NoRandomness> {
        Side::draw()
    }

    fn draw_scalar(&mut self) -> Result<PakeScalar, NoRandomness> {
        PakeScalar::draw()
    }
}

#[cfg(feature = "test-hooks-dangerous")]
impl ExchangeOptions {
    fn times(&self) -> Times {
        self.hooks
            .second
            .map_or_else(Times::default, Times::with_second_for_testing_only)
    }

    fn draw_words(&mut self, count: WordCount) -> Result<Words, NoRandomness> {
        self.hooks.words.take(|| Words::draw(count))
    }

    fn draw_side(&mut self) -> Result<Side, NoRandomness> {
        self.hooks.side.take(Side::draw)
    }

    fn draw_scalar(&mut self) -> Result<PakeScalar, NoRandomness> {
        self.hooks.pake_scalar.take(PakeScalar::draw)
    }
}

/// Turns the end of an exchange into the caller's result.
pub(super) fn conclude<T: Observed>(
    exchange: Option<Exchange<T>>,
    observer: &mut Observer,
) -> Result<Received, Error> {
    let Some(ended) = exchange.and_then(Exchange::into_ended) else {
        return Err(not_ended());
    };
    if ended.delivered {
        observer.tell(ExchangeEvent::Delivered);
    }
    observer.ended(ended.outcome);
    let received = ended
        .received
        .map(|received| Received::new(received, ended.delivered, ended.not_taken));
    match (ended.outcome, received) {
        (Outcome::Done, Some(received)) => Ok(received),
        (outcome, received) => Err(Error {
            outcome,
            cause: ended.detail.map(Cause::Exchange),
            received: received.map(Box::new),
        }),
    }
}

/// The error of a driver that stopped before the end, which is a fault of this program.
pub(super) fn not_ended() -> Error {
    Error {
        outcome: Outcome::Internal,
        cause: None,
        received: None,
    }
}
