//! Static equivalence: an attacker does the same in all worlds at once, one for each word, and then
//! tells some words from the others, or none.
//!
//! The attacker gives a run some combination of the elements that it has. All else is complete:
//! every seal that it can make and that opens in some world is tried, and whether two worlds can be
//! told apart is decided, not searched. The attacker has elements and hashes. Elements are told
//! apart by linear relations, which are compared. A hash takes in the word, so the attacker can
//! recompute it in one world only. There it can do so exactly when Z is in the span of its
//! elements, since it knows all other inputs.

use crate::algebra::{Constant, Element, computed};
use crate::attacker::EVIL;
use crate::frame::{Frame, Observation};
use crate::keys::{Fact, Keys, Variant};
use crate::message::{Key, Part, Plain, Purpose, write};
use crate::step::Step;
use crate::suite::{A, B};

/// The constants by which an element is combined out of B, M, N and the elements that were sent.
pub(crate) type Recipe = Vec<Constant>;

/// A recipe for a seal.
#[derive(Clone, Debug)]
pub(crate) enum Seal {
    /// Bytes that open nowhere. Every seal that is made with a wrong key is like them.
    Noise,
    /// The n-th part that was sent.
    Seen(usize),
    /// A seal under the key of this word, this Z, and all else as the honest side has it.
    Made(u8, Recipe),
}

/// The worlds, one for each word, after the same was done in all of them.
pub(crate) type Worlds = Vec<Frame>;

/// The result of an attack.
pub(crate) struct AttackResult {
    /// The number of words that the attacker can tell from all others.
    pub(crate) distinguished: usize,
    /// The thing by which it can.
    pub(crate) reason: String,
}

pub(crate) fn judge(worlds: &Worlds) -> AttackResult {
    let reasons: Vec<Option<String>> = worlds.iter().map(Frame::distinguished_by).collect();
    let silent: Vec<&Frame> = worlds
        .iter()
        .zip(&reasons)
        .filter_map(|(world, reason)| reason.is_none().then_some(world))
        .collect();
    let observations: Vec<Observation> = silent.iter().map(|world| world.observation()).collect();
    let alike = |one: &Observation| observations.iter().filter(|two| one == *two).count();
    let largest = observations.iter().map(alike).max().unwrap_or(0);
    let reason = reasons.into_iter().flatten().next();
    AttackResult {
        distinguished: worlds.len() - largest,
        reason: reason.unwrap_or_else(|| "what the clients do".to_owned()),
    }
}

/// The part that a recipe gives in a world. `key` is that of the side that will read it.
fn sealed(frame: &Frame, seal: &Seal, purpose: Purpose, key: Option<Key>) -> Part {
    match seal {
        Seal::Seen(at) => frame.parts.get(*at).cloned().unwrap_or(Part::Noise),
        Seal::Made(word, recipe) => match key {
            Some(mut key) => {
                key.session.word = *word;
                let shared = Element::combination(&frame.elements, recipe);
                key.session.shared = key.session.shared.map(|_| shared);
                let plain = match purpose {
                    Purpose::Receipt => Plain::Empty,
                    _ => Plain::Blob(EVIL.into()),
                };
                Part::Seal(key, plain)
            }
            None => Part::Noise,
        },
        Seal::Noise => Part::Noise,
    }
}

/// The key that a side has after this step, if it computes one.
fn key_after<V: Variant>(frame: &Frame, side: u8, step: &Step, purpose: Purpose) -> Option<Key> {
    let run = frame.run(side);
    let next = run.after::<V>(step);
    let new = next.facts.difference(&run.facts);
    let view = new.into_iter().find_map(|fact| match fact {
        Fact::Tested(view) => Some(view),
        _ => None,
    })?;
    Some(Keys::<V>::key(view, purpose))
}

/// Noise, whatever was sent, and each seal that opens in some world.
fn seals(worlds: &Worlds, key: impl Fn(&Frame) -> Option<Key>) -> Vec<Seal> {
    let mut seals = vec![Seal::Noise];
    let parts = worlds.first().map_or(&[][..], |frame| &frame.parts[..]);
    let sent = parts
        .iter()
        .enumerate()
        .filter(|(_, part)| !matches!(part, Part::Derived(_)));
    seals.extend(sent.map(|(at, _)| Seal::Seen(at)));
    for frame in worlds {
        let made = key(frame).and_then(|key| match &key.session.shared {
            Some(shared) => computed(&frame.elements, shared),
            None => Some(vec![]),
        });
        seals.extend(made.map(|recipe| Seal::Made(frame.word, recipe)));
    }
    seals
}

fn element(frame: &Frame, side: u8, recipe: &Recipe) -> Part {
    Part::Element(side, Element::combination(&frame.elements, recipe))
}

/// Gives the initiator an element with each seal, or with noise only. The user releases the finish
/// if it comes to that.
pub(crate) fn answer<V: Variant>(
    worlds: &Worlds,
    recipe: &Recipe,
    only_noise: bool,
) -> Vec<(Worlds, Seal)> {
    let noise = |f: &Frame| Step::Cell(write(&[element(f, B, recipe), Part::Noise]));
    let key = |f: &Frame| key_after::<V>(f, A, &noise(f), Purpose::ReceiverBlob);
    let mut seals = seals(worlds, key);
    seals.truncate(if only_noise { 1 } else { seals.len() });
    let after = |seal: &Seal| {
        let mut worlds = worlds.clone();
        for frame in &mut worlds {
            let part = sealed(frame, seal, Purpose::ReceiverBlob, key(frame));
            let message = write(&[element(frame, B, recipe), part]);
            frame.step::<V>(A, &Step::Cell(message));
            if frame.initiator.state == "holding" {
                frame.step::<V>(A, &Step::Release);
            }
        }
        worlds
    };
    seals.iter().map(|s| (after(s), s.clone())).collect()
}

/// Gives the receiver an element, and stores its answer if it writes one.
pub(crate) fn offer<V: Variant>(worlds: &Worlds, recipe: &Recipe) -> Worlds {
    let mut worlds = worlds.clone();
    for frame in &mut worlds {
        let message = write(&[element(frame, A, recipe)]);
        frame.step::<V>(B, &Step::Claimed(message));
        if frame.receiver.state == "answering" {
            frame.step::<V>(B, &Step::Stored);
        }
    }
    worlds
}

/// Gives each finish to a receiver that waits for one while its user looks. The user then agrees,
/// and the application takes what it gets.
pub(crate) fn finish<V: Variant>(worlds: &Worlds) -> Vec<Worlds> {
    let key = |frame: &Frame| {
        frame.receiver.facts.iter().find_map(|fact| match fact {
            Fact::Tested(view) => Some(Keys::<V>::key(view, Purpose::InitiatorBlob)),
            _ => None,
        })
    };
    let after = |seal: Seal| {
        let mut worlds = worlds.clone();
        for frame in &mut worlds {
            let part = sealed(frame, &seal, Purpose::InitiatorBlob, key(frame));
            let steps = [
                ("comparing", Step::Cell(write(&[part]))),
                ("opened", Step::Release),
                // Here the receiver gives exported keys.
                ("taking", Step::Taken),
                ("sending-receipt", Step::Stored),
            ];
            for (state, step) in steps {
                if frame.receiver.state == state {
                    frame.step::<V>(B, &step);
                }
            }
        }
        worlds
    };
    seals(worlds, key).into_iter().map(after).collect()
}

/// All lists that have one of its choices at each place.
pub(crate) fn grid(choices: &[&[Constant]]) -> Vec<Recipe> {
    choices.iter().fold(vec![vec![]], |recipes, choices| {
        let longer = |recipe: &Recipe| {
            let recipe = recipe.clone();
            choices.iter().map(move |c| [&recipe[..], &[*c]].concat())
        };
        recipes.iter().flat_map(longer).collect::<Vec<_>>()
    })
}
