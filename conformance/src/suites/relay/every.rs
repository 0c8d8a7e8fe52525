//! The checks of every answer as tests: each makes a tour through all kinds of answers, and judges
//! those of all other tests too.

use super::bench::Bench;
use super::case::RelayCase;
use super::channel::{Cell, Channel, State};
use super::check::Check;
use super::fault::Fault;
use super::request::Request;

/// The tests, one for each check.
pub(super) fn cases() -> Vec<RelayCase> {
    let case = |check: Check| {
        let (id, title, clauses) = check.about();
        let run = move |bench: &Bench<'_>| judge(bench, check);
        RelayCase::new("relay-every", id, title, clauses, run)
            .last()
            .starts(0)
    };
    Check::ALL.into_iter().map(case).collect()
}

fn judge(bench: &Bench<'_>, check: Check) -> Result<(), Fault> {
    let before = bench.checker.found(check);
    // Once the answers of other tests are there, the tour adds nothing.
    if before.answers == 0 {
        tour(bench)?;
    }
    let found = bench.checker.found(check);
    match found.first {
        Some(mut failure) => {
            let (wrong, answers) = (found.wrong, found.answers);
            failure.detail = vec![format!(
                "{wrong} of {answers} answers of this run were so; the first one is shown"
            )];
            Err(Fault::Failed(Box::new(failure)))
        }
        None if found.answers == 0 => Err(Fault::Skipped(
            "no answer of this kind came in this run".to_owned(),
        )),
        None => Ok(()),
    }
}

/// One answer of each kind that needs no settings.
fn tour(bench: &Bench<'_>) -> Result<(), Fault> {
    let mut channel = Channel::new();
    bench.ask(&channel.get(Cell::Answer, &channel.owner, ""))?;
    bench.bring(&mut channel, State::Claimed)?;
    bench.ask(&channel.claim(&channel.another))?;
    bench.ask(&channel.claim(&channel.owner))?;
    bench.ask(&channel.get(Cell::Answer, &channel.owner, ""))?;
    bench.ask(&channel.write(Cell::Receipt))?;
    bench.bring(&mut channel, State::Receipted)?;
    for cell in Cell::ALL {
        bench.ask(&channel.read(cell, 0))?;
        bench.ask(&channel.put(cell, channel.writer(cell), "00"))?;
    }
    bench.ask(&Request::new("GET", channel.target("claim")).by(&channel.owner))?;
    bench.ask(&Request::new("POST", channel.target("answer")).by(&channel.owner))?;
    bench.ask(&Request::new("GET", channel.target("offer")).by(&channel.owner))?;
    bench.ask(&channel.get(Cell::Answer, "00", ""))?;
    bench.ask(&channel.get(Cell::Answer, &channel.owner, "?"))?;
    bench.ask(&channel.claim(&channel.owner).with(" ".repeat(1_025)))?;
    bench.ask(&channel.close(&channel.owner, "done"))?;
    bench.ask(&channel.claim(&channel.claimant))?;
    Ok(())
}
