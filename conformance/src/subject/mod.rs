//! The implementations that the suite can judge, and how each is started and asked.

pub(crate) mod adapter;
pub(crate) mod external;
pub(crate) mod reference;
pub(crate) mod target;
