//! The texts of this module's errors: each is one line and differs from all others.

use super::hex::NotHex;
use super::json::JsonFault;
use super::{BadAppId, BadLink, BadRendezvous, BlobTooLarge};

const ADDRESSES: [BadRendezvous; 9] = [
    BadRendezvous::Length,
    BadRendezvous::Character,
    BadRendezvous::Scheme,
    BadRendezvous::UserInformation,
    BadRendezvous::Host,
    BadRendezvous::Port,
    BadRendezvous::Path,
    BadRendezvous::QueryOrFragment,
    BadRendezvous::PlainHttp,
];

const LINKS: [(BadLink, &str); 5] = [
    (BadLink::TooLong, "too-long"),
    (BadLink::Form, "bad-form"),
    (BadLink::Code, "bad-code"),
    (BadLink::AppId, "bad-appid"),
    (BadLink::Relay, "bad-relay"),
];

const JSON: [(JsonFault, &str); 11] = [
    (JsonFault::NotJson, "not-json"),
    (JsonFault::NotAnObject, "not-an-object"),
    (JsonFault::DuplicateMember, "duplicate-member"),
    (JsonFault::TooDeep, "too-deep"),
    (JsonFault::NumberTooLarge, "number-too-large"),
    (JsonFault::Missing("body"), "member-missing"),
    (JsonFault::WrongType("body"), "wrong-type"),
    (JsonFault::OutOfRange("ttl"), "out-of-range"),
    (JsonFault::NotHex("body"), "not-hex"),
    (JsonFault::EmptyValue("body"), "empty-value"),
    (JsonFault::TooLarge("body"), "too-large"),
];

#[test]
fn each_error_is_a_line_of_its_own() {
    let mut lines = vec![
        NotHex.to_string(),
        BadAppId { length: 129 }.to_string(),
        BlobTooLarge { length: 65_536 }.to_string(),
    ];
    assert!(lines[1].contains("129") && lines[2].contains("65536"));
    lines.extend(ADDRESSES.map(|fault| fault.to_string()));
    lines.extend(LINKS.map(|(fault, _)| fault.to_string()));
    lines.extend(JSON.map(|(fault, _)| fault.to_string()));
    for (at, line) in lines.iter().enumerate() {
        assert!(line.starts_with(char::is_lowercase), "{line}");
        assert!(!line.contains('\n') && !line.ends_with('.'), "{line}");
        assert!(!lines[..at].contains(line), "{line}");
    }
}

#[test]
fn each_fault_of_a_link_has_its_token() {
    for (fault, token) in LINKS {
        assert_eq!(fault.fault(), token);
    }
}

/// A relay refuses one of the faults as `too-large` and all others as `malformed` (RELAY-9).
#[test]
fn each_fault_of_json_has_its_token_and_one_is_too_large() {
    for (fault, token) in JSON {
        assert_eq!(fault.fault(), token);
        assert_eq!(fault.is_too_large(), token == "too-large", "{token}");
    }
}
