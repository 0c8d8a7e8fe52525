//! The sample session of the adapter protocol, which the reference plays as it is written down.

use serde_json::Value;

use super::Reference;
use crate::root::Root;
use crate::subject::adapter::serve;

#[test]
fn the_sample_session_is_what_the_reference_says() {
    let path = Root::new(None)
        .path()
        .join("conformance/sample-session.txt");
    let text = std::fs::read_to_string(path).unwrap();
    let lines = |mark: &str| -> Vec<String> {
        let marked = text.lines().filter_map(|line| line.strip_prefix(mark));
        marked.map(str::to_owned).collect()
    };
    let (asked, told) = (lines("--> "), lines("<-- "));
    assert_eq!(asked.len() + told.len(), text.lines().count());
    let mut output = Vec::new();
    let input = asked.join("\n") + "\n";
    serve(input.as_bytes(), &mut output, &Reference::Blocking).unwrap();
    let read = |line: &str| serde_json::from_str::<Value>(line).unwrap();
    let mut said: Vec<Value> = String::from_utf8(output)
        .unwrap()
        .lines()
        .map(read)
        .collect();
    let mut told: Vec<Value> = told.iter().map(|line| read(line)).collect();
    // Runs may answer in any order.
    said.sort_by_key(|line| line["id"].as_str().map(str::to_owned));
    told.sort_by_key(|line| line["id"].as_str().map(str::to_owned));
    for (said, told) in said.iter().zip(&told) {
        assert_eq!(said, told);
    }
    assert_eq!(said.len(), told.len());
    // Each operation that the hello offers is shown.
    let operations = told[0]["hello"]["operations"].as_array().unwrap();
    for operation in operations {
        let shown = |line: &String| read(line)["op"] == *operation;
        assert!(asked.iter().any(shown), "{operation}");
    }
}
