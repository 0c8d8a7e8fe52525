//! The model for Stateright: the worlds of a setup, what can happen in each, and the properties.

use stateright::{Model, Property};

use crate::keys::Variant;
use crate::run::Run;
use crate::step::Step;
use crate::world::{Setup, World};
use crate::{goals, laws};

impl<V: Variant> Model for Setup<V> {
    type State = World;
    /// The place of a client in the setup, and what happens to it.
    type Action = (usize, Step);

    fn init_states(&self) -> Vec<World> {
        let runs = self.clients.iter().cloned().map(Run::new::<V>);
        vec![self.world(runs.map(|run| self.reached(run)).collect())]
    }

    fn actions(&self, world: &World, actions: &mut Vec<Self::Action>) {
        for (at, reached) in world.runs.iter().enumerate() {
            let steps = self.steps(world, reached);
            actions.extend(steps.iter().map(|step| (at, step.clone())));
        }
    }

    fn next_state(&self, world: &World, (at, step): Self::Action) -> Option<World> {
        let after = self.after(&world.runs[at], step);
        // A poll that brought nothing leaves all as it was.
        (after.number != world.runs[at].number).then(|| {
            let mut runs = world.runs.clone();
            runs[at] = after;
            self.world(runs)
        })
    }

    fn properties(&self) -> Vec<Property<Self>> {
        let (mut laws, goals) = (laws::all(), goals::of(self));
        match self.only {
            Some(name) => {
                laws.retain(|law| law.name == name);
                laws
            }
            None => laws.into_iter().chain(goals).collect(),
        }
    }
}
