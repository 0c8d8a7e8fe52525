//! Source files, and their text without comments and strings.

use std::fs;
use std::path::{Path, PathBuf};

/// One Rust file of the reference crate.
pub(crate) struct Source {
    /// Relative to the repository: `src/values/hex.rs`.
    pub(crate) path: String,
    pub(crate) text: String,
}

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub(crate) fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every Rust file under `src`.
pub(crate) fn sources() -> Vec<Source> {
    let mut files = Vec::new();
    collect(&root().join("src"), &mut files);
    files.sort();
    assert!(files.len() > 50, "{} files", files.len());
    let source = |file: PathBuf| {
        let path = file.strip_prefix(root()).unwrap().to_str().unwrap();
        Source {
            path: path.replace('\\', "/"),
            text: fs::read_to_string(&file).unwrap(),
        }
    };
    files.into_iter().map(source).collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

impl Source {
    /// `values`, `crypto`, ...; a file at the top is its own module.
    pub(crate) fn module(&self) -> &str {
        let inner = self.path.trim_start_matches("src/");
        inner.split('/').next().unwrap().trim_end_matches(".rs")
    }

    /// A file that is compiled for tests only.
    pub(crate) fn is_test(&self) -> bool {
        let name = self
            .path
            .rsplit('/')
            .next()
            .unwrap()
            .trim_end_matches(".rs");
        let of_tests = ["_tests", "_properties"];
        self.path.starts_with("src/tests/")
            || self.path.contains("_tests/")
            || of_tests.iter().any(|end| name.ends_with(end))
            || ["scripted_suite", "tests", "properties"].contains(&name)
    }

    /// The text of what is not for tests, each comment and string blanked out; its lines are those
    /// of the file.
    pub(crate) fn code(&self) -> String {
        if self.is_test() {
            return String::new();
        }
        without_tests(&blanked(&self.text))
    }
}

/// Ends at the tests, which come last in a file.
fn without_tests(code: &str) -> String {
    let tests = code.find("#[cfg(test)]\nmod tests {");
    code[..tests.unwrap_or(code.len())].to_owned()
}

/// Blanks out comments and the insides of strings and characters.
pub(crate) fn blanked(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let skip = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if first == '"' {
            string(rest, "\"", true)
        } else if let Some(marks) = raw(rest) {
            let end = format!("\"{}", &marks[1..]);
            marks.len() + string(&rest[marks.len()..], &end, false)
        } else if let Some(length) = character(rest) {
            length
        } else {
            out.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        };
        let blank = |c: char| if c == '\n' { '\n' } else { ' ' };
        let is_comment = rest.starts_with("//");
        let inner: String = rest[..skip].chars().map(blank).collect();
        // A string stays one thing: what follows it is not taken for something else.
        out.push_str(if is_comment { "" } else { "\"" });
        out.push_str(&inner);
        rest = &rest[skip..];
    }
    out
}

/// `r#` of `r#"..."#`.
fn raw(text: &str) -> Option<&str> {
    let rest = text.strip_prefix('r')?;
    let marks = rest.len() - rest.trim_start_matches('#').len();
    rest[marks..].starts_with('"').then(|| &text[..=marks])
}

/// The length of the string at the front.
fn string(text: &str, end: &str, escapes: bool) -> usize {
    let bytes = text.as_bytes();
    let mut at = 1;
    while at < bytes.len() && !text[at..].starts_with(end) {
        at += if escapes && bytes[at] == b'\\' { 2 } else { 1 };
        while !text.is_char_boundary(at) {
            at += 1;
        }
    }
    (at + end.len()).min(text.len())
}

/// The length of the character at the front, if it is one and not a lifetime.
fn character(text: &str) -> Option<usize> {
    let inner = text.strip_prefix('\'')?;
    let Some(escaped) = inner.strip_prefix('\\') else {
        let length = inner.chars().next()?.len_utf8();
        return inner[length..].starts_with('\'').then_some(length + 2);
    };
    // What is escaped may be a quote.
    let first = escaped.chars().next()?.len_utf8();
    Some(2 + first + escaped[first..].find('\'')? + 1)
}

/// The number of the line in which a byte stands.
pub(crate) fn line_of(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}

#[test]
fn blanking_leaves_code_alone() {
    let text =
        "a[\"x[0]\"] // b[0]\nlet c = '['; let d: &'a str = r#\"e[\"0\"]\"#; f['\\''] '\\u{7f}' g";
    let code = blanked(text);
    assert_eq!(code.matches('[').count(), 2, "{code}");
    assert!(code.ends_with(" g") && code.contains("&'a str"), "{code}");
    assert_eq!(code.lines().count(), 2);
}
