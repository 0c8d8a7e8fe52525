//! Strict JSON, text by text (section 8).

use super::ChannelId;
use super::json::{JsonFault, parse};
use super::messages::*;

fn fault(text: &[u8]) -> Option<&'static str> {
    parse(text).err().map(JsonFault::fault)
}

#[test]
fn accepts_what_rfc_8259_allows() {
    for text in [
        "{}",
        " \t\r\n{ } \n",
        r#"{"":null,"a":[{},[],1e308,-1.5E-9,true],"b":{"a":{"a":0}}}"#,
        r#"{"a":"\ud834\udd1e\u0000\/\"é𝄞"}"#,
        r#"{"a":1e-999999999999,"b":0e999999999,"c":123456789012345678901234567890}"#,
        r#"{"a":1.7976931348623158e308}"#,
        r#"{"$serde_json::private::RawValue":"1","$serde_json::private::Number":"x"}"#,
    ] {
        assert_eq!(fault(text.as_bytes()), None, "{text}");
    }
}

#[test]
fn refuses_what_is_not_json() {
    for text in [
        "",
        " ",
        "{",
        "}",
        "{}{}",
        "{} x",
        "{},",
        "{}\0",
        "\u{feff}{}",
        "\u{a0}{}",
        "\u{b}{}",
        r#"{"a":NaN}"#,
        r#"{"a":Infinity}"#,
        r#"{"a":-Infinity}"#,
        r#"{"a":-}"#,
        r#"{"a":01}"#,
        r#"{"a":-01}"#,
        r#"{"a":+1}"#,
        r#"{"a":.5}"#,
        r#"{"a":1.}"#,
        r#"{"a":1e}"#,
        r#"{"a":0x1}"#,
        r#"{"a":1,}"#,
        r#"{,}"#,
        r#"{"a":[1,]}"#,
        r#"{"a"}"#,
        r#"{"a":}"#,
        r#"{a:1}"#,
        r#"{'a':1}"#,
        r#"{1:1}"#,
        r#"{"a":True}"#,
        r#"{"a":nul}"#,
        r#"{"a":tru e}"#,
        "{/**/}",
        "{}//",
        "#\n{}",
        r#"{"a":"\ud834"}"#,
        r#"{"a":"\udd1e"}"#,
        r#"{"a":"\ud834\ud834"}"#,
        r#"{"a":"\ud834x"}"#,
        r#"{"a":[["\udd1e"]]}"#,
        r#"{"\ud834":1}"#,
        r#"{"a":{"\udd1e":1}}"#,
        r#"{"a":"\x41"}"#,
        r#"{"a":"\u00g0"}"#,
        r#"{"a":"\u+123"}"#,
        r#"{"a":"\"#,
        r#"{"a":"b}"#,
        "{\"a\":\"\n\"}",
        "{\"a\":\"\t\"}",
        "{\"a\":\"\0\"}",
        "{\"a\":[\"\x1f\"]}",
        "{\"\x01\":1}",
    ] {
        assert_eq!(fault(text.as_bytes()), Some("not-json"), "{text:?}");
    }
    let not_utf8: [&[u8]; 5] = [
        b"{\"a\":\"\xff\"}",
        b"{\"a\":\"\xc0\xaf\"}",
        b"{\"a\":\"\xed\xa0\x80\"}",
        b"{\"\xf4\x90\x80\x80\":1}",
        b"\xff\xfe{\0}\0",
    ];
    for text in not_utf8 {
        assert_eq!(fault(text), Some("not-json"), "{text:?}");
    }
}

#[test]
fn refuses_another_top_level() {
    for text in ["[]", "[{}]", "\"{}\"", "1", "true", "null", "1e999"] {
        assert_eq!(fault(text.as_bytes()), Some("not-an-object"), "{text}");
    }
}

#[test]
fn refuses_duplicates_at_any_depth() {
    for text in [
        r#"{"a":1,"a":1}"#,
        r#"{"a":1,"b":2,"\u0061":3}"#,
        r#"{"":1,"":1}"#,
        r#"{"x":[[{"a":1,"a":2}]]}"#,
        r#"{"x":{"y":{"é":1,"\u00e9":2}}}"#,
    ] {
        assert_eq!(fault(text.as_bytes()), Some("duplicate-member"), "{text}");
    }
    let composed_or_not = "{\"\u{e9}\":1,\"e\u{301}\":2,\"a\":1,\"A\":2}";
    assert_eq!(fault(composed_or_not.as_bytes()), None, "no normalisation");
}

#[test]
fn nests_16_levels() {
    let nested = |open: &str, close: &str, levels: usize| {
        format!("{{\"a\":{}0{}}}", open.repeat(levels), close.repeat(levels))
    };
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        assert_eq!(fault(nested(open, close, 15).as_bytes()), None);
        assert_eq!(fault(nested(open, close, 16).as_bytes()), Some("too-deep"));
        assert!(fault(nested(open, close, 50_000).as_bytes()).is_some());
    }
    assert_eq!(
        fault(format!("{{\"a\":{}{}}}", "[".repeat(16), "]".repeat(16)).as_bytes()),
        Some("too-deep")
    );
}

#[test]
fn refuses_numbers_that_round_to_infinity() {
    // 2^1024 - 2^970 is half way between the largest binary64 and 2^1024; ties round to even, which
    // here is up.
    let (below, tie) = (
        "1797693134862315807e290",
        "17976931348623158079372897140530341507993413271003782693617377898044496829276475094664901797758720709633028641669288791094655554785194040263065748867150582068190890200070838367627385484581771153176447573027006985557136695962284291481986083493647529271907416844436551070434271155969950809304288017790417449779204800e-4",
    );
    for number in [below, "-1e308", "1.7976931348623157e308", "-0", "0e400"] {
        assert_eq!(
            fault(format!("{{\"a\":[{number}]}}").as_bytes()),
            None,
            "{number}"
        );
    }
    let digits = "9".repeat(400);
    for number in [
        "1e309",
        "-1e309",
        "1.8e308",
        "1e99999999999999999999",
        tie,
        &digits,
    ] {
        assert_eq!(
            fault(format!("{{\"a\":[{number}]}}").as_bytes()),
            Some("number-too-large"),
            "{number}"
        );
    }
}

#[test]
fn an_integer_has_neither_fraction_nor_exponent() {
    let ttl = |number: &str| {
        Allocated::decode(format!("{{\"channel\":7,\"ttl\":{number}}}").as_bytes())
            .map(|it| it.ttl)
            .map_err(JsonFault::fault)
    };
    assert_eq!((ttl("1"), ttl("86400")), (Ok(1), Ok(86_400)));
    for number in [
        "1.0", "1e0", "1E0", "0.0", "-0.0", "10e-1", "\"1\"", "null", "true", "[1]", "{}",
    ] {
        assert_eq!(ttl(number), Err("wrong-type"), "{number}");
    }
    for number in [
        "0",
        "-0",
        "-1",
        "86401",
        "4294967297",
        "18446744073709551617",
        "123456789012345678901234567890",
    ] {
        assert_eq!(ttl(number), Err("out-of-range"), "{number}");
    }
}

#[test]
fn a_binary_value_is_hex_within_its_bound() {
    let body = |value: &str| {
        Allocate::decode(format!("{{\"body\":{value}}}").as_bytes())
            .map(|it| it.body)
            .map_err(JsonFault::fault)
    };
    assert_eq!(body("\"00ff\""), Ok(vec![0, 255]));
    assert_eq!(body("\"\\u0030\\u0030\""), Ok(vec![0]));
    assert_eq!(
        body(&format!("\"{}\"", "aa".repeat(64))),
        Ok(vec![0xaa; 64])
    );
    for (value, fault) in [
        ("\"\"", "empty-value"),
        ("\"0\"", "not-hex"),
        ("\"0A\"", "not-hex"),
        ("\"é\"", "not-hex"),
        ("7", "wrong-type"),
        ("null", "wrong-type"),
        (&format!("\"{}\"", "aa".repeat(65)), "too-large"),
        (&format!("\"{}A\"", "a".repeat(129)), "not-hex"),
    ] {
        assert_eq!(body(value), Err(fault), "{value}");
    }
    assert!(Allocate::decode(b"{}").is_err_and(|fault| fault == JsonFault::Missing("body")));
}

#[test]
fn every_message_reads_what_it_writes() {
    let body = vec![0x41; 33];
    let channel = ChannelId::new(7).unwrap();
    let allocate = Allocate { body: body.clone() };
    assert_eq!(Allocate::decode(allocate.encode().as_bytes()), Ok(allocate));
    assert_eq!(Claim::decode(Claim.encode().as_bytes()), Ok(Claim));
    assert_eq!(Empty::decode(Empty.encode().as_bytes()), Ok(Empty));
    let close = Close {
        reason: "\"\\\n\u{1}é".to_owned(),
    };
    assert_eq!(Close::decode(close.encode().as_bytes()), Ok(close));
    let allocated = Allocated { channel, ttl: 3600 };
    assert_eq!(allocated.encode(), r#"{"channel":7,"ttl":3600}"#);
    assert_eq!(
        Allocated::decode(allocated.encode().as_bytes()),
        Ok(allocated)
    );
    let claimed = Claimed {
        body: body.clone(),
        ttl: 600,
    };
    assert_eq!(Claimed::decode(claimed.encode().as_bytes()), Ok(claimed));
    assert_eq!(
        CellName::ALL.map(CellName::max_len),
        [65_600, 65_600, 64],
        "section 8"
    );
    for name in CellName::ALL {
        assert_eq!(CellName::from_name(name.name()), Some(name));
        let full = Write {
            body: vec![1; name.max_len()],
        };
        assert_eq!(
            Write::decode(full.encode().as_bytes(), name),
            Ok(full.clone())
        );
        let cell = CellMessage { body: full.body };
        assert_eq!(
            CellMessage::decode(cell.encode().as_bytes(), name),
            Ok(cell)
        );
        let over = Write {
            body: vec![1; name.max_len() + 1],
        };
        assert!(Write::decode(over.encode().as_bytes(), name).is_err_and(JsonFault::is_too_large));
    }
}

#[test]
fn bounds_of_integers_and_reasons() {
    let allocated = |text: &str| Allocated::decode(text.as_bytes()).map_err(JsonFault::fault);
    assert!(allocated(r#"{"channel":999999999,"ttl":1,"more":[{}]}"#).is_ok());
    assert_eq!(
        allocated(r#"{"channel":1000000000,"ttl":1}"#),
        Err("out-of-range")
    );
    assert_eq!(allocated(r#"{"channel":0,"ttl":1}"#), Err("out-of-range"));
    let claimed = |ttl: u32| Claimed { body: vec![1], ttl }.encode();
    assert!(Claimed::decode(claimed(600).as_bytes()).is_ok());
    assert_eq!(
        Claimed::decode(claimed(601).as_bytes()),
        Err(JsonFault::OutOfRange("ttl"))
    );
    let close = |length: usize| {
        Close {
            reason: "x".repeat(length),
        }
        .encode()
    };
    assert!(Close::decode(close(64).as_bytes()).is_ok());
    assert_eq!(
        Close::decode(close(65).as_bytes()),
        Err(JsonFault::OutOfRange("reason"))
    );
}
