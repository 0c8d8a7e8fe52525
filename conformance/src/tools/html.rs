//! The report for a browser, with all that this program knows beside a result.

use std::collections::HashMap;
use std::path::Path;

use crate::data::data;
use crate::report::html::{self, HtmlFacts, TestContent};
use crate::report::{CheckResult, InteropResult};
use crate::run::plan;
use crate::spec::Spec;
use crate::suites::test::Test;
use crate::terminal::say;
use crate::tools::relay;
use crate::trust::reviewed::{FaultTexts, reviewed};

/// Writes the report into a folder, if one is named, and says where it begins. `vectors` is the
/// folder of vectors that judged, where it was not the committed one.
///
/// # Errors
///
/// A sentence about a file that cannot be written.
pub(crate) fn write(
    folder: Option<&Path>,
    result: &CheckResult,
    vectors: Option<&Path>,
    interop: Option<InteropResult>,
) -> anyhow::Result<()> {
    let Some(folder) = folder else {
        return Ok(());
    };
    let spec = Spec::packed()?;
    let facts = facts(&spec, result, vectors, interop)?;
    let first = html::write(folder, result, &facts)?;
    say(format_args!("html      {}", first.display()));
    Ok(())
}

/// Gathers the facts for a result.
fn facts<'a>(
    spec: &'a Spec,
    result: &CheckResult,
    vectors: Option<&Path>,
    interop: Option<InteropResult>,
) -> anyhow::Result<HtmlFacts<'a>> {
    let data = data()?;
    let (contents, remarks) = contents(spec, result, vectors)?;
    let programs = [
        FaultTexts {
            catalogue: data.text("conformance/mutants/client.toml")?,
            killers: data.text("conformance/mutants/client.killers.json")?,
        },
        FaultTexts {
            catalogue: data.text("conformance/mutants/relay.toml")?,
            killers: data.text("conformance/mutants/relay.killers.json")?,
        },
    ];
    Ok(HtmlFacts {
        spec,
        text: data.text("spec/wormhole-sync.md")?,
        contents,
        remarks,
        reviewed: reviewed(&programs, data.text("conformance/coverage.toml")?)?,
        interop,
    })
}

/// The content of each test, as far as this program has what judged, and a remark about the rest.
fn contents(
    spec: &Spec,
    result: &CheckResult,
    vectors: Option<&Path>,
) -> anyhow::Result<(HashMap<String, TestContent>, Vec<String>)> {
    let mut remarks = Vec::new();
    let start = &result.start;
    if start.spec != spec.version() {
        remarks.push(format!(
            "The text shown is {}, that of this program; the result is of another one.",
            spec.version()
        ));
    }
    if start.suite != env!("CARGO_PKG_VERSION") {
        remarks.push(format!(
            "The tests are explained as those of conformance {}, which wrote this report; the result \
             is of another one.",
            env!("CARGO_PKG_VERSION")
        ));
    }
    let of = |test: &dyn Test| (test.id().to_owned(), test.content());
    let contents = match &start.vectors {
        None => relay::cases()?.iter().map(|case| of(case)).collect(),
        Some(hash) => {
            let plan = plan::load(vectors, spec)?;
            let is_known = *hash == format!("sha256:{}", plan.vectors_hash);
            if !is_known {
                remarks.push(
                    "Other vectors judged, so their tests are not explained here; --vectors DIR \
                     names their folder."
                        .to_owned(),
                );
            }
            let cases = plan
                .cases
                .iter()
                .filter(|case| is_known || case.level() == 0 || case.level() == 5);
            cases.map(|case| of(case)).collect()
        }
    };
    Ok((contents, remarks))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::fmt::Write as _;
    use std::time::Instant;

    use serde_json::json;

    use super::*;
    use crate::report::html::files;
    use crate::run::verdict::Verdict;
    use crate::suites::case::Failure;

    /// The most bytes of a report of all tests.
    const BAR: usize = 5_000_000;

    /// A result of all tests of a client, or of a relay, in which each has passed.
    fn all_passed(spec: &Spec, vectors: Option<&str>, tests: &[&dyn Test]) -> CheckResult {
        let mut start = json!({
            "event": "start",
            "suite": env!("CARGO_PKG_VERSION"),
            "spec": spec.version(),
            "edition": spec.version(),
            "filter": null,
            "all": tests.len(),
            "command": "mine",
            "again": "conformance --filter ",
        });
        if let Some(hash) = vectors {
            start["vectors"] = json!(format!("sha256:{hash}"));
        }
        let mut text = format!("{start}\n");
        for test in tests {
            let line = json!({
                "event": "test",
                "id": test.id(),
                "suite": test.suite(),
                "level": test.level(),
                "clauses": test.clauses(),
                "title": test.title(),
                "verdict": "passed",
                "milliseconds": 1,
            });
            let _ = writeln!(text, "{line}");
        }
        let end = json!({
            "event": "end",
            "good": true,
            "level": vectors.map(|_| 5),
            "counts": {
                "planned": tests.len(),
                "passed": tests.len(),
                "failed": 0,
                "skipped": 0,
                "inconclusive": 0,
                "expected": 0,
                "silently_skipped": 0,
                "unscored": 0,
            },
            "not_judged": [],
            "problems": [],
            "repeated": 0,
            "lag_milliseconds": 0,
            "milliseconds": 1,
        });
        CheckResult::read(&(text + &end.to_string())).unwrap()
    }

    /// The pages stay below the bar, say all that `show` does, and each link in them leads
    /// somewhere.
    fn check(spec: &Spec, result: &CheckResult, tests: &[&dyn Test]) {
        let begin = Instant::now();
        let facts = facts(spec, result, None, None).unwrap();
        assert!(facts.remarks.is_empty(), "{:?}", facts.remarks);
        assert_eq!(facts.contents.len(), tests.len());
        let files = files(result, &facts);
        let size: usize = files.iter().map(|(_, page)| page.len()).sum();
        // Release builds are measured, by hand; this is to see where time went.
        eprintln!("{size} bytes in {:?}", begin.elapsed());
        assert!(size < BAR, "{size} bytes");
        let of = |name: &str| {
            let page = files.iter().find(|(file, _)| *file == name);
            page.map(|(_, page)| page.as_str()).unwrap()
        };
        let ids = |page: &str| -> HashSet<String> {
            let parts = page.split(" id=\"").skip(1);
            let ids = parts.filter_map(|part| part.split_once('"'));
            ids.map(|(id, _)| id.to_owned()).collect()
        };
        let mut links = 0;
        for (file, page) in &files {
            for target in ["tests.html", "spec.html"] {
                let known = ids(of(target));
                let before = format!("href=\"{target}#");
                for part in page.split(&before).skip(1) {
                    let (id, _) = part.split_once('"').unwrap();
                    // A fault may be found by a test of the other kind of program.
                    let is_elsewhere = *file == "spec.html" && target == "tests.html";
                    assert!(
                        id.contains('=') || is_elsewhere || known.contains(id),
                        "{file}: {target}#{id}"
                    );
                    links += 1;
                }
            }
        }
        assert!(links > tests.len(), "{links}");
        for (id, _) in spec.ids() {
            assert!(ids(of("spec.html")).contains(id), "{id}");
        }
        let page = of("tests.html");
        for test in tests {
            assert!(page.contains(&format!("<dl id=\"t-{}\">", test.id())));
        }
    }

    #[test]
    fn a_report_of_all_tests_of_clients_is_small_and_whole() {
        let spec = Spec::packed().unwrap();
        let plan = plan::load(None, &spec).unwrap();
        let tests: Vec<&dyn Test> = plan.cases.iter().map(|case| case as &dyn Test).collect();
        let result = all_passed(&spec, Some(&plan.vectors_hash), &tests);
        check(&spec, &result, &tests);
        let other = all_passed(&spec, Some(&"0".repeat(64)), &tests);
        let facts = facts(&spec, &other, None, None).unwrap();
        assert!(
            facts
                .remarks
                .iter()
                .any(|text| text.contains("Other vectors"))
        );
        assert!(!facts.contents.contains_key("code-canonical"));
    }

    /// Whatever becomes of the tests, and however much there is to say of each, the report stays
    /// below the bar, and a failure costs little more than a pass.
    #[test]
    fn a_report_of_many_failures_is_small() {
        let spec = Spec::packed().unwrap();
        let plan = plan::load(None, &spec).unwrap();
        let tests: Vec<&dyn Test> = plan.cases.iter().map(|case| case as &dyn Test).collect();
        let passed = all_passed(&spec, Some(&plan.vectors_hash), &tests);
        let facts = facts(&spec, &passed, None, None).unwrap();
        let size = |result: &CheckResult| -> usize {
            let files = files(result, &facts);
            files.iter().map(|(_, page)| page.len()).sum()
        };
        let usual = size(&passed);
        let long = "\"a <line> & more\" ".repeat(200);
        let ladder = ["  initiator       relay".to_owned()];
        let steps = (0..60).map(|number| format!("    |  request {number} ---> 200"));
        let failed = Verdict::Failed(Failure {
            given: vec![long.clone(); 2],
            expected: long.clone(),
            actual: long.clone(),
            difference: Some(long.clone()),
            clause: Some("SEAL-1".to_owned()),
            mistake: Some(long.clone()),
            detail: ladder.into_iter().chain(steps).collect(),
            stderr: None,
        });
        let short = Verdict::Failed(Failure {
            expected: "ok {\"channel\":7,\"words\":[\"crossover\",\"clockwork\"]}".to_owned(),
            actual: "refused bad-code (word-count)".to_owned(),
            difference: Some("it is refused".to_owned()),
            ..Failure::default()
        });
        let inconclusive = Verdict::inconclusive(long);
        for (name, verdict) in [("long", failed), ("short", short), ("none", inconclusive)] {
            for every in [1, 2] {
                let mut result = passed.clone();
                let changed = result.tests.iter_mut().step_by(every);
                let count = changed.map(|test| test.verdict = verdict.clone()).count();
                let size = size(&result);
                eprintln!("{name}: {count} did not pass, {size} bytes");
                assert!(size < BAR, "{name}: {size} bytes");
                assert!(
                    size < usual + count * 100,
                    "{name}: {size} bytes, {usual} usually"
                );
            }
        }
    }

    #[test]
    fn a_report_of_all_tests_of_relays_is_small_and_whole() {
        let spec = Spec::packed().unwrap();
        let cases = relay::cases().unwrap();
        let tests: Vec<&dyn Test> = cases.iter().map(|case| case as &dyn Test).collect();
        check(&spec, &all_passed(&spec, None, &tests), &tests);
    }
}
