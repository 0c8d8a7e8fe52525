//! The builder of an exchange: its options, which are the same for both clients.

use std::marker::PhantomData;
use std::time::Duration;

use zeroize::Zeroizing;

use super::observer::{ExchangeEvent, OnEvent};
use super::transport::{Proxy, TlsFault, TlsOptions};
use crate::values::{Code, CodeError, WordCount};

/// An exchange that has not begun, in the role `R` and to be run by the client `C`; see
/// `Initiator` and `Receiver`.
#[derive(Debug)]
#[must_use = "nothing happens before `start` or `finish`"]
pub struct Builder<R, C> {
    pub(super) role: R,
    pub(super) options: ExchangeOptions,
    client: PhantomData<C>,
}

/// The initiator, which makes the code and begins the exchange (section 11.4).
pub type Initiator<C> = Builder<Initiating, C>;

/// The receiver, which has the code from its user (section 11.5).
pub type Receiver<C> = Builder<Receiving, C>;

/// The options that only an `Initiator` has.
#[derive(Debug)]
pub struct Initiating {
    pub(super) words: usize,
}

/// The options that only a `Receiver` has.
pub struct Receiving {
    pub(super) code: Result<Code, CodeError>,
}

impl std::fmt::Debug for Receiving {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Receiving([redacted])")
    }
}

/// The future at whose end the asynchronous client gives up.
#[cfg(feature = "async")]
pub(super) type CancelSignal = std::pin::Pin<Box<dyn Future<Output = ()> + Send>>;

/// The options that both roles have.
pub(super) struct ExchangeOptions {
    pub(super) appid: Vec<u8>,
    pub(super) blob: Zeroizing<Vec<u8>>,
    pub(super) rendezvous: Option<String>,
    pub(super) allow_plain_http: bool,
    pub(super) tls: TlsOptions,
    pub(super) proxy: Option<Proxy>,
    pub(super) deadline: Option<Duration>,
    pub(super) on_event: Option<OnEvent>,
    #[cfg(feature = "blocking")]
    pub(super) canceller: super::canceller::Canceller,
    #[cfg(feature = "async")]
    pub(super) cancel_on: Option<CancelSignal>,
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
    /// Makes an initiator in the application `appid` (1 to 128 bytes) that sends `blob` (0 to
    /// 65 535 bytes). Faults in them are reported at its start.
    pub fn new(appid: impl AsRef<[u8]>, blob: impl Into<Vec<u8>>) -> Self {
        Builder {
            role: Initiating {
                words: WordCount::default().get(),
            },
            options: ExchangeOptions::new(appid.as_ref(), blob.into()),
            client: PhantomData,
        }
    }

    /// Sets the number of words in the code, 2 to 8; the default is 2 (CODE-1). Each further word
    /// makes guessing 256 times harder.
    pub fn words(self, words: usize) -> Self {
        Builder {
            role: Initiating { words },
            ..self
        }
    }
}

impl<C> Builder<Receiving, C> {
    /// Makes a receiver in the application `appid` (1 to 128 bytes), with the code as its user
    /// typed it, that sends `blob` (0 to 65 535 bytes). Faults in them are reported at its start.
    pub fn new(appid: impl AsRef<[u8]>, code: impl AsRef<[u8]>, blob: impl Into<Vec<u8>>) -> Self {
        Builder::with(appid.as_ref(), Code::parse(code), blob.into())
    }

    /// Makes a receiver like [`new`](Builder::new), with a code that has been read already, such
    /// as that of a [`Link`](crate::Link).
    pub fn with_code(appid: impl AsRef<[u8]>, code: Code, blob: impl Into<Vec<u8>>) -> Self {
        Builder::with(appid.as_ref(), Ok(code), blob.into())
    }

    fn with(appid: &[u8], code: Result<Code, CodeError>, blob: Vec<u8>) -> Self {
        Builder {
            role: Receiving { code },
            options: ExchangeOptions::new(appid, blob),
            client: PhantomData,
        }
    }
}

impl<R, C> Builder<R, C> {
    /// Sets the relay's address, instead of that of
    /// [`RENDEZVOUS_VARIABLE`](super::RENDEZVOUS_VARIABLE) or
    /// [`DEFAULT_RENDEZVOUS`](super::DEFAULT_RENDEZVOUS).
    pub fn rendezvous(mut self, url: impl Into<String>) -> Self {
        self.options.rendezvous = Some(url.into());
        self
    }

    /// Allows plain `http` to relays that are not on this machine (RDV-2). The blobs stay safe, but
    /// whoever controls the network can act as the relay.
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

    /// Reaches the relay through this proxy (CLIENT-3); without it, through none, whatever the
    /// environment says.
    pub fn proxy(mut self, proxy: Proxy) -> Self {
        self.options.proxy = Some(proxy);
        self
    }

    /// Limits the time of the whole exchange, counted from its start (TIME-5). The exchange ends
    /// with the life of its channel in any case.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.options.deadline = Some(deadline);
        self
    }

    /// Calls `f` with each [`ExchangeEvent`], in the thread or task that drives the exchange, which
    /// waits for `f`. A second call of this replaces the first.
    pub fn on_event(mut self, f: impl FnMut(ExchangeEvent) + Send + 'static) -> Self {
        self.options.on_event = Some(Box::new(f));
        self
    }

    /// Sets the hooks of section 13.
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
            proxy: None,
            deadline: None,
            on_event: None,
            #[cfg(feature = "blocking")]
            canceller: super::canceller::Canceller::new(),
            #[cfg(feature = "async")]
            cancel_on: None,
            #[cfg(feature = "test-hooks-dangerous")]
            hooks: super::Hooks::default(),
        }
    }
}
