//! `padding`: blobs padded to their buckets, and unpadded (section 7.1).

use serde_json::{Value, json};

use super::Sources;
use crate::suites::vectors::builder::BugType::{Basic, EdgeCase, Malleability};
use crate::suites::vectors::builder::Builder;
use crate::suites::vectors::bytes::parts;
use crate::suites::vectors::derive;
use crate::suites::vectors::file::Family;

pub(super) fn build(sources: &Sources) -> Result<Family, String> {
    let mut family = Builder::new("padding", 3, &sources.seeds, "Padding to buckets, and back");
    family.note(
        "Usual",
        Basic,
        "A blob somewhere in its bucket.",
        "The peer refuses the message.",
    );
    family.note(
        "Bucket",
        EdgeCase,
        "A blob that just fits, or just does not.",
        "Blobs of some lengths are refused, or their length shows.",
    );
    family.note(
        "Contents",
        Basic,
        "A blob that looks like padding.",
        "Blobs lose their last bytes.",
    );
    family.note(
        "OneForm",
        Malleability,
        "A blob has one padded form only.",
        "A peer hides something in the padding, or two implementations read two blobs.",
    );
    family.op("pad");
    pads(&mut family);
    family.op("unpad");
    unpads(&mut family);
    family.finish(&sources.spec)
}

fn blobs() -> Vec<(String, String, &'static str, Vec<u8>)> {
    let mut blobs = vec![
        (
            "empty".to_owned(),
            "No bytes".to_owned(),
            "Bucket",
            Vec::new(),
        ),
        (
            "usual".to_owned(),
            "A text".to_owned(),
            "Usual",
            b"correct horse battery staple".to_vec(),
        ),
        (
            "80".to_owned(),
            "One byte 80, as the padding begins".to_owned(),
            "Contents",
            vec![0x80],
        ),
        (
            "00".to_owned(),
            "One byte of zero".to_owned(),
            "Contents",
            vec![0],
        ),
        (
            "80-00-00".to_owned(),
            "Bytes that are themselves a padding".to_owned(),
            "Contents",
            vec![0x80, 0, 0],
        ),
        (
            "256-zeros".to_owned(),
            "256 bytes of zero: as long as a bucket".to_owned(),
            "Contents",
            vec![0; 256],
        ),
    ];
    for bucket in [256usize, 512, 1024, 2048, 4096, 8192, 16_384, 32_768] {
        for length in [bucket - 1, bucket] {
            let comment = format!(
                "{length} bytes: {} {bucket}",
                if length < bucket {
                    "the most that fits into"
                } else {
                    "one too many for"
                }
            );
            blobs.push((
                format!("{length}-bytes"),
                comment,
                "Bucket",
                vec![0x2e; length],
            ));
        }
    }
    blobs.push((
        "65535-bytes".to_owned(),
        "65 535 bytes: the longest blob".to_owned(),
        "Bucket",
        vec![0x2e; 65_535],
    ));
    blobs
}

fn pads(family: &mut Builder) {
    for (id, comment, flag, blob) in blobs() {
        let (input, ok) = (
            json!({"blob": parts(&blob)}),
            json!({"padded": parts(derive::pad(&blob))}),
        );
        family.accept(&format!("pad-{id}"), &comment, ("SEAL-1", flag), input, ok);
    }
    for length in [65_536, 65_537, 131_072] {
        let input = json!({"blob": parts(vec![0x2e; length])});
        family.refuse(
            &format!("pad-{length}-bytes"),
            &format!("{length} bytes"),
            ("BLOB-1", "Bucket"),
            input,
            "blob-too-large",
            "pad-65535-bytes",
        );
    }
}

fn unpads(family: &mut Builder) {
    for (id, comment, flag, blob) in blobs() {
        let (input, ok) = (
            json!({"padded": parts(derive::pad(&blob))}),
            json!({"blob": parts(&blob)}),
        );
        family.accept(
            &format!("unpad-{id}"),
            &comment,
            ("SEAL-2", flag),
            input,
            ok,
        );
    }
    let padded = |blob: &[u8], end: &[u8], length: usize| -> Vec<u8> {
        let mut bytes = [blob, end].concat();
        bytes.resize(length, 0);
        bytes
    };
    let text = b"correct horse battery staple";
    let mut last = derive::pad(text);
    last[255] = 1;
    for (id, comment, bytes) in [
        ("zeros", "Zeros alone: there is no 80", vec![0; 256]),
        (
            "no-80",
            "A blob and zeros, without 80",
            padded(text, &[], 256),
        ),
        (
            "01",
            "01 instead of 80, as in some other paddings",
            padded(text, &[1], 256),
        ),
        ("81", "81 instead of 80", padded(text, &[0x81], 256)),
        ("ff", "ff instead of 80", padded(text, &[0xff], 256)),
        (
            "01-after-zeros",
            "A byte that is not zero at the very end",
            last,
        ),
        ("pkcs7", "The padding of PKCS #7", {
            let count = 256 - text.len();
            [
                text.to_vec(),
                vec![u8::try_from(count).expect("at most 255 bytes are missing"); count],
            ]
            .concat()
        }),
        (
            "too-large-a-bucket",
            "The next larger bucket",
            padded(text, &[0x80], 512),
        ),
        (
            "largest-bucket",
            "The largest bucket for a short blob",
            padded(text, &[0x80], 65_536),
        ),
        (
            "bucket-255",
            "255 bytes: no bucket",
            padded(text, &[0x80], 255),
        ),
        (
            "bucket-257",
            "257 bytes: no bucket",
            padded(text, &[0x80], 257),
        ),
        (
            "bucket-384",
            "384 bytes: between two buckets",
            padded(&[0x2e; 300], &[0x80], 384),
        ),
        (
            "bucket-128",
            "128 bytes: a power of two, and no bucket",
            padded(text, &[0x80], 128),
        ),
        ("80-alone", "One byte 80", vec![0x80]),
        ("nothing", "No bytes", Vec::new()),
        (
            "bucket-131072",
            "131 072 bytes: one power of two more than there are buckets",
            padded(&[0x2e; 65_536], &[0x80], 131_072),
        ),
    ] {
        let input = |bytes: &[u8]| -> Value { json!({"padded": parts(bytes)}) };
        family.refuse(
            &format!("unpad-{id}"),
            comment,
            ("SEAL-2", "OneForm"),
            input(&bytes),
            "malformed-message",
            match bytes.len() {
                0..65_536 => "unpad-usual",
                _ => "unpad-65535-bytes",
            },
        );
    }
}
