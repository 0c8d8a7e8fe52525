//! The attacker of the model: the relay and the network. It knows every body that was ever sent,
//! every word, and its own scalar, and answers with whatever can be made of that.

use wormhole_sync::protocol::{CellName, RequestKind};

use crate::algebra::{Constant, Element, Unknown, computed};
use crate::keys::{Fact, Keys, Variant, View};
use crate::message::{Key, Message, Part, Place, Plain, Purpose, read, write};
use crate::run::Run;
use crate::step::Step;
use crate::suite::{A, B, mask, scalar_of, shared};

/// The attacker's own blob.
pub(crate) const EVIL: &str = "the attacker's";

/// Everything that the attacker has seen.
#[derive(Debug, Default)]
pub(crate) struct Knowledge {
    /// B, M, N, and every element that was sent.
    pub(crate) elements: Vec<Element>,
    /// Every part that was sent.
    parts: Vec<Part>,
    /// The seals among the parts that the attacker can open, given every word.
    opened: Vec<Part>,
    messages: Vec<Message>,
}

impl Knowledge {
    pub(crate) fn of<'a>(sent: impl Iterator<Item = &'a Message>) -> Knowledge {
        let mut known = Knowledge {
            elements: vec![
                Element::multiple(Constant::ONE),
                Element::unknown(Unknown::M),
                Element::unknown(Unknown::N),
            ],
            ..Knowledge::default()
        };
        for message in sent {
            known.messages.push(message.clone());
            for part in read(message) {
                if let Part::Element(_, element) = &part {
                    known.elements.push(element.clone());
                }
                known.parts.push(part);
            }
        }
        let opens = |part: &&Part| matches!(part, Part::Seal(key, _) if known.opens(key));
        known.opened = known.parts.iter().filter(opens).cloned().collect();
        known
    }

    /// Whether the attacker can open a seal, given every word. All that a hash takes in besides Z
    /// is known.
    fn opens(&self, key: &Key) -> bool {
        let shared = key.session.shared.as_ref();
        shared.is_none_or(|z| computed(&self.elements, z).is_some())
    }

    /// Whether this seal was sent and the attacker can open it.
    pub(crate) fn has_opened(&self, seal: &Part) -> bool {
        self.opened.contains(seal)
    }

    /// The blobs in the seals that the attacker can open.
    pub(crate) fn blobs(&self) -> impl Iterator<Item = &[u8]> {
        self.opened.iter().filter_map(|part| match part {
            Part::Seal(_, Plain::Blob(blob)) => Some(&blob[..]),
            _ => None,
        })
    }

    /// All messages that the attacker may give to a run that waits for one, as steps of the run.
    pub(crate) fn messages_to<V: Variant>(&self, run: &Run) -> Vec<Step> {
        let mut messages = match run.request {
            Some(RequestKind::Claim) => {
                self.elements_to(run.client.side).map(|p| vec![p]).collect()
            }
            Some(RequestKind::Get(CellName::Answer)) => self.answers_to::<V>(run),
            Some(RequestKind::Get(cell)) => self.seals_to::<V>(run, cell),
            _ => return vec![],
        };
        messages.push(vec![]);
        let mut written: Vec<Message> = messages.iter().map(|parts| write(parts)).collect();
        // Every message that anybody has sent, as it was.
        written.extend(self.messages.iter().cloned());
        written.sort();
        written.dedup();
        let step = match run.request {
            Some(RequestKind::Claim) => Step::Claimed,
            _ => Step::Cell,
        };
        written.into_iter().map(step).collect()
    }

    /// SPAKE2 messages to a side. They are: everybody's elements as they are, moved by one of the
    /// attacker's own, multiplied, and with the other mask for the right word; the attacker's own
    /// elements with the right word, a wrong one and none; and elements that a client must refuse,
    /// among them the bare mask with the right word.
    fn elements_to(&self, side: u8) -> impl Iterator<Item = Part> + '_ {
        let peer = if side == A { B } else { A };
        let own = Element::multiple(Constant::own());
        let masked = move |word: u8| {
            let mask = Element::unknown(mask(peer)).scaled(scalar_of(word));
            Element::multiple(Constant::own()).plus(&mask)
        };
        let honest = self.elements[3..].to_vec();
        let other = Element::unknown(mask(side)).scaled(scalar_of(1).minus());
        let bent: Vec<Element> = honest
            .iter()
            .flat_map(|e| {
                let masked = Element::unknown(mask(peer)).scaled(scalar_of(1));
                let remasked = e.plus(&other).plus(&masked);
                [e.plus(&own), e.scaled(Constant::own()), remasked]
            })
            .collect();
        let bare = Element::unknown(mask(peer)).scaled(scalar_of(1));
        let made = [masked(1), masked(2), own, bare, Element::default()];
        let elements = honest.into_iter().chain(bent).chain(made);
        let parts = elements.map(move |e| Part::Element(peer, e));
        parts.chain([
            Part::NoPoint(peer),
            Part::Element(side, Element::unknown(mask(side))),
        ])
    }

    /// Answers: each element with each seal that was seen, with noise, and with the seals that the
    /// attacker can forge.
    fn answers_to<V: Variant>(&self, run: &Run) -> Vec<Vec<Part>> {
        let seen = self.parts.iter().filter(|p| p.is_of_blob());
        let seals: Vec<Part> = seen.cloned().chain([Part::Noise]).collect();
        let mut answers = Vec::new();
        for element in self.elements_to(run.client.side) {
            let forged = forged_view::<V>(run, &element);
            let forged = forged.map(|view| self.forgeries::<V>(&view, Purpose::ReceiverBlob));
            for seal in seals.iter().cloned().chain(forged.into_iter().flatten()) {
                answers.push(vec![element.clone(), seal]);
            }
        }
        answers
    }

    /// Finishes or receipts: each seal that was seen, noise, and the seals that the attacker can
    /// forge.
    fn seals_to<V: Variant>(&self, run: &Run, cell: CellName) -> Vec<Vec<Part>> {
        let purpose = match cell {
            CellName::Finish => Purpose::InitiatorBlob,
            _ => Purpose::Receipt,
        };
        let seen = self.parts.iter().filter(|p| matches!(p, Part::Seal(..)));
        let views = run.facts.iter().filter_map(|fact| match fact {
            Fact::Tested(view) => Some(view),
            _ => None,
        });
        let forged = views.flat_map(|view| self.forgeries::<V>(view, purpose));
        let parts = seen.cloned().chain([Part::Noise]).chain(forged);
        parts.map(|part| vec![part]).collect()
    }

    /// Seals that will open in this view, if the attacker can compute the key.
    fn forgeries<V: Variant>(&self, view: &View, purpose: Purpose) -> Vec<Part> {
        let key = Keys::<V>::key(view, purpose);
        if !self.opens(&key) {
            return vec![];
        }
        let plains = match purpose {
            Purpose::Receipt => vec![Plain::Empty, Plain::Unpadded],
            _ => vec![Plain::Blob(EVIL.into()), Plain::Unpadded],
        };
        let seal = |plain| Part::Seal(key.clone(), plain);
        plains.into_iter().map(seal).collect()
    }
}

/// The view of an initiator after it has read this element. A forger that has guessed a wrong word
/// makes no more than noise, so only the right word is of interest here. The law `one_guess` is
/// about whether the attacker can know it.
fn forged_view<V: Variant>(run: &Run, element: &Part) -> Option<View> {
    let Part::Element(_, element) = element else {
        return None;
    };
    let client = &run.client;
    let offer = read(run.sent.first()?)
        .into_iter()
        .find_map(|part| match part {
            Part::Element(_, element) => Some(element),
            _ => None,
        })?;
    let session = crate::message::Session {
        place: Some(Place {
            appid: client.appid.into(),
            channel: client.channel,
        }),
        word: client.word,
        offer,
        answer: element.clone(),
        shared: Some(shared::<V>(
            client.side,
            client.word,
            client.scalar,
            element,
        )),
    };
    Some(View {
        side: client.side,
        session,
    })
}
