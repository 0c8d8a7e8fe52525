//! The pages as files.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use maud::html;

use super::super::result::CheckResult;
use super::facts::HtmlFacts;
use super::marks::{INDEX, INTEROP, SPECIFICATION, TESTS};
use super::page::Page;
use super::standing::Standings;
use super::{failure_list, matrix, specification, suite_table, summary, test_list};

/// Makes the folder of the pages, so that a run is not lost for want of one.
///
/// # Errors
///
/// A sentence about a folder that cannot be made.
pub(crate) fn make_folder(folder: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(folder)
        .with_context(|| format!("cannot make the folder {}", folder.display()))
}

/// Writes the pages into a folder, and gives the place of the first one.
///
/// # Errors
///
/// A sentence about a file that cannot be written.
pub(crate) fn write(
    folder: &Path,
    result: &CheckResult,
    facts: &HtmlFacts<'_>,
) -> anyhow::Result<PathBuf> {
    make_folder(folder)?;
    for (name, text) in files(result, facts) {
        let path = folder.join(name);
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(folder.join(INDEX))
}

/// The files, by their names.
pub(crate) fn files(result: &CheckResult, facts: &HtmlFacts<'_>) -> Vec<(&'static str, String)> {
    let standings = Standings::new(result, facts);
    let name = summary::subject(&result.start);
    let mut pages = vec![
        Page {
            file: INDEX,
            name: "Verdict",
            heading: format!("Conformance of {name}"),
            content: html! {
                (summary::content(result, facts))
                (suite_table::content(result))
                (failure_list::content(result, facts))
                (failure_list::not_judged(&standings.not_judged(), facts))
            },
        },
        Page {
            file: TESTS,
            name: "All tests",
            heading: format!("All tests of {name}"),
            content: test_list::content(result, facts),
        },
        Page {
            file: SPECIFICATION,
            name: "Specification",
            heading: format!("The specification, and what was judged of {name}"),
            content: specification::content(facts, &standings),
        },
    ];
    if let Some(interop) = &facts.interop {
        pages.push(Page {
            file: INTEROP,
            name: "Interoperation",
            heading: "Every client with every client".to_owned(),
            content: matrix::content(interop, facts.spec),
        });
    }
    let names: Vec<(&str, &str)> = pages.iter().map(|page| (page.file, page.name)).collect();
    let texts = pages.iter().map(|page| (page.file, page.file_text(&names)));
    texts.collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::super::super::samples::{facts, hostile, sample, spec};
    use super::*;

    fn pages(result: &CheckResult) -> Vec<(&'static str, String)> {
        let spec = spec();
        files(result, &facts(&spec))
    }

    /// The content of a page, one element a line.
    fn main_of(pages: &[(&str, String)], file: &str) -> String {
        let (_, page) = pages.iter().find(|(name, _)| *name == file).unwrap();
        let (_, from) = page.split_once("<main").unwrap();
        let (main, _) = from.split_once("</main>").unwrap();
        main.replace("><", ">\n<")
    }

    #[test]
    fn every_verdict_is_told() {
        let pages = pages(&sample());
        insta::assert_snapshot!("index", main_of(&pages, INDEX));
        insta::assert_snapshot!("tests", main_of(&pages, TESTS));
        insta::assert_snapshot!("specification", main_of(&pages, SPECIFICATION));
    }

    #[test]
    fn text_of_others_is_no_markup() {
        let mut result = hostile();
        for test in &mut result.tests {
            for text in [&mut test.id, &mut test.suite, &mut test.title] {
                *text += "\"><script>x</script>\u{1b}";
            }
            test.clauses.push("<script>".to_owned());
        }
        for (file, page) in pages(&result) {
            assert_eq!(page.matches("<script").count(), 1, "{file}");
            assert!(!page.contains(['\u{1b}', '\0', '\u{ffff}']), "{file}");
        }
    }

    /// Each link leads somewhere, and no two places have one name.
    #[test]
    fn links_lead_somewhere() {
        let pages = pages(&sample());
        let attributes = |page: &str, name: &str| -> Vec<String> {
            let before = format!(" {name}=\"");
            let parts = page.split(&before).skip(1);
            let values = parts.filter_map(|part| part.split_once('"'));
            values
                .map(|(value, _)| value.replace("&amp;", "&"))
                .collect()
        };
        let mut places = HashSet::new();
        for (file, page) in &pages {
            assert!(places.insert((*file).to_owned()));
            for id in attributes(page, "id") {
                assert!(places.insert(format!("{file}#{id}")), "{file}: {id} twice");
            }
        }
        for (file, page) in &pages {
            for link in attributes(page, "href") {
                let link = match link.strip_prefix('#') {
                    Some(id) => format!("{file}#{id}"),
                    None => link,
                };
                // The text of the samples is not all of their specification, and a test that finds
                // a fault may be none of the run.
                let is_other = link.contains('=') || link.starts_with("https://");
                let is_left_out = link.starts_with(SPECIFICATION);
                assert!(
                    is_other || is_left_out || places.contains(&link),
                    "{file}: {link}"
                );
            }
        }
    }
}
