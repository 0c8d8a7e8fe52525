//! Second opinions: what the specification says, written again and in another way than the reference has it.

pub(crate) mod json;
pub(crate) mod messages;
pub(crate) mod response;
pub(crate) mod tables;
