//! `lampyrid bench`: the main benchmarks, without cargo.

mod table;

use std::{
    fs,
    io::{IsTerminal, Write},
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use lampyrid::io::scenario::nearest;
use lampyrid_bench::{
    machine::{Machine, load_average},
    report::Report,
    suite::{Allocated, Case, Conditions, cases, names},
};
use stats_alloc::INSTRUMENTED_SYSTEM;

use crate::{
    arguments::BenchArguments,
    error::Failure,
    exit_code,
    interrupt::Interrupt,
    plan::{self, PlanError},
};

/// Why nothing could be measured or compared.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BenchError {
    #[error("there is no case {name:?}; {}", did_you_mean(.nearest.as_deref()))]
    Unknown { name: String, nearest: Option<String> },
    #[error("{}: {reason}; --against takes what `lampyrid bench --json` printed", .path.display())]
    Earlier { path: PathBuf, reason: String },
    #[error("the case {name} failed: {error}")]
    Failed { name: String, error: String },
}

fn did_you_mean(nearest: Option<&str>) -> String {
    let groups = "there are construction, step, mean_field, small, threads, churn, topology, coherence, goals, checkpoint, recording, convergence, watching and serving";
    nearest.map_or_else(|| groups.to_owned(), |nearest| format!("did you mean {nearest:?}?"))
}

/// Agents of the swarms that parts of a step are measured in, where nobody says which they are for.
const CALIBRATED: usize = 1_000_000;

pub(crate) fn bench(arguments: &BenchArguments) -> Result<u8, Failure> {
    if arguments.calibrate {
        let found = plan::calibrate(CALIBRATED).map_err(PlanError::from)?;
        let mut out = std::io::stdout().lock();
        writeln!(out, "{}", serde_json::to_string_pretty(&found).unwrap_or_default())?;
        return Ok(exit_code::DONE);
    }
    let conditions = Conditions::new(arguments.quick, allocated);
    // What can be wrong is found before minutes are spent.
    let all = cases(&conditions).into_iter().chain(crate::watch::cases()).chain(crate::serve::cases()).collect();
    let wanted = select(all, &arguments.cases)?;
    let earlier = arguments.against.as_deref().map(read).transpose()?;
    let report = measure(&conditions, &wanted, arguments)?;
    let text = match (arguments.json, arguments.quiet) {
        (true, _) => json(&report),
        (false, true) => String::new(),
        (false, false) => table::table(&report, &wanted, earlier.as_ref()),
    };
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(if report.interrupted { exit_code::INTERRUPTED } else { exit_code::DONE })
}

fn allocated() -> Allocated {
    let stats = INSTRUMENTED_SYSTEM.stats();
    Allocated { bytes: stats.bytes_allocated as u64, allocations: (stats.allocations + stats.reallocations) as u64 }
}

/// The cases that were asked for, all if none was.
fn select(cases: Vec<Case>, wanted: &[String]) -> Result<Vec<Case>, BenchError> {
    let is_in = |wanted: &str, case: &Case| case.names().any(|name| names(wanted, &name));
    if let Some(unknown) = wanted.iter().find(|wanted| !cases.iter().any(|case| is_in(wanted, case))) {
        return Err(BenchError::Unknown { name: unknown.clone(), nearest: nearest_name(unknown, &cases) });
    }
    Ok(cases.into_iter().filter(|case| wanted.is_empty() || wanted.iter().any(|wanted| is_in(wanted, case))).collect())
}

fn nearest_name(unknown: &str, cases: &[Case]) -> Option<String> {
    let groups = cases.iter().filter_map(|case| Some(case.name.split_once('/')?.0.to_owned()));
    let known: Vec<String> =
        groups.chain(cases.iter().map(|case| case.name.clone())).chain(cases.iter().flat_map(Case::names)).collect();
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    nearest(unknown, &known).map(str::to_owned)
}

fn read(path: &Path) -> Result<Report, BenchError> {
    let wrong = |reason: String| BenchError::Earlier { path: path.to_owned(), reason };
    let text = fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))
}

fn measure(conditions: &Conditions, wanted: &[Case], arguments: &BenchArguments) -> Result<Report, BenchError> {
    let asked = arguments.cases.as_slice();
    let interrupt = Interrupt::listen();
    let progress = progress(wanted.len() as u64, arguments.quiet);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let mut report = Report {
        machine: Machine::here(),
        load: [load_average(), None],
        unix_time: now,
        rounds: conditions.rounds,
        interrupted: false,
        cases: Vec::new(),
    };
    for case in wanted {
        if interrupt.was_requested() {
            report.interrupted = true;
            break;
        }
        progress.set_message(case.name.clone());
        let found = case
            .run(conditions)
            .map_err(|error| BenchError::Failed { name: case.name.clone(), error: error.to_string() })?;
        let is_asked = |name: &str| asked.is_empty() || asked.iter().any(|asked| names(asked, name));
        report.cases.extend(found.into_iter().filter(|outcome| is_asked(&outcome.name)));
        progress.inc(1);
    }
    progress.finish_and_clear();
    report.load[1] = load_average();
    Ok(report)
}

/// A bar on a terminal, nothing elsewhere.
fn progress(cases: u64, quiet: bool) -> ProgressBar {
    if quiet || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:30.cyan} {pos}/{len}  {msg}  {elapsed}");
    ProgressBar::with_draw_target(Some(cases), ProgressDrawTarget::stderr_with_hz(10))
        .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

fn json(report: &Report) -> String {
    let mut text = serde_json::to_string_pretty(report).unwrap_or_default();
    text.push('\n');
    text
}
