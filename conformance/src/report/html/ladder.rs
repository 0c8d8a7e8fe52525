//! The ladder as a picture: two lifelines, requests and answers as arrows, faults marked.
//!
//! A result keeps the ladder as lines of text, as people read it on a terminal. The picture is
//! drawn from these lines, and lines that are none of a ladder stay text.

use maud::{Markup, html};

use super::super::wrap::wrap;
use crate::suites::vectors::printable;

/// The exchange between a client and the relay.
#[derive(Debug, PartialEq)]
pub(super) struct Ladder {
    client: String,
    steps: Vec<LadderStep>,
    end: Option<String>,
}

/// An arrow.
#[derive(Debug, PartialEq)]
enum LadderStep {
    Request(String),
    Answer(String),
    /// An answer with something wrong.
    WrongAnswer(String),
    /// No whole answer came, or the request was none that may come.
    Fault(String),
}

/// The lines before a ladder, the ladder, and the lines behind it.
pub(super) struct SplitLines<'a> {
    pub(super) before: &'a [String],
    pub(super) ladder: Option<Ladder>,
    pub(super) after: &'a [String],
}

/// Finds the ladder in the lines of a failure or of a test's content.
pub(super) fn find(lines: &[String]) -> SplitLines<'_> {
    let head = lines.iter().position(|line| client_of(line).is_some());
    let Some((head, client)) = head.and_then(|at| Some((at, client_of(lines.get(at)?)?))) else {
        return SplitLines {
            before: lines,
            ladder: None,
            after: &[],
        };
    };
    let (before, rest) = lines.split_at(head);
    let mut ladder = Ladder {
        client: client.to_owned(),
        steps: Vec::new(),
        end: None,
    };
    let mut used = 1;
    for line in rest.iter().skip(1) {
        if let Some(text) = line.strip_prefix("    |  ") {
            ladder.steps.extend(steps(text));
        } else if let Some(text) = line.strip_prefix("    *  ") {
            ladder.end = Some(text.to_owned());
        } else {
            break;
        }
        used += 1;
    }
    SplitLines {
        before,
        ladder: Some(ladder),
        after: rest.split_at(used).1,
    }
}

/// The client of a ladder's first line.
fn client_of(line: &str) -> Option<&str> {
    let (client, relay) = line.strip_prefix("  ")?.split_once(' ')?;
    (relay.trim() == "relay" && matches!(client, "initiator" | "receiver")).then_some(client)
}

/// The arrows of a line.
fn steps(text: &str) -> Vec<LadderStep> {
    if let Some(reply) = text.strip_prefix("<-") {
        return vec![answer(reply.trim_start_matches('-'))];
    }
    if let Some(request) = text.strip_suffix("------->  |") {
        return vec![LadderStep::Request(request.trim().to_owned())];
    }
    match text.rsplit_once(" ---> ") {
        Some((request, reply)) => vec![LadderStep::Request(request.to_owned()), answer(reply)],
        None => vec![LadderStep::Request(text.trim().to_owned())],
    }
}

/// An answer: one that begins with its status is whole, and a remark behind it says what is wrong.
fn answer(text: &str) -> LadderStep {
    let text = text.trim();
    let is_status = text.len() >= 3 && text.bytes().take(3).all(|byte| byte.is_ascii_digit());
    match (is_status, text.contains('(')) {
        (true, false) => LadderStep::Answer(text.to_owned()),
        (true, true) => LadderStep::WrongAnswer(text.to_owned()),
        (false, _) if text.is_empty() => LadderStep::Fault("no answer".to_owned()),
        (false, _) => LadderStep::Fault(text.to_owned()),
    }
}

/// The characters of a label's line.
const LABEL: usize = 44;
/// The height of a label's line.
const LINE: usize = 15;
/// The places of the client's and the relay's line; the style has those of the labels.
const LEFT: usize = 20;
const RIGHT: usize = 340;
/// The width of the picture.
const WIDTH: usize = 360;

impl Ladder {
    /// The picture. Its labels say in their order all that is drawn, for those who do not see it.
    pub(super) fn picture(&self) -> Markup {
        let mut drawing = Drawing {
            y: 28,
            ..Drawing::default()
        };
        for step in &self.steps {
            drawing.step(step);
        }
        let foot = drawing.y + 6;
        drawing.arrows = format!("M{LEFT} 20V{foot}M{RIGHT} 20V{foot}{}", drawing.arrows);
        if let Some(end) = &self.end {
            let from = LEFT - 6;
            drawing.arrows += &format!("M{from} {foot}h12");
            drawing.y = foot + 3;
            drawing.label(false, "\u{25cf}", end);
        }
        let height = drawing.y + 4;
        html! {
            svg.ladder viewBox={ "0 0 " (WIDTH) " " (height) } role="group" aria-label="ladder" {
                path d=(drawing.arrows) {}
                @if !drawing.faults.is_empty() { path.x d=(drawing.faults) {} }
                text y="13" { (self.client) }
                text.a y="13" { "relay" }
                @for label in &drawing.labels {
                    text class=[label.is_fault.then_some("x")] y=(label.y) { (label.text) }
                }
            }
        }
    }
}

/// A line of text in the picture.
struct Label {
    is_fault: bool,
    y: usize,
    text: String,
}

/// The picture while it is drawn from the top. All arrows of a kind are one path.
#[derive(Default)]
struct Drawing {
    y: usize,
    arrows: String,
    faults: String,
    labels: Vec<Label>,
}

impl Drawing {
    fn step(&mut self, step: &LadderStep) {
        let length = RIGHT - LEFT;
        match step {
            LadderStep::Request(text) => {
                self.label(false, "\u{2192}", text);
                self.arrows += &format!("M{LEFT} {}h{length}m-7-4 7 4-7 4", self.y);
            }
            LadderStep::Answer(text) => {
                self.label(false, "\u{2190}", text);
                self.arrows += &format!("M{RIGHT} {}h-{length}m7-4-7 4 7 4", self.y);
            }
            LadderStep::WrongAnswer(text) => {
                self.label(true, "\u{2190}", text);
                self.faults += &format!("M{RIGHT} {}h-{length}m7-4-7 4 7 4", self.y);
            }
            LadderStep::Fault(text) => {
                self.label(true, "\u{2717}", text);
                // The arrow ends in a cross.
                let half = length / 2;
                self.faults += &format!("M{RIGHT} {}h-{half}m5-5-10 10m0-10 10 10", self.y);
            }
        }
        self.y += 8;
    }

    /// Writes a label with its mark, and leaves the place below it.
    fn label(&mut self, is_fault: bool, mark: &str, text: &str) {
        for line in broken(&format!("{mark} {}", printable(text))) {
            self.y += LINE;
            self.labels.push(Label {
                is_fault,
                y: self.y - 5,
                text: line,
            });
        }
    }
}

/// The lines of a label; a word that is too long is broken.
fn broken(text: &str) -> Vec<String> {
    let lines = wrap(text, LABEL).into_iter().flat_map(|line| {
        let characters: Vec<char> = line.chars().collect();
        let parts = characters.chunks(LABEL).map(|part| part.iter().collect());
        parts.collect::<Vec<String>>()
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }

    const REPLAYED: &str = "a remark
  initiator                   relay
    |  allocate     ------->  |
    |  <----------------  201
    |  get answer (wait=25) (again and again)  ------->  |
    |  <---------------------  no answer; meanwhile the user cancels
    *  cancelled
another";

    #[test]
    fn a_replayed_exchange_is_drawn() {
        let lines = lines(REPLAYED);
        let found = find(&lines);
        assert_eq!((found.before.len(), found.after.len()), (1, 1));
        let ladder = found.ladder.unwrap();
        assert_eq!(ladder.client, "initiator");
        assert_eq!(ladder.end.as_deref(), Some("cancelled"));
        let fault = "no answer; meanwhile the user cancels";
        assert_eq!(
            ladder.steps,
            [
                LadderStep::Request("allocate".to_owned()),
                LadderStep::Answer("201".to_owned()),
                LadderStep::Request("get answer (wait=25) (again and again)".to_owned()),
                LadderStep::Fault(fault.to_owned()),
            ]
        );
        insta::assert_snapshot!(ladder.picture().into_string());
    }

    #[test]
    fn a_live_exchange_is_drawn() {
        let lines = lines(
            "  receiver       relay\n    |  claim ---> 200\n    |  get finish --->  (given up)\n",
        );
        let steps = find(&lines).ladder.unwrap().steps;
        assert_eq!(steps[1], LadderStep::Answer("200".to_owned()));
        assert_eq!(steps[3], LadderStep::Fault("(given up)".to_owned()));
    }

    #[test]
    fn other_lines_stay_text() {
        let lines = lines("client  relay\n  |--->|");
        let found = find(&lines);
        assert!(found.ladder.is_none());
        assert_eq!(found.before.len(), 2);
    }

    /// The client's text is in the ladder, and stays text.
    #[test]
    fn a_request_is_no_markup() {
        let text = format!("<script>{}", "x".repeat(100));
        let lines = lines(
            &(format!("  receiver       relay\n    |  {text} ---> not expected\n    *  </svg>")),
        );
        let drawn = find(&lines).ladder.unwrap().picture().into_string();
        assert!(!drawn.contains("<script>"), "{drawn}");
        assert_eq!(drawn.matches("</svg>").count(), 1, "{drawn}");
    }
}
