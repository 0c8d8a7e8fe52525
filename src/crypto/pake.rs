//! SPAKE2 (section 5).

use core::fmt;

use rand_core::{CryptoRng, RngCore};
use sha2::{Digest, Sha256};
use spake2::{Error, Identity, Spake2};
use zeroize::Zeroizing;

use super::bad_element::BadElement;
use super::group::{self, StrictGroup};
use super::random::PakeScalar;
use crate::values::secret::SecretBytes;
use crate::values::{Password, Role};

/// A SPAKE2 message: the side byte, then the element in 32 bytes (section 5.3).
pub type PakeMessage = [u8; 33];

/// One side of SPAKE2, between its message and the peer's (section 5).
///
/// The peer's message consumes this state, whatever the message is, so that a relay gets only one
/// guess (PAKE-10).
// PAKE-10: it computes at most one K in a run, and any fault in that message is terminal and never
// retried.
pub struct Pake {
    role: Role,
    identities: Identities,
    password_hash: SecretBytes<32>,
    message: PakeMessage,
    state: Spake2<StrictGroup>,
}

impl Pake {
    /// Computes `X = x·B + w·M` as A, the initiator; `Y = y·B + w·N` as B, the receiver (PAKE-3).
    #[must_use]
    pub fn start(role: Role, password: &Password, scalar: PakeScalar) -> Self {
        Self::start_as(role, IDENTITIES, password, scalar)
    }

    pub(super) fn start_as(
        role: Role,
        identities: Identities,
        password: &Password,
        scalar: PakeScalar,
    ) -> Self {
        let [a, b] = identities.map(Identity::new);
        let source = ScalarByValue(scalar);
        // PAKE-3: A client MUST compute its element and message by this table
        // The crate does not wipe its own copies of the password (KEY-2).
        let copy = spake2::Password::new(password.expose());
        let (state, bytes) = match role {
            Role::Initiator => Spake2::start_a_with_rng(&copy, &a, &b, source),
            Role::Receiver => Spake2::start_b_with_rng(&copy, &a, &b, source),
        };
        let mut message = [0; 33];
        message.copy_from_slice(&bytes);
        let password_hash =
            SecretBytes::filled(|hash| *hash = Sha256::digest(password.expose()).into());
        Self {
            role,
            identities,
            password_hash,
            message,
            state,
        }
    }

    /// This side's message.
    #[must_use]
    pub fn message(&self) -> &PakeMessage {
        &self.message
    }

    /// Computes `K` from the peer's message (section 5.4, PAKE-4 to PAKE-10).
    ///
    /// # Errors
    ///
    /// [`BadElement`], the first that applies. The state is consumed in this case too.
    pub fn finish(self, peer: &PakeMessage) -> Result<SharedKey, BadElement> {
        let Self {
            role,
            identities,
            password_hash,
            message,
            state,
        } = self;
        let ([side, element @ ..], [_, own @ ..]) = (peer, &message);
        // PAKE-4: A client MUST refuse a message whose first byte is not the peer's side byte (0x42
        // at the initiator, 0x41 at the receiver) as `bad-element`.
        if *side != role.peer().side_byte() {
            return Err(BadElement::WrongSide);
        }
        // PAKE-9: A client MUST compute K by these formulas
        // The group refuses by PAKE-5 and PAKE-6, but the crate does not pass on the reason.
        let key = state
            .finish(peer)
            .map(Zeroizing::new)
            .map_err(|error| match error {
                Error::BadSide => BadElement::WrongSide,
                Error::CorruptMessage | Error::WrongLength => group::decode(element)
                    .err()
                    .unwrap_or(BadElement::NotAPoint),
            })?;
        // PAKE-7: A client MUST refuse an element whose 32 bytes are its own as `bad-element` (a
        // reflected message).
        if element == own {
            return Err(BadElement::Reflected);
        }
        // PAKE-8: A client MUST refuse as `bad-element` when Z is the identity.
        // The crate returns K and not Z. K is a hash over enc(Z) and values that are known here. So
        // Z is the identity if and only if K is the hash over enc(identity), unless SHA-256 has a
        // collision.
        let (x, y) = match role {
            Role::Initiator => (own, element),
            Role::Receiver => (element, own),
        };
        let key_of_identity = key_of(&password_hash, identities, x, y, &group::IDENTITY);
        let shared = SecretBytes::filled(|bytes| bytes.copy_from_slice(&key));
        if shared.ct_eq(&key_of_identity) {
            return Err(BadElement::SharedIdentity);
        }
        Ok(SharedKey(shared))
    }
}

impl fmt::Debug for Pake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pake")
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

/// `K`: the secret that both sides share if they have the same words (section 5.4).
#[derive(Debug)]
pub struct SharedKey(SecretBytes<32>);

impl SharedKey {
    pub(super) fn expose(&self) -> &[u8; 32] {
        self.0.expose()
    }

    /// Makes the key of a vector.
    #[cfg(any(test, feature = "test-hooks-dangerous"))]
    #[must_use]
    pub fn dangerously_from_bytes(mut bytes: [u8; 32]) -> Self {
        Self(SecretBytes::take(&mut bytes))
    }

    /// The key's bytes, for a vector.
    #[cfg(any(test, feature = "test-hooks-dangerous"))]
    #[must_use]
    pub fn dangerously_reveal(&self) -> [u8; 32] {
        *self.0.expose()
    }
}

/// The names of the two sides, `idA` and `idB`.
pub(super) type Identities = [&'static [u8]; 2];

/// `idA` and `idB` of section 5.4.
pub(super) const IDENTITIES: Identities =
    [b"wormhole-sync/1/initiator", b"wormhole-sync/1/receiver"];

/// `K = SHA-256( SHA-256(pw) || SHA-256(idA) || SHA-256(idB) || enc(X) || enc(Y) || enc(Z) )`
/// (section 5.4).
pub(super) fn key_of(
    password_hash: &SecretBytes<32>,
    [a, b]: Identities,
    x: &[u8; 32],
    y: &[u8; 32],
    z: &[u8; 32],
) -> SecretBytes<32> {
    let transcript = Sha256::new()
        .chain_update(password_hash.expose())
        .chain_update(Sha256::digest(a))
        .chain_update(Sha256::digest(b))
        .chain_update(x)
        .chain_update(y)
        .chain_update(z);
    SecretBytes::filled(|key| *key = transcript.finalize().into())
}

/// A stand-in for a random source that makes the crate use the given scalar.
///
/// The crate takes no scalar by value: it draws 64 bytes and reduces them modulo L, little-endian.
/// The bytes drawn here are the scalar and 32 zeros, which reduce to the scalar.
struct ScalarByValue(PakeScalar);

impl RngCore for ScalarByValue {
    fn next_u32(&mut self) -> u32 {
        rand_core::impls::next_u32_via_fill(self)
    }

    fn next_u64(&mut self) -> u64 {
        rand_core::impls::next_u64_via_fill(self)
    }

    fn fill_bytes(&mut self, to: &mut [u8]) {
        let scalar = self.0.expose().iter().copied();
        to.iter_mut()
            .zip(scalar.chain(core::iter::repeat(0)))
            .for_each(|(to, byte)| *to = byte);
    }

    fn try_fill_bytes(&mut self, to: &mut [u8]) -> Result<(), rand_core::Error> {
        self.fill_bytes(to);
        Ok(())
    }
}

impl CryptoRng for ScalarByValue {}
