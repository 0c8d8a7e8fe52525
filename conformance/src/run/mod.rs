//! A run: the plan says which tests there are, the runner runs them, and the verdicts add up.

pub(crate) mod plan;
pub(crate) mod runner;
pub(crate) mod verdict;

#[cfg(test)]
mod runner_tests;
