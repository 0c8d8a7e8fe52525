//! The relay at the other end of the simulated network.

use std::collections::HashMap;
use std::time::Duration;

use wormhole_sync::protocol::wire::{HttpRequest, HttpResponse, Method};
use wormhole_sync::relay::{
    Call, ChannelRequest, ClientAddress, EndReason, Handled, Limits, Registry, RelayAction, Reply,
    SideKey, Ticket,
};
use wormhole_sync::values::messages::{
    Allocate, Allocated, CellMessage, CellName, Claimed, Close, Empty, Write,
};
use wormhole_sync::values::{ChannelId, hex};

/// The side and the turn of an attempt, to which its answer goes.
pub(crate) type Origin = (usize, u64);

/// The relay's pure state machine, and as much of its HTTP interface as two clients need.
pub(crate) struct Honest {
    pub(crate) registry: Registry,
    waiting: HashMap<Ticket, Origin>,
}

impl Honest {
    pub(crate) fn new(ttl: u32, mut seed: u64) -> Honest {
        let limits = Limits {
            ttl,
            starts_per_minute: u32::MAX,
            ..Limits::default()
        };
        let random = Box::new(move || Some(next(&mut seed)));
        Honest {
            registry: Registry::new(limits, random),
            waiting: HashMap::new(),
        }
    }

    pub(crate) fn ask(
        &mut self,
        now: Duration,
        origin: Origin,
        request: &HttpRequest,
    ) -> Vec<(Origin, HttpResponse)> {
        let mut answers = Vec::new();
        match parse(request) {
            None => answers.push((origin, bare(404, None))),
            Some((appid, side, action)) => {
                let call = Call {
                    appid: &appid,
                    side,
                    from: ClientAddress::V4(1),
                    action,
                };
                match self.registry.handle(now, call) {
                    Handled::Now(reply) => answers.push((origin, write(reply))),
                    Handled::Later(ticket) => drop(self.waiting.insert(ticket, origin)),
                }
            }
        }
        answers.extend(self.events());
        answers
    }

    /// Advances the relay's time, and gives the answers that are due.
    pub(crate) fn advance(&mut self, now: Duration) -> Vec<(Origin, HttpResponse)> {
        self.registry.advance(now);
        self.events()
    }

    fn events(&mut self) -> Vec<(Origin, HttpResponse)> {
        let events: Vec<_> = self.registry.events().collect();
        let origin = |(ticket, reply)| Some((self.waiting.remove(&ticket)?, write(reply)));
        events.into_iter().filter_map(origin).collect()
    }
}

fn parse(request: &HttpRequest) -> Option<(Vec<u8>, SideKey, RelayAction)> {
    let (_, target) = request.url.split_once("/v1/")?;
    let (path, wait) = match target.split_once("?wait=") {
        Some((path, wait)) => (path, wait.parse().ok()?),
        None => (target, 0),
    };
    let body = request.body.as_deref().unwrap_or_default().as_bytes();
    let mut parts = path.split('/');
    let appid = hex::decode(parts.next()?.as_bytes()).ok()?;
    let side = SideKey::from_hex(request.bearer.as_bytes())?;
    parts.next().filter(|part| *part == "channels")?;
    let Some(number) = parts.next() else {
        let offer = Allocate::decode(body).ok()?.body;
        return Some((appid, side, RelayAction::Allocate(offer.into())));
    };
    let number = ChannelId::parse(number.as_bytes())?;
    let request = match (request.method, parts.next()?) {
        (Method::Post, "claim") => ChannelRequest::Claim,
        (Method::Post, "close") => {
            ChannelRequest::Close(EndReason::of_close(&Close::decode(body).ok()?.reason))
        }
        (Method::Put, name) => {
            let cell = CellName::from_name(name)?;
            ChannelRequest::Put(cell, Write::decode(body, cell).ok()?.body.into())
        }
        (Method::Get, name) => ChannelRequest::Get(CellName::from_name(name)?, wait),
        _ => return None,
    };
    Some((appid, side, RelayAction::Channel(number, request)))
}

fn write(reply: Reply) -> HttpResponse {
    match reply {
        Reply::Allocated { channel, ttl } => bare(201, Some(Allocated { channel, ttl }.encode())),
        Reply::Claimed { body, ttl } => {
            let body = body.to_vec();
            bare(200, Some(Claimed { body, ttl }.encode()))
        }
        Reply::Stored => bare(200, Some(Empty.encode())),
        Reply::Cell(body) => {
            let body = body.to_vec();
            bare(200, Some(CellMessage { body }.encode()))
        }
        Reply::Nothing => bare(204, None),
        Reply::Refused(refusal) => HttpResponse {
            content_type: Some("application/problem+json".to_owned()),
            ..bare(refusal.token().status(), Some(refusal.document()))
        },
    }
}

/// An answer with a message, if there is one.
pub(crate) fn bare(status: u16, message: Option<String>) -> HttpResponse {
    HttpResponse {
        status,
        content_type: message.as_ref().map(|_| "application/json".to_owned()),
        is_coded: false,
        retry_after: None,
        body: Some(message.unwrap_or_default().into_bytes()),
    }
}

/// The next of a sequence that looks random (splitmix64).
pub(crate) fn next(seed: &mut u64) -> u64 {
    *seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *seed;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
