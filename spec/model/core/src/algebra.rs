//! Group elements as polynomials: the group as an attacker without its discrete logarithms sees it.
//!
//! An element is its discrete logarithm to the base B. That is a polynomial in unknowns: the logarithms of M and N, and
//! the honest sides' secret scalars. Words and the attacker's own scalar are constants. So `x*B + w*M` is exactly that;
//! an element can be masked, unmasked, added to and multiplied; and exponents commute. The attacker can compute exactly
//! the linear span of the elements that it saw.

/// The order of the field, the prime 2^61 - 1. That two constants are equal by chance is as unlikely as in the real group.
const P: u64 = (1 << 61) - 1;

/// A constant of the field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Constant(u64);

impl Constant {
    pub(crate) const ZERO: Constant = Constant(0);
    pub(crate) const ONE: Constant = Constant(1);

    /// The n-th of many constants without any small relation between them.
    pub(crate) fn generic(n: u64) -> Constant {
        // SplitMix64: fixed, and as good as random.
        let mut z = n.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        Constant((z ^ (z >> 31)) % P)
    }

    /// The attacker's own scalar. One is enough: the span of what it knows has all multiples.
    pub(crate) fn own() -> Constant {
        Constant::generic(1_000_000)
    }

    pub(crate) fn plus(self, other: Constant) -> Constant {
        Constant((self.0 + other.0) % P)
    }

    pub(crate) fn minus(self) -> Constant {
        Constant((P - self.0) % P)
    }

    pub(crate) fn times(self, other: Constant) -> Constant {
        let product = u128::from(self.0) * u128::from(other.0) % u128::from(P);
        Constant(u64::try_from(product).expect("less than P"))
    }

    /// The inverse, by Fermat: the constant to the power P - 2.
    fn inverse(self) -> Constant {
        let (mut power, mut left, mut result) = (self, P - 2, Constant::ONE);
        while left > 0 {
            if left & 1 == 1 {
                result = result.times(power);
            }
            power = power.times(power);
            left >>= 1;
        }
        result
    }
}

/// A discrete logarithm that the attacker does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Unknown {
    /// The discrete logarithm of M.
    M,
    /// The discrete logarithm of N.
    N,
    /// The secret scalar of this honest side.
    Scalar(usize),
}

/// A product of unknowns, sorted.
type Monomial = Vec<Unknown>;

/// An element: sorted, without coefficients of zero, so that equal elements are equal values.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub(crate) struct Element(Vec<(Monomial, Constant)>);

impl Element {
    /// `c*B`
    pub(crate) fn multiple(c: Constant) -> Element {
        Element::of(vec![(Vec::new(), c)])
    }

    /// `u*B`. `M` and `N` are two of these.
    pub(crate) fn unknown(u: Unknown) -> Element {
        Element::of(vec![(vec![u], Constant::ONE)])
    }

    fn of(mut terms: Vec<(Monomial, Constant)>) -> Element {
        terms.sort();
        let mut sum: Vec<(Monomial, Constant)> = Vec::with_capacity(terms.len());
        for (monomial, c) in terms {
            match sum.last_mut() {
                Some((last, total)) if *last == monomial => *total = total.plus(c),
                _ => sum.push((monomial, c)),
            }
        }
        sum.retain(|(_, c)| *c != Constant::ZERO);
        Element(sum)
    }

    pub(crate) fn plus(&self, other: &Element) -> Element {
        Element::of(self.0.iter().chain(&other.0).cloned().collect())
    }

    pub(crate) fn scaled(&self, by: Constant) -> Element {
        let scale = |(m, c): &(Monomial, Constant)| (m.clone(), c.times(by));
        Element::of(self.0.iter().map(scale).collect())
    }

    /// The element raised to an unknown. Only the side that drew the unknown can compute this.
    pub(crate) fn raised(&self, by: Unknown) -> Element {
        let raise = |(m, c): &(Monomial, Constant)| {
            let mut m = m.clone();
            m.push(by);
            m.sort();
            (m, *c)
        };
        Element::of(self.0.iter().map(raise).collect())
    }

    pub(crate) fn is_identity(&self) -> bool {
        self.0.is_empty()
    }

    /// The sum of elements, each multiplied by its constant: all that an attacker can compute out of them.
    pub(crate) fn combination(of: &[Element], by: &[Constant]) -> Element {
        of.iter().zip(by).fold(Element::default(), |sum, (e, c)| {
            if *c == Constant::ZERO {
                sum
            } else {
                sum.plus(&e.scaled(*c))
            }
        })
    }

    /// The constant in front of this product; 0 where the element does not have it.
    fn coefficient(&self, monomial: &[Unknown]) -> Constant {
        self.0
            .iter()
            .find(|(m, _)| m == monomial)
            .map_or(Constant::ZERO, |(_, c)| *c)
    }

    /// The word in an element that somebody made as a mask over a scalar of its own; `None` for all other elements.
    pub(crate) fn word_in(&self, mask: Unknown) -> Option<Constant> {
        let is_own = self.0.iter().all(|(m, _)| m.is_empty() || *m == [mask]);
        is_own.then(|| self.coefficient(&[mask]))
    }
}

impl std::fmt::Debug for Element {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let terms = self.0.iter().map(|(m, c)| format!("{:x}*{m:?}", c.0));
        f.write_str(&terms.collect::<Vec<_>>().join("+"))
    }
}

/// The linear relations between elements: the reduced rows of a matrix with a column for each element and a row for each
/// product of unknowns.
///
/// Two lists of elements have the same matrix exactly when the same linear relations hold in both. Then no comparison of
/// values that are computed out of a list tells the two lists apart.
pub(crate) fn relations(elements: &[Element]) -> Vec<Vec<Constant>> {
    let mut monomials: Vec<&Monomial> = elements.iter().flat_map(|e| &e.0).map(|t| &t.0).collect();
    monomials.sort();
    monomials.dedup();
    let row = |m: &&Monomial| elements.iter().map(|e| e.coefficient(m)).collect();
    let mut rows: Vec<Vec<Constant>> = monomials.iter().map(row).collect();
    let mut done = 0;
    for column in 0..elements.len() {
        let Some(pivot) = (done..rows.len()).find(|r| rows[*r][column] != Constant::ZERO) else {
            continue;
        };
        rows.swap(done, pivot);
        let inverse = rows[done][column].inverse();
        rows[done].iter_mut().for_each(|c| *c = c.times(inverse));
        let pivot = rows[done].clone();
        for (at, row) in rows.iter_mut().enumerate() {
            let factor = row[column].minus();
            if at != done && factor != Constant::ZERO {
                for (c, p) in row.iter_mut().zip(&pivot) {
                    *c = c.plus(p.times(factor));
                }
            }
        }
        done += 1;
    }
    rows.truncate(done);
    rows
}

/// The constants by which the attacker combines the elements that it has into the target; `None` if it cannot.
pub(crate) fn computed(from: &[Element], target: &Element) -> Option<Vec<Constant>> {
    let columns: Vec<Element> = from.iter().chain([target]).cloned().collect();
    let mut by = vec![Constant::ZERO; from.len()];
    for row in relations(&columns) {
        let pivot = row.iter().position(|c| *c != Constant::ZERO)?;
        // A row that has its pivot in the target says that the target is no combination.
        *by.get_mut(pivot)? = row[from.len()];
    }
    Some(by)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list() -> Vec<Element> {
        let x = Element::unknown(Unknown::Scalar(0));
        let m = Element::unknown(Unknown::M);
        let masked = x.plus(&m.scaled(Constant::generic(1)));
        vec![Element::multiple(Constant::ONE), m, masked]
    }

    #[test]
    fn the_span_is_what_can_be_computed() {
        let by = [3, 4, 5].map(Constant::generic);
        let target = Element::combination(&list(), &by);
        assert_eq!(computed(&list(), &target), Some(by.to_vec()));
        let squared = Element::unknown(Unknown::Scalar(0)).raised(Unknown::Scalar(0));
        assert_eq!(computed(&list(), &squared), None);
        assert_eq!(computed(&list(), &Element::unknown(Unknown::N)), None);
    }

    #[test]
    fn exponents_commute_and_masks_come_off() {
        let [x, y] = [0, 1].map(Unknown::Scalar);
        let one = Element::unknown(x).raised(y);
        assert_eq!(one, Element::unknown(y).raised(x));
        let mask = Element::unknown(Unknown::N).scaled(Constant::generic(2));
        let unmask = mask.scaled(Constant::ONE.minus());
        assert_eq!(one.plus(&mask).plus(&unmask), one);
    }

    #[test]
    fn relations_tell_lists_apart() {
        let mut one = list();
        let other = one.clone();
        assert_eq!(relations(&one), relations(&other));
        one[2] = one[1].clone();
        assert_ne!(relations(&one), relations(&other));
    }
}
