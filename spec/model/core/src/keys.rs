//! The key schedule and the seals as terms, and a record of what is done with them.

use std::cell::RefCell;
use std::fmt::Debug;
use std::marker::PhantomData;

use wormhole_sync::crypto::{Malformed, Opened, PeerFault};
use wormhole_sync::values::Blob;

use crate::message::{Key, Part, Plain, Purpose, Session};

/// Suites that differ from the specification in one point each. The sound one has the defaults.
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
    /// The finish is taken for opened without looking.
    const TRUSTS_FINISH: bool = false;
    /// The receipt is taken for opened without looking.
    const TRUSTS_RECEIPT: bool = false;
}

/// What a side believes: all of the session, also what a faulty suite does not bind.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct View {
    pub(crate) side: u8,
    pub(crate) session: Session,
}

/// What a side's suite did.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Fact {
    /// It computed a K.
    Tested(View),
    Sealed(View, Key, Plain),
    Opened(View, Key, Plain),
}

thread_local! {
    static FACTS: RefCell<Vec<Fact>> = const { RefCell::new(Vec::new()) };
}

pub(crate) fn note(fact: Fact) {
    FACTS.with_borrow_mut(|facts| facts.push(fact));
}

/// What the suite has done on this thread since the last call.
pub(crate) fn take_facts() -> Vec<Fact> {
    FACTS.take()
}

/// What a side keeps of its keys.
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
        session.at = session.at.filter(|_| V::BINDS_PLACE);
        session.shared = session.shared.filter(|_| V::BINDS_SHARED);
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

    /// SEAL-6 and SEAL-7, from the length on.
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
