//! Every seed and every input of the committed corpus, in `cargo test`.

use crate::client::Role;
use crate::{TARGETS, corpus, planted, seeds};

/// Runs a target's seeds and its committed corpus. There must be at least so many seeds.
fn run(name: &str, least: usize) {
    let target = TARGETS.iter().find(|(known, _)| *known == name);
    let (_, target) = target.expect("a target");
    let seeds = seeds(name);
    seeds.iter().for_each(|seed| target(seed));
    // A fuzzer need not search for a place that a seed comes to.
    assert_eq!(planted::reached(), 0, "a seed comes to the planted panic");
    let corpus = corpus::read(name);
    corpus.iter().for_each(|input| target(input));
    // Every new vector and transcript adds some.
    assert!(seeds.len() >= least, "there are {} seeds", seeds.len());
    assert!(!corpus.is_empty(), "there is no corpus");
}

#[test]
fn code() {
    run("code", 975);
}

#[test]
fn rendezvous() {
    run("rendezvous", 122);
}

#[test]
fn link() {
    run("link", 121);
}

#[test]
fn messages() {
    run("messages", 1652);
}

#[test]
fn response() {
    run("response", 1417);
}

#[test]
fn request() {
    run("request", 1880);
}

#[test]
fn initiator() {
    run("initiator", 280);
    assert_eq!(Role::Initiator.table().missed(), [], "rows to come to");
}

#[test]
fn receiver() {
    run("receiver", 280);
    assert_eq!(Role::Receiver.table().missed(), [], "rows to come to");
}

#[test]
fn relay() {
    run("relay", 172);
}
