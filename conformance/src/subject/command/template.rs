//! A command line with placeholders.

use std::ffi::OsString;
use std::fmt::{self, Display, Formatter};
use std::path::PathBuf;
use std::str::FromStr;

use anyhow::{Context, bail};
use wormhole_sync::values::hex;

use super::program::find;

/// The placeholders of a command line.
const PLACEHOLDERS: [&str; 8] = [
    "relay",
    "appid",
    "appid_hex",
    "blob",
    "output",
    "words",
    "deadline",
    "code",
];

/// A command line with placeholders, taken apart at spaces as a shell does, without its other
/// powers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Template {
    text: String,
    words: Vec<String>,
}

/// The values of the placeholders in one run.
pub(super) struct Values {
    pub(super) relay: String,
    pub(super) appid: Vec<u8>,
    pub(super) blob: PathBuf,
    pub(super) output: PathBuf,
    pub(super) words: u64,
    pub(super) deadline: u64,
    pub(super) code: Option<Vec<u8>>,
}

impl Template {
    /// Whether the command line has this placeholder.
    pub(super) fn has(&self, placeholder: &str) -> bool {
        let placeholder = format!("{{{placeholder}}}");
        self.words.iter().any(|word| word.contains(&placeholder))
    }

    /// Refuses a command line by which no run could be told what it needs.
    ///
    /// # Errors
    ///
    /// A sentence that names the option and the placeholder.
    pub(super) fn check(&self, option: &str, takes_code: bool) -> anyhow::Result<()> {
        if !self.has("relay") {
            bail!("{option} has no {{relay}}: the program must talk to the suite's relay");
        }
        if !self.has("appid") && !self.has("appid_hex") {
            bail!("{option} has neither {{appid}} nor {{appid_hex}}: both sides need the same one");
        }
        if !takes_code && self.has("code") {
            bail!("{option} has {{code}}, which only a receiver is given");
        }
        if let Some(unknown) = self.words.iter().find_map(|word| unknown_in(word)) {
            let known = PLACEHOLDERS.map(|name| format!("{{{name}}}")).join(", ");
            bail!("{option} has {{{unknown}}}, which is no placeholder; there are: {known}");
        }
        match self.words.first().filter(|word| !word.contains('{')) {
            Some(program) => find(program).with_context(|| option.to_owned()),
            None => Ok(()),
        }
    }

    /// The program and its arguments with these values.
    ///
    /// # Errors
    ///
    /// A sentence about a value that no argument can hold.
    pub(super) fn fill(&self, values: &Values) -> anyhow::Result<Vec<OsString>> {
        let value = |name: &str| -> Vec<u8> {
            match name {
                "relay" => values.relay.clone().into_bytes(),
                "appid" => values.appid.clone(),
                "appid_hex" => hex::encode(&values.appid).into_bytes(),
                "blob" => values.blob.display().to_string().into_bytes(),
                "output" => values.output.display().to_string().into_bytes(),
                "words" => values.words.to_string().into_bytes(),
                "deadline" => values.deadline.to_string().into_bytes(),
                _ => values.code.clone().unwrap_or_default(),
            }
        };
        self.words.iter().map(|word| filled(word, value)).collect()
    }
}

/// The first name in braces that is no placeholder. Other braces, as of JSON, are the program's.
fn unknown_in(word: &str) -> Option<&str> {
    let is_of_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let is_name = |name: &&str| {
        name.starts_with(|first: char| first.is_ascii_alphabetic()) && name.bytes().all(is_of_name)
    };
    let names = word.split('{').skip(1);
    let mut names = names.filter_map(|after| Some(after.split_once('}')?.0));
    names.find(|name| is_name(name) && !PLACEHOLDERS.contains(name))
}

/// A word with each placeholder replaced, once, from left to right.
fn filled(word: &str, value: impl Fn(&str) -> Vec<u8>) -> anyhow::Result<OsString> {
    let mut bytes = Vec::new();
    let mut rest = word;
    while let Some((before, after)) = rest.split_once('{') {
        bytes.extend(before.as_bytes());
        let named = after
            .split_once('}')
            .filter(|(name, _)| PLACEHOLDERS.contains(name));
        rest = match named {
            Some((name, after)) => {
                bytes.extend(value(name));
                after
            }
            None => {
                bytes.push(b'{');
                after
            }
        };
    }
    bytes.extend(rest.as_bytes());
    if bytes.contains(&0) {
        bail!("no argument of a command can hold a zero byte");
    }
    os_string(bytes)
}

#[cfg(unix)]
fn os_string(bytes: Vec<u8>) -> anyhow::Result<OsString> {
    Ok(std::os::unix::ffi::OsStringExt::from_vec(bytes))
}

#[cfg(not(unix))]
fn os_string(bytes: Vec<u8>) -> anyhow::Result<OsString> {
    let text = String::from_utf8(bytes).context("arguments here hold text alone")?;
    Ok(text.into())
}

impl Display for Template {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl FromStr for Template {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        let words = shlex::split(text).context("a quote is left open")?;
        if words.is_empty() {
            bail!("the command is empty");
        }
        let text = text.to_owned();
        Ok(Self { text, words })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(text: &str) -> Template {
        text.parse().unwrap()
    }

    fn values() -> Values {
        Values {
            relay: "http://127.0.0.1:1".to_owned(),
            appid: b"{code}".to_vec(),
            blob: "/b".into(),
            output: "/o".into(),
            words: 3,
            deadline: 5,
            code: Some(b" 7-x".to_vec()),
        }
    }

    #[test]
    fn placeholders_are_replaced_once() {
        let words = template("tool --x={relay}{words} '{appid} {y}' {code} {appid_hex}{");
        let filled = words.fill(&values()).unwrap();
        let expected = [
            "tool",
            "--x=http://127.0.0.1:13",
            "{code} {y}",
            " 7-x",
            "7b636f64657d{",
        ];
        assert_eq!(filled, expected);
        let zero = Values {
            appid: b"\0".to_vec(),
            ..values()
        };
        assert!(
            words
                .fill(&zero)
                .unwrap_err()
                .to_string()
                .contains("zero byte")
        );
    }

    #[test]
    fn a_command_that_could_not_be_judged_is_refused() {
        let fails = |text: &str, takes_code| {
            template(text)
                .check("--x", takes_code)
                .unwrap_err()
                .to_string()
        };
        assert!(fails("tool {appid}", false).contains("has no {relay}"));
        assert!(fails("tool {relay}", false).contains("neither {appid} nor"));
        assert!(fails("tool {relay} {appid} {code}", false).contains("only a receiver"));
        assert!(
            template("sh {relay} {appid_hex}")
                .check("--x", false)
                .is_ok()
        );
        let unknown = fails("tool {relay} {appid} --to={{rely}}", false);
        assert!(unknown.contains("--x has {rely}"), "{unknown}");
        assert!(unknown.ends_with("{deadline}, {code}"), "{unknown}");
        for braces in ["{}", "{\"a\":1}", "{ x }", "{x", "{0}", "x}", "{a b}"] {
            assert_eq!(unknown_in(braces), None, "{braces}");
        }
        assert!("".parse::<Template>().is_err() && "a 'b".parse::<Template>().is_err());
    }
}
