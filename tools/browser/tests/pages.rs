//! The page of `lampyrid serve`, and reports, as a browser shows them.
//!
//! The program is the one that `LAMPYRID` names, or the one that `cargo build` made last. `SCREENSHOTS` names a directory
//! that pictures are written into; without it they are made and thrown away. Without Chromium nothing is tested, which
//! is said.

#[path = "../../../crates/cli/tests/support/mod.rs"]
mod support;

use std::{
    env, fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use browser::{Browser, Window, installed};
use serde_json::Value;
use support::{done, lampyrid, skip};

const DESKTOP: Window = Window { width: 1360, height: 1010, is_dark: true, is_phone: false };

/// A program that serves; dropped, it ends.
struct Served {
    child: Child,
    url: String,
}

impl Served {
    fn start(directory: &Path, arguments: &[&str]) -> Self {
        let mut command = lampyrid(directory);
        command.args(["serve", "--json", "--port", "0"]).args(arguments).stdout(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let mut line = String::new();
        let mut said = BufReader::new(child.stdout.take().expect("it was piped"));
        said.read_line(&mut line).expect("it says where it is");
        let url = serde_json::from_str::<Value>(&line).unwrap_or_else(|error| panic!("{error}: {line}"))["url"].clone();
        // What it says at the end goes nowhere, but must have a place to go to.
        std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
        Self { child, url: url.as_str().expect("an address").to_owned() }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status();
        let _ = self.child.wait();
    }
}

/// The browser, or none, which is said.
fn browser(what: &str) -> Option<Browser> {
    let program = installed();
    if program.is_none() {
        skip(what, "no Chromium was found: apt-get install chromium, or name one by CHROMIUM");
    }
    program.map(|program| Browser::start(&program))
}

fn pictures(scratch: &Path) -> PathBuf {
    let named = env::var_os("SCREENSHOTS").map(|named| support::repository(".").join(named));
    let directory = named.unwrap_or_else(|| scratch.to_path_buf());
    fs::create_dir_all(&directory).expect("pictures can be written");
    directory
}

/// R as the page shows it.
const R: &str = "Number(document.getElementById('r').textContent.replace('R ', ''))";

const STANDS_STILL: &str = "document.getElementById('toggle').textContent === 'Go on'";

#[test]
fn a_swarm_is_seen_disrupted_and_recovering_edited_and_taken_away() {
    let Some(mut browser) = browser("the page of lampyrid serve") else { return };
    let scratch = tempfile::tempdir().unwrap();
    let pictures = pictures(scratch.path());
    let scenario = [
        "--set=network.kind=small_world",
        "--set=network.agents=2000",
        "--set=network.neighbors=16",
        "--set=network.rewire=0.3",
        "--set=frequencies.std=0.05",
        "--set=coupling.strength=2",
        "--set=coupling.normalization=degree",
        "--set=goal.pattern=in_phase",
        "--set=goal.deadline=1e6",
        "--set=time.duration=1e6",
        "--set=output.dir=saved",
        "--speed=10",
        "--seed=5",
    ];
    let served = Served::start(scratch.path(), &scenario);
    browser.look_through(DESKTOP);
    browser.open(&served.url);
    browser.wait_for("the program is followed", "document.getElementById('link').textContent === 'live'");
    assert!(browser.text("what").contains("2,000 agents"), "{}", browser.text("what"));

    // It finds its goal,
    browser.wait_for("R has risen", &format!("{R} > 0.9"));
    browser.wait_for("the goal is attained", "document.getElementById('events').textContent.includes('goal attained')");
    // is disrupted while it stands still, so that it cannot have found back before it is looked at,
    browser.press("#toggle");
    browser.wait_for("it stands still", STANDS_STILL);
    browser.value(
        "(() => { const part = document.getElementById('fraction'); part.value = 60; \
         part.dispatchEvent(new Event('input')); })()",
    );
    browser.press("#disruptions button:first-child");
    browser.wait_for("R has fallen", &format!("{R} < 0.75"));
    browser.value("window.scrollTo(0, 0)");
    browser.picture(&pictures.join("disrupted.png"), false);
    // and finds back.
    browser.press("#toggle");
    browser.wait_for("R has risen again", &format!("{R} > 0.9"));
    browser.wait_for("it has recovered", "document.getElementById('events').textContent.includes('recovered after')");

    // Whoever uses keys alone can do the same; a button that has the focus would take the space for itself.
    browser.value("document.activeElement.blur()");
    browser.key("2");
    browser.wait_for("some are silent", "document.getElementById('events').textContent.includes('silence')");
    browser.key(" ");
    browser.wait_for("it stands still", STANDS_STILL);
    let steps = "document.getElementById('figures').textContent.match(/steps([0-9,]+)/)?.[1]";
    let before = browser.value(steps);
    browser.press("#step");
    browser.wait_for("a step is taken", &format!("{steps} !== '{}'", before.as_str().unwrap()));
    browser.press("#toggle");
    browser.wait_for("it goes on", "document.getElementById('toggle').textContent === 'Pause'");

    // A scenario that is wrong is answered as the program answers, as one writes.
    browser.press("#text");
    browser.value("document.getElementById('text').select()");
    browser.write("[coupling]\nstrenght = 2.0\n");
    browser.wait_for("the error is shown", "document.getElementById('finding').textContent.includes('strenght')");
    let finding = browser.text("finding");
    fs::write(scratch.path().join("scenario.toml"), "[coupling]\nstrenght = 2.0\n").unwrap();
    let said = support::said(&support::run(scratch.path(), &["run", "scenario.toml"]));
    assert_eq!(finding.trim(), said.trim());
    browser.press("#place");
    let selected = "(() => { const text = document.getElementById('text'); \
                    return text.value.slice(text.selectionStart, text.selectionEnd); })()";
    assert_eq!(browser.value(selected), "strenght");
    browser.picture(&scratch.path().join("error.png"), true);

    // A right one is begun with.
    browser.value("document.getElementById('text').select()");
    browser.write("[network]\nkind = \"ring\"\nagents = 300\n[time]\nduration = 1000\n");
    browser.wait_for("it is right", "document.getElementById('finding').textContent.includes('It is a scenario')");
    browser.press("#begin");
    browser.wait_for("it runs", "document.getElementById('what').textContent.includes('300 agents')");

    for (name, begins) in [
        ("order_parameter.csv", "time,R,psi\n"),
        ("final_state.csv", "id,phase,frequency,energy\n"),
        ("run.json", "{"),
        ("report.html", "<!"),
        ("scenario.toml", "seed = 42"),
    ] {
        browser.press(&format!("a[href=\"/data/{name}\"]"));
        let file = String::from_utf8(browser.downloaded(name)).unwrap();
        assert!(file.starts_with(begins), "{name}: {}", file.chars().take(80).collect::<String>());
    }
    browser.press("#save");
    browser.wait_for("it is saved", "document.getElementById('told').textContent.includes('saved into')");
    assert!(scratch.path().join("saved-watched/checkpoints").is_dir());
    assert_eq!(browser.complaints(), [""; 0]);
}

#[test]
fn ten_thousand_agents_are_shown_by_day_by_night_and_on_a_phone() {
    let Some(mut browser) = browser("pictures of lampyrid serve") else { return };
    let scratch = tempfile::tempdir().unwrap();
    let pictures = pictures(scratch.path());
    let scenario = [
        "--set=network.kind=lattice",
        "--set=network.agents=10000",
        "--set=network.periodic=true",
        "--set=frequencies.std=0.1",
        "--set=coupling.strength=3",
        "--set=time.step=0.05",
        "--set=time.duration=1e6",
        "--set=goal.pattern=in_phase",
        "--set=goal.target=0.8",
        "--set=goal.deadline=1e6",
        "--speed=max",
        "--seed=3",
    ];
    let served = Served::start(scratch.path(), &scenario);
    browser.look_through(DESKTOP);
    browser.open(&served.url);
    let time = "Number(document.getElementById('figures').textContent.match(/^time([0-9.]+) s/)?.[1])";
    browser.wait_for("waves have formed", &format!("{time} > 40"));
    browser.press("#toggle");
    browser.wait_for("it stands still", STANDS_STILL);
    let is_drawn = "(() => { const canvas = document.getElementById('meadow'); \
                    const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data; \
                    const colors = new Set(); \
                    for (let at = 0; at < data.length; at += 4) colors.add(data[at] << 16 | data[at + 1] << 8 | data[at + 2]); \
                    return colors.size > 200; })()";
    browser.wait_for("agents of all phases are drawn", is_drawn);
    for (name, window) in [
        ("night", DESKTOP),
        ("day", Window { is_dark: false, ..DESKTOP }),
        ("phone", Window { width: 390, height: 844, is_phone: true, ..DESKTOP }),
    ] {
        browser.look_through(window);
        browser.value("new Promise((done) => { window.scrollTo(0, 0); setTimeout(done, 600); })");
        let is_too_wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth";
        assert_eq!(browser.value(is_too_wide), false, "{name} has to be scrolled sideways");
        browser.picture(&pictures.join(format!("{name}.png")), false);
    }
    let nameless = "[...document.querySelectorAll('button, input, select, textarea, canvas, a')].filter((one) => \
                    !(one.textContent.trim() || one.ariaLabel || one.getAttribute('aria-label') || one.labels?.length)).length";
    assert_eq!(browser.value(nameless), 0, "something has no name for readers of screens");
    assert_eq!(browser.complaints(), [""; 0]);
}

#[test]
fn a_report_is_shown_without_a_complaint() {
    let Some(mut browser) = browser("a report") else { return };
    let scratch = tempfile::tempdir().unwrap();
    let pictures = pictures(scratch.path());
    let scenario = "[goal]\npreset = \"save_energy\"\nsize = \"small\"\n\
                    [[disruption]]\nkind = \"scramble\"\nfraction = 0.5\nat = 5.0\n";
    fs::write(scratch.path().join("goal.toml"), scenario).unwrap();
    done(scratch.path(), &["run", "goal.toml", "--quiet", "--out", "run"]);
    browser.open(&format!("file://{}", scratch.path().join("run/report.html").display()));
    let figures = browser.value("document.querySelectorAll('svg').length").as_u64().unwrap();
    assert!(figures >= 5, "{figures} pictures");
    let is_seen = "[...document.querySelectorAll('svg')].every((one) => one.getBoundingClientRect().width > 100)";
    assert_eq!(browser.value(is_seen), true);
    for (name, window) in [
        ("report-day", Window { is_dark: false, ..DESKTOP }),
        ("report-night", DESKTOP),
        ("report-phone", Window { width: 390, height: 844, is_phone: true, ..DESKTOP }),
    ] {
        browser.look_through(window);
        let is_too_wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth";
        assert_eq!(browser.value(is_too_wide), false, "{name} has to be scrolled sideways");
        browser.picture(&pictures.join(format!("{name}.png")), name != "report-phone");
    }
    assert_eq!(browser.complaints(), [""; 0]);
}
