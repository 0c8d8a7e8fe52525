//! Every cell of the table of RELAY-11, as the text has it.

use anyhow::{Context, bail};

use super::bench::Bench;
use super::case::RelayCase;
use super::channel::{By, Cell, Channel, State};
use super::fault::Fault;
use super::reply::Want;
use super::request::Request;

/// The states in the order of the table's columns; *ended* is split by what was written.
const COLUMNS: [State; 7] = [
    State::Absent,
    State::Open,
    State::Claimed,
    State::Answered,
    State::Finished,
    State::Receipted,
    State::Ended,
];

/// A request of the table's rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Row {
    Claim,
    Put(Cell),
    Get(Cell),
    Close,
}

/// Whether a write is of the bytes that the cell holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bytes {
    Same,
    Other,
}

/// The tests: one for each thing that a cell of the table says.
///
/// # Errors
///
/// A sentence, when the text's table is not as expected.
pub(super) fn cases(spec: &str) -> anyhow::Result<Vec<RelayCase>> {
    let (_, table) = spec
        .split_once("| request | by | absent | open |")
        .context("the specification has no table of RELAY-11")?;
    let mut cases = Vec::new();
    for line in table
        .lines()
        .skip(2)
        .take_while(|line| line.starts_with('|'))
    {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [request, by, ref states @ ..] = cells[..] else {
            bail!("a row of RELAY-11 is {line}");
        };
        let (row, by) = (row(request)?, side(by)?);
        if states.len() != COLUMNS.len() {
            bail!("a row of RELAY-11 is {line}");
        }
        for (state, text) in COLUMNS.into_iter().zip(states) {
            cell(&mut cases, row, by, state, text)?;
        }
    }
    if cases.len() < 150 {
        bail!("the table of RELAY-11 has only {} cells", cases.len());
    }
    Ok(cases)
}

fn row(text: &str) -> anyhow::Result<Row> {
    let cell = |name: &str| Cell::ALL.into_iter().find(|cell| cell.name() == name);
    let row = match text.split_once(' ') {
        Some(("put", name)) => cell(name).map(Row::Put),
        Some(("get", name)) => cell(name).map(Row::Get),
        _ if text == "claim" => Some(Row::Claim),
        _ if text == "close" => Some(Row::Close),
        _ => None,
    };
    row.with_context(|| format!("RELAY-11 has a request {text}"))
}

fn side(text: &str) -> anyhow::Result<By> {
    Ok(match text {
        "owner" => By::Owner,
        "claimant" => By::Claimant,
        "another" => By::Another,
        _ => bail!("RELAY-11 has a side {text}"),
    })
}

/// Adds the tests of one cell.
fn cell(
    cases: &mut Vec<RelayCase>,
    row: Row,
    by: By,
    state: State,
    text: &str,
) -> anyhow::Result<()> {
    let mut add = |state, bytes, want: Want, then| {
        cases.push(case(row, by, state, bytes, want, then));
    };
    match text {
        "-" => {}
        "wait" => add(state, Bytes::Same, Want::Status(204), None),
        "200" => add(state, Bytes::Same, ok(row), None),
        "same 200, other conflict" => {
            add(state, Bytes::Same, ok(row), None);
            add(state, Bytes::Other, Want::token("conflict"), None);
        }
        "same 200, other closed" => {
            add(state, Bytes::Same, ok(row), None);
            add(state, Bytes::Other, Want::closed("done"), None);
            // A write to a cell that is not written is "other" there.
            add(State::EndedEarly, Bytes::Same, Want::closed("done"), None);
        }
        "written 200, else closed" => {
            add(state, Bytes::Same, ok(row), None);
            add(State::EndedEarly, Bytes::Same, Want::closed("done"), None);
        }
        "closed" => add(state, Bytes::Same, Want::closed("done"), None),
        _ => match text.strip_prefix("200 → ") {
            Some(next) => {
                let next = match next {
                    "claimed" => State::Claimed,
                    "answered" => State::Answered,
                    "finished" => State::Finished,
                    "receipted" => State::Receipted,
                    "ended" => State::Ended,
                    _ => bail!("RELAY-11 has a next state {next}"),
                };
                add(state, Bytes::Same, ok(row), Some(next));
            }
            None => add(state, Bytes::Same, Want::token(text), None),
        },
    }
    Ok(())
}

/// The answer of a success.
fn ok(row: Row) -> Want {
    match row {
        Row::Get(cell) => Want::cell(cell.content()),
        Row::Claim | Row::Put(_) | Row::Close => Want::Status(200),
    }
}

fn case(
    row: Row,
    by: By,
    state: State,
    bytes: Bytes,
    want: Want,
    then: Option<State>,
) -> RelayCase {
    let (name, by_name) = (name(row), format!("{by:?}").to_lowercase());
    let state_name = match state {
        State::EndedEarly => "ended-unwritten".to_owned(),
        _ => format!("{state:?}").to_lowercase(),
    };
    let end = match (row, bytes) {
        (Row::Put(_), Bytes::Other) => "-other",
        _ => "",
    };
    let what = match bytes {
        Bytes::Same => "",
        Bytes::Other => " (of other bytes)",
    };
    let title = format!("{name}{what} by {by_name} of a channel that is {state_name}: {want}");
    let clauses: &[&str] = match (row, state, bytes) {
        (_, State::Ended | State::EndedEarly, _) => &["RELAY-11", "RELAY-17"],
        (Row::Put(_), _, _) if then.is_none() && want == Want::Status(200) => {
            &["RELAY-13", "RELAY-11"]
        }
        _ => &["RELAY-11"],
    };
    let id = format!("{}-{by_name}-{state_name}{end}", name.replace(' ', "-"));
    RelayCase::new("relay-table", id, title, clauses, move |bench| {
        let mut channel = match state {
            State::Absent => absent(bench),
            _ => bench.channel(state)?,
        };
        let request = request(&channel, row, by, bytes);
        bench.expect(&request, &want)?;
        match then {
            Some(next) => follow(bench, &mut channel, by, next),
            None => unchanged(bench, &channel),
        }
    })
    .starts(3)
}

fn name(row: Row) -> String {
    match row {
        Row::Claim => "claim".to_owned(),
        Row::Close => "close".to_owned(),
        Row::Put(cell) => format!("put {}", cell.name()),
        Row::Get(cell) => format!("get {}", cell.name()),
    }
}

/// The number of a channel that no appid has.
fn absent(_: &Bench<'_>) -> Channel {
    Channel::new()
}

fn request(channel: &Channel, row: Row, by: By, bytes: Bytes) -> Request {
    let side = channel.side(by);
    match (row, bytes) {
        (Row::Claim, _) => channel.claim(side),
        (Row::Close, _) => channel.close(side, "done"),
        (Row::Get(cell), _) => channel.get(cell, side, "?wait=0"),
        (Row::Put(cell), Bytes::Same) => channel.put(cell, side, cell.content()),
        (Row::Put(cell), Bytes::Other) => channel.put(cell, side, "0b"),
    }
}

/// Checks that the channel has come into its next state.
fn follow(bench: &Bench<'_>, channel: &mut Channel, by: By, next: State) -> Result<(), Fault> {
    match next {
        State::Claimed => {
            let claimant = channel.side(by).to_owned();
            bench.expect(&channel.claim(&claimant), &Want::Status(200))?;
            bench.expect(&channel.claim(&channel.claimant), &Want::token("crowded"))?;
        }
        State::Ended => {
            let claim = channel.claim(&channel.owner);
            bench.expect(&claim, &Want::closed("done"))?;
        }
        _ => {
            let written = Cell::ALL.into_iter().find(|cell| cell.makes() == next);
            if let Some(cell) = written {
                bench.expect(&channel.read(cell, 0), &Want::cell(cell.content()))?;
            }
        }
    }
    channel.state = next;
    Ok(())
}

/// Checks that what is written and what is not is as before.
fn unchanged(bench: &Bench<'_>, channel: &Channel) -> Result<(), Fault> {
    let is_ended = matches!(channel.state, State::Ended | State::EndedEarly);
    for cell in Cell::ALL {
        let is_written = match channel.state {
            State::Ended => true,
            State::EndedEarly | State::Absent | State::Open => false,
            state => state >= cell.makes(),
        };
        let want = match (channel.state, is_written) {
            (State::Absent, _) => Want::token("no-such-channel"),
            (_, true) => Want::cell(cell.content()),
            (State::Open, false) if cell.is_by_owner() => Want::token("no-such-channel"),
            (_, false) if is_ended => Want::closed("done"),
            (_, false) => Want::Status(204),
        };
        bench.expect(&channel.read(cell, 0), &want)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::suites::test::Test;

    #[test]
    fn every_cell_has_its_tests() {
        let cases = cases(include_str!("../../../../spec/wormhole-sync.md")).unwrap();
        let ids: Vec<&str> = cases.iter().map(|case| case.id()).collect();
        // One for each possible cell, and one more for each that says two things.
        assert_eq!(ids.len(), 167);
        assert!(ids.contains(&"relay-table-put-answer-claimant-finished-other"));
        assert!(ids.contains(&"relay-table-get-receipt-owner-ended-unwritten"));
    }

    #[test]
    fn a_text_without_the_table_is_refused() {
        assert!(cases("").is_err());
        let row = "| request | by | absent | open |\n|-|\n| claim | owner | a | b | c | d | e | f | g |\n";
        assert!(cases(row).is_err());
    }
}
