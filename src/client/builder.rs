//! The builder of an exchange: all that a user says before it begins, the same for both clients.

use std::marker::PhantomData;
use std::time::Duration;

use zeroize::Zeroizing;

use super::transport::{TlsFault, TlsOptions};
use crate::values::WordCount;

/// An exchange that has not begun. `R` is the role, `C` the client that will run it; see
/// [`Initiator`] and [`Receiver`].
#[derive(Debug)]
#[must_use = "nothing happens before `start` or `finish`"]
pub struct Builder<R, C> {
    pub(super) role: R,
    pub(super) options: ExchangeOptions,
    client: PhantomData<C>,
}

/// The initiator: makes the code and goes first (section 11.4).
pub type Initiator<C> = Builder<Initiating, C>;

/// The receiver: has the code from its user (section 11.5).
pub type Receiver<C> = Builder<Receiving, C>;

/// The part of an [`Initiator`] that a receiver does not have.
#[derive(Debug)]
pub struct Initiating {
    pub(super) words: usize,
}

/// The part of a [`Receiver`] that an initiator does not have.
pub struct Receiving {
    pub(super) code: Zeroizing<Vec<u8>>,
}

impl std::fmt::Debug for Receiving {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Receiving([redacted])")
    }
}

/// A function that hears of each failure that will be repeated, as one line.
pub(super) type OnRetry = Box<dyn FnMut(&str) + Send>;

/// The part that both roles have.
pub(super) struct ExchangeOptions {
    pub(super) appid: Vec<u8>,
    pub(super) blob: Zeroizing<Vec<u8>>,
    pub(super) rendezvous: Option<String>,
    pub(super) allow_plain_http: bool,
    pub(super) tls: TlsOptions,
    pub(super) deadline: Option<Duration>,
    pub(super) on_retry: Option<OnRetry>,
    #[cfg(feature = "blocking")]
    pub(super) canceller: super::canceller::Canceller,
    #[cfg(feature = "test-hooks-dangerous")]
    pub(super) hooks: super::Hooks,
}

impl std::fmt::Debug for ExchangeOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ExchangeOptions")
            .field("rendezvous", &self.rendezvous)
            .finish_non_exhaustive()
    }
}

impl<C> Builder<Initiating, C> {
    /// An initiator in the application `appid` (1 to 128 bytes) that hands in `blob` (0 to 65 535
    /// bytes). Faults in them are told when it starts.
    pub fn new(appid: impl AsRef<[u8]>, blob: impl Into<Vec<u8>>) -> Self {
        Builder {
            role: Initiating {
                words: WordCount::default().get(),
            },
            options: ExchangeOptions::new(appid.as_ref(), blob.into()),
            client: PhantomData,
        }
    }

    /// The number of words in the code, 2 to 8; 2 unless said (CODE-1). Each word more makes
    /// guessing 256 times harder.
    pub fn words(self, words: usize) -> Self {
        Builder {
            role: Initiating { words },
            ..self
        }
    }
}

impl<C> Builder<Receiving, C> {
    /// A receiver in the application `appid` (1 to 128 bytes) with the code as its user typed it,
    /// that hands in `blob` (0 to 65 535 bytes).
    pub fn new(appid: impl AsRef<[u8]>, code: impl AsRef<[u8]>, blob: impl Into<Vec<u8>>) -> Self {
        Builder {
            role: Receiving {
                code: Zeroizing::new(code.as_ref().to_vec()),
            },
            options: ExchangeOptions::new(appid.as_ref(), blob.into()),
            client: PhantomData,
        }
    }
}

impl<R, C> Builder<R, C> {
    /// The relay's address, instead of that of
    /// [`RENDEZVOUS_VARIABLE`](super::RENDEZVOUS_VARIABLE) or
    /// [`DEFAULT_RENDEZVOUS`](super::DEFAULT_RENDEZVOUS).
    pub fn rendezvous(mut self, url: impl Into<String>) -> Self {
        self.options.rendezvous = Some(url.into());
        self
    }

    /// Allows plain `http` to relays that are not on this machine (RDV-2). The blobs are
    /// safe then, too; who watches the network can take part in the relay's place.
    pub fn allow_plain_http(mut self) -> Self {
        self.options.allow_plain_http = true;
        self
    }

    /// Trusts these certificate authorities (PEM), and no others, for the relay's
    /// certificate.
    ///
    /// # Errors
    /// [`TlsFault`] when there is no usable certificate in the text.
    pub fn trust(mut self, pem: &[u8]) -> Result<Self, TlsFault> {
        self.options.tls = self.options.tls.trust(pem)?;
        Ok(self)
    }

    /// The longest time that the whole exchange may take, counted from its start (TIME-5).
    /// The channel's own life ends it in any case.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.options.deadline = Some(deadline);
        self
    }

    /// Calls `f` with one line whenever an attempt failed and will be repeated, so that
    /// the user can be told.
    pub fn on_retry(mut self, f: impl FnMut(&str) + Send + 'static) -> Self {
        self.options.on_retry = Some(Box::new(f));
        self
    }

    /// The hooks of section 13.
    #[cfg(feature = "test-hooks-dangerous")]
    pub fn hooks_for_testing_only(mut self, hooks: super::Hooks) -> Self {
        self.options.hooks = hooks;
        self
    }
}

impl ExchangeOptions {
    fn new(appid: &[u8], blob: Vec<u8>) -> ExchangeOptions {
        ExchangeOptions {
            appid: appid.to_vec(),
            blob: Zeroizing::new(blob),
            rendezvous: None,
            allow_plain_http: false,
            tls: TlsOptions::default(),
            deadline: None,
            on_retry: None,
            #[cfg(feature = "blocking")]
            canceller: super::canceller::Canceller::new(),
            #[cfg(feature = "test-hooks-dangerous")]
            hooks: super::Hooks::default(),
        }
    }
}
