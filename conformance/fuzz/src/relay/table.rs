//! The table of RELAY-11, read out of the specification.

use std::collections::BTreeMap;
use std::sync::LazyLock;

const SPECIFICATION: &str = include_str!("../../../../spec/wormhole-sync.md");
pub(crate) const STATES: [&str; 7] = [
    "absent",
    "open",
    "claimed",
    "answered",
    "finished",
    "receipted",
    "ended",
];

static TABLE: LazyLock<BTreeMap<(String, String, &str), String>> = LazyLock::new(|| {
    let heading = format!("| request | by | {} |", STATES.join(" | "));
    let lines = SPECIFICATION
        .lines()
        .skip_while(|line| *line != heading)
        .skip(2);
    let mut table = BTreeMap::new();
    for line in lines.take_while(|line| line.starts_with('|')) {
        let mut cells = line.trim_matches('|').split('|').map(str::trim);
        let (request, by) = (
            cells.next().expect("a request"),
            cells.next().expect("a side"),
        );
        for (state, cell) in STATES.iter().zip(cells) {
            table.insert((request.to_owned(), by.to_owned(), *state), cell.to_owned());
        }
    }
    assert_eq!(table.len(), 24 * 7);
    table
});

/// The result of a request, by a cell of the table. In a cell such as `same 200, other conflict`, `same` decides: whether the
/// body equals what is written. In others, `written` decides: whether the protocol's cell is written.
pub(crate) fn cell(
    request: &str,
    by: &str,
    state: &'static str,
    same: bool,
    written: bool,
) -> &'static str {
    let key = (request.to_owned(), by.to_owned(), state);
    let cell = TABLE
        .get(&key)
        .unwrap_or_else(|| panic!("no cell for {key:?}"));
    let choose = |first: bool| {
        let (one, other) = cell.split_once(", ").expect("two cases");
        let case = if first { one } else { other };
        case.split_once(' ').expect("a case").1
    };
    match cell.split(' ').next() {
        Some("same") => choose(same),
        Some("written") => choose(written),
        _ => cell,
    }
}
