//! The 60 seconds after the end (RELAY-17).

use super::super::case::RelayCase;
use super::super::channel::{By, Cell, State};
use super::super::reply::Want;
use super::moments::*;
use crate::subject::relay_settings::RelaySettings;

/// The 60 seconds after the end (RELAY-17).
pub(super) fn grace() -> Vec<RelayCase> {
    let absent = || Want::token("no-such-channel");
    let mut cases = Vec::new();
    let settings = || RelaySettings::second(10);
    for by in [By::Owner, By::Claimant] {
        for closer in [By::Owner, By::Claimant] {
            let name = |by: By| format!("{by:?}").to_lowercase();
            let title = format!(
                "a channel that the {} closed is kept for the {} for 60 seconds",
                name(closer),
                name(by)
            );
            let id = format!("grace-{}-closed-by-{}", name(by), name(closer));
            cases.push(
                RelayCase::new(SUITE, id, title, &["RELAY-17"], move |bench| {
                    let channel = bench.channel(State::Claimed)?;
                    let close = channel.close(channel.side(closer), "timeout");
                    let reply = bench.given(&close, &Want::Status(200))?;
                    let span = (reply.sent, reply.read);
                    let ask = match by {
                        By::Owner => channel.read(Cell::Answer, 0),
                        _ => channel.read(Cell::Finish, 0),
                    };
                    bench.sleep_until(span.0, 50.0);
                    until(bench, &ask, &Want::closed("timeout"), span, 60.0)?;
                    from(bench, &ask, &absent(), span, 60.0)?;
                    Ok(())
                })
                .told(settings())
                .waits(600),
            );
        }
    }
    let title = "what is written can be read in the grace, and not afterwards";
    cases.push(
        RelayCase::new(SUITE, "grace-written", title, &["RELAY-17"], move |bench| {
            let channel = bench.channel(State::Receipted)?;
            let reply = bench.given(&channel.close(&channel.owner, "done"), &Want::Status(200))?;
            let span = (reply.sent, reply.read);
            bench.sleep_until(span.0, 40.0);
            for cell in Cell::ALL {
                until(
                    bench,
                    &channel.read(cell, 0),
                    &Want::cell(cell.content()),
                    span,
                    60.0,
                )?;
            }
            for cell in Cell::ALL {
                from(bench, &channel.read(cell, 0), &absent(), span, 60.0)?;
            }
            Ok(())
        })
        .told(settings())
        .waits(600),
    );
    let title = "requests in the grace do not lengthen it";
    cases.push(
        RelayCase::new(
            SUITE,
            "grace-asked",
            title,
            &["RELAY-17", "RELAY-16"],
            move |bench| {
                let channel = bench.channel(State::Answered)?;
                let close = channel.close(&channel.owner, "done");
                let reply = bench.given(&close, &Want::Status(200))?;
                let span = (reply.sent, reply.read);
                bench.sleep_until(span.0, 30.0);
                until(bench, &close, &Want::Status(200), span, 60.0)?;
                until(
                    bench,
                    &channel.write(Cell::Answer),
                    &Want::Status(200),
                    span,
                    60.0,
                )?;
                until(
                    bench,
                    &channel.claim(&channel.claimant),
                    &Want::closed("done"),
                    span,
                    60.0,
                )?;
                from(bench, &close, &absent(), span, 60.0)?;
                Ok(())
            },
        )
        .told(settings())
        .waits(600)
        .starts(3),
    );
    let short = || RelaySettings::second(10).living(20);
    let title =
        "the grace of an expired channel counts from its end, also if nobody asked meanwhile";
    cases.push(
        RelayCase::new(
            SUITE,
            "grace-unnoticed",
            title,
            &["RELAY-17", "RELAY-15"],
            move |bench| {
                let channel = bench.channel(State::Open)?;
                from(
                    bench,
                    &channel.read(Cell::Answer, 0),
                    &absent(),
                    channel.allocated,
                    80.0,
                )?;
                Ok(())
            },
        )
        .told(short())
        .waits(800),
    );
    let title = "the grace of an expired channel counts from its end, and not from the first request after it";
    cases.push(
        RelayCase::new(
            SUITE,
            "grace-noticed-late",
            title,
            &["RELAY-17"],
            move |bench| {
                let channel = bench.channel(State::Open)?;
                let ask = channel.read(Cell::Answer, 0);
                bench.sleep_until(channel.allocated.1, 60.0);
                until(
                    bench,
                    &ask,
                    &Want::closed("expired"),
                    channel.allocated,
                    80.0,
                )?;
                from(bench, &ask, &absent(), channel.allocated, 80.0)?;
                Ok(())
            },
        )
        .told(short())
        .waits(800),
    );
    let title = "an ended channel is absent for all other sides at once";
    cases.push(
        RelayCase::new(
            SUITE,
            "grace-another",
            title,
            &["RELAY-17", "RELAY-11"],
            move |bench| {
                let channel = bench.channel(State::Ended)?;
                let side = &channel.another;
                bench.expect(&channel.claim(side), &absent())?;
                bench.expect(&channel.get(Cell::Answer, side, ""), &absent())?;
                bench.expect(&channel.put(Cell::Answer, side, "00"), &absent())?;
                bench.expect(&channel.close(side, "done"), &absent())?;
                Ok(())
            },
        )
        .starts(3),
    );
    cases
}
