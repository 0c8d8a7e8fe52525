//! Repeats: whatever a busy machine may be to blame for is played again, slower and alone.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use super::case::{Playing, TranscriptCase};
use super::judgement::Judgement;
use super::transcript::Transcript;
use crate::stage::lag;

/// The real time by which something may be later than its bound before it is played again.
const LAG_WITH_OTHERS: Duration = Duration::from_millis(150);
/// The real time by which something may be later than its bound with a longer second.
const LAG_SLOWER: Duration = Duration::from_millis(250);
/// The real time for which a program may be held up, by the disk for example, while the lag of the
/// machine does not show it.
const STALL: Duration = Duration::from_secs(1);
/// The number of times that something is played alone which a stall may have made late: a machine
/// does not stall each time.
const MOST_ALONE: usize = 3;
/// The factor by which a second is longer when something may have come too late.
const SLOWER: u64 = 4;
/// The number of failures of one requirement that were seen again, after which none of it is
/// looked at again: the client is at fault, and not a busy machine.
pub(super) const ENOUGH: usize = 8;
/// The number of such failures of all requirements together, after which none is looked at again.
pub(super) const ENOUGH_IN_ALL: usize = 8 * ENOUGH;

/// Lets one transcript be played without any other beside it.
static ALONE: RwLock<()> = RwLock::new(());

/// Whether something was so little too late that one stall of the machine explains it.
fn may_be_stalled(judgement: &Judgement) -> bool {
    let found = judgement.divergence.as_ref();
    found.is_some_and(|found| found.excess.is_some_and(|excess| excess <= STALL))
}

impl TranscriptCase {
    /// Plays the transcript as often as it says, and again where a busy machine may be to blame.
    ///
    /// A short second makes every time short, so that a moment of the machine's can change what a
    /// right client does: what differs is played with a longer one, and what is then too late, or
    /// differs on a busy machine, with nothing beside it, and with a still longer one. What is a
    /// little too late is played alone up to [`MOST_ALONE`] times.
    pub(super) fn judge(&self, playing: &Playing<'_>) -> Judgement {
        let with_others = |case: &Self, lag| {
            let _with_others = ALONE.read().unwrap_or_else(PoisonError::into_inner);
            case.play_all(playing, lag)
        };
        let is_late = |one: &Judgement| one.divergence.as_ref().is_some_and(|one| one.is_late);
        let first = with_others(self, LAG_WITH_OTHERS);
        let is_hurried = self.transcript.input.second_ms < 1000;
        let Some(found) = &first.divergence else {
            return first;
        };
        let confirmed = || {
            let confirmed = self.shared.confirmed.lock();
            confirmed.unwrap_or_else(PoisonError::into_inner)
        };
        let clause = first.blamed(found, &self.transcript);
        let (of_clause, all) = {
            let confirmed = confirmed();
            let of_clause = confirmed.get(clause).copied().unwrap_or_default();
            (of_clause, confirmed.values().sum::<usize>())
        };
        let is_enough = of_clause >= ENOUGH || all >= ENOUGH_IN_ALL;
        if !(found.is_late || is_hurried) || is_enough {
            return first;
        }
        lag::note_repeat();
        let begin = Instant::now();
        let slower = self.slower(SLOWER);
        let mut last = with_others(&slower, LAG_SLOWER);
        // Whoever has many faults is looked at twice, and holds no other test up.
        let is_patient = all < ENOUGH;
        for play in 0..MOST_ALONE {
            let is_due = match play {
                0 => is_late(&last) || slower.may_be_upset(&last, begin),
                _ => may_be_stalled(&last),
            };
            if !(is_patient && is_due) {
                break;
            }
            last = slower.play_alone(playing);
        }
        if is_patient && slower.may_be_upset(&last, begin) {
            last = slower.slower(SLOWER).play_alone(playing);
        }
        if let Some(found) = &last.divergence {
            let clause = last.blamed(found, &self.transcript).to_owned();
            *confirmed().entry(clause).or_default() += 1;
        }
        last
    }

    /// Whether something differs that the lag since a moment may have brought about: one of a
    /// quarter of a second upsets the order in which things happen to a right client.
    fn may_be_upset(&self, judgement: &Judgement, begin: Instant) -> bool {
        let second = Duration::from_millis(self.transcript.input.second_ms);
        judgement.divergence.is_some() && lag::longest_since(begin) >= second / 4
    }

    /// Plays with nothing beside it.
    fn play_alone(&self, playing: &Playing<'_>) -> Judgement {
        let _alone = ALONE.write().unwrap_or_else(PoisonError::into_inner);
        self.play_all(playing, LAG_SLOWER)
    }

    /// This test with a longer second (HOOK-3), no longer than a real one.
    fn slower(&self, factor: u64) -> Self {
        let mut transcript = Transcript::clone(&self.transcript);
        let second = transcript.input.second_ms;
        let longest = second.max(1000);
        transcript.input.second_ms = second.saturating_mul(factor).min(longest);
        Self {
            transcript: Arc::new(transcript),
            shared: Arc::clone(&self.shared),
        }
    }
}
