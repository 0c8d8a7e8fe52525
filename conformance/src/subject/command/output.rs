//! The outputs of a program: the code that it shows, and the blob.

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::Path;

use anyhow::Context;
use wormhole_sync::values::Code;

/// The most bytes that are kept of an output: a blob, with much text before it.
pub(super) const LONGEST: usize = 256 * 1024;

/// Standard output or standard error, as far as it has come.
#[derive(Debug, Default)]
pub(super) struct Output {
    /// The bytes.
    pub(super) bytes: Vec<u8>,
    /// The place behind the line with the code.
    behind_code: Option<usize>,
}

impl Output {
    /// Takes more bytes, and gives the code when it has come with them.
    pub(super) fn take(&mut self, more: &[u8]) -> Option<String> {
        let room = LONGEST.saturating_sub(self.bytes.len());
        self.bytes.extend(more.iter().take(room));
        if self.behind_code.is_some() {
            return None;
        }
        let mut at = 0;
        for line in self.bytes.split_inclusive(|byte| *byte == b'\n') {
            at += line.len();
            if !line.ends_with(b"\n") {
                break;
            }
            if let Some(code) = code_of(line) {
                self.behind_code = Some(at);
                return Some(code);
            }
        }
        None
    }

    /// The bytes behind the line with the code, or all of them where no code was shown.
    pub(super) fn blob(&self) -> &[u8] {
        let from = self.behind_code.unwrap_or(0);
        self.bytes.get(from..).unwrap_or_default()
    }
}

/// The first code in a line, as initiators show it (CODE-3).
fn code_of(line: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(line);
    let is_of_code = |character: char| character.is_ascii_alphanumeric() || character == '-';
    let mut parts = text.split(|character| !is_of_code(character));
    let is_code =
        |part: &&str| Code::parse(part).is_ok_and(|code| code.reveal().to_string() == **part);
    parts.find(is_code).map(str::to_owned)
}

/// A line without the code, as others may see it.
pub(super) fn masked(line: &str, code: Option<&str>) -> String {
    match code {
        Some(code) if !code.is_empty() => line.replace(code, "(the code)"),
        _ => line.to_owned(),
    }
}

/// The bytes of a file, if there is one; so many at most.
///
/// # Errors
///
/// A sentence about a file that cannot be read.
pub(super) fn read_bounded(path: &Path) -> anyhow::Result<Option<Vec<u8>>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).context("the output's file cannot be read"),
    };
    let mut bytes = Vec::new();
    let read: io::Result<_> = file.take(LONGEST as u64).read_to_end(&mut bytes);
    read.context("the output's file cannot be read")?;
    Ok(Some(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_code_is_found_once_its_line_has_ended() {
        let mut output = Output::default();
        assert_eq!(output.take(b"wait 7-3...\nYour code: 7-crossover-"), None);
        assert_eq!(output.take(b"clockwork."), None);
        let code = output.take(b"\nblob 8-crossover-clockwork\n");
        assert_eq!(code.as_deref(), Some("7-crossover-clockwork"));
        assert_eq!(output.take(b"more"), None);
        assert_eq!(output.blob(), b"blob 8-crossover-clockwork\nmore");
    }

    #[test]
    fn all_is_the_blob_where_no_code_was_shown() {
        let mut output = Output::default();
        assert_eq!(output.take(b"7-clockwork-crossover\n\xff"), None);
        assert_eq!(output.blob(), b"7-clockwork-crossover\n\xff");
        output.take(&[0; LONGEST]);
        assert_eq!(output.bytes.len(), LONGEST);
    }

    #[test]
    fn a_code_is_masked() {
        assert_eq!(masked("take 7-a-b!", Some("7-a-b")), "take (the code)!");
        assert_eq!(masked("take", None), "take");
    }
}
