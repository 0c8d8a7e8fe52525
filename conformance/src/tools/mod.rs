//! The commands that make the suite's own data and show it.

pub(crate) mod generate;
pub(crate) mod list;
pub(crate) mod record;
