//! The fuzzer of the target `rendezvous`. Without libFuzzer, this program runs the target on the files it is given.
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| wormhole_sync_fuzz::rendezvous(data));

#[cfg(not(fuzzing))]
fn main() -> std::process::ExitCode {
    wormhole_sync_fuzz::replay(wormhole_sync_fuzz::rendezvous)
}
