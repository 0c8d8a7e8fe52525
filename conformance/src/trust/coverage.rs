//! The index of requirements: the text, the code that cites it, the tests, the models and the
//! mutants of each, and the reasons where there is no mutant.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use wormhole_sync::values::hex;

use crate::root::{Root, read};
use crate::spec::Spec;
use crate::suites::test::Test;

/// The reviewed exceptions, in `conformance/`.
const EXCEPTIONS: &str = "conformance/coverage.toml";
/// The reviewed sentences, in `conformance/`.
const REVIEWED: &str = "conformance/coverage.lock";
/// The catalogues of mutants, in `conformance/`.
const MUTANTS: [&str; 2] = [
    "conformance/mutants/client.toml",
    "conformance/mutants/relay.toml",
];
/// The folders in which requirements are cited.
const CITING: [&str; 4] = ["src", "spec", "conformance", "vectors"];
/// The folders among them that hold other people's files, or what was built.
const PASSED_OVER: [&str; 4] = ["node_modules", "target", "corpus", "transcripts"];
/// The endings of the files in which requirements are cited.
const ENDINGS: [&str; 7] = ["rs", "py", "js", "md", "tla", "toml", "pv"];

/// The reason why a requirement has no mutant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Reason {
    /// Nothing that a test sees from outside depends on it.
    NotVisible,
    /// Two machines are needed, or one that sleeps.
    AnotherMachine,
    /// The use of an interface is meant, which each language has of its own.
    Interface,
    /// A person is meant, or the words that a person is shown.
    Person,
    /// The time of a computation is meant.
    ConstantTime,
    /// Memory after its use is meant.
    Wiping,
    /// The build of a program is meant.
    Build,
}

/// One requirement with all that is about it.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    pub(crate) event: &'static str,
    pub(crate) id: String,
    pub(crate) line: usize,
    pub(crate) text: String,
    /// The files of the reference that cite it.
    pub(crate) code: BTreeSet<String>,
    /// The models that cite it.
    pub(crate) models: BTreeSet<String>,
    /// The tests that cite it, by suite.
    pub(crate) tests: BTreeMap<String, usize>,
    /// The ids of the mutants that break it.
    pub(crate) mutants: Vec<String>,
    /// The reason why it has none.
    pub(crate) reason: Option<Reason>,
}

/// The index, and what is wrong with it.
#[derive(Debug)]
pub(crate) struct Index {
    pub(crate) rows: Vec<Row>,
    pub(crate) faults: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Exceptions {
    exception: Vec<Exception>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Exception {
    id: String,
    reason: Reason,
    /// The reason in a sentence.
    why: String,
}

#[derive(Debug, Deserialize)]
struct Catalogue {
    entry: Vec<Entry>,
}

/// The members of a mutant that the index needs.
#[derive(Debug, Deserialize)]
struct Entry {
    id: String,
    clause: String,
}

/// Makes the index from the repository.
///
/// # Errors
///
/// A sentence about a file that cannot be read.
pub(crate) fn index(root: &Root, spec: &Spec, tests: &[&dyn Test]) -> anyhow::Result<Index> {
    let mut faults = Vec::new();
    let cited = citations(root, spec, &mut faults)?;
    let mutants = mutants(root, spec, &mut faults)?;
    let exceptions = exceptions(root, spec, &mut faults)?;
    let mut rows = Vec::new();
    for (id, clause) in spec.clauses() {
        let of = |is_meant: fn(&str) -> bool| -> BTreeSet<String> {
            let files = cited.get(id).into_iter().flatten();
            files.filter(|file| is_meant(file)).cloned().collect()
        };
        let mut suites = BTreeMap::new();
        for test in tests {
            if test.clauses().iter().any(|clause| clause == id) {
                *suites.entry(test.suite().to_owned()).or_insert(0) += 1;
            }
        }
        let row = Row {
            event: "clause",
            id: id.to_owned(),
            line: clause.line,
            text: clause.text.clone(),
            code: of(|file| file.starts_with("src/")),
            models: of(|file| file.starts_with("spec/model/")),
            tests: suites,
            mutants: mutants.get(id).cloned().unwrap_or_default(),
            reason: exceptions.get(id).map(|exception| exception.reason),
        };
        faults.extend(fault_of(&row));
        rows.push(row);
    }
    faults.extend(unreviewed(root, spec)?);
    Ok(Index { rows, faults })
}

/// The fault of a requirement's row, if it has one.
fn fault_of(row: &Row) -> Option<String> {
    let id = &row.id;
    match (row.mutants.is_empty(), row.reason) {
        (true, None) => Some(format!(
            "{id} has no mutant, and {EXCEPTIONS} gives no reason for it"
        )),
        (false, Some(_)) => Some(format!(
            "{id} has a mutant, and {EXCEPTIONS} says that it has none"
        )),
        (false, None) if row.tests.is_empty() => Some(format!("{id} has a mutant and no test")),
        _ => None,
    }
}

/// The files that cite each requirement, from the repository's folder.
fn citations(
    root: &Root,
    spec: &Spec,
    faults: &mut Vec<String>,
) -> anyhow::Result<BTreeMap<String, BTreeSet<String>>> {
    let families: BTreeSet<&str> = spec.clauses().filter_map(|(id, _)| family(id)).collect();
    let mut cited = BTreeMap::<String, BTreeSet<String>>::new();
    for folder in CITING {
        for path in files_in(&root.path().join(folder))? {
            let name = path.strip_prefix(root.path()).unwrap_or(&path);
            let name = name.display().to_string();
            for id in ids_in(&text(&path)?) {
                if spec.clause(&id).is_some() {
                    cited.entry(id).or_default().insert(name.clone());
                } else if family(&id).is_some_and(|family| families.contains(family)) {
                    faults.push(format!("{name} cites {id}, which the text does not have"));
                }
            }
        }
    }
    Ok(cited)
}

/// The family of an identifier: `CODE` of `CODE-3`.
fn family(id: &str) -> Option<&str> {
    id.split_once('-').map(|(family, _)| family)
}

/// The identifiers in a text, such as `CODE-3`.
fn ids_in(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_');
    let ids = words.filter(|word| {
        word.split_once('-').is_some_and(|(family, number)| {
            family.len() > 1
                && family.bytes().all(|byte| byte.is_ascii_uppercase())
                && !number.is_empty()
                && number.bytes().all(|byte| byte.is_ascii_digit())
        })
    });
    ids.map(str::to_owned).collect()
}

fn files_in(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let at = || folder.display().to_string();
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).with_context(at)? {
        let path = entry.with_context(at)?.path();
        let name = path.file_name().and_then(|name| name.to_str());
        let name = name.unwrap_or_default();
        if path.is_dir() {
            if !PASSED_OVER.contains(&name) && !name.starts_with('.') {
                files.extend(files_in(&path)?);
            }
        } else if name
            .rsplit_once('.')
            .is_some_and(|(_, end)| ENDINGS.contains(&end))
        {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn mutants(
    root: &Root,
    spec: &Spec,
    faults: &mut Vec<String>,
) -> anyhow::Result<BTreeMap<String, Vec<String>>> {
    let mut mutants = BTreeMap::<String, Vec<String>>::new();
    for name in MUTANTS {
        let catalogue: Catalogue = parsed(root, name)?;
        for Entry { id, clause } in catalogue.entry {
            if spec.clause(&clause).is_none() {
                faults.push(format!(
                    "the mutant {id} is of {clause}, which the text does not have"
                ));
            }
            mutants.entry(clause).or_default().push(id);
        }
    }
    Ok(mutants)
}

fn exceptions(
    root: &Root,
    spec: &Spec,
    faults: &mut Vec<String>,
) -> anyhow::Result<BTreeMap<String, Exception>> {
    let listed: Exceptions = parsed(root, EXCEPTIONS)?;
    let mut exceptions = BTreeMap::new();
    for exception in listed.exception {
        let id = exception.id.clone();
        if spec.clause(&id).is_none() {
            faults.push(format!(
                "{EXCEPTIONS} lists {id}, which the text does not have"
            ));
        }
        if !exception.why.ends_with('.') {
            faults.push(format!("{EXCEPTIONS} gives no sentence for {id}"));
        }
        if exceptions.insert(id.clone(), exception).is_some() {
            faults.push(format!("{EXCEPTIONS} lists {id} twice"));
        }
    }
    Ok(exceptions)
}

/// The requirements whose sentences have changed since somebody reviewed their tests.
fn unreviewed(root: &Root, spec: &Spec) -> anyhow::Result<Vec<String>> {
    let written = text(&root.path().join(REVIEWED))?;
    let reviewed: BTreeMap<&str, &str> = written
        .lines()
        .filter_map(|line| line.split_once(' '))
        .collect();
    let mut faults = Vec::new();
    for (id, clause) in spec.clauses() {
        match reviewed.get(id) {
            None => faults.push(format!("{id} is new: see that it is judged")),
            Some(hash) if **hash != hash_of(&clause.text) => faults.push(format!(
                "the sentence of {id} has changed: see that its tests and mutants follow"
            )),
            Some(_) => {}
        }
    }
    let gone = reviewed.keys().filter(|id| spec.clause(id).is_none());
    faults.extend(gone.map(|id| format!("{id} is gone")));
    if !faults.is_empty() {
        faults.push(
            "then `conformance coverage --reviewed` takes the sentences as they are".to_owned(),
        );
    }
    Ok(faults)
}

/// Takes all sentences as reviewed.
///
/// # Errors
///
/// A sentence about a file that cannot be written.
pub(crate) fn review(root: &Root, spec: &Spec) -> anyhow::Result<()> {
    let clauses = spec.clauses();
    let lines = clauses.map(|(id, clause)| format!("{id} {}\n", hash_of(&clause.text)));
    let path = root.path().join(REVIEWED);
    fs::write(&path, lines.collect::<String>())
        .with_context(|| format!("{} cannot be written", path.display()))
}

fn hash_of(text: &str) -> String {
    hex::encode(&Sha256::digest(text.as_bytes()))
        .chars()
        .take(16)
        .collect()
}

fn parsed<T: for<'a> Deserialize<'a>>(root: &Root, name: &str) -> anyhow::Result<T> {
    let text = text(&root.path().join(name))?;
    toml::from_str(&text).with_context(|| name.to_owned())
}

fn text(path: &Path) -> anyhow::Result<String> {
    match read(path) {
        Ok(text) => Ok(text),
        Err(error) => bail!("{error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(mutants: &[&str], tests: usize, reason: Option<Reason>) -> Row {
        Row {
            event: "clause",
            id: "CODE-1".to_owned(),
            line: 1,
            text: String::new(),
            code: BTreeSet::new(),
            models: BTreeSet::new(),
            tests: (tests > 0)
                .then(|| ("code".to_owned(), tests))
                .into_iter()
                .collect(),
            mutants: mutants.iter().map(|id| (*id).to_owned()).collect(),
            reason,
        }
    }

    #[test]
    fn a_gap_and_a_stale_exception_are_faults() {
        let fault = |row: Row| fault_of(&row).unwrap_or_default();
        assert_eq!(fault(row(&["m"], 1, None)), "");
        assert_eq!(fault(row(&[], 0, Some(Reason::Wiping))), "");
        assert!(fault(row(&[], 1, None)).contains("has no mutant"));
        assert!(fault(row(&["m"], 1, Some(Reason::Wiping))).contains("says that it has none"));
        assert!(fault(row(&["m"], 0, None)).contains("no test"));
    }

    #[test]
    fn identifiers_are_found_in_prose_and_code() {
        let ids = ids_in("`CODE-3`, (SEAL-10); not UTF-8x, X-1, a-2 or initiator_CODE-4.");
        assert_eq!(ids.into_iter().collect::<Vec<_>>(), ["CODE-3", "SEAL-10"]);
    }
}
