//! The user of a client that is replayed or recorded.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use super::transcript::Says;
use crate::subject::adapter::UserEvent;

/// The time that an adapter has to reply to a `user-event`, and to show the code.
const HEARING: Duration = Duration::from_secs(5);

/// A user whose events the relay of a transcript decides on, and the thread that waits for the
/// client passes on.
#[derive(Default)]
pub(crate) struct ScriptedUser {
    words: Mutex<Words>,
    news: Notify,
}

#[derive(Default)]
struct Words {
    waiting: VecDeque<UserEvent>,
    said: Vec<UserEvent>,
    /// The number of events that the client has heard.
    heard: usize,
    /// Whether the client has shown its code.
    code_shown: bool,
}

impl ScriptedUser {
    /// Says an event, which the client hears soon.
    pub(crate) fn say(&self, event: UserEvent) {
        self.lock().waiting.push_back(event);
    }

    /// Says events, one after the other, which the client hears soon.
    pub(crate) fn say_all(&self, says: &Says) {
        self.lock().waiting.extend(says.events());
    }

    /// Says events, one after the other, and waits until the client has heard all, or can no
    /// longer.
    pub(crate) async fn say_and_wait(&self, events: &[UserEvent]) {
        let all = {
            let mut words = self.lock();
            words.waiting.extend(events);
            words.said.len() + words.waiting.len()
        };
        // A client that does not hear is judged by what it does then.
        self.wait_until(|words| words.heard >= all).await;
    }

    /// Waits until the client has shown its code, and gives whether it has.
    pub(crate) async fn sees_code(&self) -> bool {
        self.wait_until(|words| words.code_shown).await
    }

    async fn wait_until(&self, done: impl Fn(&Words) -> bool) -> bool {
        let wait = async {
            loop {
                let news = self.news.notified();
                if done(&self.lock()) {
                    return;
                }
                news.await;
            }
        };
        tokio::time::timeout(HEARING, wait).await.is_ok()
    }

    /// The next event to be passed on to the client.
    pub(crate) fn next(&self) -> Option<UserEvent> {
        let mut words = self.lock();
        let next = words.waiting.pop_front();
        words.said.extend(next);
        next
    }

    /// Notes that the client has heard an event.
    pub(crate) fn heard(&self) {
        self.lock().heard += 1;
        self.news.notify_waiters();
    }

    /// Notes that the client has shown its code.
    pub(crate) fn shown_code(&self) {
        self.lock().code_shown = true;
        self.news.notify_waiters();
    }

    /// The number of times that this event was said, so that the client may have heard it.
    pub(crate) fn said(&self, event: UserEvent) -> usize {
        let words = self.lock();
        words.said.iter().filter(|said| **said == event).count()
    }

    fn lock(&self) -> MutexGuard<'_, Words> {
        self.words.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
