//! The wording of outcomes, numbers and hints.

use std::time::Duration;

use super::address::ChosenAddress;
use crate::protocol::{AttemptFailure, CloseReason, Outcome, ProxyFailure, RETRY_WINDOW};

/// The meaning of an outcome (section 12), for an error without a more particular cause.
pub(super) fn meaning(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Done => "the other side's blob opened, and yours arrived",
        Outcome::BadCode => "the code is not valid; nothing was sent",
        Outcome::BadAppid => "the application identifier is not 1 to 128 bytes; nothing was sent",
        Outcome::BlobTooLarge => "the blob has more than 65535 bytes; nothing was sent",
        Outcome::BadRendezvous => "the relay's address cannot be used; nothing was sent",
        Outcome::NoSuchChannel => "the relay has no channel of that number",
        Outcome::Crowded => "another side has used the code",
        Outcome::Closed(reason) => closed(reason),
        Outcome::VerifierMismatch => "you said that the other side shows other words",
        Outcome::NotTaken => "the receiver could not keep the other side's blob",
        Outcome::Expired => "the relay ended the exchange because its time was over",
        Outcome::WrongCode => "the two sides have different words",
        Outcome::BadElement => "the other side's first message is not acceptable",
        Outcome::MalformedMessage => "the other side's message has the wrong form",
        Outcome::RelayMisbehaved => "the relay's answer makes no sense",
        Outcome::RelayUnreachable => RELAY_UNREACHABLE,
        Outcome::Timeout => "the time was over",
        Outcome::Cancelled => "you gave up",
        Outcome::Internal => "the machine failed the program",
    }
}

/// The sentences here that give [`RETRY_WINDOW`] in words.
const RELAY_UNREACHABLE: &str = "the relay gave no useful answer within a minute";
pub(super) const TRYING_AGAIN: &str = "trying again for up to a minute";
const _: () = assert!(RETRY_WINDOW == 60, "two sentences speak of a minute");

/// The reason why the exchange was ended, as the relay says it (OUT-4).
fn closed(reason: CloseReason) -> &'static str {
    match reason {
        CloseReason::Done => "the relay says that the other side is done",
        CloseReason::WrongCode => "the relay says that the other side has different words",
        CloseReason::BadElement | CloseReason::MalformedMessage => {
            "the relay says that the other side cannot accept what it got"
        }
        CloseReason::VerifierMismatch => "the relay says that the other user sees other words",
        CloseReason::NotTaken => "the relay says that the other side could not keep the blob",
        CloseReason::Cancelled => "the relay says that the other user gave up",
        CloseReason::Timeout => "the relay says that the other side's time was over",
        CloseReason::RelayMisbehaved => "the other side got answers that make no sense",
        CloseReason::Lost => "the relay knows nothing of it any more; perhaps it was restarted",
        CloseReason::Other => "the other side, or the relay, ended the exchange",
    }
}

/// A number of bytes, such as `1 byte` or `21 bytes`.
pub(super) fn bytes(count: usize) -> String {
    match count {
        1 => "1 byte".to_owned(),
        count => format!("{count} bytes"),
    }
}

/// A time, such as `59 min 50 s` or `45 s`.
pub(super) fn time(time: Duration) -> String {
    match (time.as_secs() / 60, time.as_secs() % 60) {
        (0, seconds) => format!("{seconds} s"),
        (minutes, 0) => format!("{minutes} min"),
        (minutes, seconds) => format!("{minutes} min {seconds:02} s"),
    }
}

/// A time in which somebody has to do something, such as `60 min` or `45 s`. Minutes are rounded
/// up, since nobody types a code in the last second.
pub(super) fn within(left: Duration) -> String {
    match left.as_secs() {
        0..60 => time(left),
        _ => format!("{} min", left.as_millis().div_ceil(60_000)),
    }
}

/// An argument, quoted for a shell where it needs that.
pub(super) fn shell(argument: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:@%+=,".contains(&byte);
    if !argument.is_empty() && argument.bytes().all(is_plain) {
        argument.to_owned()
    } else {
        format!("'{}'", argument.replace('\'', r"'\''"))
    }
}

/// The command that runs this program, as its user types it, since people copy hints.
pub(super) fn program() -> &'static str {
    // Cargo sets both variables for the programs that it runs.
    let by_cargo = std::env::var_os("CARGO").is_some()
        && std::env::var("CARGO_PKG_NAME").is_ok_and(|name| name == env!("CARGO_PKG_NAME"));
    if by_cargo {
        "cargo wormhole"
    } else {
        "wormhole-sync"
    }
}

/// The advice to a user when an attempt at this address failed.
pub(super) fn advice(failure: AttemptFailure, address: &ChosenAddress) -> String {
    use AttemptFailure as F;
    let advice = match failure {
        F::Refused if address.is_this_machine() => {
            return format!(
                "If no relay runs there, start one with `{} relay`, or name another with --rendezvous URL.",
                program()
            );
        }
        F::RateLimited {
            retry_after: Some(seconds),
        } => return format!("Wait {seconds} s, or use another relay."),
        F::RateLimited { retry_after: None } => "Wait a minute, or use another relay.",
        F::Busy { .. } => "Wait a while, or use another relay.",
        F::Name => "Check the name in the relay's address, and this machine's network.",
        F::Refused => "Nothing listens there: check the host and the port of the relay's address.",
        F::Unreachable => "Check this machine's network.",
        F::NotHttp => "If the relay is behind TLS, its address begins with https.",
        F::NotTls => "If the relay speaks plain http, its address begins with http.",
        F::CertificateName => {
            "Give the relay's address with a name that its certificate is for, or ask who runs it."
        }
        F::CertificateAuthority => {
            "If the relay's certificate comes from an authority of its own, give that with --ca-file; otherwise somebody may be in between."
        }
        F::CertificateExpired | F::CertificateNotYet => {
            "Check the clock of this machine, or ask who runs the relay for a new certificate."
        }
        F::Certificate => {
            "Ask who runs the relay for a certificate from an authority; one that is an authority itself is not accepted."
        }
        F::Tls => "Ask who runs the relay: it needs TLS 1.2 or 1.3.",
        F::Foreign { .. } => {
            "Something between here and the relay answers, such as a proxy or the login page of a network; or the address is not that of a relay."
        }
        F::Proxy(ProxyFailure::Credentials) => {
            "Give the proxy's address as http://NAME:PASSWORD@HOST:PORT, with the name and the password for it."
        }
        F::Proxy(ProxyFailure::NoTunnel) => {
            "Check that the proxy's address is that of a proxy, and ask who runs it whether it lets this relay through."
        }
        F::Proxy(
            ProxyFailure::Name
            | ProxyFailure::Refused
            | ProxyFailure::Unreachable
            | ProxyFailure::TimedOut
            | ProxyFailure::Broken,
        ) => "Check the proxy's address, and this machine's network.",
        F::Unsendable(_) => "Check the relay's address.",
        F::TimedOut | F::Broken | F::System(_) | F::Other | F::NoAnswer => {
            "Check the network and the relay's address."
        }
    };
    advice.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_as_people_write() {
        assert_eq!(time(Duration::from_secs(3_590)), "59 min 50 s");
        assert_eq!(time(Duration::from_secs(3_600)), "60 min");
        assert_eq!(time(Duration::from_millis(45_900)), "45 s");
        assert_eq!(within(Duration::from_millis(3_599_900)), "60 min");
        assert_eq!(within(Duration::from_millis(2_900)), "2 s");
        assert_eq!((bytes(0), bytes(1)), ("0 bytes".into(), "1 byte".into()));
        assert_eq!(shell("http://[::1]:4000"), "'http://[::1]:4000'");
        assert_eq!(shell("https://a.example/x"), "https://a.example/x");
        assert_eq!(shell("it's"), r"'it'\''s'");
        assert_eq!(shell(""), "''");
    }
}
