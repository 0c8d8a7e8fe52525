//! The report for a browser, opened in one: without errors, by keyboard, on a phone, in both colour
//! schemes, on paper, and without its script.
#![cfg(unix)]

mod chromium;

use std::path::Path;
use std::process::Command;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use chromium::Browser;

/// The pages of a report.
const PAGES: [&str; 4] = ["index", "tests", "spec", "interop"];

/// A report of a kept result: of a client that does much wrong, and says what would be markup.
struct Report {
    folder: tempfile::TempDir,
}

impl Report {
    fn make() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser");
        let output = Command::new(env!("CARGO_BIN_EXE_conformance"))
            .arg("report")
            .arg(kept.join("result.json"))
            .arg("--interop")
            .arg(kept.join("interop.json"))
            .arg("--html")
            .arg(folder.path())
            .output()
            .expect("the program of this crate starts");
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{error}");
        assert!(error.contains("index.html"), "{error}");
        Self { folder }
    }

    fn url(&self, page: &str) -> String {
        let (page, fragment) = page.split_once('#').unwrap_or((page, ""));
        let path = self.folder.path().join(format!("{page}.html"));
        format!("file://{}#{fragment}", path.display())
    }
}

/// The contrast of all text against what it stands on; the least, and where that is.
const CONTRAST: &str = r"(() => {
    const parts = (color) => color.match(/[\d.]+/g).map(Number);
    const light = (color) => {
        const [r, g, b] = parts(color).map((part) => part / 255)
            .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const back = (element) => {
        for (let at = element; at; at = at.parentElement) {
            const color = getComputedStyle(at).backgroundColor;
            if (parts(color)[3] !== 0) return color;
        }
        return 'rgb(255, 255, 255)';
    };
    let least = [99, ''];
    for (const element of document.querySelectorAll('body *')) {
        const words = [...element.childNodes].some((it) => it.nodeType === 3 && it.data.trim());
        if (!words || !element.checkVisibility()) continue;
        const style = getComputedStyle(element);
        const color = element.closest('svg') ? style.fill : style.color;
        const [one, other] = [light(color), light(back(element))];
        const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
        if (ratio < least[0]) least = [ratio, element.outerHTML.slice(0, 200)];
    }
    return least;
})()";

/// The faults of a page's outline, which its readers with a screen reader go by.
const OUTLINE: &str = r"(() => {
    const faults = [];
    const all = (selector) => [...document.querySelectorAll(selector)];
    const want = (is, what) => is || faults.push(what);
    want(document.documentElement.lang === 'en', 'no language');
    want(document.title && document.title === document.querySelector('h1').textContent, 'title');
    for (const one of ['h1', 'main', 'header', 'footer']) {
        want(all(one).length === 1, `not one ${one}`);
    }
    let level = 0;
    for (const heading of all('h1, h2, h3, h4, h5, h6')) {
        const next = Number(heading.tagName[1]);
        want(next <= level + 1, `${heading.textContent} skips a level`);
        level = next;
    }
    const ids = all('[id]').map((one) => one.id);
    want(new Set(ids).size === ids.length, 'an id comes twice');
    for (const one of all('[aria-labelledby]')) {
        want(document.getElementById(one.getAttribute('aria-labelledby')), 'a label is missing');
    }
    for (const one of all('input, select')) want(one.labels.length === 1, 'a field has no label');
    for (const one of all('th')) want(one.scope, `${one.textContent} has no scope`);
    for (const one of all('nav')) want(one.ariaLabel, 'a nav has no name');
    for (const one of all('script, link, img, iframe, object, form[action]')) {
        want(one.tagName === 'SCRIPT' && !one.src, one.outerHTML.slice(0, 100));
    }
    want(all('script').length === 1, 'scripts');
    return faults;
})()";

/// Opens all that a page hides.
const OPEN_ALL: &str = "document.querySelectorAll('details').forEach((it) => { it.open = true; })";

#[test]
fn every_page_is_in_order_on_every_screen() {
    let report = Report::make();
    let mut browser = Browser::start();
    for page in PAGES {
        browser.open(&report.url(page));
        assert_eq!(browser.value(OUTLINE), json!([]), "{page}");
        assert_eq!(browser.complaints(), Vec::<Value>::new(), "{page}");
        // The style is there, or the policy would have refused it.
        let display = "getComputedStyle(document.querySelector('header ul')).display";
        assert_eq!(browser.value(display), "flex", "{page}");
        browser.value(OPEN_ALL);
        for (width, height) in [(1280, 900), (390, 844), (320, 640)] {
            browser.resize(width, height);
            let wide = "document.documentElement.scrollWidth";
            let wide = browser.value(wide).as_u64().expect("a number");
            assert!(wide <= u64::from(width), "{page}: {wide} in {width}");
        }
        for scheme in ["light", "dark"] {
            browser.prefer(scheme);
            let back = "getComputedStyle(document.body).backgroundColor";
            let back = browser.value(back);
            assert_eq!(back == "rgb(255, 255, 255)", scheme == "light", "{back}");
            let contrast = browser.value(CONTRAST);
            let least = contrast[0].as_f64().expect("a number");
            assert!((4.5..99.0).contains(&least), "{page}, {scheme}: {contrast}");
        }
        browser.prefer("light");
        let printed = browser.ask("Page.printToPDF", json!({}));
        let printed = STANDARD.decode(printed["data"].as_str().expect("text"));
        let printed = printed.expect("base64");
        assert!(
            printed.starts_with(b"%PDF-") && printed.len() > 10_000,
            "{page}"
        );
    }
}

/// The number of tests that are shown, as the page says and as it is.
fn shown(browser: &mut Browser) -> (String, u64) {
    // The filter waits for a pause in the typing.
    browser.value("new Promise((done) => setTimeout(done, 300))");
    let said = browser.value("document.getElementById('shown').textContent");
    let seen = "[...document.querySelectorAll('.suite > details')]
        .filter((it) => it.checkVisibility()).length";
    let seen = browser.value(seen).as_u64().expect("a number");
    (said.as_str().expect("text").to_owned(), seen)
}

#[test]
fn the_filter_works_by_keyboard_and_by_link() {
    let report = Report::make();
    let mut browser = Browser::start();
    browser.open(&report.url("tests"));
    let (_, all) = shown(&mut browser);
    assert!(all > 20, "{all}");
    browser.press("/", 191, "/");
    assert_eq!(browser.value("document.activeElement.id"), "text");
    browser.ask("Input.insertText", json!({"text": "SPAKE2 PAKE-2"}));
    let (said, seen) = shown(&mut browser);
    assert!(seen > 0 && seen < all, "{seen}");
    assert_eq!(said, format!("{seen} of {all} tests"));
    assert_eq!(browser.value("location.hash"), "#text=SPAKE2+PAKE-2");
    // The button that shows all is the fourth field.
    for _ in 0..3 {
        browser.press("Tab", 9, "");
    }
    browser.press("Enter", 13, "\r");
    assert_eq!(shown(&mut browser), (format!("{all} tests"), all));
    browser.open(&report.url("tests#verdict=f&suite=replay"));
    let (_, seen) = shown(&mut browser);
    let names = "[...document.querySelectorAll('.suite > details')]
        .filter((it) => it.checkVisibility())
        .every((it) => it.querySelector('b').textContent === 'failed'
            && it.parentElement.dataset.suite === 'replay')";
    assert!(seen > 0 && seen < all, "{seen}");
    assert_eq!(browser.value(names), true);
    // A link to a test that is filtered out shows it.
    browser.value("location.hash = '#t-code-canonical'");
    assert_eq!(shown(&mut browser).1, all);
    let is_open = "document.getElementById('t-code-canonical').checkVisibility()";
    assert_eq!(browser.value(is_open), true);
    assert_eq!(browser.complaints(), Vec::<Value>::new());
}

#[test]
fn the_first_key_leads_past_the_navigation() {
    let report = Report::make();
    let mut browser = Browser::start();
    browser.open(&report.url("index"));
    browser.press("Tab", 9, "");
    assert_eq!(browser.value("document.activeElement.className"), "skip");
    let left = "document.activeElement.getBoundingClientRect().left >= 0";
    assert_eq!(browser.value(left), true);
    browser.press("Enter", 13, "\r");
    assert_eq!(browser.value("document.activeElement.id"), "main");
}

#[test]
fn all_is_there_without_the_script() {
    let report = Report::make();
    let mut browser = Browser::start();
    let off = json!({"value": true});
    browser.ask("Emulation.setScriptExecutionDisabled", off);
    browser.open(&report.url("tests#t-code-canonical"));
    let is_open = "document.getElementById('t-code-canonical').checkVisibility()";
    assert_eq!(browser.value(is_open), true, "a link opens its test");
    let hidden = "document.querySelectorAll('.suite [hidden]').length";
    assert_eq!(browser.value(hidden), 0);
    let form = "document.getElementById('filter').checkVisibility()";
    assert_eq!(browser.value(form), false, "a filter that does nothing");
    let words = browser.value("document.querySelector('main').textContent");
    let words = words.as_str().expect("text");
    // What the client says is text, and is all there.
    assert!(words.contains("<script>document.title"), "{words}");
    // So are the ladders.
    assert!(words.contains("\u{2717} not expected"), "{words}");
}
