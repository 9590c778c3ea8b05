//! A browser without a window, steered over the pipe that Chromium offers (`--remote-debugging-pipe`): messages of the
//! DevTools protocol in JSON, each ended by a zero byte. No driver and no socket is needed.

#![forbid(unsafe_code)]

use std::{
    collections::BTreeMap,
    env, fs,
    io::{BufRead, BufReader, Cursor, Read, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    thread,
    time::{Duration, Instant},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

/// How long anything may take: far longer than it does, also on a machine that has much else to do.
const PATIENCE: Duration = Duration::from_secs(120);

/// The browser of this machine, if there is one: what `CHROMIUM` names, or one in the path.
#[must_use]
pub fn installed() -> Option<PathBuf> {
    let named = env::var_os("CHROMIUM").map(PathBuf::from);
    let known = ["chromium", "chromium-browser", "google-chrome"];
    let paths = env::var_os("PATH").unwrap_or_default();
    let in_path = env::split_paths(&paths).flat_map(|path| known.map(|name| path.join(name)));
    named.into_iter().chain(in_path).find(|path| path.is_file())
}

/// How large a window is, and by what light it is looked at.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    /// In the units of the page.
    pub width: u32,
    /// In the units of the page.
    pub height: u32,
    /// Whether the page is asked to be dark.
    pub is_dark: bool,
    /// Whether it is that of a phone.
    pub is_phone: bool,
}

/// A browser with one page.
pub struct Browser {
    child: Child,
    messages: ChildStdin,
    answers: Receiver<Value>,
    page: String,
    last: u64,
    /// What the page and the browser have complained about.
    complaints: Vec<String>,
    directory: tempfile::TempDir,
}

impl Browser {
    /// Starts a browser that keeps its profile, and what it downloads, in a directory of its own.
    ///
    /// # Panics
    ///
    /// Where it does not start.
    #[must_use]
    pub fn start(program: &Path) -> Self {
        let directory = tempfile::tempdir().expect("there is room for a profile");
        // The pipe is asked for at the descriptors 3 and 4, whose place a shell takes care of.
        let line = r#"exec "$0" "$@" 3<&0 4>&1 </dev/null >/dev/null 2>&1"#;
        let mut child = Command::new("sh")
            .args(["-c", line])
            .arg(program)
            .args(["--headless=new", "--remote-debugging-pipe", "--no-sandbox", "--no-first-run", "--disable-gpu"])
            .args(["--disable-dev-shm-usage", "--disable-background-networking", "--hide-scrollbars"])
            .arg(format!("--user-data-dir={}", directory.path().join("profile").display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a shell starts");
        let messages = child.stdin.take().expect("it was piped");
        let mut lines = BufReader::new(child.stdout.take().expect("it was piped"));
        let (sender, answers) = channel();
        thread::spawn(move || {
            let mut line = Vec::new();
            while lines.read_until(0, &mut line).is_ok_and(|count| count > 0) {
                let message = serde_json::from_slice(line.strip_suffix(&[0]).unwrap_or(&line));
                if message.is_ok_and(|message: Value| sender.send(message).is_err()) {
                    break;
                }
                line.clear();
            }
        });
        let (page, last, complaints) = (String::new(), 0, Vec::new());
        let mut browser = Self { child, messages, answers, page, last, complaints, directory };
        browser.open_page();
        browser
    }

    fn open_page(&mut self) {
        let made = self.ask("Target.createTarget", json!({ "url": "about:blank" }));
        let attached = self.ask("Target.attachToTarget", json!({ "targetId": made["targetId"], "flatten": true }));
        self.page = attached["sessionId"].as_str().expect("a session").to_owned();
        for domain in ["Page", "Runtime", "Log", "Network"] {
            self.ask(&format!("{domain}.enable"), json!({}));
        }
        let downloads = self.downloads();
        fs::create_dir_all(&downloads).expect("there is room for downloads");
        let path = downloads.display().to_string();
        self.ask("Browser.setDownloadBehavior", json!({ "behavior": "allow", "downloadPath": path }));
    }

    /// Where downloads come to lie.
    #[must_use]
    pub fn downloads(&self) -> PathBuf {
        self.directory.path().join("downloads")
    }

    /// Asks the browser, or its page once there is one, and waits for the answer.
    fn ask(&mut self, method: &str, parameters: Value) -> Value {
        self.last += 1;
        let mut message = json!({ "id": self.last, "method": method, "params": parameters });
        if !self.page.is_empty() && !method.starts_with("Browser.") {
            message["sessionId"] = self.page.clone().into();
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        self.messages.write_all(&bytes).expect("the browser listens");
        let began = Instant::now();
        loop {
            let Some(answer) = self.next(PATIENCE.saturating_sub(began.elapsed())) else {
                panic!("the browser does not answer {method}");
            };
            if answer["id"] == self.last {
                assert!(answer["error"].is_null(), "{method}: {}", answer["error"]);
                return answer["result"].clone();
            }
        }
    }

    /// The next message; complaints among them are remembered.
    fn next(&mut self, patience: Duration) -> Option<Value> {
        let message = match self.answers.recv_timeout(patience) {
            Ok(message) => message,
            Err(RecvTimeoutError::Timeout) => return None,
            Err(RecvTimeoutError::Disconnected) => panic!("the browser has ended"),
        };
        let parameters = &message["params"];
        match message["method"].as_str() {
            // Warnings too: a violation of the page's policy is told as one or as an error.
            Some("Log.entryAdded") if matches!(parameters["entry"]["level"].as_str(), Some("error" | "warning")) => {
                self.complaints.push(parameters["entry"].to_string());
            }
            Some("Runtime.exceptionThrown") => self.complaints.push(parameters["exceptionDetails"].to_string()),
            Some("Runtime.consoleAPICalled") if matches!(parameters["type"].as_str(), Some("error" | "warning")) => {
                self.complaints.push(parameters["args"].to_string());
            }
            _ => {}
        }
        Some(message)
    }

    /// Looks through a window from now on.
    pub fn look_through(&mut self, window: Window) {
        let Window { width, height, is_dark, is_phone } = window;
        let scale = if is_phone { 2 } else { 1 };
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": scale, "mobile": is_phone });
        self.ask("Emulation.setDeviceMetricsOverride", size);
        let light = if is_dark { "dark" } else { "light" };
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": light }] });
        self.ask("Emulation.setEmulatedMedia", features);
    }

    /// Opens an address and waits until the page is there.
    ///
    /// # Panics
    ///
    /// Where it cannot be opened.
    pub fn open(&mut self, url: &str) {
        let answer = self.ask("Page.navigate", json!({ "url": url }));
        assert!(answer["errorText"].is_null(), "{url}: {answer}");
        self.wait_for("the page", "document.readyState === 'complete'");
    }

    /// The value of an expression in the page, waited for if it is promised.
    ///
    /// # Panics
    ///
    /// Where it throws.
    pub fn value(&mut self, expression: &str) -> Value {
        let asked = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let answer = self.ask("Runtime.evaluate", asked);
        assert!(answer["exceptionDetails"].is_null(), "{expression}: {answer}");
        answer["result"]["value"].clone()
    }

    /// The text that an element shows.
    pub fn text(&mut self, id: &str) -> String {
        let value = self.value(&format!("document.getElementById('{id}').textContent"));
        value.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until an expression is true.
    ///
    /// # Panics
    ///
    /// Where it does not become so.
    pub fn wait_for(&mut self, what: &str, expression: &str) {
        let began = Instant::now();
        while self.value(expression) != true {
            assert!(began.elapsed() < PATIENCE, "never {what}: {expression}; {:?}", self.complaints);
            thread::sleep(Duration::from_millis(30));
        }
    }

    /// Presses an element with the mouse, where it is on the screen.
    pub fn press(&mut self, selector: &str) {
        let place = self.value(&format!(
            "(() => {{ const one = document.querySelector(`{selector}`); one.scrollIntoView({{ block: 'center' }}); \
             const box = one.getBoundingClientRect(); \
             return [box.x + box.width / 2, box.y + box.height / 2]; }})()"
        ));
        for kind in ["mousePressed", "mouseReleased"] {
            let event = json!({ "type": kind, "x": place[0], "y": place[1], "button": "left", "clickCount": 1 });
            self.ask("Input.dispatchMouseEvent", event);
        }
    }

    /// Types a text where the cursor is.
    pub fn write(&mut self, text: &str) {
        self.ask("Input.insertText", json!({ "text": text }));
    }

    /// Presses a key that stands for a letter or sign.
    pub fn key(&mut self, key: &str) {
        for kind in ["keyDown", "keyUp"] {
            let text = if kind == "keyDown" { key } else { "" };
            self.ask("Input.dispatchKeyEvent", json!({ "type": kind, "key": key, "text": text }));
        }
    }

    /// Writes a picture of the window, or of the whole page, as PNG in 256 colours.
    ///
    /// # Panics
    ///
    /// Where it cannot be written.
    pub fn picture(&mut self, path: &Path, is_whole: bool) {
        let asked = json!({ "format": "png", "captureBeyondViewport": is_whole, "optimizeForSpeed": false });
        let picture = self.ask("Page.captureScreenshot", asked);
        let bytes = BASE64_STANDARD.decode(picture["data"].as_str().expect("a picture")).expect("it is in base64");
        fs::write(path, in_few_colors(&bytes)).expect("the picture can be written");
    }

    /// A download, once it is whole.
    ///
    /// # Panics
    ///
    /// Where it does not come.
    pub fn downloaded(&mut self, name: &str) -> Vec<u8> {
        let path = self.downloads().join(name);
        let began = Instant::now();
        loop {
            // It has its name once it is whole.
            if let Ok(mut file) = fs::File::open(&path) {
                let mut bytes = Vec::new();
                file.read_to_end(&mut bytes).expect("it can be read");
                return bytes;
            }
            assert!(began.elapsed() < PATIENCE, "{name} never came; {:?}", self.complaints());
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// What was complained about until now: errors, warnings, and violations of the page's policy.
    pub fn complaints(&mut self) -> Vec<String> {
        while self.next(Duration::from_millis(100)).is_some() {}
        self.complaints.clone()
    }
}

/// The same picture in 256 colours, a third as large.
fn in_few_colors(picture: &[u8]) -> Vec<u8> {
    let mut decoder = png::Decoder::new(Cursor::new(picture));
    decoder.set_transformations(png::Transformations::ALPHA | png::Transformations::STRIP_16);
    let mut reader = decoder.read_info().expect("it is a picture");
    let mut pixels = vec![0; reader.output_buffer_size().expect("it is no larger than memory")];
    reader.next_frame(&mut pixels).expect("it is whole");
    let (width, height) = reader.info().size();
    let colors = pixels.chunks_exact(4).map(|pixel| [pixel[0], pixel[1], pixel[2]]);
    let mut counts = BTreeMap::<[u8; 3], u32>::new();
    colors.clone().for_each(|color| *counts.entry(color).or_default() += 1);
    let (palette, places) = palette(&counts);
    let mut small = Vec::new();
    let mut encoder = png::Encoder::new(&mut small, width, height);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_palette(palette.concat());
    encoder.set_compression(png::Compression::High);
    let places: Vec<u8> = colors.map(|color| places[&color]).collect();
    let mut writer = encoder.write_header().expect("memory can be written to");
    writer.write_image_data(&places).expect("memory can be written to");
    writer.finish().expect("memory can be written to");
    small
}

/// Colours to do with, and the one that each is nearest to: the most frequent as they are, then again and again the one
/// that is farthest from all that were taken (Gonzalez 1985), so that a small mark keeps its colour beside wide grounds.
fn palette(counts: &BTreeMap<[u8; 3], u32>) -> (Vec<[u8; 3]>, BTreeMap<[u8; 3], u8>) {
    const FREQUENT: usize = 48;
    let distance = |from: [u8; 3], to: [u8; 3]| -> u32 {
        from.iter().zip(to).map(|(&from, to)| u32::from(from.abs_diff(to)).pow(2)).sum()
    };
    let mut by_count: Vec<_> = counts.iter().map(|(color, count)| (std::cmp::Reverse(count), *color)).collect();
    by_count.sort_unstable();
    let mut palette: Vec<[u8; 3]> = Vec::new();
    // Of each colour, how far the nearest one taken is, and which that is.
    let mut nearest: Vec<([u8; 3], u32, u8)> = by_count.iter().map(|(_, color)| (*color, u32::MAX, 0)).collect();
    while palette.len() < 256.min(nearest.len()) {
        let farthest = nearest.iter().max_by_key(|(_, far, _)| *far).map(|(color, _, _)| *color);
        let next = if palette.len() < FREQUENT { nearest[palette.len()].0 } else { farthest.unwrap_or_default() };
        for (color, far, place) in &mut nearest {
            let from_next = distance(*color, next);
            if from_next < *far {
                (*far, *place) = (from_next, palette.len() as u8);
            }
        }
        palette.push(next);
    }
    (palette, nearest.into_iter().map(|(color, _, place)| (color, place)).collect())
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Asked to close, it takes its other processes along.
        let _ = self.messages.write_all(b"{\"id\":0,\"method\":\"Browser.close\"}\0");
        let began = Instant::now();
        while began.elapsed() < Duration::from_secs(10) {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            thread::sleep(Duration::from_millis(20));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
