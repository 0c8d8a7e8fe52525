//! The facts of a test that plans, reports and lists need, whatever it judges.

use super::case::Case;

/// A test, as far as it is not run.
pub(crate) trait Test: Sync {
    /// The identifier, unique over all suites and stable for ever.
    fn id(&self) -> &str;
    /// The suite that the test counts in: one line of the report.
    fn suite(&self) -> &str;
    /// The level that the test belongs to; 0 for what is in no level.
    fn level(&self) -> u8;
    /// The subject of the test, in one line.
    fn title(&self) -> &str;
    /// The requirements that an implementation violates when it fails, the first one above all.
    fn clauses(&self) -> &[String];
    /// The needs, the questions and the right answers of the test, for people: names and lines.
    fn content(&self) -> Vec<(&'static str, String)>;
}

impl Test for &dyn Test {
    fn id(&self) -> &str {
        (**self).id()
    }

    fn suite(&self) -> &str {
        (**self).suite()
    }

    fn level(&self) -> u8 {
        (**self).level()
    }

    fn title(&self) -> &str {
        (**self).title()
    }

    fn clauses(&self) -> &[String] {
        (**self).clauses()
    }

    fn content(&self) -> Vec<(&'static str, String)> {
        (**self).content()
    }
}

impl Test for Box<dyn Case> {
    fn id(&self) -> &str {
        self.as_ref().id()
    }

    fn suite(&self) -> &str {
        self.as_ref().suite()
    }

    fn level(&self) -> u8 {
        self.as_ref().level()
    }

    fn title(&self) -> &str {
        self.as_ref().title()
    }

    fn clauses(&self) -> &[String] {
        self.as_ref().clauses()
    }

    fn content(&self) -> Vec<(&'static str, String)> {
        let case = self.as_ref();
        let mut content = vec![("needs", case.operations().join(", "))];
        for names in [case.injects(), case.roles()] {
            if !names.is_empty() {
                content.push(("", names.join(", ")));
            }
        }
        if case.runs() > 1 {
            content.push(("", format!("{} runs at once", case.runs())));
        }
        content.extend(case.content());
        content
    }
}
