//! No bytes of relay, peer or user make a reader panic, and what a reader accepts is within bounds.

use proptest::collection::vec;
use proptest::prelude::*;
use wormhole_sync::crypto::{KeyContext, PakeScalar, Standard, Suite};
use wormhole_sync::protocol::wire::{BODY_LIMIT, HttpResponse, interpret_response};
use wormhole_sync::protocol::{AttemptResult, CellName, Event, RequestKind};
use wormhole_sync::values::json;
use wormhole_sync::values::{AppId, Blob, ChannelId, Code, Mode, Rendezvous};

const KINDS: [RequestKind; 9] = [
    RequestKind::Allocate,
    RequestKind::Claim,
    RequestKind::Put(CellName::Answer),
    RequestKind::Put(CellName::Finish),
    RequestKind::Put(CellName::Receipt),
    RequestKind::Get(CellName::Answer),
    RequestKind::Get(CellName::Finish),
    RequestKind::Get(CellName::Receipt),
    RequestKind::Close,
];

/// Bytes, texts and near messages.
fn body() -> impl Strategy<Value = Vec<u8>> {
    let number = prop_oneof![
        any::<i64>().prop_map(|n| n.to_string()),
        (0..90_000u32).prop_map(|n| n.to_string()),
        (0..999u16).prop_map(|n| format!("1e{n}")),
    ];
    let string = prop_oneof![
        "[0-9a-f]{0,140}",
        "tag:wormhole-sync.example,2026:(closed|crowded|forbidden|no-such-channel|x)",
        "expired|done|wrong-code|\\PC{0,70}",
        Just("\\ud800".to_owned()),
    ]
    .prop_map(|text| format!("\"{text}\""));
    let value = prop_oneof![
        number,
        string,
        Just("null".to_owned()),
        (0..40usize).prop_map(|depth| "[".repeat(depth) + &"]".repeat(depth)),
    ];
    let name = "channel|ttl|body|type|reason|status|x";
    let members = vec((name, value), 0..6).prop_map(|members| {
        let members: Vec<_> = members
            .iter()
            .map(|(n, v)| format!("\"{n}\":{v}"))
            .collect();
        format!("{{{}}}", members.join(",")).into_bytes()
    });
    prop_oneof![
        vec(any::<u8>(), 0..200),
        "\\PC{0,60}".prop_map(String::into_bytes),
        members
    ]
}

fn answer() -> impl Strategy<Value = HttpResponse> {
    let status = prop_oneof![
        prop_oneof![
            Just(200),
            Just(201),
            Just(204),
            Just(403),
            Just(404),
            Just(409),
            Just(410)
        ],
        any::<u16>(),
    ];
    let content_type = prop_oneof![
        Just("application/json".to_owned()),
        Just("Application/JSON; charset=x".to_owned()),
        Just("application/problem+json".to_owned()),
        "\\PC{0,20}",
    ];
    let retry = proptest::option::of("[0-9]{0,30}|\\PC{0,9}");
    let body = proptest::option::weighted(0.95, body());
    let content_type = proptest::option::weighted(0.95, content_type);
    (
        status,
        content_type,
        proptest::bool::weighted(0.05),
        retry,
        body,
    )
        .prop_map(
            |(status, content_type, is_coded, retry_after, body)| HttpResponse {
                status,
                content_type,
                is_coded,
                retry_after,
                body,
            },
        )
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(cases)
    }
}

proptest! {
    #![proptest_config(config(1500))]

    // CLIENT-7: A client MUST turn what comes of a request into one event
    #[test]
    fn any_answer_to_any_request_is_one_event(at in 0..KINDS.len(), answer in answer()) {
        let kind = KINDS[at];
        let status = answer.status;
        match interpret_response(kind, answer) {
            AttemptResult::Busy { status: found, retry_after } => {
                prop_assert_eq!(found, status);
                prop_assert!(status == 429 || status / 100 == 5);
                prop_assert!(retry_after.is_none() || status == 429 || status == 503);
            }
            AttemptResult::Foreign { status: read } => {
                prop_assert_eq!(read, status);
                prop_assert!(KINDS[2..8].contains(&kind));
            }
            AttemptResult::Lost(loss) => prop_assert!(false, "{loss}"),
            AttemptResult::Event { event, ttl } => {
                let kinds: &[RequestKind] = match event {
                    Event::Allocated(_) => &[RequestKind::Allocate],
                    Event::Claimed(ref offer) => {
                        prop_assert!((1..=64).contains(&offer.len()));
                        &[RequestKind::Claim]
                    }
                    Event::Stored => &KINDS[2..5],
                    Event::Cell(ref cell) => {
                        prop_assert!((1..=65_600).contains(&cell.len()));
                        &KINDS[5..8]
                    }
                    Event::Empty => &KINDS[5..8],
                    Event::Refused(_) | Event::Misbehaved(_) => &KINDS[..8],
                    Event::CloseTried => &[RequestKind::Close],
                    Event::Exhausted(_)
                    | Event::Deadline
                    | Event::ReceiptWaitOver
                    | Event::Cancel
                    | Event::Release
                    | Event::Mismatch
                    | Event::Taken
                    | Event::NotTaken => &[],
                };
                prop_assert!(kinds.contains(&kind), "{event:?} of {kind:?}");
                let has_life = matches!(event, Event::Allocated(_) | Event::Claimed(_));
                prop_assert_eq!(ttl.is_some(), has_life);
                prop_assert!(ttl.is_none_or(|ttl| (1..=86_400).contains(&ttl)));
            }
        }
    }

    #[test]
    fn any_text_is_a_code_or_none(typed in prop_oneof![
        vec(any::<u8>(), 0..1100),
        "[ -_\\t\\r\\n]{0,3}[0-9]{0,11}([-_ ]{1,3}(Crossover|clockwork|adroitness|[a-z]{0,12})){0,10}"
            .prop_map(String::into_bytes),
    ]) {
        match Code::parse(&typed) {
            Ok(code) => {
                let shown = code.reveal().to_string();
                let again = Code::parse(&shown).unwrap();
                prop_assert_eq!(again.reveal().to_string(), shown);
            }
            Err(error) => prop_assert!(!error.to_string().contains('\n')),
        }
    }

    #[test]
    fn any_text_is_an_address_or_none(
        address in prop_oneof![
            "\\PC{0,60}",
            "(http|https|HTTP|ftp)://[a-z0-9.:\\[\\]%@-]{0,20}(:[0-9]{0,6})?(/[a-z0-9.%~/?#]{0,12})?",
        ],
        allow in any::<bool>(),
    ) {
        if let Ok(rendezvous) = Rendezvous::parse(&address, allow) {
            let url = rendezvous.target(&AppId::new("a").unwrap(), "/channels");
            prop_assert!(url.ends_with("/v1/61/channels"));
            // RFC 3986 allows hosts that no name service knows; only the others make a URL that can
            // be asked for.
            if rendezvous.host().bytes().all(|b| b.is_ascii_alphanumeric() || b"-.:".contains(&b)) {
                prop_assert!(url.parse::<http::Uri>().is_ok(), "{url}");
            }
            prop_assert!(!rendezvous.host().is_empty() && rendezvous.port() > 0);
        }
    }

    #[test]
    fn any_bytes_are_json_or_not(bytes in body()) {
        let strict = json::parse(&bytes).is_ok();
        let lenient = serde_json::from_slice::<serde_json::Value>(&bytes);
        prop_assert!(!strict || lenient.is_ok_and(|value| value.is_object()));
    }
}

fn key_context() -> KeyContext {
    KeyContext {
        mode: Mode::Transcribe,
        app_id: AppId::new("a").unwrap(),
        channel: ChannelId::new(7).unwrap(),
    }
}

/// Messages of the lengths around those that pass, and of others.
fn message() -> impl Strategy<Value = Vec<u8>> {
    let length = prop_oneof![
        0..40usize,
        prop_oneof![
            Just(33),
            Just(272),
            Just(305),
            Just(528),
            Just(561),
            Just(65_552)
        ],
        0..70_000usize,
    ];
    let first = prop_oneof![Just(0x41), Just(0x42), any::<u8>()];
    (length, first, any::<[u8; 32]>()).prop_map(|(length, first, element)| {
        let mut bytes = vec![0x5a; length];
        let head = std::iter::once(first).chain(element);
        bytes.iter_mut().zip(head).for_each(|(to, from)| *to = from);
        bytes
    })
}

proptest! {
    #![proptest_config(config(30))]

    /// The peer does not know the words: nothing opens, and nothing panics.
    #[test]
    fn no_message_without_the_words_opens(message in message()) {
        let code = Code::parse("7-crossover-clockwork").unwrap();
        let scalar = || PakeScalar::draw().unwrap();
        let own = || Blob::new(*b"own").unwrap();
        let (pake, _) = Standard::start_initiator(code.words(), scalar());
        prop_assert!(Standard::read_answer(pake, &key_context(), &own(), &message).is_err());

        let receiver = Standard::start_receiver(code.words(), scalar());
        let _ = Standard::read_offer(receiver, &key_context(), &own(), &message);

        let (pake, offer) = Standard::start_initiator(code.words(), scalar());
        let receiver = Standard::start_receiver(code.words(), scalar());
        let offered = Standard::read_offer(receiver, &key_context(), &own(), &offer).unwrap();
        prop_assert!(Standard::read_finish(offered.finish, &message).is_err());
        let answered = Standard::read_answer(pake, &key_context(), &own(), &offered.answer).unwrap();
        prop_assert!(Standard::read_receipt(answered.receipt, &message).is_none());
    }
}

#[test]
fn a_body_at_the_bound_is_read_and_one_of_brackets_does_not_exhaust_the_stack() {
    let brackets = "[".repeat(BODY_LIMIT);
    assert!(json::parse(brackets.as_bytes()).is_err());
    let objects = r#"{"a":"#.repeat(BODY_LIMIT / 5);
    assert!(json::parse(objects.as_bytes()).is_err());
}
