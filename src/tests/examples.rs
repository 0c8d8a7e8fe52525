//! The examples of `src/examples`, run to their ends.

#[path = "../examples/asynchronous.rs"]
mod asynchronous;
#[path = "../examples/blocking.rs"]
mod blocking;
#[path = "../examples/cancel.rs"]
mod cancel;
#[path = "../examples/compare.rs"]
mod compare;
#[path = "../examples/exported_key.rs"]
mod exported_key;
#[path = "../examples/own_authority.rs"]
mod own_authority;

#[test]
fn asynchronous_runs() {
    asynchronous::main().unwrap();
}

#[test]
fn blocking_runs() {
    blocking::main().unwrap();
}

#[test]
fn cancel_runs() {
    cancel::main().unwrap();
}

#[test]
fn compare_runs() {
    compare::main().unwrap();
}

#[test]
fn exported_key_runs() {
    exported_key::main().unwrap();
}

#[test]
fn own_authority_runs() {
    own_authority::main().unwrap();
}
