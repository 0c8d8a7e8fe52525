//! The committed corpus: the inputs that libFuzzer found beyond the seeds, one a line, in hex.

use crate::model::messages::unhex;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::{fs, io};

/// The most bytes of a file of the corpus. Inputs that are too much for it are left out, the longest first.
const LONGEST_FILE: usize = 150_000;

fn path(target: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("corpus/{target}.hex"))
}

/// The inputs that are kept for a target.
#[must_use]
pub fn read(target: &str) -> Vec<Vec<u8>> {
    let text = fs::read_to_string(path(target)).unwrap_or_default();
    text.lines()
        .map(|line| unhex(line.as_bytes()).expect("hex"))
        .collect()
}

/// Writes the inputs that are no seeds, shortest first, and says how many are kept and how many left out.
///
/// # Errors
///
/// The file cannot be written.
pub fn write(target: &str, inputs: Vec<Vec<u8>>, seeds: &[Vec<u8>]) -> io::Result<(usize, usize)> {
    let inputs: BTreeSet<Vec<u8>> = inputs
        .into_iter()
        .filter(|it| !seeds.contains(it))
        .collect();
    let mut lines: Vec<String> = inputs.iter().map(|input| hex(input) + "\n").collect();
    lines.sort_by_key(String::len);
    let mut text = String::new();
    let mut kept = 0;
    for line in lines.iter().take_while(|line| line.len() < LONGEST_FILE) {
        if text.len() + line.len() > LONGEST_FILE {
            break;
        }
        text += line;
        kept += 1;
    }
    fs::create_dir_all(path(target).parent().expect("a folder"))?;
    fs::write(path(target), text)?;
    Ok((kept, lines.len() - kept))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
