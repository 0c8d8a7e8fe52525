//! A run of tests: the plan selects them, the runner runs them, and the verdicts add up.

mod controls;
pub(crate) mod expectations;
pub(crate) mod judged;
pub(crate) mod plan;
mod relay_choice;
pub(crate) mod relays;
pub(crate) mod runner;
pub(crate) mod scoring;
pub(crate) mod selection;
mod shared_relays;
mod together;
pub(crate) mod verdict;

#[cfg(test)]
mod runner_tests;
