//! The reports of a check. Each form is made from one result.

pub(crate) mod again;
mod context;
mod format;
mod github;
pub(crate) mod groups;
pub(crate) mod html;
mod junit;
mod levels;
mod may_claim;
mod meetings;
mod pretty;
mod progress;
mod result;
#[cfg(test)]
mod samples;
mod wrap;

pub(crate) use context::{ReportContext, not_judged};
pub(crate) use format::{CheckFormat, Format};
pub(crate) use may_claim::may_claim;
pub(crate) use meetings::{InteropResult, MeetingResult, MeetingVerdict};
pub(crate) use progress::{ProgressMeter, unfinished};
pub(crate) use result::CheckResult;
pub(crate) use wrap::wrap;
