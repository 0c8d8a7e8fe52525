//! Appendix A of the specification: one exchange from the code to the receipt, with every value in
//! between.

use std::fmt::Write as _;

use super::derive;
use super::exchange_values::ExchangeValues;
use super::seeds::Seeds;

/// The text of the appendix.
pub(crate) fn text(exchange: &ExchangeValues, seeds: &Seeds) -> String {
    let mut text = String::new();
    for section in [values, pake, schedule, answer, finish, receipt, requests] {
        text.push_str(&section(exchange, seeds));
    }
    text
}

/// Lines of at most 64 digits behind a name; later lines are indented below the first.
fn block(lines: &[(&str, String)]) -> String {
    let names = lines.iter().map(|(name, _)| name.len());
    let width = names.max().expect("a block has lines");
    let mut text = "```\n".to_owned();
    for (name, value) in lines {
        let is_hex = value.len() > 64 && value.bytes().all(|digit| digit.is_ascii_hexdigit());
        let pieces: Vec<String> = if is_hex {
            value
                .as_bytes()
                .chunks(64)
                .map(|piece| String::from_utf8_lossy(piece).into_owned())
                .collect()
        } else {
            vec![value.clone()]
        };
        for (index, piece) in pieces.iter().enumerate() {
            let (name, equals) = if index == 0 { (*name, "=") } else { ("", " ") };
            let _ = writeln!(text, "{name:width$} {equals} {piece}");
        }
    }
    text.push_str("```\n\n");
    text
}

fn hex(bytes: impl AsRef<[u8]>) -> String {
    wormhole_sync::values::hex::encode(bytes.as_ref())
}

fn quoted(bytes: &[u8]) -> String {
    format!("\"{}\"", bytes.escape_ascii())
}

fn values(exchange: &ExchangeValues, seeds: &Seeds) -> String {
    let inputs = &exchange.inputs;
    let mut text = "\nAll values are made up and public. Bytes are hex; a long value goes on in the next line.\n\n### A.1 Inputs and named random values\n\n".to_owned();
    text.push_str(&block(&[
        ("appid", quoted(&inputs.appid)),
        ("initiator's blob", quoted(&inputs.initiator_blob)),
        ("receiver's blob", quoted(&inputs.receiver_blob)),
        ("initiator's side", hex(initiator_side(seeds))),
        ("receiver's side", hex(receiver_side(seeds))),
        ("words", hex(&inputs.words)),
        ("pake_scalar x", hex(inputs.x.to_bytes())),
        ("pake_scalar y", hex(inputs.y.to_bytes())),
    ]));
    let _ = write!(
        text,
        "The relay allocates channel {}. The words {} are those of the bytes {} at positions 0 and 1:\n\n",
        inputs.channel,
        exchange.password.replace('-', " and "),
        inputs
            .words
            .iter()
            .map(|byte| format!("0x{byte:02x}"))
            .collect::<Vec<_>>()
            .join(" and "),
    );
    text.push_str(&block(&[("code", exchange.code())]));
    text
}

fn pake(exchange: &ExchangeValues, _seeds: &Seeds) -> String {
    let mut text = "### A.2 PAKE (section 5)\n\n".to_owned();
    text.push_str(&block(&[
        ("pw", quoted(exchange.password.as_bytes())),
        ("w", hex(exchange.w.to_bytes())),
        ("enc(X)", hex(&exchange.offer[1..])),
        ("enc(Y)", hex(&exchange.answer_message[1..])),
        ("enc(Z)", hex(exchange.z)),
        ("K", hex(exchange.k)),
    ]));
    text.push_str("x, y and w are little-endian.\n\n");
    text
}

fn schedule(exchange: &ExchangeValues, _seeds: &Seeds) -> String {
    let keys = &exchange.schedule;
    let mut text = "### A.3 Key schedule (section 6)\n\nThe context, field by field, each behind its length:\n\n".to_owned();
    text.push_str(&context(&keys.context));
    text.push_str(&block(&[
        ("th", hex(keys.th)),
        ("PRK", hex(&keys.prk)),
        ("key_receiver-blob", hex(&keys.receiver_blob)),
        ("key_initiator-blob", hex(&keys.initiator_blob)),
        ("key_receipt", hex(&keys.receipt)),
        ("key_verifier", hex(&keys.verifier)),
        ("key_exporter", hex(&keys.exporter)),
        ("verifier", exchange.verifier.join(" ")),
    ]));
    text.push_str("An exported key; its info is the length, 0010, and then the label:\n\n");
    let label = b"example.com/app1 file key";
    text.push_str(&block(&[(
        "export(\"example.com/app1 file key\", 16)",
        hex(derive::export(&keys.exporter, label, 16)),
    )]));
    text
}

/// The context, with a line for each field.
fn context(bytes: &[u8]) -> String {
    let mut text = "```\n".to_owned();
    let mut rest = bytes;
    while let Some((length, after)) = rest.split_first_chunk::<2>() {
        let (field, after) = after.split_at(usize::from(u16::from_be_bytes(*length)));
        let _ = writeln!(text, "{} {}", hex(length), hex(field));
        rest = after;
    }
    text.push_str("```\n\n");
    text
}

fn message(title: &str, padded: Option<&[u8]>, sealed: &[u8], whole: (&str, &[u8])) -> String {
    let mut text = format!("### {title}\n\n");
    let mut lines = Vec::new();
    if let Some(padded) = padded {
        let end = padded
            .iter()
            .rposition(|byte| *byte != 0)
            .map_or(0, |at| at + 1);
        lines.push((
            "padded",
            format!(
                "{}, then {} bytes of zero",
                hex(&padded[..end]),
                padded.len() - end
            ),
        ));
    }
    let (ciphertext, tag) = sealed
        .split_last_chunk::<16>()
        .expect("a seal ends with a tag of 16 bytes");
    if !ciphertext.is_empty() {
        lines.push(("ciphertext", hex(ciphertext)));
    }
    lines.push(("tag", hex(tag)));
    text.push_str(&block(&lines));
    let _ = write!(text, "{}, {} bytes in all.\n\n", whole.0, whole.1.len());
    text
}

fn answer(exchange: &ExchangeValues, _seeds: &Seeds) -> String {
    message(
        "A.4 The answer (section 7)",
        Some(&exchange.padded_receiver_blob),
        &exchange.answer[33..],
        (
            "The answer is 0x42, enc(Y), ciphertext and tag",
            &exchange.answer,
        ),
    )
}

fn finish(exchange: &ExchangeValues, _seeds: &Seeds) -> String {
    message(
        "A.5 The finish (section 7)",
        Some(&exchange.padded_initiator_blob),
        &exchange.finish,
        ("The finish is ciphertext and tag", &exchange.finish),
    )
}

fn receipt(exchange: &ExchangeValues, _seeds: &Seeds) -> String {
    message(
        "A.6 The receipt (section 7)",
        None,
        &exchange.receipt,
        ("The receipt is the tag alone", &exchange.receipt),
    )
}

fn requests(exchange: &ExchangeValues, seeds: &Seeds) -> String {
    let base = format!("/v1/{}/channels", hex(&exchange.inputs.appid));
    let channel = format!("{base}/{}", exchange.inputs.channel);
    let body = |bytes: &[u8]| format!("{{\"body\":\"{}\"}}", hex(bytes));
    let ttl = |bytes: &[u8], ttl: u32| format!("{{\"body\":\"{}\",\"ttl\":{ttl}}}", hex(bytes));
    let allocated = format!("{{\"channel\":{},\"ttl\":3600}}", exchange.inputs.channel);
    let empty = || "{}".to_owned();
    let steps: [(&str, &str, String, String, &str, String); 8] = [
        (
            "Initiator",
            "allocate",
            format!("POST {base}"),
            body(&exchange.offer),
            "201",
            allocated,
        ),
        (
            "Receiver",
            "claim",
            format!("POST {channel}/claim"),
            empty(),
            "200",
            ttl(&exchange.offer, 600),
        ),
        (
            "Receiver",
            "put answer",
            format!("PUT {channel}/answer"),
            body(&exchange.answer),
            "200",
            empty(),
        ),
        (
            "Initiator",
            "get answer",
            format!("GET {channel}/answer?wait=25"),
            String::new(),
            "200",
            body(&exchange.answer),
        ),
        (
            "Initiator",
            "put finish",
            format!("PUT {channel}/finish"),
            body(&exchange.finish),
            "200",
            empty(),
        ),
        (
            "Receiver",
            "get finish",
            format!("GET {channel}/finish?wait=25"),
            String::new(),
            "200",
            body(&exchange.finish),
        ),
        (
            "Receiver",
            "put receipt",
            format!("PUT {channel}/receipt"),
            body(&exchange.receipt),
            "200",
            empty(),
        ),
        (
            "Initiator",
            "get receipt",
            format!("GET {channel}/receipt?wait=25"),
            String::new(),
            "200",
            body(&exchange.receipt),
        ),
    ];
    let mut text = format!(
        "### A.7 Requests and answers (section 9)\n\nEach of the initiator's requests has `Authorization: Bearer {}`, each of the receiver's `Authorization: Bearer {}`. A request is sent to the relay's address followed by the target.\n\n",
        hex(initiator_side(seeds)),
        hex(receiver_side(seeds)),
    );
    for (index, (who, name, target, sent, status, answered)) in steps.into_iter().enumerate() {
        let _ = write!(text, "{}. {who}: {name}\n\n```\n{target}\n", index + 1);
        if !sent.is_empty() {
            let _ = writeln!(text, "{sent}");
        }
        let _ = write!(text, "\n{status}\n{answered}\n```\n\n");
    }
    let _ = write!(
        text,
        "9. Initiator: close\n\n```\nPOST {channel}/close\n{{\"reason\":\"done\"}}\n\n200\n{{}}\n```\n\nBoth sides end as `done`, with `delivered` true.\n\n"
    );
    text
}

/// The initiator's side. Sides are bound into no key, so they appear in requests alone.
fn initiator_side(seeds: &Seeds) -> Vec<u8> {
    seeds.bytes("worked example initiator side", 16)
}

/// The receiver's side.
fn receiver_side(seeds: &Seeds) -> Vec<u8> {
    seeds.bytes("worked example receiver side", 16)
}
