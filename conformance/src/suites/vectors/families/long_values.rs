//! Bytes in the files of families: each value is one string of hex, but for the family `large`,
//! which takes the tests of long values from the others, with runs of one byte in short.

use serde_json::Value;

use crate::suites::vectors::bytes::{expand, is_parts};
use crate::suites::vectors::file::{Expected, Family, Test};

/// The family of long values.
const LARGE: &str = "large";
/// The families whose long values go there; those of others are few and not that long.
const FROM: [&str; 2] = ["padding", "messages"];
/// The bytes from which on a value is long.
const LONG: usize = 8192;

/// Moves the tests of long values, with their notes, and writes all other values out.
///
/// # Errors
///
/// A sentence about a value that is neither hex nor parts.
pub(super) fn gather(families: &mut [Family]) -> Result<(), String> {
    let (mut moved, mut notes) = (Vec::new(), serde_json::Map::new());
    for family in families
        .iter_mut()
        .filter(|it| FROM.contains(&it.family.as_str()))
    {
        let tests = std::mem::take(&mut family.tests);
        let (long, rest) = tests
            .into_iter()
            .partition(|test: &Test| longest(test) >= LONG);
        family.tests = rest;
        for flag in long.iter().flat_map(|test: &Test| &test.flags) {
            notes.extend(
                family
                    .notes
                    .get(flag)
                    .map(|note| (flag.clone(), note.clone())),
            );
        }
        moved.extend(long);
        let is_used = |flag: &String| family.tests.iter().any(|test| test.flags.contains(flag));
        let unused: Vec<String> = family
            .notes
            .keys()
            .filter(|it| !is_used(it))
            .cloned()
            .collect();
        for flag in unused {
            family.notes.shift_remove(&flag);
        }
        family.number_of_tests = family.tests.len();
    }
    for family in families {
        if family.family == LARGE {
            family.tests.splice(0..0, std::mem::take(&mut moved));
            for (flag, note) in std::mem::take(&mut notes) {
                family.notes.entry(flag).or_insert(note);
            }
            family.number_of_tests = family.tests.len();
            controls_are_here(family)?;
            continue;
        }
        for test in &mut family.tests {
            for value in values(test) {
                if is_parts(value) {
                    *value = Value::String(expand(value)?);
                }
            }
        }
        controls_are_here(family)?;
    }
    Ok(())
}

/// Refuses a family with a test whose control went elsewhere.
fn controls_are_here(family: &Family) -> Result<(), String> {
    let is_here = |id: &String| family.tests.iter().any(|test| test.id == *id);
    match family
        .tests
        .iter()
        .find(|test| !test.control.iter().all(is_here))
    {
        Some(test) => Err(format!("{}: its control is in another family", test.id)),
        None => Ok(()),
    }
}

/// All values of a test: its input, its result and what stands between.
fn values(test: &mut Test) -> impl Iterator<Item = &mut Value> {
    let result = match &mut test.expect {
        Expected::Ok(ok) => Some(ok.values_mut()),
        Expected::Refused(_) => None,
    };
    let between = test.intermediate.as_mut().map(|it| it.values_mut());
    let input = test.input.values_mut();
    input
        .chain(result.into_iter().flatten())
        .chain(between.into_iter().flatten())
}

/// The length of the longest value of a test, in bytes.
fn longest(test: &Test) -> usize {
    let mut test = test.clone();
    let lengths = values(&mut test).map(|value| match &*value {
        Value::String(text) => text.len() / 2,
        parts if is_parts(parts) => expand(parts).map_or(0, |text| text.len() / 2),
        _ => 0,
    });
    lengths.max().unwrap_or(0)
}
