//! The tests of whole exchanges and of their parts, in one binary, so that it is linked once.
#![forbid(unsafe_code)]

mod kit;

mod answers;
mod cancelling;
mod dropping;
mod events;
mod examples;
mod exchanges;
mod looking;
mod outcomes;
mod parsers;
mod proxies;
mod rendezvous;
mod secrets;
mod storm;
mod tls;
mod unreachable;
