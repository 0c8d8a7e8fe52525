//! Claims: the verdict of a whole check with proofs, as a file that others can check.

mod file;
mod hookup;
mod verify;

pub(crate) use verify::{VerifyArguments, verify};

use std::path::Path;

use anyhow::{Context, bail};
use wormhole_sync::values::hex;

use crate::check::{self, Check};
use crate::data::data;
use crate::report::CheckResult;
use crate::run::plan;
use crate::run::verdict::Verdict;
use crate::spec::Spec;
use crate::subject::adapter::{AdapterHandle, Hello};
use crate::suites::vectors::generate;
use crate::terminal::say;
use file::{Claim, FreshVectors};

/// Refuses, before anything is judged, a check that allows no claim.
///
/// # Errors
///
/// A sentence that says why.
pub(crate) fn allow(check: &Check<'_>) -> anyhow::Result<()> {
    if check.selection.description().is_some() || check.vectors.is_some() {
        bail!(
            "a claim is about all tests: leave out --filter, --suite, --level, --clause and --vectors"
        );
    }
    if check.subject.outside_roles().is_some() {
        bail!("nothing can be claimed of a program from outside: put an adapter before it");
    }
    Ok(())
}

/// Writes what a result allows to be claimed into a file, once fresh vectors and faults between
/// suite and adapter have been tried.
///
/// # Errors
///
/// A sentence that says why nothing can be claimed, or that the file cannot be written.
pub(crate) fn make(check: &Check<'_>, result: &CheckResult, path: &Path) -> anyhow::Result<()> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).context("this machine gives no random bytes")?;
    let claim = claim(check, result, &hex::encode(&bytes))?;
    claim.write(path)?;
    say(format_args!(
        "claim: {}; written to {}",
        claim.sentence,
        path.display()
    ));
    Ok(())
}

/// The claim that a result allows, after fresh vectors of this seed and proof of hookup.
fn claim(check: &Check<'_>, result: &CheckResult, seed: &str) -> anyhow::Result<Claim> {
    let hello = result.start.adapter.as_ref();
    let hello = hello.context("only an adapter is claimed for")?;
    let Some(level) = result.end.level.filter(|level| *level > 0) else {
        bail!("nothing can be claimed: no level was reached");
    };
    let fresh_vectors = fresh_vectors(check, hello, level, seed)?;
    let cases = plan::load(None, &Spec::packed()?)?.cases;
    let command = check.subject.command(check.root)?;
    let timeout = check.settings.timeout;
    let connect = || AdapterHandle::start_process(&command, timeout);
    let hookup = hookup::prove(&cases, level, &connect, timeout)?;
    if hookup.seen < hookup.planted || hookup.planted == 0 {
        bail!(
            "nothing can be claimed: of {} faults planted between suite and adapter, {} were seen",
            hookup.planted,
            hookup.seen
        );
    }
    let without = &check.settings.without;
    Claim::new(
        result,
        hello,
        without,
        data()?,
        level,
        fresh_vectors,
        hookup,
    )
}

/// Judges by vectors that no implementation could know, those of the levels up to this one.
fn fresh_vectors(
    check: &Check<'_>,
    hello: &Hello,
    level: usize,
    seed: &str,
) -> anyhow::Result<FreshVectors> {
    let vectors = generate::fresh(seed)?;
    let hash = format!("sha256:{}", vectors.hash);
    let judged = check::judge_vectors(check, vectors, level)?;
    let is_right = |verdict: &Verdict| {
        matches!(
            verdict,
            Verdict::Passed | Verdict::Skipped { named: true, .. }
        )
    };
    if let Some((id, _)) = judged.iter().find(|(_, verdict)| !is_right(verdict)) {
        bail!(
            "nothing can be claimed: {} passes the committed vectors, and not {id} of a fresh set; \
             `generate --seed {seed} --out DIR` makes it, and `--vectors DIR` judges by it",
            hello.name
        );
    }
    let passed = judged
        .iter()
        .filter(|(_, verdict)| *verdict == Verdict::Passed);
    Ok(FreshVectors {
        seed: seed.to_owned(),
        vectors: hash,
        passed: passed.count(),
    })
}
