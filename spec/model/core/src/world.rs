//! The worlds of the model: real state machines, and between them the attacker.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::attacker::Knowledge;
use crate::faults::MachineFault;
use crate::keys::Variant;
use crate::message::Message;
use crate::run::{Client, Identity, Run};
use crate::step::Step;

/// A run that was reached, with a number by which equal runs are known.
#[derive(Debug)]
pub(crate) struct Reached {
    pub(crate) number: usize,
    /// The same for runs that have sent the same.
    sent: usize,
    pub(crate) run: Run,
    /// Its own clock ends it.
    pub(crate) ends: bool,
}

/// The runs of all clients, and what the attacker knows by what they have sent.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) runs: Vec<Arc<Reached>>,
    pub(crate) known: Arc<Knowledge>,
}

impl World {
    pub(crate) fn runs(&self) -> impl Iterator<Item = &Run> {
        self.runs.iter().map(|reached| &reached.run)
    }

    /// Which runs there are, in numbers.
    fn numbers(&self) -> impl Iterator<Item = usize> {
        self.runs.iter().map(|reached| reached.number)
    }
}

impl PartialEq for World {
    fn eq(&self, other: &World) -> bool {
        self.numbers().eq(other.numbers())
    }
}

impl Hash for World {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.numbers().for_each(|number| number.hash(state));
    }
}

/// What has been worked out, so that it is done once: all of it depends on its key alone.
#[derive(Default)]
struct Worked {
    runs: HashMap<Identity, Arc<Reached>>,
    sent: HashMap<Vec<Message>, usize>,
    after: HashMap<(usize, Step), Arc<Reached>>,
    /// By what was sent.
    known: HashMap<Vec<usize>, Arc<Knowledge>>,
    /// By what was sent, and the number of the run that waits.
    steps: HashMap<(Vec<usize>, usize), Arc<[Step]>>,
}

/// Clients, and what is wrong with them.
pub(crate) struct Setup<V> {
    pub(crate) name: &'static str,
    pub(crate) clients: Vec<Client>,
    /// Without, relay and network only pass on, forge and fall silent.
    pub(crate) has_refusals: bool,
    pub(crate) fault: MachineFault,
    /// The one property that is of interest, or all.
    pub(crate) only: Option<&'static str>,
    worked: Mutex<Worked>,
    variant: PhantomData<V>,
}

impl<V: Variant> Setup<V> {
    pub(crate) fn new(name: &'static str, clients: Vec<Client>, has_refusals: bool) -> Setup<V> {
        Setup {
            name,
            clients,
            has_refusals,
            fault: MachineFault::None,
            only: None,
            worked: Mutex::default(),
            variant: PhantomData,
        }
    }

    /// Whether all clients have the same words in the same place.
    pub(crate) fn is_alike(&self) -> bool {
        let place = |client: &Client| (client.word, client.channel, client.appid);
        self.clients
            .iter()
            .all(|c| place(c) == place(&self.clients[0]))
    }

    fn worked(&self) -> MutexGuard<'_, Worked> {
        self.worked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn reached(&self, run: Run) -> Arc<Reached> {
        let worked = &mut *self.worked();
        let (number, sents) = (worked.runs.len(), worked.sent.len());
        let reached = worked.runs.entry(run.identity()).or_insert_with(|| {
            let sent = *worked.sent.entry(run.sent.clone()).or_insert(sents);
            let ends = self.fault.ends_by_itself::<V>(&run);
            Arc::new(Reached {
                number,
                sent,
                run,
                ends,
            })
        });
        Arc::clone(reached)
    }

    pub(crate) fn after(&self, before: &Reached, step: Step) -> Arc<Reached> {
        let key = (before.number, step);
        if let Some(after) = self.worked().after.get(&key) {
            return Arc::clone(after);
        }
        let after = self.reached(self.fault.after::<V>(&before.run, &key.1));
        self.worked().after.insert(key, Arc::clone(&after));
        after
    }

    pub(crate) fn world(&self, runs: Vec<Arc<Reached>>) -> World {
        let sent = runs.iter().map(|reached| reached.sent).collect();
        let know = || Arc::new(Knowledge::of(runs.iter().flat_map(|r| &r.run.sent)));
        let known = Arc::clone(self.worked().known.entry(sent).or_insert_with(know));
        World { runs, known }
    }

    /// All that can happen to one of the runs.
    pub(crate) fn steps(&self, world: &World, reached: &Reached) -> Arc<[Step]> {
        let sent = world.runs.iter().map(|reached| reached.sent).collect();
        let work = || {
            let plain = reached.run.steps().into_iter();
            let plain = plain.filter(|step| self.has_refusals || step.is_needed());
            let messages = world.known.messages_to::<V>(&reached.run);
            plain.chain(messages).collect()
        };
        let mut worked = self.worked();
        let steps = worked.steps.entry((sent, reached.number));
        Arc::clone(steps.or_insert_with(work))
    }
}
