//! The lock file and the features.

use std::collections::BTreeMap;

use super::source::read;

/// The crates that touch secrets. Two versions of one would be two sets of code to trust.
const CRYPTO: [&str; 8] = [
    "spake2",
    "curve25519-dalek",
    "hkdf",
    "sha2",
    "chacha20poly1305",
    "hmac",
    "digest",
    "zeroize",
];

#[test]
fn there_is_one_version_of_each_cryptographic_crate() {
    let lock = read("Cargo.lock");
    let mut versions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for package in lock.split("[[package]]").skip(1) {
        let field = |name: &str| {
            let line = package.lines().find_map(|line| line.strip_prefix(name));
            line.map(|value| value.trim_matches('"')).unwrap()
        };
        versions
            .entry(field("name = "))
            .or_default()
            .push(field("version = "));
    }
    for name in CRYPTO {
        assert_eq!(versions[name].len(), 1, "{name}: {:?}", versions[name]);
    }
}

/// The lines of one table of a manifest.
fn table(manifest: &str, name: &str) -> Vec<String> {
    let manifest = read(manifest);
    let lines = manifest
        .lines()
        .skip_while(|line| *line != format!("[{name}]"))
        .skip(1);
    let lines = lines.take_while(|line| !line.starts_with('['));
    lines.map(str::to_owned).collect()
}

// HOOK-1: An implementation MUST NOT have its test hooks in an ordinary build, nor where they can
// be reached by accident
#[test]
fn no_feature_brings_the_test_hooks() {
    let features = table("Cargo.toml", "features");
    let hooks = features
        .iter()
        .filter(|line| line.contains("test-hooks-dangerous"));
    let hooks: Vec<&String> = hooks.collect();
    assert_eq!(hooks, [r#"test-hooks-dangerous = ["unstable-internals"]"#]);
    assert!(features.contains(&r#"default = ["blocking"]"#.to_owned()));
}

#[test]
fn the_workspace_forbids_unsafe_code() {
    let lints = table("Cargo.toml", "workspace.lints.rust");
    assert!(lints.contains(&r#"unsafe_code = "forbid""#.to_owned()));
    let workspace = table("Cargo.toml", "workspace");
    let members = workspace
        .iter()
        .find_map(|line| line.strip_prefix("members = "));
    let members: Vec<String> = serde_json::from_str(members.unwrap()).unwrap();
    for member in members {
        let lints = table(&format!("{member}/Cargo.toml"), "lints");
        assert!(lints.contains(&"workspace = true".to_owned()), "{member}");
    }
}
