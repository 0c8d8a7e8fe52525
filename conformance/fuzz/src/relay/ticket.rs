//! GETs that wait, and what may come of each.

use std::collections::HashMap;
use wormhole_sync::relay::{Reply, Ticket};
use wormhole_sync::values::messages::CellName;

/// Where a GET waits.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Waiting {
    pub(crate) channel: usize,
    pub(crate) cell: CellName,
    pub(crate) until: u64,
}

/// The GETs of a relay.
#[derive(Debug, Default)]
pub(crate) struct Tickets {
    pub(crate) waiting: HashMap<Ticket, Waiting>,
    /// What must have been answered; any of these.
    expected: HashMap<Ticket, Vec<Reply>>,
}

impl Tickets {
    /// Those that wait for this cell, or for any of the channel, are answered so.
    pub(crate) fn answer(&mut self, channel: usize, cell: Option<CellName>, reply: &[Reply]) {
        let is_meant =
            |it: &Waiting| it.channel == channel && cell.is_none_or(|cell| cell == it.cell);
        self.answer_if(is_meant, reply);
    }

    pub(crate) fn answer_if(&mut self, is_meant: impl Fn(&Waiting) -> bool, reply: &[Reply]) {
        let meant = self.waiting.extract_if(|_, waiting| is_meant(waiting));
        self.expected
            .extend(meant.map(|(ticket, _)| (ticket, reply.to_vec())));
    }

    /// Each answer is one that is due, and each that is due has come.
    pub(crate) fn check(&mut self, answers: Vec<(Ticket, Reply)>) {
        for (ticket, reply) in answers {
            let expected = self.expected.remove(&ticket);
            let good = expected.as_ref().is_some_and(|all| all.contains(&reply));
            assert!(good, "{ticket:?}: {reply:?}, but {expected:?}");
        }
        assert!(
            self.expected.is_empty(),
            "not answered: {:?}",
            self.expected
        );
    }
}
