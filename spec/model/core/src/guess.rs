//! What an attacker does in all worlds at once, one for each word, and which words it can tell from the others then:
//! static equivalence.
//!
//! The attacker gives a run some combination of the elements that it has. All else is complete: of the seals that it
//! can make, every one that opens in some world is tried, and whether two worlds can be told apart is decided, not
//! searched. What it has are elements and hashes. Elements are told apart by linear relations, which are compared. A
//! hash takes in the word, so that it can be recomputed in one world only, and there it can when all its inputs can be
//! computed, which is whether Z is in the span.

use crate::algebra::{Constant, Element, computed};
use crate::attacker::EVIL;
use crate::frame::{Frame, Outside};
use crate::keys::{Fact, Keys, Variant};
use crate::message::{Key, Part, Plain, Purpose, write};
use crate::step::Step;
use crate::suite::{A, B};

/// How an element is made out of B, M, N and those that were sent.
pub(crate) type Recipe = Vec<Constant>;

/// How a seal is made.
#[derive(Clone, Debug)]
pub(crate) enum Seal {
    /// Bytes that open nowhere, as good as each seal that is made with a wrong key.
    Noise,
    /// The n-th part that was sent.
    Seen(usize),
    /// With the key for this word and this Z, and what the honest side has besides.
    Made(u8, Recipe),
}

/// The worlds, one for each word, after the same was done in all of them.
pub(crate) type Worlds = Vec<Frame>;

/// What an attack came to.
pub(crate) struct Verdict {
    /// How many words can be told from all others.
    pub(crate) told: usize,
    pub(crate) why: String,
}

pub(crate) fn judge(worlds: &Worlds) -> Verdict {
    let reasons: Vec<Option<String>> = worlds.iter().map(Frame::told_by).collect();
    let silent: Vec<&Frame> = worlds
        .iter()
        .zip(&reasons)
        .filter_map(|(world, reason)| reason.is_none().then_some(world))
        .collect();
    let outsides: Vec<Outside> = silent.iter().map(|world| world.outside()).collect();
    let alike = |one: &Outside| outsides.iter().filter(|two| one == *two).count();
    let largest = outsides.iter().map(alike).max().unwrap_or(0);
    let reason = reasons.into_iter().flatten().next();
    Verdict {
        told: worlds.len() - largest,
        why: reason.unwrap_or_else(|| "what the clients do".to_owned()),
    }
}

/// The part that this recipe gives in a world, sealed for what this side will believe or believes.
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

/// The key that a side has after it has read this step, if it computes one.
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
    let sent = worlds.first().map_or(0, |frame| frame.parts.len());
    seals.extend((0..sent).map(Seal::Seen));
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

/// The initiator gets an element with each seal, or with noise only; the user agrees if it comes to that.
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

/// The receiver gets an element, and may write its answer.
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

/// The receiver that waits for a finish gets each.
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
            if frame.receiver.state == "waiting-for-finish" {
                frame.step::<V>(B, &Step::Cell(write(&[part])));
            }
        }
        worlds
    };
    seals(worlds, key).into_iter().map(after).collect()
}

/// All lists with these choices at each place.
pub(crate) fn grid(choices: &[&[Constant]]) -> Vec<Recipe> {
    choices.iter().fold(vec![vec![]], |recipes, choices| {
        let longer = |recipe: &Recipe| {
            let recipe = recipe.clone();
            choices.iter().map(move |c| [&recipe[..], &[*c]].concat())
        };
        recipes.iter().flat_map(longer).collect::<Vec<_>>()
    })
}
