//! Metrics in the text format of OpenMetrics, which Prometheus reads.
//!
//! They count; they name nobody. No label holds an appid, a channel id, a side or an address.

use std::fmt;
use std::time::Duration;

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::{ConstCounter, Counter};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};

use super::shared::RelayCounts;
use crate::relay::problem::{EndReason, Refusal};

/// The counts of a relay since its start.
#[derive(Debug)]
pub(super) struct Metrics {
    requests: Family<RequestLabels, Counter>,
    durations: Family<OperationLabels, Histogram, fn() -> Histogram>,
    refused_connections: Family<RefusalLabels, Counter>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    operation: &'static str,
    /// The status of section 9.2 for an answer, or the token of section 9.3 for a refusal.
    answer: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OperationLabels {
    operation: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RefusalLabels {
    refusal: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ReasonLabels {
    reason: &'static str,
}

impl Metrics {
    pub(super) fn new() -> Self {
        Self {
            requests: Family::default(),
            // Up to the longest wait of a GET.
            durations: Family::new_with_constructor(|| {
                Histogram::new(exponential_buckets(0.000_5, 4.0, 9))
            }),
            refused_connections: Family::default(),
        }
    }

    /// Counts an answered request and the time that it took, a GET's wait included.
    pub(super) fn answered(&self, operation: &'static str, answer: &'static str, took: Duration) {
        let labels = RequestLabels { operation, answer };
        self.requests.get_or_create(&labels).inc();
        let labels = OperationLabels { operation };
        let seconds = self.durations.get_or_create(&labels);
        seconds.observe(took.as_secs_f64());
    }

    /// Counts a connection over the bounds.
    pub(super) fn turned_away(&self, refusal: Refusal) {
        let refusal = refusal.token().token();
        let labels = RefusalLabels { refusal };
        self.refused_connections.get_or_create(&labels).inc();
    }

    /// All metrics as text, with the present load.
    ///
    /// # Errors
    ///
    /// None in practice: the text goes to memory.
    pub(super) fn encode(&self, counts: &RelayCounts) -> Result<String, fmt::Error> {
        let mut registry = Registry::with_prefix("wormhole_sync_relay");
        registry.register(
            "requests",
            "Requests that were answered, by operation and answer",
            self.requests.clone(),
        );
        registry.register_with_unit(
            "request_duration",
            "Time from a request's head to its answer, the wait of a GET included",
            Unit::Seconds,
            self.durations.clone(),
        );
        registry.register(
            "refused_connections",
            "Connections over the bounds",
            self.refused_connections.clone(),
        );
        let ended: Family<ReasonLabels, Counter> = Family::default();
        for (reason, count) in EndReason::ALL.into_iter().zip(counts.ended_channels) {
            let reason = reason.as_str();
            ended.get_or_create(&ReasonLabels { reason }).inc_by(count);
        }
        registry.register(
            "ended_channels",
            "Channels that have ended, by reason (RELAY-16)",
            ended,
        );
        registry.register(
            "allocated_channels",
            "Channels that have been allocated",
            ConstCounter::new(counts.allocated_channels),
        );
        let gauges = [
            ("live_channels", "Live channels", counts.live_channels),
            ("waiting_gets", "GETs that wait", counts.waiting_gets),
            ("connections", "Open connections", counts.connections),
        ];
        for (name, help, count) in gauges {
            let count = i64::try_from(count).unwrap_or(i64::MAX);
            registry.register(name, help, ConstGauge::new(count));
        }
        registry.register_with_unit(
            "stored",
            "Memory that counts for the bound stored_bytes",
            Unit::Bytes,
            ConstGauge::new(i64::try_from(counts.stored_bytes).unwrap_or(i64::MAX)),
        );
        let mut text = String::new();
        text::encode(&mut text, &registry)?;
        Ok(text)
    }
}
