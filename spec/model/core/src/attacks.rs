//! One guess and no off-line search: in the end the attacker tells no words from the others, but
//! for one word for each run that it gave an element of its own.

use std::time::Instant;

use wormhole_sync::protocol::Outcome;

use crate::algebra::Constant;
use crate::faults::{
    ExporterOfWords, FinishesEarly, MachineFault, Sharedless, Sound, Tagged, TakesIdentity,
    TakesReflection, TakesSharedIdentity, Unmasked, VerifierOfWords,
};
use crate::frame::{Frame, WORDS, shown};
use crate::guess::{AttackResult, Recipe, Worlds, answer, finish, grid, judge, offer};
use crate::keys::Variant;
use crate::report::Report;
use crate::suite::scalar_of;

/// The results of all attacks of one kind.
#[derive(Default)]
struct Tally {
    attacks: usize,
    /// The most words that an attack told from the others.
    most: usize,
    /// The most words beyond one for each run that got an element of the attacker's own.
    excess: usize,
    /// The attack that told the most words, or the first with the largest excess.
    example: String,
    /// The number of attacks after which a receiver was `done`.
    done: usize,
}

impl Tally {
    fn add(&mut self, worlds: &Worlds, allowed: usize, what: impl FnOnce() -> String) {
        let AttackResult {
            distinguished,
            reason,
        } = judge(worlds);
        let excess = distinguished.saturating_sub(allowed);
        if excess > self.excess || self.excess == 0 && distinguished > self.most {
            self.example = format!("{} ({reason})", what());
        }
        self.attacks += 1;
        self.most = self.most.max(distinguished);
        self.excess = self.excess.max(excess);
        let is_done = |frame: &Frame| frame.receiver.outcome == Some(Outcome::Done);
        self.done += usize::from(worlds.iter().any(is_done));
    }
}

fn worlds<V: Variant>(fault: MachineFault) -> Worlds {
    WORDS.map(|word| Frame::new::<V>(word, fault)).to_vec()
}

fn w(word: u8) -> Constant {
    scalar_of(word)
}

const ZERO: Constant = Constant::ZERO;
const ONE: Constant = Constant::ONE;

/// Elements combined out of B, M, N and X, for a run that is attacked alone.
fn elements() -> Vec<Recipe> {
    let masks = [ZERO, ONE, w(1), w(2), w(1).minus(), w(1).plus(w(2))];
    let multiples = [ZERO, ONE, ONE.minus(), Constant::own()];
    grid(&[&multiples, &masks, &masks, &multiples])
}

/// An element of the attacker's own with a word in it, masked with M for an offer and with N for an
/// answer.
fn own(word: u8, is_offer: bool) -> Recipe {
    let (m, n) = if is_offer {
        (w(word), ZERO)
    } else {
        (ZERO, w(word))
    };
    vec![Constant::own(), m, n]
}

/// The n-th element, as it is.
fn forwarded(n: usize) -> Recipe {
    let mut recipe = vec![ZERO; n + 1];
    recipe[n] = ONE;
    recipe
}

const X: usize = 3;
const Y: usize = 4;

/// Attacks that only pass messages on.
fn passive<V: Variant>() -> Tally {
    let mut tally = Tally::default();
    let offered = offer::<V>(&worlds::<V>(MachineFault::None), &forwarded(X));
    for (answered, seal) in answer::<V>(&offered, &forwarded(Y), false) {
        for worlds in finish::<V>(&answered) {
            tally.add(&worlds, 0, || format!("X, then Y and {seal:?}"));
        }
    }
    tally
}

/// Attacks on the initiator alone.
///
/// With noise only, they shall give no guess at all. There, `w*N` is left out: it makes Z the
/// identity when w is the word, and the refusal of that is a guess, the only one that needs no seal
/// (PAKE-8, section 16).
fn initiator<V: Variant>(only_noise: bool) -> Tally {
    let mut tally = Tally::default();
    let worlds = worlds::<V>(MachineFault::None);
    let is_bare_mask =
        |recipe: &Recipe| recipe[0] == ZERO && recipe[1] == ZERO && recipe[X] == ZERO;
    for recipe in elements() {
        if only_noise && is_bare_mask(&recipe) {
            continue;
        }
        for (after, _) in answer::<V>(&worlds, &recipe, only_noise) {
            tally.add(&after, usize::from(!only_noise), || shown(&recipe));
        }
    }
    tally
}

/// Attacks on the initiator alone, with a second answer whatever became of the first.
fn initiator_twice<V: Variant>(fault: MachineFault) -> Tally {
    let mut tally = Tally::default();
    let worlds = worlds::<V>(fault);
    for (one, two) in WORDS.iter().flat_map(|one| WORDS.map(|two| (*one, two))) {
        for (after, _) in answer::<V>(&worlds, &own(one, false), false) {
            for (after, _) in answer::<V>(&after, &own(two, false), false) {
                let recipes = [own(one, false), own(two, false)].map(|r| shown(&r));
                tally.add(&after, 1, || recipes.join(", then "));
            }
        }
    }
    tally
}

/// Attacks on the receiver alone.
fn receiver<V: Variant>() -> Tally {
    let mut tally = Tally::default();
    let worlds = worlds::<V>(MachineFault::None);
    for recipe in elements() {
        for after in finish::<V>(&offer::<V>(&worlds, &recipe)) {
            tally.add(&after, 1, || shown(&recipe));
        }
    }
    tally
}

/// Attacks on both at once, from between them, in both orders.
fn middle<V: Variant>() -> Tally {
    let mut tally = Tally::default();
    let worlds = worlds::<V>(MachineFault::None);
    let (z, masks) = (Constant::own(), [ZERO, w(1), w(2)]);
    let offers = grid(&[&[ZERO, z], &masks, &[ZERO, w(1)], &[ZERO, ONE]]);
    let answers = grid(&[&[ZERO, z], &[ZERO, w(1).minus()], &masks, &[ZERO, ONE]]);
    for to_receiver in &offers {
        let offered = offer::<V>(&worlds, to_receiver);
        let allowed = usize::from(*to_receiver != [ZERO, ZERO, ZERO, ONE]);
        for (of_y, base) in [ZERO, ONE]
            .iter()
            .flat_map(|y| answers.iter().map(move |a| (y, a)))
        {
            let to_initiator = [&base[..], &[*of_y]].concat();
            let is_honest = to_initiator == [ZERO, ZERO, ZERO, ZERO, ONE];
            let allowed = allowed + usize::from(!is_honest);
            for (answered, _) in answer::<V>(&offered, &to_initiator, false) {
                for after in finish::<V>(&answered) {
                    let recipes = [to_receiver, &to_initiator].map(|r| shown(r));
                    tally.add(&after, allowed, || recipes.join(" to the receiver, "));
                }
            }
        }
    }
    for to_initiator in &answers {
        for (answered, _) in answer::<V>(&worlds, to_initiator, false) {
            for to_receiver in &offers {
                for after in finish::<V>(&offer::<V>(&answered, to_receiver)) {
                    let recipes = [to_initiator, to_receiver].map(|r| shown(r));
                    tally.add(&after, 2, || recipes.join(" to the initiator, "));
                }
            }
        }
    }
    tally
}

pub(crate) fn all(report: &mut Report) {
    let mut check = |what: &str, expected: usize, attack: &dyn Fn() -> Tally| {
        let start = Instant::now();
        let tally = attack();
        let seconds = start.elapsed().as_secs_f32();
        let (attacks, most) = (tally.attacks, tally.most);
        report.line(
            tally.excess == 0 && most == expected,
            &format!(
                "guess: {what}: {attacks} attacks tell at most {most} of {} words from the others, {seconds:.1} s",
                WORDS.len()
            ),
        );
        if most > 0 {
            report.more(&format!("such as by {}", tally.example));
        }
        tally.done
    };
    let done = check("passive", 0, &passive::<Sound>);
    check("the initiator, answers that do not open", 0, &|| {
        initiator::<Sound>(true)
    });
    check("the initiator", 1, &|| initiator::<Sound>(false));
    check("the initiator, two answers", 1, &|| {
        initiator_twice::<Sound>(MachineFault::None)
    });
    check("the receiver", 1, &receiver::<Sound>);
    let done_between = check("both, the attacker in the middle", 2, &middle::<Sound>);
    report.line(
        done > 0 && done_between > done,
        &format!("guess: {done} passive attacks and {done_between} in the middle end done"),
    );

    let mut finds = |fault: &str, what: &str, tally: Tally| {
        let (most, example) = (tally.most, &tally.example);
        report.line(
            tally.excess > 0,
            &format!("guess: {fault} is found: {what} tells {most} words"),
        );
        report.more(&format!("by {example}"));
    };
    finds("Unmasked", "attacking the receiver", receiver::<Unmasked>());
    finds("Tagged", "looking on", passive::<Tagged>());
    finds("Sharedless", "looking on", passive::<Sharedless>());
    let kept = initiator_twice::<Sound>(MachineFault::KeepsPake);
    finds("KeepsPake", "answering twice", kept);
    let passive_with = passive::<VerifierOfWords>();
    finds("VerifierOfWords", "listening to the verifier", passive_with);
    let passive_with = passive::<ExporterOfWords>();
    finds("ExporterOfWords", "an exported key", passive_with);
    let early = initiator::<FinishesEarly>(true);
    finds("FinishesEarly", "an answer that does not open", early);

    let mut spares = |check: &str, tallies: [Tally; 3]| {
        let excess: usize = tallies.iter().map(|tally| tally.excess).sum();
        report.line(
            excess == 0,
            &format!("guess: without {check} nothing more is told"),
        );
    };
    spares("PAKE-6's identity", all_alone::<TakesIdentity>());
    spares("PAKE-7", all_alone::<TakesReflection>());
    spares("PAKE-8", all_alone::<TakesSharedIdentity>());
}

/// The attacks that need the least: nobody is attacked, or one side.
fn all_alone<V: Variant>() -> [Tally; 3] {
    [passive::<V>(), initiator::<V>(false), receiver::<V>()]
}
