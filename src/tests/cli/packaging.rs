//! Completions and manual pages, which packages of the program install.

use crate::program::{NOWHERE, end, program};

fn printed(arguments: &[&str]) -> String {
    let ended = end(&mut program(NOWHERE, arguments));
    assert_eq!(ended.status, 0, "{}", ended.stderr);
    String::from_utf8(ended.stdout).unwrap()
}

#[test]
fn each_shell_completes_commands_and_options() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let text = printed(&["completions", shell]);
        for word in ["receive", "verify", "starts-per-minute"] {
            assert!(text.contains(word), "{shell} {word}");
        }
    }
}

#[test]
fn bash_takes_its_completions() {
    let text = printed(&["completions", "bash"]);
    let script = format!("{text}\ncomplete -p wormhole-sync");
    let ended = end(std::process::Command::new("bash").args(["-c", &script]));
    assert_eq!(ended.status, 0, "{}", ended.stderr);
}

#[test]
fn each_command_has_a_manual_page() {
    let page = printed(&["man"]);
    assert!(page.contains(".TH wormhole"), "{page}");
    for command in ["send", "receive", "relay", "demo"] {
        assert!(page.contains(command), "{command}");
        let page = printed(&["man", command]);
        assert!(page.contains(".SH OPTIONS"), "{command}: {page}");
    }
    let ended = end(&mut program(NOWHERE, &["man", "sned"]));
    assert_eq!(ended.status, 2);
    assert!(ended.stderr.contains("send, receive"), "{}", ended.stderr);
}
