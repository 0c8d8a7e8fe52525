//! The program in one of its states, with the other side, and what happens then.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use super::expected::{Ends, OURS, THEIRS};
use super::states::{Role, State};
use crate::at_terminal::AtTerminal;
use crate::passage::{Hold, Passage};
use crate::program::{Relay, Running, program};

const PROGRAM: &str = env!("CARGO_BIN_EXE_wormhole-sync");

/// A shell that gives the program a named pipe as standard input.
const FROM_PIPE: [&str; 4] = ["sh", "-c", r#"exec "$0" "$@" <pipe"#, PROGRAM];

/// The room of the pipe that nobody reads, and a blob that it has no room for.
const ROOM: usize = 4_096;
const REPEATS: usize = 2_000;

/// The program in a state.
pub(super) struct Scene {
    state: State,
    pub(super) subject: AtTerminal,
    /// The code, when it is known.
    code: Option<String>,
    other: Option<Running>,
    /// The ways of both to the relay.
    passages: [Passage; 2],
    /// The pipe that is its standard input.
    pipe: Option<File>,
    is_given_up: bool,
    folder: TempDir,
    relay: Relay,
}

/// The requests at which the program and the other side are held.
fn holds(state: State) -> [Hold; 2] {
    use State as S;
    let (ours, theirs) = match state {
        S::ReadingInput
        | S::OpeningFile
        | S::TypingText
        | S::AskedAboutFile
        | S::WaitingForAnswer
        | S::Holding
        | S::TypingCode
        | S::TypingCodePlainly
        | S::ReadingCode
        | S::Opened
        | S::Taking => (Hold::Nothing, Hold::Nothing),
        S::Allocating => (Hold::Answer("POST channels"), Hold::Nothing),
        S::Finishing => (Hold::Answer("PUT finish"), Hold::Nothing),
        S::WaitingForReceipt => (Hold::Nothing, Hold::Request("PUT receipt")),
        S::InitiatorClosing | S::ReceiverClosing => (Hold::Answer("POST close"), Hold::Nothing),
        S::Claiming => (Hold::Answer("POST claim"), Hold::Nothing),
        S::Answering => (Hold::Request("PUT answer"), Hold::Nothing),
        S::Comparing | S::WaitingForFinish => (Hold::Nothing, Hold::Request("PUT finish")),
        S::SendingReceipt => (Hold::Answer("PUT receipt"), Hold::Nothing),
    };
    [ours, theirs]
}

/// The command whose run comes to the state.
fn command(state: State) -> Vec<&'static str> {
    use State as S;
    let prefix: &[&str] = match state {
        S::ReadingInput | S::ReadingCode => &FROM_PIPE,
        S::TypingCodePlainly => &["env", "TERM=dumb", PROGRAM],
        _ => &[PROGRAM],
    };
    let arguments: &[&str] = match state {
        S::ReadingInput | S::TypingText => &["send"],
        S::OpeningFile => &["send", "--file", "pipe"],
        // There is a file of this name.
        S::AskedAboutFile => &["send", OURS],
        S::Holding => &["send", "--verify", "--file", OURS],
        S::Allocating
        | S::WaitingForAnswer
        | S::Finishing
        | S::WaitingForReceipt
        | S::InitiatorClosing => &["send", "--file", OURS],
        S::TypingCode | S::TypingCodePlainly => &["receive", "--file", OURS],
        S::ReadingCode => &["receive", "-", "--file", OURS],
        S::Comparing | S::Opened => &["receive", "--verify", "--file", OURS],
        S::Claiming
        | S::Answering
        | S::WaitingForFinish
        | S::Taking
        | S::SendingReceipt
        | S::ReceiverClosing => &["receive", "--file", OURS],
    };
    [prefix, arguments].concat()
}

impl Scene {
    /// Brings the program into the state, with this signal ignored.
    pub(super) fn of(state: State, ignored: &str) -> Scene {
        let relay = Relay::start();
        let passages = holds(state).map(|hold| Passage::to(&relay.url, hold));
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(OURS), OURS).unwrap();
        let pipe = folder.path().join("pipe");
        let made = Command::new("mkfifo").arg(pipe).status();
        assert!(made.unwrap().success());

        let (mut code, mut other) = (None, None);
        if state.role() == Role::Receiver {
            let theirs = match state {
                State::Taking => THEIRS.repeat(REPEATS),
                _ => THEIRS.to_owned(),
            };
            let mut sender = Running::start(&mut program(&passages[1].url, &["send", &theirs]));
            code = Some(sender.line());
            other = Some(sender);
        }
        let mut words = command(state);
        // Those who are asked for the code, or read it, do not get it here.
        if let Some(code) = code.as_deref().filter(|_| state.is_of_the_exchange()) {
            let receive = words.iter().position(|word| *word == "receive").unwrap();
            words.insert(receive + 1, code);
        }
        let (url, folder_path) = (&passages[0].url, folder.path());
        let subject = match state {
            State::Taking => AtTerminal::with_room(ROOM, url, ignored, folder_path, &words),
            State::ReceiverClosing => {
                let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
                AtTerminal::into(full, url, ignored, folder_path, &words)
            }
            _ => AtTerminal::start(url, ignored, folder_path, &words),
        };
        drop(words);
        let mut scene = Scene {
            state,
            subject,
            code,
            other,
            passages,
            pipe: None,
            is_given_up: true,
            folder,
            relay,
        };
        scene.come_to_state();
        scene
    }

    /// Waits until the program is in its state.
    fn come_to_state(&mut self) {
        use State as S;
        let folder = self.folder.path().to_owned();
        match self.state {
            S::ReadingInput => {
                self.pipe = Some(open_pipe(&folder));
                let said = "reading the blob from standard input";
                self.subject.screen.wait_for(said);
            }
            S::OpeningFile => self.subject.screen.wait_for("reading the blob from pipe"),
            S::TypingText => self.subject.screen.wait_for("Type the text"),
            S::AskedAboutFile => self.subject.screen.wait_for("[y/n] "),
            S::Allocating | S::Claiming | S::Answering | S::SendingReceipt | S::ReceiverClosing => {
                self.passages[0].wait_until_held();
            }
            S::WaitingForAnswer => {
                self.code = Some(self.subject.line());
                self.passages[0].wait_for("GET answer");
            }
            S::Holding => {
                self.meet();
                self.subject.screen.wait_for("[y/n] ");
            }
            S::Finishing | S::InitiatorClosing => {
                self.meet();
                self.passages[0].wait_until_held();
            }
            S::WaitingForReceipt => {
                self.meet();
                self.passages[1].wait_until_held();
                self.passages[0].wait_for("GET receipt");
            }
            S::TypingCode | S::TypingCodePlainly => self.subject.screen.wait_for("Code: "),
            S::ReadingCode => {
                self.pipe = Some(open_pipe(&folder));
                let said = "reading the code from standard input";
                self.subject.screen.wait_for(said);
            }
            S::Comparing => {
                self.passages[1].wait_until_held();
                self.subject.screen.wait_for("[y/n] ");
            }
            S::Opened => {
                self.subject.screen.wait_for("[y/n] ");
                self.passages[0].wait_for("GET finish 200");
            }
            S::WaitingForFinish => {
                self.passages[1].wait_until_held();
                self.passages[0].wait_for("GET finish");
            }
            S::Taking => self.subject.wait_until_full(ROOM),
        }
    }

    /// Starts the receiver of a code that the program shows.
    fn meet(&mut self) {
        let code = self.subject.line();
        let receive = ["receive", &code, THEIRS];
        self.other = Some(Running::start(&mut program(
            &self.passages[1].url,
            &receive,
        )));
        self.code = Some(code);
    }

    /// Does what the program waits for.
    pub(super) fn go_on(mut self) -> Scene {
        use State as S;
        self.is_given_up = false;
        match self.state {
            S::ReadingInput => self
                .pipe
                .take()
                .unwrap()
                .write_all(OURS.as_bytes())
                .unwrap(),
            S::OpeningFile => {
                open_pipe(self.folder.path())
                    .write_all(OURS.as_bytes())
                    .unwrap();
            }
            // Enter, and Ctrl-D.
            S::TypingText => self.subject.screen.types(&format!("{OURS}\n\x04")),
            S::AskedAboutFile => self.subject.screen.types("n\n"),
            S::Holding | S::Comparing | S::Opened => self.subject.screen.types("y\n"),
            S::TypingCode | S::TypingCodePlainly => {
                let code = self.code.as_deref().unwrap();
                self.subject.screen.types(&format!("{code}\n"));
            }
            S::ReadingCode => {
                let line = format!("{}\n", self.code.as_deref().unwrap());
                let mut pipe = self.pipe.take().unwrap();
                pipe.write_all(line.as_bytes()).unwrap();
            }
            // The test reads the pipe at the end.
            S::Taking => {}
            S::Allocating
            | S::WaitingForAnswer
            | S::Finishing
            | S::WaitingForReceipt
            | S::InitiatorClosing
            | S::Claiming
            | S::Answering
            | S::WaitingForFinish
            | S::SendingReceipt
            | S::ReceiverClosing => {}
        }
        for passage in &self.passages {
            passage.release();
        }
        match (&self.code, &self.other) {
            (None, _) => self.meet(),
            (Some(code), None) => {
                let receive = ["receive", code, THEIRS];
                let url = &self.passages[1].url;
                self.other = Some(Running::start(&mut program(url, &receive)));
            }
            (Some(_), Some(_)) => {}
        }
        self
    }

    /// The ends of both sides, and what the terminal has shown.
    pub(super) fn end(self) -> (Ends, String) {
        let Scene {
            state,
            subject,
            code,
            other,
            passages,
            pipe,
            is_given_up,
            folder,
            relay,
        } = self;
        if is_given_up && state == State::Taking {
            // A reader makes room, and the blob would be taken after all.
            passages[0].wait_for("POST close");
        }
        let (own, output, shown) = subject.end();
        let is_before = !state.is_of_the_exchange();
        assert!(
            !is_given_up || !is_before || passages[0].is_unused(),
            "{state:?}"
        );
        passages[1].release();
        drop(pipe);
        let other = match (other, &code) {
            // A receiver that never was there leaves the code good for another.
            (Some(sender), Some(code)) if is_given_up && is_before => {
                let another = relay.receive(&[code]);
                assert_eq!(another.stdout, THEIRS.as_bytes(), "{}", another.stderr);
                Some(sender.end())
            }
            (Some(other), _) => Some(other.end()),
            (None, Some(code)) => Some(relay.receive(&[code, THEIRS])),
            (None, None) => None,
        };
        let got = other.as_ref().map_or(&[][..], |other| &other.stdout);
        let leftovers = fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(leftovers, 2, "{state:?} leaves a file");
        let ends = Ends {
            own,
            other: other.as_ref().map(|other| other.status),
            blobs: [blob(state, &output, is_given_up), one_of(got)],
            closes: passages[0].closes(),
            is_given_up,
        };
        let heard = other.map_or(String::new(), |other| other.stderr);
        (ends, format!("{shown}\nThe other side: {heard}"))
    }
}

/// The blob that came to the program.
fn blob(state: State, output: &[u8], is_given_up: bool) -> &'static str {
    match state {
        State::Taking => {
            let whole = THEIRS.repeat(REPEATS);
            assert!(whole.as_bytes().starts_with(output));
            // Of a blob that was given up, the reader may get any part.
            match is_given_up {
                true => "",
                false if output.len() == whole.len() => THEIRS,
                false => "",
            }
        }
        _ => one_of(output),
    }
}

fn one_of(output: &[u8]) -> &'static str {
    match output {
        b"" => "",
        blob if blob == OURS.as_bytes() => OURS,
        blob if blob == THEIRS.as_bytes() => THEIRS,
        other => panic!("neither blob: {}", String::from_utf8_lossy(other)),
    }
}

/// Opens the named pipe for writing, when somebody reads it.
fn open_pipe(folder: &Path) -> File {
    let path = folder.join("pipe");
    OpenOptions::new().write(true).open(path).unwrap()
}
