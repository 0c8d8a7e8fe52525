//! The HTTP server that the suite plays to a client: it responds as it is told, and fails in each
//! way that a transcript knows. It judges nothing.

pub(crate) mod bytes;
pub(crate) mod listener;
pub(crate) mod raw_stream;
pub(crate) mod response;
