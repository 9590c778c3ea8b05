//! `lampyrid watch` in a terminal, as a person has it.

#![cfg(unix)]

mod support;

use std::{
    fs,
    io::{Read, Write},
    path::Path,
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use portable_pty::{CommandBuilder, MasterPty, PtySize, native_pty_system};
use serde_json::Value;

const RING: &str = "--set network.kind=ring --set network.agents=60 --set time.step=0.02 --set time.duration=4";

/// A terminal with a shell in it.
struct Shell {
    master: Box<dyn MasterPty + Send>,
    keyboard: Box<dyn Write + Send>,
    shown: Arc<Mutex<Vec<u8>>>,
    size: (u16, u16),
}

fn size((cols, rows): (u16, u16)) -> PtySize {
    PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }
}

impl Shell {
    /// Runs a line of shell in a terminal of so many columns and rows. `$L` is the program.
    fn run(directory: &Path, columns_and_rows: (u16, u16), line: &str) -> Self {
        let pair = native_pty_system().openpty(size(columns_and_rows)).unwrap();
        let mut command = CommandBuilder::new("sh");
        command.args(["-c", line]);
        command.cwd(directory);
        for (name, value) in [("L", env!("CARGO_BIN_EXE_lampyrid")), ("TERM", "xterm-256color"), ("LANG", "C.UTF-8")] {
            command.env(name, value);
        }
        for name in ["LC_ALL", "LC_CTYPE", "NO_COLOR"] {
            command.env_remove(name);
        }
        pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let keyboard = pair.master.take_writer().unwrap();
        let shown = Arc::new(Mutex::new(Vec::new()));
        let into = shown.clone();
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(count @ 1..) = reader.read(&mut buffer) {
                into.lock().unwrap().extend_from_slice(&buffer[..count]);
            }
        });
        Self { master: pair.master, keyboard, shown, size: columns_and_rows }
    }

    fn bytes(&self) -> Vec<u8> {
        self.shown.lock().unwrap().clone()
    }

    /// What is on the screen now.
    fn screen(&self) -> vt100::Parser {
        let mut parser = vt100::Parser::new(self.size.1, self.size.0, 0);
        parser.process(&self.bytes());
        parser
    }

    fn wait_for(&self, what: &str, is_it: impl Fn(&vt100::Screen) -> bool) {
        let began = Instant::now();
        while !is_it(self.screen().screen()) {
            assert!(began.elapsed() < Duration::from_secs(60), "never {what}:\n{}", self.screen().screen().contents());
            thread::sleep(Duration::from_millis(20));
        }
    }

    fn wait_for_text(&self, text: &str) {
        self.wait_for(text, |screen| screen.contents().contains(text));
    }

    fn press(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
        self.keyboard.flush().unwrap();
    }

    fn resize(&mut self, columns_and_rows: (u16, u16)) {
        self.master.resize(size(columns_and_rows)).unwrap();
        self.size = columns_and_rows;
    }
}

/// After the program: its exit code, and what the terminal is like.
fn watch(arguments: &str) -> String {
    format!("$L watch {arguments}; echo code $?; stty -a; echo that is all")
}

/// The exit code, from a terminal that was left as it was: the usual screen, with echo and lines, and a cursor.
fn left_as_it_was(shell: &Shell) -> i32 {
    shell.wait_for("its end", |screen| screen.contents().contains("that is all"));
    let bytes = String::from_utf8_lossy(&shell.bytes()).into_owned();
    assert!(bytes.contains("\u{1b}[?1049h"), "the alternate screen was never entered");
    let parser = shell.screen();
    let screen = parser.screen();
    assert!(!screen.alternate_screen() && !screen.hide_cursor(), "the screen was not left");
    let text = screen.contents();
    for mode in ["icanon", "echo", "isig", "icrnl", "opost"] {
        assert!(text.split_whitespace().any(|word| word == mode), "no {mode}: {text}");
    }
    let code = text.split("code ").nth(1).and_then(|rest| rest.split_whitespace().next());
    code.and_then(|code| code.parse().ok()).unwrap_or_else(|| panic!("no exit code: {text}"))
}

/// The object that `--json` prints at the end.
fn closing(shell: &Shell) -> Value {
    let text = String::from_utf8_lossy(&shell.bytes()).into_owned();
    let start = text.rfind("{\"time\"").unwrap_or_else(|| panic!("no object: {text}"));
    serde_json::Deserializer::from_str(&text[start..]).into_iter().next().unwrap().unwrap()
}

fn unwatched_hash(directory: &Path) -> String {
    let arguments: Vec<_> = ["run", "--quiet", "--out", "run"].into_iter().chain(RING.split(' ')).collect();
    assert!(support::run(directory, &arguments).status.success());
    let record: Value = serde_json::from_slice(&fs::read(directory.join("run/run.json")).unwrap()).unwrap();
    record["phase_hash"].as_str().unwrap().to_owned()
}

#[test]
fn a_watched_run_has_the_hash_of_a_run_and_leaves_the_terminal_as_it_was() {
    let scratch = tempfile::tempdir().unwrap();
    fs::write(scratch.path().join("keys.txt"), "0.5 help\n1 help phases\n4 q\n").unwrap();
    let expected = unwatched_hash(scratch.path());
    for speed in ["max", "40"] {
        let line = watch(&format!("{RING} --json --speed {speed} --script keys.txt"));
        let shell = Shell::run(scratch.path(), (80, 24), &line);
        assert_eq!(left_as_it_was(&shell), 0);
        let closing = closing(&shell);
        assert_eq!((closing["steps"].as_u64(), closing["phase_hash"].as_str()), (Some(200), Some(expected.as_str())));
    }
}

#[test]
fn a_script_comes_to_the_same_bits_every_time() {
    let scratch = tempfile::tempdir().unwrap();
    let script = "0.5 next_goal\n1 scramble cut_links\n1.5 pause . . pause\n2 next_strategy\n2.5 next_seed\n4 q\n";
    fs::write(scratch.path().join("keys.txt"), script).unwrap();
    let mut found = ["max", "20"].map(|speed| {
        let line = watch(&format!("{RING} --json --speed {speed} --script keys.txt"));
        let shell = Shell::run(scratch.path(), (100, 30), &line);
        assert_eq!(left_as_it_was(&shell), 0);
        closing(&shell)
    });
    assert_eq!(found[0]["seed"], 43);
    // Two steps by hand, then on to 2.5 s; 1.5 s of the next seed.
    assert_eq!(found[0]["steps"], 75);
    assert_eq!(found[0].take(), found[1].take());
}

#[test]
fn keys_do_what_they_say_and_q_leaves() {
    let scratch = tempfile::tempdir().unwrap();
    let mut shell = Shell::run(scratch.path(), (80, 24), &watch(&format!("{RING} --set time.duration=1e6")));
    shell.wait_for_text("R over time");
    shell.press("1");
    shell.wait_for_text("scramble: 18 agents (30 %)");
    shell.press(" ");
    shell.wait_for_text("paused");
    shell.press("?");
    shell.wait_for_text("this help, quit");
    shell.press("?");
    shell.wait_for("the help is closed", |screen| !screen.contents().contains("this help, quit"));
    shell.press("q");
    assert_eq!(left_as_it_was(&shell), 0);
}

#[test]
fn ctrl_c_and_a_signal_end_it_with_their_exit_code_and_a_whole_terminal() {
    let scratch = tempfile::tempdir().unwrap();
    let endless = format!("{RING} --set time.duration=1e6");
    let mut shell = Shell::run(scratch.path(), (80, 24), &watch(&endless));
    shell.wait_for_text("R over time");
    shell.press("\u{3}");
    assert_eq!(left_as_it_was(&shell), 130);

    // The shell that says its number becomes the program.
    let inner = format!("echo pid $$; exec $L watch {endless}");
    let line = format!("sh -c '{inner}'; echo code $?; stty -a; echo that is all");
    let shell = Shell::run(scratch.path(), (80, 24), &line);
    shell.wait_for_text("R over time");
    let said = String::from_utf8_lossy(&shell.bytes()).into_owned();
    let pid =
        said.split("pid ").nth(1).and_then(|rest| rest.split_whitespace().next()).expect("it was said").to_owned();
    assert!(std::process::Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    assert_eq!(left_as_it_was(&shell), 130);
}

#[test]
fn a_terminal_that_changes_its_size_is_drawn_anew_down_to_ten_columns() {
    let scratch = tempfile::tempdir().unwrap();
    let mut shell = Shell::run(scratch.path(), (10, 6), &watch(&format!("{RING} --set time.duration=1e6")));
    shell.wait_for_text("40×12");
    shell.resize((120, 40));
    shell.wait_for_text("phases of agents over time");
    shell.resize((10, 6));
    shell.wait_for_text("40×12");
    shell.resize((80, 24));
    shell.wait_for_text("circle: R");
    shell.press("q");
    assert_eq!(left_as_it_was(&shell), 0);
}

#[test]
fn what_is_saved_can_be_resumed_and_ends_as_if_it_had_never_been_watched() {
    let scratch = tempfile::tempdir().unwrap();
    fs::write(scratch.path().join("keys.txt"), "1 save\n1.5 save quit\n").unwrap();
    let expected = unwatched_hash(scratch.path());
    let line = watch(&format!("{RING} --set output.dir=there --speed max --script keys.txt"));
    assert_eq!(left_as_it_was(&Shell::run(scratch.path(), (80, 24), &line)), 0);
    for (directory, time) in [("there-watched", "1,"), ("there-watched-2", "1.5,")] {
        let output = support::run(scratch.path(), &["resume", directory, "--json"]);
        let record: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!((record["steps"].as_u64(), record["phase_hash"].as_str()), (Some(200), Some(expected.as_str())));
        let series = fs::read_to_string(scratch.path().join(directory).join("order_parameter.csv")).unwrap();
        assert!(series.lines().nth(1).unwrap().starts_with(time), "{series}");
    }
}

#[test]
fn without_a_terminal_it_says_what_to_do() {
    let scratch = tempfile::tempdir().unwrap();
    let output = support::run(scratch.path(), &["watch"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("no terminal") && said.contains("lampyrid run"), "{said}");
    let shell = Shell::run(scratch.path(), (80, 24), "TERM=dumb $L watch; echo code $?; stty -a; echo that is all");
    shell.wait_for_text("that is all");
    assert!(shell.screen().screen().contents().contains("TERM is dumb"));
}

#[test]
fn without_colours_none_is_sent_and_so_many_frames_are_enough() {
    let scratch = tempfile::tempdir().unwrap();
    let line = format!("NO_COLOR=1 {}", watch(&format!("{RING} --frames 3")));
    let shell = Shell::run(scratch.path(), (80, 24), &line);
    assert_eq!(left_as_it_was(&shell), 0);
    let bytes = String::from_utf8_lossy(&shell.bytes()).into_owned();
    assert!(!bytes.contains("\u{1b}[38;5;"), "a colour was sent");
}

/// Read on by the thread that draws, a closed terminal once kept a core busy for ever.
#[test]
fn a_terminal_that_is_closed_ends_the_program() {
    let scratch = tempfile::tempdir().unwrap();
    for is_controlling in [true, false] {
        let pair = native_pty_system().openpty(size((80, 24))).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_lampyrid"));
        command.args(["watch", "--set", "network.kind=ring", "--set", "time.duration=1e6"]);
        command.env("TERM", "xterm-256color");
        command.cwd(scratch.path());
        command.set_controlling_tty(is_controlling);
        let mut child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        assert!(pair.master.try_clone_reader().unwrap().read(&mut [0; 64]).unwrap() > 0, "it has entered its screen");
        drop(pair.master);
        let began = Instant::now();
        while child.try_wait().unwrap().is_none() {
            if began.elapsed() > Duration::from_secs(60) {
                child.kill().unwrap();
                panic!("it runs on without a terminal, controlling: {is_controlling}");
            }
            thread::sleep(Duration::from_millis(20));
        }
    }
}
