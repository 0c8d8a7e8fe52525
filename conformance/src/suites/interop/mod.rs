//! Interop: two clients meet over a relay, and each of them is judged by its end.

pub(crate) mod meeting;
pub(crate) mod play;
