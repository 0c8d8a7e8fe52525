//! Whole exchanges through the suite (sections 5 to 7).

use hex_literal::hex;
use sha2::{Digest, Sha256};

use super::*;
use crate::values::{AppId, Blob, ChannelId, Mode, Words};

fn key_context(channel: u32) -> KeyContext {
    KeyContext {
        mode: Mode::Transcribe,
        app_id: AppId::new("example.com/app1").unwrap(),
        channel: ChannelId::new(channel).unwrap(),
    }
}

fn words(bytes: [u8; 2]) -> Words {
    Words::dangerously_from_bytes(&bytes).unwrap()
}

fn scalar(byte: u8) -> PakeScalar {
    PakeScalar::dangerously_from_le_bytes([byte; 32]).unwrap()
}

fn blob(text: &str) -> Blob {
    Blob::new(text).unwrap()
}

fn initiator() -> (InitiatorPake, Vec<u8>) {
    Standard::start_initiator(&words([1, 2]), scalar(3))
}

fn offered(typed: [u8; 2], channel: u32) -> OfferRead<Standard> {
    let pake = Standard::start_receiver(&words(typed), scalar(4));
    Standard::read_offer(
        pake,
        &key_context(channel),
        &blob("from the receiver"),
        &initiator().1,
    )
    .unwrap()
}

fn answered(answer: &[u8]) -> Result<AnswerRead<Standard>, PeerFault> {
    Standard::read_answer(
        initiator().0,
        &key_context(7),
        &blob("from the initiator"),
        answer,
    )
}

#[test]
fn an_exchange_moves_both_blobs() {
    let offered = offered([1, 2], 7);
    assert_eq!(offered.answer.len(), 33 + 256 + 16);
    let answered = answered(&offered.answer).unwrap();
    assert_eq!(answered.blob.get().expose(), b"from the receiver");
    assert!(answered.verifier.is(&offered.verifier));
    let other = Verifier::dangerously_from_key([0; 32]);
    assert!(!answered.verifier.is(&other));
    let finished = Standard::read_finish(offered.finish, &answered.finish).unwrap();
    assert_eq!(finished.blob.get().expose(), b"from the initiator");
    let exported = |exporter: &Exporter| exporter.export(b"label", 40).unwrap().expose().to_vec();
    assert_eq!(
        exported(answered.exporter.get()),
        exported(finished.exporter.get())
    );
    assert!(Standard::read_receipt(answered.receipt, &finished.receipt).is_some());
}

/// The expected bytes were computed from the specification by a Python program on python-spake2 0.9
/// and `cryptography`.
#[test]
fn another_implementation_sends_the_same_bytes() {
    let offered = offered([1, 2], 7);
    let answered = answered(&offered.answer).unwrap();
    let finished = Standard::read_finish(offered.finish, &answered.finish).unwrap();
    let offer = hex!("41 bedb061d7734a5cd4e50a6567b53387a2149115b55cef1b117b0f628196b62a8");
    let answer = hex!("574dc88fcdfaa753688eea651cd341ce1c9e3f4a793404666bc59651a0c4128d");
    let finish = hex!("d2269b2afd7219d0c39f6d8b7bd2124231708a69ee74ba1e48a706dd6098e213");
    let exported =
        hex!("d28a3adfe6d4f9e23cb91402ae336705ece0583d47e696cdb9c861c8fee4922d040eba1d34e71164");
    assert_eq!(initiator().1, offer);
    assert_eq!(Sha256::digest(&offered.answer)[..], answer);
    assert_eq!(Sha256::digest(&answered.finish)[..], finish);
    assert_eq!(finished.receipt, hex!("dce5ab0ad9f1603a406bc1d8843dc0de"));
    assert_eq!(
        answered.verifier.reveal().to_string(),
        "retrospect unwind examine pheasant cannonball stormy rebellion stormy"
    );
    let exporter = finished.exporter.get();
    assert_eq!(exporter.export(b"label", 40).unwrap().expose(), exported);
}

#[test]
fn other_words_or_another_channel_do_not_open() {
    for (typed, channel) in [([1, 3], 7), ([2, 2], 7), ([1, 2], 8)] {
        assert_eq!(
            answered(&offered(typed, channel).answer).unwrap_err(),
            PeerFault::WrongCode
        );
    }
}

#[test]
fn an_answer_is_checked_for_length_element_seal_and_padding_in_this_order() {
    let length = PeerFault::MalformedMessage(Malformed::Length);
    let good = offered([1, 2], 7).answer;
    for bad in [
        &[][..],
        &good[..32],
        &good[..33],
        &good[..good.len() - 1],
        &[good.as_slice(), &[0]].concat(),
    ] {
        assert_eq!(answered(bad).unwrap_err(), length);
    }
    let mut bad_element = good.clone();
    (bad_element[0], bad_element[40]) = (0x41, !good[40]);
    assert_eq!(
        answered(&bad_element).unwrap_err(),
        PeerFault::BadElement(BadElement::WrongSide)
    );
    let mut bad_seal = good.clone();
    bad_seal[33] ^= 1;
    assert_eq!(answered(&bad_seal).unwrap_err(), PeerFault::WrongCode);
}

#[test]
fn an_offer_is_33_bytes() {
    for length in [0, 32, 34] {
        let pake = Standard::start_receiver(&words([1, 2]), scalar(4));
        let refused = Standard::read_offer(pake, &key_context(7), &blob(""), &vec![0x41; length])
            .unwrap_err();
        assert_eq!(refused.outcome(), "malformed-message");
    }
}

#[test]
fn messages_do_not_stand_for_each_other() {
    let offered = offered([1, 2], 7);
    let own = offered.answer[33..].to_vec();
    assert_eq!(
        Standard::read_finish(offered.finish, &own).unwrap_err(),
        PeerFault::WrongCode
    );
}

#[test]
fn each_error_is_a_line_of_its_own() {
    let elements = BadElement::ALL.map(PeerFault::BadElement);
    let faults = elements.into_iter().chain([
        PeerFault::MalformedMessage(Malformed::Length),
        PeerFault::MalformedMessage(Malformed::Padding),
        PeerFault::WrongCode,
    ]);
    let mut lines: Vec<String> = faults.map(|fault| fault.to_string()).collect();
    lines.extend([
        padding::BadPadding.to_string(),
        ExportError::Label.to_string(),
        ExportError::Length.to_string(),
        NoRandomness.to_string(),
        ScalarTooLarge.to_string(),
    ]);
    for (at, line) in lines.iter().enumerate() {
        assert!(line.starts_with(char::is_lowercase), "{line}");
        assert!(!line.contains('\n') && !line.ends_with('.'), "{line}");
        assert!(!lines[..at].contains(line), "{line}");
    }
}

#[test]
fn a_bad_element_has_the_token_of_its_vectors() {
    let tokens = BadElement::ALL.map(BadElement::fault);
    assert_eq!(
        tokens,
        [
            "wrong-side",
            "not-a-point",
            "not-canonical",
            "identity",
            "not-prime-order",
            "reflected",
            "shared-identity"
        ]
    );
}

#[test]
fn debug_shows_no_secret() {
    let (pake, _) = initiator();
    let offered = offered([1, 2], 7);
    let shown = format!("{pake:?} {:?} {:?}", offered.finish, offered.verifier);
    assert_eq!(shown.matches("[redacted]").count(), 4, "{shown}");
    let answered = answered(&offered.answer).unwrap();
    let shown = format!(
        "{:?} {:?} {:?} {:?}",
        answered.blob, answered.verifier, answered.exporter, answered.receipt
    );
    assert_eq!(shown.matches("[redacted]").count(), 4, "{shown}");
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]

    #[test]
    fn no_bytes_but_the_peers_open(length in 0..400_usize, at in 0..305_usize, bit in 0..8_u32) {
        assert!(answered(&vec![0x42; length]).is_err());
        let mut changed = offered([1, 2], 7).answer;
        changed[at] ^= 1 << bit;
        assert!(answered(&changed).is_err());
    }
}
