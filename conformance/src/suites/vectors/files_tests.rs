//! Tests of the committed files, as a reader in another language finds them.

use serde_json::Value;

use super::file::Vectors;
use super::shapes;
use crate::root::{Root, read};

#[test]
fn every_file_is_valid_by_its_schema() {
    let root = Root::new(None);
    let vectors = Vectors::load(&root.vectors()).unwrap();
    for family in &vectors.families {
        let json = |path: &str| -> Value {
            serde_json::from_str(&read(&root.vectors().join(path)).unwrap()).unwrap()
        };
        let schema = json(&family.schema);
        jsonschema::meta::validate(&schema).unwrap();
        let validator = jsonschema::draft202012::new(&schema).unwrap();
        let file = json(&format!("{}.json", family.family));
        let faults: Vec<String> = validator
            .iter_errors(&file)
            .map(|error| format!("{}: {}", error.instance_path(), error))
            .collect();
        assert!(faults.is_empty(), "{}: {faults:?}", family.family);
        // A schema that accepts anything would prove nothing.
        let mut more = file.clone();
        more["tests"][0]["in"]["more"] = Value::from(1);
        assert!(!validator.is_valid(&more), "{}", family.family);
    }
}

#[test]
fn every_operation_has_tests_and_every_outcome_of_a_refusal() {
    let root = Root::new(None);
    let vectors = Vectors::load(&root.vectors()).unwrap();
    let tests: Vec<_> = vectors
        .families
        .iter()
        .flat_map(|family| &family.tests)
        .collect();
    for shape in shapes::ALL {
        let of_op = || tests.iter().filter(|test| test.op == shape.op);
        assert!(of_op().any(|test| test.control.is_none()), "{}", shape.op);
        for token in shape.refused.iter().chain(shape.faults) {
            let expected = |test: &&&super::file::Test| match &test.expect {
                super::file::Expected::Refused(refusal) => {
                    refusal.outcome == *token || refusal.fault.as_deref() == Some(token)
                }
                super::file::Expected::Ok(_) => false,
            };
            assert!(of_op().any(|test| expected(&test)), "{} {token}", shape.op);
        }
    }
}
