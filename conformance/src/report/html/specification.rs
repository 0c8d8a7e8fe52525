//! The page of the specification: its text, with the coverage of each requirement drawn into it.

use maud::{Markup, PreEscaped, html};
use pulldown_cmark::html::push_html;
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::facts::HtmlFacts;
use super::marks::{clause_link, count};
use super::requirement;
use super::standing::Standings;
use crate::spec::Spec;

/// The page's content.
pub(super) fn content(facts: &HtmlFacts<'_>, standings: &Standings<'_>) -> Markup {
    let text = Text::rendered(facts, standings);
    html! {
        p {
            "The text that this program judges by, with what this run says about each requirement. \
             Open the mark below one to see its tests and the planted faults of it."
        }
        (overview(facts.spec, standings))
        nav aria-label="Sections of the specification" {
            details {
                summary { "Sections" }
                ul {
                    @for (slug, heading) in &text.headings {
                        li { a href={ "#" (slug) } { (heading) } }
                    }
                }
            }
        }
        article.spec { (PreEscaped(text.html)) }
    }
}

/// All requirements, by their standing.
fn overview(spec: &Spec, standings: &Standings<'_>) -> Markup {
    let mut groups: Vec<(&str, &str, Vec<&str>)> = Vec::new();
    for (id, _) in spec.ids() {
        let standing = standings.of(id);
        let (class, word) = (standing.class(), standing.word());
        match groups.iter_mut().find(|(known, ..)| *known == class) {
            Some((.., ids)) => ids.push(id),
            None => groups.push((class, word, vec![id])),
        }
    }
    groups.sort_by_key(|(class, ..)| "feips".find(class));
    html! {
        section aria-labelledby="overview" {
            h2 #overview { "All requirements" }
            @for (class, word, ids) in &groups {
                details open[*class == "f"] {
                    summary { b class=(class) { (word) } ", " (count(ids.len(), "requirement")) }
                    p.ids {
                        @for (index, id) in ids.iter().enumerate() {
                            @if index > 0 { " " }
                            (clause_link(id, spec))
                        }
                    }
                }
            }
        }
    }
}

/// The text as HTML, and its headings.
struct Text {
    html: String,
    headings: Vec<(String, String)>,
}

/// The text while it is rendered.
struct Renderer<'a> {
    spec: &'a Spec,
    standings: &'a Standings<'a>,
    out: Vec<Event<'a>>,
    headings: Vec<(String, String)>,
    /// The requirement whose paragraph is open.
    requirement: Option<String>,
    /// Whether the links that are open lead to somewhere.
    links: Vec<bool>,
    is_in_head: bool,
    is_in_code: bool,
}

impl Text {
    fn rendered(facts: &HtmlFacts<'_>, standings: &Standings<'_>) -> Self {
        let events: Vec<Event<'_>> = Parser::new_ext(facts.text, Options::ENABLE_TABLES).collect();
        let mut renderer = Renderer {
            spec: facts.spec,
            standings,
            out: Vec::new(),
            headings: Vec::new(),
            requirement: None,
            links: Vec::new(),
            is_in_head: false,
            is_in_code: false,
        };
        for (at, event) in events.iter().enumerate() {
            let rest = events.get(at + 1..).unwrap_or_default();
            renderer.one(event, rest);
        }
        let mut html = String::new();
        push_html(&mut html, renderer.out.into_iter());
        Self {
            html,
            headings: renderer.headings,
        }
    }
}

impl<'a> Renderer<'a> {
    fn one(&mut self, event: &Event<'a>, rest: &[Event<'a>]) {
        match event {
            Event::Start(tag) => self.start(tag, rest),
            Event::End(tag) => self.end(*tag),
            Event::Text(text) if !self.is_in_code && self.links.is_empty() => self.text(text),
            // The text has no markup of its own; if it gets any, that is text.
            Event::Html(text) | Event::InlineHtml(text) => self.out.push(Event::Text(text.clone())),
            other => self.out.push(other.clone()),
        }
    }

    fn start(&mut self, tag: &Tag<'a>, rest: &[Event<'a>]) {
        match tag {
            Tag::Paragraph => {
                if let Some(id) = self.requirement_of(rest) {
                    let class = self.standings.of(&id).class();
                    self.raw(html! { (PreEscaped(format!("<div class=\"req {class}\" id=\"{id}\">"))) });
                    self.requirement = Some(id);
                }
                self.out.push(Event::Start(tag.clone()));
            }
            Tag::Heading { level, .. } => {
                let words = rest.iter().take_while(|event| !matches!(event, Event::End(TagEnd::Heading(_))));
                let words = words.filter_map(|event| match event {
                    Event::Text(text) | Event::Code(text) => Some(text.as_ref()),
                    _ => None,
                });
                let heading: String = words.collect();
                let slug = slug(&heading);
                self.raw(html! { (PreEscaped(format!("<{} id=\"{slug}\">", below(*level)))) });
                if *level == HeadingLevel::H2 {
                    self.headings.push((slug, heading));
                }
            }
            Tag::Link { dest_url, .. } => {
                // The files beside the text are not beside this page.
                let is_page = dest_url.starts_with("https://") || dest_url.starts_with('#');
                self.links.push(is_page);
                if is_page {
                    self.out.push(Event::Start(tag.clone()));
                }
            }
            Tag::CodeBlock(_) => {
                self.is_in_code = true;
                self.raw(html! { (PreEscaped("<pre tabindex=\"0\"><code>")) });
            }
            Tag::Table(_) => self.raw(html! {
                (PreEscaped("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Table\"><table>"))
            }),
            Tag::TableHead => {
                self.is_in_head = true;
                self.raw(html! { (PreEscaped("<thead><tr>")) });
            }
            Tag::TableRow => self.raw(html! { (PreEscaped("<tr>")) }),
            Tag::TableCell => {
                let is_empty = matches!(rest.first(), Some(Event::End(TagEnd::TableCell)));
                let cell = match self.is_in_head && !is_empty {
                    true => "<th scope=\"col\">",
                    false => "<td>",
                };
                self.raw(html! { (PreEscaped(cell)) });
            }
            other => self.out.push(Event::Start(other.clone())),
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph => {
                self.out.push(Event::End(tag));
                if let Some(id) = self.requirement.take() {
                    let mark = requirement::mark(&id, self.standings);
                    self.raw(html! { (mark) (PreEscaped("</div>")) });
                }
            }
            TagEnd::Heading(level) => {
                self.raw(html! { (PreEscaped(format!("</{}>\n", below(level)))) });
            }
            TagEnd::Link => {
                if self.links.pop() == Some(true) {
                    self.out.push(Event::End(tag));
                }
            }
            TagEnd::CodeBlock => {
                self.is_in_code = false;
                self.raw(html! { (PreEscaped("</code></pre>\n")) });
            }
            TagEnd::Table => self.raw(html! { (PreEscaped("</tbody></table></div>\n")) }),
            TagEnd::TableHead => {
                self.is_in_head = false;
                self.raw(html! { (PreEscaped("</tr></thead><tbody>\n")) });
            }
            TagEnd::TableRow => self.raw(html! { (PreEscaped("</tr>\n")) }),
            // A browser closes a cell where the next one begins.
            TagEnd::TableCell => {}
            other => self.out.push(Event::End(other)),
        }
    }

    /// Writes text, in which the identifiers of requirements are links to them.
    fn text(&mut self, text: &str) {
        let is_inside = |c: char| c.is_ascii_alphanumeric() || c == '-';
        let mut rest = text;
        while !rest.is_empty() {
            let end = rest.find(|c| !is_inside(c)).unwrap_or(rest.len());
            let (word, _) = rest.split_at(end);
            if self.requirement.as_deref() != Some(word) && self.spec.clause(word).is_some() {
                self.raw(html! { a href={ "#" (word) } { (word) } });
                rest = rest.get(end..).unwrap_or_default();
                continue;
            }
            let gap = rest.get(end..).unwrap_or_default();
            let next = gap.find(is_inside).map_or(rest.len(), |at| end + at);
            let (plain, behind) = rest.split_at(next);
            self.out.push(Event::Text(plain.to_owned().into()));
            rest = behind;
        }
    }

    /// The requirement that a paragraph is, by the events in it.
    fn requirement_of(&self, rest: &[Event<'_>]) -> Option<String> {
        match rest {
            [
                Event::Start(Tag::Strong),
                Event::Text(id),
                Event::End(TagEnd::Strong),
                ..,
            ] => self.spec.clause(id).map(|_| id.to_string()),
            _ => None,
        }
    }

    fn raw(&mut self, markup: Markup) {
        self.out.push(Event::Html(markup.into_string().into()));
    }
}

/// The element of a heading, one below the page's own.
fn below(level: HeadingLevel) -> &'static str {
    match level {
        HeadingLevel::H1 => "h2",
        HeadingLevel::H2 => "h3",
        HeadingLevel::H3 => "h4",
        HeadingLevel::H4 => "h5",
        HeadingLevel::H5 | HeadingLevel::H6 => "h6",
    }
}

/// A heading as an anchor: `10-2-life-and-end`.
fn slug(heading: &str) -> String {
    let words = heading.split(|c: char| !c.is_ascii_alphanumeric());
    let words = words.filter(|word| !word.is_empty());
    let words: Vec<String> = words.map(str::to_ascii_lowercase).collect();
    format!("s-{}", words.join("-"))
}
