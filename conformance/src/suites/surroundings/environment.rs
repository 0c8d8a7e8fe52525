//! Processes in an environment of their own: proxies, names, a standard error that is gone, files.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use tokio::runtime::Runtime;

use super::case::{Fault, Setting, SurroundingsCase, suite};
use super::door::Door;
use crate::subject::adapter::{AdapterHandle, Surroundings};
use crate::subject::group::TemporaryFolder;
use crate::suites::case::Case;
use crate::suites::live::judge::Difference;
use crate::suites::live::play::Played;
use crate::suites::live::scenario::Scenario;
use crate::suites::live::script::Act;
use crate::suites::live::{responses, secrets};
use crate::suites::vectors::derive::Role;

/// The tests.
pub(super) fn cases(runtime: &Arc<Runtime>) -> Vec<Box<dyn Case>> {
    let mut all: Vec<Box<dyn Case>> = Vec::new();
    for role in Role::BOTH {
        let mut add = |name: &str, clauses: &[&str], title: &str, body: Play| {
            let id = format!("{name}-{}", role.name());
            let scenario = Scenario::new(&id, &[], title, role);
            all.push(Box::new(SurroundingsCase {
                id: format!("surroundings-{id}"),
                title: title.to_owned(),
                clauses: clauses.iter().map(|id| (*id).to_owned()).collect(),
                injects: Vec::new(),
                roles: vec![role.name()],
                runtime: Arc::clone(runtime),
                body: Box::new(move |setting| body(setting, &scenario)),
            }));
        };
        add(
            "proxy",
            &["CLIENT-3"],
            "The environment names a proxy, which must see nothing",
            proxy,
        );
        add(
            "localhost",
            &["RDV-2"],
            "Plain http to `localhost`, in any case",
            |setting, scenario| {
                for name in ["localhost", "LocalHost"] {
                    let address = |port| format!("http://{name}:{port}");
                    setting.play(setting.adapter, scenario, None, address)?;
                }
                Ok(())
            },
        );
        add(
            "stderr-gone",
            &["OUT-1"],
            "Nobody reads standard error any more, while a relay is in trouble",
            stderr_gone,
        );
        add(
            "files",
            &["RAND-2"],
            "No file in the working directory, the home or the folder for temporary files has a secret",
            files,
        );
    }
    all
}

type Play = fn(&Setting<'_>, &Scenario) -> Result<(), Fault>;

fn plain(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

/// Another process of the adapter.
fn another(setting: &Setting<'_>, surroundings: &Surroundings) -> Result<AdapterHandle, Fault> {
    let started = setting.adapter.another(surroundings, setting.timeout);
    started.map_err(suite)
}

fn proxy(setting: &Setting<'_>, scenario: &Scenario) -> Result<(), Fault> {
    // Nobody listens behind this door, so that a client that takes it gets nowhere.
    let nowhere = "http://127.0.0.1:9";
    let door = setting.block_on(Door::open(nowhere, None)).map_err(suite)?;
    let named = format!("http://127.0.0.1:{}", door.port());
    let proxies = [
        "HTTP_PROXY",
        "http_proxy",
        "HTTPS_PROXY",
        "https_proxy",
        "ALL_PROXY",
        "all_proxy",
    ];
    let mut variables: Vec<_> = proxies.map(|name| (name, Some(named.clone()))).into();
    variables.extend(["NO_PROXY", "no_proxy"].map(|name| (name, None)));
    let adapter = another(
        setting,
        &Surroundings {
            variables,
            ..Surroundings::default()
        },
    )?;
    let played = setting.play(&adapter, scenario, None, plain);
    let difference = Difference::new(
        "CLIENT-3",
        "the connections to a proxy of the environment",
        "0",
        door.connections().to_string(),
    );
    match (door.connections(), played) {
        (0, played) => played.map(drop),
        (_, Ok((played, _))) => Err(Fault::Client(difference, Some(Box::new(played)))),
        (_, Err(Fault::Client(_, played))) => Err(Fault::Client(difference, played)),
        (_, Err(fault)) => Err(fault),
    }
}

fn stderr_gone(setting: &Setting<'_>, scenario: &Scenario) -> Result<(), Fault> {
    let adapter = another(
        setting,
        &Surroundings {
            stderr_is_gone: true,
            ..Surroundings::default()
        },
    )?;
    let first = match scenario.script.role {
        Role::Initiator => "allocate",
        Role::Receiver => "claim",
    };
    let busy = || Act::Respond(responses::problem(503, "unavailable"));
    let troubled = scenario
        .clone()
        .with(|script| script.at(first, 0, busy()).at(first, 1, Act::CutAfter));
    setting.play(&adapter, &troubled, None, plain)?;
    // The process is as good as before.
    setting.play(&adapter, scenario, None, plain).map(drop)
}

fn files(setting: &Setting<'_>, scenario: &Scenario) -> Result<(), Fault> {
    let folder = TemporaryFolder::make().map_err(suite)?;
    let place = folder.path().display().to_string();
    let own = ["TMPDIR", "TMP", "TEMP"];
    let home = [
        "HOME",
        "XDG_CACHE_HOME",
        "XDG_STATE_HOME",
        "XDG_DATA_HOME",
        "XDG_RUNTIME_DIR",
    ];
    let to_place = |name: &&'static str| (*name, Some(place.clone()));
    let here = Surroundings {
        variables: own.iter().chain(&home).map(to_place).collect(),
        folder: Some(folder.path().to_owned()),
        stderr_is_gone: false,
    };
    // An adapter that needs its home or its folder to start is judged in them.
    let settled = Surroundings {
        variables: own.iter().map(to_place).collect(),
        ..Surroundings::default()
    };
    let adapter = another(setting, &here).or_else(|_| another(setting, &settled))?;
    let (played, _) = setting.play(&adapter, scenario, None, plain)?;
    look(folder.path(), &played)?;
    // What is written at the end counts as well.
    let _ = adapter.finish(setting.timeout);
    look(folder.path(), &played)
}

/// Looks for secrets in all files of a folder.
fn look(folder: &Path, played: &Played) -> Result<(), Fault> {
    let all = [
        secrets::code(played),
        secrets::side(played),
        secrets::blobs(played),
        secrets::keys(played),
    ];
    for entry in fs::read_dir(folder).map_err(suite)? {
        let path = entry.map_err(suite)?.path();
        if path.is_dir() {
            look(&path, played)?;
        }
        // What is no file, or has gone meanwhile, bears nothing.
        let mut text = path.display().to_string().into_bytes();
        text.extend(fs::read(&path).unwrap_or_default());
        let found = all
            .iter()
            .find_map(|secrets| secrets::found(secrets, &text));
        if let Some(name) = found {
            let what = format!("the file {}", path.display());
            let difference = Difference::new("RAND-2", what, "no secret", name);
            return Err(Fault::Client(difference, None));
        }
    }
    Ok(())
}
