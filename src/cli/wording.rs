//! How things are put into words.

use crate::protocol::{CloseReason, Outcome};
use std::time::Duration;

/// What an outcome means (section 12), where nothing more is known.
pub(super) fn meaning(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Done => "the other side's blob opened",
        Outcome::BadCode => "the code cannot be one; nothing was sent",
        Outcome::BadAppid => "the application identifier is not 1 to 128 bytes; nothing was sent",
        Outcome::BlobTooLarge => "the blob has more than 65535 bytes; nothing was sent",
        Outcome::BadRendezvous => "the relay's address cannot be used; nothing was sent",
        Outcome::NoSuchChannel => "the relay has no channel of that number",
        Outcome::Crowded => "another side has used the code",
        Outcome::Closed(reason) => closed(reason),
        Outcome::Expired => "the relay ended the exchange because its time was over",
        Outcome::WrongCode => "the two sides have different words",
        Outcome::BadElement => "the other side's first message is not acceptable",
        Outcome::MalformedMessage => "the other side's message has the wrong form",
        Outcome::RelayMisbehaved => "the relay's answer makes no sense",
        Outcome::RelayUnreachable => "the relay gave no useful answer within a minute",
        Outcome::Timeout => "the time was over",
        Outcome::Cancelled => "you gave up",
        Outcome::Internal => "the machine failed the program",
    }
}

/// Why the exchange was ended, by the relay's word (OUT-4).
fn closed(reason: CloseReason) -> &'static str {
    match reason {
        CloseReason::Done => "the relay says that the other side is done",
        CloseReason::WrongCode => "the relay says that the other side has different words",
        CloseReason::BadElement | CloseReason::MalformedMessage => {
            "the relay says that the other side cannot accept what it got"
        }
        CloseReason::Cancelled => "the relay says that the other user gave up",
        CloseReason::Timeout => "the relay says that the other side's time was over",
        CloseReason::RelayMisbehaved => "the other side got answers that make no sense",
        CloseReason::Lost => "the relay knows nothing of it any more; perhaps it was restarted",
        CloseReason::Other => "the other side, or the relay, ended the exchange",
    }
}

/// `1 byte`, `21 bytes`.
pub(super) fn bytes(count: usize) -> String {
    match count {
        1 => "1 byte".to_owned(),
        count => format!("{count} bytes"),
    }
}

/// `59 min 50 s`, `45 s`.
pub(super) fn time(time: Duration) -> String {
    match (time.as_secs() / 60, time.as_secs() % 60) {
        (0, seconds) => format!("{seconds} s"),
        (minutes, 0) => format!("{minutes} min"),
        (minutes, seconds) => format!("{minutes} min {seconds:02} s"),
    }
}

/// An argument as a shell takes it.
pub(super) fn shell(argument: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:@%+=,".contains(&byte);
    if !argument.is_empty() && argument.bytes().all(is_plain) {
        argument.to_owned()
    } else {
        format!("'{}'", argument.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_as_people_write() {
        assert_eq!(time(Duration::from_secs(3_590)), "59 min 50 s");
        assert_eq!(time(Duration::from_secs(3_600)), "60 min");
        assert_eq!(time(Duration::from_millis(45_900)), "45 s");
        assert_eq!((bytes(0), bytes(1)), ("0 bytes".into(), "1 byte".into()));
        assert_eq!(shell("http://[::1]:4000"), "'http://[::1]:4000'");
        assert_eq!(shell("https://a.example/x"), "https://a.example/x");
        assert_eq!(shell("it's"), r"'it'\''s'");
        assert_eq!(shell(""), "''");
    }
}
