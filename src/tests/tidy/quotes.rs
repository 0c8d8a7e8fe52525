//! The citations in the code: each cites a requirement that exists, in its words.
//!
//! The form is `// ID: words of the requirement`, over as many lines as it takes. A remark may
//! follow on a line of its own that begins with a capital. The words may also be in double quotes.
//! `...` stands for words left out.

use std::collections::BTreeSet;

use super::source::{Source, workspace};
use super::specification::{is_id, is_of_others, requirements};

/// A citation: the line where it begins, the identifier, and the lines of its comment after that.
struct Citation {
    line: usize,
    id: String,
    words: Vec<String>,
}

fn citations(source: &Source) -> Vec<Citation> {
    let mut citations: Vec<Citation> = Vec::new();
    let mut goes_on = false;
    for (number, line) in source.text.lines().enumerate() {
        let comment = line.trim_start().strip_prefix("//").unwrap_or_default();
        let text = comment.trim_start_matches(['/', '!']).trim();
        let citation = text.split_once(": ");
        if let Some((id, words)) = citation.filter(|(id, _)| is_id(id) && !is_of_others(id)) {
            citations.push(Citation {
                line: number + 1,
                id: id.to_owned(),
                words: vec![words.to_owned()],
            });
            goes_on = true;
        } else {
            goes_on &= !text.is_empty();
            let last = citations.last_mut().filter(|_| goes_on);
            last.into_iter()
                .for_each(|last| last.words.push(text.to_owned()));
        }
    }
    citations
}

/// The text without line breaks, and without marks that a comment does not need.
fn plain(text: &str) -> String {
    let text = text.replace(['`', '*', '\\'], "");
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ")
}

#[test]
fn quotes_of_the_specification_are_its_words() {
    let requirements = requirements();
    let (mut quotes, mut wrong) = (0, Vec::new());
    for source in workspace() {
        for Citation { line, id, words } in citations(&source) {
            // `every_cited_requirement_is_there` finds a requirement that does not exist.
            let requirement = requirements
                .get(&id)
                .map_or(String::new(), |text| plain(text));
            quotes += 1;
            if !is_quoted(&words, &requirement) {
                wrong.push(format!("{}:{line}: {id}: {}", source.path, words.join(" ")));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(quotes > 100, "{quotes}");
}

/// Whether these lines begin with words of the requirement, and go on with nothing or a remark.
fn is_quoted(lines: &[String], requirement: &str) -> bool {
    if lines.first().is_some_and(|line| line.starts_with('"')) {
        let text = lines.join(" ");
        let mut quotes = text.split('"').skip(1).step_by(2);
        return quotes.all(|quote| stands_in(quote, requirement));
    }
    (1..=lines.len()).any(|end| {
        let (quote, remark) = lines.split_at(end);
        let is_remark = |line: &String| line.starts_with(char::is_uppercase);
        remark.first().is_none_or(is_remark) && stands_in(&quote.join(" "), requirement)
    })
}

fn stands_in(quote: &str, requirement: &str) -> bool {
    let mut rest = requirement;
    quote.split("...").map(plain).all(|part| {
        let found = rest.split_once(part.trim_end_matches('.'));
        found.map(|(_, after)| rest = after).is_some()
    })
}

#[test]
fn a_quote_that_drifts_is_found() {
    let requirement = "A client MUST try a close once, and repeat it after nothing.";
    let found = |lines: &[&str]| {
        let lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        is_quoted(&lines, requirement)
    };
    assert!(found(&["A client MUST try a close", "once"]));
    assert!(found(&["repeat it after nothing.", "A remark."]));
    assert!(found(&["\"A client MUST ... repeat\": so that, \"once\""]));
    assert!(!found(&["A client MUST try a close", "twice"]));
    assert!(!found(&["\"repeat ... MUST\""]));
}

#[test]
fn every_cited_requirement_is_there() {
    let requirements = requirements();
    let mut wrong = Vec::new();
    for source in workspace() {
        for (number, line) in source.text.lines().enumerate() {
            for word in words(line) {
                if is_id(word) && !is_of_others(word) && !requirements.contains_key(word) {
                    wrong.push(format!("{}:{}: {word}", source.path, number + 1));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Nobody looks after a requirement that neither code nor test names.
#[test]
fn every_requirement_is_cited() {
    let sources = workspace();
    let in_crate = sources
        .iter()
        .filter(|source| source.path.starts_with("src/"));
    let cited: BTreeSet<&str> = in_crate.flat_map(|source| words(&source.text)).collect();
    let mut missing: Vec<String> = requirements().into_keys().collect();
    missing.retain(|id| !cited.contains(id.as_str()));
    assert!(missing.is_empty(), "{missing:?}");
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-')
}
