//! Lines, and how many of them are good.

use std::process::ExitCode;

#[derive(Default)]
pub(crate) struct Report {
    passed: usize,
    failed: usize,
}

impl Report {
    /// One check.
    pub(crate) fn line(&mut self, is_good: bool, text: &str) {
        if is_good {
            self.passed += 1;
            println!("ok    {text}");
        } else {
            self.failed += 1;
            println!("FAIL  {text}");
        }
    }

    /// What explains the line before.
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
