//! The text of the sources: the width of comments, the length of files and the first words of
//! documentation. The formatter checks the rest.

use syn::spanned::Spanned;
use syn::{Item, ItemMod};

use super::source::{is_test, workspace};

#[test]
fn no_comment_is_wider_than_100_characters() {
    let mut found = Vec::new();
    for source in workspace() {
        for (number, line) in (1..).zip(source.text.lines()) {
            if line.trim_start().starts_with("//") && line.chars().count() > 100 {
                found.push(format!("{}:{number}: {}", source.path, line.trim()));
            }
        }
    }
    assert!(found.is_empty(), "{}: {found:#?}", found.len());
}

/// The tests at the end of a file are not counted.
#[test]
fn no_file_is_longer_than_400_lines() {
    let mut found = Vec::new();
    for source in workspace() {
        let mut lines = source.text.lines().count();
        if lines > 400 {
            lines = match source.file().items.last() {
                Some(tests @ Item::Mod(ItemMod { attrs, .. })) if is_test(attrs) => {
                    tests.span().start().line - 1
                }
                _ => lines,
            };
        }
        if lines > 400 {
            found.push(format!("{}: {lines}", source.path));
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

/// Words that leave open what is spoken of.
const RIDDLES: [&str; 7] = [
    "What ", "Who ", "How ", "Which ", "It ", "The same", "This one",
];

#[test]
fn documentation_begins_with_what_it_is_about() {
    let mut found = Vec::new();
    for source in workspace() {
        let mut before = None;
        for (number, line) in (1..).zip(source.text.lines().map(str::trim_start)) {
            let mark = ["///", "//!"]
                .into_iter()
                .find(|mark| line.starts_with(mark));
            let text = mark.map_or("", |mark| line[mark.len()..].trim_start());
            if mark != before && RIDDLES.iter().any(|word| text.starts_with(word)) {
                found.push(format!("{}:{number}: {line}", source.path));
            }
            before = mark;
        }
    }
    assert!(found.is_empty(), "{}: {found:#?}", found.len());
}
