//! `lampyrid report`, and the report that a run writes at its end.

use std::{io::Write, path::PathBuf};

use clap::Args;
use lampyrid::io::{
    RunRecord, RunView,
    plot::PlotError,
    replace_file,
    report::{Outcome, Replay, Report, ReportTable},
    scenario::NetworkScenario,
    sweep::SweepPoint,
};

use crate::{
    error::Failure,
    exit_code,
    plot::of_sweep,
    results::{Results, SweepResults},
    run::{
        figures::{grouped, seconds},
        recorder::Observed,
        summary,
    },
};

#[derive(Args, Debug)]
#[command(after_help = "\
The page needs nothing else and runs no script; `lampyrid replay` runs what is in it again.

Examples:
  lampyrid report runs/latest
  lampyrid report sweeps/onset --out onset.html")]
pub(crate) struct ReportArguments {
    /// The directory of a run, or of a sweep.
    pub directory: PathBuf,
    /// The page, instead of report.html beside the results.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Print the name of the page as one JSON object.
    #[arg(long)]
    pub json: bool,
    /// Print nothing but errors.
    #[arg(long, short)]
    pub quiet: bool,
}

pub(crate) fn report(arguments: &ReportArguments) -> Result<u8, Failure> {
    let report = match Results::read(&arguments.directory)? {
        Results::Run(run) => of_run(&run.view(), &Observed::of(&run.series))?,
        Results::Sweep(sweep) => of_results_of_sweep(&sweep)?,
    };
    let path = arguments.out.clone().unwrap_or_else(|| arguments.directory.join("report.html"));
    replace_file(&path, report.html().as_bytes())?;
    let name = path.display().to_string();
    let mut out = std::io::stdout().lock();
    if arguments.json {
        writeln!(out, "{}", serde_json::json!({ "files": [name] }))?;
    } else if !arguments.quiet {
        writeln!(out, "{name}")?;
    }
    out.flush()?;
    Ok(exit_code::DONE)
}

/// The report of a run, with every picture that there is anything to draw on.
pub(crate) fn of_run(view: &RunView<'_>, observed: &Observed) -> Result<Report, PlotError> {
    let record = view.record;
    let figures = view.pictures().into_iter().map(|picture| view.draw(picture, &picture.options()));
    Ok(Report {
        title: format!("{} coupled oscillators: {}", grouped(record.agents), network(&record.scenario.network)),
        verdict: summary::verdict(record, observed),
        outcome: outcome(record),
        key_figures: key_figures(record),
        tables: tables(record),
        figures: figures.collect::<Result<_, _>>()?,
        scenario: record.scenario.to_toml(),
        commands: "lampyrid replay report.html\nlampyrid run scenario.toml    # with the scenario below".to_owned(),
        replay: Some(Replay::from(record)),
    })
}

fn outcome(record: &RunRecord) -> Outcome {
    let is_early = record.interrupted || record.exit_code == exit_code::MEMORY;
    match &record.goal {
        _ if is_early => Outcome::Stopped,
        Some(goal) if goal.attained => Outcome::Attained,
        Some(_) => Outcome::Missed,
        None => Outcome::Done,
    }
}

/// What the agents are linked by, in a word or two.
fn network(network: &NetworkScenario) -> String {
    match network {
        NetworkScenario::File { file, .. } => file.display().to_string(),
        NetworkScenario::Builtin { builtin, .. } => builtin.name().to_owned(),
        NetworkScenario::Generated(generated) => {
            // The kind as the scenario says it.
            let value = serde_json::to_value(generated).unwrap_or_default();
            value["kind"].as_str().unwrap_or("a generated network").replace('_', " ")
        }
        _ => "a network".to_owned(),
    }
}

fn key_figures(record: &RunRecord) -> Vec<(String, String)> {
    let mut figures = vec![
        ("coherence R at the end", format!("{:.3}", record.r#final.r)),
        ("simulated", format!("{} s in {} steps", record.time, grouped(record.steps))),
        ("agents", grouped(record.agents)),
        ("directed links", grouped(record.links)),
        ("seed", record.seed.to_string()),
        ("phase hash", record.phase_hash.clone()),
    ];
    if let Some(time) = record.goal.as_ref().and_then(|goal| goal.time_to_goal) {
        figures.insert(1, ("goal first met at", format!("{time:.2} s")));
    }
    figures.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn tables(record: &RunRecord) -> Vec<ReportTable> {
    let table = |heading: &str, rows: Vec<(&str, String)>| ReportTable {
        heading: heading.to_owned(),
        rows: rows.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
    };
    let mut tables = Vec::new();
    if let Some(goal) = &record.goal {
        let mut rows = vec![("pattern", goal.pattern.replace('_', " ")), ("verdict", summary::goal_reached(goal))];
        rows.extend(
            goal.strategies.iter().map(|one| ("strategy", format!("{} from {:.2} s on", one.strategy, one.at))),
        );
        rows.extend(goal.warnings.iter().map(|warning| ("warning", warning.clone())));
        tables.push(table("Goal", rows));
    }
    if !record.disruptions.is_empty() {
        let hit =
            |one: &lampyrid::io::DisruptionRecord| format!("{} hit {}", one.kind.replace('_', " "), grouped(one.hit));
        let rows = record.disruptions.iter().map(|one| (format!("at {} s", one.at), hit(one))).collect();
        tables.push(ReportTable { heading: "Disruptions".to_owned(), rows });
    }
    if let Some(energy) = &record.energy {
        let rows = [("spent", energy.spent), ("recovered", energy.recovered), ("refused", energy.refused)];
        tables
            .push(table("Energy of all agents", rows.map(|(name, value)| (name, format!("{value:.1} units"))).into()));
    }
    let versions = &record.versions;
    let mut rows = vec![
        ("program", format!("lampyrid {}", versions.lampyrid)),
        ("machine", format!("{} on {}, {} threads", versions.os, versions.arch, record.threads)),
        ("wall time", seconds(record.wall_seconds)),
        ("speed", summary::speed(record)),
        ("memory", summary::memory(record)),
        ("phase hash", record.phase_hash.clone()),
        ("exit code", record.exit_code.to_string()),
    ];
    if let Some(times) = summary::step_times(record) {
        rows.insert(4, ("a step", times));
    }
    tables.push(table("How it was run", rows));
    tables
}

/// Rows of a table beyond which a page is no page any more.
const MOST_ROWS: usize = 500;

/// The report of a sweep.
fn of_results_of_sweep(sweep: &SweepResults) -> Result<Report, Failure> {
    let table = &sweep.table;
    let name = |point: &SweepPoint| {
        let parts = table.keys.iter().zip(&point.values).map(|(key, value)| format!("{key} = {value}"));
        parts.collect::<Vec<_>>().join(", ")
    };
    let value = |point: &SweepPoint| {
        let s = |count| if count == 1 { "" } else { "s" };
        let failed = match point.failures {
            0 => String::new(),
            failures => format!("; {failures} run{} failed", s(failures)),
        };
        let Some(r) = point.r else { return format!("no R{failed}") };
        let error = point.r_standard_error.map_or(String::new(), |error| format!(" ± {error:.4}"));
        format!("R = {r:.4}{error} ({} run{}{failed})", point.done(), s(point.done()))
    };
    let points = table.points.len() as u64;
    let runs: u64 = table.points.iter().map(|point| point.runs).sum();
    let least = table.with_r().min_by(|a, b| a.1.total_cmp(&b.1));
    let most = table.with_r().max_by(|a, b| a.1.total_cmp(&b.1));
    let verdict = match (least, most) {
        (Some((least, low)), Some((most, high))) => {
            format!("Mean R goes from {low:.3} ({}) to {high:.3} ({}).", name(least), name(most))
        }
        _ => "The sweep holds no point with an R yet.".to_owned(),
    };
    let rows = table.points.iter().take(MOST_ROWS).map(|point| (name(point), value(point))).collect();
    let left_out = table.points.len().saturating_sub(MOST_ROWS);
    let heading = match left_out {
        0 => "Points".to_owned(),
        _ => format!("The first {MOST_ROWS} points; all are in points.csv"),
    };
    Ok(Report {
        title: format!("A sweep over {}", table.keys.join(" and ")),
        verdict,
        outcome: Outcome::Done,
        key_figures: vec![("points".to_owned(), grouped(points)), ("runs".to_owned(), grouped(runs))],
        tables: vec![ReportTable { heading, rows }],
        figures: of_sweep(sweep, &[])?.into_iter().map(|(_, figure)| figure).collect(),
        scenario: sweep.first.as_ref().map_or(String::new(), lampyrid::io::Scenario::to_toml),
        commands: "lampyrid run scenario.toml --set KEY=VALUE    # one run of it".to_owned(),
        replay: None,
    })
}
