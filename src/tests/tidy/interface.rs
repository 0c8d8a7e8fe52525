//! The description of the relay's interface for tools, compared with section 9.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

const SPEC: &str = include_str!("../../../spec/wormhole-sync.md");
const OPENAPI: &str = include_str!("../../../spec/openapi.json");
const MESSAGES: &str = include_str!("../../../spec/messages.schema.json");

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// The rows of the first table after this heading, cell by cell.
fn rows(heading: &str) -> Vec<Vec<&'static str>> {
    let start = SPEC.find(heading).unwrap();
    let table = SPEC[start..]
        .lines()
        .skip_while(|line| !line.starts_with('|'))
        .take_while(|line| line.starts_with('|'));
    table
        .skip(2)
        .map(|row| row.trim_matches('|').split('|').map(str::trim).collect())
        .collect()
}

/// Each object of a JSON value, with all that is in it.
fn objects<'a>(value: &'a Value, visit: &mut impl FnMut(&'a serde_json::Map<String, Value>)) {
    match value {
        Value::Object(object) => {
            visit(object);
            object.values().for_each(|inner| objects(inner, visit));
        }
        Value::Array(array) => array.iter().for_each(|inner| objects(inner, visit)),
        _ => {}
    }
}

#[test]
fn it_describes_the_requests_of_section_9_2_and_no_others() {
    let in_text: BTreeSet<(String, String, String)> = rows("### 9.2 Requests")
        .iter()
        .map(|row| {
            let (method, target) = row[1].trim_matches('`').split_once(' ').unwrap();
            let target = target.split('?').next().unwrap();
            (
                method.to_lowercase(),
                format!("/v1/{{appid}}{target}"),
                row[3].split(' ').next().unwrap().to_owned(),
            )
        })
        .collect();
    let openapi = parsed(OPENAPI);
    let mut described = BTreeSet::new();
    for (path, item) in openapi["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let Some(responses) = operation["responses"].as_object() else {
                continue;
            };
            let success = responses.keys().find(|status| status.starts_with('2'));
            described.insert((method.clone(), path.clone(), success.unwrap().clone()));
        }
    }
    assert_eq!(in_text.len(), 9);
    assert_eq!(in_text, described);
}

/// The refusals of RELAY-11's table, each by its request and status.
#[test]
fn a_channel_refuses_as_its_table_says() {
    let row = |row: Vec<&str>| {
        let (method, rest) = match row[0].split_once(' ') {
            Some((method, cell)) => (method, cell),
            None => ("post", row[0]),
        };
        let path = format!("/v1/{{appid}}/channels/{{n}}/{rest}");
        let statuses = [("forbidden", "403"), ("closed", "410")]
            .into_iter()
            .chain(["crowded", "conflict", "out-of-order"].map(|token| (token, "409")));
        let refused =
            statuses.filter(|(token, _)| row[2..].iter().any(|cell| cell.contains(token)));
        let refused: BTreeSet<_> = refused.map(|(_, status)| status.to_owned()).collect();
        ((method.to_owned(), path), refused)
    };
    let mut in_text = BTreeMap::<_, BTreeSet<String>>::new();
    for (request, statuses) in rows("**RELAY-11**").into_iter().map(row) {
        in_text.entry(request).or_default().extend(statuses);
    }
    assert_eq!(in_text.len(), 8);
    let openapi = parsed(OPENAPI);
    for ((method, path), refused) in in_text {
        let responses = openapi["paths"][&path][&method]["responses"].as_object();
        let described = responses.unwrap().keys();
        let described = described.filter(|status| ["403", "409", "410"].contains(&status.as_str()));
        assert_eq!(refused, described.cloned().collect(), "{method} {path}");
    }
}

#[test]
fn its_references_and_requirements_exist() {
    let (openapi, messages) = (parsed(OPENAPI), parsed(MESSAGES));
    let (mut references, mut requirements) = (0, 0);
    objects(&openapi, &mut |object| {
        let reference = object.get("$ref").and_then(Value::as_str);
        if let Some(name) = reference.and_then(|r| r.strip_prefix("messages.schema.json#/$defs/")) {
            assert!(messages["$defs"].get(name).is_some(), "{name}");
            references += 1;
        }
        for id in object
            .get("x-requirement")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            let id = id.as_str().unwrap();
            assert!(SPEC.contains(&format!("**{id}**")), "{id}");
            requirements += 1;
        }
    });
    assert!(
        references > 20 && requirements > 50,
        "{references} {requirements}"
    );
}

#[test]
fn its_problem_types_are_those_of_section_9_3() {
    let in_text: BTreeSet<String> = rows("### 9.3 Errors")
        .iter()
        .map(|row| {
            format!(
                "tag:wormhole-sync.example,2026:{}",
                row[0].trim_matches('`')
            )
        })
        .collect();
    let messages = parsed(MESSAGES);
    let types = messages["$defs"]["problem"]["properties"]["type"]["enum"]
        .as_array()
        .unwrap();
    let types: BTreeSet<String> = types
        .iter()
        .map(|t| t.as_str().unwrap().to_owned())
        .collect();
    assert_eq!(types.len(), 13);
    assert_eq!(in_text, types);
}
