//! A sentence of the specification as HTML.

use maud::{Markup, PreEscaped};
use pulldown_cmark::html::push_html;
use pulldown_cmark::{Event, Parser, Tag, TagEnd};

/// A sentence with its code and its emphasis, as it stands within a line.
pub(super) fn inline(text: &str) -> Markup {
    let events = Parser::new(text).filter_map(|event| match event {
        Event::Start(Tag::Paragraph | Tag::Link { .. })
        | Event::End(TagEnd::Paragraph | TagEnd::Link) => None,
        // The text has no markup of its own; if it gets any, that is text.
        Event::Html(text) | Event::InlineHtml(text) => Some(Event::Text(text)),
        other => Some(other),
    });
    let mut html = String::new();
    push_html(&mut html, events);
    PreEscaped(html)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_and_emphasis_are_kept_and_markup_is_text() {
        assert_eq!(
            inline("A *lost* `a < b`, [here](x.md) <b>&").into_string(),
            "A <em>lost</em> <code>a &lt; b</code>, here &lt;b&gt;&amp;"
        );
    }
}
