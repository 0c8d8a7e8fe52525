//! `key-schedule`: from K to the five keys (section 6).

use serde_json::json;

use super::Sources;
use crate::suites::vectors::builder::BugType::{Basic, EdgeCase, Malleability};
use crate::suites::vectors::builder::Builder;
use crate::suites::vectors::bytes::hex;
use crate::suites::vectors::derive::{self, Role, Schedule, VERSION_AND_MODE};
use crate::suites::vectors::file::Family;

pub(super) fn build(sources: &Sources) -> Result<Family, String> {
    let mut family = Builder::new(
        "key-schedule",
        2,
        &sources.seeds,
        "The key schedule: context, th, PRK and five keys",
    );
    family.note(
        "Usual",
        Basic,
        "As in real use.",
        "Peers make different keys, and every exchange ends as wrong-code.",
    );
    family.note(
        "Bound",
        EdgeCase,
        "The shortest and longest fields.",
        "Exchanges of some applications or channels fail.",
    );
    family.note("Fields", Malleability, "Bytes that would mean the same if fields were joined without their lengths, or appids were taken as text.", "Two different exchanges have one context: promise 3 (agreement) is broken.");
    family.op("key-schedule");
    let schedules = Schedules { sources };
    let usual = b"example.com/app1";
    schedules.add(
        &mut family,
        "usual",
        "A usual appid and channel",
        "Usual",
        usual,
        7,
    );
    schedules.add(
        &mut family,
        "other-key",
        "The same with another K and other elements",
        "Usual",
        usual,
        7,
    );
    for (id, comment, appid) in [
        ("appid-1-byte", "An appid of 1 byte", &b"a"[..]),
        ("appid-128-bytes", "An appid of 128 bytes", &[b'a'; 128]),
        ("appid-zero", "An appid of one byte of zero", b"\0"),
    ] {
        schedules.add(&mut family, id, comment, "Bound", appid, 7);
    }
    for channel in [1, 9, 10, 99, 100, 12_345_678, 999_999_999] {
        schedules.add(
            &mut family,
            &format!("channel-{channel}"),
            &format!("Channel {channel}"),
            "Bound",
            usual,
            channel,
        );
    }
    for (id, comment, appid, channel) in [
        (
            "joined-a1-1",
            "Appid a1 and channel 1: joined without lengths, a11",
            &b"a1"[..],
            1,
        ),
        (
            "joined-a-11",
            "Appid a and channel 11: joined without lengths, a11, too",
            b"a",
            11,
        ),
        (
            "joined-lengths",
            "An appid that itself looks like a field and the next one's length",
            b"a\0\x017\0\x21",
            7,
        ),
        (
            "appid-hex",
            "An appid that is the hex of the usual one",
            b"6578616d706c652e636f6d2f61707031",
            7,
        ),
        (
            "appid-uppercase",
            "An appid in uppercase",
            b"EXAMPLE.COM/APP1",
            7,
        ),
        (
            "appid-not-utf8",
            "An appid that is not UTF-8",
            b"\xff\xfe\x80",
            7,
        ),
        (
            "appid-mode",
            "An appid that is the name of the mode",
            b"transcribe",
            7,
        ),
    ] {
        schedules.add(&mut family, id, comment, "Fields", appid, channel);
    }
    family.finish(&sources.spec)
}

struct Schedules<'a> {
    sources: &'a Sources,
}

impl Schedules<'_> {
    fn add(
        &self,
        family: &mut Builder,
        id: &str,
        comment: &str,
        flag: &str,
        appid: &[u8],
        channel: u32,
    ) {
        let label = if id == "other-key" { "other" } else { "usual" };
        let seeds = &self.sources.seeds;
        let key: [u8; 32] = seeds.array(&format!("key-schedule K {label}"));
        let message = |role: Role| {
            let scalar = seeds.scalar(&format!("key-schedule {} {label}", role.name()));
            derive::message(role, derive::element(role, scalar, scalar))
        };
        let (offer, answer_message) = (message(Role::Initiator), message(Role::Receiver));
        let [version, mode] = VERSION_AND_MODE;
        let number = channel.to_string();
        let keys = Schedule::new(
            &key,
            &[
                version,
                mode,
                appid,
                number.as_bytes(),
                &offer,
                &answer_message,
            ],
        );
        let input = json!({
            "K": hex(key),
            "appid": hex(appid),
            "channel": channel,
            "offer": hex(&offer),
            "answer_message": hex(&answer_message),
        });
        let ok = json!({
            "context": hex(&keys.context),
            "th": hex(keys.th),
            "PRK": hex(&keys.prk),
            "key_receiver_blob": hex(&keys.receiver_blob),
            "key_initiator_blob": hex(&keys.initiator_blob),
            "key_receipt": hex(&keys.receipt),
            "key_verifier": hex(&keys.verifier),
            "key_exporter": hex(&keys.exporter),
        });
        family.accept(id, comment, ("KEY-1 VER-1 VER-2", flag), input, ok);
    }
}
