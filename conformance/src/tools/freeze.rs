//! `conformance freeze`: writes the list of the tests that count for the text's current edition.

use std::collections::BTreeSet;
use std::fs;

use anyhow::bail;
use clap::Args;
use sha2::{Digest, Sha256};
use wormhole_sync::values::hex;

use crate::root::{Root, read};
use crate::run::scoring::{EDITIONS, names};
use crate::spec::Spec;
use crate::terminal::show;
use crate::tools::list;
use crate::whole_file;

/// The arguments of `conformance freeze`.
#[derive(Debug, Args)]
pub(crate) struct FreezeArguments {
    /// Freeze a list once more, while nobody has been judged by it: what the suite has now counts
    #[arg(long)]
    again: bool,
}

/// Writes the list of the current edition, if there is none yet; else says what came later.
///
/// # Errors
///
/// A sentence about a list that names what the suite does not have, or a file that cannot be read
/// or written.
pub(crate) fn freeze(root: &Root, arguments: &FreezeArguments) -> anyhow::Result<()> {
    let spec = Spec::packed()?;
    let edition = spec.version();
    let tests = list::ids(None)?;
    let folder = root.path().join(EDITIONS);
    let path = folder.join(format!("{edition}.txt"));
    if path.exists() && !arguments.again {
        let old = names(&read(&path).map_err(anyhow::Error::msg)?);
        let gone: Vec<&str> = old.difference(&tests).map(String::as_str).collect();
        if !gone.is_empty() {
            bail!(
                "edition {edition} has tests that the suite has lost, and an id stays for ever: {}",
                gone.join(", ")
            );
        }
        let later = tests.difference(&old).count();
        show(format_args!(
            "edition {edition} is frozen with {} tests; {later} came later and do not count \
             (--again counts them, as long as nobody has been judged by this list)",
            old.len()
        ));
        return Ok(());
    }
    fs::create_dir_all(&folder)?;
    whole_file::write(&path, text(edition, &tests).as_bytes())?;
    show(format_args!(
        "edition {edition} is frozen with {} tests, in {}",
        tests.len(),
        path.display()
    ));
    Ok(())
}

/// The text of a list. Its head has the hash of the names, so that no name is lost unseen.
fn text(edition: &str, tests: &BTreeSet<String>) -> String {
    let lines: String = tests.iter().map(|test| format!("{test}\n")).collect();
    let hash = hex::encode(&Sha256::digest(lines.as_bytes()));
    format!(
        "# The tests that count for edition {edition}, written by `conformance freeze` alone.\n\
         # sha256 of the names: {hash}\n{lines}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::data;

    /// A list names only what the suite has, and is what was frozen: none of it is lost.
    #[test]
    fn each_list_is_whole() {
        let tests = list::ids(None).unwrap();
        let mut found = Vec::new();
        for (name, list) in data().unwrap().folder(EDITIONS) {
            let edition = name.strip_suffix(".txt").unwrap();
            let names = names(list);
            let gone: Vec<_> = names.difference(&tests).collect();
            assert!(gone.is_empty(), "{name} names what is gone: {gone:?}");
            assert!(names.len() > 1000, "{name}");
            assert_eq!(list, text(edition, &names), "{name} was changed by hand");
            found.push(edition);
        }
        assert!(found.contains(&Spec::packed().unwrap().version()));
    }

    #[test]
    fn a_list_is_frozen_once() {
        let folder = tempfile::tempdir().unwrap();
        let root = Root::new(Some(folder.path()));
        let once = FreezeArguments { again: false };
        freeze(&root, &once).unwrap();
        let edition = Spec::packed().unwrap().version().to_owned();
        let path = root.path().join(EDITIONS).join(format!("{edition}.txt"));
        let whole = fs::read_to_string(&path).unwrap();
        assert_eq!(names(&whole), list::ids(None).unwrap());
        let few = text(&edition, &["code-canonical".to_owned()].into());
        fs::write(&path, &few).unwrap();
        freeze(&root, &once).unwrap();
        assert_eq!(
            fs::read_to_string(&path).unwrap(),
            few,
            "what came later is not added"
        );
        fs::write(&path, text(&edition, &["gone".to_owned()].into())).unwrap();
        let lost = freeze(&root, &once).unwrap_err().to_string();
        assert!(lost.ends_with("for ever: gone"), "{lost}");
        freeze(&root, &FreezeArguments { again: true }).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), whole);
    }
}
