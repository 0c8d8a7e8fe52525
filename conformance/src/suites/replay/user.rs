//! The user of a client that is replayed or recorded.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use crate::subject::adapter::UserEvent;

/// The time that an adapter has to reply to a `user-event`.
const HEARING: Duration = Duration::from_secs(5);

/// A user whose events the relay of a transcript decides on, and the thread that waits for the
/// client passes on.
#[derive(Default)]
pub(crate) struct ScriptedUser {
    words: Mutex<Words>,
    heard: Notify,
}

#[derive(Default)]
struct Words {
    waiting: VecDeque<UserEvent>,
    said: Vec<UserEvent>,
    heard: Vec<UserEvent>,
}

impl ScriptedUser {
    /// Says an event, which the client hears soon.
    pub(crate) fn say(&self, event: UserEvent) {
        self.lock().waiting.push_back(event);
    }

    /// Says an event, and waits until the client has heard it, or can no longer.
    pub(crate) async fn say_and_wait(&self, event: UserEvent) {
        self.say(event);
        let heard = async {
            loop {
                let news = self.heard.notified();
                if self.lock().heard.contains(&event) {
                    return;
                }
                news.await;
            }
        };
        // A client that does not hear is judged by what it does then.
        let _ = tokio::time::timeout(HEARING, heard).await;
    }

    /// The next event to be passed on to the client.
    pub(crate) fn next(&self) -> Option<UserEvent> {
        let mut words = self.lock();
        let next = words.waiting.pop_front();
        words.said.extend(next);
        next
    }

    /// Notes that the client has heard an event.
    pub(crate) fn heard(&self, event: UserEvent) {
        self.lock().heard.push(event);
        self.heard.notify_waiters();
    }

    /// Whether this event was said, so that the client may have heard it.
    pub(crate) fn has_said(&self, event: UserEvent) -> bool {
        self.lock().said.contains(&event)
    }

    fn lock(&self) -> MutexGuard<'_, Words> {
        self.words.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
