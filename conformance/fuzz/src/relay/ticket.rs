//! The GETs that wait, and the replies that each may get.

use std::collections::HashMap;
use wormhole_sync::relay::{Reply, Ticket};
use wormhole_sync::values::messages::CellName;

/// A GET that waits: for which cell of which channel, and until when in milliseconds.
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
    /// The replies that must have come. For each ticket any of its list will do.
    expected: HashMap<Ticket, Vec<Reply>>,
}

impl Tickets {
    /// Expects one of these replies to all GETs that wait for this cell, or for any cell of the channel.
    pub(crate) fn expect(&mut self, channel: usize, cell: Option<CellName>, reply: &[Reply]) {
        let is_meant =
            |it: &Waiting| it.channel == channel && cell.is_none_or(|cell| cell == it.cell);
        self.expect_if(is_meant, reply);
    }

    /// Expects one of these replies to all GETs that are meant.
    pub(crate) fn expect_if(&mut self, is_meant: impl Fn(&Waiting) -> bool, reply: &[Reply]) {
        let meant = self.waiting.extract_if(|_, waiting| is_meant(waiting));
        self.expected
            .extend(meant.map(|(ticket, _)| (ticket, reply.to_vec())));
    }

    /// Checks that each reply is one that is expected, and that each that is expected has come.
    pub(crate) fn check(&mut self, replies: Vec<(Ticket, Reply)>) {
        for (ticket, reply) in replies {
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
