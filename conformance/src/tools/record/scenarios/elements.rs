//! SPAKE2 elements that are refused, in the place of the peer's.

use wormhole_sync::values::hex;

use super::super::rules::cell;
use super::super::scenario::Scenario;
use super::super::secrets::ClientSecrets;
use super::peers::fault;
use super::states::{CLAIMING, ClientState, WAITING_FOR_ANSWER};

pub(super) fn scenarios() -> Vec<Scenario> {
    let states = [CLAIMING, WAITING_FOR_ANSWER];
    states
        .into_iter()
        .flat_map(elements)
        .chain(offers())
        .collect()
}

/// Elements that are refused, in the place of the peer's.
fn elements(state: ClientState) -> Vec<Scenario> {
    let hostile = [
        (
            "identity",
            "the identity",
            "PAKE-6",
            "0100000000000000000000000000000000000000000000000000000000000000",
        ),
        (
            "order-2",
            "a point of order 2",
            "PAKE-6",
            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        ),
        (
            "order-4",
            "a point of order 4",
            "PAKE-6",
            "0000000000000000000000000000000000000000000000000000000000000080",
        ),
        (
            "order-8",
            "a point of order 8",
            "PAKE-6",
            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        ),
        (
            "mixed-order",
            "the constant N and a point of order 8",
            "PAKE-6",
            "5aba93ecdef7536c14fd4b2da9bacacf7bc17e379f5bff42d3bd21c51d1532f0",
        ),
        (
            "no-point",
            "y = 2, which is of no point",
            "PAKE-5",
            "0200000000000000000000000000000000000000000000000000000000000000",
        ),
        (
            "y-is-p",
            "y = p, in place of 0",
            "PAKE-5",
            "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        ),
        (
            "y-over-p",
            "y = p + 1, in place of 1",
            "PAKE-5",
            "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        ),
        (
            "y-all-ones",
            "256 ones",
            "PAKE-5",
            "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        ),
        (
            "negative-zero",
            "x = 0 with its sign bit",
            "PAKE-5",
            "0100000000000000000000000000000000000000000000000000000000000080",
        ),
    ];
    let mut all: Vec<Scenario> = hostile
        .into_iter()
        .map(|(name, what, clause, element)| {
            let rule = cell(state.request, move |_, mut bytes| {
                let element = hex::decode(element.as_bytes())?;
                bytes[1..33].copy_from_slice(&element);
                Ok(bytes)
            });
            let what = format!("the element is {what}");
            fault(state, name, &what, "bad-element", &[clause], rule)
        })
        .collect();
    let side = cell(state.request, |secrets, mut bytes| {
        bytes[0] = wormhole_sync::values::Role::from(secrets.role).side_byte();
        Ok(bytes)
    });
    all.push(fault(
        state,
        "own-side",
        "the client's own side byte",
        "bad-element",
        &["PAKE-4"],
        side,
    ));
    let lowercase = cell(state.request, |_, mut bytes| {
        bytes[0] |= 0x20;
        Ok(bytes)
    });
    all.push(fault(
        state,
        "lowercase-side",
        "the side byte in lowercase",
        "bad-element",
        &["PAKE-4"],
        lowercase,
    ));
    let reflected = cell(state.request, |secrets, mut bytes| {
        bytes[1..33].copy_from_slice(&secrets.own_message()?[1..]);
        Ok(bytes)
    });
    all.push(fault(
        state,
        "reflected",
        "the client's own element",
        "bad-element",
        &["PAKE-7"],
        reflected,
    ));
    let unmasked = cell(state.request, |secrets: &ClientSecrets, mut bytes| {
        let message = secrets.message(secrets.role.peer(), [0; 32])?;
        bytes[..33].copy_from_slice(&message);
        Ok(bytes)
    });
    all.push(fault(
        state,
        "z-identity",
        "w times the constant: Z is the identity",
        "bad-element",
        &["PAKE-8"],
        unmasked,
    ));
    all
}

fn offers() -> Vec<Scenario> {
    [
        ("short", 32),
        ("long", 34),
        ("longest", 64),
        ("one-byte", 1),
    ]
    .into_iter()
    .map(|(name, length)| {
        let rule = cell("claim", move |_, mut bytes| {
            bytes.resize(length, 0);
            Ok(bytes)
        });
        let what = format!("an offer of {length} bytes");
        fault(
            CLAIMING,
            &format!("offer-{name}"),
            &what,
            "malformed-message",
            &["SEAL-5"],
            rule,
        )
    })
    .collect()
}
