//! The setups that Stateright explores, and the faults that it must find.

use std::collections::BTreeSet;
use std::time::Instant;

use stateright::{Checker, Expectation, Model};

use crate::algebra::Unknown;
use crate::faults::{
    FinishesEarly, MachineFault, OneKey, Placeless, Sharedless, Sound, TakesIdentity,
    TakesReflection, TakesSharedIdentity, TrustsFinish, TrustsReceipt, Unmasked, VerifierOfWords,
};
use crate::keys::Variant;
use crate::laws;
use crate::report::Report;
use crate::run::Client;
use crate::suite::{A, B};
use crate::world::Setup;

fn client(number: usize, side: u8, word: u8, channel: u32) -> Client {
    Client {
        side,
        scalar: Unknown::Scalar(number),
        word,
        channel,
        appid: "a",
        blob: ["initiator's", "receiver's", "third's"][number],
    }
}

/// The clients of a setup, by its name.
fn setup<V: Variant>(name: &'static str) -> Setup<V> {
    let (one, two) = (client(0, A, 1, 7), client(1, B, 1, 7));
    let (clients, has_refusals) = match name {
        "pair" => (vec![one, two], true),
        "mistyped" => (vec![one, client(1, B, 2, 7)], true),
        "elsewhere" => (vec![one, client(1, B, 1, 8)], true),
        "stranger" => (vec![one, Client { appid: "b", ..two }], true),
        "receivers" => (vec![one, two, client(2, B, 1, 7)], false),
        "initiators" => (vec![one, two, client(2, A, 1, 7)], false),
        _ => unreachable!("{name} is no setup"),
    };
    Setup::new(name, clients, has_refusals)
}

const SETUPS: [(&str, &str); 6] = [
    ("pair", "an initiator and a receiver with the same code"),
    ("mistyped", "a receiver with another word"),
    (
        "elsewhere",
        "a receiver with the same words in another channel",
    ),
    ("stranger", "a receiver with the same code in another appid"),
    ("receivers", "two receivers with the same code"),
    ("initiators", "two initiators with the same code"),
];

pub(crate) fn all(report: &mut Report, has_more: bool) {
    for (name, what) in SETUPS {
        holds(report, name, what, has_more);
    }
    planted(report);
}

/// Checks that the real state machines keep every law and reach every goal.
fn holds(report: &mut Report, name: &'static str, what: &str, has_more: bool) {
    let start = Instant::now();
    let mut setup = setup::<Sound>(name);
    setup.has_refusals |= has_more;
    let how = if setup.has_refusals {
        ""
    } else {
        ", without refusals, timers and looks"
    };
    let checker = setup.checker().threads(2).spawn_bfs().join();
    let (states, depth) = (checker.unique_state_count(), checker.max_depth());
    let seconds = start.elapsed().as_secs_f32();
    report.line(
        checker.is_done() && states > 1_000,
        &format!("{name}: {what}{how}: {states} distinct states, depth {depth}, {seconds:.1} s"),
    );
    let (mut laws, mut missed, mut goals) = (Vec::new(), Vec::new(), 0);
    for property in checker.model().properties() {
        let found = checker.discovery(property.name);
        match (property.expectation, found) {
            (Expectation::Sometimes, found) => {
                goals += 1;
                missed.extend(found.is_none().then_some(property.name));
            }
            (_, None) => laws.push(property.name),
            (_, Some(path)) => {
                report.line(false, &format!("{name}: {}", property.name));
                report.more(&format!("{:?}", path.into_actions()));
            }
        }
    }
    for law in laws {
        report.line(true, &format!("{name}: {law}"));
    }
    report.line(
        missed.is_empty(),
        &format!("{name}: {goals} goals reached{}", shown(&missed)),
    );
}

fn shown(missed: &[&str]) -> String {
    if missed.is_empty() {
        String::new()
    } else {
        format!(", but for: {}", missed.join("; "))
    }
}

/// Checks that each fault is refuted by the law that is named with it, and that each law refutes a
/// fault.
fn planted(report: &mut Report) {
    let machines = [
        (MachineFault::KeepsPake, "pair", "OneGuess"),
        (MachineFault::AnswersAgain, "receivers", "AtMostOnce"),
        (MachineFault::CloseDecides, "pair", "OutcomeIsFixed"),
        (MachineFault::Deaf, "pair", "EndsByItself"),
        (MachineFault::AgreesItself, "pair", "FinishAfterRelease"),
        (MachineFault::HandsUnreleased, "pair", "HandedAfterRelease"),
        (MachineFault::TakesItself, "pair", "DeliveredIsProved"),
        (MachineFault::MismatchIsClosed, "pair", "MismatchIsHeard"),
        (MachineFault::DropsBlob, "pair", "OpenedIsHanded"),
        (MachineFault::DeliversUnproved, "pair", "DeliveredIsProved"),
        (MachineFault::Hasty, "pair", "NoImpossible"),
    ];
    let mut laws = BTreeSet::new();
    for (fault, name, law) in machines {
        let mut setup = setup::<Sound>(name);
        setup.fault = fault;
        laws.insert(refuted(report, setup, &format!("{fault:?}"), law));
    }
    laws.extend([
        suite_fault::<Unmasked>(report, "pair", "Secrecy"),
        suite_fault::<Sharedless>(report, "pair", "Secrecy"),
        suite_fault::<Placeless>(report, "elsewhere", "Agreement"),
        suite_fault::<Placeless>(report, "stranger", "Agreement"),
        suite_fault::<OneKey>(report, "pair", "Agreement"),
        suite_fault::<OneKey>(report, "pair", "OnePlaintext"),
        suite_fault::<FinishesEarly>(report, "pair", "FinishAfterOpening"),
        suite_fault::<FinishesEarly>(report, "pair", "DeliveredIsProved"),
        suite_fault::<FinishesEarly>(report, "pair", "HandedWasOpened"),
        suite_fault::<TrustsFinish>(report, "pair", "HandedWasOpened"),
        suite_fault::<TrustsFinish>(report, "mistyped", "WrongGuessFails"),
        suite_fault::<TrustsReceipt>(report, "pair", "DeliveredIsProved"),
        suite_fault::<TakesSharedIdentity>(report, "pair", "WordsAloneOpenNothing"),
        suite_fault::<VerifierOfWords>(report, "pair", "VerifierIsOfOneSession"),
        suite_fault::<FinishesEarly>(report, "pair", "ExportAfterOpening"),
        suite_fault::<TrustsFinish>(report, "mistyped", "ExportAfterOpening"),
    ]);
    spared::<TakesIdentity>(report, "PAKE-6's identity", &[]);
    spared::<TakesReflection>(report, "PAKE-7", &[]);
    spared::<TakesSharedIdentity>(report, "PAKE-8", &["WordsAloneOpenNothing"]);
    let all = laws::all::<Sound>().into_iter().map(|law| law.name);
    let spared: Vec<_> = all.filter(|name| !laws.contains(name)).collect();
    report.line(
        spared.is_empty(),
        &format!("every law refutes a planted fault{}", shown(&spared)),
    );
}

/// Checks that a suite without this check of the specification keeps all laws but those that are
/// named.
fn spared<V: Variant>(report: &mut Report, check: &str, needed: &[&str]) {
    let start = Instant::now();
    let checker = setup::<V>("pair").checker().threads(2).spawn_bfs().join();
    let seconds = start.elapsed().as_secs_f32();
    let mut broken = checker.discoveries().into_keys().collect::<Vec<_>>();
    broken.retain(|name| laws::all::<V>().iter().any(|law| law.name == *name));
    report.line(
        broken == needed,
        &format!(
            "without {check} pair keeps every law, {seconds:.1} s{}",
            shown(&broken)
        ),
    );
}

fn suite_fault<V: Variant>(
    report: &mut Report,
    name: &'static str,
    law: &'static str,
) -> &'static str {
    let fault = std::any::type_name::<V>();
    let fault = fault.rsplit("::").next().unwrap_or(fault);
    refuted(report, setup::<V>(name), fault, law)
}

fn refuted<V: Variant>(
    report: &mut Report,
    mut setup: Setup<V>,
    fault: &str,
    law: &'static str,
) -> &'static str {
    let (start, name) = (Instant::now(), setup.name);
    setup.only = Some(law);
    let checker = setup.checker().threads(2).spawn_bfs().join();
    let seconds = start.elapsed().as_secs_f32();
    let path = checker.discovery(law).map(|path| path.into_actions());
    let steps = path.as_ref().map_or(0, Vec::len);
    let verdict = if path.is_some() {
        format!("is refuted by {law} in {steps} steps")
    } else {
        format!("is not refuted by {law}")
    };
    report.line(
        path.is_some(),
        &format!("{fault} ({name}, {seconds:.1} s) {verdict}"),
    );
    law
}
