//! The suite of symbols: it does with terms what `crypto::Standard` does with bytes.

use std::marker::PhantomData;

use wormhole_sync::crypto::{
    AnswerRead, BadElement, FinishRead, KeyContext, Malformed, OfferRead, Opened, PeerFault,
    Receipt, Suite,
};
use wormhole_sync::values::Blob;

use crate::algebra::{Constant, Element, Unknown};
use crate::keys::{Fact, Keys, Variant, View, note, vouched};
use crate::message::{Part, Place, Plain, Purpose, Session, read, write};

/// The suite of symbols, for a variant.
#[derive(Debug)]
pub(crate) struct Symbols<V>(PhantomData<V>);

/// The side byte of the initiator, and that of the receiver (section 5.3).
pub(crate) const A: u8 = 0x41;
pub(crate) const B: u8 = 0x42;

/// The mask of a side.
pub(crate) fn mask(side: u8) -> Unknown {
    if side == A { Unknown::M } else { Unknown::N }
}

/// The password scalar of a word. All words are public; the choice of one is the secret.
pub(crate) fn scalar_of(word: u8) -> Constant {
    Constant::generic(u64::from(word))
}

/// A PAKE that waits for its peer's element. Like the real one, it is not `Clone`.
#[derive(Debug)]
pub(crate) struct Pake {
    side: u8,
    word: u8,
    scalar: Unknown,
    element: Element,
}

const LENGTH: PeerFault = PeerFault::MalformedMessage(Malformed::Length);

impl<V: Variant> Symbols<V> {
    /// Starts the PAKE of a side, with a secret scalar of its own.
    pub(crate) fn start(side: u8, word: u8, scalar: Unknown) -> Pake {
        let bare = Element::unknown(scalar);
        let element = if V::IS_MASKED {
            bare.plus(&Element::unknown(mask(side)).scaled(scalar_of(word)))
        } else {
            bare
        };
        Pake {
            side,
            word,
            scalar,
            element,
        }
    }

    /// The SPAKE2 message.
    pub(crate) fn message(pake: &Pake) -> Vec<Part> {
        let element = Part::Element(pake.side, pake.element.clone());
        let tag = Part::Tag(pake.word, pake.element.clone());
        if V::IS_MASK_TAGGED {
            vec![element, tag]
        } else {
            vec![element]
        }
    }

    /// Checks the peer's element and computes the keys (PAKE-4 to PAKE-9).
    fn finish(pake: Pake, context: &KeyContext, peer: &Part) -> Result<Keys<V>, PeerFault> {
        let peer = match peer {
            Part::Element(side, _) | Part::NoPoint(side) if *side == pake.side => {
                return Err(BadElement::WrongSide.into());
            }
            Part::Element(_, element) => element.clone(),
            Part::NoPoint(_) => return Err(BadElement::NotAPoint.into()),
            _ => return Err(LENGTH),
        };
        if V::REFUSES_IDENTITY && peer.is_identity() {
            return Err(BadElement::Identity.into());
        }
        if V::REFUSES_REFLECTION && peer == pake.element {
            return Err(BadElement::Reflected.into());
        }
        let shared = shared::<V>(pake.side, pake.word, pake.scalar, &peer);
        let (offer, answer) = if pake.side == A {
            (pake.element, peer)
        } else {
            (peer, pake.element)
        };
        let session = Session {
            place: Some(Place {
                appid: context.app_id.as_bytes().to_vec(),
                channel: context.channel.get(),
            }),
            word: pake.word,
            offer,
            answer,
            shared: Some(shared.clone()),
        };
        let view = View {
            side: pake.side,
            session,
        };
        note(Fact::Tested(view.clone()));
        if V::REFUSES_SHARED_IDENTITY && shared.is_identity() {
            return Err(BadElement::SharedIdentity.into());
        }
        Ok(Keys::of(view))
    }
}

/// Computes Z as the side with this word and scalar does.
pub(crate) fn shared<V: Variant>(side: u8, word: u8, scalar: Unknown, peer: &Element) -> Element {
    let peers = mask(if side == A { B } else { A });
    let unmask = Element::unknown(peers).scaled(scalar_of(word).minus());
    if V::IS_MASKED {
        peer.plus(&unmask).raised(scalar)
    } else {
        peer.raised(scalar)
    }
}

/// Splits a message into its element and the rest, without the hash that may stand beside the
/// element.
fn split(message: &[u8]) -> Option<(Part, Vec<Part>)> {
    let mut parts = read(message);
    parts.retain(|part| !matches!(part, Part::Tag(..)));
    if parts.is_empty() {
        return None;
    }
    let rest = parts.split_off(1);
    parts.pop().map(|element| (element, rest))
}

impl<V: Variant> Suite for Symbols<V> {
    type InitiatorPake = Pake;
    type ReceiverPake = Pake;
    type FinishOpener = Keys<V>;
    type ReceiptOpener = Keys<V>;
    type Verifier = Part;
    type Exporter = Part;

    // The state machines are given their PAKE already started (`Symbols::start`), because words and
    // scalars cannot be read outside of the library, as it should be.

    fn read_offer(
        pake: Pake,
        context: &KeyContext,
        own: &Blob,
        offer: &[u8],
    ) -> Result<OfferRead<Self>, PeerFault> {
        let (peer, rest) = split(offer).ok_or(LENGTH)?;
        if !rest.is_empty() {
            return Err(LENGTH);
        }
        let mut answer = Self::message(&pake);
        let keys = Self::finish(pake, context, &peer)?;
        answer.push(keys.seal(Purpose::ReceiverBlob, Plain::Blob(own.expose().to_vec())));
        Ok(OfferRead {
            answer: write(&answer),
            verifier: keys.derived(Purpose::Verifier),
            finish: keys,
        })
    }

    fn read_answer(
        pake: Pake,
        context: &KeyContext,
        own: &Blob,
        answer: &[u8],
    ) -> Result<AnswerRead<Self>, PeerFault> {
        let (peer, rest) = split(answer).ok_or(LENGTH)?;
        let [sealed] = &rest[..] else {
            return Err(LENGTH);
        };
        if !sealed.is_of_blob() {
            return Err(LENGTH);
        }
        let keys = Self::finish(pake, context, &peer)?;
        let opened = keys.open_blob(Purpose::ReceiverBlob, sealed);
        let blob = match opened {
            Err(_) if V::FINISHES_EARLY => vouched(b"unopened".to_vec()),
            opened => opened?,
        };
        let finish = keys.seal(Purpose::InitiatorBlob, Plain::Blob(own.expose().to_vec()));
        Ok(AnswerRead {
            blob,
            finish: write(&[finish]),
            verifier: keys.derived(Purpose::Verifier),
            exporter: Opened::dangerously_vouch(keys.derived(Purpose::Exporter)),
            receipt: keys,
        })
    }

    fn read_finish(keys: Keys<V>, finish: &[u8]) -> Result<FinishRead<Self>, PeerFault> {
        let parts = read(finish);
        let [sealed] = &parts[..] else {
            return Err(LENGTH);
        };
        if !sealed.is_of_blob() {
            return Err(LENGTH);
        }
        let blob = match keys.open_blob(Purpose::InitiatorBlob, sealed) {
            Err(_) if V::TRUSTS_FINISH => vouched(b"unopened".to_vec()),
            opened => opened?,
        };
        let receipt = keys.seal(Purpose::Receipt, Plain::Empty);
        Ok(FinishRead {
            blob,
            receipt: write(&[receipt]),
            exporter: Opened::dangerously_vouch(keys.derived(Purpose::Exporter)),
        })
    }

    fn read_receipt(keys: Keys<V>, receipt: &[u8]) -> Option<Opened<Receipt>> {
        let opened = match &read(receipt)[..] {
            [sealed] => keys.open(Purpose::Receipt, sealed),
            _ => None,
        };
        (opened == Some(Plain::Empty) || V::TRUSTS_RECEIPT)
            .then(|| Opened::dangerously_vouch(Receipt))
    }
}
