//! The jitter of the back-off, judged over many runs (TIME-1).

use super::compare::Divergence;

/// The share of a range, at either end, in which some of the back-offs must lie.
const SHARE: f64 = 0.4;

/// The base-2 logarithm of the chance at which a uniform draw may be accused.
const CHANCE: f64 = -40.0;

/// Judges the places of back-offs in their ranges, which are uniform from 0 to 1, and what the lag
/// adds: some lie near either end.
///
/// Only long back-offs count (`timing.rs`), since lag fills the range of a short one. Lag only ever
/// adds, so a range whose upper end is missing is the client's own fault. One whose lower end is
/// missing may be the fault of a busy machine.
pub(super) fn judge(back_offs: &[f64]) -> Option<Divergence> {
    if (back_offs.len() as f64) * (1.0 - SHARE).log2() > CHANCE {
        let few = format!("{} back-offs", back_offs.len());
        return Some(Divergence::new(
            "TIME-1",
            "the back-offs",
            "more of them",
            few,
        ));
    }
    let least = back_offs.iter().copied().fold(f64::INFINITY, f64::min);
    let most = back_offs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if most > 1.0 - SHARE && least < SHARE {
        return None;
    }
    let shown = |place: f64| format!("{:.2}", 0.5 + place / 2.0);
    let actual = format!(
        "{} d to {} d in {} repeats",
        shown(least),
        shown(most),
        back_offs.len()
    );
    let found = Divergence::new("TIME-1", "the range of the back-offs", "0.5 d to d", actual);
    Some(match most > 1.0 - SHARE {
        true => found.late(),
        false => found,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spread(from: f64, to: f64) -> Vec<f64> {
        (0..60)
            .map(|n| from + (to - from) * f64::from(n) / 59.0)
            .collect()
    }

    #[test]
    fn accepts_the_whole_range() {
        assert_eq!(judge(&spread(0.0, 1.0)), None);
        assert_eq!(judge(&spread(0.3, 1.3)), None, "with lag");
    }

    #[test]
    fn refuses_a_part_of_the_range() {
        for (from, to) in [(0.5, 0.5), (0.0, 0.2), (0.45, 1.0), (0.0, 0.0), (1.0, 1.0)] {
            let found = judge(&spread(from, to)).expect("it is found");
            assert_eq!(found.clause, "TIME-1");
        }
    }

    #[test]
    fn never_accuses_with_too_few() {
        let found = judge(&[0.0, 0.5, 1.0]).expect("it is no pass either");
        assert_eq!(found.what, "the back-offs");
    }
}
