//! A report for people.

use std::fmt::Write as _;

use lampyrid_bench::{
    report::{Outcome, Report},
    suite::Case,
};

/// Within this factor either way two measurements count as equal.
const NOISE: f64 = 1.1;

pub(super) fn table(report: &Report, cases: &[Case], earlier: Option<&Report>) -> String {
    let mut text = heading(report, earlier);
    let _ = write!(text, "\n{:<42} {:>14}  {:<11} {:>9}  {:<5}", "case", "value", "unit", "bar", "holds");
    text.push_str(if earlier.is_some() { "  then\n" } else { "\n" });
    for case in cases {
        for name in case.names() {
            let Some(outcome) = report.find(&name) else { continue };
            let comparison = earlier.map_or_else(String::new, |earlier| comparison(outcome, earlier.find(&name)));
            let _ = writeln!(text, "{}", (row(outcome) + &comparison).trim_end());
        }
    }
    text.push_str("\nTimes and rates are those of the fastest round; ratios are medians, with their range.\n");
    if report.interrupted {
        text.push_str("Interrupted: not all cases were measured.\n");
    }
    text
}

fn heading(report: &Report, earlier: Option<&Report>) -> String {
    let machine = &report.machine;
    let load = |load: Option<f64>| load.map_or_else(|| "?".to_owned(), |load| format!("{load:.2}"));
    let mut text = format!(
        "lampyrid {} on {}, {} cores, {}, {}; load average {} before, {} after; {} rounds\n",
        machine.version,
        machine.processor.as_deref().unwrap_or("an unnamed processor"),
        machine.cores,
        machine.system,
        machine.level,
        load(report.load[0]),
        load(report.load[1]),
        report.rounds,
    );
    if earlier.is_some_and(|earlier| earlier.machine.processor != machine.processor) {
        text.push_str("The earlier report is of another processor: times do not compare.\n");
    }
    text
}

fn row(outcome: &Outcome) -> String {
    let bar = outcome.bar.map_or_else(String::new, number);
    let holds = outcome.holds.map_or("", |holds| if holds { "yes" } else { "no" });
    let mut text =
        format!("{:<42} {:>14}  {:<11} {bar:>9}  {holds:<5}", outcome.name, number(outcome.value), outcome.unit);
    if let Some([low, high]) = outcome.range {
        let _ = write!(text, " ({low:.3} to {high:.3})");
    }
    text
}

fn comparison(now: &Outcome, then: Option<&Outcome>) -> String {
    let Some(then) = then else { return "  new".to_owned() };
    let gain = now.gain_over(then);
    let verdict = match gain {
        gain if gain > NOISE => format!("{gain:.2} times better"),
        gain if gain < 1.0 / NOISE => format!("{:.2} times worse", 1.0 / gain),
        _ => "as before".to_owned(),
    };
    format!("  {}: {verdict}", number(then.value))
}

/// Three digits after the point where there are few before it.
fn number(value: f64) -> String {
    if value.abs() < 1000.0 && value.fract() != 0.0 { format!("{value:.3}") } else { format!("{value:.0}") }
}
