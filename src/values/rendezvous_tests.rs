//! Rendezvous addresses, one by one (section 3.4).

use super::{AppId, BadRendezvous, Rendezvous};

#[test]
fn keeps_the_text_and_drops_one_slash() {
    let app_id = AppId::new("a").unwrap();
    for (text, target, line) in [
        (
            "https://r.example",
            "https://r.example/v1/61/channels",
            "/v1/61/channels",
        ),
        (
            "https://r.example/",
            "https://r.example/v1/61/channels",
            "/v1/61/channels",
        ),
        (
            "HTTPS://R.example:8443/a%2Fb//",
            "HTTPS://R.example:8443/a%2Fb//v1/61/channels",
            "/a%2Fb//v1/61/channels",
        ),
    ] {
        let address = Rendezvous::parse(text, false).unwrap();
        assert_eq!(address.target(&app_id, "/channels"), target);
        assert_eq!(address.origin_form(&app_id, "/channels"), line);
    }
    for (text, is_https, port) in [
        ("https://r.example", true, 443),
        ("http://localhost/x", false, 80),
        ("http://127.0.0.1:4000", false, 4000),
    ] {
        let address = Rendezvous::parse(text, false).unwrap();
        assert_eq!((address.is_https(), address.port()), (is_https, port));
        assert_eq!(
            (address.as_str(), address.to_string().as_str()),
            (text, text)
        );
    }
    let address = Rendezvous::parse("http://[::1]:80/x", false).unwrap();
    assert_eq!(
        (address.host(), address.port(), address.authority()),
        ("[::1]", 80, "[::1]:80")
    );
}

#[test]
fn is_as_long_as_2048_bytes_and_no_longer() {
    let of_length = |length: usize| {
        let text = format!("https://r.example/{}", "a".repeat(length - 18));
        assert_eq!(text.len(), length);
        Rendezvous::parse(&text, false).map(|_| ())
    };
    assert_eq!(of_length(2048), Ok(()));
    assert_eq!(of_length(2049), Err(BadRendezvous::Length));
}

#[test]
fn plain_http_stays_on_this_machine() {
    for host in [
        "localhost",
        "LocalHost:1",
        "127.0.0.1",
        "127.255.0.1:65535",
        "[::1]",
    ] {
        assert!(
            Rendezvous::parse(&format!("http://{host}"), false).is_ok(),
            "{host}"
        );
    }
    for host in [
        "localhost.",
        "127.1",
        "128.0.0.1",
        "[::2]",
        "r.example",
        "localhost.example",
    ] {
        let text = format!("http://{host}/");
        assert_eq!(
            Rendezvous::parse(&text, false),
            Err(BadRendezvous::PlainHttp),
            "{host}"
        );
        assert!(Rendezvous::parse(&text, true).is_ok(), "{host}");
    }
}

#[test]
fn refuses_by_the_first_fault() {
    use BadRendezvous as Bad;
    let long = format!("https://{}", "a".repeat(2041));
    for (text, fault) in [
        ("", Bad::Length),
        (&long, Bad::Length),
        ("https://a b", Bad::Character),
        ("https://é", Bad::Character),
        ("r.example", Bad::Scheme),
        ("ftp://r.example", Bad::Scheme),
        ("https:r.example", Bad::Scheme),
        ("https://", Bad::Host),
        ("https:///x", Bad::Host),
        ("https://:1", Bad::Host),
        ("https://[::1", Bad::Host),
        ("https://[::1]x", Bad::Host),
        ("https://[v1.a]", Bad::Host),
        ("https://::1", Bad::Host),
        ("https://a%2", Bad::Host),
        ("https://a\\b", Bad::Host),
        ("https://a:", Bad::Port),
        ("https://a:0", Bad::Port),
        ("https://a:+1", Bad::Port),
        ("https://a:65536", Bad::Port),
        ("https://a:1:2", Bad::Port),
        ("https://@a", Bad::UserInformation),
        ("https://u:p@a", Bad::UserInformation),
        ("https://a/?", Bad::QueryOrFragment),
        ("https://a#", Bad::QueryOrFragment),
        ("https://a/.", Bad::Path),
        ("https://a/b/../c", Bad::Path),
        ("https://a/b/%2E%2e/c", Bad::Path),
        ("https://a/.%2e", Bad::Path),
        ("https://a/%zz", Bad::Path),
        ("https://a/\"", Bad::Path),
        ("https://a/[", Bad::Path),
    ] {
        assert_eq!(Rendezvous::parse(text, true), Err(fault), "{text}");
    }
}
