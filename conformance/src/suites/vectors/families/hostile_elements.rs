//! `hostile-elements`: bytes that an attacker sends instead of an element (PAKE-4 to PAKE-8), and
//! harmless ones beside them.

use curve25519_dalek::scalar::Scalar;
use serde_json::{Value, json};

use super::hostile_points::{above_p, below_p, is_good, small, torsion, unusual};
use super::{Sources, spake2};
use crate::suites::vectors::builder::BugType::{
    AuthBypass, Basic, Legacy, Malleability, MissingStep,
};
use crate::suites::vectors::builder::Builder;
use crate::suites::vectors::bytes::hex;
use crate::suites::vectors::derive::{self, Role};
use crate::suites::vectors::file::Family;

const PASSWORD: &str = "crossover-clockwork";

pub(super) fn build(sources: &Sources) -> Result<Family, String> {
    let mut family = Builder::new(
        "hostile-elements",
        2,
        &sources.seeds,
        "Elements that an attacker sends, and ones that only look like it",
    );
    notes(&mut family);
    family.op("spake2-finish");
    for role in Role::BOTH {
        Hostile::new(role, sources).build(&mut family);
    }
    family.finish(&sources.spec)
}

#[rustfmt::skip] // a row stays a line
fn notes(family: &mut Builder) {
    family.note("Usual", Basic, "An element as a peer makes it.", "Nobody can connect.");
    family.note("Unusual", Basic, "An acceptable element that a check which is too eager takes for a hostile one.", "Now and then an exchange fails; a lucky attacker can make it fail.");
    family.note_with_links(
        "LowOrder",
        AuthBypass,
        "A point of order 1, 2, 4 or 8.",
        "Z has at most eight values whatever the scalar is: the relay learns w, hence the words, by an off-line search.",
        &["https://cr.yp.to/ecdh.html#validate", "https://www.rfc-editor.org/rfc/rfc7748#section-7"],
    );
    family.note("Torsion", MissingStep, "A point of prime order plus one of low order: on the curve, canonical, and outside the prime-order subgroup.", "The low-order part tells three bits of the scalar; two elements give one key.");
    family.note_with_links(
        "NonCanonical",
        Malleability,
        "y is not below p, or x is 0 with its sign bit set: RFC 8032 refuses such bytes, and many libraries decode them.",
        "Two encodings of one element; the peers hash different bytes.",
        &["https://hdevalence.ca/blog/2020-10-04-its-25519am"],
    );
    family.note("NotOnCurve", MissingStep, "No x belongs to this y.", "A library that computes all the same works on another curve, the twist, say.");
    family.note("WrongSide", MissingStep, "The first byte is not the peer's.", "A message of one role passes for one of the other.");
    family.note_with_links(
        "Symmetric",
        Legacy,
        "The side byte of the symmetric form of SPAKE2, which magic-wormhole uses.",
        "Another protocol's message is taken for one of this.",
        &["https://github.com/magic-wormhole/magic-wormhole-protocols"],
    );
    family.note("Reflected", AuthBypass, "This side's own element comes back.", "A relay without the words makes a client talk to itself.");
    family.note("SharedIdentity", AuthBypass, "w times the peer's constant: unmasked, it is the identity, so that Z is, too.", "The sender knows K without a scalar, for the words that it has guessed.");
}

struct Hostile {
    role: Role,
    scalar: Scalar,
    w: Scalar,
    /// The element of an honest peer.
    honest: [u8; 32],
    /// The end of all ids: a hyphen and the role.
    suffix: String,
    /// The id of the honest test, the control of the refused ones.
    control: String,
}

impl Hostile {
    fn new(role: Role, sources: &Sources) -> Self {
        let scalar = sources.seeds.scalar(&format!("hostile {}", role.name()));
        let theirs = sources
            .seeds
            .scalar(&format!("hostile peer of {}", role.name()));
        let w = derive::password_scalar(PASSWORD.as_bytes());
        let suffix = format!("-{}", role.name());
        Self {
            role,
            scalar,
            w,
            honest: derive::element(role.peer(), theirs, w),
            control: format!("honest{suffix}"),
            suffix,
        }
    }

    fn build(&self, family: &mut Builder) {
        self.accept(
            family,
            "honest",
            "An honest peer's element",
            "Usual",
            self.honest,
        );
        self.unusual(family);
        self.sides(family);
        self.low_order(family);
        self.non_canonical(family);
        self.not_on_curve(family);
        self.own(family);
    }

    fn accept(&self, family: &mut Builder, id: &str, comment: &str, flag: &str, element: [u8; 32]) {
        let (id, clauses) = (format!("{id}{}", self.suffix), ("PAKE-9 PAKE-5", flag));
        spake2::finish_with(
            family,
            &id,
            comment,
            clauses,
            (self.role, PASSWORD),
            self.scalar,
            element,
        );
    }

    fn refuse(
        &self,
        family: &mut Builder,
        id: &str,
        comment: &str,
        of: (&str, &str),
        element: [u8; 32],
    ) {
        self.refuse_beside(family, id, comment, of, element, &self.control);
    }

    fn refuse_beside(
        &self,
        family: &mut Builder,
        id: &str,
        comment: &str,
        of: (&str, &str),
        element: [u8; 32],
        control: &str,
    ) {
        let message = derive::message(self.role.peer(), element);
        self.refuse_message(family, id, comment, of, &message, control);
    }

    fn refuse_message(
        &self,
        family: &mut Builder,
        id: &str,
        comment: &str,
        of: (&str, &str),
        message: &[u8],
        control: &str,
    ) {
        let id = format!("{id}{}", self.suffix);
        family.refuse(
            &id,
            comment,
            of,
            self.input(message),
            "bad-element",
            control,
        );
    }

    fn input(&self, message: &[u8]) -> Value {
        json!({
            "role": self.role.name(),
            "password": PASSWORD,
            "pake_scalar": hex(self.scalar.to_bytes()),
            "peer": hex(message),
        })
    }

    #[rustfmt::skip] // a row stays a line
    fn unusual(&self, family: &mut Builder) {
        for (id, comment, element) in unusual() {
            self.accept(family, &id, &comment, "Unusual", element);
        }
        let own = derive::element(self.role, self.scalar, self.w);
        let mut flipped = own;
        flipped[31] ^= 0x80;
        self.accept(family, "own-negative", "This side's own element with its sign flipped: another element", "Unusual", flipped);
        self.accept(family, "constant-of-the-peer", "The peer's constant itself", "Unusual", derive::encode(self.role.peer().mask()));
        self.accept(family, "constant-of-this-side", "This side's constant itself", "Unusual", derive::encode(self.role.mask()));
        let other = derive::password_scalar(b"adroitness-aardvark");
        let guess = derive::encode(self.role.peer().mask() * other);
        self.accept(family, "wrong-guess", "Another w times the peer's constant: a guess that failed", "Unusual", guess);
    }

    fn sides(&self, family: &mut Builder) {
        let own = self.role.side_byte();
        for (id, comment, flag, byte) in [
            (
                "side-own",
                "This side's byte on the peer's element",
                "WrongSide",
                own,
            ),
            (
                "side-lowercase",
                "The peer's byte in lowercase",
                "WrongSide",
                self.role.peer().side_byte() | 0x20,
            ),
            (
                "side-symmetric",
                "0x53, the byte of the symmetric form",
                "Symmetric",
                0x53,
            ),
            ("side-00", "A byte of zero", "WrongSide", 0),
            ("side-ff", "A byte of 255", "WrongSide", 0xff),
        ] {
            let message = [&[byte][..], &self.honest].concat();
            self.refuse_message(
                family,
                id,
                comment,
                ("PAKE-4", flag),
                &message,
                &self.control,
            );
        }
    }

    #[rustfmt::skip] // a row stays a line
    fn low_order(&self, family: &mut Builder) {
        let honest = derive::decode(self.honest);
        for (id, point) in torsion() {
            let comment = match id.strip_prefix("order-1") {
                Some(_) => "The identity element".to_owned(),
                None => format!("A point of {}", id.replace("order-", "order ").replace("-t", ", number ")),
            };
            self.refuse(family, &id, &comment, ("PAKE-6", "LowOrder"), derive::encode(point));
            if let (Some(honest), false) = (honest, id.starts_with("order-1-")) {
                let comment = format!("The honest element plus a point of {}", id.replace("order-", "order ").replace("-t", ", number "));
                self.refuse(family, &format!("plus-{id}"), &comment, ("PAKE-6", "Torsion"), derive::encode(honest + point));
            }
        }
    }

    #[rustfmt::skip] // a row stays a line
    fn non_canonical(&self, family: &mut Builder) {
        for k in 0..19 {
            for (sign, word) in [(false, ""), (true, "-signed")] {
                let (id, comment) = (format!("y-p-plus-{k}{word}"), format!("y = p + {k}, which is {k} modulo p"));
                // Where y = k is itself acceptable, the encoding is the only fault.
                if is_good(small(k, sign)) {
                    let control = format!("y-{k}-canonical{word}");
                    self.accept(family, &control, &format!("y = {k}, canonical"), "Unusual", small(k, sign));
                    let control = format!("{control}{}", self.suffix);
                    self.refuse_beside(family, &id, &comment, ("PAKE-5", "NonCanonical"), above_p(k, sign), &control);
                } else {
                    self.refuse(family, &id, &comment, ("PAKE-5", "NonCanonical"), above_p(k, sign));
                }
            }
        }
        let (one, minus_one) = (small(1, true), below_p(1, true));
        self.refuse(family, "identity-signed", "y = 1, x = 0 with its sign bit set", ("PAKE-5", "NonCanonical"), one);
        self.refuse(family, "order-2-signed", "y = -1, x = 0 with its sign bit set", ("PAKE-5", "NonCanonical"), minus_one);
    }

    fn not_on_curve(&self, family: &mut Builder) {
        let off = |k: &u8| derive::decode(small(*k, false)).is_none();
        for k in (2..=60).filter(off).take(3) {
            for (sign, word) in [(false, ""), (true, "-signed")] {
                let comment = format!("y = {k}, for which there is no x");
                self.refuse(
                    family,
                    &format!("no-x-for-y-{k}{word}"),
                    &comment,
                    ("PAKE-5", "NotOnCurve"),
                    small(k, sign),
                );
            }
        }
        // One bit changed in an honest element, the lowest that leaves the curve.
        for bit in 0..255usize {
            let mut element = self.honest;
            if let Some(byte) = element.get_mut(bit / 8) {
                *byte ^= 1 << (bit % 8);
            }
            if derive::decode(element).is_none() {
                self.refuse(
                    family,
                    "one-bit-changed",
                    "An honest element with one bit changed",
                    ("PAKE-5", "NotOnCurve"),
                    element,
                );
                break;
            }
        }
    }

    #[rustfmt::skip] // a row stays a line
    fn own(&self, family: &mut Builder) {
        let own = derive::element(self.role, self.scalar, self.w);
        self.refuse(family, "reflected", "This side's own element behind the peer's byte", ("PAKE-7", "Reflected"), own);
        let message = derive::message(self.role, own);
        self.refuse_message(family, "reflected-with-side", "This side's own message as it is", ("PAKE-4 PAKE-7", "Reflected"), &message, &self.control);
        let guessed = derive::encode(self.role.peer().mask() * self.w);
        self.refuse(family, "right-guess", "w times the peer's constant: Z is the identity", ("PAKE-8", "SharedIdentity"), guessed);
        if let Some((_, low)) = torsion().into_iter().nth(1) {
            let element = derive::encode(self.role.peer().mask() * self.w + low);
            self.refuse(family, "right-guess-plus-low-order", "The same plus a point of order 8: Z has low order", ("PAKE-6 PAKE-8", "Torsion"), element);
        }
    }
}
