//! Drawn values, over many runs in one process and in another: none comes twice, and none is
//! grossly biased (RAND-1, CODE-2).

use std::collections::HashSet;
use std::hash::Hash;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use tokio::runtime::Runtime;

use super::judge::{self, Difference};
use super::play::{self, Played};
use super::responses;
use super::scenario::{SUITE, Scenario};
use super::script::{Act, Script};
use super::statistics::{biased_bit, missing_part};
use super::{secrets, words};
use crate::subject::adapter::{AdapterHandle, Surroundings};
use crate::suites::case::{Case, Outcome};
use crate::suites::vectors::derive::{self, Role};

/// The runs of each role in the adapter's own process, and in another one.
const RUNS: (usize, usize) = (64, 8);
/// The words of each code.
const WORDS: usize = 8;
/// The most runs at once.
const AT_ONCE: usize = 8;

/// The values that runs drew.
#[derive(Debug, Default)]
struct Drawn {
    sides: Vec<Vec<u8>>,
    words: Vec<Vec<u8>>,
    /// The client's elements, and the same without their masks, which are the scalars' multiples
    /// of the base point.
    elements: Vec<[u8; 32]>,
    unmasked: Vec<[u8; 32]>,
}

/// One property of drawn values.
#[derive(Clone, Copy)]
struct Property {
    id: &'static str,
    clauses: &'static [&'static str],
    title: &'static str,
    holds: fn(&Drawn) -> Result<(), Difference>,
}

const PROPERTIES: &[Property] = &[
    Property {
        id: "draws-sides",
        clauses: &["RAND-1"],
        title: "Sides never come twice, within a process and between two, and are not biased",
        holds: |drawn| {
            distinct("side", &drawn.sides)?;
            match biased_bit(&drawn.sides) {
                None => Ok(()),
                Some(bit) => Err(biased("RAND-1", format!("bit {bit} of the sides"))),
            }
        },
    },
    Property {
        id: "draws-words",
        clauses: &["RAND-1", "CODE-2"],
        title: "Codes never come twice, and their words come from the whole of both lists",
        holds: |drawn| {
            distinct("code's words", &drawn.words)?;
            if let Some(bit) = biased_bit(&drawn.words) {
                let (position, bit) = (bit / 8, bit % 8);
                return Err(biased("RAND-1", format!("bit {bit} of word {position}")));
            }
            match missing_part(&drawn.words.concat()) {
                None => Ok(()),
                Some(part) => {
                    let from = 16 * u32::from(part);
                    let what = format!("words {from} to {} of the lists", from + 15);
                    Err(biased("CODE-2", what))
                }
            }
        },
    },
    Property {
        id: "draws-scalars",
        clauses: &["RAND-1"],
        title: "Elements never come twice, and neither do the scalars in them",
        holds: |drawn| {
            distinct("element", &drawn.elements)?;
            distinct("pake_scalar", &drawn.unmasked)
        },
    },
];

fn distinct<T: Eq + Hash>(name: &str, values: &[T]) -> Result<(), Difference> {
    let different: HashSet<&T> = values.iter().collect();
    match different.len() == values.len() {
        true => Ok(()),
        false => Err(Difference::new(
            "RAND-1",
            format!("each {name}"),
            format!("{} different ones", values.len()),
            different.len().to_string(),
        )),
    }
}

fn biased(clause: &'static str, what: String) -> Difference {
    let expected = "as often as chance has it (2^-40)";
    Difference::new(clause, what, expected, "far too often, or far too seldom")
}

struct DrawnCase {
    id: String,
    clauses: Vec<String>,
    property: Property,
    runtime: Arc<Runtime>,
}

/// The properties as tests.
pub(super) fn cases(runtime: &Arc<Runtime>) -> Vec<Box<dyn Case>> {
    let case = |property: &Property| -> Box<dyn Case> {
        Box::new(DrawnCase {
            id: format!("live-{}", property.id),
            clauses: property.clauses.iter().map(|id| (*id).to_owned()).collect(),
            property: *property,
            runtime: Arc::clone(runtime),
        })
    };
    PROPERTIES.iter().map(case).collect()
}

impl Case for DrawnCase {
    fn id(&self) -> &str {
        &self.id
    }

    fn suite(&self) -> &str {
        SUITE
    }

    fn title(&self) -> &str {
        self.property.title
    }

    fn clauses(&self) -> &[String] {
        &self.clauses
    }

    fn operations(&self) -> Vec<&str> {
        vec!["run"]
    }

    fn parts(&self) -> Vec<&str> {
        vec!["words"]
    }

    fn run(&self, adapter: &AdapterHandle, timeout: Duration) -> Outcome {
        let (here, there) = RUNS;
        let mut drawn = Drawn::default();
        let other = match adapter.another(&Surroundings::default(), timeout) {
            Ok(other) => other,
            Err(error) => return Outcome::Inconclusive(error.to_string()),
        };
        for (adapter, count) in [(adapter, here), (&other, there)] {
            for played in self.play(adapter, count, timeout) {
                let played = match played {
                    Ok(played) => played,
                    Err(fault) => return Outcome::Inconclusive(fault),
                };
                if let Err(difference) = drawn.note(&played) {
                    return judge::outcome(Err(difference), &played);
                }
            }
        }
        match (self.property.holds)(&drawn) {
            Ok(()) => Outcome::Passed,
            Err(difference) => Outcome::Failed(judge::failure(difference, None)),
        }
    }
}

/// The runs that draw: each is ended by the relay as soon as it has sent its element.
fn scenarios(count: usize) -> Vec<Scenario> {
    let closed = || Act::CarryOut(responses::closed("cancelled"));
    let one = |number: usize, role: Role| {
        let id = format!("drawn-{}-{number}", role.name());
        let (requests, last) = match role {
            Role::Initiator => (["allocate", "get answer"], "get answer"),
            Role::Receiver => (["claim", "put answer"], "put answer"),
        };
        Scenario::new(&id, &[], "", role)
            .with(|script| Script {
                words: WORDS,
                ..script.always(last, closed())
            })
            .requests(&requests)
    };
    let numbers = 0..count;
    numbers
        .flat_map(|number| Role::BOTH.map(|role| one(number, role)))
        .collect()
}

impl DrawnCase {
    /// Plays the runs, as many at once as the adapter takes.
    fn play(
        &self,
        adapter: &AdapterHandle,
        count: usize,
        timeout: Duration,
    ) -> Vec<Result<Played, String>> {
        let has = |role: &Role| adapter.hello().roles.iter().any(|has| has == role.name());
        let scenarios: Vec<Scenario> = scenarios(count)
            .into_iter()
            .filter(|scenario| has(&scenario.script.role))
            .collect();
        let next = AtomicUsize::new(0);
        let all = Mutex::new(Vec::new());
        thread::scope(|scope| {
            for _ in 0..adapter.hello().runs_at_once.min(AT_ONCE) {
                scope.spawn(|| {
                    while let Some(Scenario { script, expect, .. }) =
                        scenarios.get(next.fetch_add(1, Ordering::Relaxed))
                    {
                        let requests = &expect.requests;
                        let played = play::play(adapter, &self.runtime, script, requests, timeout);
                        let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
                        all.push(played);
                    }
                });
            }
        });
        all.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drawn {
    /// Notes what a run drew, as far as its requests and its code show it.
    fn note(&mut self, played: &Played) -> Result<(), Difference> {
        judge::result(played)?;
        let lacks =
            |what| Difference::new("CLIENT-1", what, "as the text has it", "none, or malformed");
        let side = secrets::side_of(played.world.seen.first());
        self.sides.push(side.ok_or_else(|| lacks("the side"))?);
        let role = played.script.role;
        let (password, message) = match role {
            Role::Receiver => (played.script.password.clone(), &played.world.answer),
            Role::Initiator => {
                let code = played.world.codes.first();
                let code = code.and_then(|code| code.split_once('-'));
                let (_, password) = code.ok_or_else(|| lacks("the code"))?;
                let bytes = password.split('-').enumerate();
                let bytes: Option<Vec<u8>> = bytes
                    .map(|(position, word)| words::byte(position, word))
                    .collect();
                self.words
                    .push(bytes.ok_or_else(|| lacks("the words of the code"))?);
                (password.to_owned(), &played.world.offer)
            }
        };
        let element = message.as_ref().and_then(|message| message.get(1..33));
        let element: Option<[u8; 32]> = element.and_then(|bytes| bytes.try_into().ok());
        let element = element.ok_or_else(|| lacks("the element"))?;
        let point = derive::decode(element).ok_or_else(|| lacks("the element"))?;
        let w = derive::password_scalar(password.as_bytes());
        self.elements.push(element);
        self.unmasked.push(derive::encode(point - role.mask() * w));
        Ok(())
    }
}
