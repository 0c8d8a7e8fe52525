//! The results of an exchange.

pub use crate::crypto::{ExportError, ExportedKey, Verifier};

use std::fmt;
use std::sync::Arc;

use crate::crypto::{Exporter, Opened, Standard};
use crate::protocol::{self, Outcome};
use crate::values::Blob;

/// The peer's blob, with the verifier, further keys and the proof of delivery.
#[derive(Debug)]
pub struct Received {
    blob: Arc<Opened<Blob>>,
    verifier: Arc<Verifier>,
    exporter: Exporter,
    delivered: bool,
    not_taken: bool,
}

impl Received {
    pub(super) fn new(
        received: protocol::Unsealed<Standard>,
        delivered: bool,
        not_taken: bool,
    ) -> Received {
        Received {
            blob: received.blob,
            verifier: received.verifier,
            exporter: received.exporter.into_inner(),
            delivered,
            not_taken,
        }
    }

    /// The peer's blob.
    #[must_use]
    pub fn blob(&self) -> &[u8] {
        self.blob.get().expose()
    }

    /// Hands the peer's blob to the caller, who must wipe it.
    #[must_use]
    pub fn into_blob(self) -> Vec<u8> {
        match Arc::try_unwrap(self.blob) {
            Ok(blob) => blob.into_inner().into_bytes(),
            Err(shared) => shared.get().expose().to_vec(),
        }
    }

    /// Whether it is proved that this side's blob arrived: at an initiator, that the receiver's
    /// application has taken it (INIT-5); at a receiver, that the initiator opened it (RECV-2). At
    /// an initiator this may be false although the exchange is `done`: the receipt did not come.
    #[must_use]
    pub fn delivered(&self) -> bool {
        self.delivered
    }

    /// Whether the relay says that the receiver's application could not keep this side's blob
    /// (INIT-8).
    #[must_use]
    pub fn not_taken(&self) -> bool {
        self.not_taken
    }

    /// The sentence that tells the user the result (OUT-3).
    #[must_use]
    pub fn sentence(&self) -> &'static str {
        if self.delivered {
            Outcome::Done.sentence()
        } else if self.not_taken {
            "You have the other side's data, but the relay says that the other side could not keep yours; ask the other user."
        } else {
            "You have the other side's data, but it is not confirmed that yours arrived; ask the other user."
        }
    }

    /// The eight words that both users may compare (KEY-3).
    #[must_use]
    pub fn verifier(&self) -> &Verifier {
        &self.verifier
    }

    /// Exports a further key of `n` bytes for the application: `export(label, n)` (section 6.2).
    /// Both sides get the same key.
    ///
    /// Take a label for each direction and each use.
    ///
    /// # Errors
    /// [`ExportError`] unless `label` has 1 to 255 bytes and `n` is 1 to 8 160 (KEY-4).
    pub fn export_key(
        &self,
        label: impl AsRef<[u8]>,
        n: usize,
    ) -> Result<ExportedKey, ExportError> {
        self.exporter.export(label.as_ref(), n)
    }
}

/// The peer's blob and the verifier, before the exchange goes on: for an initiator's user who looks
/// first (INIT-2), and for a receiver's application that takes the blob (RECV-6).
pub struct Held {
    blob: Arc<Opened<Blob>>,
    verifier: Arc<Verifier>,
}

impl Held {
    pub(super) fn of(unsealed: &protocol::Unsealed<Standard>) -> Held {
        Held {
            blob: Arc::clone(&unsealed.blob),
            verifier: Arc::clone(&unsealed.verifier),
        }
    }

    /// The peer's blob.
    #[must_use]
    pub fn blob(&self) -> &[u8] {
        self.blob.get().expose()
    }

    /// The eight words that both users may compare (KEY-3).
    #[must_use]
    pub fn verifier(&self) -> &Verifier {
        &self.verifier
    }
}

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Held([redacted])")
    }
}
