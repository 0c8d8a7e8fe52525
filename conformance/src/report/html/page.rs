//! The frame of every page: its head, its navigation, and the policy that lets nothing else in.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

/// The look of all pages.
const STYLE: &str = include_str!("style.css");
/// The filter of the tests.
const SCRIPT: &str = include_str!("script.js");

/// One page of the report.
#[derive(Debug)]
pub(super) struct Page {
    /// The name of the file.
    pub(super) file: &'static str,
    /// The name in the navigation.
    pub(super) name: &'static str,
    /// The first heading.
    pub(super) heading: String,
    /// All below the first heading.
    pub(super) content: Markup,
}

impl Page {
    /// The page as a file, with links to all pages.
    pub(super) fn file_text(&self, pages: &[(&'static str, &'static str)]) -> String {
        let here = |file: &str| (file == self.file).then_some("page");
        let page = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta http-equiv="Content-Security-Policy" content=(policy());
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="referrer" content="no-referrer";
                    meta name="color-scheme" content="light dark";
                    title { (self.heading) }
                    style { (PreEscaped(STYLE)) }
                }
                body {
                    a.skip href="#main" { "Skip to the content" }
                    header {
                        nav aria-label="Pages of this report" {
                            ul {
                                @for (file, name) in pages {
                                    li {
                                        a href=(file) aria-current=[here(file)] { (name) }
                                    }
                                }
                            }
                        }
                    }
                    main #main tabindex="-1" {
                        h1 { (self.heading) }
                        (self.content)
                    }
                    footer {
                        "Made by the conformance suite of wormhole-sync, "
                        (env!("CARGO_PKG_VERSION")) ". The pages need no network."
                    }
                    script { (PreEscaped(SCRIPT)) }
                }
            }
        };
        without_optional_ends(&page.into_string())
    }
}

/// A page without end tags that a browser supplies. There are so many that they would be a tenth of
/// the report. Text cannot look like them, since its `<` is escaped.
fn without_optional_ends(page: &str) -> String {
    let shorter = page.replace("</dt><dd>", "<dd>");
    let shorter = shorter.replace("</dd><dt>", "<dt>");
    shorter
        .replace("</dd></dl>", "</dl>")
        .replace("></path>", "/>")
}

/// The policy of every page: its own style, its own script, and nothing else, wherever it comes
/// from.
fn policy() -> String {
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; \
         form-action 'none'",
        hash(STYLE),
        hash(SCRIPT)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_allows_its_own_parts_alone() {
        let page = Page {
            file: "a.html",
            name: "A",
            heading: "<A>".to_owned(),
            content: html! { p { "text" } },
        };
        let text = page.file_text(&[("a.html", "A"), ("b.html", "B")]);
        let between = |from: &str, to: &str| {
            let (_, rest) = text.split_once(from).unwrap();
            rest.split_once(to).unwrap().0.to_owned()
        };
        let hash = |text: String| STANDARD.encode(Sha256::digest(text.as_bytes()));
        let policy = between("Content-Security-Policy\" content=\"", "\"");
        let style = hash(between("<style>", "</style>"));
        let script = hash(between("<script>", "</script>"));
        assert_eq!(
            policy,
            format!(
                "default-src 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}'; \
                 base-uri 'none'; form-action 'none'"
            )
        );
        assert_eq!(between("<title>", "</title>"), "&lt;A&gt;");
        assert_eq!(text.matches("aria-current=\"page\"").count(), 1);
        assert!(!text.contains(" style="), "the policy forbids it");
    }

    #[test]
    fn only_ends_that_a_browser_supplies_are_left_out() {
        let page = "<dl><dt>a</dt><dd>b</dd><dt>c</dt><dd>&lt;/dd&gt;</dd></dl>";
        assert_eq!(
            without_optional_ends(page),
            "<dl><dt>a<dd>b<dt>c<dd>&lt;/dd&gt;</dl>"
        );
    }
}
