//! Targets, methods and queries (section 9.2; RELAY-3, RELAY-5).

use super::case::RelayCase;
use super::channel::{Cell, Channel, State};
use super::reply::Want;
use super::request::Request;

const SUITE: &str = "relay-targets";

/// The tests.
pub(super) fn cases() -> Vec<RelayCase> {
    let mut cases = not_found();
    cases.extend(appids());
    cases.extend(methods());
    cases.extend(queries());
    cases.extend(ignored());
    cases
}

/// Targets that do not exist: what stands for `{a}` is an appid, for `{n}` a live channel's number.
const ABSENT: [(&str, &str); 34] = [
    ("root", "/"),
    ("version-alone", "/v1"),
    ("version-slash", "/v1/"),
    ("no-appid", "/v1//channels"),
    ("appid-missing", "/v1/channels"),
    ("appid-alone", "/v1/{a}"),
    ("other-version", "/v2/{a}/channels"),
    ("version-uppercase", "/V1/{a}/channels"),
    ("double-slash-before", "//v1/{a}/channels"),
    ("double-slash-within", "/v1/{a}//channels"),
    ("slash-after-channels", "/v1/{a}/channels/"),
    ("channels-uppercase", "/v1/{a}/Channels"),
    ("channels-encoded", "/v1/{a}/%63hannels"),
    ("channels-longer", "/v1/{a}/channelsx"),
    ("channel-alone", "/v1/{a}/channels/{n}"),
    ("channel-slash", "/v1/{a}/channels/{n}/"),
    ("offer", "/v1/{a}/channels/{n}/offer"),
    ("unknown-cell", "/v1/{a}/channels/{n}/reply"),
    ("cell-uppercase", "/v1/{a}/channels/{n}/Answer"),
    ("cell-encoded", "/v1/{a}/channels/{n}/%61nswer"),
    ("slash-after-cell", "/v1/{a}/channels/{n}/answer/"),
    ("more-after-cell", "/v1/{a}/channels/{n}/answer/x"),
    ("semicolon", "/v1/{a}/channels/{n}/answer;x"),
    ("leading-zero", "/v1/{a}/channels/0{n}/answer"),
    ("zero", "/v1/{a}/channels/0/answer"),
    ("plus", "/v1/{a}/channels/+{n}/answer"),
    ("minus", "/v1/{a}/channels/-{n}/answer"),
    ("ten-digits", "/v1/{a}/channels/1000000000/answer"),
    (
        "twenty-digits",
        "/v1/{a}/channels/18446744073709551617/answer",
    ),
    ("number-encoded", "/v1/{a}/channels/%3{n}/answer"),
    ("number-hex", "/v1/{a}/channels/0x{n}/answer"),
    ("number-fraction", "/v1/{a}/channels/{n}.0/answer"),
    ("dot-segment", "/v1/{a}/./channels/{n}/answer"),
    ("dot-dot-segment", "/v1/{a}/channels/{n}/../{n}/answer"),
];

fn not_found() -> Vec<RelayCase> {
    let case = |(id, pattern): (&str, &'static str)| {
        let title = format!("no target is {pattern}");
        RelayCase::new(SUITE, id, title, &["RELAY-3"], move |bench| {
            let channel = bench.channel(State::Claimed)?;
            let target = pattern
                .replace("{a}", &channel.app)
                .replace("{n}", &channel.number.to_string());
            let method = if target.ends_with("channels") {
                "POST"
            } else {
                "GET"
            };
            let request = Request::new(method, target).by(&channel.owner);
            let request = match method {
                "POST" => request.with(format!("{{\"body\":\"{}\"}}", channel.offer)),
                _ => request,
            };
            bench.expect(&request, &Want::token("not-found"))?;
            Ok(())
        })
    };
    ABSENT.into_iter().map(case).collect()
}

fn appids() -> Vec<RelayCase> {
    type Made = fn(&str) -> String;
    let bad: [(&str, Made, &str); 7] = [
        ("appid-uppercase", |app| format!("{app}AB"), "uppercase hex"),
        (
            "appid-odd",
            |app| format!("{app}a"),
            "an odd number of digits",
        ),
        ("appid-no-hex", |app| format!("{app}zz"), "no hex"),
        (
            "appid-too-long",
            |app| format!("{app}{}", "ab".repeat(117)),
            "129 bytes",
        ),
        (
            "appid-encoded",
            |app| format!("{app}%61b"),
            "percent-encoded hex",
        ),
        ("appid-prefix", |app| format!("0x{app}"), "hex with 0x"),
        (
            "appid-space",
            |app| format!("{app}%20"),
            "hex and an encoded space",
        ),
    ];
    let bad = bad.map(|(id, make, what)| {
        let title = format!("an appid that is {what} is no target");
        let clauses: &[&str] = match id {
            "appid-uppercase" | "appid-odd" | "appid-no-hex" => &["HEX-1", "RELAY-3"],
            _ => &["RELAY-3", "HEX-1"],
        };
        RelayCase::new(SUITE, id, title, clauses, move |bench| {
            let mut channel = Channel::new();
            channel.app = make(&channel.app);
            bench.expect(&channel.allocate(), &Want::token("not-found"))?;
            Ok(())
        })
    });
    let good = [("appid-one-byte", 1), ("appid-128-bytes", 128)];
    let good = good.map(|(id, length)| {
        let title = format!("an appid of {length} bytes is taken");
        RelayCase::new(SUITE, id, title, &["RELAY-3"], move |bench| {
            let mut channel = Channel::new();
            channel.app = super::channel::fresh(length);
            let reply = bench.expect(&channel.allocate(), &Want::Status(201))?;
            channel.number = reply.number("channel").unwrap_or_default();
            let close = channel.close(&channel.owner, "done");
            bench.expect(&close, &Want::Status(200))?;
            Ok(())
        })
    });
    bad.into_iter().chain(good).collect()
}

/// Methods that a target does not have.
const METHODS: [(&str, &[&str]); 4] = [
    (
        "channels",
        &["GET", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "post"],
    ),
    ("claim", &["GET", "PUT", "DELETE", "HEAD", "Post"]),
    ("close", &["GET", "PUT", "DELETE", "HEAD"]),
    (
        "cell",
        &["POST", "DELETE", "HEAD", "OPTIONS", "PATCH", "get", "FOO"],
    ),
];

fn methods() -> Vec<RelayCase> {
    let mut cases = Vec::new();
    for (name, methods) in METHODS {
        for method in methods {
            let title = format!("{method} is no method of {name}");
            let case = match method.chars().any(|one| one.is_ascii_lowercase()) {
                true => "in-small-letters",
                false => "is-none",
            };
            let id = format!("method-{}-{name}-{case}", method.to_lowercase());
            let clauses = &["RELAY-3", "RELAY-8"];
            cases.push(RelayCase::new(SUITE, id, title, clauses, move |bench| {
                let channel = bench.channel(State::Claimed)?;
                let target = match name {
                    "channels" => format!("/v1/{}/channels", channel.app),
                    "cell" => channel.target("answer"),
                    _ => channel.target(name),
                };
                let request = Request::new(method, target).by(&channel.owner);
                // Bodies that would do, so that only the method is wrong.
                let request = match (*method, name) {
                    ("GET" | "HEAD" | "DELETE" | "OPTIONS", _) => request,
                    ("get", _) => request,
                    (_, "close") => request.with(r#"{"reason":"done"}"#),
                    _ => request.with(r#"{"body":"00"}"#),
                };
                bench.expect(&request, &Want::token("method-not-allowed"))?;
                Ok(())
            }));
        }
    }
    cases
}

/// Queries of a GET that are none.
const QUERIES: [(&str, &str); 23] = [
    ("bare", "?"),
    ("wait-31", "?wait=31"),
    ("wait-100", "?wait=100"),
    ("wait-256", "?wait=256"),
    ("wait-huge", "?wait=99999999999999999999"),
    ("wait-zeros", "?wait=00"),
    ("wait-leading-zero", "?wait=01"),
    ("wait-030", "?wait=030"),
    ("wait-plus", "?wait=+1"),
    ("wait-minus", "?wait=-1"),
    ("wait-minus-zero", "?wait=-0"),
    ("wait-fraction", "?wait=1.0"),
    ("wait-exponent", "?wait=1e0"),
    ("wait-hex", "?wait=0x1"),
    ("wait-encoded", "?wait=%31"),
    ("wait-empty", "?wait="),
    ("wait-without-value", "?wait"),
    ("wait-and-more", "?wait=1&x=1"),
    ("wait-ampersand", "?wait=1&"),
    ("wait-twice", "?wait=1&wait=1"),
    ("wait-uppercase", "?Wait=1"),
    ("wait-before-question", "?wait=1?"),
    ("other-name", "?x=1"),
];

fn queries() -> Vec<RelayCase> {
    let mut cases = Vec::new();
    for (id, query) in QUERIES {
        let title = format!("a GET with the query {query} is malformed");
        let id = format!("query-{id}");
        cases.push(RelayCase::new(
            SUITE,
            id,
            title,
            &["RELAY-5"],
            move |bench| {
                let channel = bench.channel(State::Answered)?;
                let get = channel.get(Cell::Answer, &channel.owner, query);
                bench.expect(&get, &Want::token("malformed"))?;
                Ok(())
            },
        ));
    }
    for query in [
        "", "?wait=0", "?wait=1", "?wait=9", "?wait=10", "?wait=29", "?wait=30",
    ] {
        let title = format!("a GET with the query {query:?} is taken");
        let id = format!("query-good{}", query.replace("?wait=", "-"));
        cases.push(RelayCase::new(
            SUITE,
            id,
            title,
            &["RELAY-5"],
            move |bench| {
                let channel = bench.channel(State::Answered)?;
                let get = channel.get(Cell::Answer, &channel.owner, query);
                bench.expect(&get, &Want::cell(Cell::Answer.content()))?;
                Ok(())
            },
        ));
    }
    let kinds = ["allocate", "claim", "put", "close"];
    for (id, query) in [("empty", "?"), ("wait", "?wait=0"), ("other", "?x=1")] {
        for kind in kinds {
            let title = format!("a query {query} is malformed with {kind}");
            let id = format!("query-{id}-{kind}");
            cases.push(RelayCase::new(
                SUITE,
                id,
                title,
                &["RELAY-5"],
                move |bench| {
                    let channel = match kind {
                        "allocate" => Channel::new(),
                        "claim" => bench.channel(State::Open)?,
                        _ => bench.channel(State::Claimed)?,
                    };
                    let request = match kind {
                        "allocate" => channel.allocate(),
                        "claim" => channel.claim(&channel.claimant),
                        "put" => channel.write(Cell::Answer),
                        _ => channel.close(&channel.owner, "done"),
                    };
                    bench.expect(&request.query(query), &Want::token("malformed"))?;
                    Ok(())
                },
            ));
        }
    }
    let title = "a GET without a query is answered at once";
    cases.push(RelayCase::new(
        SUITE,
        "query-none-is-zero",
        title,
        &["RELAY-5", "RELAY-4"],
        |bench| {
            let channel = bench.channel(State::Claimed)?;
            let reply = bench.expect(
                &channel.get(Cell::Answer, &channel.owner, ""),
                &Want::Status(204),
            )?;
            let took = reply.read.duration_since(reply.sent);
            match took < bench.seconds(1.0) {
                true => Ok(()),
                false => Err(bench.late("an answer at once", format!("one after {took:?}"))),
            }
        },
    ));
    cases
}

/// The parts of a request that a relay ignores.
fn ignored() -> Vec<RelayCase> {
    let types = [
        ("none", None),
        ("text", Some("text/plain")),
        ("form", Some("application/x-www-form-urlencoded")),
        ("broken", Some(";;")),
    ];
    let mut cases: Vec<RelayCase> = types
        .into_iter()
        .map(|(id, kind)| {
            let title = format!("a request with the Content-Type {kind:?} is taken");
            let id = format!("content-type-{id}");
            RelayCase::new(SUITE, id, title, &["RELAY-3"], move |bench| {
                let channel = bench.channel(State::Claimed)?;
                let request = channel.write(Cell::Answer);
                let request = match kind {
                    Some(kind) => request.header("Content-Type", kind),
                    None => request,
                };
                bench.expect(&request, &Want::Status(200))?;
                Ok(())
            })
        })
        .collect();
    let title = "the body of a GET is ignored, whatever it is";
    cases.push(RelayCase::new(
        SUITE,
        "get-with-body",
        title,
        &["RELAY-3", "RELAY-10"],
        |bench| {
            let channel = bench.channel(State::Answered)?;
            for body in ["{}", "no JSON", &"x".repeat(5_000)] {
                let get = channel.read(Cell::Answer, 0).with(body);
                bench.expect(&get, &Want::cell(Cell::Answer.content()))?;
            }
            Ok(())
        },
    ));
    let title = "headers that ask for something else are ignored";
    cases.push(RelayCase::new(
        SUITE,
        "other-headers",
        title,
        &["RELAY-3"],
        |bench| {
            let channel = bench.channel(State::Answered)?;
            let get = channel
                .read(Cell::Answer, 0)
                .header("Accept", "text/html")
                .header("Accept-Encoding", "br")
                .header("If-None-Match", "*")
                .header("Range", "bytes=0-1")
                .header("Cookie", "a=b")
                .header("X-HTTP-Method-Override", "DELETE")
                .header("Origin", "https://example.com");
            bench.expect(&get, &Want::cell(Cell::Answer.content()))?;
            Ok(())
        },
    ));
    cases
}
