//! The worth of the suite's verdicts: faults that it must find, and lawful variants and degenerate
//! programs that it must not be misled by.

pub(crate) mod catalogue;
pub(crate) mod client;
pub(crate) mod coverage;
pub(crate) mod degenerate;
pub(crate) mod diagnosis;
pub(crate) mod judge;
pub(crate) mod killers;
pub(crate) mod lawful;
pub(crate) mod mutants;
pub(crate) mod planted;
pub(crate) mod relay;
pub(crate) mod reviewed;
pub(crate) mod trust_report;
