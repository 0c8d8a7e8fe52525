"use strict";
// The filter of the page of all tests. Without it every test is there as well.
const form = document.getElementById("filter");
if (form) {
  const text = document.getElementById("text");
  const suite = document.getElementById("suite");
  const verdict = document.getElementById("verdict");
  const shown = document.getElementById("shown");
  const sections = [...document.querySelectorAll("section.suite")].map((section) => ({
    section,
    suite: section.dataset.suite,
    tests: [...section.querySelectorAll(":scope > details")].map((test) => ({
      test,
      verdict: test.querySelector("summary > b").className,
      words: "",
    })),
  }));
  const all = sections.reduce((sum, { tests }) => sum + tests.length, 0);

  // A requirement such as `code-1` is not found in `code-10`.
  const finder = (word) => {
    if (!/^[a-z]+-\d+$/.test(word)) return (text) => text.includes(word);
    const whole = new RegExp(`${word}(?!\\d)`);
    return (text) => whole.test(text);
  };

  // A test's text is read when somebody first looks for words.
  const says = (one, words) => {
    if (!words.length) return true;
    one.words ||= one.test.textContent.toLowerCase();
    return words.every((isIn) => isIn(one.words));
  };

  const filter = () => {
    const words = text.value.toLowerCase().split(/\s+/).filter(Boolean).map(finder);
    let count = 0;
    for (const { section, suite: name, tests } of sections) {
      const meant = !suite.value || suite.value === name;
      let here = 0;
      for (const one of tests) {
        const fits = meant && (!verdict.value || verdict.value === one.verdict) && says(one, words);
        one.test.hidden = !fits;
        here += fits;
      }
      section.hidden = here === 0;
      count += here;
    }
    shown.textContent = count === all ? `${all} tests` : `${count} of ${all} tests`;
  };

  // The filter stands behind the `#` of the address, so that it can be linked and kept.
  const keep = () => {
    const kept = new URLSearchParams();
    for (const field of [text, suite, verdict]) {
      if (field.value) kept.set(field.name, field.value);
    }
    history.replaceState(null, "", `#${kept}`);
  };

  const read = () => {
    const kept = location.hash.slice(1);
    const target = document.getElementById(decodeURIComponent(kept));
    if (target) {
      // A link to a test shows it, whatever was looked for before.
      if (target.closest("[hidden]")) {
        form.reset();
        filter();
      }
      const test = target.closest("details");
      if (test) test.open = true;
      target.scrollIntoView();
      return;
    }
    const fields = new URLSearchParams(kept);
    for (const field of [text, suite, verdict]) field.value = fields.get(field.name) ?? "";
    filter();
  };

  let waiting;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      filter();
      keep();
    }, 150);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => {
    // The fields are empty only after this event.
    setTimeout(() => {
      filter();
      keep();
    });
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, select, textarea");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      text.focus();
    }
  });
  addEventListener("hashchange", read);
  form.hidden = false;
  read();
}
