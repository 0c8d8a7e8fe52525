//! The states in which the program can wait.

/// Defines the states in one list: variant, role, and name in the tables of sections 11.4 and 11.5
/// if it is of the exchange.
macro_rules! states {
    ($($(#[$doc:meta])* $variant:ident, $role:ident, $name:expr;)*) => {
        /// A state in which the program can wait.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum State {
            $($(#[$doc])* $variant,)*
        }

        impl State {
            pub(super) const ALL: &[State] = &[$(State::$variant),*];

            pub(super) fn role(self) -> Role {
                match self {
                    $(State::$variant => Role::$role,)*
                }
            }

            /// The name in the tables; `None` before the exchange.
            fn name(self) -> Option<&'static str> {
                match self {
                    $(State::$variant => $name,)*
                }
            }
        }
    };
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Initiator,
    Receiver,
}

states! {
    /// `send` reads a pipe that nobody closes.
    ReadingInput, Initiator, None;
    /// `send --file` opens a named pipe that nobody writes.
    OpeningFile, Initiator, None;
    /// The user types the text to hand in.
    TypingText, Initiator, None;
    /// The user is asked whether a file is meant.
    AskedAboutFile, Initiator, None;
    Allocating, Initiator, Some("allocating");
    WaitingForAnswer, Initiator, Some("waiting-for-answer");
    /// The user is asked to compare the words.
    Holding, Initiator, Some("holding");
    Finishing, Initiator, Some("finishing");
    WaitingForReceipt, Initiator, Some("waiting-for-receipt");
    /// The close after a receipt.
    InitiatorClosing, Initiator, Some("closing");
    /// The user types the code.
    TypingCode, Receiver, None;
    /// ... at a terminal without line editing.
    TypingCodePlainly, Receiver, None;
    /// `receive -` reads a pipe that nobody closes.
    ReadingCode, Receiver, None;
    Claiming, Receiver, Some("claiming");
    Answering, Receiver, Some("answering");
    /// The user is asked to compare the words.
    Comparing, Receiver, Some("comparing");
    /// ... and the finish has come.
    Opened, Receiver, Some("opened");
    WaitingForFinish, Receiver, Some("waiting-for-finish");
    /// Nobody reads the pipe to which the blob is written.
    Taking, Receiver, Some("taking");
    SendingReceipt, Receiver, Some("sending-receipt");
    /// The close after a blob that could not be written.
    ReceiverClosing, Receiver, Some("closing");
}

impl State {
    /// Whether it is a state of the exchange, and not of the program before it.
    pub(super) fn is_of_the_exchange(self) -> bool {
        self.name().is_some()
    }

    /// Whether the program waits for what its user types at the terminal.
    pub(super) fn needs_terminal(self) -> bool {
        match self {
            State::TypingText
            | State::AskedAboutFile
            | State::Holding
            | State::TypingCode
            | State::TypingCodePlainly
            | State::Comparing
            | State::Opened => true,
            State::ReadingInput
            | State::OpeningFile
            | State::Allocating
            | State::WaitingForAnswer
            | State::Finishing
            | State::WaitingForReceipt
            | State::InitiatorClosing
            | State::ReadingCode
            | State::Claiming
            | State::Answering
            | State::WaitingForFinish
            | State::Taking
            | State::SendingReceipt
            | State::ReceiverClosing => false,
        }
    }
}

/// The states of the table in this section, without `ended`.
fn of_the_table(heading: &str) -> Vec<&'static str> {
    let text = include_str!("../../../../spec/wormhole-sync.md");
    let (_, section) = text.split_once(heading).unwrap();
    let rows = section
        .lines()
        .skip_while(|line| !line.starts_with("| state |"))
        .skip(2)
        .take_while(|line| line.starts_with("| "));
    let mut states: Vec<&str> = rows.map(|row| row.split(' ').nth(1).unwrap()).collect();
    states.dedup();
    states
}

#[test]
fn the_states_of_the_exchange_are_those_of_the_specification() {
    for (heading, role) in [
        ("### 11.4 The initiator", Role::Initiator),
        ("### 11.5 The receiver", Role::Receiver),
    ] {
        let ours = State::ALL.iter().filter(|state| state.role() == role);
        let ours: Vec<&str> = ours.filter_map(|state| state.name()).collect();
        assert_eq!(ours, of_the_table(heading));
    }
}
