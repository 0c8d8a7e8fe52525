//! libFuzzer's way into `link`; without libFuzzer, a program that runs the files it is given.
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| wormhole_sync_fuzz::link(data));

#[cfg(not(fuzzing))]
fn main() -> std::process::ExitCode {
    wormhole_sync_fuzz::replay(wormhole_sync_fuzz::link)
}
