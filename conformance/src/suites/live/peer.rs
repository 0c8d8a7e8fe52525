//! The other peer of a live run. Its values come from primitives (`vectors::derive`), and it can
//! send what it likes.

use std::fmt;
use std::sync::Arc;

use curve25519_dalek::scalar::Scalar;

use crate::suites::vectors::derive::{self, IDENTITIES, Role, Schedule, VERSION_AND_MODE};

/// The peer of a client.
#[derive(Debug, Clone)]
pub(crate) struct Peer {
    /// The peer's own role, the other one than the client's.
    pub(crate) role: Role,
    pub(crate) appid: Vec<u8>,
    pub(crate) channel: u32,
    pub(crate) blob: Vec<u8>,
    pub(crate) scalar: Scalar,
}

/// The values of an exchange, as the peer computes them (sections 5 and 6).
#[derive(Debug, Clone)]
pub(crate) struct Agreement {
    pub(crate) offer: Vec<u8>,
    pub(crate) answer_message: Vec<u8>,
    pub(crate) z: [u8; 32],
    pub(crate) k: [u8; 32],
    pub(crate) schedule: Schedule,
}

impl Peer {
    /// Makes a peer whose scalar comes out of a text, so that a run can be played again.
    pub(crate) fn new(role: Role, appid: &[u8], channel: u32, blob: &[u8], seed: &str) -> Self {
        let wide = [format!("{seed} 0"), format!("{seed} 1")]
            .map(|text| derive::sha256(text.as_bytes()))
            .concat();
        let mut bytes = [0; 64];
        bytes.iter_mut().zip(wide).for_each(|(to, from)| *to = from);
        Self {
            role,
            appid: appid.to_vec(),
            channel,
            blob: blob.to_vec(),
            scalar: Scalar::from_bytes_mod_order_wide(&bytes),
        }
    }

    /// The peer's SPAKE2 message (section 5.3).
    pub(crate) fn message(&self, password: &str) -> Vec<u8> {
        let w = derive::password_scalar(password.as_bytes());
        derive::message(self.role, derive::element(self.role, self.scalar, w))
    }

    /// Computes the keys from the client's 33 bytes; `None` when they hold no point.
    pub(crate) fn agree(&self, password: &str, channel: u32, theirs: &[u8]) -> Option<Agreement> {
        let w = derive::password_scalar(password.as_bytes());
        let element: [u8; 32] = theirs.get(1..33)?.try_into().ok()?;
        let point = derive::decode(element)?;
        let z = derive::encode(derive::unmasked(self.role, self.scalar, w, point));
        let own = self.message(password);
        let theirs = theirs.get(..33)?.to_vec();
        let (offer, answer_message) = match self.role {
            Role::Initiator => (own, theirs),
            Role::Receiver => (theirs, own),
        };
        let x: [u8; 32] = offer.get(1..)?.try_into().ok()?;
        let y: [u8; 32] = answer_message.get(1..)?.try_into().ok()?;
        let k = derive::pake_key(password.as_bytes(), IDENTITIES, x, y, z);
        let [version, mode] = VERSION_AND_MODE;
        let channel = channel.to_string();
        let context = [
            version,
            mode,
            &self.appid,
            channel.as_bytes(),
            &offer,
            &answer_message,
        ];
        let schedule = Schedule::new(&k, &context);
        Some(Agreement {
            offer,
            answer_message,
            z,
            k,
            schedule,
        })
    }
}

impl Agreement {
    /// The receiver's seal over these bytes.
    pub(crate) fn receiver_seal(&self, plaintext: &[u8]) -> Vec<u8> {
        derive::seal(&self.schedule.receiver_blob, &self.schedule.th, plaintext)
    }

    /// The initiator's seal over these bytes.
    pub(crate) fn initiator_seal(&self, plaintext: &[u8]) -> Vec<u8> {
        derive::seal(&self.schedule.initiator_blob, &self.schedule.th, plaintext)
    }

    /// The answer with this blob.
    pub(crate) fn answer(&self, blob: &[u8]) -> Vec<u8> {
        self.answer_with(&self.receiver_seal(&derive::pad(blob)))
    }

    /// The answer with this sealed part.
    pub(crate) fn answer_with(&self, sealed: &[u8]) -> Vec<u8> {
        [self.answer_message.as_slice(), sealed].concat()
    }

    /// The finish with this blob.
    pub(crate) fn finish(&self, blob: &[u8]) -> Vec<u8> {
        self.initiator_seal(&derive::pad(blob))
    }

    /// The receipt.
    pub(crate) fn receipt(&self) -> Vec<u8> {
        derive::seal(&self.schedule.receipt, &self.schedule.th, b"")
    }

    /// The key that both sides export under a label.
    pub(crate) fn export(&self, label: &[u8], length: u16) -> Vec<u8> {
        derive::export(&self.schedule.exporter, label, length)
    }
}

/// A function that makes one message of the peer's. An offer is made before there is an agreement,
/// and gets none.
type Make = dyn Fn(&Peer, Option<&Agreement>) -> Vec<u8> + Send + Sync;

/// One message of the peer's.
#[derive(Clone)]
pub(crate) enum PeerMessage {
    /// The right one.
    Right,
    /// None: the peer keeps silent.
    Silent,
    /// These bytes.
    Made(Arc<Make>),
}

impl PeerMessage {
    /// A message that is made of the agreement.
    pub(crate) fn of(make: impl Fn(&Peer, &Agreement) -> Vec<u8> + Send + Sync + 'static) -> Self {
        Self::Made(Arc::new(move |peer, agreement| {
            agreement.map_or_else(Vec::new, |agreement| make(peer, agreement))
        }))
    }

    /// These bytes, whatever was agreed.
    pub(crate) fn bytes(bytes: Vec<u8>) -> Self {
        Self::Made(Arc::new(move |_, _| bytes.clone()))
    }
}

impl fmt::Debug for PeerMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Right => "Right",
            Self::Silent => "Silent",
            Self::Made(_) => "Made",
        })
    }
}
