//! The side of a request (RELAY-1).

use super::case::RelayCase;
use super::channel::{Cell, Channel, State};
use super::reply::Want;
use super::request::Request;

const SUITE: &str = "relay-authorization";

/// Values that name no side; `{s}` stands for the side in hex.
const BAD: [(&str, &str); 23] = [
    ("empty", ""),
    ("scheme-alone", "Bearer"),
    ("scheme-and-space", "Bearer "),
    ("no-scheme", "{s}"),
    ("other-scheme", "Basic {s}"),
    ("longer-scheme", "Bearers {s}"),
    ("no-space", "Bearer{s}"),
    ("two-spaces", "Bearer  {s}"),
    ("tab", "Bearer\t{s}"),
    ("colon", "Bearer:{s}"),
    ("equals", "Bearer={s}"),
    ("too-short", "Bearer 0123456789abcdef0123456789abcd"),
    ("odd", "Bearer {s}0"),
    ("too-long", "Bearer {s}00"),
    ("twice-as-long", "Bearer {s}{s}"),
    ("digits-31", "Bearer 0123456789abcdef0123456789abcde"),
    ("no-hex", "Bearer 0123456789abcdef0123456789abcdeg"),
    ("quoted", "Bearer \"{s}\""),
    ("parameter", "Bearer {s};x"),
    ("comma", "Bearer {s},Bearer {s}"),
    ("list", "Bearer {s}, Bearer {s}"),
    ("prefix", "Bearer 0x0123456789abcdef0123456789abcd"),
    ("base64", "Bearer ASNFZ4mrze8BI0VniavN7w=="),
];

/// Every kind of request; the channel is claimed.
fn requests(channel: &Channel) -> Vec<Request> {
    vec![
        Request::new("POST", format!("/v1/{}/channels", channel.app)).with(r#"{"body":"00"}"#),
        channel.claim("").without("Authorization"),
        channel.write(Cell::Answer).without("Authorization"),
        channel.write(Cell::Finish).without("Authorization"),
        channel.write(Cell::Receipt).without("Authorization"),
        channel.read(Cell::Answer, 0).without("Authorization"),
        channel.read(Cell::Finish, 0).without("Authorization"),
        channel.read(Cell::Receipt, 0).without("Authorization"),
        channel.close("", "done").without("Authorization"),
    ]
}

/// The tests.
pub(super) fn cases() -> Vec<RelayCase> {
    let refused = || Want::token("unauthorized");
    let mut cases = Vec::new();
    for (id, value) in BAD {
        let title = format!(
            "Authorization: {} names no side",
            value.replace('\t', "<tab>")
        );
        let clauses = &["RELAY-1"];
        cases.push(RelayCase::new(SUITE, id, title, clauses, move |bench| {
            let channel = bench.channel(State::Answered)?;
            let value = value.replace("{s}", &channel.owner);
            let get = channel.read(Cell::Answer, 0).without("Authorization");
            let get = get.header("Authorization", value);
            bench.expect(&get, &refused())?;
            Ok(())
        }));
    }
    let title = "a side in uppercase hex is none";
    cases.push(RelayCase::new(
        SUITE,
        "uppercase",
        title,
        &["RELAY-1", "HEX-1"],
        move |bench| {
            let mut channel = Channel::new();
            // With a letter at each place, so that the case shows.
            channel.owner = format!("abcdef{}", channel.owner.get(6..).unwrap_or_default());
            bench.bring(&mut channel, State::Answered)?;
            for side in [
                channel.owner.to_uppercase(),
                channel.owner.replacen('a', "A", 1),
            ] {
                bench.expect(&channel.get(Cell::Answer, &side, ""), &refused())?;
            }
            Ok(())
        },
    ));
    for (number, name) in [
        "allocate",
        "claim",
        "put-answer",
        "put-finish",
        "put-receipt",
        "get-answer",
        "get-finish",
        "get-receipt",
        "close",
    ]
    .into_iter()
    .enumerate()
    {
        let title = format!("{name} without Authorization is unauthorized");
        let id = format!("missing-{name}");
        cases.push(RelayCase::new(
            SUITE,
            id,
            title,
            &["RELAY-1"],
            move |bench| {
                let channel = bench.channel(State::Claimed)?;
                if let Some(request) = requests(&channel).into_iter().nth(number) {
                    bench.expect(&request, &refused())?;
                }
                Ok(())
            },
        ));
    }
    for (id, first, second) in [
        ("twice-same", "Bearer {s}", "Bearer {s}"),
        (
            "twice-other",
            "Bearer {s}",
            "Bearer 0123456789abcdef0123456789abcdef",
        ),
        ("twice-bad-last", "Bearer {s}", "Basic eDp5"),
        ("twice-bad-first", "Basic eDp5", "Bearer {s}"),
        ("twice-empty", "Bearer {s}", ""),
    ] {
        let title = "two Authorization headers are refused, whatever they are";
        cases.push(RelayCase::new(
            SUITE,
            id,
            title,
            &["RELAY-1"],
            move |bench| {
                let channel = bench.channel(State::Answered)?;
                let fill = |text: &str| text.replace("{s}", &channel.owner);
                let get = channel
                    .read(Cell::Answer, 0)
                    .without("Authorization")
                    .header("Authorization", fill(first))
                    .header("Authorization", fill(second));
                bench.expect(&get, &refused())?;
                Ok(())
            },
        ));
    }
    for scheme in ["bearer", "BEARER", "bEaReR"] {
        let title = format!("the scheme {scheme} is taken");
        let id = format!("scheme-{scheme}");
        cases.push(RelayCase::new(
            SUITE,
            id,
            title,
            &["RELAY-1"],
            move |bench| {
                let channel = bench.channel(State::Answered)?;
                let get = channel
                    .read(Cell::Answer, 0)
                    .without("Authorization")
                    .header("Authorization", format!("{scheme} {}", channel.owner));
                bench.expect(&get, &Want::cell(Cell::Answer.content()))?;
                Ok(())
            },
        ));
    }
    let title = "the header's name is taken in any case, and space around its value";
    cases.push(RelayCase::new(
        SUITE,
        "header-name",
        title,
        &["RELAY-1"],
        |bench| {
            let channel = bench.channel(State::Answered)?;
            for name in ["authorization", "AUTHORIZATION"] {
                let get = channel
                    .read(Cell::Answer, 0)
                    .without("Authorization")
                    .header(name, format!("  Bearer {} ", channel.owner));
                bench.expect(&get, &Want::cell(Cell::Answer.content()))?;
            }
            Ok(())
        },
    ));
    let title = "a side of another header or of the query is none";
    cases.push(RelayCase::new(
        SUITE,
        "elsewhere",
        title,
        &["RELAY-1"],
        move |bench| {
            let channel = bench.channel(State::Answered)?;
            let get = channel.read(Cell::Answer, 0).without("Authorization");
            let value = format!("Bearer {}", channel.owner);
            for name in ["Proxy-Authorization", "X-Authorization", "Cookie"] {
                bench.expect(&get.clone().header(name, value.clone()), &refused())?;
            }
            Ok(())
        },
    ));
    for place in [0, 15, 16, 31] {
        let title = format!("a side that differs in the digit {} is another", place + 1);
        let id = format!("other-digit-{}", place + 1);
        cases.push(RelayCase::new(
            SUITE,
            id,
            title,
            &["RELAY-11", "RELAY-1"],
            move |bench| {
                let channel = bench.channel(State::Answered)?;
                let flip = |(at, digit): (usize, char)| match (at == place, digit) {
                    (true, '0') => '1',
                    (true, _) => '0',
                    (false, digit) => digit,
                };
                let side: String = channel.owner.chars().enumerate().map(flip).collect();
                let get = channel.get(Cell::Answer, &side, "");
                bench.expect(&get, &Want::token("no-such-channel"))?;
                Ok(())
            },
        ));
    }
    cases
}
