//! Packs what the suite judges by into the program, so that it runs from any folder.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;

/// The folders whose files are packed, from the repository's; not the folders in them.
const FOLDERS: [&str; 6] = [
    "spec",
    "spec/words",
    "vectors",
    "vectors/schemas",
    "conformance/transcripts",
    "conformance/editions",
];
/// The endings of the names of the files that are packed.
const ENDINGS: [&str; 3] = ["md", "json", "txt"];
/// The files beside these: the licences, which go with an archive, the tests that do not count, and
/// for reports the planted faults, the tests that find them, and the reasons where there are none.
const FILES: [&str; 8] = [
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "conformance/coverage.toml",
    "conformance/disputed.toml",
    "conformance/mutants/client.toml",
    "conformance/mutants/client.killers.json",
    "conformance/mutants/relay.toml",
    "conformance/mutants/relay.killers.json",
];

fn main() -> Result<(), Box<dyn Error>> {
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?).join("..");
    let mut files = BTreeMap::new();
    for folder in FOLDERS {
        println!("cargo::rerun-if-changed={}", root.join(folder).display());
        for entry in fs::read_dir(root.join(folder))? {
            let path = entry?.path();
            let is_packed = |ending: &str| path.extension().is_some_and(|has| has == ending);
            if !ENDINGS.into_iter().any(is_packed) {
                continue;
            }
            // A folder's own time does not change with its files.
            println!("cargo::rerun-if-changed={}", path.display());
            let name = path.file_name().and_then(|name| name.to_str());
            let name = name.ok_or("a file's name is no text")?;
            files.insert(format!("{folder}/{name}"), fs::read_to_string(&path)?);
        }
    }
    for name in FILES {
        println!("cargo::rerun-if-changed={}", root.join(name).display());
        files.insert(name.to_owned(), fs::read_to_string(root.join(name))?);
    }
    let packed = Path::new(&std::env::var("OUT_DIR")?).join("data.json.gz");
    let mut gzip = GzEncoder::new(File::create(packed)?, Compression::best());
    serde_json::to_writer(&mut gzip, &files)?;
    gzip.finish()?;
    Ok(())
}
