//! The recording proxy, which stands between a client and the suite's relay, writes down each
//! exchange and puts in the faults of a scenario.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use serde_json::Value;

use super::rules::{ResponseChange, Rule, RuleAction};
use super::secrets::ClientSecrets;
use crate::stage::address::Address;
use crate::stage::forward::forward;
use crate::stage::listener::{Handler, ReceivedRequest, ServerAction};
use crate::stage::response::{RecordedResponse, TransportFault};
use crate::suites::replay::transcript::{RecordedExchange, RecordedRequest, request_name};
use crate::suites::replay::user::ScriptedUser;

pub(super) struct Proxy {
    relay: Address,
    state: Mutex<ProxyState>,
    user: Arc<ScriptedUser>,
    second: Duration,
}

struct ProxyState {
    rules: Vec<Rule>,
    /// The rule of the request before, for its repeats.
    again: Option<(RecordedRequest, ServerAction)>,
    /// The client's secrets, and the exchanges recorded so far.
    secrets: ClientSecrets,
    faults: Vec<anyhow::Error>,
}

impl Proxy {
    pub(super) fn new(
        relay: Address,
        rules: Vec<Rule>,
        secrets: ClientSecrets,
        user: Arc<ScriptedUser>,
        second: Duration,
    ) -> Self {
        let state = ProxyState {
            rules,
            again: None,
            secrets,
            faults: Vec::new(),
        };
        Self {
            relay,
            state: Mutex::new(state),
            user,
            second,
        }
    }

    fn state(&self) -> MutexGuard<'_, ProxyState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The exchanges that were recorded.
    ///
    /// # Errors
    ///
    /// The first failure of the recording itself, or else a rule that no request met.
    pub(super) fn exchanges(&self) -> anyhow::Result<Vec<RecordedExchange>> {
        let mut state = self.state();
        if !state.faults.is_empty() {
            return Err(state.faults.remove(0));
        }
        if let Some(rule) = state.rules.first() {
            bail!("no {} came for its rule", rule.on);
        }
        Ok(state.secrets.exchanges.clone())
    }

    async fn forward(&self, arrived: &ReceivedRequest) -> ServerAction {
        // A base path belongs to the scenario; the relay itself is at the root.
        let at = arrived.target.find("/v1/").unwrap_or_default();
        match forward(&self.relay, arrived, &arrived.target[at..]).await {
            Ok(response) => ServerAction::Respond(response),
            Err(error) => {
                self.state()
                    .faults
                    .push(anyhow!("the relay did not answer: {error}"));
                ServerAction::Fail(TransportFault::Close)
            }
        }
    }

    fn change(&self, change: &ResponseChange, response: RecordedResponse) -> ServerAction {
        let mut state = self.state();
        change(&state.secrets, response).unwrap_or_else(|fault| {
            state.faults.push(fault);
            ServerAction::Fail(TransportFault::Close)
        })
    }

    fn record(&self, request: RecordedRequest, reply: &ServerAction, rule: Option<&Rule>) {
        let mut state = self.state();
        let before = state.secrets.exchanges.last();
        let repeat = before.is_some_and(|before| before.request == request && before.failed());
        let (response, fault) = match reply.clone() {
            ServerAction::Respond(response) => (Some(response), None),
            ServerAction::Fail(fault) => (None, Some(fault)),
        };
        state.secrets.exchanges.push(RecordedExchange {
            request,
            repeat,
            again: rule.is_some_and(|rule| rule.again),
            user: rule.and_then(|rule| rule.user.clone()),
            then_user: rule.and_then(|rule| rule.then_user.clone()),
            after: rule.and_then(|rule| rule.after),
            wrong: rule.and_then(|rule| rule.wrong.clone()),
            response,
            fault,
        });
    }
}

impl Handler for Proxy {
    async fn handle(&self, _: usize, arrived: ReceivedRequest) -> ServerAction {
        let request = match request(&arrived) {
            Ok(request) => request,
            Err(fault) => {
                self.state().faults.push(fault);
                return ServerAction::Fail(TransportFault::Close);
            }
        };
        let name = request_name(&arrived.method, &arrived.target);
        let rule = {
            let mut state = self.state();
            if let Some((_, reply)) = state
                .again
                .as_ref()
                .filter(|(before, _)| *before == request)
            {
                return reply.clone();
            }
            let at = state.rules.iter().position(|rule| rule.on == name);
            at.map(|at| state.rules.remove(at))
        };
        let reply = match rule.as_ref().map(|rule| &rule.act) {
            None | Some(RuleAction::Pass) => self.forward(&arrived).await,
            Some(RuleAction::Instead(reply)) => ServerAction::clone(reply),
            Some(RuleAction::InsteadWith(response)) => {
                let mut state = self.state();
                match response(&state.secrets) {
                    Ok(response) => ServerAction::Respond(response),
                    Err(fault) => {
                        state.faults.push(fault);
                        ServerAction::Fail(TransportFault::Close)
                    }
                }
            }
            Some(RuleAction::Then(change)) => match self.forward(&arrived).await {
                ServerAction::Respond(response) => self.change(&**change, response),
                failed @ ServerAction::Fail(_) => failed,
            },
        };
        self.record(request.clone(), &reply, rule.as_ref());
        if let Some(seconds) = rule.as_ref().and_then(|rule| rule.after) {
            tokio::time::sleep(self.second * seconds).await;
        }
        if rule.as_ref().is_some_and(|rule| rule.again) {
            self.state().again = Some((request, reply.clone()));
        }
        if let Some(says) = rule.as_ref().and_then(|rule| rule.user.as_ref()) {
            self.user.say_and_wait(says.events()).await;
        }
        if let Some(says) = rule.and_then(|rule| rule.then_user) {
            let (user, second) = (Arc::clone(&self.user), self.second);
            tokio::spawn(async move {
                tokio::time::sleep(second).await;
                user.say_all(&says);
            });
        }
        reply
    }

    fn gone(&self, _: usize) {}
}

fn request(arrived: &ReceivedRequest) -> anyhow::Result<RecordedRequest> {
    let body = if arrived.body.is_empty() {
        None
    } else {
        let value: Result<Value, _> = serde_json::from_slice(&arrived.body);
        Some(value.context("a body that is no JSON")?)
    };
    Ok(RecordedRequest {
        method: arrived.method.clone(),
        target: arrived.target.clone(),
        authorization: arrived.header("authorization").concat(),
        body,
    })
}
