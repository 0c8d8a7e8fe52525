//! Events of users and applications at other times, twice, or after another: whoever is not
//! asked is not heard, and what comes first counts (sections 11.4 and 11.5).

use super::super::rules::{html, instead, lost, no_content, pass};
use super::super::scenario::{Scenario, initiator, receiver};
use super::states::{
    ALLOCATING, ANSWERING, CLAIMING, COMPARING, ClientState, EVERY, FINISHING, HOLDING, STATES,
    WAITING_FOR_ANSWER, WAITING_FOR_FINISH,
};
use crate::stage::response::TransportFault;
use crate::subject::adapter::UserEvent::{self, Cancel, Mismatch, NotTaken, Release, Taken};
use crate::suites::replay::transcript::ClientRole;

pub(super) fn scenarios() -> Vec<Scenario> {
    let mut all = Vec::new();
    for state in STATES {
        all.extend(unasked(state));
    }
    all.extend(early_initiator());
    all.extend(early_receiver());
    all.extend(first_counts());
    all.extend(taking());
    for state in EVERY {
        all.extend(while_waiting(state));
    }
    all
}

/// The events of a role that nobody is asked for in a run without questions.
fn unasked(state: ClientState) -> Vec<Scenario> {
    let says: &[UserEvent] = match state.role {
        ClientRole::Initiator => &[Release, Mismatch, Release],
        ClientRole::Receiver => &[Mismatch, Release, NotTaken, Taken],
    };
    let title = "somebody says what nobody asks for, while it is in hand";
    let rule = pass(state.request).users(says);
    let one = state.survives("unasked", title, vec![rule]);
    vec![one.second(100).about(table(state))]
}

fn table(state: ClientState) -> &'static str {
    match state.role {
        ClientRole::Initiator => "INIT-1",
        ClientRole::Receiver => "RECV-1",
    }
}

/// An initiator's user who answers before the question.
fn early_initiator() -> Vec<Scenario> {
    let one = |name: &str, title: &str| initiator(name, title).looks().second(100).blob();
    let mut all = Vec::new();
    for state in [ALLOCATING, WAITING_FOR_ANSWER] {
        let request = state.request.replace(' ', "-");
        let early = |says: UserEvent| pass(state.request).user(says);
        let says = |says: UserEvent| lost("get receipt", TransportFault::Stall).user(says);
        let kept = one(
            &format!("early-release-{request}"),
            "the user agrees before there are words to compare, and then does not",
        )
        .rules([early(Release), says(Mismatch)])
        .ends("verifier-mismatch")
        .closes("verifier-mismatch");
        let refused = one(
            &format!("early-mismatch-{request}"),
            "the user refuses before there are words to compare, and then agrees",
        )
        .rules([early(Mismatch), says(Release)])
        .done(true);
        all.extend([kept, refused].map(|one| one.about("INIT-2")));
    }
    let late = |on: &'static str, name: &str, title: &str| {
        let agrees = lost("get receipt", TransportFault::Stall).user(Release);
        let one = one(name, title).rules([agrees, pass(on).users(&[Mismatch, Release])]);
        one.done(true).about("INIT-1")
    };
    all.push(late(
        "put finish",
        "late-words-finishing",
        "the user agrees, and says otherwise when the finish is under way",
    ));
    all.push(late(
        "get receipt",
        "late-words-receipt",
        "the user agrees, and says otherwise when the receipt is waited for",
    ));
    all
}

/// A receiver's user, or its application, who answers before the question.
fn early_receiver() -> Vec<Scenario> {
    let one = |name: &str, title: &str| receiver(name, title).second(100);
    let mut all = Vec::new();
    for state in [CLAIMING, ANSWERING] {
        let request = state.request.replace(' ', "-");
        let early = |says: UserEvent| pass(state.request).user(says);
        let kept = one(
            &format!("early-release-{request}"),
            "the user agrees before there are words to compare, and then does not",
        )
        .rules([early(Release), pass("get finish").then_user(Mismatch)])
        .ends("verifier-mismatch")
        .closes("verifier-mismatch");
        let refused = one(
            &format!("early-mismatch-{request}"),
            "the user refuses before there are words to compare, and then agrees",
        )
        .rules([early(Mismatch), pass("get finish").user(Release)])
        .done(true);
        all.extend([kept, refused].map(|one| one.looks().about("RECV-5")));
    }
    for state in [CLAIMING, ANSWERING, WAITING_FOR_FINISH] {
        let request = state.request.replace(' ', "-");
        let title = "the application says that it has the blob before it is given one";
        let taken = one(&format!("early-taken-{request}"), title)
            .rules([pass(state.request).user(Taken)])
            .takes(NotTaken, Some(2))
            .ends("not-taken")
            .closes("not-taken");
        let title = "the application refuses the blob before it is given one";
        let refused = one(&format!("early-not-taken-{request}"), title)
            .rules([pass(state.request).user(NotTaken)])
            .takes(Taken, Some(2))
            .done(true);
        all.extend([taken, refused].map(|one| one.about("RECV-6")));
    }
    all
}

/// Two answers to one question: the first counts.
fn first_counts() -> Vec<Scenario> {
    let holding = |name: &str, title: &str, says: &[UserEvent]| {
        let rule = lost("get receipt", TransportFault::Stall).users(says);
        HOLDING.scenario(name, title).second(100).rules([rule])
    };
    let comparing = |name: &str, title: &str, says: &[UserEvent]| {
        let rule = pass("get finish").users(says);
        COMPARING.scenario(name, title).second(100).rules([rule])
    };
    let opened = |name: &str, title: &str, says: &[UserEvent]| {
        let rule = pass("get finish").then_users(says);
        COMPARING.scenario(name, title).second(100).rules([rule])
    };
    let refused = |one: Scenario| one.ends("verifier-mismatch").closes("verifier-mismatch");
    let stays = |state: ClientState, name: &str, title: &str| {
        let empty = || instead(state.request, no_content());
        let rules = vec![empty().users(&[Taken, NotTaken]), empty()];
        state.survives(name, title, rules).second(100)
    };
    vec![
        holding("agreed-twice", "the user agrees twice", &[Release, Release])
            .done(true)
            .about("INIT-2"),
        holding(
            "agreed-first",
            "the user agrees, and then says that the words differ",
            &[Release, Mismatch],
        )
        .done(true)
        .about("INIT-2"),
        refused(holding(
            "mismatched-first",
            "the user says that the words differ, and then agrees",
            &[Mismatch, Release],
        ))
        .about("INIT-2"),
        comparing("agreed-twice", "the user agrees twice", &[Release, Release])
            .done(true)
            .about("RECV-5"),
        comparing(
            "agreed-first",
            "the user agrees, and then says that the words differ",
            &[Release, Mismatch],
        )
        .done(true)
        .about("RECV-5"),
        opened(
            "opened-agreed-first",
            "the finish comes; the user agrees, and then says that the words differ",
            &[Release, Mismatch],
        )
        .takes(Taken, Some(1))
        .done(true)
        .about("RECV-5"),
        refused(opened(
            "opened-mismatched-first",
            "the finish comes; the user says that the words differ, and then agrees",
            &[Mismatch, Release],
        ))
        .about("RECV-5"),
        opened(
            "opened-unasked",
            "the finish comes; the application answers before the user has agreed",
            &[Taken, NotTaken, Release],
        )
        .takes(Taken, Some(1))
        .done(true)
        .about("RECV-5"),
        stays(
            COMPARING,
            "unasked",
            "the application answers while the user still compares",
        )
        .about("RECV-5"),
    ]
}

/// The application answers twice, or somebody else does.
fn taking() -> Vec<Scenario> {
    let one = |name: &str, title: &str, says: &[UserEvent]| {
        receiver(&format!("taking-{name}"), title)
            .row("taking", "taken")
            .second(100)
            .takes_all(says)
            .about("RECV-6")
    };
    vec![
        one(
            "unasked",
            "the user is no application: what it says of words is not heard",
            &[Release, Mismatch, Taken],
        )
        .done(true),
        one(
            "taken-first",
            "the application takes the blob, and then says that it cannot keep it",
            &[Taken, NotTaken],
        )
        .done(true),
        one(
            "taken-twice",
            "the application takes the blob twice",
            &[Taken, Taken],
        )
        .done(true),
        one(
            "not-taken-first",
            "the application cannot keep the blob, and then says that it has it",
            &[NotTaken, Taken],
        )
        .ends("not-taken")
        .closes("not-taken"),
        one(
            "cancelled-first",
            "the user gives up, and then the application takes the blob",
            &[Cancel, Taken],
        )
        .ends("cancelled")
        .closes("cancelled"),
    ]
}

/// A user who gives up, and a deadline that passes, while a request waits for its repeat.
fn while_waiting(state: ClientState) -> Vec<Scenario> {
    let busy = || instead(state.request, html(503).with("retry-after", "25"));
    let one = |name: &str, title: &str, event: &str| {
        state
            .scenario(name, title)
            .row(state.name, event)
            .second(100)
    };
    let cancelled = one(
        "waits-cancelled",
        "the user gives up while it waits to be repeated",
        "cancel",
    )
    .rules([busy().then_user(Cancel)])
    .lasts(1, 3);
    let deadline = one(
        "waits-deadline",
        "the deadline passes while it waits to be repeated",
        "deadline",
    )
    .given(|input| input.deadline = Some(5))
    .rules([busy()])
    .lasts(5, 7);
    let ended = |one: Scenario, outcome: &'static str| match state {
        _ if state.is_done() || state.name == FINISHING.name => state.done(one),
        _ if state.name == ALLOCATING.name => one.ends(outcome),
        _ => one.ends(outcome).closes(outcome),
    };
    vec![
        ended(cancelled, "cancelled").about(table(state)),
        ended(deadline, "timeout").about("TIME-5"),
    ]
}
