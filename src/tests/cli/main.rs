//! The command line as a person or a script meets it: the built program, over a real relay.

mod demo;
mod ends;
mod events;
mod packaging;
mod program;
mod refusals;
mod relays;
mod streams;
mod terminals;
mod transfers;
mod verifying;
