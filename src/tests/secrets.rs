//! Whole exchanges, good and bad, of which all output is collected. None of it contains a word of
//! the code, a blob, a key, a scalar or anything derived from them.

use std::fmt::Debug;
use std::io;
use std::sync::{Arc, Mutex, OnceLock};
use std::thread;
use std::time::Duration;

use wormhole_sync::Error;
use wormhole_sync::client::{ExchangeEvent, Hooks, Initiator, Named, Received, Receiver};
use wormhole_sync::crypto::dangerous_values::{pake_values, schedule_values};
use wormhole_sync::crypto::{KeyContext, PakeScalar};
use wormhole_sync::protocol::Outcome;
use wormhole_sync::values::{AppId, ChannelId, Code, Mode, Role, Side, Words, hex};

use crate::kit::client::Client;
use crate::kit::server::{answering, json, stored};
use crate::kit::tap::Tap;
use crate::kit::{APP, relay, with_both};

with_both!(
    no_secret_is_said_to_anybody,
    no_secret_is_in_what_a_failure_says,
);

const WORDS: [u8; 4] = [1, 2, 3, 4];
const SCALARS: [[u8; 32]; 2] = [[0x0b; 32], [0x0c; 32]];
const SIDES: [&[u8; 32]; 2] = [
    b"d00dfeedd00dfeedd00dfeedd00dfeed",
    b"beadcafebeadcafebeadcafebeadcafe",
];
const BLOBS: [&[u8]; 2] = [
    b"the initiator's own secret",
    b"what the receiver keeps to itself",
];

fn hooks(role: usize) -> Hooks {
    Hooks {
        side: Named::Fixed(Side::from_hex(SIDES[role]).unwrap()),
        words: Named::Fixed(Words::dangerously_from_bytes(&WORDS).unwrap()),
        pake_scalar: Named::Fixed(PakeScalar::dangerously_from_le_bytes(SCALARS[role]).unwrap()),
        second: Some(Duration::from_millis(20)),
    }
}

/// Collects the log lines of all exchanges of this program, those of other tests too.
fn log() -> &'static Said {
    static LOG: OnceLock<Said> = OnceLock::new();
    LOG.get_or_init(|| {
        let said = Said::default();
        let writer = said.clone();
        tracing_subscriber::fmt()
            .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .init();
        said
    })
}

impl io::Write for Said {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The collected output of all parts.
#[derive(Clone, Default)]
struct Said(Arc<Mutex<Vec<u8>>>);

impl Said {
    fn text(&self, text: &str) {
        let mut said = self.0.lock().unwrap();
        said.extend_from_slice(text.as_bytes());
        said.push(b'\n');
    }

    fn debug<T: Debug>(&self, value: T) -> T {
        self.text(&format!("{value:?} {value:#?}"));
        value
    }

    fn received(&self, received: Received) -> Received {
        self.debug(received.export_key("label", 32).unwrap());
        self.debug(received.export_key("", 32).unwrap_err());
        self.debug(received.verifier());
        self.debug(received)
    }

    fn error(&self, error: &Error) {
        self.debug(error);
        self.text(&format!("{error} {error:#} {}", error.hint()));
        let mut source = std::error::Error::source(error);
        while let Some(inner) = source {
            self.text(&format!("{inner} {inner:?}"));
            source = inner.source();
        }
        if let Some(cause) = error.cause() {
            self.text(&format!("{cause} {cause:?}"));
        }
    }

    fn events(&self) -> impl FnMut(ExchangeEvent) + Send + 'static {
        let said = self.clone();
        move |event| {
            said.debug(event);
            if let ExchangeEvent::Trouble { failure, .. } = event {
                said.text(&failure.to_string());
            }
        }
    }

    /// Checks that no secret is in the output, neither as it is nor in hex of either case.
    fn holds_none_of(&self, secrets: &[(&str, Vec<u8>)]) {
        let said = self.0.lock().unwrap();
        let lower = said.to_ascii_lowercase();
        for (name, secret) in secrets {
            let (text, list) = (hex::encode(secret), format!("{secret:?}"));
            for form in [
                secret.as_slice(),
                text.as_bytes(),
                list.trim_matches(['[', ']']).as_bytes(),
            ] {
                let form = form.to_ascii_lowercase();
                let found = lower.windows(form.len()).position(|window| window == form);
                let around = |at: usize| &said[at.saturating_sub(60)..(at + 40).min(said.len())];
                let shown = found.map(|at| String::from_utf8_lossy(around(at)).into_owned());
                assert_eq!(shown, None, "{name}");
            }
        }
    }
}

fn words(code: &Code) -> Vec<(&'static str, Vec<u8>)> {
    let code = code.reveal().to_string();
    let words = code.split('-').skip(1);
    words
        .map(|word| ("a word", word.as_bytes().to_vec()))
        .collect()
}

/// Everything that only the two sides may know, by the formulas of sections 5 and 6.
fn secrets(code: &Code) -> Vec<(&'static str, Vec<u8>)> {
    let password = code.words().password();
    let nothing = &[0x41; 33];
    let message = |role, scalar| match pake_values(role, &password, scalar, nothing) {
        Ok(values) => values.message,
        // The other side's message is not there yet; this side's own does not depend on it.
        Err(_) => {
            use wormhole_sync::crypto::Pake;
            let scalar = PakeScalar::dangerously_from_le_bytes(scalar).unwrap();
            *Pake::start(role, &password, scalar).message()
        }
    };
    let offer = message(Role::Initiator, SCALARS[0]);
    let answer = message(Role::Receiver, SCALARS[1]);
    let pake = pake_values(Role::Initiator, &password, SCALARS[0], &answer).unwrap();
    let key_context = KeyContext {
        mode: Mode::Transcribe,
        app_id: AppId::new(APP).unwrap(),
        channel: code.channel(),
    };
    let schedule = schedule_values(pake.key, &key_context, &offer, &answer);
    let mut secrets = words(code);
    secrets.extend([
        ("words", WORDS.to_vec()),
        ("the initiator's blob", BLOBS[0].to_vec()),
        ("the receiver's blob", BLOBS[1].to_vec()),
        ("the initiator's scalar", SCALARS[0].to_vec()),
        ("the receiver's scalar", SCALARS[1].to_vec()),
        ("w", pake.password_scalar.to_vec()),
        ("Z", pake.z.to_vec()),
        ("K", pake.key.to_vec()),
        ("PRK", schedule.prk.to_vec()),
    ]);
    let keys = schedule.keys.iter();
    secrets.extend(keys.map(|(label, key)| (label.text(), key.to_vec())));
    // The first bytes of a key are enough to recognise it.
    secrets.extend(
        schedule
            .keys
            .iter()
            .map(|(label, key)| (label.text(), key[..8].to_vec())),
    );
    secrets
}

fn sides() -> impl Iterator<Item = (&'static str, Vec<u8>)> {
    SIDES
        .iter()
        .map(|side| ("a side", hex::decode(*side).unwrap()))
}

// RAND-2: A client MUST keep `side`, `words`, `pake_scalar` and all that is derived from them (but
// what section 9 sends) out of logs, error texts and every other output
// CODE-9: A client MUST send nothing of the code but the channel id
fn no_secret_is_said_to_anybody<C: Client>() {
    let relay = relay();
    let tap = Tap::before(relay.addr());
    let (said, log) = (Said::default(), log());
    let initiator = || {
        Initiator::<C>::new(APP, BLOBS[0])
            .rendezvous(tap.url())
            .words(WORDS.len())
            .hooks_for_testing_only(hooks(0))
            .on_event(said.events())
    };
    let receiver = |code: &str| {
        Receiver::<C>::new(APP, code, BLOBS[1])
            .rendezvous(tap.url())
            .hooks_for_testing_only(hooks(1))
            .on_event(said.events())
    };
    said.debug(hooks(0));
    let waiting = said.debug(C::start(said.debug(initiator())).unwrap());
    let shown = C::code(&waiting);
    let code = said.debug(Code::parse(&shown).unwrap());
    let answered = said.debug(C::answer(said.debug(receiver(&shown))).unwrap());
    let holding = said.debug(C::hold(waiting).unwrap());
    said.debug(C::held(&holding));
    let (one, two) = thread::scope(|scope| {
        let receiving = scope.spawn(|| {
            let taking = said.debug(C::open(answered).unwrap());
            said.debug(C::taking(&taking));
            said.received(C::taken(taking).unwrap())
        });
        (
            said.received(C::release(holding).unwrap()),
            receiving.join().unwrap(),
        )
    });
    let mut secrets = secrets(&code);
    for (received, blob) in [(&one, BLOBS[1]), (&two, BLOBS[0])] {
        assert_eq!(received.blob(), blob);
        let exported = received.export_key("label", 32).unwrap();
        secrets.push(("an exported key", exported.expose().to_vec()));
        let verifier = received.verifier().reveal().to_string();
        secrets.push(("the verifier", verifier.into_bytes()));
    }
    // The relay knows the sides, and nobody else.
    let logged = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(logged.contains("Delivered"), "{logged}");
    said.text(&logged);
    said.holds_none_of(&sides().collect::<Vec<_>>());
    said.0.lock().unwrap().extend(tap.bytes());
    said.holds_none_of(&secrets);
    let sent = String::from_utf8_lossy(&tap.bytes()).into_owned();
    assert!(
        sent.contains("/finish") && sent.contains("/receipt"),
        "the tap works"
    );
}

fn no_secret_is_in_what_a_failure_says<C: Client>() {
    log();
    let said = Said::default();
    let code = Code::new(
        ChannelId::new(7).unwrap(),
        Words::dangerously_from_bytes(&WORDS).unwrap(),
    );
    let shown = code.reveal().to_string();
    let receiver = |url: String| {
        Receiver::<C>::new(APP, &shown, BLOBS[1])
            .rendezvous(url)
            .hooks_for_testing_only(hooks(1))
            .on_event(said.events())
    };
    // Text of the relay is never shown, even if the relay knows a secret.
    let document = |body: &str| format!(r#"{{"type":"{shown}","reason":"{shown}","x":"{body}"}}"#);
    let element = "41".repeat(33);
    for answer in [
        json("200 OK", r#"{"body":"41","ttl":600}"#),
        json("200 OK", format!(r#"{{"body":"{element}","ttl":600}}"#)),
        json("410 Gone", document("x")),
        json("500 Oops", document("x")),
        b"HTTP/1.1 adventurous\r\n\r\n".to_vec(),
        b"".to_vec(),
    ] {
        let relay = answering([answer, stored()]);
        said.error(&C::receive(receiver(relay.url())).unwrap_err());
    }
    for url in ["http://127.0.0.1:1", "ftp://x", "https://127.0.0.1:1"] {
        said.error(&C::receive(receiver(url.to_owned())).unwrap_err());
    }
    // Two sides agree on a channel but not on the words; another initiator gives up.
    let relay = relay();
    let initiator = || {
        Initiator::<C>::new(APP, BLOBS[0])
            .rendezvous(relay.url())
            .words(WORDS.len())
            .hooks_for_testing_only(hooks(0))
    };
    let waiting = C::start(initiator()).unwrap();
    let other = crate::exchanges::wrong(&C::code(&waiting));
    let wrong = Receiver::<C>::new(APP, other, BLOBS[1]).rendezvous(relay.url());
    let answered = C::answer(wrong.hooks_for_testing_only(hooks(1))).unwrap();
    said.error(&C::finish(waiting).unwrap_err());
    said.error(&C::complete(answered).unwrap_err());

    // An initiator's peer closes after its answer: the error holds the blob and does not show it.
    let waiting = C::start(initiator().hooks_for_testing_only(Hooks {
        side: Named::Drawn,
        ..hooks(0)
    }));
    let waiting = waiting.unwrap();
    let peer = Receiver::<C>::new(APP, C::code(&waiting), BLOBS[1]).rendezvous(relay.url());
    C::give_up_answered(C::answer(peer.hooks_for_testing_only(hooks(1))).unwrap());
    let error = C::finish(waiting).unwrap_err();
    assert!(error.received().is_some(), "{error}");
    said.error(&error);

    let mut secrets = secrets(&code);
    secrets.extend(sides());
    said.holds_none_of(&secrets);
    log().holds_none_of(&secrets);
}

/// The user's own input may be shown to the user (RAND-2), but only in the text meant for that.
#[test]
fn a_mistyped_word_is_shown_to_its_user_and_not_in_debug() {
    let receiver = wormhole_sync::Receiver::new(APP, "7-crossover-clokwork", BLOBS[1]);
    assert!(!format!("{receiver:?}").contains("clokwork"));
    let error = receiver
        .rendezvous("http://127.0.0.1:1")
        .finish()
        .unwrap_err();
    assert_eq!(error.outcome(), Outcome::BadCode);
    assert!(error.to_string().contains("clokwork"));
    let said = Said::default();
    said.debug(&error);
    said.text(error.hint());
    said.holds_none_of(&[
        ("a word", b"clokwork".to_vec()),
        ("a suggestion", b"clockwork".to_vec()),
        ("a word", b"crossover".to_vec()),
    ]);
}
