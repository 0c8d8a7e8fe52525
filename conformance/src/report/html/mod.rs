//! The report for a browser: a few pages that need no network.

mod facts;
mod failure;
mod failure_list;
mod ladder;
mod marks;
mod matrix;
mod page;
mod prose;
mod requirement;
mod specification;
mod standing;
mod suite_table;
mod summary;
mod test_list;
mod write;

pub(crate) use facts::{HtmlFacts, KnownFault, KnownReason, ReviewedRequirement, TestContent};
#[cfg(test)]
pub(crate) use write::files;
pub(crate) use write::{make_folder, write};
