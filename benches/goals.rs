//! Every preset at every size: how often and how soon its goal is attained, before and after
//! disruptions, and for how much energy.
//!
//! `cargo bench --bench goals` tries 20 seeds each up to 2,000 agents; `-- --large` adds 10⁴ and 10⁵
//! agents. Names of presets and numbers of agents behind it pick those.

use bevy_ecs::error::BevyError;
use lampyrid::swarm::{Disruption, DisruptionKind, GoalPlan, Preset, SwarmSize};
use lampyrid_bench::trials::{Trial, trial};

const SEEDS: u64 = 20;

fn main() -> Result<(), BevyError> {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let named = |preset: &Preset| words.iter().any(|word| word == preset.name());
    let is_any_named = Preset::ALL.iter().any(named);
    let mut sizes: Vec<usize> = words.iter().filter_map(|word| word.parse().ok()).collect();
    if sizes.is_empty() {
        sizes.extend(SwarmSize::ALL.map(SwarmSize::agents));
    }
    if words.iter().any(|word| word == "--large") {
        sizes.extend([10_000, 100_000]);
    }
    println!("{SEEDS} seeds each; times in simulated seconds, energy per agent; medians\n");
    println!(
        "{:>20} {:>7} {:>9} {:>7} {:>8} {:>10} {:>7} {:>10} {:>7}",
        "preset", "agents", "attained", "time", "energy", "scrambled", "again", "removed", "again"
    );
    for preset in Preset::ALL.into_iter().filter(|preset| !is_any_named || named(preset)) {
        for &agents in &sizes {
            println!("{:>20} {agents:>7} {}", preset.name(), row(&preset.plan(agents), agents)?);
        }
    }
    Ok(())
}

fn row(plan: &GoalPlan, agents: usize) -> Result<String, BevyError> {
    let undisturbed = tries(|seed| trial(plan, seed, &[]))?;
    let after = |kind| tries(|seed| trial(plan, seed, &[disruption(kind, seed, &undisturbed)]));
    let (scrambled, removed) = (after(DisruptionKind::Scramble)?, after(DisruptionKind::Remove)?);
    let again = |trials: &[Trial]| share_and_median(trials.iter().map(|trial| trial.recovery));
    let all = [&undisturbed, &scrambled, &removed];
    let agreeing = all.iter().flat_map(|trials| trials.iter()).filter(|trial| trial.monitor_agrees).count();
    let (attained, time) = share_and_median(undisturbed.iter().map(|trial| trial.time_to_goal));
    let (_, energy) = share_and_median(undisturbed.iter().map(|trial| Some(trial.spent / agents as f64)));
    let ((scrambled, again_scrambled), (removed, again_removed)) = (again(&scrambled), again(&removed));
    let doubt = match 3 * SEEDS as usize - agreeing {
        0 => String::new(),
        count => format!("  the monitor disagrees in {count}"),
    };
    Ok(format!(
        "{attained:>9} {time:>7.2} {energy:>8.2} {scrambled:>10} {again_scrambled:>7.2} {removed:>10} {again_removed:>7.2}{doubt}"
    ))
}

/// Three in ten, some time after every swarm that did attained its goal.
fn disruption(kind: DisruptionKind, seed: u64, undisturbed: &[Trial]) -> Disruption {
    let slowest = undisturbed.iter().filter_map(|trial| trial.time_to_goal).fold(0.0, f64::max);
    Disruption { seed, ..Disruption::new(kind, 0.3, slowest.ceil() + 3.0) }
}

type Tried = Result<Vec<Trial>, BevyError>;

fn tries(one: impl Fn(u64) -> Result<Trial, BevyError>) -> Tried {
    (0..SEEDS).map(one).collect()
}

fn share_and_median(values: impl ExactSizeIterator<Item = Option<f64>>) -> (String, f64) {
    let count = values.len();
    let mut found: Vec<f64> = values.flatten().collect();
    found.sort_by(f64::total_cmp);
    let median =
        if found.is_empty() { f64::NAN } else { 0.5 * (found[(found.len() - 1) / 2] + found[found.len() / 2]) };
    (format!("{}/{count}", found.len()), median)
}
