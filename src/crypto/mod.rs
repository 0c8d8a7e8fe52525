//! The cryptography of the protocol: SPAKE2, the key schedule, padding and seals (spec sections 5
//! to 7).
//!
//! The protocol uses it through the trait [`Suite`], which [`Standard`] implements. No type of
//! another cryptographic crate is part of this interface.

mod bad_element;
mod expand;
mod group;
mod opened;
mod output;
pub mod padding;
mod pake;
mod peer_fault;
mod random;
mod schedule;
mod seal;
mod standard;
mod suite;

#[cfg(any(test, feature = "test-hooks-dangerous"))]
pub mod dangerous_values;

#[cfg(test)]
mod pake_tests;
#[cfg(test)]
mod standard_tests;

pub use bad_element::BadElement;
pub use opened::{Opened, Receipt};
pub use output::{ExportError, ExportedKey, Exporter, Verifier};
pub use pake::{Pake, PakeMessage, SharedKey};
pub use peer_fault::{Malformed, PeerFault};
#[cfg(any(test, feature = "test-hooks-dangerous"))]
pub use random::ScalarTooLarge;
pub use random::{NoRandomness, PakeScalar};
pub use schedule::{KeyContext, Keys, Label};
pub use seal::{HoldsBlob, InitiatorBlob, ReceiverBlob, SealKey};
pub use standard::{FinishOpener, InitiatorPake, ReceiverPake, Standard};
pub use suite::{AnswerRead, FinishRead, OfferRead, Suite};
