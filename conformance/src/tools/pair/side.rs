//! A program that is started as one side of an exchange.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, bail};
use wormhole_sync::values::hex;

use crate::root::Root;
use crate::stage::bytes::TranscriptBytes;
use crate::subject::Subject;
use crate::subject::adapter::{AdapterEvent, AdapterHandle};
use crate::suites::replay::case::run_input;
use crate::suites::replay::client::{AdapterClient, Client};
use crate::suites::replay::judgement::Shown;
use crate::suites::replay::transcript::{ClientRole, ExpectedEnd, RunInput};
use crate::suites::replay::user::ScriptedUser;

/// The application of both sides.
pub(super) const APPID: &str = "example.com/app1";
/// The number of words of a code.
const WORDS: usize = 2;
/// The time that an adapter has to say hello.
const HELLO: Duration = Duration::from_secs(30);

/// A program as one side.
pub(super) struct SideProgram {
    #[expect(dead_code, reason = "the folder of its files is removed with it")]
    subject: Subject,
    role: ClientRole,
    adapter: AdapterHandle,
    /// Its input, less the code.
    input: RunInput,
    /// Whether it is given all that it would draw.
    is_given_all: bool,
}

/// The run of one side.
pub(super) struct SideRun {
    /// The program, in words.
    pub(super) program: String,
    /// The input, where it says all.
    pub(super) input: Option<RunInput>,
    /// The end, where the program tells all of it.
    pub(super) expect: Option<ExpectedEnd>,
    /// The outcome, or why there is none.
    pub(super) outcome: Result<String, String>,
}

impl SideProgram {
    /// Starts a program.
    ///
    /// # Errors
    ///
    /// A sentence when it does not start, or cannot play the role.
    pub(super) fn start(role: ClientRole, subject: Subject, root: &Root) -> anyhow::Result<Self> {
        let token = role.token();
        let adapter = AdapterHandle::start_process(&subject.command(root)?, HELLO)
            .with_context(|| format!("the {token}"))?;
        let hello = adapter.hello();
        if !hello.roles.iter().any(|has| has == token) {
            bail!(
                "the adapter {} plays no {token}, as its hello says",
                hello.name
            );
        }
        let named = drawn(role)?;
        let takes = |name: &String| hello.inject.iter().any(|taken| taken == name);
        let is_given_all = named.keys().all(takes);
        let input = RunInput {
            rendezvous: None,
            path: None,
            appid: TranscriptBytes::hex(APPID.as_bytes()),
            blob: TranscriptBytes::hex(format!("from the {token}").as_bytes()),
            code: None,
            words: (role == ClientRole::Initiator).then_some(WORDS as u32),
            inject: if is_given_all { named } else { BTreeMap::new() },
            second_ms: 1000,
            deadline: None,
            look: false,
            take: None,
            export: None,
        };
        Ok(Self {
            subject,
            role,
            adapter,
            input,
            is_given_all,
        })
    }

    /// The run of a receiver for which there is no code.
    pub(super) fn without_code(&self) -> SideRun {
        SideRun {
            program: self.name(),
            input: None,
            expect: None,
            outcome: Err("there was no code to type".to_owned()),
        }
    }

    fn name(&self) -> String {
        let hello = self.adapter.hello();
        let name = format!("{} {}", hello.name, hello.version);
        name.trim_end().to_owned()
    }

    /// Runs the side to its end.
    pub(super) fn run(
        &self,
        relay: &str,
        code: Option<&str>,
        limit: Duration,
        on_code: &dyn Fn(&str),
    ) -> SideRun {
        let mut input = self.input.clone();
        input.code = code.map(|code| TranscriptBytes::hex(code.as_bytes()));
        let mut shown = Shown::default();
        let mut on_event = |event: &AdapterEvent| {
            shown.note(event);
            if let ("code", Some(code)) = (event.name.as_str(), &shown.code) {
                on_code(code);
            }
        };
        let user = ScriptedUser::default();
        let result = run_input(self.role, &input, relay)
            .map_err(|fault| format!("{fault:#}"))
            .and_then(|given| {
                let run = AdapterClient(&self.adapter).run(given, limit, &user, &mut on_event);
                run.map_err(|fault| fault.to_string())
            });
        let hello = self.adapter.hello();
        let expect = result.as_ref().ok().and_then(|result| shown.end(result));
        SideRun {
            program: self.name(),
            input: self.is_given_all.then_some(input),
            expect: expect.filter(|_| self.is_given_all && !hello.is_outside()),
            outcome: result.and_then(|result| {
                let outcome = result["outcome"].as_str().map(str::to_owned);
                outcome.ok_or_else(|| "its result has no outcome".to_owned())
            }),
        }
    }
}

/// Fresh named values of a role (section 3.5).
fn drawn(role: ClientRole) -> anyhow::Result<BTreeMap<String, Option<String>>> {
    let mut scalar = random::<32>()?;
    // Below 2^252, and so below L.
    scalar[31] &= 0x0f;
    let mut named = vec![
        ("side", hex::encode(&random::<16>()?)),
        ("pake_scalar", hex::encode(&scalar)),
    ];
    if role == ClientRole::Initiator {
        named.push(("words", hex::encode(&random::<WORDS>()?)));
    }
    let named = named.into_iter();
    Ok(named
        .map(|(name, value)| (name.to_owned(), Some(value)))
        .collect())
}

fn random<const N: usize>() -> anyhow::Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).context("this machine gives no random bytes")?;
    Ok(bytes)
}
