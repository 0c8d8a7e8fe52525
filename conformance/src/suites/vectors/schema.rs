//! JSON Schema 2020-12 for each family, from the table of operations.

use serde_json::{Value, json};

use super::builder::object;
use super::file::Family;
use super::shapes::{MemberType, Shape};
use crate::subject::adapter::Members;

/// The family whose long values are written in short.
const LARGE: &str = "large";

/// The schema of this family's file.
pub(crate) fn schema(family: &Family) -> Value {
    let mut shapes: Vec<&Shape> = Vec::new();
    for test in &family.tests {
        let shape = Shape::of(&test.op)
            .unwrap_or_else(|| panic!("{}: there is no operation {}", test.id, test.op));
        if !shapes.iter().any(|known| known.op == shape.op) {
            shapes.push(shape);
        }
    }
    let kinds: Vec<Value> = shapes
        .iter()
        .flat_map(|shape| {
            let invalid = (!shape.refused.is_empty()).then(|| invalid_test(shape));
            [Some(valid_test(shape)), invalid].into_iter().flatten()
        })
        .collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": format!("tag:wormhole-sync.example,2026:vectors:{}", family.family),
        "title": family.title,
        "type": "object",
        "additionalProperties": false,
        "required": ["$schema", "family", "title", "protocol", "spec", "generatorVersion", "level", "seed", "numberOfTests", "notes", "tests"],
        "properties": {
            "$schema": {"const": family.schema},
            "family": {"const": family.family},
            "title": {"type": "string", "minLength": 1},
            "protocol": {"const": family.protocol},
            "spec": {"type": "string", "pattern": "^[0-9]+\\.[0-9]+\\.[0-9]+$"},
            "generatorVersion": {"type": "string", "minLength": 1},
            "level": {"type": "integer", "minimum": 1, "maximum": 5},
            "seed": {"type": "string", "minLength": 1},
            "numberOfTests": {"type": "integer", "minimum": 1},
            "notes": {"type": "object", "minProperties": 1, "additionalProperties": {"$ref": "#/$defs/note"}},
            "tests": {"type": "array", "minItems": 1, "items": {"oneOf": kinds}},
        },
        "$defs": definitions(&family.family),
    })
}

fn valid_test(shape: &Shape) -> Value {
    // The members of a JSON message depend on the message.
    let required: Vec<&str> = match shape.op {
        "json" => Vec::new(),
        _ => shape.ok.iter().map(|(name, _)| *name).collect(),
    };
    let ok = strict_object(shape.ok, &required);
    let mut properties = common(shape, "valid");
    properties.insert("expect".to_owned(), one_member("ok", ok));
    test_of(shape, properties, &[])
}

fn invalid_test(shape: &Shape) -> Value {
    let mut members = object(json!({"outcome": {"enum": shape.refused}}));
    let mut required = vec!["outcome"];
    if !shape.faults.is_empty() {
        members.insert("fault".to_owned(), json!({"enum": shape.faults}));
        required.push("fault");
    }
    let refused = json!({
        "type": "object",
        "additionalProperties": false,
        "required": required,
        "properties": members,
    });
    let mut properties = common(shape, "invalid");
    properties.insert("expect".to_owned(), one_member("refused", refused));
    properties.insert("control".to_owned(), json!({"$ref": "#/$defs/id"}));
    test_of(shape, properties, &["control"])
}

fn test_of(shape: &Shape, properties: Members, more: &[&str]) -> Value {
    let mut required = vec![
        "id", "clauses", "comment", "flags", "op", "in", "result", "expect",
    ];
    required.extend(more);
    json!({
        "title": shape.op,
        "type": "object",
        "additionalProperties": false,
        "required": required,
        "properties": properties,
    })
}

fn common(shape: &Shape, result: &str) -> Members {
    let required: Vec<&str> = shape.input.iter().map(|(name, _)| *name).collect();
    object(json!({
        "id": {"$ref": "#/$defs/id"},
        "clauses": {"type": "array", "minItems": 1, "uniqueItems": true, "items": {"type": "string", "pattern": "^[A-Z]+-[1-9][0-9]*$"}},
        "comment": {"type": "string", "minLength": 1},
        "flags": {"type": "array", "minItems": 1, "uniqueItems": true, "items": {"type": "string", "minLength": 1}},
        "op": {"const": shape.op},
        "in": strict_object(shape.input, &required),
        "shown": {"type": "string"},
        "result": {"const": result},
        "intermediate": {"type": "object", "additionalProperties": {"anyOf": [{"type": "string"}, {"$ref": "#/$defs/bytes"}]}},
    }))
}

fn strict_object(members: &[(&str, MemberType)], required: &[&str]) -> Value {
    let properties: Members = members
        .iter()
        .map(|(name, member_type)| ((*name).to_owned(), of_type(*member_type)))
        .collect();
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": required,
        "properties": properties,
    })
}

fn of_type(member_type: MemberType) -> Value {
    match member_type {
        MemberType::Bytes => json!({"$ref": "#/$defs/bytes"}),
        MemberType::Text => json!({"type": "string"}),
        MemberType::Number => json!({"type": "integer"}),
        MemberType::Flag => json!({"type": "boolean"}),
        MemberType::Words => {
            json!({"type": "array", "items": {"type": "string", "pattern": "^[a-z]+$"}})
        }
        MemberType::OneOf(names) => json!({"enum": names}),
    }
}

fn one_member(name: &str, value: Value) -> Value {
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": [name],
        "properties": {name: value},
    })
}

fn definitions(family: &str) -> Value {
    let hex = || json!({"type": "string", "pattern": "^([0-9a-f]{2})*$"});
    let (of, bytes) = match family {
        LARGE => (
            "[a-z]+",
            object(json!({
                "hex": hex(),
                "bytes": {
                    "description": "Hex, or parts to be joined: hex, or hex repeated a number of times.",
                    "oneOf": [
                        {"$ref": "#/$defs/hex"},
                        {"type": "array", "minItems": 1, "items": {"oneOf": [{"$ref": "#/$defs/hex"}, {"$ref": "#/$defs/repeat"}]}},
                    ],
                },
                "repeat": {
                    "type": "object",
                    "additionalProperties": false,
                    "required": ["repeat", "times"],
                    "properties": {
                        "repeat": {"$ref": "#/$defs/hex"},
                        "times": {"type": "integer", "minimum": 1, "maximum": 1_048_576},
                    },
                },
            })),
        ),
        family => (family, object(json!({"bytes": hex()}))),
    };
    let mut all = object(json!({
        "id": {"type": "string", "pattern": format!("^{of}-[a-z0-9-]+$")},
        "note": {
            "type": "object",
            "additionalProperties": false,
            "required": ["bugType", "description", "effect"],
            "properties": {
                "bugType": {"enum": ["BASIC", "EDGE_CASE", "MISSING_STEP", "WRONG_PRIMITIVE", "MODIFIED_PARAMETER", "MALLEABILITY", "LEGACY", "AUTH_BYPASS"]},
                "description": {"type": "string", "minLength": 1},
                "effect": {"type": "string", "minLength": 1},
                "links": {"type": "array", "minItems": 1, "items": {"type": "string", "format": "uri"}},
            },
        },
    }));
    all.extend(bytes);
    Value::Object(all)
}
