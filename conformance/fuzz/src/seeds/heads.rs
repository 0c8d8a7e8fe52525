//! Requests that no client of this project sends, and responses without a body. The vectors and transcripts have none of
//! them, because they judge clients by whole exchanges.

use wormhole_sync::protocol::wire::HttpResponse;

use crate::wire::{KINDS, STATUSES, write_kind, write_response};

const SIDE: &str = "1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a";

/// Requests on both sides of the lines that RELAY-1, RELAY-5, RELAY-10 and RELAY-22 draw.
pub(crate) fn requests() -> Vec<Vec<u8>> {
    let get = |query: &str| format!("GET /v1/61/channels/7/answer{query}");
    let queries = [
        "",
        "?",
        "?wait=0",
        "?wait=30",
        "?wait=31",
        "?wait=01",
        "?wait=+1",
        "?x=1",
        "?wait=1&wait=1",
    ];
    let usual = format!("authorization: Bearer {SIDE}\n");
    let mut all: Vec<(u8, String)> = Vec::new();
    for query in queries {
        all.push((0, format!("{}\n{usual}\n", get(query))));
    }
    let schemes = ["bearer", "BEARER", "Basic", "Bearer ", ""];
    for scheme in schemes {
        all.push((
            0,
            format!("{}\nauthorization: {scheme} {SIDE}\n\n", get("")),
        ));
    }
    for headers in [
        String::new(),
        usual.repeat(2),
        usual.to_uppercase(),
        usual.replace("1a\n", "\n"),
    ] {
        all.push((0, format!("{}\n{headers}\n", get(""))));
    }
    let forwarded = [
        (1, "x-forwarded-for: 1.1.1.1"),
        (1, "x-forwarded-for: 6.6.6.6, 1.1.1.1:99, 10.2.2.2"),
        (
            2,
            "x-forwarded-for: junk, 10.2.2.2\nx-forwarded-for: [2001:db8::7]:80",
        ),
        (3, "x-forwarded-for: 1.1.1.1"),
        (
            5,
            "forwarded: for=6.6.6.6, proto=https;For=\"[2001:db8::1]:4711\";by=x",
        ),
        (9, "x-forwarded-for: 1.1.1.1"),
        (18, "x-forwarded-for: ::1, 2001:db8::7"),
        (26, "forwarded: for=unknown"),
    ];
    for (setting, line) in forwarded {
        all.push((setting, format!("{}\n{usual}{line}\n\n", get(""))));
    }
    let methods = ["HEAD", "OPTIONS", "DELETE", "get", "PATCH", "POST"];
    all.extend(methods.map(|method| {
        (
            0,
            get("").replacen("GET", method, 1) + "\n" + &usual + "\n{}",
        )
    }));
    let targets = [
        "/",
        "/v1/",
        "/v1/6/channels",
        "/v1/6A/channels",
        "/v1/61/channels/",
        "/v1/61/channels/07/claim",
        "//v1/61/channels",
        "/v1/61/channels/1000000000/claim",
        "/v1/61/channels/7/offer",
        "/v1/61/channels/7/claim?",
        "/v1/61/channels#x",
    ];
    all.extend(targets.map(|target| (0, format!("POST {target}\n{usual}\n{{}}"))));
    for length in [1_024, 1_025] {
        let space = " ".repeat(length - 2);
        all.push((
            0,
            format!("POST /v1/61/channels/7/claim\n{usual}\n{{}}{space}"),
        ));
    }
    let bytes = |(setting, text): (u8, String)| [&[setting], text.as_bytes()].concat();
    all.into_iter().map(bytes).collect()
}

/// Responses of every status to every request, with a content coding and without.
pub(crate) fn responses() -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for kind in KINDS {
        for status in STATUSES.into_iter().filter(|status| *status > 0) {
            for is_coded in [false, true] {
                let response = HttpResponse {
                    status,
                    content_type: None,
                    is_coded,
                    retry_after: None,
                    body: Some(Vec::new()),
                };
                all.push([vec![write_kind(kind)], write_response(&response)].concat());
            }
        }
    }
    all
}
