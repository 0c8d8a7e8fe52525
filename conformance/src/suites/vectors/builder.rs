//! The builder of a family, which refuses one that is not in order.

use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};

use super::file::{Expected, ExpectedRefusal, Family, Test, Validity};
use super::seeds::Seeds;
use super::shapes::Shape;
use crate::spec::Spec;
use crate::subject::adapter::Members;

/// The kind of fault that a note is about, by Wycheproof's names.
#[derive(Debug, Clone, Copy)]
pub(crate) enum BugType {
    /// No fault in particular: an implementation that fails has not built the operation.
    Basic,
    /// A value at the edge of a range.
    EdgeCase,
    /// A check or a step that is easily left out.
    MissingStep,
    /// A primitive or a rule that is not the specification's.
    WrongPrimitive,
    /// A value changed on its way.
    ModifiedParameter,
    /// Two texts or encodings of one value.
    Malleability,
    /// A habit of other protocols, other libraries or older versions.
    Legacy,
    /// An attacker gets past a check.
    AuthBypass,
}

impl BugType {
    fn name(self) -> &'static str {
        match self {
            Self::Basic => "BASIC",
            Self::EdgeCase => "EDGE_CASE",
            Self::MissingStep => "MISSING_STEP",
            Self::WrongPrimitive => "WRONG_PRIMITIVE",
            Self::ModifiedParameter => "MODIFIED_PARAMETER",
            Self::Malleability => "MALLEABILITY",
            Self::Legacy => "LEGACY",
            Self::AuthBypass => "AUTH_BYPASS",
        }
    }
}

/// A family in the making.
#[derive(Debug)]
pub(crate) struct Builder {
    family: Family,
    op: &'static str,
}

impl Builder {
    /// An empty family.
    pub(crate) fn new(family: &str, level: u8, seeds: &Seeds, title: &str) -> Self {
        Self {
            family: Family {
                schema: format!("schemas/{family}.schema.json"),
                family: family.to_owned(),
                title: title.to_owned(),
                protocol: "wormhole-sync/1".to_owned(),
                spec: String::new(),
                generator_version: env!("CARGO_PKG_VERSION").to_owned(),
                level,
                seed: seeds.text().to_owned(),
                number_of_tests: 0,
                notes: serde_json::Map::new(),
                tests: Vec::new(),
            },
            op: "",
        }
    }

    /// Explains a flag: the subject of its tests, and the harm that a failing implementation does
    /// to its users.
    pub(crate) fn note(&mut self, flag: &str, bug: BugType, description: &str, effect: &str) {
        self.note_with_links(flag, bug, description, effect, &[]);
    }

    /// Explains a flag, with links to read more.
    pub(crate) fn note_with_links(
        &mut self,
        flag: &str,
        bug: BugType,
        description: &str,
        effect: &str,
        links: &[&str],
    ) {
        let mut note = json!({
            "bugType": bug.name(),
            "description": description,
            "effect": effect,
        });
        if !links.is_empty() {
            note["links"] = json!(links);
        }
        let earlier = self.family.notes.insert(flag.to_owned(), note);
        assert!(earlier.is_none(), "two notes explain the flag {flag}");
    }

    /// Sets the operation of the tests that follow.
    pub(crate) fn op(&mut self, op: &'static str) {
        self.op = op;
    }

    /// Adds a test of an input that is accepted. `clauses` and `flags` are lists, joined by spaces.
    pub(crate) fn accept(
        &mut self,
        id: &str,
        comment: &str,
        (clauses, flags): (&str, &str),
        input: Value,
        ok: Value,
    ) -> &mut Test {
        let expect = Expected::Ok(object(ok));
        self.add(id, comment, (clauses, flags), input, expect, None)
    }

    /// Adds a test of an input that is refused. `outcome` is an outcome, or an outcome and a fault
    /// with a slash between; `control` is the id of an accepted test, without the family's name.
    pub(crate) fn refuse(
        &mut self,
        id: &str,
        comment: &str,
        (clauses, flags): (&str, &str),
        input: Value,
        outcome: &str,
        control: &str,
    ) -> &mut Test {
        let (outcome, fault) = match outcome.split_once('/') {
            Some((outcome, fault)) => (outcome, Some(fault.to_owned())),
            None => (outcome, None),
        };
        let expect = Expected::Refused(ExpectedRefusal {
            outcome: outcome.to_owned(),
            fault,
        });
        let control = format!("{}-{control}", self.family.family);
        self.add(id, comment, (clauses, flags), input, expect, Some(control))
    }

    fn add(
        &mut self,
        id: &str,
        comment: &str,
        (clauses, flags): (&str, &str),
        input: Value,
        expect: Expected,
        control: Option<String>,
    ) -> &mut Test {
        let list = |text: &str| text.split(' ').map(str::to_owned).collect();
        let index = self.family.tests.len();
        self.family.tests.push(Test {
            id: format!("{}-{id}", self.family.family),
            clauses: list(clauses),
            comment: comment.to_owned(),
            flags: list(flags),
            op: self.op.to_owned(),
            input: object(input),
            shown: None,
            result: match expect {
                Expected::Ok(_) => Validity::Valid,
                Expected::Refused(_) => Validity::Invalid,
            },
            expect,
            control,
            intermediate: None,
        });
        &mut self.family.tests[index]
    }

    /// The family, if it is in order.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it, one line each.
    pub(crate) fn finish(mut self, spec: &Spec) -> Result<Family, String> {
        self.family.number_of_tests = self.family.tests.len();
        spec.version().clone_into(&mut self.family.spec);
        let faults = faults(&self.family, spec);
        if faults.is_empty() {
            Ok(self.family)
        } else {
            Err(faults.join("\n"))
        }
    }
}

/// The members of an object that was written out with `json!`.
///
/// # Panics
///
/// When the value is no object.
pub(crate) fn object(value: Value) -> Members {
    match value {
        Value::Object(members) => members,
        other => panic!("{other} is no object"),
    }
}

fn faults(family: &Family, spec: &Spec) -> Vec<String> {
    let mut faults = Vec::new();
    let mut by_id: HashMap<&str, &Test> = HashMap::new();
    let mut used: HashSet<&str> = HashSet::new();
    for test in &family.tests {
        let mut fault = |text: String| faults.push(format!("{}: {text}", test.id));
        if by_id.insert(&test.id, test).is_some() {
            fault("the id is not unique".to_owned());
        }
        for clause in &test.clauses {
            if spec.clause(clause).is_none() {
                fault(format!("there is no clause {clause}"));
            }
        }
        for flag in &test.flags {
            used.insert(flag);
            if !family.notes.contains_key(flag) {
                fault(format!("the flag {flag} has no note"));
            }
        }
        if let Some(text) = shape_fault(test) {
            fault(text);
        }
    }
    for test in &family.tests {
        if let Some(text) = control_fault(test, &by_id) {
            faults.push(format!("{}: {text}", test.id));
        }
    }
    let unused = family
        .notes
        .keys()
        .filter(|flag| !used.contains(flag.as_str()));
    faults.extend(unused.map(|flag| format!("{}: nothing has the flag {flag}", family.family)));
    faults
}

fn shape_fault(test: &Test) -> Option<String> {
    let Some(shape) = Shape::of(&test.op) else {
        return Some(format!("there is no operation {}", test.op));
    };
    let given: Vec<&str> = test.input.keys().map(String::as_str).collect();
    let wanted: Vec<&str> = shape.input.iter().map(|(name, _)| *name).collect();
    if given != wanted {
        return Some(format!("the input has {given:?}, not {wanted:?}"));
    }
    match &test.expect {
        Expected::Ok(ok) => {
            let given: Vec<&str> = ok.keys().map(String::as_str).collect();
            let wanted: Vec<&str> = shape.ok.iter().map(|(name, _)| *name).collect();
            let good = match shape.op {
                "json" => given.iter().all(|name| wanted.contains(name)),
                _ => given == wanted,
            };
            (!good).then(|| format!("the result has {given:?}, not {wanted:?}"))
        }
        Expected::Refused(refusal) => {
            let known = shape.refused.contains(&refusal.outcome.as_str())
                && match &refusal.fault {
                    Some(fault) => shape.faults.contains(&fault.as_str()),
                    None => shape.faults.is_empty(),
                };
            (!known).then(|| format!("{} has no such refusal: {refusal:?}", shape.op))
        }
    }
}

/// The fault of a test's control, if there is one. A control is accepted and differs in one member
/// of the input.
fn control_fault(test: &Test, by_id: &HashMap<&str, &Test>) -> Option<String> {
    let control = test.control.as_deref()?;
    let Some(control) = by_id.get(control) else {
        return Some(format!("there is no control {control}"));
    };
    if control.result != Validity::Valid || control.op != test.op {
        return Some(format!("{} is no control for it", control.id));
    }
    let differing = test
        .input
        .iter()
        .filter(|(name, value)| control.input.get(*name) != Some(value))
        .count();
    (differing != 1).then(|| format!("differs from {} in {differing} members", control.id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[should_panic(expected = "[1] is no object")]
    fn what_is_no_object_stops_the_builder() {
        object(json!([1]));
    }

    #[test]
    #[should_panic(expected = "two notes explain the flag Usual")]
    fn a_second_note_of_a_flag_stops_the_builder() {
        let mut family = Builder::new("code", 1, &Seeds::new(""), "");
        family.note("Usual", BugType::Basic, "", "");
        family.note("Usual", BugType::Basic, "", "");
    }
}
