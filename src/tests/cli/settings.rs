//! The configuration file, and the proxy, of `send` and `receive`.

use std::fs;
use std::io;
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::thread;

use crate::program::{NOWHERE, Relay, Running, end, program};
use crate::server::serve;
use crate::snapshots::{RANDOM, reviewed};

/// The program with this configuration file in the usual place, and no address in the environment.
fn configured(folder: &Path, text: &str, arguments: &[&str]) -> Command {
    let place = folder.join("wormhole-sync");
    fs::create_dir_all(&place).unwrap();
    fs::write(place.join("config.toml"), text).unwrap();
    let mut command = program("", arguments);
    command.env("XDG_CONFIG_HOME", folder);
    command
}

/// The address, with its origin, in the error of a run whose relay is not there.
fn place(command: &mut Command) -> String {
    let ended = end(command);
    let error = ended
        .stderr
        .lines()
        .find(|line| line.starts_with("error: "));
    let error = error.unwrap_or_else(|| panic!("{}", ended.stderr));
    error.rsplit_once(" at ").unwrap().1.to_owned()
}

#[test]
fn an_option_goes_before_the_environment_and_that_before_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("wormhole-sync/config.toml");
    let text = r#"rendezvous = "http://127.0.0.1:3""#;
    let send = ["send", "--deadline", "3", "x"];
    let run = |arguments: &[&str]| configured(folder.path(), text, arguments);
    let from_file = format!("http://127.0.0.1:3 (from {})", file.display());
    assert_eq!(place(&mut run(&send)), from_file);
    let variable = "WORMHOLE_SYNC_RENDEZVOUS";
    assert_eq!(
        place(run(&send).env(variable, "http://127.0.0.1:2")),
        "http://127.0.0.1:2 (from WORMHOLE_SYNC_RENDEZVOUS)"
    );
    let with_option = [&send[..], &["--rendezvous", "http://127.0.0.1:1"]].concat();
    assert_eq!(
        place(run(&with_option).env(variable, "http://127.0.0.1:2")),
        "http://127.0.0.1:1 (from --rendezvous)"
    );
    // The default address is one that may have a relay.
    let none = [&send[..], &["--no-config", "--ca-file", "/dev/null"]].concat();
    let ended = end(&mut run(&none));
    assert!(!ended.stderr.contains("config.toml"), "{}", ended.stderr);
    let other = folder.path().join("other.toml");
    fs::write(&other, r#"rendezvous = "http://127.0.0.1:4""#).unwrap();
    let named = [&send[..], &["--config", other.to_str().unwrap()]].concat();
    let from_other = format!("http://127.0.0.1:4 (from {})", other.display());
    assert_eq!(place(&mut run(&named)), from_other);
}

#[test]
fn a_whole_exchange_by_the_file() {
    let relay = Relay::start();
    let folder = tempfile::tempdir().unwrap();
    let text = format!("rendezvous = \"{}\"\nappid = \"a\"\n", relay.url);
    let mut sender = Running::start(&mut configured(folder.path(), &text, &["send", "secret"]));
    let code = sender.line();
    let receiver = end(&mut configured(folder.path(), &text, &["receive", &code]));
    assert_eq!((receiver.status, &*receiver.stdout), (0, &b"secret"[..]));
    let sender = sender.end();
    let shared = format!("receive --rendezvous {} --appid a\n", relay.url);
    assert!(sender.stderr.contains(&shared), "{}", sender.stderr);
    // An option goes before the file.
    let other = ["receive", "--appid", "b", &code];
    assert_eq!(
        end(&mut configured(folder.path(), &text, &other)).status,
        14
    );
}

#[test]
fn a_fault_of_the_file_is_told_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let mut told = vec![];
    for text in [
        "rendezvous = \"https://relay.example\"\nrelay = \"https://relay.example\"",
        "rendezvous = 4000",
        "# a comment\n\nproxy = [\"http://name:word@proxy.example\"]",
        "rendezvous = https://relay.example",
        "appid = \"a\"\nappid = \"b\"",
        "appid = \"\"",
        "rendezvous = \"relay.example\"",
        "proxy = \"name:word@proxy.example:80\"",
        "ca-file = \"no-such.pem\"",
        "[send]\nrendezvous = \"https://relay.example\"",
    ] {
        let ended = end(&mut configured(folder.path(), text, &["send", "x"]));
        assert!(!ended.stderr.contains("word"), "{}", ended.stderr);
        let folder = folder.path().to_str().unwrap();
        let said = ended.stderr.replace(folder, "FOLDER");
        told.push(format!("{text}\nexit status {}\n{said}", ended.status));
    }
    let unreadable = ["send", "--config", "/no/such/file", "x"];
    told.push(end(&mut program(NOWHERE, &unreadable)).stderr);
    let unreadable = ["send", "--config", "/dev/zero", "x"];
    told.push(end(&mut program(NOWHERE, &unreadable)).stderr);
    reviewed("faults_of_a_file", &RANDOM, &told.join("\n"));
}

/// A proxy that makes tunnels by CONNECT.
fn proxy() -> String {
    let server = serve(|peer| {
        let Some(head) = peer.read_message() else {
            return;
        };
        let place = head.split_whitespace().nth(1).unwrap();
        let mut relay = TcpStream::connect(place).unwrap();
        peer.send("HTTP/1.1 200 There\r\n\r\n");
        let (mut from, mut to) = (relay.try_clone().unwrap(), peer.stream.try_clone().unwrap());
        thread::spawn(move || io::copy(&mut from, &mut to));
        let _ = io::copy(&mut peer.stream, &mut relay);
    });
    format!("http://name:word@{}", server.address)
}

#[test]
fn a_whole_exchange_through_a_proxy() {
    let relay = Relay::start();
    let proxy = proxy();
    let folder = tempfile::tempdir().unwrap();
    let (sender, code) = relay.send(&["--proxy", &proxy, "secret"]);
    // The other side has it from its file.
    let text = format!("rendezvous = \"{}\"\nproxy = \"{proxy}\"", relay.url);
    let receiver = end(&mut configured(folder.path(), &text, &["receive", &code]));
    assert_eq!((receiver.status, &*receiver.stdout), (0, &b"secret"[..]));
    let sender = sender.end();
    assert_eq!(sender.status, 0);
    assert!(!sender.stderr.contains("proxy") && !sender.stderr.contains("word"));
    // An empty option is no proxy.
    let nobody = "proxy = \"http://127.0.0.1:1\"";
    let arguments = ["send", "--deadline", "1", "--proxy", "", "x"];
    let ended =
        end(configured(folder.path(), nobody, &arguments)
            .env("WORMHOLE_SYNC_RENDEZVOUS", &relay.url));
    assert!(
        ended.stderr.contains("the time was over"),
        "{}",
        ended.stderr
    );
}

#[test]
fn a_failure_of_the_proxy_names_the_proxy() {
    let refusing = serve(|peer| {
        peer.read_message();
        peer.send("HTTP/1.1 403 No\r\n\r\n");
    });
    let mut told = vec![];
    for proxy in [
        "http://name:word@127.0.0.1:1".to_owned(),
        format!("http://name:word@{}", refusing.address),
        "name:word@127.0.0.1".to_owned(),
        "https://name:word@127.0.0.1".to_owned(),
        "http://word@127.0.0.1".to_owned(),
    ] {
        let url = "https://relay.invalid";
        let arguments = ["send", "--deadline", "3", "--proxy", &proxy, "x"];
        let ended = end(&mut program(url, &arguments));
        assert!(!ended.stderr.contains("word@"), "{}", ended.stderr);
        told.push(format!("exit status {}\n{}", ended.status, ended.stderr));
    }
    reviewed("faults_of_a_proxy", &RANDOM, &told.join("\n"));
}
