//! A headless browser that a test tells what to do, over a pipe.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

/// The names that the browser has on different systems.
const NAMES: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];
/// The browser speaks over the descriptors 3 and 4. A root has no sandbox, and the pages are ours.
const START: &str = "exec \"$0\" --headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage \
    --no-first-run --hide-scrollbars --user-data-dir=\"$1\" --remote-debugging-pipe about:blank \
    3<&0 4>&1 </dev/null >/dev/null 2>&1";

/// A browser with one page.
pub(crate) struct Browser {
    process: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
    session: Option<String>,
    last: u64,
    /// The complaints of the page since it was loaded.
    complaints: Vec<Value>,
    _profile: tempfile::TempDir,
}

impl Browser {
    /// Starts the browser.
    pub(crate) fn start() -> Self {
        let is_there = |name: &&str| {
            let version = Command::new(name).arg("--version").output();
            version.is_ok_and(|output| output.status.success())
        };
        let name = NAMES.iter().copied().find(is_there).expect(
            "this test needs the browser chromium: .ci/tools installs it, or apt-get install chromium",
        );
        let profile = tempfile::tempdir().expect("a folder");
        let mut process = Command::new("sh")
            .args(["-c", START, name])
            .arg(profile.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a shell");
        let mut browser = Self {
            requests: process.stdin.take().expect("a pipe"),
            answers: BufReader::new(process.stdout.take().expect("a pipe")),
            process,
            session: None,
            last: 0,
            complaints: Vec::new(),
            _profile: profile,
        };
        let target = browser.ask("Target.createTarget", json!({"url": "about:blank"}));
        let attach = json!({"targetId": target["targetId"], "flatten": true});
        let attached = browser.ask("Target.attachToTarget", attach);
        browser.session = attached["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Runtime", "Log"] {
            browser.ask(&format!("{domain}.enable"), json!({}));
        }
        browser
    }

    /// Asks for something, and waits for the answer.
    pub(crate) fn ask(&mut self, method: &str, parameters: Value) -> Value {
        self.last += 1;
        let mut request = json!({"id": self.last, "method": method, "params": parameters});
        if let Some(session) = &self.session {
            request["sessionId"] = json!(session);
        }
        write!(self.requests, "{request}\0").expect("the browser listens");
        loop {
            let message = self.message();
            if message["id"] == json!(self.last) {
                assert!(message.get("error").is_none(), "{method}: {message}");
                return message["result"].clone();
            }
        }
    }

    /// The next message; complaints are kept.
    fn message(&mut self) -> Value {
        let mut bytes = Vec::new();
        let read = self.answers.read_until(0, &mut bytes);
        assert!(read.is_ok_and(|read| read > 0), "the browser has gone");
        bytes.pop();
        let message: Value = serde_json::from_slice(&bytes).expect("JSON");
        let complains = matches!(
            message["method"].as_str(),
            Some("Log.entryAdded" | "Runtime.exceptionThrown" | "Runtime.consoleAPICalled")
        );
        if complains {
            self.complaints.push(message.clone());
        }
        message
    }

    /// Loads a page afresh.
    pub(crate) fn open(&mut self, url: &str) {
        for url in ["about:blank", url] {
            self.complaints.clear();
            self.ask("Page.navigate", json!({"url": url}));
            while self.message()["method"] != "Page.loadEventFired" {}
        }
    }

    /// The value of an expression in the page.
    pub(crate) fn value(&mut self, expression: &str) -> Value {
        let parameters = json!({
            "expression": expression,
            "returnByValue": true,
            "awaitPromise": true,
        });
        let result = self.ask("Runtime.evaluate", parameters);
        let thrown = result.get("exceptionDetails");
        assert!(thrown.is_none(), "{expression}: {result}");
        result["result"]["value"].clone()
    }

    /// The complaints of the page, such as errors, and what its policy has refused.
    pub(crate) fn complaints(&mut self) -> Vec<Value> {
        // All that comes before this answer is of the page as it is.
        self.value("new Promise((done) => setTimeout(done, 50))");
        std::mem::take(&mut self.complaints)
    }

    /// Makes the window so large.
    pub(crate) fn resize(&mut self, width: u32, height: u32) {
        let mobile = width < 600;
        let size = json!({
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": mobile,
        });
        self.ask("Emulation.setDeviceMetricsOverride", size);
    }

    /// Takes the user for one who likes this scheme: `light` or `dark`.
    pub(crate) fn prefer(&mut self, scheme: &str) {
        let feature = json!({"name": "prefers-color-scheme", "value": scheme});
        self.ask("Emulation.setEmulatedMedia", json!({"features": [feature]}));
    }

    /// Presses and releases a key.
    pub(crate) fn press(&mut self, key: &str, code: u32, text: &str) {
        let key = |kind: &str| {
            json!({
                "type": kind, "key": key, "text": text, "windowsVirtualKeyCode": code,
            })
        };
        self.ask("Input.dispatchKeyEvent", key("keyDown"));
        self.ask("Input.dispatchKeyEvent", key("keyUp"));
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = write!(self.requests, "{{\"id\":0,\"method\":\"Browser.close\"}}\0");
        for _ in 0..100 {
            if self.process.try_wait().is_ok_and(|end| end.is_some()) {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
