//! The end of a run in words.

use std::{fmt::Write, path::Path};

use lampyrid::io::{
    EnergyRecord, ExchangeRecord, GoalRecord, RankRecord, RunRecord, StepTimes, scenario::PhasorPrecision,
};

use super::{
    figures::{bytes, grouped, seconds, si},
    recorder::Observed,
};

/// Link coherence from which on neighbours agree, and the R below which the whole does not.
const AGREEMENT: f64 = 0.9;
/// What is said of all that is not the default.
const OTHER: &str = ", whose hash is not that of double precision";
/// A change of R that is more than the scatter of a small swarm.
const CHANGE: f64 = 0.1;

pub(crate) fn summary(record: &RunRecord, observed: &Observed, path: &Path) -> String {
    let mut text = String::new();
    let mut row = |name: &str, value: String| {
        let _ = writeln!(text, "{name:<16}{value}");
    };
    row("agents", format!("{} with {} directed links", grouped(record.agents), grouped(record.links)));
    if let Some(numbering) = &record.numbering {
        row("numbering", numbering.replace('_', " "));
    }
    row("simulated", format!("{} s in {} steps", record.time, grouped(record.steps)));
    row("coherence R", course(observed.first.r, observed.last.r, observed));
    for (name, first, last) in &observed.further {
        row(name, format!("{first:.3} → {last:.3}"));
    }
    if let Some(goal) = &record.goal {
        row("goal", goal_reached(goal));
    }
    for disruption in &record.disruptions {
        row("disruption", format!("{} at {} s hit {}", disruption.kind, disruption.at, grouped(disruption.hit)));
    }
    if let Some(energy) = &record.energy {
        let EnergyRecord { spent, recovered, refused } = energy;
        row("energy", format!("{spent:.1} spent, {recovered:.1} recovered, {refused:.1} refused"));
    }
    row("speed", speed(record));
    if let Some(times) = step_times(record) {
        row("a step", times);
    }
    if let Some(exchange) = &record.exchange {
        row("exchange", exchanged(exchange, &record.ranks));
    }
    row("memory", memory(record));
    match record.scenario.coupling.phasors {
        PhasorPrecision::Double => {}
        PhasorPrecision::Single => row("phasors", format!("in single precision{OTHER}")),
        PhasorPrecision::SingleAngle => {
            row("phasors", format!("in single precision, of angles in single precision{OTHER}"));
        }
    }
    row("phase hash", record.phase_hash.clone());
    let _ = writeln!(text, "\n{}", verdict(record, observed));
    let _ = writeln!(text, "Results are in {}: {}", path.display(), record.files.join(", "));
    text
}

fn course(first: f64, last: f64, observed: &Observed) -> String {
    let (mean, max) = (observed.r.mean().unwrap_or(last), observed.r.max().unwrap_or(last));
    format!("{first:.3} → {last:.3} (mean {mean:.3}, highest {max:.3})")
}

pub(crate) fn goal_reached(goal: &GoalRecord) -> String {
    let GoalRecord { pattern, distance, verdict, .. } = goal;
    let mut text = match (goal.attained, goal.time_to_goal) {
        (true, Some(time)) => format!("{pattern}: attained, first met at {time:.2} s"),
        (_, Some(time)) => format!("{pattern}: {verdict}, though it was met at {time:.2} s (distance {distance:.3})"),
        (_, None) => format!("{pattern}: not attained ({verdict}, distance {distance:.3})"),
    };
    if !goal.recoveries.is_empty() {
        let recoveries: Vec<_> = goal.recoveries.iter().map(|seconds| format!("{seconds:.2} s")).collect();
        let _ = write!(text, "; recovered in {}", recoveries.join(", "));
    }
    if let [_, switches @ ..] = &goal.strategies[..]
        && !switches.is_empty()
    {
        let names: Vec<_> = switches.iter().map(|one| format!("{} at {:.1} s", one.strategy, one.at)).collect();
        let _ = write!(text, "; switched to {}", names.join(", "));
    }
    text
}

pub(crate) fn speed(record: &RunRecord) -> String {
    match record.agent_steps_per_second {
        Some(speed) => format!("{} agent-steps/s on {} threads", si(speed), record.threads),
        None => "no step was taken".to_owned(),
    }
}

pub(crate) fn step_times(record: &RunRecord) -> Option<String> {
    let StepTimes { p50, p95, p99 } = record.step_times;
    let (p50, p95, p99) = (seconds(p50?), seconds(p95?), seconds(p99?));
    Some(format!("took {p50} (half of them no longer); 95 % at most {p95}, 99 % at most {p99}"))
}

/// What the processes of a run told each other.
fn exchanged(exchange: &ExchangeRecord, ranks: &[RankRecord]) -> String {
    let told = bytes(ranks.iter().map(|rank| rank.bytes).sum());
    let spent = exchange.communication.map_or(String::new(), |part| format!("{:.1} % of stepping", 100.0 * part));
    let predicted = 100.0 * exchange.predicted_communication;
    format!("{spent} ({predicted:.1} % predicted); {told} in all, angles in {} precision", exchange.angles)
}

pub(crate) fn memory(record: &RunRecord) -> String {
    let per_agent = record.memory.bytes_per_agent.map_or(String::new(), |bytes| format!("{bytes:.0} B per agent"));
    match record.memory.peak_resident_bytes {
        Some(peak) => format!("{per_agent}; {:.1} MiB resident at most", peak as f64 / (1 << 20) as f64),
        None => per_agent,
    }
}

/// What has happened, in a sentence.
pub(crate) fn verdict(record: &RunRecord, observed: &Observed) -> String {
    let (first, last) = (observed.first.r, observed.last.r);
    let links = observed.further.iter().find(|(name, ..)| name == "link_coherence");
    let happened = match links {
        _ if let Some(goal) = record.goal.as_ref().filter(|goal| goal.attained) => {
            format!("The goal is attained: the pattern \"{}\" has been held for {:.1} s.", goal.pattern, goal.held)
        }
        _ if record.steps == 0 => "This is the initial state; no step was taken.".to_owned(),
        _ if last >= AGREEMENT => format!("The swarm is synchronised: R is {last:.3}."),
        Some((_, before, after)) if *after >= AGREEMENT && *after > before + CHANGE => format!(
            "Clusters have formed: linked agents agree (link coherence rose from {before:.3} to {after:.3}), \
             while distant parts keep phases of their own (R is {last:.3})."
        ),
        _ if last > first + CHANGE => format!("Synchrony rose: R went from {first:.3} to {last:.3}."),
        _ if last < first - CHANGE => format!("Synchrony fell: R went from {first:.3} to {last:.3}."),
        _ => format!("The order of the swarm hardly changed: R is {last:.3}."),
    };
    if record.interrupted { format!("Interrupted at {} s. {happened}", record.time) } else { happened }
}
