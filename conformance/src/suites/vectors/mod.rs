//! Vectors: inputs of operations with the results that they must give, in files that any
//! implementation's tests can read as well.

mod builder;
pub(crate) mod bytes;
mod case;
pub(crate) mod derive;
mod diff;
mod display;
mod exchange_values;
mod families;
mod file;
pub(crate) mod generate;
mod schema;
mod seeds;
mod shapes;
mod sources;
pub(crate) mod word_lists;
mod worked_example;

#[cfg(test)]
mod files_tests;

pub(crate) use case::cases;
pub(crate) use display::{printable, short};
pub(crate) use file::Vectors;
