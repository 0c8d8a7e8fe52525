//! The pages for users: what they name exists, and their programs run.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The pages, by their paths in the repository.
const PAGES: [&str; 12] = [
    "README.md",
    "spec/wormhole-sync.md",
    "spec/CHANGELOG.md",
    "vectors/README.md",
    "benches/README.md",
    "conformance/README.md",
    "conformance/ADAPTER.md",
    "conformance/mutants/README.md",
    "conformance/starters/README.md",
    "conformance/transcripts/README.md",
    "conformance/adapters/python/README.md",
    "conformance/adapters/javascript/README.md",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn page(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn help(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_conformance"))
        .args(arguments)
        .arg("--help")
        .output()
        .expect("the program of this crate starts");
    String::from_utf8(output.stdout).expect("text")
}

/// The targets of the links of a page that lead into the repository.
fn links(page: &str) -> Vec<String> {
    let parts = page.split("](").skip(1);
    let targets = parts.filter_map(|part| part.split_once(')'));
    let inner = targets.filter(|(target, _)| !target.contains(':') && !target.starts_with('#'));
    inner
        .filter_map(|(target, _)| Some(target.split('#').next()?.to_owned()))
        .collect()
}

#[test]
fn every_link_leads_to_a_file() {
    let mut found = 0;
    for path in PAGES {
        for link in links(&page(path)) {
            let target = root().join(path).parent().expect("a folder").join(&link);
            assert!(target.exists(), "{path}: there is no {link}");
            found += 1;
        }
    }
    assert!(found > 40, "{found}");
}

#[test]
fn every_requirement_that_a_page_names_exists() {
    let spec = page("spec/wormhole-sync.md");
    let known: BTreeSet<&str> = spec
        .split("**")
        .filter(|text| is_requirement(text))
        .collect();
    let families: BTreeSet<&str> = known
        .iter()
        .filter_map(|id| Some(id.split_once('-')?.0))
        .collect();
    assert!(known.len() > 100, "{}", known.len());
    for path in PAGES {
        let page = page(path);
        let is_of_word = |character: char| character.is_ascii_alphanumeric() || character == '-';
        for word in page.split(|character| !is_of_word(character)) {
            let family = word.split_once('-').map_or("", |(family, _)| family);
            if is_requirement(word) && families.contains(family) {
                assert!(known.contains(word), "{path}: there is no {word}");
            }
        }
    }
}

fn is_requirement(text: &str) -> bool {
    text.split_once('-').is_some_and(|(family, number)| {
        family.len() > 2
            && family.bytes().all(|byte| byte.is_ascii_uppercase())
            && !number.is_empty()
            && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// Each option that stands behind the suite's name, in a command or in a table of options.
#[test]
fn every_option_of_the_suite_that_a_page_names_exists() {
    let mut all = help(&[]);
    let commands = [
        "adapter", "archive", "coverage", "doctor", "freeze", "generate", "interop", "list",
        "mutants", "promote", "record", "report", "serve", "show", "verify",
    ];
    for command in commands {
        assert!(
            all.contains(&format!("\n  {command} ")),
            "there is no {command}"
        );
        all.push_str(&help(&[command]));
    }
    let known: BTreeSet<&str> = options(&all).collect();
    let mut found = 0;
    for path in PAGES {
        let page = page(path).replace("\\\n", " ");
        for line in page.lines() {
            let named = match line.split_once("cargo conformance ") {
                // A template's own options are another program's.
                Some((_, rest)) => rest.split(['\'', '`', '#']).next().unwrap_or_default(),
                None if path == "conformance/README.md" && line.starts_with("| `--") => {
                    line.split(" | ").next().unwrap_or_default()
                }
                None => continue,
            };
            for option in options(named) {
                assert!(known.contains(option), "{path}: there is no {option}");
                found += 1;
            }
        }
    }
    assert!(found > 40, "{found}");
}

fn options(text: &str) -> impl Iterator<Item = &str> {
    let is_of_option = |character: char| character.is_ascii_lowercase() || character == '-';
    text.split(move |character| !is_of_option(character))
        .filter(|word| word.starts_with("--") && word.len() > 3)
}

/// The readers of vectors run as they stand on their page.
#[test]
fn the_readers_of_vectors_run() {
    let page = page("vectors/README.md");
    let folder = tempfile::tempdir().expect("a folder");
    for (language, program, name) in [
        ("python", "python3", "reader.py"),
        ("js", "node", "reader.mjs"),
    ] {
        let (_, code) = page
            .split_once(&format!("```{language}\n"))
            .expect("the reader");
        let (code, _) = code.split_once("```").expect("the reader's end");
        let path = folder.path().join(name);
        fs::write(&path, code).expect("a file");
        let output = Command::new(program)
            .arg(&path)
            .arg(root().join("vectors"))
            .output()
            .unwrap_or_else(|error| panic!("{program} is needed: {error}"));
        let told = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        assert!(
            told.ends_with(" tests passed\n") && !told.starts_with('0'),
            "{told}"
        );
    }
}
