//! What the suite's verdicts are worth: the coverage of the specification by tests.

pub(crate) mod coverage;
