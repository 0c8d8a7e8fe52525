//! The input of a recorded client: out of the recording, and of values that its user knows.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

use anyhow::{Context, anyhow, bail};
use clap::Args;
use wormhole_sync::values::{Code, hex, words};

use crate::stage::bytes::TranscriptBytes;
use crate::suites::replay::transcript::{ClientRole, RunInput};
use crate::tools::pair::recording::Recording;

/// The most bytes of a blob's file: more than any client takes.
const LONGEST_BLOB: u64 = 1 << 18;

/// The values of a program without hooks, which its recording does not have. Each may be told once
/// the exchange is over.
#[derive(Debug, Args)]
pub(crate) struct KnownArguments {
    /// The code of the exchange, where the recording does not have it
    #[arg(long, value_name = "CODE")]
    code: Option<String>,
    /// The scalar that the side drew, 32 bytes in hex, where the recording does not have it
    #[arg(long, value_name = "HEX")]
    pake_scalar: Option<String>,
    /// The file with the side's own blob, where the recording does not have it
    #[arg(long, value_name = "FILE")]
    blob: Option<PathBuf>,
}

/// The whole input of the recorded client.
///
/// # Errors
///
/// A sentence about a value that is not known, or known already.
pub(super) fn input_of(recording: &Recording, known: &KnownArguments) -> anyhow::Result<RunInput> {
    let KnownArguments {
        code,
        pake_scalar,
        blob,
    } = known;
    if let Some(input) = &recording.input {
        return match (code, pake_scalar, blob) {
            (None, None, None) => Ok(input.clone()),
            _ => bail!(
                "it has its code, scalar and blob; leave out --code, --pake-scalar and --blob"
            ),
        };
    }
    let missing = [
        (code.is_none(), "the code (--code CODE)"),
        (
            pake_scalar.is_none(),
            "the scalar that was drawn (--pake-scalar HEX)",
        ),
        (blob.is_none(), "the side's own blob (--blob FILE)"),
    ];
    let missing = missing.into_iter().filter(|(is_missing, _)| *is_missing);
    let missing: Vec<&str> = missing.map(|(_, what)| what).collect();
    let (Some(code), Some(pake_scalar), Some(blob)) = (code, pake_scalar, blob) else {
        bail!("it does not have {}", missing.join(", "));
    };
    let from_wire = WireValues::of(recording)?;
    let parsed = Code::parse(code).map_err(|fault| anyhow!("--code: {fault}"))?;
    let shown = parsed.reveal().to_string();
    let named: Vec<&str> = shown.split('-').skip(1).collect();
    let is_initiator = recording.role == ClientRole::Initiator;
    let mut inject = BTreeMap::from([
        ("side".to_owned(), Some(from_wire.side)),
        ("pake_scalar".to_owned(), Some(scalar(pake_scalar)?)),
    ]);
    if is_initiator {
        let bytes = named
            .iter()
            .enumerate()
            .map(|(at, word)| words::byte(at, word));
        let bytes: Option<Vec<u8>> = bytes.collect();
        let bytes = bytes.context("--code has words of no list")?;
        inject.insert("words".to_owned(), Some(hex::encode(&bytes)));
    }
    Ok(RunInput {
        rendezvous: None,
        path: from_wire.path,
        appid: TranscriptBytes::Hex(from_wire.appid),
        blob: TranscriptBytes::hex(&read(blob)?),
        code: (!is_initiator).then(|| TranscriptBytes::hex(code.as_bytes())),
        words: if is_initiator {
            u32::try_from(named.len()).ok()
        } else {
            None
        },
        inject,
        second_ms: 1000,
        deadline: None,
        look: false,
        take: None,
        export: None,
    })
}

/// The values of a side that its first request shows.
struct WireValues {
    path: Option<String>,
    appid: String,
    side: String,
}

impl WireValues {
    fn of(recording: &Recording) -> anyhow::Result<Self> {
        let first = recording.exchanges.first().context("it has no exchange")?;
        let request = &first.request;
        let target = request.target.split_once("/v1/");
        let (path, rest) = target.context("its first target has no /v1/")?;
        let (appid, _) = rest
            .split_once('/')
            .context("its first target has no appid")?;
        let side = request.authorization.strip_prefix("Bearer ");
        Ok(Self {
            path: (!path.is_empty()).then(|| path.to_owned()),
            appid: appid.to_owned(),
            side: side
                .context("its first request has no `Authorization: Bearer`")?
                .to_owned(),
        })
    }
}

/// A scalar of 32 bytes in hex.
fn scalar(text: &str) -> anyhow::Result<String> {
    match hex::decode(text.as_bytes()) {
        Ok(bytes) if bytes.len() == 32 => Ok(text.to_owned()),
        _ => bail!("--pake-scalar: 32 bytes are needed, as 64 lowercase hex digits"),
    }
}

fn read(path: &PathBuf) -> anyhow::Result<Vec<u8>> {
    let cannot = || format!("--blob {} cannot be read", path.display());
    let mut bytes = Vec::new();
    let file = File::open(path).with_context(cannot)?;
    file.take(LONGEST_BLOB)
        .read_to_end(&mut bytes)
        .with_context(cannot)?;
    Ok(bytes)
}
