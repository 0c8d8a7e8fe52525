//! The key schedule (section 6).
//!
//! ```text
//! K -------------------------------.
//!                                   |
//! context --SHA-256--> th --salt--> HKDF-Extract
//!                                   |
//!                                  PRK
//!                                   |
//!        .-----------.--------------+-----.-----------.      HKDF-Expand, info = label
//!        |           |              |     |           |
//!  receiver-blob initiator-blob receipt verifier exporter
//! ```

use hkdf::Hkdf;
use sha2::{Digest, Sha256};
use zeroize::Zeroize;

use super::expand::expand;
use super::opened::Receipt;
use super::output::{Exporter, Verifier};
use super::pake::{PakeMessage, SharedKey};
use super::seal::{InitiatorBlob, ReceiverBlob, SealKey};
use crate::values::secret::SecretBytes;
use crate::values::{AppId, ChannelId, Mode};

/// `label_x`: the info with which a key is expanded (section 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Label {
    /// The key that seals the receiver's blob, in the answer.
    ReceiverBlob,
    /// The key that seals the initiator's blob, which is the finish.
    InitiatorBlob,
    /// The key that seals the receipt.
    Receipt,
    /// The key that gives the words of the verifier.
    Verifier,
    /// The key from which the application's keys are exported.
    Exporter,
}

impl Label {
    /// All labels, in the order of section 6.
    pub const ALL: [Self; 5] = [
        Self::ReceiverBlob,
        Self::InitiatorBlob,
        Self::Receipt,
        Self::Verifier,
        Self::Exporter,
    ];

    /// The label's text.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::ReceiverBlob => "wormhole-sync/1 receiver-blob",
            Self::InitiatorBlob => "wormhole-sync/1 initiator-blob",
            Self::Receipt => "wormhole-sync/1 receipt",
            Self::Verifier => "wormhole-sync/1 verifier",
            Self::Exporter => "wormhole-sync/1 exporter",
        }
    }
}

/// The values besides the words that both sides must agree on (section 6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyContext {
    /// `mode`.
    pub mode: Mode,
    /// `appid`.
    pub app_id: AppId,
    /// `channel`.
    pub channel: ChannelId,
}

impl KeyContext {
    /// Encodes `context`: each field follows its length in 2 bytes, big-endian (section 6).
    ///
    /// If a relay changes any field, the peer's seal does not open.
    // VER-2: A client MUST bind the mode into the context (section 6)
    #[must_use]
    pub fn encode(&self, offer: &PakeMessage, answer_message: &PakeMessage) -> Vec<u8> {
        let channel = self.channel.to_string();
        let fields: [&[u8]; 6] = [
            b"wormhole-sync/1",
            self.mode.name().as_bytes(),
            self.app_id.as_bytes(),
            channel.as_bytes(),
            offer,
            answer_message,
        ];
        let mut context = Vec::new();
        for field in fields {
            let length =
                u16::try_from(field.len()).expect("no field is longer than an appid of 128 bytes");
            context.extend_from_slice(&length.to_be_bytes());
            context.extend_from_slice(field);
        }
        context
    }
}

/// The five keys, each of a type of its own (section 6).
#[derive(Debug)]
pub struct Keys {
    /// `key_receiver-blob`.
    pub receiver_blob: SealKey<ReceiverBlob>,
    /// `key_initiator-blob`.
    pub initiator_blob: SealKey<InitiatorBlob>,
    /// `key_receipt`.
    pub receipt: SealKey<Receipt>,
    /// The verifier, made of `key_verifier`.
    pub verifier: Verifier,
    /// `key_exporter`.
    pub exporter: Exporter,
}

impl Keys {
    /// Derives `key_x = HKDF-Expand(PRK, info = label_x, L = 32)` for all x (KEY-1), and consumes
    /// `K` (KEY-2).
    // KEY-1: A client MUST derive th, PRK and the five keys by these formulas
    #[must_use]
    pub fn derive(shared: SharedKey, context: &[u8]) -> Self {
        let th: [u8; 32] = Sha256::digest(context).into();
        // KEY-2: A client MUST wipe `pake_scalar`, w, pw, Z, K, PRK and each key from memory that
        // it controls when it needs them no more
        let prk = Prk::extract(&th, &shared);
        Self {
            receiver_blob: SealKey::new(prk.expand(Label::ReceiverBlob), th),
            initiator_blob: SealKey::new(prk.expand(Label::InitiatorBlob), th),
            receipt: SealKey::new(prk.expand(Label::Receipt), th),
            verifier: Verifier::from_key(&prk.expand(Label::Verifier)),
            exporter: Exporter::new(prk.expand(Label::Exporter)),
        }
    }
}

/// `PRK = HKDF-Extract(salt = th, IKM = K)`.
pub(super) struct Prk(SecretBytes<32>);

impl Prk {
    pub(super) fn extract(th: &[u8; 32], shared: &SharedKey) -> Self {
        let (mut prk, _) = Hkdf::<Sha256>::extract(Some(th), shared.expose());
        let secret = SecretBytes::filled(|bytes| bytes.copy_from_slice(&prk));
        prk.as_mut_slice().zeroize();
        Self(secret)
    }

    pub(super) fn expand(&self, label: Label) -> SecretBytes<32> {
        SecretBytes::filled(|key| expand(&self.0, &[label.text().as_bytes()], key))
    }

    #[cfg(any(test, feature = "test-hooks-dangerous"))]
    pub(super) fn expose(&self) -> &[u8; 32] {
        self.0.expose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_differ() {
        for (at, one) in Label::ALL.into_iter().enumerate() {
            for other in &Label::ALL[at + 1..] {
                assert_ne!(one.text(), other.text());
            }
        }
    }

    #[test]
    fn the_context_is_written_field_by_field() {
        let key_context = KeyContext {
            mode: Mode::Transcribe,
            app_id: AppId::new("a").unwrap(),
            channel: ChannelId::new(12).unwrap(),
        };
        let mut expected =
            b"\x00\x0fwormhole-sync/1\x00\x0atranscribe\x00\x01a\x00\x0212\x00\x21".to_vec();
        expected.extend([0x41; 33]);
        expected.extend(b"\x00\x21");
        expected.extend([0x42; 33]);
        assert_eq!(key_context.encode(&[0x41; 33], &[0x42; 33]), expected);
    }
}
