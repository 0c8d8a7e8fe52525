//! The commands beside the judging of one implementation: those that make the suite's own data and
//! show it, and the meetings of several.

pub(crate) mod archive;
pub(crate) mod coverage;
pub(crate) mod doctor;
pub(crate) mod freeze;
pub(crate) mod generate;
pub(crate) mod html;
pub(crate) mod interop;
pub(crate) mod list;
pub(crate) mod mutants;
mod pair;
pub(crate) mod promote;
pub(crate) mod record;
pub(crate) mod relay;
pub(crate) mod report;
pub(crate) mod serve;
pub(crate) mod show;
mod subject;

pub(crate) use subject::SubjectArguments;
