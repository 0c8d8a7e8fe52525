//! The lines of the protocol: one strict JSON object each, at most 1 MiB.

use std::fmt;
use std::io::{self, BufRead, Read};

use wormhole_sync::values::json;

use super::wire::Members;

/// The most bytes that a line may have, without its LF.
pub(crate) const MAX_LINE: usize = 1 << 20;

/// The reason why a line is not one of the protocol; its text comes after "its line".
#[derive(Debug)]
pub(crate) enum LineError {
    /// The input could not be read.
    Unreadable(io::Error),
    /// The line has more than 1 MiB.
    TooLong,
    /// The input ended within the line, after this text.
    WithoutLf(String),
    /// The line is no strict JSON object.
    NotJson { fault: String, line: String },
}

impl fmt::Display for LineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(error) => write!(f, "it could not be read: {error}"),
            Self::TooLong => f.write_str("it is longer than 1 MiB"),
            Self::WithoutLf(line) => write!(f, "it ends without LF: {line}"),
            Self::NotJson { fault, line } => write!(f, "it is refused as JSON ({fault}): {line}"),
        }
    }
}

impl std::error::Error for LineError {}

impl LineError {
    /// The reason without anything of the line, which may bear a secret.
    pub(super) fn reason(&self) -> String {
        match self {
            Self::WithoutLf(_) => "it ends without LF".to_owned(),
            Self::NotJson { fault, .. } => format!("it is refused as JSON ({fault})"),
            Self::Unreadable(_) | Self::TooLong => self.to_string(),
        }
    }
}

/// Reads the next line; `None` at the end of the input.
///
/// # Errors
///
/// [`LineError`] for a line that breaks these rules, or an input that cannot be read.
pub(crate) fn read_line(reader: &mut impl BufRead) -> Result<Option<Members>, LineError> {
    let mut line = Vec::new();
    let mut bounded = reader.take(MAX_LINE as u64 + 1);
    bounded
        .read_until(b'\n', &mut line)
        .map_err(LineError::Unreadable)?;
    match line.pop() {
        None => return Ok(None),
        Some(b'\n') => {}
        Some(_) if line.len() >= MAX_LINE => return Err(LineError::TooLong),
        Some(last) => {
            line.push(last);
            return Err(LineError::WithoutLf(excerpt(&line)));
        }
    }
    parse(&line).map(Some)
}

/// The members of a line without its LF.
///
/// # Errors
///
/// As for [`read_line`].
pub(crate) fn parse(line: &[u8]) -> Result<Members, LineError> {
    // The strictness is that of section 8, so an adapter whose JSON writer breaks it fails here
    // already.
    let refused = |fault: &dyn fmt::Display| LineError::NotJson {
        fault: fault.to_string(),
        line: excerpt(line),
    };
    json::parse(line).map_err(|fault| refused(&fault))?;
    serde_json::from_slice(line).map_err(|error| refused(&error))
}

/// The line to write, LF included.
pub(crate) fn to_line(members: &Members) -> Vec<u8> {
    let mut line = serde_json::Value::Object(members.clone())
        .to_string()
        .into_bytes();
    line.push(b'\n');
    line
}

/// The beginning of a line, long enough that a reader recognises it, without control characters.
fn excerpt(line: &[u8]) -> String {
    const SHOWN: usize = 80;
    let start = line.get(..SHOWN).unwrap_or(line);
    let more = if line.len() > SHOWN { "..." } else { "" };
    format!("`{}{more}`", start.escape_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_strict_lines_only() {
        let mut input: &[u8] = b"{\"id\":\"1\"}\n{\"id\":\"2\"}\r\n";
        assert!(read_line(&mut input).is_ok_and(|line| line.is_some()));
        assert!(read_line(&mut input).is_ok_and(|line| line.is_some()));
        assert!(read_line(&mut input).is_ok_and(|line| line.is_none()));
        for (mut input, complaint) in [
            (&b"{}"[..], "without LF"),
            (b"\n", "refused as JSON"),
            (b"{\"a\":1,\"a\":1}\n", "two members of one name"),
            (b"[]\n", "not an object"),
            (b"hello\n", "`hello`"),
        ] {
            let fault = read_line(&mut input).unwrap_err().to_string();
            assert!(fault.contains(complaint), "{fault}");
        }
    }

    #[test]
    fn bounds_a_line() {
        let line = |length: usize| {
            let mut line = b"{}".to_vec();
            line.resize(length, b' ');
            line.push(b'\n');
            read_line(&mut line.as_slice())
        };
        assert!(line(MAX_LINE).is_ok());
        assert!(matches!(line(MAX_LINE + 1), Err(LineError::TooLong)));
    }
}
