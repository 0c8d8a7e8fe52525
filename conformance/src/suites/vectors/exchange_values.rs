//! A whole exchange with every value in it.

use curve25519_dalek::scalar::Scalar;
use serde_json::{Value, json};

use super::bytes::{hex, parts};
use super::derive::{self, IDENTITIES, Role, Schedule, VERSION_AND_MODE};
use super::word_lists::WordLists;
use crate::subject::adapter::Members;
use crate::suites::vectors::builder::object;

/// The inputs of an exchange: those of both people and the relay's channel id.
#[derive(Debug, Clone)]
pub(crate) struct Inputs {
    pub(crate) appid: Vec<u8>,
    pub(crate) channel: u32,
    /// The named value `words`.
    pub(crate) words: Vec<u8>,
    pub(crate) x: Scalar,
    pub(crate) y: Scalar,
    pub(crate) initiator_blob: Vec<u8>,
    pub(crate) receiver_blob: Vec<u8>,
}

/// The values of an exchange, from the password to the receipt.
#[derive(Debug, Clone)]
pub(crate) struct ExchangeValues {
    pub(crate) inputs: Inputs,
    /// The words as shown, which are the password.
    pub(crate) password: String,
    pub(crate) w: Scalar,
    pub(crate) offer: Vec<u8>,
    pub(crate) answer_message: Vec<u8>,
    pub(crate) z: [u8; 32],
    pub(crate) k: [u8; 32],
    pub(crate) schedule: Schedule,
    pub(crate) verifier: Vec<String>,
    pub(crate) padded_receiver_blob: Vec<u8>,
    pub(crate) answer: Vec<u8>,
    pub(crate) padded_initiator_blob: Vec<u8>,
    pub(crate) finish: Vec<u8>,
    pub(crate) receipt: Vec<u8>,
}

impl ExchangeValues {
    /// Computes all values from the inputs.
    pub(crate) fn new(inputs: Inputs, lists: &WordLists) -> Self {
        let password = lists.shown(&inputs.words).join("-");
        let w = derive::password_scalar(password.as_bytes());
        let x = derive::element(Role::Initiator, inputs.x, w);
        let y = derive::element(Role::Receiver, inputs.y, w);
        // Both sides' formulas give the same Z; here it is computed from x and y, as neither side
        // can.
        let z = derive::encode(curve25519_dalek::EdwardsPoint::mul_base(
            &(inputs.x * inputs.y),
        ));
        let k = derive::pake_key(password.as_bytes(), IDENTITIES, x, y, z);
        let offer = derive::message(Role::Initiator, x);
        let answer_message = derive::message(Role::Receiver, y);
        let [version, mode] = VERSION_AND_MODE;
        let channel = inputs.channel.to_string();
        let fields = [
            version,
            mode,
            &inputs.appid,
            channel.as_bytes(),
            &offer,
            &answer_message,
        ];
        let schedule = Schedule::new(&k, &fields);
        let verifier = lists.shown(&schedule.verifier[..8]);
        let padded_receiver_blob = derive::pad(&inputs.receiver_blob);
        let padded_initiator_blob = derive::pad(&inputs.initiator_blob);
        let th = &schedule.th;
        let seal = derive::seal(&schedule.receiver_blob, th, &padded_receiver_blob);
        Self {
            answer: [answer_message.as_slice(), &seal].concat(),
            finish: derive::seal(&schedule.initiator_blob, th, &padded_initiator_blob),
            receipt: derive::seal(&schedule.receipt, th, b""),
            inputs,
            password,
            w,
            offer,
            answer_message,
            z,
            k,
            schedule,
            verifier,
            padded_receiver_blob,
            padded_initiator_blob,
        }
    }

    /// The code, as shown.
    pub(crate) fn code(&self) -> String {
        format!("{}-{}", self.inputs.channel, self.password)
    }

    /// The receiver's element with another sealed part behind it.
    pub(crate) fn answer_with(&self, sealed: &[u8]) -> Vec<u8> {
        [self.answer_message.as_slice(), sealed].concat()
    }

    /// The input of `read-offer`. The input of `read-finish` has one member more.
    pub(crate) fn receiver(&self) -> Value {
        json!({
            "words": self.password,
            "pake_scalar": hex(self.inputs.y.to_bytes()),
            "appid": hex(&self.inputs.appid),
            "channel": self.inputs.channel,
            "offer": hex(&self.offer),
            "blob": parts(&self.inputs.receiver_blob),
        })
    }

    /// The input of `read-answer`. The input of `read-receipt` has one member more.
    pub(crate) fn initiator(&self) -> Value {
        json!({
            "words": self.password,
            "pake_scalar": hex(self.inputs.x.to_bytes()),
            "appid": hex(&self.inputs.appid),
            "channel": self.inputs.channel,
            "answer": hex(&self.answer),
            "blob": parts(&self.inputs.initiator_blob),
        })
    }

    /// The values between input and result, in the order in which they come to be.
    pub(crate) fn intermediate(&self) -> Members {
        let keys = &self.schedule;
        object(json!({
            "password": self.password,
            "w": hex(self.w.to_bytes()),
            "x": hex(self.inputs.x.to_bytes()),
            "y": hex(self.inputs.y.to_bytes()),
            "offer": hex(&self.offer),
            "answer_message": hex(&self.answer_message),
            "Z": hex(self.z),
            "K": hex(self.k),
            "context": hex(&keys.context),
            "th": hex(keys.th),
            "PRK": hex(&keys.prk),
            "key_receiver_blob": hex(&keys.receiver_blob),
            "key_initiator_blob": hex(&keys.initiator_blob),
            "key_receipt": hex(&keys.receipt),
            "key_verifier": hex(&keys.verifier),
            "key_exporter": hex(&keys.exporter),
            "verifier": self.verifier.join(" "),
            "padded_receiver_blob": parts(&self.padded_receiver_blob),
            "padded_initiator_blob": parts(&self.padded_initiator_blob),
        }))
    }
}
