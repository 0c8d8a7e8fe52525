//! `seal`: ChaCha20-Poly1305 as the protocol uses it (section 7.2).

use serde_json::{Value, json};

use super::Sources;
use crate::suites::vectors::builder::BugType::{
    AuthBypass, Basic, EdgeCase, ModifiedParameter, WrongPrimitive,
};
use crate::suites::vectors::builder::Builder;
use crate::suites::vectors::bytes::{hex, parts};
use crate::suites::vectors::derive;
use crate::suites::vectors::file::Family;

#[rustfmt::skip] // a row stays a line
pub(super) fn build(sources: &Sources) -> Result<Family, String> {
    let mut family = Builder::new("seal", 3, &sources.seeds, "Seals: made, opened and refused");
    family.note_with_links("Usual", Basic, "ChaCha20-Poly1305 with twelve zero bytes for a nonce and th for associated data.", "Every exchange ends as wrong-code.", &["https://www.rfc-editor.org/rfc/rfc8439"]);
    family.note("Length", EdgeCase, "Lengths around the blocks of the cipher and the authenticator.", "Exchanges fail by the length of a blob.");
    family.note("Tampered", AuthBypass, "Bits changed on the way.", "The relay changes what the peer said.");
    family.note("CutOff", AuthBypass, "Bytes missing or added.", "The relay cuts messages short, or a reader crashes.");
    family.note("OtherKey", AuthBypass, "Sealed under another key or for another exchange.", "A message passes for another one.");
    family.note("OtherForm", WrongPrimitive, "The same primitive, used in another way.", "It works among implementations of one author only.");
    family.note("Swapped", ModifiedParameter, "The tag first and then the ciphertext, as some libraries give them.", "It works among implementations of one author only.");
    let test = Seals {
        key: sources.seeds.array("seal key"),
        th: sources.seeds.array("seal th"),
        sources,
    };
    test.seals(&mut family);
    test.opened(&mut family);
    test.refused(&mut family);
    family.finish(&sources.spec)
}

struct Seals<'a> {
    key: [u8; 32],
    th: [u8; 32],
    sources: &'a Sources,
}

impl Seals<'_> {
    fn plaintexts(&self) -> Vec<(String, String, &'static str, Vec<u8>)> {
        let mut all = vec![
            (
                "empty".to_owned(),
                "An empty plaintext, as of a receipt".to_owned(),
                "Usual",
                Vec::new(),
            ),
            (
                "padded-text".to_owned(),
                "A padded blob".to_owned(),
                "Usual",
                derive::pad(b"correct horse battery staple"),
            ),
        ];
        for length in [1, 15, 16, 17, 63, 64, 65, 512] {
            let plaintext = self.sources.seeds.bytes("seal plaintext", length);
            all.push((
                format!("{length}-bytes"),
                format!("{length} bytes"),
                "Length",
                plaintext,
            ));
        }
        all
    }

    fn input(&self, name: &str, value: &[u8]) -> Value {
        let mut input = json!({"key": hex(self.key), "th": hex(self.th)});
        input[name] = parts(value);
        input
    }

    fn seals(&self, family: &mut Builder) {
        family.op("seal");
        for (id, comment, flag, plaintext) in self.plaintexts() {
            let sealed = derive::seal(&self.key, &self.th, &plaintext);
            family.accept(
                &format!("seal-{id}"),
                &comment,
                ("SEAL-3", flag),
                self.input("plaintext", &plaintext),
                json!({"sealed": hex(sealed)}),
            );
        }
    }

    fn opened(&self, family: &mut Builder) {
        family.op("open");
        for (id, comment, flag, plaintext) in self.plaintexts() {
            let sealed = derive::seal(&self.key, &self.th, &plaintext);
            family.accept(
                &format!("open-{id}"),
                &comment,
                ("SEAL-3", flag),
                self.input("sealed", &sealed),
                json!({"plaintext": parts(&plaintext)}),
            );
        }
    }

    fn refuse(
        &self,
        family: &mut Builder,
        id: &str,
        comment: &str,
        flag: &str,
        sealed: &[u8],
        control: &str,
    ) {
        let clauses = "SEAL-9 SEAL-3";
        family.refuse(
            &format!("open-{id}"),
            comment,
            (clauses, flag),
            self.input("sealed", sealed),
            "wrong-code",
            &format!("open-{control}"),
        );
    }

    #[rustfmt::skip] // a row stays a line
    fn refused(&self, family: &mut Builder) {
        let text = derive::pad(b"correct horse battery staple");
        let sealed = derive::seal(&self.key, &self.th, &text);
        let tag_at = sealed.len() - 16;
        let flipped = |at: usize, mask: u8| {
            let mut sealed = sealed.clone();
            sealed[at] ^= mask;
            sealed
        };
        for (id, comment, at, mask) in [
            ("ciphertext-first-bit", "The first bit of the ciphertext changed", 0, 1),
            ("ciphertext-last-bit", "The last bit of the ciphertext changed", tag_at - 1, 0x80),
            ("tag-first-bit", "The first bit of the tag changed", tag_at, 1),
            ("tag-middle-bit", "A bit in the middle of the tag changed", tag_at + 8, 0x10),
            ("tag-last-bit", "The last bit of the tag changed", tag_at + 15, 0x80),
        ] {
            self.refuse(family, id, comment, "Tampered", &flipped(at, mask), "padded-text");
        }
        let zero_tag = [&sealed[..tag_at], &[0; 16]].concat();
        self.refuse(family, "tag-of-zeros", "A tag of zeros", "Tampered", &zero_tag, "padded-text");
        for (id, comment, sealed) in [
            ("nothing", "No bytes", Vec::new()),
            ("shorter-than-a-tag", "15 bytes: shorter than a tag", sealed[tag_at + 1..].to_vec()),
            ("tag-alone", "The tag alone", sealed[tag_at..].to_vec()),
            ("no-tag", "The ciphertext alone", sealed[..tag_at].to_vec()),
            ("one-byte-less", "The last byte missing", sealed[..sealed.len() - 1].to_vec()),
            ("one-byte-more", "A byte more", [&sealed[..], &[0]].concat()),
            ("short-tag", "A tag of 8 bytes", sealed[..tag_at + 8].to_vec()),
        ] {
            self.refuse(family, id, comment, "CutOff", &sealed, "padded-text");
        }
        let swapped = [&sealed[tag_at..], &sealed[..tag_at]].concat();
        self.refuse(family, "tag-first", "The tag before the ciphertext", "Swapped", &swapped, "padded-text");
        let other_key: [u8; 32] = self.sources.seeds.array("seal other key");
        let other_th: [u8; 32] = self.sources.seeds.array("seal other th");
        let mut nonce = [0; 12];
        nonce[11] = 1;
        for (id, comment, flag, sealed) in [
            ("other-key", "Sealed under another key", "OtherKey", derive::seal(&other_key, &self.th, &text)),
            ("other-th", "Sealed for another exchange", "OtherKey", derive::seal(&self.key, &other_th, &text)),
            ("no-associated-data", "Sealed without associated data", "OtherForm", derive::seal(&self.key, b"", &text)),
            ("nonce-1", "Sealed with a nonce of one", "OtherForm", derive::aead(&self.key, nonce, &self.th, &text)),
            ("nonce-th", "Sealed with th for a nonce, and no associated data", "OtherForm", derive::aead(&self.key, std::array::from_fn(|i| self.th[i]), b"", &text)),
            ("plaintext", "Not sealed at all", "OtherForm", [&text[..], &[0; 16]].concat()),
        ] {
            self.refuse(family, id, comment, flag, &sealed, "padded-text");
        }
        let receipt = derive::seal(&self.key, &self.th, b"");
        let mut changed = receipt.clone();
        changed[0] ^= 1;
        self.refuse(family, "empty-tampered", "A seal of nothing with a bit changed", "Tampered", &changed, "empty");
        self.refuse(family, "empty-and-a-byte", "A seal of nothing and a byte before it", "CutOff", &[&[0], &receipt[..]].concat(), "empty");
    }
}
