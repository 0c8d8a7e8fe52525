//! The families of vectors, each of which the file of its name builds.
//!
//! A new family is a file here, its `mod` line and its line in [`BUILDERS`]. The compiler or a test
//! below names anything else that was forgotten; `conformance generate` writes the family's row in
//! `vectors/README.md`. (No macro makes both lines out of one, because `cargo fmt` does not format
//! the files of modules that a macro declares.)

mod addresses;
mod code;
mod code_pasted;
mod code_typed;
mod exchange;
mod exchange_faults;
mod exporter;
mod hostile_elements;
mod hostile_points;
mod json;
mod key_schedule;
mod large;
mod link;
mod long_values;
mod messages;
mod padding;
mod published;
mod seal;
mod spake2;
mod verifier;
mod words;

pub(super) use exchange::worked_example;

use super::file::Family;
use super::sources::Sources;

/// A function that builds a family, or says everything that is wrong with it.
type Build = fn(&Sources) -> Result<Family, String>;

/// The builders, from codes up to whole exchanges.
const BUILDERS: &[Build] = &[
    code::build,
    words::build,
    addresses::build,
    link::build,
    json::build,
    messages::build,
    spake2::build,
    hostile_elements::build,
    published::build,
    key_schedule::build,
    verifier::build,
    exporter::build,
    padding::build,
    seal::build,
    exchange::build,
    large::build,
];

/// Builds all families.
///
/// # Errors
///
/// Everything that is wrong with the first family that is not in order.
pub(super) fn all(sources: &Sources) -> Result<Vec<Family>, String> {
    let families: Result<Vec<Family>, String> =
        BUILDERS.iter().map(|build| build(sources)).collect();
    let mut families = families?;
    long_values::gather(&mut families)?;
    Ok(families)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;

    use super::*;
    use crate::root::{Root, read};
    use crate::suites::vectors::seeds::COMMITTED;

    /// Files of this folder that are no family, but a part of one.
    const PARTS: [&str; 5] = [
        "code_pasted",
        "code_typed",
        "exchange_faults",
        "hostile_points",
        "long_values",
    ];

    fn root_and_families() -> (Root, Vec<Family>) {
        let root = Root::new(None);
        let families = all(&Sources::load(&root, COMMITTED).unwrap()).unwrap();
        (root, families)
    }

    #[test]
    fn every_file_is_a_family_that_is_listed() {
        let (root, families) = root_and_families();
        let folder = root.path().join(file!()).parent().unwrap().to_owned();
        let files: BTreeSet<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter_map(|name| name.strip_suffix(".rs").map(str::to_owned))
            .filter(|name| name != "mod" && !PARTS.contains(&name.as_str()))
            .map(|name| name.replace('_', "-"))
            .collect();
        let listed: BTreeSet<String> = families.iter().map(|it| it.family.clone()).collect();
        let difference: Vec<&String> = files.symmetric_difference(&listed).collect();
        assert!(
            difference.is_empty(),
            "not both a file of this folder and a family of BUILDERS: {difference:?}"
        );
        assert_eq!(
            listed.len(),
            BUILDERS.len(),
            "BUILDERS has one of them twice"
        );
    }

    /// A row of `conformance/README.md` has a level, its operations and its suites, in backquotes.
    #[test]
    fn the_page_of_the_suite_names_every_family_at_its_level() {
        let (root, families) = root_and_families();
        let page = read(&root.path().join("conformance/README.md")).unwrap();
        let levels: BTreeSet<u8> = families.iter().map(|family| family.level).collect();
        for level in levels {
            let row = page
                .lines()
                .find(|line| line.starts_with(&format!("| {level} ")))
                .unwrap_or_else(|| panic!("conformance/README.md has no row of level {level}"));
            let cells: Vec<&str> = row.split('|').collect();
            let named = |cell: &str| -> BTreeSet<String> {
                cell.split('`')
                    .skip(1)
                    .step_by(2)
                    .map(str::to_owned)
                    .collect()
            };
            let of_level = || families.iter().filter(|family| family.level == level);
            let tests = of_level().flat_map(|family| &family.tests);
            assert_eq!(
                named(cells[2]),
                tests.map(|test| test.op.clone()).collect(),
                "left the operations of level {level} in conformance/README.md, right those of its vectors"
            );
            assert_eq!(
                named(cells[3]),
                of_level().map(|family| family.family.clone()).collect(),
                "left the suites of level {level} in conformance/README.md, right the families that there are"
            );
        }
    }
}
