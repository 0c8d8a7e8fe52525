//! Every intermediate value of sections 5 and 6, for vectors and for finding a difference.
//!
//! These are the secrets themselves, and exist with the feature `test-hooks-dangerous` only.

use sha2::{Digest, Sha256};
use spake2::Group;

use super::bad_element::BadElement;
use super::group::{self, StrictGroup};
use super::pake::{self, Pake, PakeMessage, SharedKey};
use super::random::PakeScalar;
use super::schedule::{KeyContext, Label, Prk};
use crate::values::secret::SecretBytes;
use crate::values::{Password, Role};

/// The values of section 5, by their names there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PakeValues {
    /// `w`, little-endian.
    pub password_scalar: [u8; 32],
    /// This side's message.
    pub message: PakeMessage,
    /// `enc(Z)`.
    pub z: [u8; 32],
    /// The 192 bytes whose SHA-256 is `K`: six values of 32 bytes.
    pub transcript: Vec<u8>,
    /// `K`.
    pub key: [u8; 32],
}

/// Runs SPAKE2 as `role` by the formulas of section 5, without the crate, and returns every value.
///
/// # Errors
///
/// [`BadElement`], as from [`Pake::finish`].
pub fn pake_values(
    role: Role,
    password: &Password,
    scalar: [u8; 32],
    peer: &PakeMessage,
) -> Result<PakeValues, BadElement> {
    let scalar =
        || PakeScalar::dangerously_from_le_bytes(scalar).map_err(|_| BadElement::NotAPoint);
    let pake = Pake::start(role, password, scalar()?);
    let message = *pake.message();
    let key = pake.finish(peer)?.dangerously_reveal();

    let ([_, own @ ..], [_, element @ ..]) = (&message, peer);
    let w = StrictGroup::hash_to_scalar(password.expose());
    let mask = match role {
        Role::Initiator => StrictGroup::const_n(),
        Role::Receiver => StrictGroup::const_m(),
    };
    let unmasked = StrictGroup::add(
        &group::decode(element)?,
        &StrictGroup::scalarmult(&mask, &StrictGroup::scalar_neg(&w)),
    );
    let z = group::encode(&StrictGroup::scalarmult(
        &unmasked,
        &group::scalar_of(scalar()?.expose()),
    ));
    let (x, y) = match role {
        Role::Initiator => (own, element),
        Role::Receiver => (element, own),
    };
    let [a, b] = pake::IDENTITIES;
    let hashes = [password.expose(), a, b].map(Sha256::digest);
    let transcript = [hashes[0].as_slice(), &hashes[1], &hashes[2], x, y, &z].concat();
    Ok(PakeValues {
        password_scalar: group::scalar_bytes(&w),
        message,
        z,
        transcript,
        key,
    })
}

/// The values of section 6, by their names there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduleValues {
    /// `context`.
    pub context: Vec<u8>,
    /// `th`.
    pub th: [u8; 32],
    /// `PRK`.
    pub prk: [u8; 32],
    /// Each label with its `key_x`, in the order of the table.
    pub keys: [(Label, [u8; 32]); 5],
}

/// Runs the key schedule and returns every value.
#[must_use]
pub fn schedule_values(
    key: [u8; 32],
    key_context: &KeyContext,
    offer: &PakeMessage,
    answer_message: &PakeMessage,
) -> ScheduleValues {
    let context = key_context.encode(offer, answer_message);
    let th: [u8; 32] = Sha256::digest(&context).into();
    let prk = Prk::extract(&th, &SharedKey::dangerously_from_bytes(key));
    let reveal = |secret: SecretBytes<32>| *secret.expose();
    let keys = Label::ALL.map(|label| (label, reveal(prk.expand(label))));
    ScheduleValues {
        context,
        th,
        prk: *prk.expose(),
        keys,
    }
}

#[cfg(test)]
mod tests {
    use hkdf::Hkdf;

    use super::*;
    use crate::crypto::{InitiatorBlob, Keys, SealKey};
    use crate::values::{AppId, Blob, ChannelId, Mode};

    /// Each value follows from the one before it, and the keys are those of an exchange.
    #[test]
    fn the_key_schedule_is_shown_as_it_is() {
        let key_context = KeyContext {
            mode: Mode::Transcribe,
            app_id: AppId::new("a").unwrap(),
            channel: ChannelId::new(7).unwrap(),
        };
        let shown = schedule_values([9; 32], &key_context, &[0x41; 33], &[0x42; 33]);
        assert_eq!(shown.context, key_context.encode(&[0x41; 33], &[0x42; 33]));
        assert_eq!(shown.th[..], Sha256::digest(&shown.context)[..]);
        let (prk, expand) = Hkdf::<Sha256>::extract(Some(&shown.th), &[9; 32]);
        assert_eq!(shown.prk[..], prk[..]);
        for (label, key) in &shown.keys {
            let mut okm = [0; 32];
            let info = label.text().as_bytes();
            expand.expand(info, &mut okm).unwrap();
            assert_eq!(*key, okm, "{label:?}");
        }
        let used = Keys::derive(
            SharedKey::dangerously_from_bytes([9; 32]),
            &key_context.encode(&[0x41; 33], &[0x42; 33]),
        );
        let (_, key) = shown.keys[1];
        let key = SealKey::<InitiatorBlob>::dangerously_from_bytes(key, shown.th);
        let blob = Blob::new(*b"blob").unwrap();
        assert_eq!(key.seal(&blob), used.initiator_blob.seal(&blob));
    }
}
