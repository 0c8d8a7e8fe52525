//! Claims: the verdict of a whole check with proofs, as a file that others can check.

mod file;
mod hookup;
mod verify;

pub(crate) use verify::{VerifyArguments, verify};

use std::path::Path;

use anyhow::{Context, bail};
use wormhole_sync::values::hex;

use crate::check::{self, Check};
use crate::report::{CheckResult, may_claim};
use crate::run::plan;
use crate::run::verdict::Verdict;
use crate::spec::Spec;
use crate::subject::adapter::AdapterHandle;
use crate::suites::vectors::generate;
use crate::terminal::say;
use crate::whole_file;
use file::{Claim, FreshVectors, JudgedBy};

/// Refuses, before anything is judged, a check that allows no claim, and a file that cannot be
/// written.
///
/// # Errors
///
/// A sentence that says why.
pub(crate) fn allow(check: &Check<'_>, path: &Path) -> anyhow::Result<()> {
    if check.selection.description().is_some() || check.vectors.is_some() {
        bail!(
            "a claim is about all tests: leave out --filter, --suite, --level, --clause and --vectors"
        );
    }
    if check.subject.outside_roles().is_some() {
        bail!("nothing can be claimed of a program from outside: put an adapter before it");
    }
    whole_file::try_to_write(path)
}

/// Writes what a result allows to be claimed into a file, once fresh vectors and faults between
/// suite and adapter have been tried. Gives whether anything can be claimed, and says why not.
///
/// # Errors
///
/// A sentence about an adapter that does not start any more, or a file that cannot be written.
pub(crate) fn make(check: &Check<'_>, result: &CheckResult, path: &Path) -> anyhow::Result<bool> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).context("this machine gives no random bytes")?;
    match claim(check, result, &hex::encode(&bytes))? {
        Ok(claim) => {
            claim.write(path)?;
            let place = path.display();
            say(format_args!(
                "claim: {}; written to {place}",
                claim.sentence
            ));
            Ok(true)
        }
        Err(why) => {
            say(format_args!("nothing can be claimed: {why}"));
            Ok(false)
        }
    }
}

/// The claim that a result allows, after fresh vectors of this seed and proof of hookup, or why it
/// allows none.
fn claim(
    check: &Check<'_>,
    result: &CheckResult,
    seed: &str,
) -> anyhow::Result<Result<Claim, String>> {
    let hello = result.start.adapter.as_ref();
    let hello = hello.context("only an adapter is claimed for")?;
    if let Err(why) = may_claim(result) {
        return Ok(Err(why));
    }
    let level = result.end.level.context("only a level is claimed")?;
    let fresh_vectors = match fresh_vectors(check, level, seed)? {
        Ok(fresh_vectors) => fresh_vectors,
        Err(why) => return Ok(Err(why)),
    };
    let spec = Spec::packed()?;
    let plan = plan::load(None, &spec)?;
    let command = check.subject.command(check.root)?;
    let timeout = check.settings.timeout;
    let connect = || AdapterHandle::start_process(&command, timeout);
    let hookup = hookup::prove(&plan.cases, level, &connect, timeout)?;
    if hookup.seen < hookup.planted || hookup.planted == 0 {
        return Ok(Err(format!(
            "of {} faults planted between suite and adapter, {} were seen",
            hookup.planted, hookup.seen
        )));
    }
    let judged_by = JudgedBy::this_program(&plan, &spec)?;
    let without = &check.settings.without;
    let claim = Claim::new(
        result,
        hello,
        without,
        judged_by,
        level,
        fresh_vectors,
        hookup,
    );
    Ok(Ok(claim))
}

/// Judges by vectors that no implementation could know, those of the levels up to this one.
fn fresh_vectors(
    check: &Check<'_>,
    level: usize,
    seed: &str,
) -> anyhow::Result<Result<FreshVectors, String>> {
    let vectors = generate::fresh(seed)?;
    let hash = format!("sha256:{}", vectors.hash);
    let judged = check::judge_vectors(check, vectors, level)?;
    let is_right = |verdict: &Verdict| {
        matches!(
            verdict,
            Verdict::Passed | Verdict::Skipped { named: true, .. } | Verdict::Unscored(_)
        )
    };
    if let Some((id, _)) = judged.iter().find(|(_, verdict)| !is_right(verdict)) {
        return Ok(Err(format!(
            "the committed vectors pass, and not {id} of a fresh set; `generate --seed {seed} --out \
             DIR` makes it, and `--vectors DIR` judges by it"
        )));
    }
    let passed = judged
        .iter()
        .filter(|(_, verdict)| *verdict == Verdict::Passed);
    Ok(Ok(FreshVectors {
        seed: seed.to_owned(),
        vectors: hash,
        passed: passed.count(),
    }))
}
