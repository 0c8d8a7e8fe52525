//! The tables of sections 11.4 and 11.5, read out of the specification.

use std::collections::BTreeMap;

const SPECIFICATION: &str = include_str!("../../../../spec/wormhole-sync.md");

/// The row of one state and one event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) next: String,
    /// The request, such as `get answer` or `close timeout`; empty for none.
    pub(crate) request: String,
    /// The outcome; empty where the row fixes none.
    pub(crate) outcome: String,
}

/// The rows of a table whose events are possible.
#[derive(Debug)]
pub(crate) struct Table {
    rows: BTreeMap<(String, String), Row>,
}

impl Table {
    /// The table that begins in this state.
    pub(crate) fn beginning_in(state: &str) -> Self {
        let first = format!("| {state} | ");
        let lines = SPECIFICATION
            .lines()
            .skip_while(|line| !line.starts_with(&first));
        let mut rows = BTreeMap::new();
        for line in lines.take_while(|line| line.starts_with('|')) {
            let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
            let [state, events, next, request, outcome, _] = cells[..] else {
                panic!("not a row of the table: {line}");
            };
            if next.starts_with("impossible") {
                continue;
            }
            for event in events.split(", ") {
                let row = Row {
                    next: next.to_owned(),
                    request: request.trim_end_matches(" (repeat)").to_owned(),
                    outcome: outcome.to_owned(),
                };
                let before = rows.insert((state.to_owned(), event.to_owned()), row);
                assert!(before.is_none(), "two rows for {state} and {event}");
            }
        }
        assert!(rows.len() > 30, "the table was not found");
        Self { rows }
    }

    /// The row of a state and an event; `None` where the event is impossible.
    pub(crate) fn row(&self, state: &str, event: &str) -> Option<&Row> {
        self.rows.get(&(state.to_owned(), event.to_owned()))
    }
}
