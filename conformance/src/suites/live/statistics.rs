//! Coarse statistics of drawn values. A right source falls through with a chance of less than
//! 2^-40; fine tests of randomness would accuse the innocent.

/// The logarithm to base 2 of the chance below which a value counts as biased, for one of a few
/// hundred places that are tested.
const THRESHOLD: f64 = -48.0;

/// The first bit position at which these values, all of one length, are grossly biased.
pub(crate) fn biased_bit(values: &[Vec<u8>]) -> Option<usize> {
    let bits = 8 * values.first().map_or(0, Vec::len);
    let is_set = |value: &Vec<u8>, bit: usize| {
        let byte = value.get(bit / 8).copied().unwrap_or_default();
        byte >> (7 - bit % 8) & 1 == 1
    };
    (0..bits).find(|bit| {
        let ones = values.iter().filter(|value| is_set(value, *bit)).count();
        tail(values.len(), ones.min(values.len() - ones)) < THRESHOLD
    })
}

/// The first of sixteen parts of all bytes that comes far too seldom.
pub(crate) fn missing_part(bytes: &[u8]) -> Option<u8> {
    (0..16).find(|part| {
        let count = bytes.iter().filter(|byte| *byte / 16 == *part).count();
        lower_tail(bytes.len(), count, 1.0 / 16.0) < THRESHOLD
    })
}

/// log2 of the chance that a fair coin shows so few heads, or so few tails.
fn tail(throws: usize, few: usize) -> f64 {
    1.0 + lower_tail(throws, few, 0.5)
}

/// log2 of the chance of at most `few` hits in so many tries.
fn lower_tail(tries: usize, few: usize, chance: f64) -> f64 {
    let n = tries as f64;
    let mut term = n * (1.0 - chance).log2();
    let mut sum = term;
    for k in 1..=few.min(tries) {
        let k = k as f64;
        term += ((n - k + 1.0) / k).log2() + (chance / (1.0 - chance)).log2();
        let (high, low) = if sum > term { (sum, term) } else { (term, sum) };
        sum = high + (1.0 + (low - high).exp2()).log2();
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::suites::vectors::derive::sha256;

    #[test]
    fn gross_bias_is_seen_and_chance_is_not() {
        let drawn = |n: u32| sha256(&n.to_be_bytes()).to_vec();
        let fair: Vec<Vec<u8>> = (0..128).map(drawn).collect();
        assert_eq!(biased_bit(&fair), None);
        let stuck: Vec<Vec<u8>> = fair
            .iter()
            .map(|value| [&value[..7], &[value[7] | 4]].concat())
            .collect();
        assert_eq!(biased_bit(&stuck), Some(61));
        let bytes = fair.concat();
        assert_eq!(missing_part(&bytes), None);
        let lower: Vec<u8> = bytes.iter().map(|byte| byte % 240).collect();
        assert_eq!(missing_part(&lower), Some(15));
    }

    #[test]
    fn tails_are_those_of_the_binomial_distribution() {
        assert!((lower_tail(10, 0, 0.5) + 10.0).abs() < 1e-9);
        assert!((lower_tail(4, 1, 0.5).exp2() - 5.0 / 16.0).abs() < 1e-9);
        assert!(lower_tail(100, 100, 0.25).abs() < 1e-6);
    }
}
