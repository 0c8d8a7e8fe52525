//! The values of the protocol and their written forms (spec sections 3, 4 and 8).
//!
//! Pure functions and plain types: no clock, no network, no randomness, no cryptography.

mod app_id;
mod blob;
mod channel;
mod code;
mod code_error;
mod code_words;
pub mod hex;
pub mod json;
mod link;
pub mod messages;
mod mode;
mod problem;
mod rendezvous;
mod role;
pub(crate) mod secret;
mod side;
pub mod words;

#[cfg(test)]
mod error_tests;
#[cfg(test)]
mod json_tests;
#[cfg(test)]
mod property_tests;
#[cfg(test)]
mod rendezvous_tests;

pub use app_id::{AppId, BadAppId};
pub use blob::{Blob, BlobTooLarge};
pub use channel::ChannelId;
pub use code::Code;
pub use code_error::CodeError;
pub use code_words::{Password, WordCount, Words};
pub use link::{BadLink, Link};
pub use mode::Mode;
pub use problem::{Problem, ProblemToken};
pub use rendezvous::{BadRendezvous, Rendezvous};
pub use role::Role;
pub use side::Side;
