//! The expected end of a live run.

/// The expected end of a run.
#[derive(Debug, Clone)]
pub(crate) struct Expect {
    /// The names of the requests in their order, repeats left out.
    pub(crate) requests: Vec<String>,
    pub(crate) outcome: String,
    pub(crate) reason: Option<String>,
    pub(crate) delivered: bool,
    /// Whether the peer's blob comes with the outcome.
    pub(crate) blob: bool,
    /// Whether the peer has the client's blob in the end, or its receipt.
    pub(crate) arrived: bool,
    /// The attempts of single requests.
    pub(crate) attempts: Vec<(&'static str, usize)>,
    /// Whether the distances of polls and repeats are judged.
    pub(crate) pace: bool,
    /// The least and the longest time of the run in seconds of the text.
    pub(crate) seconds: Option<(f64, f64)>,
}

impl Expect {
    /// The end of the run, in words.
    pub(crate) fn told(&self) -> Vec<String> {
        let mut told = vec![format!("these requests: {}", self.requests.join(", "))];
        for (request, count) in &self.attempts {
            told.push(format!("{count} attempts of {request}"));
        }
        let reason = self.reason.iter().map(|reason| format!(" ({reason})"));
        told.push(format!(
            "outcome {}{}",
            self.outcome,
            reason.collect::<String>()
        ));
        let yes = |is: bool| if is { "yes" } else { "no" };
        for (what, is) in [
            ("delivered", self.delivered),
            ("the peer's blob is handed over", self.blob),
            ("the peer has what is its own", self.arrived),
        ] {
            told.push(format!("{what}: {}", yes(is)));
        }
        if let Some((least, most)) = self.seconds {
            told.push(format!("after {least} to {most} s"));
        }
        told
    }
}
