//! The lines of the output, and the count of those that passed and failed.

use std::process::ExitCode;

/// The counts of checks so far.
#[derive(Default)]
pub(crate) struct Report {
    passed: usize,
    failed: usize,
}

impl Report {
    /// Prints the line of one check, and counts it.
    pub(crate) fn line(&mut self, is_good: bool, text: &str) {
        if is_good {
            self.passed += 1;
            println!("ok    {text}");
        } else {
            self.failed += 1;
            println!("FAIL  {text}");
        }
    }

    /// Prints a line that explains the one before.
    pub(crate) fn more(&self, text: &str) {
        println!("      {text}");
    }

    pub(crate) fn end(self) -> ExitCode {
        println!("{} passed, {} failed", self.passed, self.failed);
        if self.failed == 0 && self.passed > 0 {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }
}
