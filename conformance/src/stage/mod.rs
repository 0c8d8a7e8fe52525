//! The HTTP server with which the suite plays a relay to a client. It responds as it is told, and
//! fails in each way that a transcript knows. It judges nothing.

pub(crate) mod address;
pub(crate) mod bytes;
pub(crate) mod forward;
pub(crate) mod http_connection;
pub(crate) mod lag;
pub(crate) mod listener;
pub(crate) mod raw_stream;
pub(crate) mod response;
