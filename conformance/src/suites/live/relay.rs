//! The relay of a live run, with the other peer behind it. It writes down each request, and does
//! what the script says.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;
use tokio::sync::Notify;
use wormhole_sync::values::hex;

use super::peer::{Agreement, Peer, PeerMessage};
use super::responses;
use super::script::{Act, Script};
use super::seen::{Seen, cell_of, follows, name_of, order, wait_of};
use crate::stage::listener::{Handler, ReceivedRequest, ServerAction};
use crate::stage::response::{RecordedResponse, TransportFault};
use crate::subject::adapter::UserEvent;
use crate::suites::replay::user::ScriptedUser;
use crate::suites::vectors::derive::Role;

/// The time that a user takes to say what is on its mind.
const PONDERING: Duration = Duration::from_millis(80);

/// The time that a code may be on its way once the answer is asked for.
const HEARING: Duration = Duration::from_secs(5);

/// All that relay and peer know of a run.
#[derive(Debug, Default)]
pub(crate) struct World {
    pub(crate) seen: Vec<Seen>,
    /// The codes that were shown.
    pub(crate) codes: Vec<String>,
    pub(crate) offer: Option<Vec<u8>>,
    pub(crate) answer: Option<Vec<u8>>,
    pub(crate) finish: Option<Vec<u8>>,
    pub(crate) receipt: Option<Vec<u8>>,
    pub(crate) agreement: Option<Agreement>,
    /// The requests that were sent before their user, or their application, had said so.
    pub(crate) early: Option<String>,
    /// The first request that had no place, if one came.
    pub(crate) surplus: Option<String>,
}

impl World {
    /// Whether an initiator has asked for the answer, and shown no code (CODE-3).
    pub(super) fn shows_no_code(&self) -> bool {
        self.asked_without_code(Duration::ZERO)
    }

    /// Whether that was so long ago that no code comes any more.
    pub(super) fn waits_in_vain(&self) -> bool {
        self.asked_without_code(HEARING)
    }

    fn asked_without_code(&self, long_ago: Duration) -> bool {
        let asks = |seen: &Seen| seen.name == "get answer" && seen.request.at.elapsed() >= long_ago;
        self.codes.is_empty() && self.seen.iter().any(asks)
    }
}

/// The relay of one run.
pub(crate) struct LiveRelay {
    script: Script,
    peer: Peer,
    /// The requests that may come, in their order, repeats left out.
    expected: Vec<String>,
    pub(crate) user: Arc<ScriptedUser>,
    world: Mutex<World>,
    news: Notify,
}

impl LiveRelay {
    pub(crate) fn new(script: &Script, expected: &[String]) -> Self {
        let peer = Peer::new(
            script.role.peer(),
            &script.appid,
            script.channel,
            &script.peer_blob,
            &script.seed,
        );
        let relay = Self {
            script: script.clone(),
            peer,
            expected: expected.to_vec(),
            user: Arc::default(),
            world: Mutex::default(),
            news: Notify::new(),
        };
        if script.role == Role::Receiver {
            let right = || relay.peer.message(&script.password);
            relay.world().offer = relay.made(&script.first, None, right);
        }
        relay
    }

    /// The state, as it is now.
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the code that an initiator shows, which its user tells the peer.
    pub(crate) fn shown(&self, code: &str) {
        self.world().codes.push(code.to_owned());
        self.move_peer();
    }

    /// The words that both sides have, joined by hyphens.
    pub(crate) fn password(&self, world: &World) -> Option<String> {
        match self.script.role {
            Role::Receiver => Some(self.script.password.clone()),
            Role::Initiator => {
                let (_, words) = world.codes.first()?.split_once('-')?;
                Some(words.to_owned())
            }
        }
    }

    fn made(
        &self,
        message: &PeerMessage,
        agreement: Option<&Agreement>,
        right: impl FnOnce() -> Vec<u8>,
    ) -> Option<Vec<u8>> {
        match message {
            PeerMessage::Right => Some(right()),
            PeerMessage::Silent => None,
            PeerMessage::Made(make) => Some(make(&self.peer, agreement)),
        }
    }

    /// Lets the peer do what it can by now.
    fn move_peer(&self) {
        let mut world = self.world();
        let world = &mut *world;
        let Some(password) = self.password(world) else {
            return;
        };
        let theirs = match self.script.role {
            Role::Initiator => world.offer.as_ref(),
            Role::Receiver => world.answer.as_ref(),
        };
        let Some(theirs) = theirs else {
            return;
        };
        if world.agreement.is_none() {
            world.agreement = self.peer.agree(&password, self.script.channel, theirs);
        }
        let Some(agreement) = &world.agreement else {
            return;
        };
        let blob = &self.peer.blob;
        match self.script.role {
            Role::Initiator => {
                if world.answer.is_none() {
                    let right = || agreement.answer(blob);
                    world.answer = self.made(&self.script.first, Some(agreement), right);
                }
                if world.finish.is_some() && world.receipt.is_none() {
                    let right = || agreement.receipt();
                    world.receipt = self.made(&self.script.second, Some(agreement), right);
                }
            }
            Role::Receiver => {
                if world.finish.is_none() {
                    let right = || agreement.finish(blob);
                    world.finish = self.made(&self.script.second, Some(agreement), right);
                }
            }
        }
        self.news.notify_waiters();
    }

    /// Writes a request down, and gives its name and its attempt.
    fn note(&self, request: ReceivedRequest) -> (String, usize) {
        let name = name_of(&request, &self.script.appid);
        let lacks = |asked: bool, event| asked && self.user.said(event) == 0;
        let early = match name.as_str() {
            "put finish" => lacks(self.script.look, UserEvent::Release),
            "put receipt" => lacks(self.script.take, UserEvent::Taken),
            _ => false,
        };
        let mut world = self.world();
        if early {
            world.early.get_or_insert_with(|| name.clone());
        }
        let open = |seen: &&Seen| seen.answered.is_none() && !seen.gone;
        let beside = world.seen.iter().filter(open).count();
        let attempt = world.seen.iter().filter(|seen| seen.name == name).count();
        world.seen.push(Seen {
            request,
            name: name.clone(),
            beside,
            answered: None,
            gone: false,
            failed: false,
            reply: String::new(),
        });
        if !follows(&order(&world.seen), &self.expected) && world.surplus.is_none() {
            world.surplus = Some(name.clone());
            // What goes another way should end soon.
            self.user.say(UserEvent::Cancel);
        }
        (name, attempt)
    }

    fn answered(&self, number: usize, reply: &str, failed: bool) {
        if let Some(seen) = self.world().seen.get_mut(number) {
            seen.answered = Some(Instant::now());
            seen.failed = failed;
            reply.clone_into(&mut seen.reply);
        }
    }

    /// The response of an honest relay.
    async fn honest(&self, name: &str, request: &ReceivedRequest) -> RecordedResponse {
        let body = cell_of(request);
        match name {
            "allocate" => {
                let written = self.world().offer.clone();
                match (written, body) {
                    (Some(old), Some(new)) if old != new => responses::problem(409, "conflict"),
                    (_, None) => responses::problem(400, "malformed"),
                    (_, new) => {
                        self.world().offer = new;
                        let (channel, ttl) = (self.script.channel, self.script.ttl);
                        responses::message(201, json!({"channel": channel, "ttl": ttl}))
                    }
                }
            }
            "claim" => {
                let offer = self.world().offer.clone().unwrap_or_default();
                let offer = hex::encode(&offer);
                responses::message(200, json!({"body": offer, "ttl": self.script.ttl}))
            }
            "put answer" => self.put(body, |world| &mut world.answer),
            "put finish" => self.put(body, |world| &mut world.finish),
            "put receipt" => self.put(body, |world| &mut world.receipt),
            "get answer" => self.get(request, |world| world.answer.clone()).await,
            "get finish" => self.get(request, |world| world.finish.clone()).await,
            "get receipt" => self.get(request, |world| world.receipt.clone()).await,
            name if name.starts_with("close ") => responses::message(200, json!({})),
            _ => responses::problem(404, "not-found"),
        }
    }

    fn put(
        &self,
        body: Option<Vec<u8>>,
        cell: fn(&mut World) -> &mut Option<Vec<u8>>,
    ) -> RecordedResponse {
        let Some(body) = body else {
            return responses::problem(400, "malformed");
        };
        {
            let mut world = self.world();
            let cell = cell(&mut world);
            if cell.as_ref().is_some_and(|old| *old != body) {
                return responses::problem(409, "conflict");
            }
            *cell = Some(body);
        }
        self.move_peer();
        responses::message(200, json!({}))
    }

    async fn get(
        &self,
        request: &ReceivedRequest,
        cell: fn(&World) -> Option<Vec<u8>>,
    ) -> RecordedResponse {
        let end = Instant::now() + Duration::from_secs(wait_of(request).unwrap_or(0));
        loop {
            let news = self.news.notified();
            if let Some(bytes) = cell(&self.world()) {
                return responses::cell(&bytes);
            }
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return responses::empty();
            }
            // News that came before `notified` was polled may be missed: look again soon.
            let _ = tokio::time::timeout(left.min(Duration::from_millis(20)), news).await;
        }
    }

    /// Lets the user speak once the client has had time to read a response.
    pub(crate) fn say_later(&self, when: &str) {
        self.say_after(when, PONDERING);
    }

    /// Lets the user speak so much later.
    pub(crate) fn say_after(&self, when: &str, time: Duration) {
        for (_, event) in self.script.says.iter().filter(|(at, _)| *at == when) {
            let (user, event) = (Arc::clone(&self.user), *event);
            thread::spawn(move || {
                thread::sleep(time);
                user.say(event);
            });
        }
    }

    fn act(&self, name: &str, attempt: usize) -> Option<Act> {
        let group = if name.starts_with("close ") {
            "close"
        } else {
            name
        };
        let fits = |of: Option<usize>| of.is_none_or(|of| of == attempt);
        let mut rules = self.script.rules.iter();
        let rule = rules.find(|rule| rule.request == group && fits(rule.attempt))?;
        Some(rule.act.clone())
    }
}

impl Handler for LiveRelay {
    async fn handle(&self, number: usize, arrived: ReceivedRequest) -> ServerAction {
        let (name, attempt) = self.note(arrived.clone());
        for (when, event) in &self.script.says {
            if *when == name && attempt == 0 {
                self.user.say_and_wait(&[*event]).await;
            }
        }
        let respond = |response: RecordedResponse| {
            let reply = describe(&response);
            self.answered(number, &reply, response.busy(&name));
            ServerAction::Respond(response)
        };
        let cut = |reply| {
            self.answered(number, reply, true);
            ServerAction::Fail(TransportFault::Close)
        };
        match self.act(&name, attempt) {
            None => {
                let response = self.honest(&name, &arrived).await;
                if name == "get finish" && response.status == 200 {
                    self.say_later("fetched");
                }
                respond(response)
            }
            Some(Act::CutBefore) => cut("the connection is cut; nothing was carried out"),
            Some(Act::CutAfter) => {
                self.honest(&name, &arrived).await;
                cut("carried out; then the connection is cut")
            }
            Some(Act::Respond(response)) => respond(response),
            Some(Act::CarryOut(response)) => {
                self.honest(&name, &arrived).await;
                respond(response)
            }
            Some(Act::Fault(fault)) => {
                self.honest(&name, &arrived).await;
                self.answered(number, "carried out; then the response breaks off", true);
                ServerAction::Fail(fault)
            }
            Some(Act::Delay(time)) => {
                tokio::time::sleep(time).await;
                respond(self.honest(&name, &arrived).await)
            }
            Some(Act::Hold(event)) => {
                if let Some(event) = event {
                    self.user.say_and_wait(&[event]).await;
                }
                // The client gives it up, or the run is ended for its lateness.
                ServerAction::Fail(TransportFault::Stall)
            }
        }
    }

    fn gone(&self, number: usize) {
        if let Some(seen) = self.world().seen.get_mut(number) {
            seen.gone = true;
        }
    }
}

fn describe(response: &RecordedResponse) -> String {
    let token = response.body.as_ref().and_then(|body| {
        let kind = body["type"].as_str()?;
        Some(kind.rsplit(':').next().unwrap_or(kind).to_owned())
    });
    match token {
        Some(token) => format!("{} {token}", response.status),
        None => response.status.to_string(),
    }
}
