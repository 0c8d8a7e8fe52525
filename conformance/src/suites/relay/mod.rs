//! The tests of relays, over real connections.
//!
//! Each test has one subject and names the requirement that is broken when it fails; the steps
//! before that one only prepare. The answers of all tests go through one checker ([`checker`]).

mod allocation;
mod authorization;
pub(crate) mod bench;
mod bench_channels;
mod bounds;
pub(crate) mod case;
mod channel;
pub(crate) mod check;
pub(crate) mod checker;
#[cfg(test)]
mod checker_tests;
mod down;
mod every;
pub(crate) mod fault;
mod http;
mod life;
mod many;
mod messages;
mod order;
mod proxies;
mod rates;
mod reply;
mod request;
mod table;
mod targets;
mod waits;

use std::collections::HashSet;

use anyhow::bail;

use crate::suites::test::Test;
use case::RelayCase;

/// All tests, by the text of the specification.
///
/// # Errors
///
/// A sentence, when the text has no table of RELAY-11 or two tests have one id.
pub(crate) fn cases(spec: &str) -> anyhow::Result<Vec<RelayCase>> {
    let mut cases = every::cases();
    cases.extend(targets::cases());
    cases.extend(authorization::cases());
    cases.extend(messages::cases());
    cases.extend(order::cases());
    cases.extend(table::cases(spec)?);
    cases.extend(waits::cases());
    cases.extend(life::cases());
    cases.extend(allocation::cases());
    cases.extend(bounds::cases());
    cases.extend(rates::cases());
    cases.extend(proxies::cases());
    cases.extend(http::cases());
    cases.extend(down::cases());
    cases.extend(many::cases());
    let mut ids = HashSet::new();
    for case in &cases {
        if !ids.insert(case.id()) {
            bail!("two tests have the id {}", case.id());
        }
        if let Some(unknown) = case
            .clauses()
            .iter()
            .find(|id| !spec.contains(&format!("\n**{id}** ")))
        {
            bail!(
                "{} cites {unknown}, which the specification does not have",
                case.id()
            );
        }
    }
    Ok(cases)
}
