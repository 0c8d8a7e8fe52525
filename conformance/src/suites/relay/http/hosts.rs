//! The header `Host` (RELAY-23).

use super::super::case::RelayCase;
use super::super::channel::{Cell, State};
use super::super::reply::Want;
use super::wire::*;

pub(super) fn hosts() -> Vec<RelayCase> {
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
