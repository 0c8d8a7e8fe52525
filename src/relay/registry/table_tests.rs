//! The table of RELAY-11 as data, found by making each request to the registry itself.
//!
//! Each cell is filled by bringing a fresh registry into the state and making the request, so the
//! table cannot drift from the code; a test compares it with the specification's.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use super::{
    Bytes, Call, ChannelRequest, ChannelState, ClientAddress, Handled, Party, Registry,
    RelayAction, Reply, SideKey,
};
use crate::relay::{EndReason, Limits};
use crate::values::ChannelId;
use crate::values::messages::CellName;

/// One line of the table: the answers to one side's request in each state.
struct Row {
    /// The request, such as `put answer`.
    request: String,
    /// The side that makes it, such as `claimant`.
    by: &'static str,
    /// The answer in each state, in the order of [`STATES`].
    cells: Vec<String>,
}

/// The states, in the order of the specification.
const STATES: [&str; 7] = [
    "absent",
    "open",
    "claimed",
    "answered",
    "finished",
    "receipted",
    "ended",
];

/// The line as it is written in the specification.
impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "| {} | {} |", self.request, self.by)?;
        self.cells
            .iter()
            .try_for_each(|cell| write!(f, " {cell} |"))
    }
}

/// The whole table, in the order of the specification.
fn table() -> Vec<Row> {
    let puts = CellName::ALL.map(|cell| (format!("put {}", cell.name()), Ask::Put(cell)));
    let gets = CellName::ALL.map(|cell| (format!("get {}", cell.name()), Ask::Get(cell)));
    let claim = ("claim".to_owned(), Ask::Claim);
    let close = ("close".to_owned(), Ask::Close);
    let calls = [claim].into_iter().chain(puts).chain(gets).chain([close]);
    let sides = [
        (Party::Owner, "owner"),
        (Party::Claimant, "claimant"),
        (Party::Another, "another"),
    ];
    calls
        .flat_map(|(request, ask)| {
            sides.map(|(by, name)| Row {
                request: request.clone(),
                by: name,
                cells: row(ask, by),
            })
        })
        .collect()
}

fn row(ask: Ask, by: Party) -> Vec<String> {
    let live = [
        ChannelState::Open,
        ChannelState::Claimed,
        ChannelState::Answered,
        ChannelState::Finished,
        ChannelState::Receipted,
    ];
    let mut cells = vec![cell(&[Scene::absent()], ask, by)];
    cells.extend(live.map(|state| {
        cell(
            &[Scene {
                state: Some(state),
                ended: false,
            }],
            ask,
            by,
        )
    }));
    let ended = live.map(|state| Scene {
        state: Some(state),
        ended: true,
    });
    cells.push(cell(&ended, ask, by));
    cells
}

#[derive(Clone, Copy)]
enum Ask {
    Claim,
    Put(CellName),
    Get(CellName),
    Close,
}

/// A state of a channel: its last live state, and whether it ended.
#[derive(Clone, Copy)]
struct Scene {
    state: Option<ChannelState>,
    ended: bool,
}

const APPID: &[u8] = b"table";
const FROM: ClientAddress = ClientAddress::V4(0);
/// The only id of a fresh registry whose random source gives zeros.
const NUMBER: ChannelId = ChannelId::new(1).unwrap();

impl Scene {
    const fn absent() -> Self {
        Self {
            state: None,
            ended: false,
        }
    }

    /// A registry whose channel has gone through these states.
    fn registry(self) -> Registry {
        let mut registry = Registry::new(Limits::default(), Box::new(|| Some(0)));
        let steps = [
            (Party::Owner, None),
            (Party::Claimant, Some(ChannelRequest::Claim)),
            (
                Party::Claimant,
                Some(ChannelRequest::Put(CellName::Answer, bytes(true))),
            ),
            (
                Party::Owner,
                Some(ChannelRequest::Put(CellName::Finish, bytes(true))),
            ),
            (
                Party::Claimant,
                Some(ChannelRequest::Put(CellName::Receipt, bytes(true))),
            ),
        ];
        let count = self.state.map_or(0, |state| state as usize + 1);
        for (by, request) in steps.into_iter().take(count) {
            let action = match request {
                None => RelayAction::Allocate(bytes(true)),
                Some(request) => RelayAction::Channel(NUMBER, request),
            };
            ask(&mut registry, by, action);
        }
        if self.ended {
            let close = RelayAction::Channel(NUMBER, ChannelRequest::Close(EndReason::Done));
            ask(&mut registry, Party::Owner, close);
        }
        registry
    }
}

/// The result of one request.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Found {
    result: String,
    /// Whether the cell was written before.
    written: bool,
    /// Whether the bytes were those of the scene's own writes.
    same: bool,
}

/// One cell of the table, from all scenes that it covers.
fn cell(scenes: &[Scene], request: Ask, by: Party) -> String {
    let mut found = Vec::new();
    for scene in scenes {
        for same in [true, false] {
            found.extend(probe(*scene, request, by, same));
        }
    }
    let results = |choose: &dyn Fn(&Found) -> bool| -> Vec<String> {
        let chosen = found.iter().filter(|found| choose(found));
        let distinct: BTreeSet<&String> = chosen.map(|found| &found.result).collect();
        distinct.into_iter().cloned().collect()
    };
    match (results(&|_| true).as_slice(), request) {
        ([], _) => "-".to_owned(),
        ([one], _) => one.clone(),
        (_, Ask::Put(_)) => format!(
            "same {}, other {}",
            results(&|found| found.written && found.same).join("/"),
            results(&|found| !(found.written && found.same)).join("/"),
        ),
        _ => format!(
            "written {}, else {}",
            results(&|found| found.written).join("/"),
            results(&|found| !found.written).join("/"),
        ),
    }
}

/// Makes one request in one scene; `None` when the scene has no such side.
fn probe(scene: Scene, request: Ask, by: Party, same: bool) -> Option<Found> {
    let mut registry = scene.registry();
    let before = registry.channel_state(APPID, NUMBER, side(by));
    let there = match (scene.state, before) {
        (None, _) => true,
        (Some(_), Some((standing, seen))) => {
            seen == by && (standing == ChannelState::Ended) == scene.ended
        }
        (Some(_), None) => false,
    };
    if !there {
        return None;
    }
    let written = |cell| {
        scene
            .state
            .is_some_and(|state| state as usize > cell as usize + 1)
    };
    let (action, written) = match request {
        Ask::Claim => (ChannelRequest::Claim, false),
        Ask::Put(cell) => (ChannelRequest::Put(cell, bytes(same)), written(cell)),
        Ask::Get(cell) => (ChannelRequest::Get(cell, 1), written(cell)),
        Ask::Close => (ChannelRequest::Close(EndReason::Done), false),
    };
    let answer = ask(&mut registry, by, RelayAction::Channel(NUMBER, action));
    let after = registry.channel_state(APPID, NUMBER, side(by));
    let mut result = match answer {
        Handled::Later(_) => "wait".to_owned(),
        Handled::Now(Reply::Refused(refusal)) => refusal.to_string(),
        Handled::Now(Reply::Nothing) => "204".to_owned(),
        Handled::Now(Reply::Allocated { .. }) => "201".to_owned(),
        Handled::Now(Reply::Claimed { .. } | Reply::Stored | Reply::Cell(_)) => "200".to_owned(),
    };
    if let (Some((before, _)), Some((after, _))) = (before, after)
        && before != after
    {
        result = format!("{result} → {}", name(after));
    }
    Some(Found {
        result,
        written,
        same,
    })
}

fn ask(registry: &mut Registry, by: Party, action: RelayAction) -> Handled {
    let call = Call {
        appid: APPID,
        side: side(by),
        from: FROM,
        action,
    };
    registry.handle(Duration::ZERO, call)
}

const fn side(by: Party) -> SideKey {
    SideKey::new([by as u8; 16])
}

fn bytes(same: bool) -> Bytes {
    [u8::from(same)].into()
}

const fn name(standing: ChannelState) -> &'static str {
    match standing {
        ChannelState::Open => "open",
        ChannelState::Claimed => "claimed",
        ChannelState::Answered => "answered",
        ChannelState::Finished => "finished",
        ChannelState::Receipted => "receipted",
        ChannelState::Ended => "ended",
    }
}

/// The two tables agree cell by cell.
// RELAY-11: A relay MUST answer a request to a channel by this table.
#[test]
fn the_table_is_that_of_the_specification() {
    let spec = include_str!("../../../spec/wormhole-sync.md");
    let heading = format!("| request | by | {} |", STATES.join(" | "));
    let mut lines = spec.lines().skip_while(|line| *line != heading).skip(2);
    let rows = table();
    assert_eq!(rows.len(), 24);
    for row in &rows {
        let line = lines.next().expect("the specification has fewer rows");
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        assert_eq!(cells[..2], [row.request.as_str(), row.by]);
        for ((state, ours), theirs) in STATES.iter().zip(&row.cells).zip(&cells[2..]) {
            assert_eq!(ours, theirs, "{} by {} in {state}", row.request, row.by);
        }
        assert_eq!(line, row.to_string());
    }
    assert_eq!(lines.next(), Some(""), "the specification has more rows");
}

/// Neither a refusal nor a repeat changes the state.
#[test]
fn only_a_200_moves_the_state() {
    for row in table() {
        for cell in row.cells {
            assert!(!cell.contains('→') || cell.starts_with("200 → "), "{cell}");
        }
    }
}
