//! The users of both sides, and the receiver's application. Times are in milliseconds.

use wormhole_sync::protocol::UserEvent;

/// A user who looks for a time, and then says whether the words are the same. One who looks for no
/// time agrees before the first request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    pub(crate) time: u32,
    pub(crate) agrees: bool,
}

/// A receiver's application that has the blob for a time, and then says whether it keeps it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Take {
    pub(crate) time: u32,
    pub(crate) keeps: bool,
}

impl Look {
    /// The word that is said, after its time, in this state; `None` where a user is not asked.
    pub(crate) fn word(self, state: &str) -> Option<(u32, UserEvent)> {
        let word = if self.agrees {
            UserEvent::Release
        } else {
            UserEvent::Mismatch
        };
        ["holding", "comparing"]
            .contains(&state)
            .then_some((self.time, word))
    }
}

impl Take {
    /// The word that is said, after its time, in this state.
    pub(crate) fn word(self, state: &str) -> Option<(u32, UserEvent)> {
        let word = if self.keeps {
            UserEvent::Taken
        } else {
            UserEvent::NotTaken
        };
        (state == "taking").then_some((self.time, word))
    }
}
