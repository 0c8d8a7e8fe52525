//! The suites: each gives tests, and knows nothing of runs and reports.

pub(crate) mod case;
pub(crate) mod replay;
pub(crate) mod vectors;
