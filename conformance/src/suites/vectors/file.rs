//! The files of `vectors/`: their format, their reading and their writing.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::Error;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::data::data;
use crate::root::read;
use crate::subject::adapter::Members;

/// A family of vectors: one file.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Family {
    /// The path of its schema from the folder of vectors.
    #[serde(rename = "$schema")]
    pub(crate) schema: String,
    /// The name of the family and, without `.json`, of its file.
    pub(crate) family: String,
    /// The subject of the family, in one line.
    pub(crate) title: String,
    /// The protocol's version field.
    pub(crate) protocol: String,
    /// The version of the specification's text.
    pub(crate) spec: String,
    /// The version of the generator.
    #[serde(rename = "generatorVersion")]
    pub(crate) generator_version: String,
    /// The level of the way up that the family belongs to (`conformance/README.md`).
    pub(crate) level: u8,
    /// The seed that all seeded values come from.
    pub(crate) seed: String,
    /// The number of tests.
    #[serde(rename = "numberOfTests")]
    pub(crate) number_of_tests: usize,
    /// The meaning of each flag.
    pub(crate) notes: serde_json::Map<String, Value>,
    /// The tests.
    pub(crate) tests: Vec<Test>,
}

/// One vector.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Test {
    /// The identifier, which is stable for ever.
    pub(crate) id: String,
    /// The requirements that are tested, the main one first.
    pub(crate) clauses: Vec<String>,
    /// The subject of the test, in one line.
    pub(crate) comment: String,
    /// The names of the notes that explain the test.
    pub(crate) flags: Vec<String>,
    /// The operation.
    pub(crate) op: String,
    /// The input of the operation.
    #[serde(rename = "in")]
    pub(crate) input: Members,
    /// The input once more, as a reader sees it; not judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) shown: Option<String>,
    /// Whether the input is accepted.
    pub(crate) result: Validity,
    /// The result or the refusal that has to come out.
    pub(crate) expect: Expected,
    /// For a refusal: the accepted test that differs by the fault alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) control: Option<String>,
    /// Values between input and result, in the order in which they come to be; not judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) intermediate: Option<Members>,
}

/// Whether an input is accepted, in Wycheproof's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Validity {
    /// Accepted.
    Valid,
    /// Refused.
    Invalid,
}

/// The result or the refusal that an operation has to give.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Expected {
    /// The result, to the byte.
    Ok(Members),
    /// The refusal.
    Refused(ExpectedRefusal),
}

/// A refusal as a vector expects it: the outcome and the fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExpectedRefusal {
    /// The outcome of section 12.
    pub(crate) outcome: String,
    /// The fault, for an operation that names faults.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) fault: Option<String>,
}

/// The content of a folder of vectors.
#[derive(Debug)]
pub(crate) struct Vectors {
    /// The families, by name.
    pub(crate) families: Vec<Family>,
    /// SHA-256 over the names and bytes of all files, in hex.
    pub(crate) hash: String,
}

impl Vectors {
    /// The vectors that this program judges by.
    ///
    /// # Errors
    ///
    /// A sentence, if the program is damaged.
    pub(crate) fn packed() -> anyhow::Result<Self> {
        let files = data()?.folder("vectors");
        let files = files.filter(|(name, _)| name.ends_with(".json"));
        Self::of(files).map_err(Error::msg)
    }

    /// Reads all files of a folder.
    ///
    /// # Errors
    ///
    /// A sentence when a file cannot be read or is not in order, or when there is none.
    pub(crate) fn load(folder: &Path) -> Result<Self, String> {
        let cannot = |error| format!("cannot read {}: {error}", folder.display());
        let mut names: Vec<String> = Vec::new();
        for entry in fs::read_dir(folder).map_err(cannot)? {
            let name = entry.map_err(cannot)?.file_name();
            names.extend(
                name.to_str()
                    .filter(|name| name.ends_with(".json"))
                    .map(str::to_owned),
            );
        }
        names.sort();
        if names.is_empty() {
            return Err(format!("there are no vectors in {}", folder.display()));
        }
        let files = names.into_iter().map(|name| {
            let text = read(&folder.join(&name))?;
            Ok((name, text))
        });
        let files = files.collect::<Result<Vec<_>, String>>()?;
        Self::of(files.iter().map(|(name, text)| (&**name, &**text)))
    }

    /// The sentences that say which tests are here and not in others, or there and not here.
    pub(crate) fn differences(&self, others: &Self) -> Vec<String> {
        let ids = |vectors: &Self| -> BTreeMap<String, BTreeSet<String>> {
            let families = vectors.families.iter();
            families
                .map(|family| {
                    let ids = family.tests.iter().map(|test| test.id.clone());
                    (family.family.clone(), ids.collect())
                })
                .collect()
        };
        let (here, there) = (ids(self), ids(others));
        let none = BTreeSet::new();
        let mut sentences = Vec::new();
        for family in here.keys().chain(there.keys()).collect::<BTreeSet<_>>() {
            let (here, there) = (
                here.get(family).unwrap_or(&none),
                there.get(family).unwrap_or(&none),
            );
            for (ids, word) in [
                (there.difference(here), "missing"),
                (here.difference(there), "surplus"),
            ] {
                let ids: Vec<&str> = ids.map(String::as_str).collect();
                if let Some(first) = ids.first() {
                    sentences.push(match ids.len() {
                        1 => format!("the vector {first} of {family}.json is {word}"),
                        many => {
                            format!("{many} vectors of {family}.json are {word}, {first} the first")
                        }
                    });
                }
            }
        }
        sentences
    }

    /// Takes files apart, in the order of their names.
    pub(super) fn of<'a>(files: impl Iterator<Item = (&'a str, &'a str)>) -> Result<Self, String> {
        let mut families = Vec::new();
        let mut hash = Sha256::new();
        for (name, text) in files {
            let family: Family =
                serde_json::from_str(text).map_err(|error| format!("{name}: {error}"))?;
            if format!("{}.json", family.family) != name
                || family.number_of_tests != family.tests.len()
            {
                return Err(format!("{name}: name or number of tests is wrong"));
            }
            let length = u64::try_from(text.len()).expect("a length has at most 64 bits");
            hash.update(name.as_bytes());
            hash.update([0]);
            hash.update(length.to_be_bytes());
            hash.update(text.as_bytes());
            families.push(family);
        }
        // The order in which an implementation is built: from codes up to exchanges.
        families.sort_by(|a, b| (a.level, &a.family).cmp(&(b.level, &b.family)));
        let hash = wormhole_sync::values::hex::encode(&hash.finalize());
        Ok(Self { families, hash })
    }
}

/// JSON for people: two spaces, members in order, an array of plain values on one line.
pub(crate) fn to_text(value: &Value) -> String {
    let mut text = String::new();
    write_value(&mut text, value, 0);
    text.push('\n');
    text
}

fn write_value(text: &mut String, value: &Value, depth: usize) {
    let indent = |text: &mut String, depth: usize| {
        text.push('\n');
        text.extend(std::iter::repeat_n("  ", depth));
    };
    match value {
        Value::Object(members) if !members.is_empty() => {
            text.push('{');
            for (index, (name, value)) in members.iter().enumerate() {
                text.push_str(if index > 0 { "," } else { "" });
                indent(text, depth + 1);
                let _ = write!(text, "{}: ", Value::from(name.as_str()));
                write_value(text, value, depth + 1);
            }
            indent(text, depth);
            text.push('}');
        }
        Value::Array(values) if values.iter().any(is_deep) => {
            text.push('[');
            for (index, value) in values.iter().enumerate() {
                text.push_str(if index > 0 { "," } else { "" });
                indent(text, depth + 1);
                write_value(text, value, depth + 1);
            }
            indent(text, depth);
            text.push(']');
        }
        Value::Array(values) => {
            let values: Vec<String> = values.iter().map(inline).collect();
            let _ = write!(text, "[{}]", values.join(", "));
        }
        plain => {
            let _ = write!(text, "{plain}");
        }
    }
}

/// Whether a value is too much for one line: anything but plain values and the parts of bytes.
fn is_deep(value: &Value) -> bool {
    match value {
        Value::Object(members) => !members.contains_key("repeat"),
        Value::Array(_) => true,
        _ => false,
    }
}

fn inline(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let members: Vec<String> = members
                .iter()
                .map(|(name, value)| format!("{}: {value}", Value::from(name.as_str())))
                .collect();
            format!("{{{}}}", members.join(", "))
        }
        plain => plain.to_string(),
    }
}
