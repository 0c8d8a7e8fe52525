//! The distributions behind the bars: each thing beside its peer or floor, by criterion.
//!
//! `cargo bench --all-features --bench distributions`

mod support;

use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};

use support::{bare, exchange, load, messages, pake};

/// One side's handshake with all checks, beside the stock crate's.
fn handshake(criterion: &mut Criterion) {
    let handshake = pake::Handshake::new();
    let mut group = criterion.benchmark_group("handshake");
    group.bench_function("with all checks", |b| b.iter(|| handshake.checked()));
    group.bench_function("stock spake2", |b| b.iter(|| handshake.stock()));
    group.finish();
}

/// A whole exchange, beside bare round trips.
fn exchanges(criterion: &mut Criterion) {
    let exchanges = exchange::Exchanges::start();
    let bare = bare::spawn();
    let (all, gets) = (
        exchange::RoundTrips::to(bare),
        exchange::RoundTrips::gets(bare),
    );
    let mut group = criterion.benchmark_group("exchange");
    group.bench_function("whole", |b| b.iter(|| exchanges.run()));
    group.bench_function("bare round trip", |b| b.iter(|| all.run()));
    group.bench_function("bare GET", |b| b.iter(|| gets.run()));
    group.finish();
}

/// Exchanges abreast, 32 at a time, at the relay and at a bare handler.
fn relay(criterion: &mut Criterion) {
    const ABREAST: u64 = 32;
    let relay = support::relay();
    let mut ours = load::Load::connect(relay.addr(), ABREAST);
    let mut floor = load::Load::connect(bare::spawn(), ABREAST);
    let mut group = criterion.benchmark_group("relay");
    group.throughput(Throughput::Elements(ABREAST * messages::REQUESTS as u64));
    group.bench_function("relay", |b| b.iter(|| ours.run(1)));
    group.bench_function("bare handler", |b| b.iter(|| floor.run(1)));
    group.finish();
}

fn settings() -> Criterion {
    Criterion::default()
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(3))
        .sample_size(50)
        .nresamples(10_000)
}

criterion_group! {
    name = benches;
    config = settings();
    targets = handshake, exchanges, relay
}
criterion_main!(benches);
