//! Tests of the registry, case by case. (`table_tests` compares the table of RELAY-11.)

mod bounds;
mod exchange;

use std::time::Duration;

use super::{
    Bytes, Call, ChannelRequest, ClientAddress, Handled, Limits, Refusal, Registry, RelayAction,
    Reply, SideKey, Ticket,
};
use crate::relay::EndReason;
use crate::values::ChannelId;
use crate::values::messages::CellName;

const A: &[u8] = b"a";
const OWNER: SideKey = SideKey::new([1; 16]);
const GUEST: SideKey = SideKey::new([2; 16]);
const THIRD: SideKey = SideKey::new([3; 16]);

/// A registry, its time in milliseconds, and the address that requests come from.
struct Bench {
    registry: Registry,
    now: u64,
    from: ClientAddress,
}

impl Bench {
    fn new(limits: Limits) -> Self {
        // SplitMix64, with the same seed each time.
        let mut seed = 0u64;
        let random = Box::new(move || {
            seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let z = (seed ^ (seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            Some(z ^ (z >> 31))
        });
        Self {
            registry: Registry::new(limits, random),
            now: 0,
            from: ClientAddress::V4(1),
        }
    }

    fn call(&mut self, appid: &[u8], side: SideKey, action: RelayAction) -> Handled {
        let call = Call {
            appid,
            side,
            from: self.from,
            action,
        };
        self.registry.handle(Duration::from_millis(self.now), call)
    }

    fn now(&mut self, side: SideKey, number: u32, request: ChannelRequest) -> Reply {
        let channel = ChannelId::new(number).unwrap();
        match self.call(A, side, RelayAction::Channel(channel, request)) {
            Handled::Now(reply) => reply,
            Handled::Later(_) => panic!("it waits"),
        }
    }

    fn wait(&mut self, side: SideKey, number: u32, cell: CellName, seconds: u8) -> Ticket {
        let channel = ChannelId::new(number).unwrap();
        let get = ChannelRequest::Get(cell, seconds);
        match self.call(A, side, RelayAction::Channel(channel, get)) {
            Handled::Later(ticket) => ticket,
            Handled::Now(reply) => panic!("{reply:?} at once"),
        }
    }

    fn open(&mut self, appid: &[u8], side: SideKey) -> Reply {
        match self.call(appid, side, RelayAction::Allocate(bytes("offer"))) {
            Handled::Now(reply) => reply,
            Handled::Later(_) => panic!("allocate waits"),
        }
    }

    fn allocate(&mut self, side: SideKey) -> u32 {
        match self.open(A, side) {
            Reply::Allocated { channel, .. } => channel.get(),
            other => panic!("{other:?}"),
        }
    }

    /// Lets milliseconds pass; the registry learns of it with its next call.
    fn pass(&mut self, milliseconds: u64) {
        self.now += milliseconds;
    }

    fn events(&mut self) -> Vec<(Ticket, Reply)> {
        self.registry.advance(Duration::from_millis(self.now));
        self.registry.events().collect()
    }
}

fn bytes(text: &str) -> Bytes {
    text.as_bytes().into()
}

fn refused(refusal: Refusal) -> Reply {
    Reply::Refused(refusal)
}

fn closed(reason: EndReason) -> Reply {
    refused(Refusal::Closed(reason))
}

fn side(number: u64) -> SideKey {
    SideKey::new((u128::from(number) << 64).to_be_bytes())
}

fn claimed(text: &str, ttl: u32) -> Reply {
    let body = bytes(text);
    Reply::Claimed { body, ttl }
}

fn put(cell: CellName, text: &str) -> ChannelRequest {
    ChannelRequest::Put(cell, bytes(text))
}
