//! The hello of an adapter, name by name.

use wormhole_sync::protocol::Outcome;

use super::advice::wrong;
use crate::run::scoring::Scoring;
use crate::subject::adapter::Hello;
use crate::suites::vectors::printable;
use crate::terminal::show;

/// The roles that a hello may list.
const ROLES: [&str; 3] = ["initiator", "receiver", "relay"];

/// Those that a run can have.
const CLIENTS: [&str; 2] = ["initiator", "receiver"];

/// The values that a hello may list under `inject`.
const INJECT: [&str; 5] = ["side", "words", "pake_scalar", "second", "ca"];

/// The parts of a run that a hello may list under `lacks`, and the members of a result.
const LACKS: [&str; 13] = [
    "look",
    "take",
    "deadline",
    "words",
    "any-appid",
    "initiator-blob",
    "receiver-blob",
    "order-of-checks",
    "blob",
    "verifier",
    "exported",
    "delivered",
    "reason",
];

/// Looks at a hello; gives whether it names only what there is.
pub(super) fn look_at(hello: &Hello, known: &[(u8, String)]) -> anyhow::Result<bool> {
    let names: Vec<&str> = known.iter().map(|(_, name)| name.as_str()).collect();
    show(format_args!(
        "  ok     hello          {} {}, of text {}; {}",
        printable(&hello.name),
        printable(&hello.version),
        printable(&hello.spec),
        match hello.roles.is_empty() {
            true => "no role".to_owned(),
            false => printable(&hello.roles.join(", ")),
        }
    ));
    let scoring = Scoring::packed()?;
    let mut is_good = match scoring.of(&hello.spec).problem() {
        Some(problem) => wrong("hello", &problem, ""),
        None => true,
    };
    let outcomes = Outcome::ALL.map(Outcome::token);
    let told_apart = hello.outcomes.as_ref();
    let told_apart = told_apart.unwrap_or(const { &Vec::new() });
    for (kind, listed, there_are) in [
        ("operations", &hello.operations, &names[..]),
        ("roles", &hello.roles, &ROLES[..]),
        ("inject", &hello.inject, &INJECT[..]),
        ("lacks", &hello.lacks, &LACKS[..]),
        ("outcomes", told_apart, &outcomes[..]),
    ] {
        for name in listed
            .iter()
            .filter(|name| !there_are.contains(&name.as_str()))
        {
            is_good = false;
            let near = |known: &&&str| strsim::osa_distance(known, name) <= 3;
            let near = there_are.iter().filter(near);
            let near = near.min_by_key(|known| strsim::osa_distance(known, name));
            wrong(
                "hello",
                &format!("{kind:?} lists {name:?}, which ADAPTER.md does not have"),
                &match near {
                    Some(near) => format!("Is {near:?} meant?"),
                    None => format!("There are: {}.", there_are.join(", ")),
                },
            );
        }
    }
    let runs = hello.operations.iter().any(|name| name == "run");
    if runs
        && !hello
            .roles
            .iter()
            .any(|role| CLIENTS.contains(&role.as_str()))
    {
        is_good = false;
        let why = "it offers run, and no role: every run would be skipped";
        wrong(
            "hello",
            &why,
            "\"roles\" lists initiator, receiver or both.",
        );
    }
    Ok(is_good)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The doctor knows the names of ADAPTER.md.
    #[test]
    fn names_are_those_of_the_page() {
        let page = include_str!("../../../ADAPTER.md");
        let (_, rest) = page.split_once("`lacks` names the parts").unwrap();
        let (sentence, _) = rest.split_once("; `outcomes` lists").unwrap();
        let named: BTreeSet<&str> = sentence.split('`').skip(1).step_by(2).collect();
        let named: BTreeSet<&str> = named.into_iter().filter(|name| *name != "run").collect();
        assert_eq!(named, BTreeSet::from(LACKS));
    }
}
