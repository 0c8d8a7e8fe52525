//! The suites, which give tests and know nothing of runs and reports.

pub(crate) mod case;
pub(crate) mod interop;
pub(crate) mod live;
pub(crate) mod relay;
pub(crate) mod replay;
pub(crate) mod surroundings;
pub(crate) mod test;
pub(crate) mod vectors;
