//! Which module uses which: layers, and no circles.

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

/// Which modules each may use besides itself: all modules of the crate are here.
type Layers<'a> = &'a [(&'a str, &'a [&'a str])];

/// The crates whose modules stand in layers.
const LAYERS: [(&str, Layers); 1] = [(
    "src/lib.rs",
    &[
        ("values", &[]),
        ("crypto", &["values"]),
        ("protocol", &["values", "crypto"]),
        ("client", &["values", "crypto", "protocol"]),
        ("relay", &["values"]),
        ("cli", &["values", "crypto", "protocol", "client", "relay"]),
    ],
)];

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

#[test]
fn no_circle_is_between_modules() {
    let mut found = String::new();
    ROOTS
        .iter()
        .for_each(|root| found.push_str(&described(&edges(root))));
    assert!(found.is_empty(), "{found}");
}

/// Each circle with the names that tie its files.
fn described(edges: &Edges) -> String {
    let mut text = String::new();
    for circle in circles(edges) {
        writeln!(text, "\ncircle of {} files:", circle.len()).unwrap();
        for ((from, to), names) in edges {
            if circle.contains(from.as_str()) && circle.contains(to.as_str()) {
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                writeln!(text, "  {from} -> {to}: {}", names.join(", ")).unwrap();
            }
        }
    }
    text
}

/// A circle shows through re-exports, macros and renamed imports; what is for tests, or passes
/// names on and does not use them, makes none.
#[test]
fn a_circle_is_found() {
    let files = BTreeMap::from([
        (
            "src/lib.rs",
            "mod a; mod rooms; pub use a::A; mod tests_of { pub use crate::rooms::B; }",
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
            "src/rooms/low.rs",
            "pub fn g() {} #[cfg(test)] use super::named;",
        ),
    ]);
    let read = |path: &str| files.get(path).map(|text| (*text).to_owned());
    let expected = "
circle of 2 files:
  src/a.rs -> src/rooms/b.rs: B
  src/rooms/b.rs -> src/a.rs: A
";
    assert_eq!(
        described(&Crate::load("src/lib.rs", &read).edges()),
        expected
    );
}
