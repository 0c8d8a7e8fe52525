//! Tests that the user chooses.

use std::process::{Command, Stdio};

use super::{conformance, text};

#[test]
fn a_filter_without_a_hit_is_no_success() {
    let output = conformance(&["--filter", "no-such-test"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("no-such-test"));
}

#[test]
fn a_filter_brings_controls_along() {
    let output = conformance(&["--filter", "code-nul"]);
    let report = text(&output.stdout);
    assert!(report.contains("2 planned = 2 passed"), "{report}");
}

#[test]
fn lists_every_test() {
    let output = conformance(&["list"]);
    assert!(text(&output.stdout).lines().count() > 1000);
    assert!(text(&output.stdout).contains("code-leading-zero\tcode\tCODE-6\tA leading zero"));
}

#[test]
fn a_list_that_is_read_in_part_is_no_failure() {
    let mut list = Command::new(env!("CARGO_BIN_EXE_conformance"))
        .arg("list")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    drop(list.stdout.take());
    let output = list.wait_with_output().expect("the program ends");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert_eq!(text(&output.stderr), "");
}

#[test]
fn a_lack_that_no_test_needs_is_an_error() {
    let output = conformance(&["--without", "code-prase", "--filter", "code-"]);
    assert_eq!(output.status.code(), Some(2));
    let error = text(&output.stderr);
    assert!(
        error.contains("code-prase") && error.contains("code-parse"),
        "{error}"
    );
}

#[test]
fn options_choose_tests_and_lists() {
    let ids = |arguments: &[&str]| {
        let output = conformance(arguments);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        text(&output.stdout).lines().count()
    };
    let suite = ids(&["list", "--suite", "code"]);
    assert!(suite > 300);
    let clause = ids(&["list", "--suite", "code", "--clause", "CODE-6"]);
    assert!(clause > 0 && clause < suite);
    assert!(ids(&["list", "--level", "1"]) > suite);
    for (arguments, part) in [
        (["--suite", "codes"], "there is no suite \"codes\""),
        (["--level", "7"], "of level 7"),
        (["--clause", "CODE"], "cites \"CODE\""),
    ] {
        let output = conformance(&[&["list"][..], &arguments].concat());
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(text(&output.stderr).contains(part), "{arguments:?}");
    }
}

#[test]
fn a_command_behind_its_options_is_shown_in_front_of_them() {
    let output = conformance(&["--adapter", "my tool", "doctor"]);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(
        said.contains("conformance doctor --adapter 'my tool'"),
        "{said}"
    );
}
