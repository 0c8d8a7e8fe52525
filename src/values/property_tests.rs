//! Property tests: no input makes a reader panic, and each accepted one has the right value.

use proptest::prelude::*;
use serde_json::Value;

use super::json;
use super::{AppId, ChannelId, Code, Link, Problem, Rendezvous, Words, hex};

proptest! {
    #[test]
    fn a_code_that_is_read_is_read_again(typed in "[ -~\t\r\n]{0,40}", words in any::<(u8, u8)>()) {
        let _ = Code::parse(&typed);
        let made = format!("7-{}-{}", super::words::word(0, words.0), super::words::word(1, words.1));
        let code = Code::parse(made.to_uppercase().replace('-', " _ ")).unwrap();
        prop_assert_eq!(code.reveal().to_string(), made);
    }

    #[test]
    fn any_bytes_are_a_code_or_a_fault(typed in any::<Vec<u8>>()) {
        let _ = Code::parse(typed);
    }

    /// LINK-1 and LINK-2: what is shown is read, and nothing else is read so.
    #[test]
    fn a_link_has_one_spelling(
        words in proptest::collection::vec(any::<u8>(), 2..=8),
        app_id in proptest::collection::vec(any::<u8>(), 1..=128),
        path in "[!$&-9:;=@-Z_a-z~]{0,40}",
        at in any::<proptest::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let code = Code::new(ChannelId::new(7).unwrap(), Words::dangerously_from_bytes(&words).unwrap());
        let relay = Rendezvous::parse(&format!("https://[::1]:1/a{path}"), false);
        prop_assume!(relay.is_ok());
        let link = Link::new(code, AppId::new(app_id).unwrap(), relay.unwrap()).reveal().to_string();
        prop_assert_eq!(Link::parse(&link, false).unwrap().reveal().to_string(), link.as_str());
        let mut changed = link.into_bytes();
        *at.get_mut(&mut changed) = byte;
        if let Ok(read) = Link::parse(&changed, false) {
            prop_assert_eq!(read.reveal().to_string().into_bytes(), changed);
        }
    }

    #[test]
    fn any_bytes_are_a_link_or_a_fault(rest in any::<Vec<u8>>()) {
        let _ = Link::parse(&rest, true);
        let _ = Link::parse([&b"wormhole-sync:7-crossover-clockwork?appid=61&relay="[..], &rest].concat(), true);
    }

    #[test]
    fn an_address_that_is_accepted_keeps_its_text(rest in "[ -~]{0,40}", plain in any::<bool>()) {
        for text in [format!("http://{rest}"), format!("https://[::1]:{rest}"), rest] {
            if let Ok(address) = Rendezvous::parse(&text, plain) {
                prop_assert_eq!(address.as_str(), &text);
                prop_assert!(address.authority().starts_with(address.host()) && !address.host().is_empty());
            }
        }
    }

    #[test]
    fn what_is_accepted_is_json(text in r#"[{}\[\]",:\\u0-9a-e.+\- ]{0,24}"#) {
        let text = format!("{{\"a\":{text}}}");
        if json::parse(text.as_bytes()).is_ok() {
            prop_assert!(serde_json::from_str::<Value>(&text).is_ok(), "{}", text);
        }
        let _ = Problem::decode(text.as_bytes());
    }

    #[test]
    fn any_bytes_are_json_or_a_fault(text in any::<Vec<u8>>()) {
        let _ = json::parse(&text);
        let _ = hex::decode(&text);
    }

    #[test]
    fn any_small_object_is_accepted(names in proptest::collection::btree_set(".{0,4}", 0..6), text in ".*", n in any::<f64>()) {
        let object: serde_json::Map<_, _> =
            names.into_iter().map(|name| (name, serde_json::json!([text, n, {"a": null}]))).collect();
        prop_assert!(json::parse(Value::from(object).to_string().as_bytes()).is_ok());
    }
}
