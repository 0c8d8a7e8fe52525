//! Sizes and codings of bodies (RELAY-10).

use super::super::case::RelayCase;
use super::super::channel::{Cell, State};
use super::super::reply::Want;
use super::super::request::Request;
use super::wire::*;

pub(super) fn sizes() -> Vec<RelayCase> {
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

pub(super) fn codings() -> Vec<RelayCase> {
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
pub(super) const GZIP: [u8; 42] = [
    0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xff, 0x01, 0x13, 0x00, 0xec, 0xff, b'{',
    b'"', b'b', b'o', b'd', b'y', b'"', b':', b'"', b'a', b'1', b'a', b'2', b'a', b'3', b'a', b'4',
    b'"', b'}', 0x59, 0x50, 0x63, 0x17, 0x13, 0x00, 0x00, 0x00,
];
