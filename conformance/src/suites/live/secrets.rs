//! The secrets of a run, and the search for them in what a client sends and logs (RAND-2, CODE-9).
//!
//! Only values of 64 bits and more and whole codes are looked for: shorter ones occur by chance.

use wormhole_sync::values::hex;

use super::play::Played;
use super::seen::Seen;

/// A text in one of the alphabets of base64.
fn encoded(alphabet: &impl base64::Engine, text: impl AsRef<[u8]>) -> String {
    alphabet.encode(text)
}

/// A secret with its name for people.
#[derive(Debug)]
pub(crate) struct Secret {
    pub(crate) name: &'static str,
    bytes: Vec<u8>,
}

/// The words of the run's code, and the code, as programs write them.
pub(crate) fn code(played: &Played) -> Vec<Secret> {
    let code = played.world.codes.first().cloned();
    let code = code.unwrap_or_else(|| played.script.code());
    let Some((_, words)) = code.split_once('-') else {
        return Vec::new();
    };
    let forms =
        ["-", " ", "_", "", ",", "+", "%20", "\",\""].map(|joint| words.replace('-', joint));
    forms
        .into_iter()
        .map(|text| Secret {
            name: "the words of the code",
            bytes: text.into_bytes(),
        })
        .collect()
}

/// Both blobs, as far as they are long enough.
pub(crate) fn blobs(played: &Played) -> Vec<Secret> {
    let own = ("the client's blob", &played.script.blob);
    let peers = ("the peer's blob", &played.script.peer_blob);
    [own, peers]
        .into_iter()
        .filter(|(_, bytes)| bytes.len() >= 8)
        .map(|(name, bytes)| Secret {
            name,
            bytes: bytes.clone(),
        })
        .collect()
}

/// All that both sides computed.
pub(crate) fn keys(played: &Played) -> Vec<Secret> {
    let Some(agreement) = &played.world.agreement else {
        return Vec::new();
    };
    let schedule = &agreement.schedule;
    let named: [(&'static str, &[u8]); 8] = [
        ("Z", &agreement.z),
        ("K", &agreement.k),
        ("PRK", &schedule.prk),
        ("key_receiver-blob", &schedule.receiver_blob),
        ("key_initiator-blob", &schedule.initiator_blob),
        ("key_receipt", &schedule.receipt),
        ("key_verifier", &schedule.verifier),
        ("key_exporter", &schedule.exporter),
    ];
    let mut all: Vec<Secret> = named
        .into_iter()
        .map(|(name, bytes)| Secret {
            name,
            bytes: bytes.to_vec(),
        })
        .collect();
    all.push(Secret {
        name: "the exported key",
        bytes: super::judge::export_of(&schedule.exporter),
    });
    // A whole program shows the verifier to its user on standard error.
    if !played.hello.is_outside() {
        let shown = super::words::words(schedule.verifier.get(..8).unwrap_or_default());
        all.push(Secret {
            name: "the verifier",
            bytes: shown.join(" ").into_bytes(),
        });
    }
    all
}

/// The side, which belongs in `Authorization` and nowhere else.
pub(crate) fn side(played: &Played) -> Vec<Secret> {
    side_of(played.world.seen.first())
        .map(|bytes| Secret {
            name: "the side",
            bytes,
        })
        .into_iter()
        .collect()
}

/// The side of a request.
pub(crate) fn side_of(seen: Option<&Seen>) -> Option<Vec<u8>> {
    let header = seen?.request.header("authorization");
    let (_, side) = header.first()?.split_once(' ')?;
    hex::decode(side.as_bytes()).ok()
}

/// A request as one text, without its `Authorization`.
pub(crate) fn text_of(seen: &Seen) -> Vec<u8> {
    let request = &seen.request;
    let mut text = format!("{} {}\n", request.method, request.target).into_bytes();
    for (name, value) in &request.headers {
        if name != "authorization" {
            text.extend(format!("{name}: {value}\n").into_bytes());
        }
    }
    text.extend(&request.body);
    text
}

/// The name of the first of the secrets that is in a text, in any usual form.
pub(crate) fn found(secrets: &[Secret], text: &[u8]) -> Option<&'static str> {
    let small = text.to_ascii_lowercase();
    let hit = |secret: &&Secret| {
        let Secret { bytes, .. } = secret;
        let hex = hex::encode(bytes).into_bytes();
        let numbers: Vec<String> = bytes.iter().map(u8::to_string).collect();
        let joined = |joint: &str| numbers.join(joint).into_bytes();
        holds(&small, &bytes.to_ascii_lowercase())
            || holds(text, bytes)
            || holds(&small, &hex)
            || [joined(","), joined(", ")]
                .iter()
                .any(|list| holds(text, list))
            || base64(bytes).iter().any(|part| holds(text, part))
    };
    secrets.iter().find(hit).map(|secret| secret.name)
}

fn holds(text: &[u8], part: &[u8]) -> bool {
    !part.is_empty() && text.windows(part.len()).any(|window| window == part)
}

/// The digits that these bytes alone decide on, at each place that they can have in a longer text.
fn base64(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for (before, begun) in [(0, 0), (1, 2), (2, 3)] {
        let text = [&[0; 2][..before], bytes].concat();
        // The last digit may depend on what follows.
        let end = text.len() * 8 / 6;
        for coded in [
            encoded(&base64::prelude::BASE64_STANDARD_NO_PAD, &text),
            encoded(&base64::prelude::BASE64_URL_SAFE_NO_PAD, &text),
        ] {
            all.extend(coded.as_bytes().get(begun..end).map(<[u8]>::to_vec));
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_found_in_each_form_and_place() {
        let bytes = b"crossover-clockwork".to_vec();
        let secrets = [Secret {
            name: "it",
            bytes: bytes.clone(),
        }];
        let mut texts = vec![
            b"x Crossover-Clockwork x".to_vec(),
            hex::encode(&bytes).into_bytes(),
            hex::encode(&bytes).to_uppercase().into_bytes(),
            format!("{bytes:?}").into_bytes(),
        ];
        for before in ["", "a", "ab", "abc"] {
            let text = format!("{before}crossover-clockwork and more");
            texts.push(encoded(&base64::prelude::BASE64_STANDARD_NO_PAD, text).into_bytes());
        }
        for text in &texts {
            let text = [b"before ", text.as_slice(), b" after"].concat();
            assert_eq!(found(&secrets, &text), Some("it"));
        }
        assert_eq!(found(&secrets, b"crossover clockwork"), None);
    }
}
