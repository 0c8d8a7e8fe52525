//! The outcomes that a program tells by its exit status.

use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

use anyhow::{Context, bail};
use wormhole_sync::protocol::Outcome;

/// The outcome of every status that is not named.
pub(crate) const FAILED: &str = "failed";

/// The exit status of each outcome that a program tells apart; 0 is `done` unless it is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ExitStatuses(Vec<(String, u8)>);

impl ExitStatuses {
    /// The outcome of a status.
    pub(super) fn outcome(&self, status: u8) -> &str {
        let named = self.0.iter().find(|(_, its)| *its == status);
        named.map_or(FAILED, |(outcome, _)| outcome)
    }

    /// The outcomes that the program tells apart.
    pub(super) fn outcomes(&self) -> Vec<String> {
        self.0.iter().map(|(outcome, _)| outcome.clone()).collect()
    }
}

impl Default for ExitStatuses {
    fn default() -> Self {
        Self(vec![("done".to_owned(), 0)])
    }
}

impl Display for ExitStatuses {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let pairs = self
            .0
            .iter()
            .map(|(outcome, status)| format!("{outcome}={status}"));
        formatter.write_str(&pairs.collect::<Vec<_>>().join(","))
    }
}

impl FromStr for ExitStatuses {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        let mut statuses: Vec<(String, u8)> = Vec::new();
        for pair in text.split(',') {
            let (outcome, status) = pair
                .split_once('=')
                .with_context(|| format!("{pair:?} is not OUTCOME=STATUS"))?;
            if !Outcome::ALL.iter().any(|known| known.token() == outcome) {
                let known = Outcome::ALL.map(Outcome::token).join(", ");
                bail!("{outcome:?} is no outcome of section 12, which are: {known}");
            }
            let status: u8 = status
                .parse()
                .with_context(|| format!("{status:?} is no status from 0 to 255"))?;
            if let Some((other, _)) = statuses.iter().find(|(_, its)| *its == status) {
                bail!("the status {status} cannot mean {other} and {outcome}");
            }
            statuses.push((outcome.to_owned(), status));
        }
        if !statuses.iter().any(|(outcome, _)| outcome == "done") {
            if let Some((other, _)) = statuses.iter().find(|(_, its)| *its == 0) {
                bail!("the status 0 is {other}, and none is done");
            }
            statuses.insert(0, ("done".to_owned(), 0));
        }
        Ok(Self(statuses))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_mean_the_outcomes_that_were_named() {
        let read = |text: &str| text.parse::<ExitStatuses>();
        let both = read("wrong-code=18,done=3").unwrap();
        assert_eq!(both.outcome(3), "done");
        assert_eq!(both.outcome(18), "wrong-code");
        assert_eq!(both.outcome(0), FAILED);
        assert_eq!(both.to_string().parse::<ExitStatuses>().unwrap(), both);
        assert_eq!(read("crowded=4,crowded=5").unwrap().outcome(0), "done");
        let fails = |text: &str| read(text).unwrap_err().to_string();
        assert!(fails("").contains("is not OUTCOME=STATUS"));
        assert!(fails("dome=0").contains("which are: done, "));
        assert!(fails("done=256").contains("is no status"));
        assert!(fails("done=1,closed=1").contains("cannot mean done and closed"));
        assert!(fails("closed=0").contains("none is done"));
    }
}
