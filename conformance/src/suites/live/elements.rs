//! Scenarios of elements that are none, or not the peer's own.

use curve25519_dalek::scalar::Scalar;

use super::peer::{Agreement, Peer, PeerMessage};
use super::scenario::Scenario;
use super::script::Script;
use crate::suites::vectors::bytes::from_hex_32;
use crate::suites::vectors::derive::{self, Role};

type MakeElement = Box<dyn Fn(&Peer, Option<&Agreement>, &str) -> [u8; 32] + Send + Sync>;

/// Elements that a client must refuse (PAKE-4 to PAKE-8).
pub(super) fn scenarios() -> Vec<Scenario> {
    const IDENTITY: &str = "0100000000000000000000000000000000000000000000000000000000000000";
    const SIGNED: &str = "0100000000000000000000000000000000000000000000000000000000000080";
    const ORDER_2: &str = "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f";
    const ORDER_8: &str = "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05";
    const NO_POINT: &str = "0200000000000000000000000000000000000000000000000000000000000000";
    const ABOVE_P: &str = "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f";
    let fixed = [
        ("identity", "PAKE-6", "The identity", IDENTITY),
        (
            "identity-signed",
            "PAKE-5",
            "The identity with a sign bit",
            SIGNED,
        ),
        ("order-2", "PAKE-6", "A point of order 2", ORDER_2),
        ("order-8", "PAKE-6", "A point of order 8", ORDER_8),
        ("no-point", "PAKE-5", "Bytes that are no point", NO_POINT),
        ("above-p", "PAKE-5", "An encoding of y above p", ABOVE_P),
    ];
    let mut all = Vec::new();
    for role in Role::BOTH {
        let mut add = |name: &str, clause: &str, title: &str, make: MakeElement| {
            let id = format!("{}-element-{name}", role.name());
            let table = if role == Role::Initiator {
                "SEAL-6"
            } else {
                "SEAL-5"
            };
            let scenario = Scenario::new(&id, &[clause, table, "PAKE-10"], title, role);
            let requests: &[&str] = match role {
                Role::Initiator => &["allocate", "get answer", "close bad-element"],
                Role::Receiver => &["claim", "close bad-element"],
            };
            let password = scenario.script.password.clone();
            let message = PeerMessage::Made(std::sync::Arc::new(move |peer, agreement| {
                let element = make(peer, agreement, &password);
                let message = derive::message(peer.role, element);
                match agreement {
                    // The seal is one under the keys of the right exchange.
                    Some(agreement) => {
                        let seal = agreement.receiver_seal(&derive::pad(&peer.blob));
                        [message, seal].concat()
                    }
                    None => message,
                }
            }));
            let script = |script| Script {
                first: message,
                ..script
            };
            all.push(
                scenario
                    .with(script)
                    .requests(requests)
                    .fails("bad-element"),
            );
        };
        for (name, clause, title, element) in fixed {
            let bytes = from_hex_32(element);
            add(name, clause, title, Box::new(move |_, _, _| bytes));
        }
        let torsion = derive::decode(from_hex_32(ORDER_8)).unwrap_or_default();
        add(
            "with-torsion",
            "PAKE-6",
            "The right element with a point of order 8 added",
            Box::new(move |peer, agreement, password| {
                let own = own_element(peer, agreement, password);
                derive::encode(derive::decode(own).unwrap_or_default() + torsion)
            }),
        );
        if role == Role::Initiator {
            add(
                "reflected",
                "PAKE-7",
                "The initiator's own element",
                Box::new(|_, agreement, _| {
                    let offer = agreement.and_then(|agreement| agreement.offer.get(1..));
                    offer
                        .and_then(|own| own.try_into().ok())
                        .unwrap_or_default()
                }),
            );
        } else {
            add(
                "mask",
                "PAKE-8",
                "The mask alone, which makes Z the identity",
                Box::new(|peer, _, password| {
                    let w = derive::password_scalar(password.as_bytes());
                    derive::element(peer.role, Scalar::ZERO, w)
                }),
            );
        }
    }
    all
}

/// The peer's right element.
fn own_element(peer: &Peer, agreement: Option<&Agreement>, password: &str) -> [u8; 32] {
    let message = match agreement {
        Some(agreement) => agreement.answer_message.clone(),
        None => peer.message(password),
    };
    let element = message.get(1..).and_then(|own| own.try_into().ok());
    element.unwrap_or_default()
}
