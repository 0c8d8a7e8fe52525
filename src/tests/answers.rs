//! Good, bad and endless answers from whatever is at the relay's address (sections 11.1 to 11.3).

use std::io::Read;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use wormhole_sync::client::{Initiator, Receiver};
use wormhole_sync::crypto::{PakeScalar, Standard};
use wormhole_sync::protocol::wire::BODY_LIMIT;
use wormhole_sync::protocol::{CloseReason, Outcome};
use wormhole_sync::values::{Code, hex};

use crate::kit::client::Client;
use crate::kit::server::{Server, allocated, answer, answering, json, serve, stored};
use crate::kit::{APP, PROMPT, on_trouble, second, with_both};

with_both!(
    both_say_the_same_to_the_relay,
    a_redirect_is_not_followed,
    an_error_page_is_repeated_after,
    informational_answers_are_passed_over,
    a_coded_body_is_misbehaviour,
    a_body_may_run_to_the_end_of_the_connection,
    a_body_may_be_as_long_as_the_bound_and_no_longer,
    a_cut_answer_is_repeated_after,
    garbage_is_not_http,
    the_time_of_an_attempt_covers_an_answer_that_drips,
    answers_out_of_the_table_are_misbehaviour,
);

/// Starts an initiator with seconds so short that repeats take no time; gives the lines of trouble
/// too.
fn start<C: Client>(
    server: &Server,
    milliseconds: u64,
) -> (Result<C::Waiting, String>, Vec<String>) {
    let troubles = Arc::new(Mutex::new(Vec::new()));
    let keep = Arc::clone(&troubles);
    let initiator = Initiator::<C>::new(APP, *b"blob")
        .rendezvous(server.url())
        .hooks_for_testing_only(second(milliseconds))
        .on_event(on_trouble(move |failure| {
            keep.lock().unwrap().push(failure.to_string())
        }));
    let started = C::start(initiator).map_err(|error| error.to_string());
    let troubles = troubles.lock().unwrap().clone();
    (started, troubles)
}

/// The error of an initiator whose first request gets this answer.
fn refusal<C: Client>(answer: impl Into<Vec<u8>>) -> String {
    let server = answering([answer.into()]);
    let (started, troubles) = start::<C>(&server, 1000);
    assert_eq!(troubles, [""; 0]);
    let refusal = started.unwrap_err();
    assert_eq!(server.requests().len(), 1, "{refusal}");
    refusal
}

/// The only line of trouble when these bytes precede a good answer.
fn trouble<C: Client>(first: Vec<u8>) -> String {
    let server = answering([first, allocated()]);
    let (started, troubles) = start::<C>(&server, 200);
    let waiting = started.unwrap();
    assert!(C::code(&waiting).starts_with("7-"));
    assert_eq!(server.requests().len(), 2, "each sent once");
    // No close is answered.
    std::mem::forget(waiting);
    let [line] = &troubles[..] else {
        panic!("{troubles:?}")
    };
    line.clone()
}

// CLIENT-1: each with its `Authorization`, with `wait=w` on each GET (w by TIME-8), and with
// `Content-Type: application/json` on each body.
// CLIENT-8: it sends `Accept-Encoding: identity`, or no such header.
fn both_say_the_same_to_the_relay<C: Client>() {
    let code = Code::parse("7-crossover-clockwork").unwrap();
    let (_, offer) = Standard::start_initiator(code.words(), PakeScalar::draw().unwrap());
    let claimed = format!(r#"{{"body":"{}","ttl":600}}"#, hex::encode(&offer));
    let gone = r#"{"type":"tag:wormhole-sync.example,2026:closed","reason":"cancelled"}"#;
    let gone = answer(
        "410 Gone",
        "Content-Type: application/problem+json\r\n",
        gone,
    );
    let server = answering([json("200 OK", claimed), stored(), gone]);
    let receiver = Receiver::<C>::new(APP, "7 Crossover Clockwork", *b"mine");
    let answered = C::answer(receiver.rendezvous(server.url() + "/base/")).unwrap();
    let error = C::complete(answered).unwrap_err();
    assert_eq!(error.outcome(), Outcome::Closed(CloseReason::Cancelled));

    let base = "/base/v1/6578616d706c652e636f6d2f61707031/channels/7";
    let mut bearers = Vec::new();
    for (first, body) in [
        (format!("POST {base}/claim HTTP/1.1"), Some("{}")),
        (format!("PUT {base}/answer HTTP/1.1"), Some("{\"body\":\"")),
        (format!("GET {base}/finish?wait=25 HTTP/1.1"), None),
    ] {
        let request = server.event().1;
        let (head, sent) = request.split_once("\r\n\r\n").unwrap();
        let mut lines = head.lines();
        assert_eq!(lines.next(), Some(first.as_str()));
        let mut fields: Vec<_> = lines.map(str::to_lowercase).collect();
        fields.sort();
        let bearer = fields
            .iter()
            .position(|f| f.starts_with("authorization: bearer "));
        bearers.push(fields.remove(bearer.unwrap()));
        let mut expected = vec![
            "accept-encoding: identity".to_owned(),
            "accept: application/json".to_owned(),
        ];
        if body.is_some() {
            expected.push(format!("content-length: {}", sent.len()));
            expected.push("content-type: application/json".to_owned());
        }
        expected.push(format!("host: {}", server.address));
        expected.push("user-agent: wormhole-sync".to_owned());
        assert_eq!(fields, expected);
        assert!(sent.starts_with(body.unwrap_or_default()) && body.is_some() != sent.is_empty());
    }
    bearers.dedup();
    let [bearer] = &bearers[..] else {
        panic!("one side in one exchange: {bearers:?}")
    };
    assert_eq!(bearer.len(), "authorization: bearer ".len() + 32);
}

// CLIENT-2: A client MUST NOT follow a redirect; a 3xx answer is read by section 11.2 like any
// other.
fn a_redirect_is_not_followed<C: Client>() {
    let trap = answering([allocated()]);
    for status in ["301", "302", "303", "307", "308"] {
        let misbehaviour =
            format!("relay-misbehaved: status {status} is no answer to this request");
        let location = format!(
            "Location: {}\r\nContent-Type: application/json\r\n",
            trap.url()
        );
        let redirect = answer(&format!("{status} Over There"), &location, "{}");
        assert_eq!(refusal::<C>(redirect.clone()), misbehaviour);

        let server = answering([allocated(), redirect, stored()]);
        let (started, _) = start::<C>(&server, 1000);
        let error = C::finish(started.unwrap()).unwrap_err();
        assert_eq!(error.to_string(), misbehaviour, "to a GET");
        let last = server.requests().pop().unwrap();
        assert!(last.ends_with("/channels/7/close HTTP/1.1"), "{last}");
    }
    assert_eq!(trap.requests().len(), 0);
}

fn an_error_page_is_repeated_after<C: Client>() {
    let page = "<html>{broken}";
    for status in ["500", "502", "503", "504", "429"] {
        let page = answer(
            &format!("{status} Oops"),
            "Content-Type: text/html\r\n",
            page,
        );
        let line = match status {
            "429" => "the relay lets no more requests through from this address".to_owned(),
            _ => format!("the relay is busy (status {status})"),
        };
        assert_eq!(trouble::<C>(page), line);
    }
    // No relay answers with a proxy's page of another status.
    let page = answer("404 Nothing Here", "Content-Type: text/html\r\n", page);
    let line = "relay-misbehaved: the answer with status 404 has the wrong content type";
    assert_eq!(refusal::<C>(page), line);
}

fn informational_answers_are_passed_over<C: Client>() {
    let mut bytes = b"HTTP/1.1 100 Continue\r\n\r\n".to_vec();
    bytes.extend(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n");
    bytes.extend(allocated());
    let (started, troubles) = start::<C>(&answering([bytes]), 1000);
    assert!(started.is_ok() && troubles.is_empty());
}

fn a_coded_body_is_misbehaviour<C: Client>() {
    let line = "relay-misbehaved: the answer has a content coding that nobody asked for";
    let json = "Content-Type: application/json\r\n";
    for coding in ["gzip", "br", "identity, gzip", "x"] {
        let fields = format!("{json}Content-Encoding: {coding}\r\n");
        let coded = answer("201 Created", &fields, r#"{"channel":7,"ttl":3600}"#);
        assert_eq!(refusal::<C>(coded), line, "{coding}");
    }
    let fields = format!("{json}Content-Encoding: Identity\r\n");
    let plain = answer("201 Created", &fields, r#"{"channel":7,"ttl":3600}"#);
    assert!(start::<C>(&answering([plain]), 1000).0.is_ok());
}

fn a_body_may_run_to_the_end_of_the_connection<C: Client>() {
    let head = "HTTP/1.0 201 Created\r\nContent-Type: application/json\r\n\r\n";
    let server = answering([format!("{head}{{\"channel\":7,\"ttl\":60}}\n")]);
    assert!(start::<C>(&server, 1000).0.is_ok());
}

// CLIENT-5: a longer one, or one whose `Content-Length` says so, is too long by the table
fn a_body_may_be_as_long_as_the_bound_and_no_longer<C: Client>() {
    let mut body = " ".repeat(BODY_LIMIT);
    let message = r#"{"channel":7,"ttl":3600}"#;
    body.replace_range(BODY_LIMIT - message.len().., message);
    assert!(
        start::<C>(&answering([json("201 Created", &body)]), 1000)
            .0
            .is_ok()
    );

    // The announced length is enough; no byte of the body has to arrive.
    let too_long = "relay-misbehaved: the answer is longer than 262144 bytes";
    let announced = serve(|peer| {
        peer.read_message();
        peer.send(format!(
            "HTTP/1.1 201 Created\r\nContent-Length: {}\r\n\r\n",
            BODY_LIMIT + 1
        ));
        peer.wait_for_end();
    });
    assert_eq!(start::<C>(&announced, 1000).0.unwrap_err(), too_long);

    // The body has no end: the server reports when the client stops reading.
    for head in ["Transfer-Encoding: chunked\r\n", "Connection: close\r\n"] {
        let endless = serve(move |peer| {
            peer.read_message();
            peer.send(format!("HTTP/1.1 201 Created\r\n{head}\r\n"));
            let piece = [b"400\r\n".as_slice(), &[b'x'; 0x400], b"\r\n"].concat();
            while peer.send(&piece) {}
            peer.report("stopped");
        });
        assert_eq!(
            start::<C>(&endless, 1000).0.unwrap_err(),
            too_long,
            "{head}"
        );
        endless.wait_for("stopped");
    }
}

fn a_cut_answer_is_repeated_after<C: Client>() {
    for cut in [
        "",
        "HTTP/1.1 201 Created\r\nContent-Le",
        "HTTP/1.1 201 Created\r\nContent-Length: 90\r\n\r\n{\"channel\":7,\"ttl\":6",
        "HTTP/1.1 201 Created\r\nContent-Length: 9\r\n\r\n",
        "HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n7\r\n{\"a",
        "HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n7\r\n{\"a\":1}\r\n",
        "HTTP/1.1 404 No\r\nContent-Length: 9\r\n\r\nshort",
    ] {
        let line = "the connection broke off before the answer was complete";
        assert_eq!(trouble::<C>(cut.into()), line, "{cut:?}");
    }
}

fn garbage_is_not_http<C: Client>() {
    let long = format!("HTTP/1.1 200 OK\r\nX: {}\r\n\r\n", "x".repeat(1 << 17));
    let many = format!("HTTP/1.1 200 OK\r\n{}\r\n", "X: y\r\n".repeat(3_000));
    for garbage in [
        "SSH-2.0-OpenSSH_9.9\r\n",
        "\0\u{1}\u{2}\u{3}\r\n\r\n",
        "HTTP/9.9 200 OK\r\n\r\n",
        "HTTP/1.1 2000 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
        &long,
        &many,
    ] {
        let line = "the relay does not speak HTTP at that address";
        let shown = &garbage[..garbage.len().min(60)];
        let first = garbage.to_owned();
        let server = serve(move |peer| {
            peer.read_message();
            let good = peer.number > 0;
            peer.send(if good {
                allocated()
            } else {
                first.clone().into()
            });
            peer.wait_for_end();
        });
        let (started, troubles) = start::<C>(&server, 200);
        assert!(started.is_ok(), "{shown:?}");
        assert_eq!(troubles, [line], "{shown:?}");
    }
}

// TIME-2: A client MUST end an attempt, from name resolution to the last byte of the body, when its
// time of this table has passed, and count it as *lost*.
fn the_time_of_an_attempt_covers_an_answer_that_drips<C: Client>() {
    for head in [
        "HTTP/1.1 201 Created\r\nContent-Length: 100000\r\n\r\n",
        "HTTP/1.1 201 Created\r\nX: ",
    ] {
        let server = serve(move |peer| {
            peer.read_message();
            peer.send(head);
            // The server sends one byte whenever the client has kept silent, and the connection
            // open, for 5 ms.
            let pace = Some(Duration::from_millis(5));
            peer.stream.set_read_timeout(pace).unwrap();
            while peer.stream.read(&mut [0]).is_err() && peer.send("x") {}
            peer.report("end");
        });
        let begun = Instant::now();
        let (started, troubles) = start::<C>(&server, 20);
        let line = "the relay did not answer in time";
        assert_eq!(started.unwrap_err(), format!("relay-unreachable: {line}"));
        assert!(troubles.len() >= 3 && troubles.iter().all(|trouble| trouble == line));
        assert!(begun.elapsed() < PROMPT, "{:?}", begun.elapsed());
        server.wait_for("end");
    }
}

fn answers_out_of_the_table_are_misbehaviour<C: Client>() {
    for (answer, line) in [
        (
            json("200 OK", r#"{"channel":7,"ttl":1}"#),
            "status 200 is no answer to this request",
        ),
        (
            answer("204 No Content", "", ""),
            "status 204 is no answer to this request",
        ),
        (
            json("201 Created", r#"{"channel":7,"ttl":1,"ttl":1}"#),
            "the answer's message is malformed: duplicate-member",
        ),
        (
            json(
                "404 Not Found",
                r#"{"type":"tag:wormhole-sync.example,2026:not-found"}"#,
            ),
            "the answer with status 404 has the wrong content type",
        ),
    ] {
        assert_eq!(refusal::<C>(answer), format!("relay-misbehaved: {line}"));
    }
}
