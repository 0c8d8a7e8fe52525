//! Writes the vectors, their schemas, the table of families and the specification's worked example,
//! or checks that the committed ones are up to date.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Error;

use super::families;
use super::file::{Family, Vectors, to_text};
use super::schema::schema;
use super::seeds::COMMITTED;
use super::sources::Sources;
use super::worked_example;
use crate::root::{Root, read};

/// The numbers of a generation, for its closing line.
#[derive(Debug)]
pub(crate) struct Generated {
    /// The number of families.
    pub(crate) families: usize,
    /// The number of tests in all families.
    pub(crate) tests: usize,
    /// The number of files, written or not.
    pub(crate) files: usize,
    /// The files that were written.
    pub(crate) written: Vec<PathBuf>,
}

/// Writes everything that is committed.
///
/// # Errors
///
/// A sentence when a family is not in order, or a file cannot be read or written.
pub(crate) fn write(root: &Root) -> Result<Generated, String> {
    let (families, files) = committed(root)?;
    let mut written = Vec::new();
    for (path, text) in &files {
        // A file that is not there, or cannot be read, is written.
        if fs::read_to_string(path).is_ok_and(|old| old == *text) {
            continue;
        }
        put(path, text)?;
        written.push(path.clone());
    }
    Ok(generated(&families, files.len(), written))
}

/// Compares everything that is committed with what the builders make.
///
/// # Errors
///
/// A few lines that show the first difference, or a sentence as for [`write()`].
pub(crate) fn check(root: &Root) -> Result<Generated, String> {
    let (families, files) = committed(root)?;
    for (path, text) in &files {
        let old = read(path)?;
        if old != *text {
            return Err(difference(path, &old, text));
        }
    }
    let known = |path: &PathBuf| files.iter().any(|(other, _)| other == path);
    for folder in [root.vectors(), root.vectors().join("schemas")] {
        let cannot = |error| format!("cannot read {}: {error}", folder.display());
        let mut stray = Vec::new();
        for entry in fs::read_dir(&folder).map_err(cannot)? {
            let path = entry.map_err(cannot)?.path();
            if path.extension().is_some_and(|end| end == "json") && !known(&path) {
                stray.push(path);
            }
        }
        if let Some(path) = stray.iter().min() {
            return Err(format!("{} is not generated; remove it", path.display()));
        }
    }
    Ok(generated(&families, files.len(), Vec::new()))
}

/// Writes a set of vectors from another seed, which nobody can have built in.
///
/// # Errors
///
/// A sentence when a family is not in order, or a file cannot be written.
pub(crate) fn write_fresh(seed: &str, folder: &Path) -> Result<Generated, String> {
    let sources = Sources::packed(seed).map_err(|error| error.to_string())?;
    let families = families::all(&sources)?;
    let files = files_of(&families, folder);
    for (path, text) in &files {
        put(path, text)?;
    }
    let written = files.iter().map(|(path, _)| path.clone()).collect();
    Ok(generated(&families, files.len(), written))
}

/// Makes a set of vectors from another seed, which nobody can have built in.
///
/// # Errors
///
/// A sentence, if a family is not in order or this program is damaged.
pub(crate) fn fresh(seed: &str) -> anyhow::Result<Vectors> {
    let families = families::all(&Sources::packed(seed)?).map_err(Error::msg)?;
    let files: Vec<(String, String)> = files_of(&families, Path::new(""))
        .into_iter()
        .filter(|(path, _)| path.parent() == Some(Path::new("")))
        .map(|(path, text)| (path.display().to_string(), text))
        .collect();
    Vectors::of(files.iter().map(|(name, text)| (&**name, &**text))).map_err(Error::msg)
}

type Files = Vec<(PathBuf, String)>;

fn committed(root: &Root) -> Result<(Vec<Family>, Files), String> {
    let sources = Sources::load(root, COMMITTED)?;
    let families = families::all(&sources)?;
    let mut files = files_of(&families, &root.vectors());
    let example = worked_example::text(&families::worked_example(&sources), &sources.seeds);
    for (page, part, text) in [
        (root.spec(), "worked example", example),
        (
            root.vectors().join("README.md"),
            "table of families",
            table(&families),
        ),
    ] {
        let with_part = insert(&read(&page)?, part, &text)
            .map_err(|fault| format!("{}: {fault}", page.display()))?;
        files.push((page, with_part));
    }
    Ok((families, files))
}

/// The page with this text between the two lines that mark the part of this name.
///
/// # Errors
///
/// A sentence when a mark is not there.
fn insert(page: &str, part: &str, text: &str) -> Result<String, String> {
    let (begin, end) = (
        format!("<!-- {part} begins -->\n"),
        format!("<!-- {part} ends -->"),
    );
    let cut = |page: &str, mark: &str| {
        page.split_once(mark)
            .map(|(before, after)| (before.to_owned(), after.to_owned()))
            .ok_or_else(|| format!("there is no {}", mark.trim_end()))
    };
    let (before, rest) = cut(page, &begin)?;
    let (_, after) = cut(&rest, &end)?;
    Ok(format!("{before}{begin}{text}{end}{after}"))
}

/// The table of `vectors/README.md`, from codes up to whole exchanges.
fn table(families: &[Family]) -> String {
    let mut families: Vec<&Family> = families.iter().collect();
    families.sort_by_key(|family| family.level);
    let rows = families.iter().map(|family| {
        format!(
            "| [`{name}`]({name}.json) | {} | {} | {} |\n",
            family.level,
            family.number_of_tests,
            family.title,
            name = family.family,
        )
    });
    let head = "| family | level | tests | |\n|---|---|---|---|\n".to_owned();
    std::iter::once(head).chain(rows).collect()
}

fn files_of(families: &[Family], folder: &Path) -> Files {
    families
        .iter()
        .flat_map(|family| {
            let vectors = serde_json::to_value(family).expect("a family is JSON");
            [
                (
                    folder.join(format!("{}.json", family.family)),
                    to_text(&vectors),
                ),
                (folder.join(&family.schema), to_text(&schema(family))),
            ]
        })
        .collect()
}

fn generated(families: &[Family], files: usize, written: Vec<PathBuf>) -> Generated {
    Generated {
        families: families.len(),
        tests: families.iter().map(|family| family.tests.len()).sum(),
        files,
        written,
    }
}

fn put(path: &Path, text: &str) -> Result<(), String> {
    let cannot = |error| format!("cannot write {}: {error}", path.display());
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(cannot)?;
    }
    fs::write(path, text).map_err(cannot)
}

fn difference(path: &Path, old: &str, new: &str) -> String {
    let (mut olds, mut news) = (old.lines(), new.lines());
    let mut number = 1;
    loop {
        let (old, new) = (olds.next(), news.next());
        if old != new || old.is_none() {
            let show = |line: Option<&str>| line.map_or("(the end)".to_owned(), cut);
            return format!(
                "{}:{number} is not what the builders make\n  committed  {}\n  generated  {}\nrun `conformance generate`, and look at what changes",
                path.display(),
                show(old),
                show(new)
            );
        }
        number += 1;
    }
}

fn cut(line: &str) -> String {
    let line = line.trim();
    match line.char_indices().nth(120) {
        Some((at, _)) => format!("{}..", &line[..at]),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn committed_files_are_what_comes_out() {
        if let Err(difference) = check(&Root::new(None)) {
            panic!("{difference}");
        }
    }

    #[test]
    fn replaces_the_text_between_two_marks() {
        let page = "a\n<!-- x begins -->\nold\n<!-- x ends -->\nb\n";
        assert_eq!(
            insert(page, "x", "new\n").unwrap(),
            page.replace("old", "new")
        );
        assert_eq!(
            insert(page, "y", ""),
            Err("there is no <!-- y begins -->".to_owned())
        );
    }

    #[test]
    fn shows_the_first_difference() {
        let text = difference(Path::new("a.json"), "one\ntwo\n", "one\nthree\n");
        assert!(text.starts_with("a.json:2 "), "{text}");
        assert!(
            text.contains("committed  two") && text.contains("generated  three"),
            "{text}"
        );
    }
}
