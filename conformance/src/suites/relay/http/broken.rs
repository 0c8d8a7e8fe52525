//! Bytes that are no HTTP, or broken as HTTP: they do nothing, and the relay goes on.

use super::super::case::RelayCase;
use super::super::channel::{Cell, State};
use super::super::reply::Want;
use super::wire::*;

/// Bytes that are no HTTP, or broken as HTTP: a relay does nothing, and the relay goes on.
pub(super) fn broken() -> Vec<RelayCase> {
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
                // The JSON is whole: the last byte of the length, or the last chunk is missing.
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
