//! Requests to a channel, compared with the table of RELAY-11.

use super::drive::Comparison;
use super::script::{Operation, Step};
use super::table::{STATES, cell};
use super::ticket::Waiting;
use wormhole_sync::relay::{
    ChannelRequest, ChannelState, EndReason, Handled, Refusal, RelayAction, Reply, SideKey,
};
use wormhole_sync::values::ChannelId;
use wormhole_sync::values::messages::CellName;

impl Comparison {
    /// The number of the channel that a step means.
    fn number(&self, step: Step) -> ChannelId {
        let known = &self.naive.channels;
        let number = match step.channel {
            0..128 => u32::from(step.channel),
            // The newest channel has place 0.
            chosen => {
                let place = usize::from(chosen - 128) % known.len().max(1);
                known
                    .iter()
                    .rev()
                    .nth(place)
                    .map_or(1, |channel| channel.number)
            }
        };
        ChannelId::new(number.max(1)).expect("a channel")
    }

    pub(crate) fn channel_request(&mut self, step: Step) {
        let (body, number) = (step.body(), self.number(step));
        let (name, request) = match step.operation {
            Operation::Claim => ("claim".to_owned(), ChannelRequest::Claim),
            Operation::Put(cell) => (
                format!("put {}", cell.name()),
                ChannelRequest::Put(cell, body.clone().into()),
            ),
            Operation::Get(cell) => (
                format!("get {}", cell.name()),
                ChannelRequest::Get(cell, step.wait()),
            ),
            _ => ("close".to_owned(), ChannelRequest::Close(step.reason())),
        };
        let stored = self.registry.stored_bytes();
        let answer = self.call(step, RelayAction::Channel(number, request));
        if self.refused_before(step, &answer) {
            return;
        }
        let found = self.naive.find(step.appid, number.get(), step.side);
        let Some(index) = found else {
            return assert_eq!(
                answer,
                Handled::Now(Reply::Refused(Refusal::NoSuchChannel)),
                "{name}"
            );
        };
        let channel = &self.naive.channels[index];
        let (state, by) = (channel.state(), channel.by(step.side));
        let held = match step.operation {
            Operation::Put(cell) | Operation::Get(cell) => channel.cells.get(&cell).cloned(),
            _ => None,
        };
        let wanted = cell(
            &name,
            by,
            state,
            held.as_ref() == Some(&body),
            held.is_some(),
        );
        let no_room = stored + body.len() as u64 > self.limits.stored_bytes;
        if matches!(step.operation, Operation::Put(_)) && wanted.starts_with("200 →") && no_room {
            return assert_eq!(
                answer,
                Handled::Now(Reply::Refused(Refusal::Unavailable)),
                "RELAY-20"
            );
        }
        let expected = self.expected(step, index, wanted, held);
        match (&answer, expected) {
            (Handled::Later(ticket), None) => {
                let Operation::Get(cell) = step.operation else {
                    panic!("{name} waits");
                };
                let until = self.naive.now + u64::from(step.wait()) * 1_000;
                let before = self.naive.tickets.waiting.insert(
                    *ticket,
                    Waiting {
                        channel: index,
                        cell,
                        until,
                    },
                );
                assert!(before.is_none(), "a ticket that is used twice");
            }
            (Handled::Now(reply), Some(expected)) => {
                assert_eq!(*reply, expected, "{name} by {by} in {state}: {wanted}");
                let read = matches!(reply, Reply::Cell(_))
                    && step.operation == Operation::Get(CellName::Receipt);
                let expired = self.naive.channels[index]
                    .ended
                    .is_some_and(|(_, reason)| reason == EndReason::Expired);
                self.read_expired |= read && expired;
            }
            (answer, expected) => panic!("{name} by {by} in {state}: {answer:?}, but {expected:?}"),
        }
        self.check_state(step, number);
    }

    /// Changes the naive relay as a cell of the table says, and gives its reply; `None` for a GET that waits.
    fn expected(
        &mut self,
        step: Step,
        index: usize,
        wanted: &str,
        held: Option<Vec<u8>>,
    ) -> Option<Reply> {
        let now = self.naive.now;
        if let Some(refusal) = self.refusal(index, wanted) {
            return Some(Reply::Refused(refusal));
        }
        match (step.operation, wanted) {
            (Operation::Get(cell), "wait") => {
                // A new GET ends an older one of the same side for this cell (RELAY-7).
                self.naive
                    .tickets
                    .expect(index, Some(cell), &[Reply::Nothing]);
                (step.wait() == 0).then_some(Reply::Nothing)
            }
            (Operation::Get(_), "200") => Some(Reply::Cell(held.expect("it is written").into())),
            (Operation::Claim, "200" | "200 → claimed") => {
                if wanted != "200" {
                    self.naive.claim(index, step.side);
                }
                let channel = &self.naive.channels[index];
                Some(Reply::Claimed {
                    body: channel.offer.clone().into(),
                    ttl: channel.ttl(now),
                })
            }
            (Operation::Put(cell), _) => {
                if wanted != "200" {
                    self.naive.channels[index].cells.insert(cell, step.body());
                    self.naive.tickets.expect(
                        index,
                        Some(cell),
                        &[Reply::Cell(step.body().into())],
                    );
                }
                Some(Reply::Stored)
            }
            (Operation::Close, _) => {
                if wanted != "200" {
                    self.naive.end(index, step.reason());
                }
                Some(Reply::Stored)
            }
            (operation, _) => panic!("{operation:?}: {wanted}"),
        }
    }

    fn refusal(&self, index: usize, wanted: &str) -> Option<Refusal> {
        Some(match wanted {
            "no-such-channel" => Refusal::NoSuchChannel,
            "forbidden" => Refusal::Forbidden,
            "crowded" => Refusal::Crowded,
            "conflict" => Refusal::Conflict,
            "out-of-order" => Refusal::OutOfOrder,
            "closed" => Refusal::Closed(self.naive.channels[index].ended.expect("an end").1),
            _ => return None,
        })
    }

    /// Checks that both relays see the side and the channel alike.
    fn check_state(&self, step: Step, number: ChannelId) {
        let seen =
            self.registry
                .channel_state(&[step.appid], number, SideKey::new([step.side; 16]));
        let seen = seen.map(|(state, party)| (state, format!("{party:?}").to_lowercase()));
        let known = self
            .naive
            .find(step.appid, number.get(), step.side)
            .map(|index| {
                let channel = &self.naive.channels[index];
                (
                    channel_state(channel.state()),
                    channel.by(step.side).to_owned(),
                )
            });
        assert_eq!(seen, known);
    }
}

fn channel_state(state: &str) -> ChannelState {
    let all = [
        ChannelState::Open,
        ChannelState::Claimed,
        ChannelState::Answered,
        ChannelState::Finished,
        ChannelState::Receipted,
        ChannelState::Ended,
    ];
    let place = STATES
        .iter()
        .position(|known| *known == state)
        .expect("a state");
    all[place - 1]
}
