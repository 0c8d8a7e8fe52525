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

/// A run that was reached, with a number that equal runs share.
#[derive(Debug)]
pub(crate) struct ReachedRun {
    pub(crate) number: usize,
    /// A number that runs share if they have sent the same.
    sent: usize,
    pub(crate) run: Run,
    /// Whether the run ends by its own clock alone.
    pub(crate) ends: bool,
}

/// A state of the model: the runs of all clients, and what the attacker knows by what they have
/// sent.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) runs: Vec<Arc<ReachedRun>>,
    pub(crate) known: Arc<Knowledge>,
}

impl World {
    pub(crate) fn runs(&self) -> impl Iterator<Item = &Run> {
        self.runs.iter().map(|reached| &reached.run)
    }

    /// The numbers of the runs.
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

/// Results that are computed once. Each depends on its key alone.
#[derive(Default)]
struct Cache {
    runs: HashMap<Identity, Arc<ReachedRun>>,
    sent: HashMap<Vec<Message>, usize>,
    after: HashMap<(usize, Step), Arc<ReachedRun>>,
    /// The attacker's knowledge, by what was sent.
    known: HashMap<Vec<usize>, Arc<Knowledge>>,
    /// The possible steps, by what was sent and the number of the run.
    steps: HashMap<(Vec<usize>, usize), Arc<[Step]>>,
}

/// A model: its clients, the fault that they have, and what can happen to them.
pub(crate) struct Setup<V> {
    pub(crate) name: &'static str,
    pub(crate) clients: Vec<Client>,
    /// Whether relay and network also refuse and fail, and timers run. Without, they only pass on,
    /// forge and fall silent.
    pub(crate) has_refusals: bool,
    /// Whether users may look first, and applications need their time (INIT-2, RECV-5, RECV-6).
    /// Without, they release and take at once.
    pub(crate) has_looks: bool,
    pub(crate) fault: MachineFault,
    /// The one law to check; `None` for all properties.
    pub(crate) only: Option<&'static str>,
    cache: Mutex<Cache>,
    variant: PhantomData<V>,
}

impl<V: Variant> Setup<V> {
    pub(crate) fn new(name: &'static str, clients: Vec<Client>, has_refusals: bool) -> Setup<V> {
        Setup {
            name,
            clients,
            has_refusals,
            has_looks: has_refusals,
            fault: MachineFault::None,
            only: None,
            cache: Mutex::default(),
            variant: PhantomData,
        }
    }

    /// Whether all clients have one word, one channel and one appid.
    pub(crate) fn is_alike(&self) -> bool {
        let context = |client: &Client| (client.word, client.channel, client.appid);
        self.clients
            .iter()
            .all(|c| context(c) == context(&self.clients[0]))
    }

    fn cache(&self) -> MutexGuard<'_, Cache> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn reached(&self, run: Run) -> Arc<ReachedRun> {
        let cache = &mut *self.cache();
        let (number, sents) = (cache.runs.len(), cache.sent.len());
        let reached = cache.runs.entry(run.identity()).or_insert_with(|| {
            let sent = *cache.sent.entry(run.sent.clone()).or_insert(sents);
            let ends = self.fault.ends_by_itself::<V>(&run);
            Arc::new(ReachedRun {
                number,
                sent,
                run,
                ends,
            })
        });
        Arc::clone(reached)
    }

    pub(crate) fn after(&self, before: &ReachedRun, step: Step) -> Arc<ReachedRun> {
        let key = (before.number, step);
        if let Some(after) = self.cache().after.get(&key) {
            return Arc::clone(after);
        }
        let mut run = self.fault.after::<V>(&before.run, &key.1);
        if !self.has_looks {
            while let Some(step) = run.step_at_once() {
                run = self.fault.after::<V>(&run, &step);
            }
        }
        let after = self.reached(run);
        self.cache().after.insert(key, Arc::clone(&after));
        after
    }

    pub(crate) fn world(&self, runs: Vec<Arc<ReachedRun>>) -> World {
        let sent = runs.iter().map(|reached| reached.sent).collect();
        let know = || Arc::new(Knowledge::of(runs.iter().flat_map(|r| &r.run.sent)));
        let known = Arc::clone(self.cache().known.entry(sent).or_insert_with(know));
        World { runs, known }
    }

    /// All steps that one of the runs can make.
    pub(crate) fn steps(&self, world: &World, reached: &ReachedRun) -> Arc<[Step]> {
        let sent = world.runs.iter().map(|reached| reached.sent).collect();
        let work = || {
            let plain = reached.run.steps().into_iter();
            let plain = plain.filter(|step| self.has_refusals || step.is_needed());
            let messages = world.known.messages_to::<V>(&reached.run);
            plain.chain(messages).collect()
        };
        let mut cache = self.cache();
        let steps = cache.steps.entry((sent, reached.number));
        Arc::clone(steps.or_insert_with(work))
    }
}
