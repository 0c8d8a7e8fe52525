//! Second readings: rules of the specification, written again and in another way than in the reference.

pub(crate) mod json;
pub(crate) mod messages;
pub(crate) mod response;
pub(crate) mod tables;
