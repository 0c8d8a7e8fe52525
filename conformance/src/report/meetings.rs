//! The result of the meetings of clients as one value, as it is written and read again.

use std::borrow::Cow;
use std::io::{self, Write};

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};

/// All meetings, and their sum.
#[derive(Debug, Clone)]
pub(crate) struct InteropResult {
    /// The meetings in their order.
    pub(crate) meetings: Vec<MeetingResult>,
    /// The sum.
    pub(crate) end: InteropEnd,
}

/// One meeting of two clients over a relay.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct MeetingResult {
    /// The name of the relay.
    pub(crate) relay: String,
    /// The name of the client that began.
    pub(crate) initiator: String,
    /// The name of the other client.
    pub(crate) receiver: String,
    /// The name of the meeting.
    pub(crate) meeting: String,
    /// The requirements that it is about.
    pub(crate) clauses: Vec<String>,
    /// The word `passed` or `failed`.
    pub(crate) verdict: MeetingVerdict,
    /// The side that ended otherwise, if one alone did.
    pub(crate) side: Option<String>,
    /// The fault in words.
    pub(crate) what: Option<String>,
}

/// The verdict on a meeting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum MeetingVerdict {
    /// Both sides ended as the text says.
    Passed,
    /// A side did not.
    Failed,
}

/// The sum of all meetings.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct InteropEnd {
    /// Whether all meetings took place and passed.
    pub(crate) good: bool,
    /// The counts over all meetings.
    pub(crate) counts: MeetingCounts,
    /// The requirements that no meeting is about.
    pub(crate) not_judged: Vec<String>,
    /// The time of all of them.
    pub(crate) seconds: f64,
}

/// The number of meetings of each verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct MeetingCounts {
    pub(crate) planned: usize,
    pub(crate) passed: usize,
    pub(crate) failed: usize,
    pub(crate) skipped: usize,
    pub(crate) inconclusive: usize,
}

/// A line of the result as text.
#[derive(Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "lowercase")]
enum InteropLine<'a> {
    Meeting(Cow<'a, MeetingResult>),
    End(Cow<'a, InteropEnd>),
}

impl MeetingResult {
    /// Whether both sides ended as the text says.
    pub(crate) fn is_passed(&self) -> bool {
        self.verdict == MeetingVerdict::Passed
    }
}

impl InteropResult {
    /// Puts together the meetings that took place, of a number that was planned. `not_judged` are
    /// the requirements that none of them is about.
    pub(crate) fn new(
        planned: usize,
        meetings: Vec<MeetingResult>,
        not_judged: Vec<String>,
        seconds: f64,
    ) -> Self {
        let passed = meetings
            .iter()
            .filter(|meeting| meeting.is_passed())
            .count();
        let failed = meetings.len() - passed;
        let end = InteropEnd {
            good: failed == 0 && meetings.len() == planned,
            counts: MeetingCounts {
                planned,
                passed,
                failed,
                skipped: 0,
                inconclusive: 0,
            },
            not_judged,
            seconds,
        };
        Self { meetings, end }
    }

    /// Writes the lines.
    ///
    /// # Errors
    ///
    /// Those of the output.
    pub(crate) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let meetings = self.meetings.iter();
        let meetings = meetings.map(|meeting| InteropLine::Meeting(Cow::Borrowed(meeting)));
        let end = InteropLine::End(Cow::Borrowed(&self.end));
        for line in meetings.chain([end]) {
            writeln!(out, "{}", serde_json::to_string(&line)?)?;
        }
        Ok(())
    }

    /// Reads the lines of a result that was kept.
    ///
    /// # Errors
    ///
    /// A sentence about text that is no result, or one whose end is missing or does not add up.
    pub(crate) fn read(text: &str) -> anyhow::Result<Self> {
        let (mut meetings, mut end) = (Vec::new(), None);
        for (index, line) in text.lines().enumerate() {
            let number = index + 1;
            let line: InteropLine<'_> = serde_json::from_str(line)
                .with_context(|| format!("line {number} is no line of a result of interop"))?;
            match (line, &end) {
                (InteropLine::Meeting(found), None) => meetings.push(found.into_owned()),
                (InteropLine::End(found), None) => end = Some(found.into_owned()),
                _ => bail!("line {number} is at a wrong place"),
            }
        }
        let Some(end) = end else {
            bail!("the line of its end is missing: the run was cut off, or the file was");
        };
        let planned = end.counts.planned;
        let again = Self::new(planned, meetings, end.not_judged.clone(), end.seconds);
        if again.end.good != end.good || again.end.counts != end.counts {
            bail!("its end says something else than its meetings: lines are missing or changed");
        }
        Ok(again)
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::interop;
    use super::*;

    #[test]
    fn kept_meetings_come_back() {
        let mut text = Vec::new();
        interop().write(&mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        let mut again = Vec::new();
        InteropResult::read(&text)
            .unwrap()
            .write(&mut again)
            .unwrap();
        assert_eq!(text.as_bytes(), again);
        let fails = |text: &str| InteropResult::read(text).unwrap_err().to_string();
        assert!(fails("").contains("end is missing"));
        assert!(fails("{}").contains("line 1 is no line"));
        let (first, rest) = text.split_once('\n').unwrap();
        assert!(fails(rest).contains("missing or changed"));
        assert!(fails(&(text.clone() + first)).contains("wrong place"));
    }
}
