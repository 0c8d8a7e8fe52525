//! Runs: one in each role in which all goes well, then those with a user, an application, and a
//! refusal.

use std::sync::Arc;
use std::time::Duration;

use super::advice::wrong;
use super::visit::Visit;
use crate::stage::listener;
use crate::suites::case::Case;
use crate::suites::live::scenario::{self, Scenario};
use crate::suites::vectors::derive::Role;

/// The time that a run may take in which all goes well.
const RUN: Duration = Duration::from_secs(30);

const HOW_TO_LOOK: &str = "With `look` a run reports `looking`, and the adapter reads on: \
    `user-event` says what the user\ndecides, and is replied to at once.";
const HOW_TO_TAKE: &str = "With `take` a run reports `taking`, and the adapter reads on: \
    `user-event` says what the\napplication did, and is replied to at once.";
const HOW_TO_REFUSE: &str = "A run ends with `ok`, also when it refuses: its `outcome` says why, \
    and no request is made.";

/// The tests of the suite that are tried once a run in their role works.
const MORE: [(Role, &str, &str, &str); 5] = [
    (Role::Initiator, "look", "live-initiator-looks", HOW_TO_LOOK),
    (
        Role::Receiver,
        "look",
        "live-receiver-looks-early",
        HOW_TO_LOOK,
    ),
    (Role::Receiver, "take", "live-receiver-taken", HOW_TO_TAKE),
    (
        Role::Receiver,
        "refusal",
        "live-receiver-refuses-one-word",
        HOW_TO_REFUSE,
    ),
    (
        Role::Initiator,
        "refusal",
        "live-initiator-refuses-query",
        HOW_TO_REFUSE,
    ),
];

impl Visit<'_> {
    /// Tries runs in each role that the adapter has.
    pub(super) fn runs(&mut self, cases: &[Box<dyn Case>]) -> bool {
        let runtime = match listener::runtime() {
            Ok(runtime) => Arc::new(runtime),
            Err(error) => return wrong("run", &format!("the suite cannot try: {error:#}"), ""),
        };
        let (mut is_good, mut is_tried) = (true, false);
        for role in Role::BOTH {
            let name = role.name();
            if !self.hello.roles.iter().any(|its| its == name) {
                continue;
            }
            is_tried = true;
            let title = "an exchange in which all goes well";
            let scenario = Scenario::new(&format!("doctor-{name}"), &["OUT-1"], title, role);
            let name = format!("run {name}");
            let limit = RUN.max(self.timeout);
            let works = scenario::cases(vec![scenario], &runtime)
                .iter()
                .all(|case| self.plays(&name, case.as_ref(), limit, ""));
            is_good &= works;
            for (_, name, id, hint) in MORE.iter().filter(|(its, ..)| *its == role) {
                let case = cases.iter().find(|case| case.id() == *id);
                // Whoever has no run that goes well has one thing to mend first.
                if let Some(case) = case.filter(|case| works && self.can_try(case.as_ref())) {
                    let name = format!("{name} {}", role.name());
                    is_good &= self.plays(&name, case.as_ref(), limit, hint);
                }
            }
        }
        is_good && is_tried
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::suites::live;

    #[test]
    fn what_is_tried_exists() {
        let cases = live::cases().unwrap();
        for (role, _, id, _) in MORE {
            let case = cases.iter().find(|case| case.id() == id).unwrap();
            assert_eq!(case.roles(), [role.name()]);
        }
    }
}
