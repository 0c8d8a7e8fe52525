//! The key schedule and the seals as terms, and a record of what a suite does with them.

use std::cell::RefCell;
use std::fmt::Debug;
use std::marker::PhantomData;

use wormhole_sync::crypto::{Malformed, Opened, PeerFault};
use wormhole_sync::values::Blob;

use crate::algebra::Element;
use crate::message::{Key, Part, Plain, Purpose, Session};

/// A variant of the suite: it differs from the specification in one point. The sound variant has
/// all defaults.
pub(crate) trait Variant: Debug + Clone + Copy + Send + Sync + 'static {
    /// The elements are masked with the words.
    const IS_MASKED: bool = true;
    /// A hash of element and words goes with each element.
    const IS_MASK_TAGGED: bool = false;
    /// The place goes into the keys.
    const BINDS_PLACE: bool = true;
    /// Z goes into K.
    const BINDS_SHARED: bool = true;
    /// Each label gives a key of its own.
    const HAS_LABELS: bool = true;
    /// The finish comes out before the answer's seal has been opened.
    const FINISHES_EARLY: bool = false;
    /// The receiver takes every finish for one that opens.
    const TRUSTS_FINISH: bool = false;
    /// The initiator takes every receipt for one that opens.
    const TRUSTS_RECEIPT: bool = false;
    /// The verifier's key comes out of the whole session.
    const VERIFIER_BINDS_SESSION: bool = true;
    /// Z goes into the exporter's key.
    const EXPORTER_BINDS_SHARED: bool = true;
    /// The identity is no element (PAKE-6).
    const REFUSES_IDENTITY: bool = true;
    /// An element that comes back is no element (PAKE-7).
    const REFUSES_REFLECTION: bool = true;
    /// Z is not the identity (PAKE-8).
    const REFUSES_SHARED_IDENTITY: bool = true;
}

/// The session as a side believes it to be, with the parts that a faulty suite does not bind.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct View {
    pub(crate) side: u8,
    pub(crate) session: Session,
}

/// Something that the suite of a side did.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Fact {
    /// The suite computed a K, which tests a word.
    Tested(View),
    /// The suite sealed a plaintext under a key.
    Sealed(View, Key, Plain),
    /// The suite opened a seal under a key.
    Opened(View, Key, Plain),
}

thread_local! {
    static FACTS: RefCell<Vec<Fact>> = const { RefCell::new(Vec::new()) };
}

pub(crate) fn note(fact: Fact) {
    FACTS.with_borrow_mut(|facts| facts.push(fact));
}

/// Takes the facts that were noted on this thread since the last call.
pub(crate) fn take_facts() -> Vec<Fact> {
    FACTS.take()
}

/// The keys that a side keeps, as the view from which they are derived.
#[derive(Debug)]
pub(crate) struct Keys<V> {
    view: View,
    variant: PhantomData<V>,
}

impl<V: Variant> Keys<V> {
    pub(crate) fn of(view: View) -> Keys<V> {
        Keys {
            view,
            variant: PhantomData,
        }
    }

    pub(crate) fn key(view: &View, purpose: Purpose) -> Key {
        let mut session = view.session.clone();
        session.place = session.place.filter(|_| V::BINDS_PLACE);
        session.shared = session.shared.filter(|_| V::BINDS_SHARED);
        if purpose == Purpose::Verifier && !V::VERIFIER_BINDS_SESSION {
            session.offer = Element::default();
            session.answer = Element::default();
            session.shared = None;
        }
        if purpose == Purpose::Exporter && !V::EXPORTER_BINDS_SHARED {
            session.shared = None;
        }
        let purpose = if V::HAS_LABELS {
            purpose
        } else {
            Purpose::Receipt
        };
        Key { session, purpose }
    }

    pub(crate) fn seal(&self, purpose: Purpose, plain: Plain) -> Part {
        let key = Self::key(&self.view, purpose);
        note(Fact::Sealed(self.view.clone(), key.clone(), plain.clone()));
        Part::Seal(key, plain)
    }

    /// The verifier's words, or an exported key. One label and length stands for all: each is a
    /// hash of the same key.
    pub(crate) fn derived(&self, purpose: Purpose) -> Part {
        Part::Derived(Self::key(&self.view, purpose))
    }

    /// Opens the seal of a blob, whose length was checked before (SEAL-6, SEAL-7).
    pub(crate) fn open_blob(
        &self,
        purpose: Purpose,
        part: &Part,
    ) -> Result<Opened<Blob>, PeerFault> {
        match self.open(purpose, part) {
            Some(Plain::Blob(bytes)) => Ok(vouched(bytes)),
            Some(_) => Err(PeerFault::MalformedMessage(Malformed::Padding)),
            None => Err(PeerFault::WrongCode),
        }
    }

    pub(crate) fn open(&self, purpose: Purpose, part: &Part) -> Option<Plain> {
        let own = Self::key(&self.view, purpose);
        let Part::Seal(key, plain) = part else {
            return None;
        };
        (*key == own).then(|| {
            note(Fact::Opened(self.view.clone(), own, plain.clone()));
            plain.clone()
        })
    }
}

pub(crate) fn vouched(bytes: Vec<u8>) -> Opened<Blob> {
    Opened::dangerously_vouch(Blob::new(bytes).expect("a short blob"))
}
