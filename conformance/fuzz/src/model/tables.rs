//! The tables of sections 11.4 and 11.5, read out of the specification.

#[cfg(test)]
use std::cell::RefCell;
use std::collections::BTreeMap;
#[cfg(test)]
use std::collections::BTreeSet;

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

#[cfg(test)]
thread_local! {
    static REACHED: RefCell<BTreeSet<(String, String)>> = const { RefCell::new(BTreeSet::new()) };
}

/// Takes note of a run that has come to the row of a state and an event.
pub(crate) fn reached(state: &str, event: &str) {
    #[cfg(test)]
    REACHED.with_borrow_mut(|rows| rows.insert((state.to_owned(), event.to_owned())));
    #[cfg(not(test))]
    let _ = (state, event);
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

    /// The rows to which no run of this thread has come.
    #[cfg(test)]
    pub(crate) fn missed(&self) -> Vec<(String, String)> {
        let is_missed = |row: &&(String, String)| !REACHED.with_borrow(|rows| rows.contains(*row));
        self.rows.keys().filter(is_missed).cloned().collect()
    }

    /// The row of a state and an event; `None` where the event is impossible.
    pub(crate) fn row(&self, state: &str, event: &str) -> Option<&Row> {
        self.rows.get(&(state.to_owned(), event.to_owned()))
    }
}
