//! The planted faults and the reviewed reasons of each requirement, out of the files that are
//! packed into this program.

use std::collections::BTreeMap;

use anyhow::Context;
use serde::Deserialize;
use serde_json::json;

use super::coverage::Reason;
use crate::report::html::{KnownFault, KnownReason, ReviewedRequirement};

/// The texts of the files of one program's faults.
#[derive(Debug)]
pub(crate) struct FaultTexts<'a> {
    /// The catalogue.
    pub(crate) catalogue: &'a str,
    /// The tests that are known to find its faults.
    pub(crate) killers: &'a str,
}

#[derive(Deserialize)]
struct FaultFile {
    entry: Vec<FaultEntry>,
}

/// The members of a fault that people read.
#[derive(Deserialize)]
struct FaultEntry {
    id: String,
    clause: String,
    title: String,
}

#[derive(Deserialize)]
struct ReasonFile {
    exception: Vec<ReasonEntry>,
}

#[derive(Deserialize)]
struct ReasonEntry {
    id: String,
    reason: Reason,
    why: String,
}

/// Sorts faults and reasons by requirement.
///
/// # Errors
///
/// A sentence about a text that cannot be read.
pub(crate) fn reviewed(
    programs: &[FaultTexts<'_>],
    exceptions: &str,
) -> anyhow::Result<BTreeMap<String, ReviewedRequirement>> {
    let mut reviewed = BTreeMap::<String, ReviewedRequirement>::new();
    for FaultTexts { catalogue, killers } in programs {
        let file: FaultFile = toml::from_str(catalogue).context("a catalogue of faults")?;
        let mut killers: BTreeMap<String, String> =
            serde_json::from_str(killers).context("the tests that find faults")?;
        for FaultEntry { id, clause, title } in file.entry {
            let found_by = killers.remove(&id);
            reviewed.entry(clause).or_default().faults.push(KnownFault {
                id,
                title,
                found_by,
            });
        }
    }
    let file: ReasonFile = toml::from_str(exceptions).context("the reviewed reasons")?;
    for ReasonEntry { id, reason, why } in file.exception {
        let kind = json!(reason).as_str().unwrap_or_default().to_owned();
        reviewed.entry(id).or_default().reason = Some(KnownReason { kind, why });
    }
    Ok(reviewed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_and_reasons_stand_at_their_requirements() {
        let catalogue = "[[entry]]\nid = 'a'\nclause = 'CODE-1'\ntitle = 'It is.'\nmodule = 'm'\n";
        let texts = FaultTexts {
            catalogue,
            killers: "{\"a\": \"code-canonical\"}",
        };
        let exceptions = "[[exception]]\nid = 'KEY-2'\nreason = 'wiping'\nwhy = 'Unseen.'\n";
        let reviewed = reviewed(&[texts], exceptions).unwrap();
        let fault = &reviewed["CODE-1"].faults[0];
        assert_eq!((&*fault.id, &*fault.title), ("a", "It is."));
        assert_eq!(fault.found_by.as_deref(), Some("code-canonical"));
        let reason = reviewed["KEY-2"].reason.as_ref().unwrap();
        assert_eq!((&*reason.kind, &*reason.why), ("wiping", "Unseen."));
    }
}
