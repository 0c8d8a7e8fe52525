//! The committed vectors and transcripts, as JSON.

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// The path of a folder of the repository.
pub(crate) fn folder(name: &str) -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).join(name)
}

/// Every JSON file of a folder but the schemas, in the order of their names.
pub(crate) fn all(name: &str) -> Vec<Value> {
    let folder = folder(name);
    let entries =
        fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.sort();
    let is_json = |path: &PathBuf| {
        let name = path.to_string_lossy();
        name.ends_with(".json") && !name.ends_with(".schema.json")
    };
    paths.retain(is_json);
    let read = |path: &PathBuf| {
        let text = fs::read_to_string(path).expect("a file");
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    };
    paths.iter().map(read).collect()
}

/// Reads bytes as vectors and transcripts write them: hex, a repetition, or a list of these.
pub(crate) fn bytes(value: &Value) -> Vec<u8> {
    match value {
        Value::String(text) => unhex(text),
        Value::Array(parts) => parts.iter().flat_map(bytes).collect(),
        _ => {
            let pattern = unhex(value["repeat"].as_str().expect("a pattern"));
            let number = |name: &str| value[name].as_u64().map(|it| it as usize);
            let times = number("times").map(|times| times * pattern.len());
            let length = number("length").or(times).expect("a length");
            pattern.into_iter().cycle().take(length).collect()
        }
    }
}

fn unhex(text: &str) -> Vec<u8> {
    crate::model::messages::unhex(text.as_bytes()).expect("hex")
}
