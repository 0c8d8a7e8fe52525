//! The structure of the crates: modules stand in layers and make no circles.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::graph::{Crate, Edges, circles};
use super::source::find;

/// The crates of the workspace, by the file that each begins with.
const ROOTS: [&str; 4] = [
    "src/lib.rs",
    "conformance/src/main.rs",
    "conformance/fuzz/src/lib.rs",
    "spec/model/core/src/main.rs",
];

/// The modules that each module may use besides itself. All modules of the crate are here.
type Layers<'a> = &'a [(&'a str, &'a [&'a str])];

/// The crates whose modules stand in layers.
const LAYERS: [(&str, Layers); 2] = [
    (
        "src/lib.rs",
        &[
            ("values", &[]),
            ("clock", &[]),
            ("crypto", &["values"]),
            ("protocol", &["values", "crypto"]),
            ("client", &["values", "clock", "crypto", "protocol"]),
            ("relay", &["values", "clock"]),
            ("cli", &["values", "crypto", "protocol", "client", "relay"]),
        ],
    ),
    (
        "conformance/src/main.rs",
        &[
            ("data", &[]),
            ("root", &[]),
            ("terminal", &[]),
            ("whole_file", &[]),
            ("spec", &["data", "root"]),
            ("stage", &["terminal"]),
            ("subject", &["root", "stage", "terminal"]),
            ("suites", &["data", "root", "spec", "stage", "subject"]),
            (
                "run",
                &[
                    "data",
                    "root",
                    "spec",
                    "stage",
                    "subject",
                    "suites",
                    "whole_file",
                ],
            ),
            ("report", &["spec", "subject", "suites", "run"]),
            (
                "trust",
                &[
                    "root", "spec", "stage", "subject", "suites", "run", "report", "terminal",
                ],
            ),
            (
                "tools",
                &[
                    "data",
                    "root",
                    "spec",
                    "stage",
                    "subject",
                    "suites",
                    "run",
                    "report",
                    "trust",
                    "terminal",
                    "whole_file",
                ],
            ),
            (
                "check",
                &["root", "spec", "subject", "suites", "run", "report"],
            ),
            (
                "claim",
                &[
                    "whole_file",
                    "root",
                    "data",
                    "spec",
                    "stage",
                    "subject",
                    "suites",
                    "run",
                    "report",
                    "check",
                    "terminal",
                ],
            ),
            (
                "cli",
                &[
                    "claim", "root", "subject", "run", "report", "tools", "check",
                ],
            ),
        ],
    ),
];

fn edges(root: &str) -> Edges {
    let edges = Crate::load(root, &find).edges();
    assert!(edges.len() > 20, "{root}: {}", edges.len());
    edges
}

#[test]
fn modules_use_only_what_is_below_them() {
    let mut wrong = Vec::new();
    for (root, layers) in LAYERS {
        let (folder, _) = root.rsplit_once('/').unwrap();
        for ((from, to), names) in edges(root).iter().filter(|((from, _), _)| from != root) {
            let module = |file: &str| {
                let inner = file[folder.len() + 1..].split('/').next().unwrap();
                inner.trim_end_matches(".rs").to_owned()
            };
            let (user, used) = (module(from), module(to));
            let layer = layers.iter().find(|(module, _)| *module == user);
            let (_, below) = layer.unwrap_or_else(|| panic!("{from}: in no layer"));
            if user != used && !below.contains(&used.as_str()) {
                wrong.push(format!("{from} uses {names:?} of {to}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// There is no circle between files, and none between folders, each of which stands for all that is
/// in it.
#[test]
fn no_circle_is_between_modules() {
    let mut found = String::new();
    ROOTS
        .iter()
        .for_each(|root| found.push_str(&described(&edges(root))));
    assert!(found.is_empty(), "{found}");
}

/// Each circle of files and folders that stand side by side, with the names that tie it.
fn described(edges: &Edges) -> String {
    let mut rooms = Edges::new();
    for ((from, to), names) in edges {
        rooms
            .entry(side_by_side(from, to))
            .or_default()
            .extend(names.clone());
    }
    let mut text = String::new();
    for circle in circles(&rooms) {
        writeln!(
            text,
            "\ncircle of {}:",
            Vec::from_iter(circle.clone()).join(", ")
        )
        .unwrap();
        for ((from, to), names) in edges {
            let (room, other) = side_by_side(from, to);
            if circle.contains(room.as_str()) && circle.contains(other.as_str()) {
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                writeln!(text, "  {from} -> {to}: {}", names.join(", ")).unwrap();
            }
        }
    }
    text
}

/// The file or folder of each of two files in the folder that they share.
fn side_by_side(from: &str, to: &str) -> (String, String) {
    let shared = from
        .split('/')
        .zip(to.split('/'))
        .take_while(|(a, b)| a == b)
        .count();
    let room = |file: &str| Vec::from_iter(file.split('/').take(shared + 1)).join("/");
    (room(from), room(to))
}

/// A circle shows through re-exports, macros, attributes and renamed imports. Code for tests makes
/// none, and neither does code that passes names on without using them.
#[test]
fn a_circle_is_found() {
    let files = BTreeMap::from([
        (
            "src/lib.rs",
            "mod a; mod c; mod rooms; pub use a::A; mod tests_of { pub use crate::rooms::B; }",
        ),
        (
            "src/a.rs",
            "use crate::rooms::{self as r, low}; pub struct A(r::B); fn f() { low::g() }",
        ),
        (
            "src/rooms/mod.rs",
            "mod b; pub(crate) mod low; pub(crate) use b::b as named; pub(crate) use b::B;",
        ),
        (
            "src/rooms/b.rs",
            "pub struct B; pub fn b() { print!(\"{}\", crate::A::NEW) } use super::low;
             #[cfg(test)] mod tests { fn t() { super::low::g() } }",
        ),
        (
            "src/c/mod.rs",
            "mod d; #[arg(parser = d::parse)] pub struct C;",
        ),
        ("src/c/d.rs", "pub fn parse() -> super::C {}"),
        (
            "src/rooms/low.rs",
            "pub fn g() {} #[cfg(test)] use super::named;",
        ),
    ]);
    let read = |path: &str| files.get(path).map(|text| (*text).to_owned());
    let expected = "
circle of src/a.rs, src/rooms:
  src/a.rs -> src/rooms/b.rs: B
  src/a.rs -> src/rooms/low.rs: g
  src/rooms/b.rs -> src/a.rs: A

circle of src/c/d.rs, src/c/mod.rs:
  src/c/d.rs -> src/c/mod.rs: C
  src/c/mod.rs -> src/c/d.rs: parse
";
    assert_eq!(
        described(&Crate::load("src/lib.rs", &read).edges()),
        expected
    );
}
