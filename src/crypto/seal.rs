//! Seals (section 7.2).

use core::fmt;
use core::marker::PhantomData;

use chacha20poly1305::aead::{AeadInPlace, KeyInit};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce, Tag};
use zeroize::Zeroizing;

use super::opened::{Opened, Receipt};
use super::padding::{self, Padded};
use super::peer_fault::{Malformed, PeerFault};
use crate::values::Blob;
use crate::values::secret::SecretBytes;

/// `key_x` with its `th`, for one message of the kind M (section 7.2).
///
/// Sealing and opening consume the key, so that a second seal under it does not compile:
///
/// ```compile_fail,E0382
/// # use wormhole_sync::{crypto::{SealKey, ReceiverBlob}, values::Blob};
/// # fn f(key: SealKey<ReceiverBlob>, one: &Blob, two: &Blob) {
/// key.seal(one);
/// key.seal(two);
/// # }
/// ```
// SEAL-4: A client MUST seal at most one plaintext under one key, and repeat a message only as the
// same bytes
pub struct SealKey<M> {
    key: SecretBytes<32>,
    th: [u8; 32],
    message: PhantomData<M>,
}

/// The message that holds the receiver's blob, a part of the answer.
#[derive(Debug)]
pub enum ReceiverBlob {}

/// The message that holds the initiator's blob, which is the finish.
#[derive(Debug)]
pub enum InitiatorBlob {}

/// A kind of message that holds a blob: [`ReceiverBlob`] or [`InitiatorBlob`].
pub trait HoldsBlob: sealed::Sealed {}

impl HoldsBlob for ReceiverBlob {}
impl HoldsBlob for InitiatorBlob {}

impl<M: HoldsBlob> SealKey<M> {
    /// Makes `seal(key_x, padded blob)`, of bucket + 16 bytes (SEAL-1, SEAL-3).
    #[must_use]
    pub fn seal(self, blob: &Blob) -> Vec<u8> {
        self.seal_bytes(padding::pad(blob).into_bytes())
    }

    /// Opens a sealed blob (SEAL-7, and the end of SEAL-6).
    ///
    /// # Errors
    ///
    /// [`PeerFault`], for the first of length, seal and padding that is wrong.
    pub fn open(self, sealed: &[u8]) -> Result<Opened<Blob>, PeerFault> {
        // SEAL-7: A receiver MUST check a finish in this order, and refuse with the first that
        // fails: its length is bucket + 16 for some bucket, else `malformed-message`; the seal
        // opens, else `wrong-code`; the padding (SEAL-2), else `malformed-message`.
        check_length(sealed)?;
        let padded = self.open_bytes(sealed).ok_or(PeerFault::WrongCode)?;
        let blob =
            padding::unpad(padded).map_err(|_| PeerFault::MalformedMessage(Malformed::Padding))?;
        Ok(Opened::vouch(blob))
    }
}

impl SealKey<Receipt> {
    /// Makes `seal(key_receipt, empty)`, of 16 bytes (SEAL-3).
    #[must_use]
    pub fn seal(self) -> Vec<u8> {
        self.seal_bytes(Zeroizing::default())
    }

    /// Opens the receipt; any other bytes give `None` (SEAL-8).
    // SEAL-8: An initiator MUST take a receipt that does not open under key_receipt to an empty
    // plaintext as none
    #[must_use]
    pub fn open(self, sealed: &[u8]) -> Option<Opened<Receipt>> {
        let plaintext = self.open_bytes(sealed)?;
        plaintext
            .expose()
            .is_empty()
            .then(|| Opened::vouch(Receipt))
    }
}

impl<M> SealKey<M> {
    pub(super) fn new(key: SecretBytes<32>, th: [u8; 32]) -> Self {
        Self {
            key,
            th,
            message: PhantomData,
        }
    }

    /// Makes the key of a vector.
    #[cfg(any(test, feature = "test-hooks-dangerous"))]
    #[must_use]
    pub fn dangerously_from_bytes(mut key: [u8; 32], th: [u8; 32]) -> Self {
        Self::new(SecretBytes::take(&mut key), th)
    }

    /// Seals any plaintext, as only a faulty peer does.
    #[cfg(any(test, feature = "test-hooks-dangerous"))]
    #[must_use]
    pub fn dangerously_seal_plaintext(self, plaintext: &[u8]) -> Vec<u8> {
        self.seal_bytes(Zeroizing::new(plaintext.to_vec()))
    }

    /// Opens any plaintext, without checking its length and padding.
    #[cfg(any(test, feature = "test-hooks-dangerous"))]
    #[must_use]
    pub fn dangerously_open_plaintext(self, sealed: &[u8]) -> Option<Vec<u8>> {
        self.open_bytes(sealed)
            .map(|plaintext| plaintext.expose().to_vec())
    }

    /// Seals by `ChaCha20-Poly1305, nonce = 12 zero bytes, associated data = th`. The result is the
    /// ciphertext, then the tag of 16 bytes.
    fn seal_bytes(self, mut text: Zeroizing<Vec<u8>>) -> Vec<u8> {
        let tag = self
            .cipher()
            .encrypt_in_place_detached(&Nonce::default(), &self.th, &mut text)
            .expect("a padded blob is far below the limit of ChaCha20-Poly1305");
        text.extend_from_slice(&tag);
        core::mem::take(&mut *text)
    }

    // SEAL-9: A client MUST NOT hand over, use or export anything of a sealed message before its
    // tag has been verified and its padding checked.
    fn open_bytes(self, sealed: &[u8]) -> Option<Padded> {
        let (ciphertext, tag) = sealed.split_last_chunk::<TAG>()?;
        let mut text = Zeroizing::new(ciphertext.to_vec());
        self.cipher()
            .decrypt_in_place_detached(&Nonce::default(), &self.th, &mut text, Tag::from_slice(tag))
            .ok()?;
        Some(Padded::new(core::mem::take(&mut *text)))
    }

    fn cipher(&self) -> ChaCha20Poly1305 {
        ChaCha20Poly1305::new(Key::from_slice(self.key.expose()))
    }
}

impl<M> fmt::Debug for SealKey<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealKey([redacted])")
    }
}

/// Refuses a sealed blob that is not some bucket + 16 bytes long.
pub(super) fn check_length(sealed: &[u8]) -> Result<(), PeerFault> {
    match sealed.len().checked_sub(TAG) {
        Some(length) if padding::is_bucket(length) => Ok(()),
        _ => Err(PeerFault::MalformedMessage(Malformed::Length)),
    }
}

const TAG: usize = 16;

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::ReceiverBlob {}
    impl Sealed for super::InitiatorBlob {}
}

#[cfg(test)]
mod tests {
    use hex_literal::hex;

    use super::*;

    fn key<M>(th: u8) -> SealKey<M> {
        SealKey::dangerously_from_bytes([7; 32], [th; 32])
    }

    /// This is the example of RFC 8439, section 2.8.2. It uses the primitive itself, because nonce
    /// and associated data are not those of the protocol.
    #[test]
    fn the_primitive_is_rfc_8439() {
        let key: Vec<u8> = (0x80..=0x9f).collect();
        let mut text = *b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.";
        let tag = ChaCha20Poly1305::new(Key::from_slice(&key))
            .encrypt_in_place_detached(
                Nonce::from_slice(&hex!("07000000 4041424344454647")),
                &hex!("50515253c0c1c2c3c4c5c6c7"),
                &mut text,
            )
            .unwrap();
        assert_eq!(tag[..], hex!("1ae10b594f09e26a7e902ecbd0600691"));
        assert_eq!(text[..16], hex!("d31a8d34648e60db7b86afbc53ef7ec2"));
    }

    #[test]
    fn what_is_sealed_opens() {
        let sealed = key::<ReceiverBlob>(1).seal(&Blob::new(*b"secret").unwrap());
        assert_eq!(sealed.len(), 256 + 16);
        assert_eq!(
            key::<ReceiverBlob>(1)
                .open(&sealed)
                .unwrap()
                .into_inner()
                .expose(),
            b"secret"
        );
        let receipt = key::<Receipt>(1).seal();
        assert_eq!(receipt.len(), 16);
        assert!(key::<Receipt>(1).open(&receipt).is_some());
    }

    #[test]
    fn checks_length_then_seal_then_padding() {
        let blob = Blob::new(*b"secret").unwrap();
        let fault = |bytes: &[u8]| key::<InitiatorBlob>(1).open(bytes).unwrap_err();
        let sealed = key::<InitiatorBlob>(1).seal(&blob);
        for length in [0, 15, 16, 271, 273] {
            assert_eq!(
                fault(&vec![0; length]),
                PeerFault::MalformedMessage(Malformed::Length),
                "{length}"
            );
        }
        for at in [0, 255, 256, 271] {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(fault(&changed), PeerFault::WrongCode, "{at}");
        }
        assert_eq!(
            key::<InitiatorBlob>(2).open(&sealed).unwrap_err(),
            PeerFault::WrongCode
        );
        let unpadded = key::<InitiatorBlob>(1).dangerously_seal_plaintext(&[1; 256]);
        assert_eq!(
            fault(&unpadded),
            PeerFault::MalformedMessage(Malformed::Padding)
        );
    }

    #[test]
    fn the_hooks_seal_and_open_any_plaintext() {
        let open = |th, sealed: &[u8]| key::<Receipt>(th).dangerously_open_plaintext(sealed);
        for plaintext in [&b""[..], b"x", &[0; 300]] {
            let sealed = key::<Receipt>(1).dangerously_seal_plaintext(plaintext);
            assert_eq!(open(1, &sealed).as_deref(), Some(plaintext));
            assert_eq!(open(2, &sealed), None);
        }
    }

    #[test]
    fn a_receipt_is_sealed_and_empty() {
        for bytes in [&[][..], &[0; 15], &[0; 16], &[0; 17]] {
            assert!(key::<Receipt>(1).open(bytes).is_none());
        }
        let with_text = key::<Receipt>(1).dangerously_seal_plaintext(b"x");
        assert!(key::<Receipt>(1).open(&with_text).is_none());
    }
}
