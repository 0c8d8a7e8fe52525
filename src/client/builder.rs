//! What a user says before an exchange begins, the same for both clients.

use super::transport::{TlsFault, TlsOptions};
use crate::values::WordCount;
use std::marker::PhantomData;
use std::time::Duration;
use zeroize::Zeroizing;

/// The rendezvous address that is used when none is given: what the distributor set in the
/// environment variable `WORMHOLE_SYNC_DEFAULT_RENDEZVOUS` when building, or else a relay on this
/// machine.
pub const DEFAULT_RENDEZVOUS: &str = match option_env!("WORMHOLE_SYNC_DEFAULT_RENDEZVOUS") {
    Some(address) => address,
    None => "http://127.0.0.1:4000",
};

/// The environment variable that overrides [`DEFAULT_RENDEZVOUS`] at run time, and that
/// `.rendezvous()` overrides.
pub const RENDEZVOUS_VARIABLE: &str = "WORMHOLE_SYNC_RENDEZVOUS";

/// An exchange that has not begun: what the user says of it. `R` is the role, `C` the client that
/// will run it; see [`Initiator`] and [`Receiver`].
#[derive(Debug)]
#[must_use = "nothing happens before `start` or `finish`"]
pub struct Builder<R, C> {
    pub(super) role: R,
    pub(super) options: Options,
    client: PhantomData<C>,
}

/// The initiator: makes the code and goes first (section 11.4).
pub type Initiator<C> = Builder<Initiating, C>;

/// The receiver: has the code from its user (section 11.5).
pub type Receiver<C> = Builder<Receiving, C>;

/// What an initiator alone is given.
#[derive(Debug)]
pub struct Initiating {
    pub(super) words: usize,
}

/// What a receiver alone is given.
pub struct Receiving {
    pub(super) code: Zeroizing<Vec<u8>>,
}

impl std::fmt::Debug for Receiving {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Receiving([redacted])")
    }
}

/// Is told why an attempt failed, one line each.
pub(super) type OnRetry = Box<dyn FnMut(&str) + Send>;

/// What both roles are given.
pub(super) struct Options {
    pub(super) appid: Vec<u8>,
    pub(super) blob: Zeroizing<Vec<u8>>,
    pub(super) rendezvous: Option<String>,
    pub(super) allow_plain_http: bool,
    pub(super) tls: TlsOptions,
    pub(super) deadline: Option<Duration>,
    pub(super) on_retry: Option<OnRetry>,
    #[cfg(feature = "blocking")]
    pub(super) canceller: super::blocking::Canceller,
    #[cfg(feature = "test-hooks-dangerous")]
    pub(super) hooks: super::Hooks,
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options")
            .field("rendezvous", &self.rendezvous)
            .finish_non_exhaustive()
    }
}

impl<C> Builder<Initiating, C> {
    /// An initiator in the application `appid` (1 to 128 bytes) that hands in `blob` (0 to 65 535
    /// bytes). What is wrong with them is said when it starts.
    pub fn new(appid: impl AsRef<[u8]>, blob: impl Into<Vec<u8>>) -> Self {
        Builder {
            role: Initiating {
                words: WordCount::default().get(),
            },
            options: Options::new(appid.as_ref(), blob.into()),
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
            options: Options::new(appid.as_ref(), blob.into()),
            client: PhantomData,
        }
    }
}

impl<R, C> Builder<R, C> {
    /// The relay's address, instead of that of [`RENDEZVOUS_VARIABLE`] or
    /// [`DEFAULT_RENDEZVOUS`].
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

impl Options {
    fn new(appid: &[u8], blob: Vec<u8>) -> Options {
        Options {
            appid: appid.to_vec(),
            blob: Zeroizing::new(blob),
            rendezvous: None,
            allow_plain_http: false,
            tls: TlsOptions::default(),
            deadline: None,
            on_retry: None,
            #[cfg(feature = "blocking")]
            canceller: super::blocking::Canceller::new(),
            #[cfg(feature = "test-hooks-dangerous")]
            hooks: super::Hooks::default(),
        }
    }

    /// The address that counts: given, from the environment, or baked in. What is there counts,
    /// even if it is no text: it is then refused, and not passed over.
    pub(super) fn address(&self) -> String {
        let from_environment =
            || std::env::var_os(RENDEZVOUS_VARIABLE).map(|text| text.to_string_lossy().into());
        self.rendezvous
            .clone()
            .or_else(from_environment)
            .unwrap_or_else(|| DEFAULT_RENDEZVOUS.to_owned())
    }
}
