//! The laws, which must hold in every state.

use stateright::Property;
use wormhole_sync::protocol::{CloseReason, Outcome};

use crate::algebra::{Constant, Element, Unknown, computed};
use crate::keys::{Fact, Variant, View};
use crate::message::{Key, Part, Plain, Purpose};
use crate::run::Run;
use crate::suite::{A, B, mask, scalar_of};
use crate::world::{Setup, World};

/// All laws, by their names.
pub(crate) fn all<V: Variant>() -> Vec<Property<Setup<V>>> {
    macro_rules! laws {
        ($($name:literal: $law:ident,)*) => {
            vec![$(Property::always($name, |_: &Setup<V>, world: &World| $law(world)),)*]
        };
    }
    laws![
        "OneGuess": one_guess,
        "WrongGuessFails": wrong_guess_fails,
        "Secrecy": secrecy,
        "WordsAloneOpenNothing": words_alone_open_nothing,
        "Agreement": agreement,
        "VerifierIsOfOneSession": verifier_is_of_one_session,
        "ExportAfterOpening": export_after_opening,
        "AtMostOnce": at_most_once,
        "OnePlaintext": one_plaintext,
        "HandedWasOpened": handed_was_opened,
        "OpenedIsHanded": opened_is_handed,
        "FinishAfterOpening": finish_after_opening,
        "FinishAfterRelease": finish_after_release,
        "HandedAfterRelease": handed_after_release,
        "MismatchIsHeard": mismatch_is_heard,
        "DeliveredIsProved": delivered_is_proved,
        "OutcomeIsFixed": outcome_is_fixed,
        "EndsByItself": ends_by_itself,
        "NoImpossible": no_impossible,
    ]
}

fn tested(run: &Run) -> impl Iterator<Item = &View> {
    run.facts.iter().filter_map(|fact| match fact {
        Fact::Tested(view) => Some(view),
        _ => None,
    })
}

fn opened(run: &Run) -> impl Iterator<Item = (&View, &Plain)> {
    run.facts.iter().filter_map(|fact| match fact {
        Fact::Opened(view, _, plain) => Some((view, plain)),
        _ => None,
    })
}

pub(crate) fn has_opened(run: &Run, blob: &[u8]) -> bool {
    opened(run).any(|(_, plain)| matches!(plain, Plain::Blob(b) if b == blob))
}

/// Whether this side read an element of the attacker's own that has the side's word in it.
pub(crate) fn is_lucky(view: &View) -> bool {
    guess(view) == Some(true)
}

/// Whether the attacker guessed the word of this side; `None` if it sent no element of its own.
fn guess(view: &View) -> Option<bool> {
    let session = &view.session;
    let (peers, side) = if view.side == A {
        (&session.answer, B)
    } else {
        (&session.offer, A)
    };
    let word = peers.word_in(mask(side))?;
    Some(word == scalar_of(session.word))
}

/// A run computes one K at most (PAKE-10).
fn one_guess(world: &World) -> bool {
    world.runs().all(|run| tested(run).count() <= 1)
}

/// A run that read a wrong guess opens nothing and is not `done` (SEAL-6, SEAL-7).
fn wrong_guess_fails(world: &World) -> bool {
    world.runs().all(|run| {
        let is_wrong = tested(run).any(|view| guess(view) == Some(false));
        !is_wrong || opened(run).count() == 0 && run.outcome != Some(Outcome::Done)
    })
}

/// The attacker, who has all words by then, opens what a side sent only if that side read an
/// element of the attacker's own with the right word in it (PAKE-3 to PAKE-9, KEY-1).
fn secrecy(world: &World) -> bool {
    world.runs().all(|run| {
        run.facts.iter().all(|fact| match fact {
            Fact::Sealed(view, key, plain @ Plain::Blob(_)) => {
                let seal = Part::Seal(key.clone(), plain.clone());
                is_lucky(view) || !world.known.has_opened(&seal)
            }
            _ => true,
        })
    })
}

/// Nobody who has all words, but no scalar and no message, opens what a side sealed; not even after
/// a lucky guess of the attacker's (PAKE-8).
fn words_alone_open_nothing(world: &World) -> bool {
    let constants = [
        Element::multiple(Constant::ONE),
        Element::unknown(Unknown::M),
        Element::unknown(Unknown::N),
    ];
    let opens = |key: &Key| {
        let shared = key.session.shared.as_ref();
        shared.is_none_or(|z| computed(&constants, z).is_some())
    };
    world.runs().all(|run| {
        run.facts.iter().all(|fact| match fact {
            Fact::Sealed(_, key, _) => !opens(key),
            Fact::Tested(_) | Fact::Opened(..) => true,
        })
    })
}

/// Whatever a side opens was sealed by a side of the other role that believes in the same session
/// (KEY-1).
fn agreement(world: &World) -> bool {
    world.runs().all(|run| {
        opened(run).all(|(view, plain)| {
            let is_peers = |fact: &Fact| match fact {
                Fact::Sealed(peers, _, sealed) => {
                    peers.side != view.side && peers.session == view.session && sealed == plain
                }
                _ => false,
            };
            is_lucky(view) || world.runs().any(|peer| peer.facts.iter().any(is_peers))
        })
    })
}

/// An initiator and a receiver whose users are given equal verifiers are in the same session:
/// nobody is between them (section 6.1).
fn verifier_is_of_one_session(world: &World) -> bool {
    let is_of = |run: &Run, part: &Part| run.told.contains(part);
    world.runs().filter(|run| run.client.side == A).all(|one| {
        let verifiers = one.told.iter().filter(|part| match part {
            Part::Derived(key) => key.purpose == Purpose::Verifier,
            _ => false,
        });
        verifiers.into_iter().all(|verifier| {
            let mut peers = world
                .runs()
                .filter(|two| two.client.side == B && is_of(two, verifier));
            peers.all(|two| tested(one).any(|a| tested(two).any(|b| a.session == b.session)))
        })
    })
}

/// A client gives exported keys only once a seal has opened (KEY-5).
fn export_after_opening(world: &World) -> bool {
    let is_exported = |part: &Part| match part {
        Part::Derived(key) => key.purpose == Purpose::Exporter,
        _ => false,
    };
    world
        .runs()
        .all(|run| !run.told.iter().any(is_exported) || opened(run).count() > 0)
}

/// A blob opens for one at most, be it a client or the attacker (PAKE-10).
fn at_most_once(world: &World) -> bool {
    world.runs().all(|owner| {
        let blob = owner.client.blob.as_bytes();
        let clients = world.runs().filter(|run| has_opened(run, blob)).count();
        clients + usize::from(world.known.blobs().any(|b| b == blob)) <= 1
    })
}

/// The clients together seal one plaintext at most under each key (SEAL-4).
fn one_plaintext(world: &World) -> bool {
    let facts = world.runs().flat_map(|run| &run.facts);
    let sealed: Vec<_> = facts
        .filter_map(|fact| match fact {
            Fact::Sealed(_, key, plain) => Some((key, plain)),
            _ => None,
        })
        .collect();
    sealed
        .iter()
        .all(|one| sealed.iter().all(|two| one.0 != two.0 || one.1 == two.1))
}

/// A blob that is handed over has been opened, and only an initiator hands one over with another
/// outcome than `done` (SEAL-9, OUT-2).
fn handed_was_opened(world: &World) -> bool {
    world.runs().all(|run| match &run.end {
        Some(end) => match &end.blob {
            Some(blob) => {
                let is_in_time = end.outcome == Outcome::Done || run.client.side == A;
                has_opened(run, blob) && is_in_time
            }
            None => end.outcome != Outcome::Done,
        },
        None => true,
    })
}

/// A blob that an initiator has opened is handed over, whatever follows (INIT-3), and by a receiver
/// that is `done`, too (RECV-2).
fn opened_is_handed(world: &World) -> bool {
    world.runs().all(|run| match &run.end {
        Some(end) => {
            let opened = opened(run).any(|(_, plain)| matches!(plain, Plain::Blob(_)));
            let is_due = run.client.side == A || end.outcome == Outcome::Done;
            !(opened && is_due) || end.blob.is_some()
        }
        None => true,
    })
}

fn has_sent_finish(run: &Run) -> bool {
    run.client.side == A && run.sent.len() > 1
}

/// An initiator sends no finish before the answer's seal has opened (SEAL-10).
fn finish_after_opening(world: &World) -> bool {
    world
        .runs()
        .all(|run| !has_sent_finish(run) || opened(run).count() > 0)
}

/// An initiator sends no finish before its user has released it (INIT-2).
fn finish_after_release(world: &World) -> bool {
    world
        .runs()
        .all(|run| !has_sent_finish(run) || run.has_agreed)
}

/// A receiver gives the initiator's blob to its application, and its exported keys, only once its
/// user has agreed (RECV-5, RECV-6).
fn handed_after_release(world: &World) -> bool {
    world.runs().filter(|run| run.client.side != A).all(|run| {
        let was_handed = run.was_handed || run.end.as_ref().is_some_and(|end| end.blob.is_some());
        !was_handed || run.has_agreed
    })
}

/// An initiator that hears that the other user found other words ends so, and not as `done`, also
/// while it waits for the receipt (INIT-7).
fn mismatch_is_heard(world: &World) -> bool {
    let heard = Some(Outcome::Closed(CloseReason::VerifierMismatch));
    world
        .runs()
        .all(|run| run.client.side != A || !run.has_heard_mismatch || run.outcome == heard)
}

/// `delivered` comes with `done` and by a proof, the peer opened the blob indeed, and a receiver's
/// application has taken it (INIT-5, RECV-2, RECV-6); and never with the news that it was not taken
/// (INIT-8). The one exception is an attacker that guessed the word. A receiver that is `done` has
/// delivered.
fn delivered_is_proved(world: &World) -> bool {
    world.runs().all(|run| {
        let Some(end) = &run.end else { return true };
        let is_proof = |plain: &Plain| match plain {
            Plain::Empty => run.client.side == A,
            Plain::Blob(_) => run.client.side != A,
            Plain::Unpadded => false,
        };
        let is_proved = opened(run).any(|(_, plain)| is_proof(plain));
        let has_arrived = tested(run).any(is_lucky)
            || world.runs().any(|peer| {
                let is_taken = peer.client.side == A || peer.has_taken;
                is_taken && has_opened(peer, run.client.blob.as_bytes())
            });
        let is_done = end.outcome == Outcome::Done;
        if end.delivered {
            is_done && is_proved && has_arrived && !end.not_taken
        } else {
            run.client.side == A || !is_done
        }
    })
}

/// Nothing changes an outcome (OUT-1, TIME-7).
fn outcome_is_fixed(world: &World) -> bool {
    world.runs().all(|run| {
        let ended = run.end.as_ref().map(|end| end.outcome);
        !run.has_changed && (ended.is_none() || ended == run.outcome)
    })
}

/// In every state, the deadline and one attempt at the close end a run (TIME-5, TIME-7); in
/// `taking`, once the application has answered.
fn ends_by_itself(world: &World) -> bool {
    world.runs.iter().all(|reached| reached.ends)
}

/// No event comes that the tables call impossible, whatever the relay answers (INIT-1, RECV-1,
/// CLIENT-7).
fn no_impossible(world: &World) -> bool {
    world.runs().all(|run| !run.was_impossible)
}
