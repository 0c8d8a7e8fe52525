//! HTTP itself (section 9.4; RELAY-10, RELAY-21, RELAY-23 to RELAY-25).
//!
//! Where HTTP libraries differ, these tests accept all that the text accepts.

use std::thread;
use std::time::{Duration, Instant};

use super::bench::Bench;
use super::case::RelayCase;
use super::channel::{Cell, Channel, State};
use super::fault::Fault;
use super::reply::{Reply, Want};
use super::request::Request;
use crate::stage::http_connection::{HttpConnection, NoAnswer};
use crate::subject::relay_settings::RelaySettings;

const SUITE: &str = "relay-http";
/// The time that an answer may take.
const ANSWERING: Duration = Duration::from_secs(10);
/// The rounding of clocks.
const ROUNDING: Duration = Duration::from_millis(3);

/// The tests.
pub(super) fn cases() -> Vec<RelayCase> {
    let mut cases = hosts();
    cases.extend(sizes());
    cases.extend(codings());
    cases.extend(expectations());
    cases.extend(connections());
    cases.extend(broken());
    cases.extend(times());
    cases
}

/// What a kind of request needs, and the request.
fn prepared(bench: &Bench<'_>, kind: &str) -> Result<(Channel, Request, Want), Fault> {
    let state = match kind {
        "allocate" => State::Absent,
        "claim" => State::Open,
        "put-finish" => State::Answered,
        "put-receipt" => State::Finished,
        _ => State::Claimed,
    };
    let channel = match state {
        State::Absent => Channel::new(),
        state => bench.channel(state)?,
    };
    let (request, want) = match kind {
        "allocate" => (channel.allocate(), Want::Status(201)),
        "claim" => (channel.claim(&channel.claimant), Want::Status(200)),
        "put-answer" => (channel.write(Cell::Answer), Want::Status(200)),
        "put-finish" => (channel.write(Cell::Finish), Want::Status(200)),
        "put-receipt" => (channel.write(Cell::Receipt), Want::Status(200)),
        _ => (channel.close(&channel.owner, "done"), Want::Status(200)),
    };
    Ok((channel, request, want))
}

/// The kinds of requests with a body, and the most bytes of it (RELAY-10).
const KINDS: [(&str, usize); 6] = [
    ("allocate", 1_024),
    ("claim", 1_024),
    ("put-answer", 139_264),
    ("put-finish", 139_264),
    ("put-receipt", 1_024),
    ("close", 1_024),
];

fn hosts() -> Vec<RelayCase> {
    let malformed = || Want::token("malformed");
    let clauses = &["RELAY-23"];
    let mut cases = Vec::new();
    let rows: [(&str, &'static [&'static str], &'static str, bool); 10] = [
        ("none", &[], "HTTP/1.1", false),
        ("two", &["a.example", "b.example"], "HTTP/1.1", false),
        ("two-same", &["a.example", "a.example"], "HTTP/1.1", false),
        (
            "three",
            &["a.example", "a.example", "a.example"],
            "HTTP/1.1",
            false,
        ),
        ("other", &["other.example:99"], "HTTP/1.1", true),
        ("address", &["192.0.2.1"], "HTTP/1.1", true),
        ("empty", &[""], "HTTP/1.1", true),
        ("none-in-1.0", &[], "HTTP/1.0", true),
        ("one-in-1.0", &["a.example"], "HTTP/1.0", true),
        ("two-in-1.0", &["a.example", "b.example"], "HTTP/1.0", true),
    ];
    for (id, hosts, version, is_taken) in rows {
        let word = if is_taken { "taken" } else { "malformed" };
        let title = format!("a request in {version} with the Hosts {hosts:?} is {word}");
        cases.push(RelayCase::new(
            SUITE,
            format!("host-{id}"),
            title,
            clauses,
            move |bench| {
                let channel = bench.channel(State::Answered)?;
                let get = channel.read(Cell::Answer, 0).hosts(hosts).version(version);
                let want = match is_taken {
                    true => Want::cell(Cell::Answer.content()),
                    false => malformed(),
                };
                bench.expect(&get, &want)?;
                Ok(())
            },
        ));
    }
    for (kind, _) in KINDS {
        let title = format!("{kind} without Host is malformed");
        cases.push(RelayCase::new(
            SUITE,
            format!("host-none-{kind}"),
            title,
            clauses,
            move |bench| {
                let (_, request, _) = prepared(bench, kind)?;
                bench.expect(&request.hosts(&[]), &malformed())?;
                Ok(())
            },
        ));
    }
    let title = "a request in HTTP/1.2 without Host is not served";
    cases.push(RelayCase::new(
        SUITE,
        "host-none-in-1.2",
        title,
        clauses,
        |bench| {
            let channel = bench.channel(State::Answered)?;
            let get = channel.read(Cell::Answer, 0).hosts(&[]).version("HTTP/1.2");
            refused(bench, &bench.bytes(&get))
        },
    ));
    cases
}

fn sizes() -> Vec<RelayCase> {
    let mut cases = Vec::new();
    for (kind, bound) in KINDS {
        for chunked in [false, true] {
            let how = if chunked { "-in-chunks" } else { "" };
            let shape = move |request: Request, length: usize| {
                let body = request.body();
                let text = String::from_utf8_lossy(&body).into_owned();
                let padded = format!("{text}{}", " ".repeat(length.saturating_sub(text.len())));
                match chunked {
                    true => request.with(padded).in_chunks(1_000),
                    false => request.with(padded),
                }
            };
            let title = format!(
                "{kind}: a body of {bound} bytes{} is taken",
                how.replace('-', " ")
            );
            let id = format!("size-{kind}-largest{how}");
            cases.push(RelayCase::new(
                SUITE,
                id,
                title,
                &["RELAY-10"],
                move |bench| {
                    let (_, request, want) = prepared(bench, kind)?;
                    bench.expect(&shape(request, bound), &want)?;
                    Ok(())
                },
            ));
            let title = format!(
                "{kind}: a body of {} bytes{} is too large",
                bound + 1,
                how.replace('-', " ")
            );
            let id = format!("size-{kind}-too-large{how}");
            cases.push(
                RelayCase::new(SUITE, id, title, &["RELAY-10"], move |bench| {
                    let (_, request, want) = prepared(bench, kind)?;
                    bench.expect(
                        &shape(request.clone(), bound + 1),
                        &Want::token("too-large"),
                    )?;
                    // What was too large has done nothing.
                    if bench.pool.is_none() {
                        bench.given(&request, &want)?;
                    }
                    Ok(())
                })
                .starts(3),
            );
        }
    }
    let title = "a body that is much too large is refused, and what it bears is no request";
    cases.push(
        RelayCase::new(
            SUITE,
            "size-smuggled",
            title,
            &["RELAY-10", "RELAY-3"],
            |bench| {
                let channel = bench.channel(State::Answered)?;
                let hidden = bench.bytes(&channel.close(&channel.owner, "done"));
                let body = [&b" ".repeat(1_200)[..], &hidden].concat();
                bench.expect(
                    &channel.claim(&channel.claimant).with(body),
                    &Want::token("too-large"),
                )?;
                bench.settle();
                bench.expect(&channel.read(Cell::Receipt, 0), &Want::Status(204))?;
                Ok(())
            },
        )
        .starts(3),
    );
    cases
}

fn codings() -> Vec<RelayCase> {
    let mut cases = Vec::new();
    for (kind, _) in KINDS {
        let title = format!("{kind}: a body in chunks of one byte is taken");
        cases.push(RelayCase::new(
            SUITE,
            format!("chunks-{kind}"),
            title,
            &["RELAY-10", "RELAY-3"],
            move |bench| {
                let (_, request, want) = prepared(bench, kind)?;
                bench.expect(&request.in_chunks(1), &want)?;
                Ok(())
            },
        ));
    }
    let title = "chunks with extensions, sizes in capitals and a trailer are taken";
    cases.push(RelayCase::new(
        SUITE,
        "chunks-extended",
        title,
        &["RELAY-10"],
        |bench| {
            let channel = bench.channel(State::Claimed)?;
            let mut request = channel.write(Cell::Answer);
            let text = request.body();
            request = request.with("").in_chunks(1);
            let (host, path) = (&bench.address.host, &bench.address.path);
            let (first, rest) = text.split_at(10.min(text.len()));
            let body = [
                format!("00A;x=\"y\"\r\n{}\r\n", String::from_utf8_lossy(first)),
                format!("{:X}\r\n{}\r\n", rest.len(), String::from_utf8_lossy(rest)),
                "0\r\nX-Trailer: x\r\n\r\n".to_owned(),
            ]
            .concat();
            let bytes = [&request.head(host, path)[..], body.as_bytes()].concat();
            let reply = raw(
                bench,
                &bytes,
                "PUT answer in chunks with extensions and a trailer",
            )?;
            bench.judge(&reply, &Want::Status(200))
        },
    ));
    let title = "a content coding is not undone: its name alone changes nothing";
    cases.push(RelayCase::new(
        SUITE,
        "content-coding-name",
        title,
        &["RELAY-10"],
        |bench| {
            let channel = bench.channel(State::Claimed)?;
            let put = channel
                .write(Cell::Answer)
                .header("Content-Encoding", "gzip");
            bench.expect(&put, &Want::Status(200))?;
            Ok(())
        },
    ));
    let title = "a content coding is not undone: a compressed body is malformed";
    cases.push(RelayCase::new(
        SUITE,
        "content-coding",
        title,
        &["RELAY-10", "JSON-1"],
        |bench| {
            let channel = bench.channel(State::Claimed)?;
            let put = channel
                .write(Cell::Answer)
                .with(GZIP)
                .header("Content-Encoding", "gzip");
            bench.expect(&put, &Want::token("malformed"))?;
            Ok(())
        },
    ));
    cases
}

/// `{"body":"a1a2a3a4"}` in gzip, stored without compression.
const GZIP: [u8; 42] = [
    0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xff, 0x01, 0x13, 0x00, 0xec, 0xff, b'{',
    b'"', b'b', b'o', b'd', b'y', b'"', b':', b'"', b'a', b'1', b'a', b'2', b'a', b'3', b'a', b'4',
    b'"', b'}', 0x59, 0x50, 0x63, 0x17, 0x13, 0x00, 0x00, 0x00,
];

fn expectations() -> Vec<RelayCase> {
    let clauses = &["RELAY-25"];
    let mut cases = Vec::new();
    for (kind, _) in KINDS {
        let title = format!("{kind}: Expect: 100-continue is answered with 100 before the body");
        cases.push(RelayCase::new(
            SUITE,
            format!("expect-{kind}"),
            title,
            clauses,
            move |bench| {
                let (_, request, want) = prepared(bench, kind)?;
                let mut connection = expecting(bench, &request, "100-continue")?;
                let interim = connection.answer(false, Instant::now() + ANSWERING);
                match interim {
                    Ok(answer) if answer.status == 100 => {}
                    Ok(answer) => return Err(bench.failed("100", answer.status)),
                    Err(none) => return Err(bench.late("100", none)),
                }
                let _ = connection.send(&request.body());
                let reply = read(bench, &mut connection)?;
                bench.judge(&reply, &want)
            },
        ));
    }
    type Made = fn(&Channel) -> Request;
    let refusals: [(&str, &str, Made); 4] = [
        ("unauthorized", "unauthorized", |channel| {
            channel.write(Cell::Answer).without("Authorization")
        }),
        ("not-found", "not-found", |channel| {
            let mut put = channel.write(Cell::Answer);
            put.target.push('x');
            put
        }),
        ("method", "method-not-allowed", |channel| {
            let mut put = channel.write(Cell::Answer);
            put.method = "POST".to_owned();
            put
        }),
        ("too-large", "too-large", |channel| {
            channel.claim(&channel.claimant).with(" ".repeat(1_025))
        }),
    ];
    for (id, token, make) in refusals {
        let title = format!(
            "with Expect: 100-continue, `{token}` comes at once, or after a 100 and the body"
        );
        cases.push(RelayCase::new(
            SUITE,
            format!("expect-refused-{id}"),
            title,
            clauses,
            move |bench| {
                let channel = bench.channel(State::Claimed)?;
                let request = make(&channel);
                let mut connection = expecting(bench, &request, "100-continue")?;
                let first = connection.answer(false, Instant::now() + ANSWERING);
                let answer = match first {
                    Ok(answer) if answer.status == 100 => {
                        let _ = connection.send(&request.body());
                        read(bench, &mut connection)?.answer
                    }
                    Ok(answer) => answer,
                    Err(none) => return Err(bench.late("100 or a refusal", none)),
                };
                let now = Instant::now();
                bench.judge(
                    &Reply {
                        answer,
                        sent: now,
                        read: now,
                    },
                    &Want::token(token),
                )
            },
        ));
    }
    let title = "Expect: 100-Continue is taken in any case";
    cases.push(RelayCase::new(
        SUITE,
        "expect-case",
        title,
        clauses,
        |bench| {
            let channel = bench.channel(State::Claimed)?;
            let request = channel.write(Cell::Answer);
            let mut connection = expecting(bench, &request, "100-Continue")?;
            match connection.answer(false, Instant::now() + ANSWERING) {
                Ok(answer) if answer.status == 100 => {}
                Ok(answer) => return Err(bench.failed("100", answer.status)),
                Err(none) => return Err(bench.late("100", none)),
            }
            let _ = connection.send(&request.body());
            let reply = read(bench, &mut connection)?;
            bench.judge(&reply, &Want::Status(200))
        },
    ));
    let title = "an expectation in HTTP/1.0 is ignored, and gets no 100";
    cases.push(RelayCase::new(
        SUITE,
        "expect-in-1.0",
        title,
        clauses,
        |bench| {
            let channel = bench.channel(State::Claimed)?;
            let request = channel.write(Cell::Answer).version("HTTP/1.0");
            let mut connection = expecting(bench, &request, "100-continue")?;
            bench.settle();
            let _ = connection.send(&request.body());
            match connection.answer(false, Instant::now() + ANSWERING) {
                Ok(answer) => bench.check(
                    answer.status == 200,
                    "200 without a 100 before it",
                    answer.status,
                ),
                Err(none) => Err(bench.late("200", none)),
            }
        },
    ));
    let title = "other expectations are ignored";
    cases.push(RelayCase::new(
        SUITE,
        "expect-other",
        title,
        clauses,
        |bench| {
            let channel = bench.channel(State::Claimed)?;
            let put = channel.write(Cell::Answer).header("Expect", "a-miracle");
            bench.expect(&put, &Want::Status(200))?;
            Ok(())
        },
    ));
    let title = "an expectation whose body is there already, or that has none, does no harm";
    cases.push(RelayCase::new(
        SUITE,
        "expect-needless",
        title,
        clauses,
        |bench| {
            let channel = bench.channel(State::Claimed)?;
            let put = channel.write(Cell::Answer).header("Expect", "100-continue");
            bench.expect(&put, &Want::Status(200))?;
            let get = channel
                .read(Cell::Answer, 0)
                .header("Expect", "100-continue");
            bench.expect(&get, &Want::cell(Cell::Answer.content()))?;
            Ok(())
        },
    ));
    cases
}

/// Sends the head of a request that expects a 100.
fn expecting(bench: &Bench<'_>, request: &Request, value: &str) -> Result<HttpConnection, Fault> {
    let request = request.clone().header("Expect", value);
    bench.note(format!("{request} (its head alone)"));
    let mut connection = bench.connect()?;
    let _ = connection.send(&request.head(&bench.address.host, &bench.address.path));
    Ok(connection)
}

/// Reads a final answer.
fn read(bench: &Bench<'_>, connection: &mut HttpConnection) -> Result<Reply, Fault> {
    loop {
        match connection.answer(false, Instant::now() + ANSWERING) {
            Ok(answer) if answer.status < 200 => {}
            Ok(answer) => {
                let now = Instant::now();
                let reply = Reply {
                    answer,
                    sent: now,
                    read: now,
                };
                bench.note(format!("-> {reply}"));
                return Ok(reply);
            }
            Err(none @ NoAnswer::TimedOut(_)) => return Err(bench.late("an answer", none)),
            Err(none) => return Err(bench.failed("an answer", none)),
        }
    }
}

/// Sends bytes on a new connection, and reads the answer.
fn raw(bench: &Bench<'_>, bytes: &[u8], what: &str) -> Result<Reply, Fault> {
    bench.note(what);
    let mut connection = bench.connect()?;
    let _ = connection.send(bytes);
    read(bench, &mut connection)
}

fn connections() -> Vec<RelayCase> {
    let mut cases = Vec::new();
    let title = "requests on one connection are answered one after the other";
    cases.push(RelayCase::new(
        SUITE,
        "kept",
        title,
        &["RELAY-3"],
        |bench| {
            let channel = bench.channel(State::Claimed)?;
            let mut connection = bench.connect()?;
            let steps = [
                (channel.read(Cell::Answer, 0), Want::Status(204)),
                (channel.write(Cell::Answer), Want::Status(200)),
                (
                    channel.read(Cell::Answer, 0),
                    Want::cell(Cell::Answer.content()),
                ),
                (
                    channel.get(Cell::Answer, "", ""),
                    Want::token("unauthorized"),
                ),
                (
                    channel.put(Cell::Answer, &channel.claimant, "00"),
                    Want::token("conflict"),
                ),
                (
                    channel.read(Cell::Answer, 0).with("a body"),
                    Want::cell(Cell::Answer.content()),
                ),
                (
                    Request::new("HEAD", channel.target("answer")),
                    Want::token("method-not-allowed"),
                ),
                (channel.write(Cell::Finish).in_chunks(3), Want::Status(200)),
                (channel.close(&channel.owner, "done"), Want::Status(200)),
            ];
            for (request, want) in steps {
                let pending = bench.begin_at(connection, &request)?;
                let (reply, again) = pending.reply_and_connection()?;
                bench.judge(&reply, &want)?;
                // A relay may close after any answer.
                connection = if reply.answer.keeps() {
                    again
                } else {
                    bench.connect()?
                };
            }
            Ok(())
        },
    ));
    let title = "requests that come at once on one connection are answered in their order";
    cases.push(RelayCase::new(
        SUITE,
        "pipelined",
        title,
        &["RELAY-3"],
        |bench| {
            let channel = bench.channel(State::Claimed)?;
            let requests = [
                (channel.write(Cell::Answer), Want::Status(200)),
                (
                    channel.read(Cell::Answer, 0),
                    Want::cell(Cell::Answer.content()),
                ),
                (channel.write(Cell::Finish), Want::Status(200)),
            ];
            let mut connection = bench.connect()?;
            let all: Vec<u8> = requests
                .iter()
                .flat_map(|(request, _)| bench.bytes(request))
                .collect();
            bench.note("three requests at once");
            let _ = connection.send(&all);
            for (_, want) in &requests {
                let reply = read(bench, &mut connection)?;
                bench.judge(&reply, want)?;
                if !reply.answer.keeps() {
                    return Ok(());
                }
            }
            Ok(())
        },
    ));
    let title = "the body of a GET is no request";
    cases.push(RelayCase::new(
        SUITE,
        "get-body-hidden",
        title,
        &["RELAY-3", "RELAY-10"],
        |bench| {
            let channel = bench.channel(State::Answered)?;
            let hidden = bench.bytes(&channel.close(&channel.owner, "done"));
            let get = channel.read(Cell::Answer, 0).with(hidden);
            bench.expect(&get, &Want::cell(Cell::Answer.content()))?;
            bench.settle();
            bench.expect(&channel.read(Cell::Receipt, 0), &Want::Status(204))?;
            Ok(())
        },
    ));
    for (kind, _) in KINDS {
        let title =
            format!("{kind}: a request is answered though its client has closed the sending half");
        cases.push(RelayCase::new(
            SUITE,
            format!("half-closed-{kind}"),
            title,
            &["RELAY-24"],
            move |bench| {
                let (_, request, want) = prepared(bench, kind)?;
                let pending = bench.begin(&request)?;
                pending.half_close();
                let reply = pending.reply()?;
                bench.judge(&reply, &want)
            },
        ));
    }
    let title = "a GET of a written cell is answered though its client has closed the sending half";
    cases.push(RelayCase::new(
        SUITE,
        "half-closed-get",
        title,
        &["RELAY-24"],
        |bench| {
            let channel = bench.channel(State::Answered)?;
            let pending = bench.begin(&channel.read(Cell::Answer, 5))?;
            pending.half_close();
            let reply = pending.reply()?;
            bench.judge(&reply, &Want::cell(Cell::Answer.content()))
        },
    ));
    let title = "a client of HTTP/1.0 is served, without chunks";
    cases.push(RelayCase::new(
        SUITE,
        "version-1.0",
        title,
        &["RELAY-3", "RELAY-23"],
        |bench| {
            let channel = bench.channel(State::Claimed)?;
            let put = channel.write(Cell::Answer).version("HTTP/1.0");
            bench.expect(&put, &Want::Status(200))?;
            let get = channel.read(Cell::Answer, 0).version("HTTP/1.0");
            let reply = bench.expect(&get, &Want::cell(Cell::Answer.content()))?;
            let codings: Vec<&str> = reply.answer.all("transfer-encoding").collect();
            bench.check(
                codings.is_empty(),
                "no transfer coding",
                format!("{codings:?}"),
            )
        },
    ));
    let title = "a hundred silent connections keep no request from its answer";
    cases.push(RelayCase::new(
        SUITE,
        "silent-others",
        title,
        &["RELAY-3"],
        |bench| {
            let channel = bench.channel(State::Answered)?;
            let mut silent = Vec::new();
            for _ in 0..100 {
                silent.push(bench.connect()?);
            }
            bench.expect(
                &channel.read(Cell::Answer, 0),
                &Want::cell(Cell::Answer.content()),
            )?;
            Ok(())
        },
    ));
    let title = "a request in small pieces is answered";
    cases.push(RelayCase::new(
        SUITE,
        "in-pieces",
        title,
        &["RELAY-3", "RELAY-21"],
        |bench| {
            let channel = bench.channel(State::Claimed)?;
            let request = channel.write(Cell::Answer);
            let bytes = bench.bytes(&request);
            bench.note(format!("{request} (in pieces)"));
            let mut connection = bench.connect()?;
            for piece in bytes.chunks(bytes.len() / 12 + 1) {
                let _ = connection.send(piece);
                thread::sleep(Duration::from_millis(5));
            }
            let reply = read(bench, &mut connection)?;
            bench.judge(&reply, &Want::Status(200))
        },
    ));
    cases
}

/// Checks that bytes are not served: an error of whatever form, or the end of the connection.
fn refused(bench: &Bench<'_>, bytes: &[u8]) -> Result<(), Fault> {
    bench.note(super::request::short(bytes, 300));
    let mut connection = bench.connect()?;
    let _ = connection.send(bytes);
    connection.half_close();
    match connection.answer(false, Instant::now() + ANSWERING) {
        Ok(answer) if answer.status < 400 => {
            Err(bench.failed("an error, or the end of the connection", answer.status))
        }
        Ok(_) => Ok(()),
        Err(none @ NoAnswer::TimedOut(_)) => {
            Err(bench.late("an error, or the end of the connection", none))
        }
        Err(_) => Ok(()),
    }
}

/// What is no HTTP, or broken as HTTP: it does nothing, and the relay goes on.
fn broken() -> Vec<RelayCase> {
    let heads: [(&str, &str); 9] = [
        ("words", "hello\r\n\r\n"),
        ("tls", "\u{16}\u{3}\u{1}\u{0}\u{5}hello\r\n\r\n"),
        ("zeros", "\0\0\0\0\0\0\0\0\r\n\r\n"),
        ("no-version", "PUT {t}\r\n\r\n"),
        ("other-protocol", "PUT {t} FTP/1.1\r\n{h}\r\n{b}"),
        (
            "no-colon",
            "PUT {t} HTTP/1.1\r\n{h}a line without colon\r\n\r\n{b}",
        ),
        ("space-in-target", "PUT {t} x HTTP/1.1\r\n{h}\r\n{b}"),
        (
            "bad-length",
            "PUT {t} HTTP/1.1\r\n{n}Content-Length: x\r\n\r\n{b}",
        ),
        (
            "two-lengths",
            "PUT {t} HTTP/1.1\r\n{n}Content-Length: 19\r\nContent-Length: 20\r\n\r\n{b}",
        ),
    ];
    let mut cases: Vec<RelayCase> = heads
        .into_iter()
        .map(|(id, pattern)| {
            let title = format!("what is no request does nothing ({id})");
            RelayCase::new(
                SUITE,
                format!("broken-{id}"),
                title,
                &["RELAY-3"],
                move |bench| {
                    let channel = bench.channel(State::Claimed)?;
                    let put = channel.write(Cell::Answer);
                    let (body, host) = (put.body(), &bench.address.host);
                    let body = String::from_utf8_lossy(&body).into_owned();
                    let n = format!(
                        "Host: {host}\r\nAuthorization: Bearer {}\r\n",
                        channel.claimant
                    );
                    let h = format!("{n}Content-Length: {}\r\n", body.len());
                    let bytes = pattern
                        .replace("{t}", &put.target)
                        .replace("{h}", &h)
                        .replace("{n}", &n)
                        .replace("{b}", &body);
                    refused(bench, bytes.as_bytes())?;
                    bench.expect(&channel.read(Cell::Answer, 0), &Want::Status(204))?;
                    Ok(())
                },
            )
        })
        .collect();
    let chunks: [(&str, &str); 4] = [
        ("no-size", "x\r\n{\"body\":\"00\"}\r\n0\r\n\r\n"),
        ("size-too-small", "2\r\n{\"body\":\"00\"}\r\n0\r\n\r\n"),
        ("negative-size", "-d\r\n{\"body\":\"00\"}\r\n0\r\n\r\n"),
        (
            "huge-size",
            "fffffffffffffffff\r\n{\"body\":\"00\"}\r\n0\r\n\r\n",
        ),
    ];
    for (id, text) in chunks {
        let title = format!("a body with a broken chunk writes nothing ({id})");
        cases.push(RelayCase::new(
            SUITE,
            format!("broken-chunk-{id}"),
            title,
            &["RELAY-3", "RELAY-10"],
            move |bench| {
                let channel = bench.channel(State::Claimed)?;
                let put = channel.write(Cell::Answer).with("").in_chunks(1);
                let head = put.head(&bench.address.host, &bench.address.path);
                refused(bench, &[&head[..], text.as_bytes()].concat())?;
                bench.expect(&channel.read(Cell::Answer, 0), &Want::Status(204))?;
                Ok(())
            },
        ));
    }
    for (id, chunked) in [("length", false), ("chunks", true)] {
        let title = format!("a body that breaks off writes nothing ({id})");
        cases.push(RelayCase::new(
            SUITE,
            format!("broken-off-{id}"),
            title,
            &["RELAY-3"],
            move |bench| {
                let channel = bench.channel(State::Claimed)?;
                let put = channel.write(Cell::Answer);
                let put = if chunked { put.in_chunks(8) } else { put };
                let bytes = bench.bytes(&put);
                // All of the JSON is there: only the last byte of the body's length, or the last chunk
                // is missing.
                let bytes = match chunked {
                    true => bytes.get(..bytes.len() - 5).unwrap_or_default().to_vec(),
                    false => bench.bytes(&put.with(format!("{} ", r#"{"body":"00"}"#))),
                };
                let cut = if chunked {
                    bytes.len()
                } else {
                    bytes.len() - 1
                };
                refused(bench, bytes.get(..cut).unwrap_or_default())?;
                bench.expect(&channel.read(Cell::Answer, 0), &Want::Status(204))?;
                Ok(())
            },
        ));
    }
    cases
}

/// The time in which a request must arrive (RELAY-21), with a short second.
fn times() -> Vec<RelayCase> {
    let clauses = &["RELAY-21"];
    let settings = || RelaySettings::second(25);
    let mut cases = Vec::new();
    for (id, what, slow) in [
        ("head", "the first half of a head", false),
        ("body", "a head and half of its body", false),
        ("slow-head", "a head byte by byte, without end", true),
        ("slow-body", "a body byte by byte, without end", true),
    ] {
        let title = format!(
            "a request that does not arrive within 30 seconds is dropped without an answer: {what}"
        );
        cases.push(
            RelayCase::new(SUITE, format!("late-{id}"), title, clauses, move |bench| {
                let channel = bench.channel(State::Claimed)?;
                let request = channel
                    .write(Cell::Answer)
                    .header("X-Long", "x".repeat(400));
                let request = match id.contains("body") {
                    true => request.with(format!("{{\"body\":\"{}\"}}", "ab".repeat(400))),
                    false => request,
                };
                let (host, path) = (&bench.address.host, &bench.address.path);
                let (head, body) = (request.head(host, path), request.body());
                let first = match id.contains("body") {
                    true => [&head[..], body.get(..20).unwrap_or_default()].concat(),
                    false => head.get(..head.len() / 2).unwrap_or_default().to_vec(),
                };
                let rest = match id.contains("body") {
                    true => body.get(20..300).unwrap_or_default(),
                    false => head.get(head.len() / 2..head.len() - 4).unwrap_or_default(),
                };
                bench.note(what);
                let mut connection = bench.connect()?;
                let begun = Instant::now();
                let _ = connection.send(&first);
                if slow {
                    dribble(bench, &mut connection, rest, begun, 40.0);
                }
                let came = connection.end(begun + bench.seconds(30.0) + ANSWERING);
                let took = begun.elapsed();
                let Some(bytes) = came else {
                    return Err(bench.late("the end of the connection after 30 s", "none"));
                };
                bench.check(bytes == 0, "no answer", format!("{bytes} bytes"))?;
                bench.check(
                    took + ROUNDING >= bench.seconds(30.0),
                    "the end of the connection after 30 s",
                    format!("after {:.1} s", bench.in_seconds(took)),
                )?;
                let limit = bench.seconds(if slow { 41.0 } else { 30.0 }) + bench.lag();
                match took <= limit {
                    true => Ok(()),
                    false => Err(bench.late(
                        "the end of the connection after 30 s",
                        format!("after {:.1} s", bench.in_seconds(took)),
                    )),
                }
            })
            .told(settings())
            .waits(750),
        );
    }
    let title = "a request that needs 24 seconds to arrive is answered";
    cases.push(
        RelayCase::new(SUITE, "in-time", title, clauses, |bench| {
            let channel = bench.channel(State::Claimed)?;
            let request = channel
                .write(Cell::Answer)
                .header("X-Long", "x".repeat(200));
            let connection = bench.connect()?;
            let (reply, _) = slowly(bench, connection, &request, 24.0)?;
            bench.judge(&reply, &Want::Status(200))
        })
        .told(settings())
        .waits(600),
    );
    let title = "the time of a later request on a kept connection begins with its own first byte";
    cases.push(
        RelayCase::new(SUITE, "in-time-kept", title, clauses, |bench| {
            let channel = bench.channel(State::Claimed)?;
            let first = channel.read(Cell::Answer, 0);
            let (reply, connection) = bench.begin(&first)?.reply_and_connection()?;
            if !reply.answer.keeps() {
                return Ok(());
            }
            bench.sleep_until(reply.read, 20.0);
            if reply.sent.elapsed() > bench.seconds(28.0) {
                return Err(Fault::Undecided(
                    "the connection was idle too long".to_owned(),
                ));
            }
            let request = channel
                .write(Cell::Answer)
                .header("X-Long", "x".repeat(200));
            let (reply, _) = slowly(bench, connection, &request, 20.0)?;
            bench.judge(&reply, &Want::Status(200))
        })
        .told(settings())
        .waits(1_000),
    );
    let title =
        "the time of a request that was begun behind a waiting GET begins with that one's answer";
    cases.push(
        RelayCase::new(SUITE, "in-time-behind-wait", title, clauses, |bench| {
            let channel = bench.channel(State::Claimed)?;
            let get = channel.read(Cell::Answer, 20);
            let request = channel
                .write(Cell::Answer)
                .header("X-Long", "x".repeat(200));
            let bytes = bench.bytes(&request);
            let (front, back) = bytes.split_at(bytes.len() / 2);
            let mut connection = bench.connect()?;
            bench.note(format!("{get}, and behind it the first half of {request}"));
            let _ = connection.send(&[&bench.bytes(&get)[..], front].concat());
            let sent = Instant::now();
            let first = read(bench, &mut connection)?;
            bench.judge(&first, &Want::Status(204))?;
            if !first.answer.keeps() {
                return Ok(());
            }
            let answered = Instant::now();
            bench.sleep_until(answered, 20.0);
            let _ = connection.send(back);
            // The relay may have answered long before the answer was read, but not before
            // the wait was over.
            if sent.elapsed() > bench.seconds(20.0 + 28.0) {
                return Err(Fault::Undecided("the request was sent too late".to_owned()));
            }
            let reply = read(bench, &mut connection)?;
            bench.judge(&reply, &Want::Status(200))
        })
        .told(settings())
        .waits(1_000),
    );
    cases
}

/// Sends bytes one by one for so many seconds, or until they are all sent.
fn dribble(
    bench: &Bench<'_>,
    connection: &mut HttpConnection,
    bytes: &[u8],
    since: Instant,
    seconds: f64,
) {
    let steps = 40;
    let size = bytes.len() / steps + 1;
    for (index, piece) in bytes.chunks(size).enumerate() {
        bench.sleep_until(since, seconds * index as f64 / steps as f64);
        if connection.send(piece).is_err() {
            return;
        }
    }
}

/// Sends a request within so many seconds, and gives its answer.
fn slowly(
    bench: &Bench<'_>,
    mut connection: HttpConnection,
    request: &Request,
    seconds: f64,
) -> Result<(Reply, HttpConnection), Fault> {
    bench.note(format!("{request} (within {seconds} s)"));
    let bytes = bench.bytes(request);
    let begun = Instant::now();
    let (last, rest) = bytes.split_last().unwrap_or((&b'\n', &[]));
    dribble(bench, &mut connection, rest, begun, seconds);
    let _ = connection.send(&[*last]);
    if begun.elapsed() > bench.seconds(29.0) {
        return Err(Fault::Undecided("the request was sent too late".to_owned()));
    }
    let reply = read(bench, &mut connection)?;
    Ok((reply, connection))
}
