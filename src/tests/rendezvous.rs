//! The choice of the rendezvous address: given, of the environment, or baked in. All threads of a
//! process share its environment, so each case is a child process.

use std::process::Command;

use wormhole_sync::client::{DEFAULT_RENDEZVOUS, Initiator, RENDEZVOUS_VARIABLE};
use wormhole_sync::protocol::Outcome;
use wormhole_sync::values::Rendezvous;

use crate::kit::client::Client;
use crate::kit::server::{Server, allocated, answering};
use crate::kit::{APP, with_both};

with_both!(
    the_environment_counts,
    what_is_given_counts_more,
    an_address_of_the_environment_is_checked,
    #[ignore = "run by the others"]
    child,
);

/// The variable with the address that is given in the child.
const GIVEN: &str = "WORMHOLE_TEST_GIVEN";

/// Runs [`child`], and gives its result.
fn run<C: Client>(variables: &[(&str, &std::ffi::OsStr)]) -> String {
    let kind = std::any::type_name::<C>().rsplit("::").next().unwrap();
    let test = format!("rendezvous::{}::child", kind.to_lowercase());
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", &test, "--ignored", "--nocapture"]);
    child.env_remove(RENDEZVOUS_VARIABLE).env(CHILD, "yes");
    child.envs(variables.iter().copied());
    let output = child.output().unwrap();
    assert!(output.status.success());
    let said = String::from_utf8(output.stdout).unwrap();
    let (_, found) = said.split_once("found: ").unwrap();
    found.lines().next().unwrap().to_owned()
}

const CHILD: &str = "WORMHOLE_TEST_CHILD";

fn child<C: Client>() {
    if std::env::var_os(CHILD).is_none() {
        return;
    }
    let mut initiator = Initiator::<C>::new(APP, *b"mine");
    if let Ok(given) = std::env::var(GIVEN) {
        initiator = initiator.rendezvous(given);
    }
    match C::start(initiator) {
        Ok(waiting) => println!("found: {}", C::code(&waiting).starts_with("7-")),
        Err(error) => println!("found: {}", error.outcome()),
    }
}

fn relays() -> [Server; 2] {
    [answering([allocated()]), answering([allocated()])]
}

fn the_environment_counts<C: Client>() {
    let [environment, _] = relays();
    let url = environment.url();
    assert_eq!(run::<C>(&[(RENDEZVOUS_VARIABLE, url.as_ref())]), "true");
    assert!(!environment.requests().is_empty());
}

fn what_is_given_counts_more<C: Client>() {
    let [environment, given] = relays();
    let (one, two) = (environment.url(), given.url());
    let variables = [(RENDEZVOUS_VARIABLE, one.as_ref()), (GIVEN, two.as_ref())];
    assert_eq!(run::<C>(&variables), "true");
    assert!(environment.requests().is_empty() && !given.requests().is_empty());
}

/// An address of the environment that cannot be used is refused, not passed over. (An empty one is
/// none.)
fn an_address_of_the_environment_is_checked<C: Client>() {
    let refused = Outcome::BadRendezvous.to_string();
    for bad in ["relay", "http://relay.example.com"] {
        assert_eq!(
            run::<C>(&[(RENDEZVOUS_VARIABLE, bad.as_ref())]),
            refused,
            "{bad}"
        );
    }
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt;
        let bytes = std::ffi::OsStr::from_bytes(b"http://127.0.0.1:1/\xff");
        assert_eq!(run::<C>(&[(RENDEZVOUS_VARIABLE, bytes)]), refused);
    }
}

#[test]
fn the_baked_in_address_can_be_used() {
    let baked = option_env!("WORMHOLE_SYNC_DEFAULT_RENDEZVOUS");
    assert_eq!(DEFAULT_RENDEZVOUS, baked.unwrap_or("http://127.0.0.1:4000"));
    assert!(Rendezvous::parse(DEFAULT_RENDEZVOUS, false).is_ok());
}
