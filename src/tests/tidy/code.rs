//! The shape of the code: which module uses which, how long files are, and what may panic.

use std::collections::BTreeSet;

use super::source::{Source, line_of, sources};

/// Which modules each may use. What is not here, such as `lib.rs`, may use all.
const USES: [(&str, &[&str]); 7] = [
    ("values", &["values"]),
    ("crypto", &["values", "crypto"]),
    ("protocol", &["values", "crypto", "protocol"]),
    ("client", &["values", "crypto", "protocol", "client"]),
    ("relay", &["values", "relay"]),
    (
        "cli",
        &[
            "values",
            "crypto",
            "protocol",
            "client",
            "relay",
            "cli",
            "blocking",
            "Error",
            "Received",
            "Initiator",
            "Receiver",
        ],
    ),
    ("bin", &[]),
];

#[test]
fn modules_use_only_what_is_below_them() {
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|source| !source.is_test()) {
        let Some((_, allowed)) = USES.iter().find(|(module, _)| *module == source.module()) else {
            assert!(source.path == "src/lib.rs", "{}: in no layer", source.path);
            continue;
        };
        let code = source.code();
        for (at, _) in code.match_indices("crate::") {
            let used: String = code[at + 7..]
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            if code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_') {
                continue;
            }
            if !allowed.contains(&used.as_str()) {
                wrong.push(format!(
                    "{}:{} uses {used}",
                    source.path,
                    line_of(&code, at)
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Longer ones, with the reason.
const LONG: [(&str, &str); 2] = [
    (
        "src/protocol/initiator.rs",
        "seven states of one table, each a `match` without a wildcard",
    ),
    (
        "src/relay/registry/tests.rs",
        "a story to each clause of section 10",
    ),
];

#[test]
fn no_file_is_over_400_lines() {
    for source in sources() {
        let lines = source.text.lines().count();
        let is_allowed = LONG.iter().any(|(path, _)| *path == source.path);
        assert!(
            lines <= 400 || is_allowed && lines <= 500,
            "{}: {lines}",
            source.path
        );
    }
}

/// What may panic outside tests, and why it never does: file, what is on the line, reason.
const MAY_PANIC: [(&str, &str, &str); 6] = [
    (
        "src/crypto/schedule.rs",
        ".expect(",
        "lengths that are fixed where they are made",
    ),
    (
        "src/crypto/seal.rs",
        ".expect(",
        "a blob is far below the limit of the cipher",
    ),
    (
        "src/crypto/group.rs",
        ".expect(",
        "lengths that are fixed where they are made",
    ),
    (
        "src/crypto/group.rs",
        "bytes[0] = 1;",
        "a constant: it would not compile",
    ),
    (
        "src/crypto/dangerous_values.rs",
        "hashes[",
        "an array of three; test hooks only",
    ),
    (
        "src/values/words.rs",
        "[usize::from(byte)]",
        "a list has a word for each byte",
    ),
];

#[test]
fn nothing_panics_outside_tests() {
    let (mut found, mut used) = (Vec::new(), BTreeSet::new());
    for source in sources() {
        let code = source.code();
        for at in panics(&code) {
            let line = line_of(&code, at);
            let shown = source.text.lines().nth(line - 1).unwrap().trim();
            let allowed =
                |(path, part, _): &(&str, &str, &str)| *path == source.path && shown.contains(part);
            match MAY_PANIC.iter().position(allowed) {
                Some(at) => drop(used.insert(at)),
                None => found.push(format!("{}:{line}: {shown}", source.path)),
            }
        }
    }
    assert!(found.is_empty(), "{found:#?}");
    for (at, (path, part, reason)) in MAY_PANIC.iter().enumerate() {
        assert!(used.contains(&at), "no more in {path}: {part} ({reason})");
    }
}

/// Where something may panic: the usual calls and macros, and an index.
fn panics(code: &str) -> Vec<usize> {
    let words = [
        ".unwrap()",
        ".expect(",
        ".unwrap_err(",
        ".expect_err(",
        "panic!(",
        "unreachable!(",
        "todo!(",
        "unimplemented!(",
        "assert!(",
        "assert_eq!(",
        "assert_ne!(",
    ];
    let mut places: Vec<usize> = words
        .iter()
        .flat_map(|word| code.match_indices(word).map(|(at, _)| at))
        .filter(|at| !code[..*at].ends_with("debug_"))
        .collect();
    for (at, _) in code.match_indices('[') {
        let before = code[..at].chars().next_back();
        let is_index = before.is_some_and(|c| c.is_alphanumeric() || "_)]?\"".contains(c));
        // `&'a [u8]` and `mut [u8]` have a space before; `[..]` is always within bounds.
        if is_index && !code[at..].starts_with("[..]") {
            places.push(at);
        }
    }
    places.sort_unstable();
    places
}

// SEAL-9: A client MUST NOT hand over, use or export anything of a sealed message before its tag has been verified and its padding checked.
#[test]
fn only_the_cryptography_vouches() {
    for source in sources().iter().filter(|source| !source.is_test()) {
        let vouches = source.code().contains("vouch(");
        assert!(!vouches || source.module() == "crypto", "{}", source.path);
    }
}

/// Crates whose types an application would then depend on.
const INNER: [&str; 14] = [
    "spake2",
    "curve25519_dalek",
    "hkdf",
    "sha2",
    "chacha20poly1305",
    "hmac",
    "digest",
    "zeroize",
    "subtle",
    "rand_core",
    "getrandom",
    "rustls",
    "ureq",
    "hyper",
];

#[test]
fn no_type_of_another_crate_is_in_the_interface() {
    let mut found = Vec::new();
    for source in sources().iter().filter(|source| !source.is_test()) {
        let names = names_of_inner(source).into_iter();
        found.extend(names.map(|(line, item)| format!("{}:{line}: {item}", source.path)));
    }
    assert!(found.is_empty(), "{found:#?}");
}

/// Public signatures that name an inner crate, or what is imported from one.
fn names_of_inner(source: &Source) -> Vec<(usize, String)> {
    let code = source.code();
    let mut names: Vec<String> = INNER.map(str::to_owned).into();
    for line in code.lines().map(str::trim) {
        let Some(import) = line.strip_prefix("use ") else {
            continue;
        };
        if INNER
            .iter()
            .any(|inner| import.starts_with(&format!("{inner}::")))
        {
            let parts = import.split(|c: char| !c.is_alphanumeric() && c != '_');
            names.extend(
                parts
                    .filter(|part| part.starts_with(char::is_uppercase))
                    .map(str::to_owned),
            );
        }
    }
    let mut found = Vec::new();
    for (at, _) in code.match_indices("pub ") {
        let item = &code[at..];
        // Fields of a public struct of which all fields are private are not `pub`; a body is none
        // of the signature.
        let end = item.find(['{', ';', '=']).unwrap_or(item.len());
        let signature = &item[..end];
        if signature.starts_with("pub use ") && !INNER.iter().any(|i| signature[8..].starts_with(i))
        {
            continue;
        }
        let words = signature.split(|c: char| !c.is_alphanumeric() && c != '_');
        let is_tuple = signature.starts_with("pub struct ") && signature.contains('(');
        if !is_tuple
            && words
                .into_iter()
                .any(|word| names.iter().any(|name| name == word))
        {
            found.push((line_of(&code, at), signature.to_owned()));
        }
    }
    found
}

/// Nothing in the library prints, reads or ends the program for itself.
#[test]
fn the_library_leaves_the_terminal_and_the_process_alone() {
    for source in sources() {
        if source.is_test() || matches!(source.module(), "cli" | "bin") {
            continue;
        }
        for word in [
            "println!",
            "eprintln!",
            "print!(",
            "dbg!",
            "std::io::stdin",
            "std::io::stdout",
            "process::exit",
            "process::abort",
        ] {
            assert!(!source.code().contains(word), "{}: {word}", source.path);
        }
    }
}
