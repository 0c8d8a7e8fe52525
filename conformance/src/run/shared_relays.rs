//! The relays that several tests use, one for each kind of settings.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::root::Root;
use crate::subject::relay::{RelaySubject, RunningRelay};
use crate::subject::relay_settings::RelaySettings;

/// The rated requests after which a relay that was not told its rate is replaced.
const STARTS: u32 = 40;

/// A relay that several tests use.
struct Shared {
    relay: Arc<RunningRelay>,
    starts: u32,
}

/// The relays by their settings; each starts when the first test wants it.
#[derive(Default)]
pub(super) struct SharedRelays(Mutex<HashMap<RelaySettings, Arc<Mutex<Option<Shared>>>>>);

impl SharedRelays {
    /// The relay that all tests of these settings use.
    pub(super) fn relay(
        &self,
        root: &Root,
        subject: &RelaySubject,
        settings: &RelaySettings,
    ) -> anyhow::Result<Arc<RunningRelay>> {
        let place = {
            let mut relays = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(relays.entry(settings.clone()).or_default())
        };
        let mut place = place.lock().unwrap_or_else(PoisonError::into_inner);
        let is_rated = subject.is_started_here() && !subject.takes("starts_per_minute");
        if let Some(shared) = &*place
            && shared.relay.end().is_none()
            && !(is_rated && shared.starts >= STARTS)
        {
            return Ok(Arc::clone(&shared.relay));
        }
        let relay = Arc::new(subject.start_with(root, settings)?);
        *place = Some(Shared {
            relay: Arc::clone(&relay),
            starts: 0,
        });
        Ok(relay)
    }

    /// Counts rated requests of a relay.
    pub(super) fn count(&self, settings: &RelaySettings, starts: u32) {
        let relays = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(place) = relays.get(settings).map(Arc::clone) else {
            return;
        };
        drop(relays);
        let mut place = place.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(shared) = &mut *place {
            shared.starts += starts;
        }
    }
}
