//! `spake2`: password scalar, messages, Z and K (section 5).

use curve25519_dalek::scalar::Scalar;
use serde_json::{Value, json};

use super::Sources;
use crate::suites::vectors::builder::BugType::{Basic, EdgeCase, MissingStep};
use crate::suites::vectors::builder::Builder;
use crate::suites::vectors::bytes::hex;
use crate::suites::vectors::derive::{self, IDENTITIES, Role};
use crate::suites::vectors::file::Family;

pub(super) fn build(sources: &Sources) -> Result<Family, String> {
    let mut family = Builder::new(
        "spake2",
        2,
        &sources.seeds,
        "SPAKE2: from a password to the key K",
    );
    family.note(
        "Usual",
        Basic,
        "Words, scalars and elements as in real use.",
        "Peers make different keys, and every exchange ends as wrong-code.",
    );
    family.note(
        "Password",
        Basic,
        "Passwords of 2 to 8 words.",
        "Peers make different keys.",
    );
    family.note(
        "Scalar",
        EdgeCase,
        "Scalars at the rim of [0, L), and with leading or trailing zero bytes.",
        "Now and then an exchange fails.",
    );
    family.note(
        "ScalarOfZero",
        MissingStep,
        "With a scalar of zero Z is the identity, whatever the peer sent (PAKE-8).",
        "The key depends on nothing that is secret.",
    );
    family.op("spake2-start");
    starts(&mut family, sources);
    family.op("spake2-finish");
    finishes(&mut family, sources);
    family.finish(&sources.spec)
}

fn own(role: Role, password: &str, scalar: Scalar) -> Value {
    json!({"role": role.name(), "password": password, "pake_scalar": hex(scalar.to_bytes())})
}

/// A vector of `spake2-start`.
pub(super) fn start(
    family: &mut Builder,
    id: &str,
    comment: &str,
    of: (&str, &str),
    role: Role,
    password: &str,
    scalar: Scalar,
) {
    let w = derive::password_scalar(password.as_bytes());
    let message = derive::message(role, derive::element(role, scalar, w));
    let ok = json!({"w": hex(w.to_bytes()), "message": hex(message)});
    let id = format!("{id}-{}", role.name());
    family.accept(&id, comment, of, own(role, password, scalar), ok);
}

fn starts(family: &mut Builder, sources: &Sources) {
    for role in Role::BOTH {
        for count in 2..=8 {
            let bytes = sources.seeds.bytes(&format!("spake2 words {count}"), count);
            let password = sources.lists.shown(&bytes).join("-");
            let scalar = sources
                .seeds
                .scalar(&format!("spake2 {} scalar {count}", role.name()));
            let comment = format!("The {}'s message, {count} words", role.name());
            start(
                family,
                &format!("message-{count}-words"),
                &comment,
                ("PAKE-2 PAKE-1 PAKE-3", "Password"),
                role,
                &password,
                scalar,
            );
        }
        for (id, comment, scalar) in scalars(sources) {
            start(
                family,
                &format!("message-scalar-{id}"),
                &format!("The {}'s message, {comment}", role.name()),
                ("PAKE-3", "Scalar"),
                role,
                "crossover-clockwork",
                scalar,
            );
        }
        start(
            family,
            "message-scalar-0",
            "A scalar of zero: the element is w times the constant",
            ("PAKE-3", "Scalar"),
            role,
            "crossover-clockwork",
            Scalar::ZERO,
        );
    }
}

/// Scalars that implementations often get wrong.
fn scalars(sources: &Sources) -> Vec<(&'static str, &'static str, Scalar)> {
    let low: [u8; 16] = sources.seeds.array("scalar of 16 bytes");
    let mut short = [0; 32];
    for (to, from) in short.iter_mut().zip(low) {
        *to = from;
    }
    let mut long = [0; 32];
    for (to, from) in long.iter_mut().skip(16).zip(low) {
        *to = from & 0x0f;
    }
    vec![
        ("1", "a scalar of one", Scalar::ONE),
        ("8", "a scalar of eight, the cofactor", Scalar::from(8u8)),
        ("l-minus-1", "a scalar of L - 1", -Scalar::ONE),
        (
            "2-to-the-252",
            "a scalar of 2^252",
            Scalar::from_bytes_mod_order({
                let mut bytes = [0; 32];
                bytes[31] = 0x10;
                bytes
            }),
        ),
        (
            "leading-zeros",
            "a scalar whose 16 most significant bytes are zero",
            Scalar::from_bytes_mod_order(short),
        ),
        (
            "trailing-zeros",
            "a scalar whose 16 least significant bytes are zero",
            Scalar::from_bytes_mod_order(long),
        ),
    ]
}

fn finishes(family: &mut Builder, sources: &Sources) {
    let own_scalar = |role: Role, label: &str| {
        sources
            .seeds
            .scalar(&format!("spake2 finish {} {label}", role.name()))
    };
    for role in Role::BOTH {
        let name = role.name();
        for count in 2..=8 {
            let bytes = sources
                .seeds
                .bytes(&format!("spake2 finish words {count}"), count);
            let password = sources.lists.shown(&bytes).join("-");
            let label = format!("{count} words");
            let (mine, theirs) = (own_scalar(role, &label), own_scalar(role.peer(), &label));
            finish(
                family,
                &format!("key-{count}-words-{name}"),
                &format!("The {name}'s key, {count} words"),
                ("PAKE-9", "Usual"),
                (role, &password),
                mine,
                theirs,
            );
        }
        for (id, comment, scalar) in scalars(sources) {
            let theirs = own_scalar(role.peer(), "peer");
            finish(
                family,
                &format!("key-scalar-{id}-{name}"),
                &format!("The {name}'s key, {comment}"),
                ("PAKE-9", "Scalar"),
                (role, "crossover-clockwork"),
                scalar,
                theirs,
            );
        }
        let w = derive::password_scalar(b"crossover-clockwork");
        let peer = derive::message(
            role.peer(),
            derive::element(role.peer(), own_scalar(role.peer(), "peer"), w),
        );
        let mut input = own(role, "crossover-clockwork", Scalar::ZERO);
        input["peer"] = hex(peer);
        family.refuse(
            &format!("key-scalar-0-{name}"),
            "A scalar of zero: Z is the identity",
            ("PAKE-8", "ScalarOfZero"),
            input,
            "bad-element",
            &format!("key-scalar-1-{name}"),
        );
    }
    // Two different passwords: no refusal, but a key that the peer does not have.
    for role in Role::BOTH {
        let theirs = own_scalar(role.peer(), "other password");
        let other = derive::password_scalar(b"adroitness-aardvark");
        let peer = derive::element(role.peer(), theirs, other);
        let id = format!("key-other-password-{}", role.name());
        finish_with(
            family,
            &id,
            "The peer has other words: a key all the same, and not the peer's",
            ("PAKE-9", "Usual"),
            (role, "crossover-clockwork"),
            own_scalar(role, "other password"),
            peer,
        );
    }
}

fn finish(
    family: &mut Builder,
    id: &str,
    comment: &str,
    of: (&str, &str),
    who: (Role, &str),
    mine: Scalar,
    theirs: Scalar,
) {
    let (role, password) = who;
    let w = derive::password_scalar(password.as_bytes());
    let peer = derive::element(role.peer(), theirs, w);
    finish_with(family, id, comment, of, who, mine, peer);
}

/// A vector of `spake2-finish` with this element of the peer, which is an acceptable one.
///
/// # Panics
///
/// When the element is no point of the curve.
pub(super) fn finish_with(
    family: &mut Builder,
    id: &str,
    comment: &str,
    of: (&str, &str),
    (role, password): (Role, &str),
    scalar: Scalar,
    peer: [u8; 32],
) {
    let point = derive::decode(peer)
        .unwrap_or_else(|| panic!("{id}: the peer's element is no point of the curve"));
    let w = derive::password_scalar(password.as_bytes());
    let own_element = derive::element(role, scalar, w);
    let (x, y) = match role {
        Role::Initiator => (own_element, peer),
        Role::Receiver => (peer, own_element),
    };
    let z = derive::encode(derive::unmasked(role, scalar, w, point));
    let key = derive::pake_key(password.as_bytes(), IDENTITIES, x, y, z);
    let mut input = own(role, password, scalar);
    input["peer"] = hex(derive::message(role.peer(), peer));
    family.accept(id, comment, of, input, json!({"Z": hex(z), "K": hex(key)}));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[should_panic(expected = "odd: the peer's element is no point of the curve")]
    fn an_element_that_is_no_point_stops_the_builder() {
        let mut family = Builder::new(
            "spake2",
            2,
            &crate::suites::vectors::seeds::Seeds::new(""),
            "",
        );
        let no_point = crate::suites::vectors::families::hostile_points::small(2, false);
        let who = (Role::Initiator, "crossover-clockwork");
        finish_with(&mut family, "odd", "", ("", ""), who, Scalar::ONE, no_point);
    }
}
