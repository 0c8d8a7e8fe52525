//! Tests of the committed transcripts as files.

use std::collections::BTreeSet;
use std::fs;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use super::scenarios;
use crate::data::data;
use crate::subject::adapter::{AdapterHandle, UserEvent, serve};
use crate::subject::reference::Reference;
use crate::suites::case::Outcome;
use crate::suites::replay::transcript::{
    ClientRole, RecordedExchange, Says, Transcript, request_name,
};
use crate::suites::replay::{self, transcripts_in};

/// The number of transcripts, which grows with every scenario and with each that is promoted, so
/// that a lost one is noticed.
const COUNT: usize = 1707;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("transcripts")
}

fn transcripts() -> Vec<Transcript> {
    transcripts_in(data().unwrap().folder("conformance/transcripts")).unwrap()
}

fn spec(name: &str) -> String {
    fs::read_to_string(
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../spec")
            .join(name),
    )
    .unwrap()
}

#[test]
fn all_are_there_and_nothing_else() {
    let transcripts = transcripts();
    assert_eq!(transcripts.len(), COUNT);
    // A promoted transcript has an origin in the place of a scenario.
    let recorded = transcripts.into_iter().filter(|one| one.origin.is_none());
    let ids: Vec<String> = recorded.map(|transcript| transcript.id).collect();
    let mut scenarios: Vec<String> = scenarios::all().into_iter().map(|one| one.id).collect();
    scenarios.sort();
    assert_eq!(
        ids, scenarios,
        "one transcript for each scenario, one scenario for each id"
    );
}

#[test]
fn each_is_written_as_the_recorder_writes() {
    for transcript in transcripts() {
        let path = folder().join(format!("{}.json", transcript.id));
        assert_eq!(
            fs::read_to_string(path).unwrap(),
            transcript.to_text().unwrap()
        );
    }
}

#[test]
fn each_meets_the_schema() {
    let schema = fs::read_to_string(folder().join("transcript.schema.json")).unwrap();
    let schema: Value = serde_json::from_str(&schema).unwrap();
    jsonschema::meta::validate(&schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for transcript in transcripts() {
        let path = folder().join(format!("{}.json", transcript.id));
        let value: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        if let Err(error) = validator.validate(&value) {
            panic!("{}: {error} at {}", transcript.id, error.instance_path());
        }
    }
    let extra = json!({"id": "initiator-a", "more": 1});
    assert!(!validator.is_valid(&extra));
}

/// Each request of a client meets the specification's own schema, and so does each response of a
/// relay that is not wrong on purpose.
#[test]
fn each_message_meets_the_schema_of_the_specification() {
    let schema: Value = serde_json::from_str(&spec("messages.schema.json")).unwrap();
    let validator = |name: &str| {
        let mut schema = schema.clone();
        schema["$ref"] = json!(format!("#/$defs/{name}"));
        jsonschema::validator_for(&schema).unwrap()
    };
    let names = [
        "allocate",
        "claim",
        "write_answer",
        "write_finish",
        "write_receipt",
        "close",
        "allocated",
        "claimed",
        "cell_answer",
        "cell_finish",
        "cell_receipt",
        "empty",
        "problem",
    ];
    let validators: Vec<_> = names.iter().map(|name| (*name, validator(name))).collect();
    let check = |id: &str, name: &str, value: &Value| {
        let (_, validator) = validators.iter().find(|(found, _)| *found == name).unwrap();
        if let Err(error) = validator.validate(value) {
            panic!("{id}: {name}: {error}: {value}");
        }
    };
    let mut checked = 0;
    for transcript in transcripts() {
        for RecordedExchange {
            request,
            response,
            wrong,
            ..
        } in &transcript.exchanges
        {
            let name = request_name(&request.method, &request.target);
            if let Some(body) = &request.body {
                check(&transcript.id, &name.replace("put ", "write_"), body);
                checked += 1;
            }
            let Some(response) = response.as_ref().filter(|_| wrong.is_none()) else {
                continue;
            };
            let Some(body) = &response.body else { continue };
            let message = match (response.status, name.as_str()) {
                (500.., _) if response.headers["content-type"] == "application/json" => continue,
                (400.., _) => "problem".to_owned(),
                (_, "allocate") => "allocated".to_owned(),
                (_, "claim") => "claimed".to_owned(),
                (_, get) if get.starts_with("get ") => get.replace("get ", "cell_"),
                _ => "empty".to_owned(),
            };
            check(&transcript.id, &message, body);
            checked += 1;
        }
    }
    assert!(checked > COUNT, "{checked}");
}

/// Each possible row of the tables of sections 11.4 and 11.5 is in a transcript.
#[test]
fn every_row_of_the_tables_is_covered() {
    let text = spec("wormhole-sync.md");
    let section = |from: &str, to: &str| {
        let (_, rest) = text.split_once(from).unwrap();
        rest.split_once(to).unwrap().0.to_owned()
    };
    let mut missing = Vec::new();
    let mut rows = 0;
    for (role, table) in [
        ("initiator", section("\n### 11.4 ", "\n### 11.5 ")),
        ("receiver", section("\n### 11.5 ", "\n## 12. ")),
    ] {
        let covered: BTreeSet<String> = transcripts()
            .into_iter()
            .filter(|transcript| transcript.role.token() == role)
            .flat_map(|transcript| transcript.rows)
            .collect();
        let mut named = BTreeSet::new();
        for line in table.lines().filter(|line| line.starts_with("| ")) {
            let cells: Vec<&str> = line.split('|').map(str::trim).collect();
            if cells[1] == "state" || cells[3].starts_with("impossible") {
                continue;
            }
            for event in cells[2].split(", ") {
                named.insert(format!("{}/{event}", cells[1]));
            }
        }
        rows += named.len();
        missing.extend(named.difference(&covered).cloned());
        let unknown: Vec<_> = covered.difference(&named).collect();
        assert!(unknown.is_empty(), "{role}: {unknown:?}");
    }
    assert!(missing.is_empty(), "{missing:?}");
    assert!(rows > 80, "{rows}");
}

/// Each outcome of section 12 is in a transcript of each role that can end with it.
#[test]
fn every_outcome_is_covered() {
    let text = spec("wormhole-sync.md");
    let (_, list) = text.split_once("\n**OUT-1** ").unwrap();
    let (list, _) = list.split_once("\n**OUT-2** ").unwrap();
    let outcomes = list.lines().filter_map(|line| line.strip_prefix("| `"));
    let outcomes: Vec<&str> = outcomes.filter_map(|line| line.split('`').next()).collect();
    assert_eq!(outcomes.len(), 19);
    let ends: BTreeSet<(&str, String)> = transcripts()
        .into_iter()
        .map(|transcript| (transcript.role.token(), transcript.expect.outcome))
        .collect();
    for outcome in outcomes {
        for role in ["initiator", "receiver"] {
            // The initiator names no channel that could be absent or another side's.
            // Only a receiver has an application that takes a blob.
            let never = role == "initiator"
                && matches!(outcome, "no-such-channel" | "crowded" | "not-taken");
            assert_eq!(
                ends.contains(&(role, outcome.to_owned())),
                !never,
                "{role}: {outcome}"
            );
        }
    }
    let reasons = transcripts()
        .into_iter()
        .filter_map(|transcript| transcript.expect.reason);
    assert_eq!(
        reasons.collect::<BTreeSet<_>>().len(),
        11,
        "ten of RELAY-16 and lost"
    );
}

#[test]
fn every_clause_is_one_of_the_specification() {
    let text = spec("wormhole-sync.md");
    for transcript in transcripts() {
        for clause in &transcript.clauses {
            assert!(
                text.contains(&format!("\n**{clause}** ")),
                "{}: {clause}",
                transcript.id
            );
        }
    }
}

/// Faults that need no request make none, and `wrong` says what is wrong with a response.
#[test]
fn local_ends_make_no_request() {
    let local = [
        "bad-code",
        "bad-appid",
        "blob-too-large",
        "bad-rendezvous",
        "internal",
    ];
    for transcript in transcripts() {
        if local.contains(&transcript.expect.outcome.as_str()) {
            assert!(transcript.exchanges.is_empty(), "{}", transcript.id);
        }
    }
}

/// The tables once more, coarsely: the requests and their order. Anything else in a recording comes
/// from a wrong client.
#[test]
fn requests_come_in_the_order_of_the_tables() {
    for transcript in transcripts() {
        let order: &[&str] = match transcript.role {
            // An initiator whose user looks first polls the receipt before as well.
            ClientRole::Initiator if transcript.input.look => &[
                "allocate",
                "get answer",
                "get receipt",
                "put finish",
                "get receipt",
                "close",
            ],
            ClientRole::Initiator => &[
                "allocate",
                "get answer",
                "put finish",
                "get receipt",
                "close",
            ],
            ClientRole::Receiver => &["claim", "put answer", "get finish", "put receipt", "close"],
        };
        let close = order.len() - 1;
        let mut before: Option<(usize, &RecordedExchange)> = None;
        for exchange in &transcript.exchanges {
            let name = request_name(&exchange.request.method, &exchange.request.target);
            let from = before.map_or(0, |(from, _)| from);
            let place = from
                + order[from..]
                    .iter()
                    .position(|known| *known == name)
                    .unwrap();
            let fits = match before {
                None => place == 0,
                // A close may follow any request, once. Else the next request follows, or the same:
                // a repeat after a failure, or the next poll.
                Some((from, last)) if from == place => {
                    let empty = last
                        .response
                        .as_ref()
                        .is_some_and(|response| response.status == 204);
                    let shorter = last.failed() && last.request.target != exchange.request.target;
                    place != close
                        && (exchange.repeat || (empty || shorter) && name.starts_with("get"))
                        && (last.request == exchange.request || shorter)
                        && exchange.repeat == (last.failed() && !shorter)
                }
                Some((from, last)) => {
                    let agrees = |says: &Says| says.events().contains(&UserEvent::Release);
                    let goes_on = !last.failed() || last.user.as_ref().is_some_and(agrees);
                    (place == close || place == from + 1 && goes_on) && !exchange.repeat
                }
            };
            assert!(fits, "{}: {name}", transcript.id);
            before = Some((place, exchange));
        }
    }
}

/// The reference does as recorded, behind the adapter protocol.
#[test]
fn the_reference_passes() {
    let (from_suite, to_adapter) = std::io::pipe().unwrap();
    let (from_adapter, to_suite) = std::io::pipe().unwrap();
    thread::spawn(move || serve(BufReader::new(from_suite), to_suite, &Reference::Blocking));
    let ten = Duration::from_secs(10);
    let adapter = AdapterHandle::over(from_adapter, to_adapter, ten).unwrap();
    let cases = replay::cases().unwrap();
    let (next, failures) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::SeqCst)) {
                    match case.run(&adapter, ten) {
                        Outcome::Passed => {}
                        other => failures.lock().unwrap().push((case.id().to_owned(), other)),
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    for (id, failure) in &failures {
        println!("{id}: {failure:#?}");
    }
    assert!(failures.is_empty(), "{} of {}", failures.len(), cases.len());
    assert_eq!(cases.len(), COUNT);
}
