//! The user, and the application, of a `run`, and the events that they decide on (`user-event`).

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// An event of sections 11.4 and 11.5 that a user, or the application, decides on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum UserEvent {
    /// The user who looks first agrees.
    Release,
    /// The user says that the other side shows other words.
    Mismatch,
    /// The user gives up.
    Cancel,
    /// The receiver's application has the blob for good.
    Taken,
    /// The receiver's application cannot keep the blob.
    NotTaken,
}

impl UserEvent {
    /// The event in words.
    pub(crate) fn told(self) -> &'static str {
        match self {
            Self::Release => "the user agrees",
            Self::Mismatch => "the user says that the words differ",
            Self::Cancel => "the user gives up",
            Self::Taken => "the application takes the blob",
            Self::NotTaken => "the application cannot keep the blob",
        }
    }

    /// The event's name in the adapter protocol, as a JSON string.
    pub(crate) fn to_value(self) -> Value {
        json!(self)
    }

    /// The event of this name, if it is a string and there is such an event.
    pub(crate) fn from_value(value: &Value) -> Option<Self> {
        Self::deserialize(value).ok()
    }
}

/// The user of a run at the adapter's end. What is said before anybody listens is kept.
#[derive(Default)]
pub(crate) struct User(Mutex<Hearing>);

#[derive(Default)]
struct Hearing {
    listener: Option<Box<dyn Fn(UserEvent) + Send>>,
    kept: Vec<UserEvent>,
}

impl User {
    /// Says an event, and returns when it counts.
    pub(crate) fn say(&self, event: UserEvent) {
        let mut hearing = self.lock();
        match &hearing.listener {
            Some(listener) => listener(event),
            None => hearing.kept.push(event),
        }
    }

    /// Lets `listener` hear all events.
    pub(crate) fn listen(&self, listener: impl Fn(UserEvent) + Send + 'static) {
        let mut hearing = self.lock();
        hearing.kept.drain(..).for_each(&listener);
        hearing.listener = Some(Box::new(listener));
    }

    fn lock(&self) -> MutexGuard<'_, Hearing> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
