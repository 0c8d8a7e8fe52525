//! Exchanges of blobs over every kind of input and output.

use std::fs;

use crate::program::{Relay, Running, end, end_with_input, program};

#[test]
fn arguments_go_both_ways_and_stand_alone_on_standard_output() {
    let relay = Relay::start();
    let (sender, code) = relay.send(&["the initiator's"]);
    let receiver = relay.receive(&[&code, "the receiver's"]);
    assert_eq!(
        (receiver.status, &*receiver.stdout),
        (0, b"the initiator's".as_slice())
    );
    let sender = sender.end();
    assert_eq!(
        (sender.status, &*sender.stdout),
        (0, b"the receiver's".as_slice())
    );
    assert!(sender.stderr.ends_with("Done.\n"), "{}", sender.stderr);
}

#[test]
fn standard_input_and_files_carry_any_bytes() {
    let relay = Relay::start();
    let folder = tempfile::tempdir().unwrap();
    let any: Vec<u8> = (0..65_535_u32).map(|n| (n % 256) as u8).collect();
    let (file, output) = (folder.path().join("in"), folder.path().join("out"));
    fs::write(&file, &any).unwrap();

    let sent = ["send", "--output", output.to_str().unwrap()];
    let mut sender = Running::start_with_input(&mut program(&relay.url, &sent), b"line\n");
    let code = sender.line();
    let receiver = relay.receive(&[&code, "--file", file.to_str().unwrap()]);
    assert_eq!(
        (receiver.status, &*receiver.stdout),
        (0, b"line\n".as_slice())
    );
    let sender = sender.end();
    assert_eq!((sender.status, &*sender.stdout), (0, b"".as_slice()));
    assert_eq!(fs::read(&output).unwrap(), any);
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(&output).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_code_is_read_as_people_type_it_and_from_standard_input() {
    let relay = Relay::start();
    let (sender, code) = relay.send(&["--words", "4", "secret"]);
    let typed = format!("  {}\r\n", code.to_uppercase().replace('-', " "));
    let mut receive = program(&relay.url, &["receive", "-", "back"]);
    let receiver = end_with_input(&mut receive, typed.as_bytes());
    assert_eq!(
        (receiver.status, &*receiver.stdout),
        (0, b"secret".as_slice())
    );
    assert_eq!(sender.end().stdout, b"back");
}

#[test]
fn nothing_is_something_to_hand_in() {
    let relay = Relay::start();
    let (sender, code) = relay.send(&["--quiet"]);
    let receiver = relay.receive(&[&code, "--quiet"]);
    let sender = sender.end();
    for ended in [receiver, sender] {
        assert_eq!(
            (ended.status, &*ended.stdout, &*ended.stderr),
            (0, b"".as_slice(), "")
        );
    }
}

#[test]
fn applications_do_not_see_each_other() {
    let relay = Relay::start();
    let (sender, code) = relay.send(&["--appid", "a", "secret"]);
    let receiver = relay.receive(&[&code]);
    assert_eq!(receiver.status, 14, "{}", receiver.stderr);
    assert!(
        receiver
            .stderr
            .contains(&format!("{} (from WORMHOLE_SYNC_RENDEZVOUS)", relay.url))
    );
    // The appid is the same, in hex.
    let receiver = relay.receive(&[&code, "--appid-hex", "61"]);
    assert_eq!(
        (receiver.status, &*receiver.stdout),
        (0, b"secret".as_slice())
    );
    assert!(sender.end().stderr.contains("--appid a"));
}

#[test]
fn only_force_replaces_a_file_and_a_refusal_costs_no_code() {
    let relay = Relay::start();
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("out");
    let path = output.to_str().unwrap();
    fs::write(&output, b"mine").unwrap();
    let (sender, code) = relay.send(&["theirs"]);

    let refused = relay.receive(&[&code, "--output", path]);
    assert_eq!(refused.status, 1);
    assert!(refused.stderr.contains("--force"), "{}", refused.stderr);
    assert_eq!(fs::read(&output).unwrap(), b"mine");

    assert_eq!(
        relay.receive(&[&code, "--output", path, "--force"]).status,
        0
    );
    assert_eq!(fs::read(&output).unwrap(), b"theirs");
    assert_eq!(sender.end().status, 0);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

/// A device on which every write fails.
#[cfg(target_os = "linux")]
const FULL: &str = "/dev/full";

#[cfg(target_os = "linux")]
#[test]
fn a_blob_whose_place_is_full_is_on_standard_output() {
    let relay = Relay::start();
    let (sender, code) = relay.send(&["secret"]);
    let receiver = relay.receive(&[&code, "--output", FULL]);
    assert_eq!(
        (receiver.status, &*receiver.stdout),
        (1, b"secret".as_slice())
    );
    for text in ["cannot write /dev/full", "on standard output instead"] {
        assert!(receiver.stderr.contains(text), "{}", receiver.stderr);
    }
    // The receiver's user has it.
    let sender = sender.end();
    assert!(sender.stderr.ends_with("Done.\n"), "{}", sender.stderr);
}

// RECV-6: an application that cannot keep it says so (`not-taken`)
#[cfg(target_os = "linux")]
#[test]
fn the_other_side_hears_of_a_blob_that_could_not_be_written() {
    for arguments in [&["--output", FULL][..], &[]] {
        let relay = Relay::start();
        let (sender, code) = relay.send(&["secret"]);
        let arguments = [&["receive", &code, "mine"], arguments].concat();
        let full = fs::OpenOptions::new().write(true).open(FULL).unwrap();
        let receiver = end(program(&relay.url, &arguments).stdout(full));
        assert_eq!(receiver.status, 1, "{}", receiver.stderr);
        assert!(
            receiver.stderr.contains("The blob is lost"),
            "{}",
            receiver.stderr
        );
        let sender = sender.end();
        assert_eq!(
            (sender.status, &*sender.stdout),
            (27, b"mine".as_slice()),
            "{}",
            sender.stderr
        );
        let said = "the relay says that the other side could not keep yours";
        assert!(sender.stderr.contains(said), "{}", sender.stderr);
    }
}

#[test]
fn a_named_pipe_gets_the_blob_if_somebody_reads_it() {
    let relay = Relay::start();
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    let path = pipe.to_str().unwrap();
    assert!(
        std::process::Command::new("mkfifo")
            .arg(path)
            .status()
            .unwrap()
            .success()
    );
    // Nobody reads it: that is found before the code is used.
    let (sender, code) = relay.send(&["secret"]);
    let refused = relay.receive(&[&code, "--output", path]);
    assert_eq!(refused.status, 1);
    assert!(
        refused.stderr.contains("nobody reads it"),
        "{}",
        refused.stderr
    );
    let read = pipe.clone();
    let reader = std::thread::spawn(move || fs::read(read).unwrap());
    // The reader may not be there yet.
    let receiver = loop {
        let receiver = relay.receive(&[&code, "--output", path]);
        if receiver.status != 1 {
            break receiver;
        }
    };
    assert_eq!(receiver.status, 0, "{}", receiver.stderr);
    assert_eq!(reader.join().unwrap(), b"secret");
    assert_eq!(sender.end().status, 0);
}

#[test]
fn standard_input_is_read_by_a_receiver_only_when_it_is_told_so() {
    let relay = Relay::start();
    for (arguments, expected) in [
        (&["-"][..], &b"piped"[..]),
        (&["--file", "-"], b"piped"),
        (&[], b""),
    ] {
        let (sender, code) = relay.send(&["secret"]);
        let mut receive = program(&relay.url, &[&["receive", &code], arguments].concat());
        let receiver = end_with_input(&mut receive, b"piped");
        assert_eq!(receiver.status, 0, "{}", receiver.stderr);
        assert_eq!(sender.end().stdout, expected, "{arguments:?}");
    }
    let (sender, code) = relay.send(&["secret"]);
    // A pipe that nobody closes is no reason to wait.
    let mut receive = program(&relay.url, &["receive", &code]);
    let receiver = Running::start(receive.stdin(std::process::Stdio::piped()));
    assert_eq!(receiver.end().status, 0);
    assert_eq!(sender.end().status, 0);
}
