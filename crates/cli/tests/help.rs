//! The help of every command there is: found by asking, so that a new one is held to the same.

mod support;

use std::path::Path;

/// What a command says of itself.
struct Help {
    arguments: Vec<String>,
    text: String,
}

/// The help of a command and of all below it.
fn helps(above: &[String], found: &mut Vec<Help>) {
    let mut asked: Vec<&str> = above.iter().map(String::as_str).collect();
    asked.push("--help");
    let output = support::run(Path::new("."), &asked);
    assert!(output.status.success(), "{asked:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    let below = commands(&text);
    found.push(Help { arguments: above.to_vec(), text });
    for name in below {
        helps(&[above, &[name]].concat(), found);
    }
}

/// The names under "Commands:", but for `help`, which says what `--help` says.
fn commands(help: &str) -> Vec<String> {
    let lines = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let names = lines.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let names = names.filter_map(|line| line.split_whitespace().next().map(str::to_owned));
    names.filter(|name| name != "help").collect()
}

fn all() -> Vec<Help> {
    let mut found = Vec::new();
    helps(&[], &mut found);
    found
}

#[test]
fn every_help_fits_a_screen_and_shows_an_example() {
    for Help { arguments, text } in all() {
        let (lines, columns) = (text.lines().count(), text.lines().map(|line| line.chars().count()).max().unwrap_or(0));
        assert!(lines <= 40, "{arguments:?} has {lines} lines");
        assert!(columns <= 100, "{arguments:?} has {columns} columns");
        assert!(text.contains("Example"), "{arguments:?} shows no example");
    }
}

#[test]
fn no_help_changes_unnoticed() {
    let all = all();
    assert!(all.len() >= 10, "the commands were not found");
    let shown = all.iter().map(|help| format!("$ lampyrid {} --help\n{}\n", help.arguments.join(" "), help.text));
    let shown: String = shown.collect::<String>().replace("lampyrid  --help", "lampyrid --help");
    if cfg!(feature = "prometheus") {
        assert!(shown.contains("--metrics <FILE>"), "{shown}");
    } else {
        insta::assert_snapshot!(shown);
    }
}

#[test]
fn quiet_and_json_are_everywhere_but_where_the_text_itself_is_asked_for() {
    for Help { arguments, text } in all() {
        if matches!(arguments.last().map(String::as_str), Some("completions" | "man")) {
            continue;
        }
        assert!(text.contains("--json"), "{arguments:?} knows no --json");
        assert!(text.contains("--quiet"), "{arguments:?} knows no --quiet");
    }
}
