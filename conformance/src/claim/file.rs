//! A claim as a file.

use std::fs;
use std::path::Path;

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::hookup::Hookup;
use crate::data::data;
use crate::report::CheckResult;
use crate::run::plan::Plan;
use crate::run::scoring::{DISPUTED, EDITIONS};
use crate::run::verdict::VerdictCounts;
use crate::spec::Spec;
use crate::subject::adapter::Hello;
use crate::whole_file;

/// The version of the form of claims.
const VERSION: u32 = 2;

/// A statement that others can check: an implementation, what judged it, and the verdict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Claim {
    /// The version of this form.
    pub(crate) claim: u32,
    /// The sentence for people.
    pub(crate) sentence: String,
    /// The implementation, as its hello describes it.
    pub(crate) adapter: ClaimedAdapter,
    /// All that judged it.
    pub(crate) judged_by: JudgedBy,
    /// The edition of the text whose tests count.
    pub(crate) edition: String,
    /// The level that was reached, from 1 to 5.
    pub(crate) level: usize,
    /// The counts over all tests, those that do not count included.
    pub(crate) counts: VerdictCounts,
    /// SHA-256 over the lines `ID VERDICT` of all tests, in their order.
    pub(crate) verdicts: String,
    /// The requirements that no test judged.
    pub(crate) not_judged: Vec<String>,
    /// A set of vectors that no implementation could know beforehand.
    pub(crate) fresh_vectors: FreshVectors,
    /// The proof that the adapter answers, and that the answers are looked at.
    pub(crate) hookup: Hookup,
}

/// The implementation of a claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClaimedAdapter {
    pub(crate) name: String,
    pub(crate) version: String,
    /// The version of the text that it follows.
    pub(crate) spec: String,
    pub(crate) roles: Vec<String>,
    /// The command that started it.
    pub(crate) command: String,
    /// The operations and values that it was said to lack.
    pub(crate) without: Vec<String>,
}

/// All that a claim hangs on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct JudgedBy {
    /// The version of the suite.
    pub(crate) suite: String,
    /// The version of the specification's text.
    pub(crate) spec: String,
    /// SHA-256 of that text.
    pub(crate) spec_sha256: String,
    /// SHA-256 over the lines `ID` of all tests.
    pub(crate) tests_sha256: String,
    /// SHA-256 over the names and texts of the lists of tests that count, and the disputed tests.
    pub(crate) scoring_sha256: String,
    /// The hash of all vectors.
    pub(crate) vectors: String,
    /// SHA-256 over the names and texts of all transcripts.
    pub(crate) transcripts_sha256: String,
}

/// The fresh vectors of a claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FreshVectors {
    /// The text that they were made from (`generate --seed`).
    pub(crate) seed: String,
    /// Their hash.
    pub(crate) vectors: String,
    /// The vectors that passed; the others were skipped.
    pub(crate) passed: usize,
}

impl JudgedBy {
    /// All that this program judges by.
    ///
    /// # Errors
    ///
    /// A sentence, if the program is damaged.
    pub(crate) fn this_program(plan: &Plan, spec: &Spec) -> anyhow::Result<Self> {
        let data = data()?;
        let text = data.text("spec/wormhole-sync.md")?;
        let transcripts = data.folder("conformance/transcripts");
        let lists = data.folder(EDITIONS);
        let disputed = [(DISPUTED, data.text(DISPUTED)?)];
        let line = |(name, text)| format!("{name} {text}");
        Ok(Self {
            suite: env!("CARGO_PKG_VERSION").to_owned(),
            spec: spec.version().to_owned(),
            spec_sha256: sha256([text.to_owned()]),
            tests_sha256: sha256(plan.cases.iter().map(|case| case.id().to_owned())),
            vectors: format!("sha256:{}", plan.vectors_hash),
            transcripts_sha256: sha256(transcripts.map(line)),
            scoring_sha256: sha256(lists.chain(disputed).map(line)),
        })
    }
}

impl Claim {
    /// Puts a claim together.
    pub(crate) fn new(
        result: &CheckResult,
        hello: &Hello,
        without: &[String],
        judged_by: JudgedBy,
        level: usize,
        fresh_vectors: FreshVectors,
        hookup: Hookup,
    ) -> Self {
        let adapter = ClaimedAdapter {
            name: hello.name.clone(),
            version: hello.version.clone(),
            spec: hello.spec.clone(),
            roles: hello.roles.clone(),
            command: result.start.command.clone(),
            without: without.to_vec(),
        };
        let verdicts = result.verdicts();
        let verdicts = verdicts.map(|(id, verdict)| format!("{id} {}", verdict.name()));
        let counts = result.end.counts;
        let edition = result.start.edition.clone();
        Self {
            claim: VERSION,
            sentence: format!(
                "{} {} conforms to wormhole-sync {edition}, level {level} of 5: {} of {} tests \
                 passed, {} unscored, and {} passed by fresh vectors",
                adapter.name,
                adapter.version,
                counts.passed,
                counts.planned - counts.unscored,
                counts.unscored,
                fresh_vectors.passed
            ),
            adapter,
            judged_by,
            edition,
            level,
            counts,
            verdicts: sha256(verdicts),
            not_judged: result.end.not_judged.clone(),
            fresh_vectors,
            hookup,
        }
    }

    /// Writes the claim, whole or not at all.
    ///
    /// # Errors
    ///
    /// A sentence about a file that cannot be written.
    pub(crate) fn write(&self, path: &Path) -> anyhow::Result<()> {
        let text = serde_json::to_string_pretty(self)? + "\n";
        whole_file::write(path, text.as_bytes())
    }

    /// Reads a claim.
    ///
    /// # Errors
    ///
    /// A sentence about a file that cannot be read, or is no claim of this version.
    pub(crate) fn read(path: &Path) -> anyhow::Result<Self> {
        let text = fs::read_to_string(path);
        let text = text.with_context(|| format!("{} cannot be read", path.display()))?;
        let claim: Self = serde_json::from_str(&text)
            .with_context(|| format!("{} is no claim", path.display()))?;
        if claim.claim != VERSION {
            let theirs = claim.claim;
            bail!(
                "{} is a claim of version {theirs}, not {VERSION}",
                path.display()
            );
        }
        Ok(claim)
    }
}

/// SHA-256 of lines, in hex.
fn sha256(lines: impl IntoIterator<Item = String>) -> String {
    let mut hash = Sha256::new();
    for line in lines {
        hash.update(line.as_bytes());
        hash.update(b"\n");
    }
    wormhole_sync::values::hex::encode(&hash.finalize())
}
