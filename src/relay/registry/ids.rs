//! The channel ids of one appid (RELAY-19).
//!
//! For each length in digits there is one bit for each id: set while the id is live or in
//! quarantine. A length comes into use only when all shorter ids are live, so it has fewer than ten
//! bits for each live channel at that time. Drawing an id reads 64 bits at a time.

use std::collections::VecDeque;

use crate::relay::limits::QUARANTINE;
use crate::values::ChannelId;

/// A source of 64 uniformly random bits; `None` when it fails.
pub type Random = Box<dyn FnMut() -> Option<u64> + Send>;

/// The operating system's source of random bits.
#[must_use]
pub fn system_random() -> Random {
    Box::new(|| {
        let mut bytes = [0; 8];
        getrandom::getrandom(&mut bytes).ok()?;
        Some(u64::from_le_bytes(bytes))
    })
}

/// Bytes that one record of the quarantine counts for.
const RECORD: u64 = 32;
const MAX_DIGITS: usize = 9;
const QUARANTINE_MICROS: u64 = QUARANTINE.as_micros() as u64;

/// The ids of one appid that are live or in quarantine.
#[derive(Debug, Default)]
pub(super) struct Ids {
    lengths: Vec<Length>,
}

#[derive(Debug, Default)]
struct Length {
    live: u32,
    /// The number of ids that are live or in quarantine.
    busy: u32,
    /// One bit for each id, set when it is busy; empty when none is.
    bits: Box<[u64]>,
    /// The end of each id in quarantine, and the id; the oldest comes first.
    quarantine: VecDeque<(u64, u32)>,
}

impl Ids {
    /// Draws an id and marks it live; `None` when all are, or the random source fails.
    // RELAY-19: A relay MUST allocate a free id of the shortest length, in digits, that has one:
    // uniformly at random among those that no channel had within the last 600 seconds (the
    // *quarantine*, counted from its latest end), or, when each of them was in use so lately, the
    // one whose latest end is longest ago
    pub(super) fn allocate(&mut self, now: u64, random: &mut Random) -> Option<ChannelId> {
        self.purge(now);
        for digits in 0..MAX_DIGITS {
            if self.lengths.len() <= digits {
                self.lengths.reserve_exact(1);
                self.lengths.push(Length::default());
            }
            let length = self.lengths.get_mut(digits)?;
            let first = first_of(digits);
            let total = 9 * first;
            if length.live == total {
                continue;
            }
            let id = if length.busy < total {
                let index = length.take_fresh(total, random)?;
                first + index
            } else {
                let (_, id) = length.quarantine.pop_front()?;
                id
            };
            length.live += 1;
            return ChannelId::new(id);
        }
        None
    }

    /// Moves a live id into the quarantine.
    pub(super) fn end(&mut self, now: u64, id: ChannelId) {
        let id = id.get();
        if let Some(length) = self.lengths.get_mut(digits_of(id)) {
            length.live = length.live.saturating_sub(1);
            length.quarantine.push_back((now, id));
        }
    }

    /// Frees the ids whose quarantine is over.
    pub(super) fn purge(&mut self, now: u64) {
        for (digits, length) in self.lengths.iter_mut().enumerate() {
            length.purge(now, first_of(digits));
        }
        while self.lengths.last().is_some_and(|length| length.busy == 0) {
            self.lengths.pop();
        }
    }

    /// The time at which the next id leaves the quarantine.
    pub(super) fn next_purge(&self) -> Option<u64> {
        let fronts = self
            .lengths
            .iter()
            .filter_map(|length| length.quarantine.front());
        fronts.map(|(ended, _)| ended + QUARANTINE_MICROS).min()
    }

    pub(super) fn live(&self) -> u32 {
        self.lengths.iter().map(|length| length.live).sum()
    }

    /// The bytes that these ids count for.
    pub(super) fn bytes(&self) -> u64 {
        let bytes = |length: &Length| {
            length.bits.len() as u64 * 8 + length.quarantine.len() as u64 * RECORD
        };
        self.lengths.iter().map(bytes).sum()
    }
}

impl Length {
    /// Takes one of the ids that are not busy, each with the same probability.
    fn take_fresh(&mut self, total: u32, random: &mut Random) -> Option<u32> {
        let mut skip = below(random()?, total - self.busy);
        if self.bits.is_empty() {
            self.bits = vec![0; total.div_ceil(64) as usize].into();
            // The bits after the last id stand for no id and are never free.
            let spare = self.bits.len() as u32 * 64 - total;
            if let Some(last) = self.bits.last_mut()
                && spare > 0
            {
                *last = u64::MAX << (64 - spare);
            }
        }
        for (place, word) in (0u32..).zip(self.bits.iter_mut()) {
            let free = word.count_zeros();
            if skip >= free {
                skip -= free;
                continue;
            }
            let mut candidates = !*word;
            for _ in 0..skip {
                candidates &= candidates - 1;
            }
            let bit = candidates.trailing_zeros();
            *word |= 1 << bit;
            self.busy += 1;
            return Some(place * 64 + bit);
        }
        None
    }

    fn purge(&mut self, now: u64, first: u32) {
        while let Some((ended, id)) = self.quarantine.front().copied() {
            if ended + QUARANTINE_MICROS > now {
                break;
            }
            self.quarantine.pop_front();
            let index = id - first;
            if let Some(word) = self.bits.get_mut(index as usize / 64) {
                *word &= !(1 << (index % 64));
                self.busy -= 1;
            }
        }
        if self.busy == 0 {
            self.bits = Box::default();
        }
        if self.quarantine.capacity() > 4 * self.quarantine.len() {
            self.quarantine.shrink_to(2 * self.quarantine.len());
        }
    }
}

/// The smallest id of `digits + 1` digits.
fn first_of(digits: usize) -> u32 {
    10u32.saturating_pow(digits as u32)
}

/// The number of digits, less one.
fn digits_of(id: u32) -> usize {
    id.checked_ilog10().unwrap_or(0) as usize
}

/// Turns 64 random bits into a number below `bound`, with a bias below 2^-34, which is negligible.
fn below(word: u64, bound: u32) -> u32 {
    ((u128::from(word) * u128::from(bound)) >> 64) as u32
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const SECOND: u64 = 1_000_000;

    fn seeded(mut seed: u64) -> Random {
        // SplitMix64.
        Box::new(move || {
            seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = seed;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            Some(z ^ (z >> 31))
        })
    }

    #[test]
    fn the_tenth_initiator_gets_two_digits_and_the_hundredth_three() {
        let (mut ids, mut random) = (Ids::default(), seeded(1));
        let drawn: Vec<ChannelId> = (0..1_000)
            .map(|_| ids.allocate(0, &mut random).unwrap())
            .collect();
        assert_eq!(BTreeSet::from_iter(&drawn).len(), 1_000);
        for (place, id) in drawn.iter().enumerate() {
            let expected = match place {
                0..9 => 1..10,
                9..99 => 10..100,
                99..999 => 100..1_000,
                _ => 1_000..10_000,
            };
            assert!(expected.contains(&id.get()), "draw {place} gave {id}");
        }
    }

    #[test]
    fn every_id_is_drawn_equally_often() {
        let mut random = seeded(2);
        let mut counts = [0u32; 10];
        for _ in 0..90_000 {
            let mut ids = Ids::default();
            let first = ids.allocate(0, &mut random).unwrap();
            let second = ids.allocate(0, &mut random).unwrap();
            assert_ne!(first, second);
            counts[second.get() as usize] += 1;
        }
        // The standard deviation is 94.
        for count in &counts[1..] {
            assert!((9_500..10_500).contains(count), "{counts:?}");
        }
    }

    #[test]
    fn quarantined_ids_come_last_and_the_oldest_first() {
        let (mut ids, mut random) = (Ids::default(), seeded(3));
        let mut ended = Vec::new();
        // Nine exchanges one after another use nine ids, although one would do.
        for second in 0..9 {
            let id = ids.allocate(second * SECOND, &mut random).unwrap();
            ids.end(second * SECOND, id);
            ended.push(id);
        }
        assert_eq!(BTreeSet::from_iter(&ended).len(), 9);
        assert_eq!(ids.allocate(9 * SECOND, &mut random), Some(ended[0]));
        assert_eq!(ids.allocate(9 * SECOND, &mut random), Some(ended[1]));
        // 600 s after its end, an id may be drawn like any other.
        assert_eq!(ids.next_purge(), Some(602 * SECOND));
        ids.purge(602 * SECOND - 1);
        assert_eq!(ids.bytes(), 8 + 7 * RECORD);
        ids.purge(602 * SECOND);
        assert_eq!(ids.bytes(), 8 + 6 * RECORD);
        ids.purge(700 * SECOND);
        assert_eq!((ids.live(), ids.bytes()), (2, 8));
        ids.end(700 * SECOND, ended[0]);
        ids.end(700 * SECOND, ended[1]);
        ids.purge(1_300 * SECOND);
        assert_eq!((ids.bytes(), ids.lengths.len()), (0, 0));
    }

    #[test]
    fn a_failed_source_allocates_nothing() {
        let mut ids = Ids::default();
        let mut failed: Random = Box::new(|| None);
        assert_eq!(ids.allocate(0, &mut failed), None);
        assert_eq!(ids.live(), 0);
        let mut extremes = [0, u64::MAX].into_iter().cycle();
        let mut random: Random = Box::new(move || extremes.next());
        let drawn: Vec<_> = (0..9)
            .map(|_| ids.allocate(0, &mut random).unwrap().get())
            .collect();
        assert_eq!(drawn, [1, 9, 2, 8, 3, 7, 4, 6, 5]);
    }
}
