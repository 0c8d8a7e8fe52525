//! The faults that the messages of an exchange can have, one at a time (section 7.3).

use curve25519_dalek::constants::EIGHT_TORSION;
use serde_json::{Value, json};

use super::Sources;
use crate::suites::vectors::builder::Builder;
use crate::suites::vectors::bytes::{hex, parts};
use crate::suites::vectors::derive::{self, IDENTITIES, Role, Schedule};
use crate::suites::vectors::exchange_values::ExchangeValues;

/// Adds all faults, as variants of one exchange, whose tests begin with `usual-`.
pub(super) fn add(family: &mut Builder, exchange: &ExchangeValues, sources: &Sources) {
    let faults = Faults { exchange, sources };
    family.op("read-offer");
    faults.offers(family);
    family.op("read-answer");
    faults.answers(family);
    faults.other_exchanges(family);
    family.op("read-finish");
    faults.finishes(family);
    family.op("read-receipt");
    faults.receipts(family);
}

struct Faults<'a> {
    exchange: &'a ExchangeValues,
    sources: &'a Sources,
}

/// A message with a fault: id, comment, flag, message, outcome.
type FaultyMessage = (String, &'static str, &'static str, Vec<u8>, &'static str);

fn row(
    id: impl Into<String>,
    comment: &'static str,
    flag: &'static str,
    message: Vec<u8>,
    outcome: &'static str,
) -> FaultyMessage {
    (id.into(), comment, flag, message, outcome)
}

#[rustfmt::skip] // a row stays a line
const MALFORMED: &str = "malformed-message";
#[rustfmt::skip] // a row stays a line
const BAD_ELEMENT: &str = "bad-element";
#[rustfmt::skip] // a row stays a line
const WRONG_CODE: &str = "wrong-code";

impl Faults<'_> {
    fn refuse(
        &self,
        family: &mut Builder,
        name: &str,
        clause: &str,
        input: &Value,
        rows: Vec<FaultyMessage>,
    ) {
        for (id, comment, flag, message, outcome) in rows {
            let mut input = input.clone();
            input[name] = parts(message);
            let control = format!("usual-{name}");
            family.refuse(
                &format!("{name}-{id}"),
                comment,
                (clause, flag),
                input,
                outcome,
                &control,
            );
        }
    }

    #[rustfmt::skip] // a row stays a line
    fn offers(&self, family: &mut Builder) {
        let offer = &self.exchange.offer;
        let mut own = self.exchange.answer_message.clone();
        own[0] = Role::Initiator.side_byte();
        let guess = derive::encode(Role::Initiator.mask() * self.exchange.w);
        let rows = vec![
            row("empty", "No bytes", "Length", Vec::new(), MALFORMED),
            row("32-bytes", "32 bytes: the element without its side byte", "Length", offer[1..].to_vec(), MALFORMED),
            row("34-bytes", "34 bytes", "Length", [&offer[..], &[0]].concat(), MALFORMED),
            row("64-bytes", "64 bytes, the most that an offer's cell holds", "Length", [&offer[..], &[0; 31]].concat(), MALFORMED),
            row("wrong-side", "The receiver's side byte", "Element", [&[0x42], &offer[1..]].concat(), BAD_ELEMENT),
            row("identity", "The identity element", "Element", self.element(Role::Initiator, 0), BAD_ELEMENT),
            row("low-order", "A point of order 8", "Element", self.element(Role::Initiator, 1), BAD_ELEMENT),
            row("reflected", "The receiver's own element behind the initiator's byte", "Element", own, BAD_ELEMENT),
            row("right-guess", "w·M: Z is the identity", "Element", derive::message(Role::Initiator, guess), BAD_ELEMENT),
            row("length-before-element", "34 bytes of zero: a wrong length and a wrong element", "Order", vec![0; 34], MALFORMED),
        ];
        self.refuse(family, "offer", "SEAL-5", &self.exchange.receiver(), rows);
    }

    fn element(&self, role: Role, torsion: usize) -> Vec<u8> {
        derive::message(role, derive::encode(EIGHT_TORSION[torsion]))
    }

    #[rustfmt::skip] // a row stays a line
    fn answers(&self, family: &mut Builder) {
        let exchange = self.exchange;
        let answer = &exchange.answer;
        let sealed = &answer[33..];
        let mut rows = vec![row("wrong-side", "The initiator's side byte", "Element", [&[0x41], &answer[1..]].concat(), BAD_ELEMENT)];
        for (id, comment, torsion) in [
            ("identity", "The identity element", 0),
            ("low-order", "A point of order 8", 1),
            ("order-2", "The point of order 2", 4),
        ] {
            rows.push(row(id, comment, "Element", [&self.element(Role::Receiver, torsion)[..], sealed].concat(), BAD_ELEMENT));
        }
        rows.push(row("reflected", "The initiator's own element behind the receiver's byte", "Element", [&[0x42], &exchange.offer[1..], sealed].concat(), BAD_ELEMENT));
        let guess = derive::message(Role::Receiver, derive::encode(Role::Receiver.mask() * exchange.w));
        rows.push(row("right-guess", "w·N: Z is the identity", "Element", [&guess[..], sealed].concat(), BAD_ELEMENT));
        let identity = self.element(Role::Receiver, 0);
        rows.push(row("length-before-element", "A wrong length and the identity element", "Order", [&identity[..], &sealed[1..]].concat(), MALFORMED));
        rows.push(row("element-before-seal", "The identity element and a seal of zeros", "Order", [&identity[..], &[0; 272]].concat(), BAD_ELEMENT));
        for (id, comment, flag, sealed, outcome) in self.sealed(&exchange.schedule.receiver_blob, &exchange.schedule.initiator_blob, sealed, &exchange.padded_receiver_blob) {
            rows.push((id, comment, flag, exchange.answer_with(&sealed), outcome));
        }
        rows.push(row("empty", "No bytes", "Length", Vec::new(), MALFORMED));
        rows.push(row("32-bytes", "32 bytes: shorter than an element", "Length", answer[..32].to_vec(), MALFORMED));
        self.refuse(family, "answer", "SEAL-6", &exchange.initiator(), rows);
        let contexts = self.contexts().into_iter().map(|(id, comment, schedule)| {
            let sealed = derive::seal(&schedule.receiver_blob, &schedule.th, &exchange.padded_receiver_blob);
            row(id, comment, "OtherContext", exchange.answer_with(&sealed), WRONG_CODE)
        });
        self.refuse(family, "answer", "KEY-1", &exchange.initiator(), contexts.collect());
    }

    /// Faults of a sealed blob, alike in answer and finish.
    #[rustfmt::skip] // a row stays a line
    fn sealed(&self, key: &[u8], other_key: &[u8], sealed: &[u8], padded: &[u8]) -> Vec<FaultyMessage> {
        let keys = &self.exchange.schedule;
        let seal = |plaintext: &[u8]| derive::seal(key, &keys.th, plaintext);
        let flip = |at: usize| {
            let mut sealed = sealed.to_vec();
            sealed[at] ^= 1;
            sealed
        };
        let end = |bytes: &[u8], length: usize| {
            let mut bytes = bytes.to_vec();
            bytes.resize(length, 0);
            bytes
        };
        vec![
            row("no-seal", "No seal at all", "Length", Vec::new(), MALFORMED),
            row("seal-of-nothing", "A seal of nothing: 16 bytes", "Length", seal(b""), MALFORMED),
            row("one-byte-less", "One byte less", "Length", sealed[..sealed.len() - 1].to_vec(), MALFORMED),
            row("one-byte-more", "One byte more", "Length", [sealed, &[0]].concat(), MALFORMED),
            row("255-sealed", "255 bytes sealed well: no bucket", "Length", seal(&padded[..255]), MALFORMED),
            row("128-sealed", "128 bytes sealed well: no bucket", "Length", seal(&padded[..128]), MALFORMED),
            row("384-sealed", "384 bytes sealed well: between two buckets", "Length", seal(&end(padded, 384)), MALFORMED),
            row("first-bit", "The first bit of the ciphertext changed", "Tampered", flip(0), WRONG_CODE),
            row("last-byte", "A bit of the last byte changed", "Tampered", flip(sealed.len() - 1), WRONG_CODE),
            row("all-zeros", "A seal of zeros", "Tampered", vec![0; sealed.len()], WRONG_CODE),
            row("other-bucket-unsealed", "A seal of zeros in the next bucket", "Tampered", vec![0; 512 + 16], WRONG_CODE),
            row("key-of-the-other-blob", "Sealed under the key of the other blob", "OtherKey", derive::seal(other_key, &keys.th, padded), WRONG_CODE),
            row("key-of-the-receipt", "Sealed under the key of the receipt", "OtherKey", derive::seal(&keys.receipt, &keys.th, padded), WRONG_CODE),
            row("key-of-the-exporter", "Sealed under the exporter's key", "OtherKey", derive::seal(&keys.exporter, &keys.th, padded), WRONG_CODE),
            row("key-is-prk", "Sealed under PRK itself", "OtherKey", derive::seal(&keys.prk, &keys.th, padded), WRONG_CODE),
            row("key-is-k", "Sealed under K itself", "OtherKey", derive::seal(&self.exchange.k, &keys.th, padded), WRONG_CODE),
            row("padding-zeros", "Zeros sealed well", "Padding", seal(&[0; 256]), MALFORMED),
            row("padding-no-80", "A blob and zeros, without 80, sealed well", "Padding", seal(&end(b"blob", 256)), MALFORMED),
            row(
                "padding-not-zero",
                "A byte after 80 that is not zero",
                "Padding",
                seal(&{
                    let mut bytes = end(b"blob\x80", 256);
                    bytes[200] = 1;
                    bytes
                }),
                MALFORMED,
            ),
            row("padding-next-bucket", "The next larger bucket, sealed well", "Padding", seal(&end(padded, 512)), MALFORMED),
            row("seal-before-padding", "Zeros, under another key: two faults", "Order", derive::seal(other_key, &keys.th, &[0; 256]), WRONG_CODE),
        ]
    }

    /// Peers that derive their keys almost as the specification says.
    #[rustfmt::skip] // a row stays a line
    fn contexts(&self) -> Vec<(&'static str, &'static str, Schedule)> {
        let exchange = self.exchange;
        let k = &exchange.k;
        let appid = &exchange.inputs.appid[..];
        let hex_appid = wormhole_sync::values::hex::encode(appid);
        let (offer, answer) = (&exchange.offer[..], &exchange.answer_message[..]);
        let (version, mode) = (&b"wormhole-sync/1"[..], &b"transcribe"[..]);
        let four_bytes = exchange.inputs.channel.to_be_bytes();
        let z = exchange.z;
        let (x, y) = (element_of(offer), element_of(answer));
        let password = exchange.password.as_bytes();
        let no_identities = derive::pake_key(password, ("", ""), x, y, z);
        let swapped_identities = derive::pake_key(password, (IDENTITIES.1, IDENTITIES.0), x, y, z);
        let with_code = derive::pake_key(exchange.code().as_bytes(), IDENTITIES, x, y, z);
        let schedule = Schedule::new;
        let fields: [&[u8]; 6] = [version, mode, appid, b"7", offer, answer];
        vec![
            ("other-mode", "The peer is in another mode", schedule(k, &[version, b"scan", appid, b"7", offer, answer])),
            ("other-version", "The peer speaks another version", schedule(k, &[b"wormhole-sync/2", mode, appid, b"7", offer, answer])),
            ("channel-leading-zero", "The channel id with a leading zero", schedule(k, &[version, mode, appid, b"07", offer, answer])),
            ("channel-as-number", "The channel id as four bytes", schedule(k, &[version, mode, appid, &four_bytes, offer, answer])),
            ("appid-as-hex", "The appid's hex instead of its bytes", schedule(k, &[version, mode, hex_appid.as_bytes(), b"7", offer, answer])),
            ("messages-swapped", "Offer and answer message swapped", schedule(k, &[version, mode, appid, b"7", answer, offer])),
            ("elements-alone", "Elements without their side bytes", schedule(k, &[version, mode, appid, b"7", &offer[1..], &answer[1..]])),
            ("whole-answer", "The whole answer instead of its first 33 bytes", schedule(k, &[version, mode, appid, b"7", offer, &exchange.answer])),
            ("no-identities", "K with empty identities", schedule(&no_identities, &fields)),
            ("identities-swapped", "K with the identities swapped", schedule(&swapped_identities, &fields)),
            ("password-is-code", "K over the whole code, channel id included", schedule(&with_code, &fields)),
        ]
    }

    fn other_exchanges(&self, family: &mut Builder) {
        let exchange = self.exchange;
        let other = self.sources.seeds.scalar("another initiator pake_scalar");
        for (id, comment, name, value) in [
            (
                "words",
                "One word is another one",
                "words",
                json!("crossover-aardvark"),
            ),
            (
                "more-words",
                "A third word",
                "words",
                json!("crossover-clockwork-crossover"),
            ),
            ("channel", "Another channel", "channel", json!(8)),
            (
                "channel-longer",
                "A channel id that begins alike",
                "channel",
                json!(70),
            ),
            ("appid", "Another appid", "appid", hex("example.com/app2")),
            (
                "appid-longer",
                "An appid that begins alike",
                "appid",
                hex("example.com/app10"),
            ),
            (
                "scalar",
                "Another scalar: the answer to another offer",
                "pake_scalar",
                hex(other.to_bytes()),
            ),
        ] {
            let mut input = exchange.initiator();
            input[name] = value;
            family.refuse(
                &format!("answer-other-{id}"),
                comment,
                ("SEAL-6 KEY-1", "OtherExchange"),
                input,
                WRONG_CODE,
                "usual-answer",
            );
        }
    }

    #[rustfmt::skip] // a row stays a line
    fn finishes(&self, family: &mut Builder) {
        let exchange = self.exchange;
        let keys = &exchange.schedule;
        let mut input = exchange.receiver();
        input["finish"] = hex(&exchange.finish);
        let mut rows = self.sealed(&keys.initiator_blob, &keys.receiver_blob, &exchange.finish, &exchange.padded_initiator_blob);
        rows.push(row("reflected", "The receiver's own seal comes back", "OtherKey", exchange.answer[33..].to_vec(), WRONG_CODE));
        rows.push(row("whole-answer", "The receiver's own answer comes back", "Length", exchange.answer.clone(), MALFORMED));
        self.refuse(family, "finish", "SEAL-7", &input, rows);
    }

    #[rustfmt::skip] // a row stays a line
    fn receipts(&self, family: &mut Builder) {
        let exchange = self.exchange;
        let keys = &exchange.schedule;
        let mut changed = exchange.receipt.clone();
        changed[0] ^= 1;
        for (id, comment, receipt) in [
            ("empty", "No bytes", Vec::new()),
            ("15-bytes", "A receipt without its last byte", exchange.receipt[..15].to_vec()),
            ("17-bytes", "A receipt with a byte more", [&exchange.receipt[..], &[0]].concat()),
            ("tampered", "A bit changed", changed),
            ("zeros", "16 bytes of zero", vec![0; 16]),
            ("of-one-byte", "A seal of one byte under the receipt's key", derive::seal(&keys.receipt, &keys.th, &[0])),
            ("of-padded-nothing", "A seal of an empty blob, padded, under the receipt's key", derive::seal(&keys.receipt, &keys.th, &derive::pad(b""))),
            ("receiver-blob-key", "A seal of nothing under the key of the receiver's blob", derive::seal(&keys.receiver_blob, &keys.th, b"")),
            ("initiator-blob-key", "A seal of nothing under the key of the initiator's blob", derive::seal(&keys.initiator_blob, &keys.th, b"")),
            ("no-associated-data", "A seal of nothing without associated data", derive::seal(&keys.receipt, b"", b"")),
            ("finish-back", "The initiator's own finish comes back", exchange.finish.clone()),
            ("tag-of-the-answer", "The tag of the answer", exchange.answer[exchange.answer.len() - 16..].to_vec()),
        ] {
            let mut input = exchange.initiator();
            input["receipt"] = hex(receipt);
            family.accept(&format!("receipt-{id}"), &format!("{comment}: no receipt"), ("SEAL-8 INIT-5", "Receipt"), input, json!({"delivered": false}));
        }
    }
}

/// The 32 bytes of an element, from its message.
fn element_of(message: &[u8]) -> [u8; 32] {
    message[1..33]
        .try_into()
        .expect("33 bytes without the first are 32")
}
