//! Property tests: no input makes a reader panic, and each accepted one has the right value.

use proptest::prelude::*;
use serde_json::Value;

use super::json;
use super::{Code, Problem, Rendezvous, hex};

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
