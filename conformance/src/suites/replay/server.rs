//! The relay of a replay, which gives the recorded responses, in order, to the recorded requests.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use super::compare::{self, Divergence, table};
use super::ladder::{self, Rung};
use super::timing::{Answered, TimingCheck};
use super::transcript::{ClientRole, RecordedExchange, Transcript, request_name};
use super::user::ScriptedUser;
use crate::stage::listener::{Handler, ReceivedRequest, ServerAction};
use crate::stage::response::{RecordedResponse, TransportFault};
use crate::subject::adapter::UserEvent;

/// The time that a client has to let go of a connection that it has given up.
const LETTING_GO: Duration = Duration::from_secs(2);

/// The record of a replay when it is over.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) ladder: Vec<Rung>,
    pub(crate) difference: Option<Divergence>,
    /// Exchanges that have not taken place.
    pub(crate) missing: Vec<String>,
    /// The places of the back-offs in their ranges.
    pub(crate) back_offs: Vec<f64>,
}

pub(super) struct Server {
    transcript: Arc<Transcript>,
    state: Mutex<ReplayState>,
    /// Wakes [`Server::settled`] and waiting requests when something has happened.
    news: Notify,
    user: Arc<ScriptedUser>,
}

struct ReplayState {
    next: usize,
    /// The request before, whose bytes a repeat must have.
    before: Option<ReceivedRequest>,
    /// The requests that are left without a response, and the longest time of each.
    open: BTreeMap<usize, (Instant, Option<Duration>)>,
    clock: TimingCheck,
    ladder: Vec<Rung>,
    difference: Option<Divergence>,
}

impl Server {
    /// Makes the relay of a transcript, which tells the user when to speak. Nothing may be later
    /// than its bound by more than the real time `lag`.
    pub(super) fn new(transcript: Arc<Transcript>, user: Arc<ScriptedUser>, lag: Duration) -> Self {
        let state = Mutex::new(ReplayState {
            next: 0,
            before: None,
            open: BTreeMap::new(),
            clock: TimingCheck::new(transcript.input.second_ms, lag),
            ladder: Vec::new(),
            difference: None,
        });
        Self {
            transcript,
            state,
            news: Notify::new(),
            user,
        }
    }

    fn state(&self) -> MutexGuard<'_, ReplayState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns once every exchange has taken place or one went wrong, which is at once in most
    /// runs.
    pub(super) async fn settled(&self) {
        loop {
            let news = self.news.notified();
            {
                let state = self.state();
                if state.difference.is_some() || state.next == self.transcript.exchanges.len() {
                    return;
                }
            }
            news.await;
        }
    }

    /// The record so far.
    pub(super) fn seen(&self) -> Seen {
        let state = self.state();
        let missing = self.transcript.exchanges.iter().skip(state.next);
        Seen {
            ladder: state.ladder.clone(),
            difference: state.difference.clone(),
            back_offs: state.clock.back_offs().to_vec(),
            missing: missing
                .map(|exchange| request_name(&exchange.request.method, &exchange.request.target))
                .collect(),
        }
    }

    /// Checks that a client makes one request at a time: it has dropped one that it gave up before
    /// it makes the next, or before its run ends.
    pub(super) async fn alone(&self) -> Result<(), Divergence> {
        let wait = async {
            loop {
                let news = self.news.notified();
                if self.state().open.is_empty() {
                    return;
                }
                news.await;
            }
        };
        let dropped = tokio::time::timeout(LETTING_GO, wait).await;
        dropped.map_err(|_| {
            let what = "the connection of a request that is abandoned";
            Divergence::new("CLIENT-1", what, "closed", "open two seconds later")
        })
    }

    /// Checks that an initiator has shown its code before its first get answer.
    async fn code_first(&self, arrived: &ReceivedRequest) -> Result<(), Divergence> {
        let polls = request_name(&arrived.method, &arrived.target) == "get answer";
        if !polls || self.transcript.role == ClientRole::Receiver || self.user.sees_code().await {
            return Ok(());
        }
        let (expected, actual) = ("before the first get answer", "not by then");
        Err(Divergence::new(
            "CODE-3",
            "the code shown",
            expected,
            actual,
        ))
    }

    /// Notes what was found when the run had ended, unless something is wrong already.
    pub(super) fn note(&self, found: Result<(), Divergence>) {
        let mut state = self.state();
        if let (None, Err(difference)) = (&state.difference, found) {
            state.difference = Some(difference);
        }
    }

    /// Whether the application has said that it has the blob, if it is asked at all.
    fn has_taken(&self) -> bool {
        let too_early = self.transcript.says(UserEvent::Taken);
        self.transcript.input.take.is_none() || self.user.said(UserEvent::Taken) > too_early
    }

    /// The index of the exchange that a request belongs to.
    fn find(
        &self,
        state: &mut ReplayState,
        arrived: &ReceivedRequest,
    ) -> Result<usize, Divergence> {
        let exchanges = &self.transcript.exchanges;
        let name = request_name(&arrived.method, &arrived.target);
        if name == "put receipt" && !self.has_taken() {
            let what = "the receipt";
            return Err(Divergence::new(
                "RECV-6",
                what,
                "after `taken`",
                "before `taken`",
            ));
        }
        let before = state.next.checked_sub(1);
        let before = before.and_then(|index| Some((index, exchanges.get(index)?)));
        let is_repeat = (state.before.as_ref()).is_some_and(|before| same(before, arrived));
        if let Some((index, _)) = before.filter(|(_, before)| before.again && is_repeat) {
            state.clock.arrived(&name, arrived.at)?;
            return Ok(index);
        }
        let role = self.transcript.role;
        let Some(next) = exchanges.get(state.next) else {
            let expected = format!("no request after number {}", exchanges.len());
            let came = Divergence::new(
                table(role),
                "the number of requests",
                expected,
                compare::describe(arrived),
            );
            let difference = needless(before, is_repeat, &name).unwrap_or(came);
            return Err(late_if_shortened(
                state.before.as_ref(),
                arrived,
                difference,
            ));
        };
        if let Err(difference) = compare::compare(role, &next.request, arrived) {
            let difference = needless(before, is_repeat, &name).unwrap_or(difference);
            return Err(late_if_shortened(
                state.before.as_ref(),
                arrived,
                difference,
            ));
        }
        if next.repeat && !is_repeat {
            let what = format!("the bytes of the repeated {name}");
            return Err(Divergence::new("TIME-1", what, "the same", "others"));
        }
        state.clock.arrived(&name, arrived.at)?;
        Ok(state.next)
    }
}

/// Finds a repeat of an answered request, which explains more than any other difference.
fn needless(
    before: Option<(usize, &RecordedExchange)>,
    is_repeat: bool,
    name: &str,
) -> Option<Divergence> {
    let closes = name == "close";
    let answered = before.is_some_and(|(_, before)| !before.failed());
    (is_repeat && (closes || answered) && !name.starts_with("get ")).then(|| {
        let (clause, expected) = if closes {
            ("TIME-7", "one close")
        } else {
            ("TIME-1", "no repeat: the request was answered")
        };
        Divergence::new(clause, "the request", expected, format!("{name} again"))
    })
}

/// On a busy machine, a poll that failed at once looks to its client like one that was cut off
/// after 3 seconds (TIME-8): a w that was shortened may come of that lag.
fn late_if_shortened(
    before: Option<&ReceivedRequest>,
    arrived: &ReceivedRequest,
    difference: Divergence,
) -> Divergence {
    fn parts(request: &ReceivedRequest) -> Option<(&str, u8)> {
        let (path, wait) = request.target.split_once("?wait=")?;
        Some((path, wait.parse().ok()?))
    }
    match (before.and_then(parts), parts(arrived)) {
        (Some((path, before)), Some((again, wait))) if path == again && wait < before => {
            difference.late()
        }
        _ => difference,
    }
}

fn same(one: &ReceivedRequest, other: &ReceivedRequest) -> bool {
    let key = |arrived: &ReceivedRequest| {
        let authorization: Vec<String> = arrived
            .header("authorization")
            .into_iter()
            .map(Into::into)
            .collect();
        (
            arrived.method.clone(),
            arrived.target.clone(),
            authorization,
            arrived.body.clone(),
        )
    };
    key(one) == key(other)
}

impl Handler for Server {
    async fn handle(&self, number: usize, arrived: ReceivedRequest) -> ServerAction {
        let alone = match self.alone().await {
            Ok(()) => self.code_first(&arrived).await,
            failed @ Err(_) => failed,
        };
        let mut says = None;
        let mut then_says = None;
        let mut after = None;
        let mut is_over = false;
        let reply = {
            let mut guard = self.state();
            let state = &mut *guard;
            let request = compare::describe(&arrived);
            if state.difference.is_some() {
                // The ladder ends where the client went wrong.
                return refusal();
            }
            let found = alone.and_then(|()| self.find(state, &arrived));
            match found {
                Ok(index) => {
                    let exchange = &self.transcript.exchanges[index];
                    state.next = index + 1;
                    state.ladder.push(Rung {
                        request,
                        reply: ladder::reply(exchange),
                    });
                    says = exchange.user.clone();
                    then_says = exchange.then_user.clone();
                    after = exchange.after;
                    let reply = match (&exchange.response, &exchange.fault) {
                        (Some(response), _) => ServerAction::Respond(response.clone()),
                        (None, Some(fault)) => ServerAction::Fail(fault.clone()),
                        (None, None) => refusal(),
                    };
                    let stalls = matches!(
                        &reply,
                        ServerAction::Fail(
                            TransportFault::Stall | TransportFault::StallBody { .. }
                        )
                    );
                    let attempt = stalls.then(|| attempt(exchange));
                    if let Some(seconds) = attempt {
                        let most = state.clock.second() * seconds;
                        let most = says.is_none().then_some(most);
                        state.open.insert(number, (arrived.at, most));
                    }
                    let retry_after = exchange
                        .response
                        .as_ref()
                        .map_or(0, RecordedResponse::retry_after);
                    state.clock.answered(Answered {
                        failed: exchange.failed(),
                        retry_after,
                        attempt,
                        after: after.unwrap_or(0),
                        disturbed: says.is_some() || then_says.is_some(),
                    });
                    state.before = Some(arrived);
                    reply
                }
                Err(difference) => {
                    state.ladder.push(Rung {
                        request,
                        reply: "not expected".into(),
                    });
                    state.difference = Some(difference);
                    is_over = true;
                    refusal()
                }
            }
        };
        if is_over {
            // A client that has gone astray may wait for long.
            self.user.say(UserEvent::Cancel);
        }
        if let Some(says) = says {
            self.user.say_and_wait(says.events()).await;
        }
        if let Some(seconds) = after {
            let second = self.state().clock.second();
            tokio::time::sleep(second * seconds).await;
        }
        self.news.notify_waiters();
        if let Some(says) = then_says {
            let (user, second) = (Arc::clone(&self.user), self.state().clock.second());
            tokio::spawn(async move {
                tokio::time::sleep(second).await;
                user.say_all(&says);
            });
        }
        reply
    }

    fn gone(&self, number: usize) {
        let mut state = self.state();
        if let Some((since, Some(most))) = state.open.remove(&number) {
            let (waited, second) = (since.elapsed(), state.clock.second());
            if waited > most + state.clock.lag() && state.difference.is_none() {
                let seconds =
                    |time: Duration| format!("{:.1} s", time.as_secs_f64() / second.as_secs_f64());
                let what = "the time of an attempt";
                let late = Divergence::new("TIME-2", what, seconds(most), seconds(waited));
                let late = late.late_by(waited.saturating_sub(most));
                state.difference = Some(late);
            }
        }
        drop(state);
        self.news.notify_waiters();
    }
}

/// The number of seconds that an attempt has (section 11.3).
fn attempt(exchange: &RecordedExchange) -> u32 {
    match exchange.request.method.as_str() {
        "GET" => 40,
        _ => 10,
    }
}

/// The response to an unexpected request. A client does not repeat after it, and so comes to an
/// end.
fn refusal() -> ServerAction {
    ServerAction::Respond(RecordedResponse {
        status: 400,
        ..RecordedResponse::default()
    })
}
