//! Every state in which the program can wait, and everything that can come over it from outside:
//! signals, handled and ignored, and a terminal that is closed.

mod expected;
mod scene;
mod states;

use expected::{Ends, given_up, gone_on};
use scene::Scene;
use states::State;

/// Something that comes over the program from outside.
#[derive(Clone, Copy, Debug)]
enum Blow {
    Signal(&'static str),
    /// A signal that was ignored when the program started.
    Ignored(&'static str),
    TerminalClosed,
    /// The terminal is closed, and the signal that tells so was ignored (`nohup`).
    TerminalClosedUnheard,
}

impl Blow {
    /// The signal that is ignored at the start of the program.
    fn ignored(self) -> &'static str {
        match self {
            Blow::Signal(_) | Blow::TerminalClosed => "",
            Blow::Ignored(signal) => signal,
            Blow::TerminalClosedUnheard => "HUP",
        }
    }

    fn expected(self, state: State) -> Ends {
        match self {
            Blow::Signal(_) | Blow::TerminalClosed => given_up(state),
            Blow::Ignored(_) => gone_on(state),
            Blow::TerminalClosedUnheard if state.needs_terminal() => given_up(state),
            Blow::TerminalClosedUnheard => gone_on(state),
        }
    }
}

fn comes_over_every_state(blow: Blow) {
    for &state in State::ALL {
        let mut scene = Scene::of(state, blow.ignored());
        match blow {
            Blow::Signal(signal) | Blow::Ignored(signal) => scene.subject.signal(signal),
            Blow::TerminalClosed | Blow::TerminalClosedUnheard => scene.subject.screen.close(),
        }
        let expected = blow.expected(state);
        let (found, shown) = match expected.is_given_up {
            true => scene.end(),
            false => scene.go_on().end(),
        };
        assert_eq!(found, expected, "{blow:?} in {state:?}: {shown}");
    }
}

#[test]
fn ctrl_c() {
    comes_over_every_state(Blow::Signal("INT"));
}

#[test]
fn sigterm() {
    comes_over_every_state(Blow::Signal("TERM"));
}

#[test]
fn sighup() {
    comes_over_every_state(Blow::Signal("HUP"));
}

#[test]
fn an_ignored_ctrl_c() {
    comes_over_every_state(Blow::Ignored("INT"));
}

#[test]
fn an_ignored_sigterm() {
    comes_over_every_state(Blow::Ignored("TERM"));
}

#[test]
fn an_ignored_sighup() {
    comes_over_every_state(Blow::Ignored("HUP"));
}

#[test]
fn a_closed_terminal() {
    comes_over_every_state(Blow::TerminalClosed);
}

#[test]
fn a_closed_terminal_under_nohup() {
    comes_over_every_state(Blow::TerminalClosedUnheard);
}
