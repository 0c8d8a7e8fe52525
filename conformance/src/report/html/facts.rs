//! The facts that the pages show beside a result.

use std::collections::{BTreeMap, HashMap};

use super::super::meetings::InteropResult;
use crate::spec::Spec;

/// The needs, the questions and the right answers of a test: names and lines.
pub(crate) type TestContent = Vec<(&'static str, String)>;

/// The facts that the pages show beside a result.
#[derive(Debug)]
pub(crate) struct HtmlFacts<'a> {
    /// The requirements.
    pub(crate) spec: &'a Spec,
    /// The whole text of the specification.
    pub(crate) text: &'a str,
    /// The content of each test, by its id, as far as it is that of the result.
    pub(crate) contents: HashMap<String, TestContent>,
    /// Sentences about what of this result this program does not have.
    pub(crate) remarks: Vec<String>,
    /// The planted faults and the reviewed reasons of each requirement.
    pub(crate) reviewed: BTreeMap<String, ReviewedRequirement>,
    /// The meetings of clients, where a result of `interop` is shown as well.
    pub(crate) interop: Option<InteropResult>,
}

/// The facts about a requirement that are the same whatever is judged.
#[derive(Debug, Default)]
pub(crate) struct ReviewedRequirement {
    /// The planted faults that break it.
    pub(crate) faults: Vec<KnownFault>,
    /// The reason why it has none.
    pub(crate) reason: Option<KnownReason>,
}

/// A planted fault.
#[derive(Debug)]
pub(crate) struct KnownFault {
    /// The identifier.
    pub(crate) id: String,
    /// The fault in plain words.
    pub(crate) title: String,
    /// The test that is known to find it.
    pub(crate) found_by: Option<String>,
}

/// The reason why no planted fault breaks a requirement.
#[derive(Debug)]
pub(crate) struct KnownReason {
    /// The word of the closed list.
    pub(crate) kind: String,
    /// The reason in a sentence.
    pub(crate) why: String,
}
