//! What agreement costs: the same swarm comes into phase by three rules, and on a small budget. The fast rule is that
//! of the preset `minimize_latency`, the thrifty one that of `save_energy`. A radian costs 2, or 3 for agents that learn
//! frequencies as well; those who cannot pay wait until they have recovered. A coordinator that knows all phases turns
//! everybody to their mean at once.
//! Prints time and energy to the goal; draws `runs/energy_budget.png`: R over the energy spent.
//!
//!     cargo run --release --example energy_budget

mod common;

use common::draw;
use lampyrid::{
    prelude::*,
    swarm::{EnergyPlan, GoalPlan, PhaseNudge, Preset, Rule, SwarmGoal, energy_ledger},
};

const AGENTS: usize = 500;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let fast = Preset::MinimizeLatency.plan(AGENTS);
    let thrifty = Preset::SaveEnergy.plan(AGENTS);
    let plain = vec![Rule::PhaseNudge(PhaseNudge { gain: 4.0 })];
    let poor = EnergyPlan { capacity: 1.5, recovery: 0.5 };
    let plans = [
        ("left alone", vec![Rule::PhaseNudge(PhaseNudge { gain: 0.0 })], fast.energy),
        ("fast", fast.rules.clone(), fast.energy),
        ("plain", plain.clone(), fast.energy),
        ("thrifty", thrifty.rules.clone(), thrifty.energy),
        ("small budget", plain, Some(poor)),
    ];
    println!("{:<18} {:>10} {:>14} {:>16}", "", "time", "energy/agent", "refused/agent");
    println!("{:<18} {:>10} {:>14.2} {:>16}", "coordinator", "at once", coordinated(&fast)?, "");
    let mut lines = Vec::new();
    for (name, rules, energy) in plans {
        let mut world = World::new();
        let mut plan = fast.clone();
        (plan.rules, plan.energy) = (rules, energy);
        plan.goal.deadline = 30.0;
        plan.spawn(&mut world, 1)?;
        world.resource_mut::<Coherence>().time_to_live = 0.0;
        let mut course = Vec::new();
        while !world.resource::<SwarmGoal>().is_over(None) {
            advance(&mut world, 10)?;
            course.push((energy_ledger(&world).spent() / AGENTS as f64, coherence(&mut world)?.r));
        }
        let time =
            world.resource::<SwarmGoal>().time_to_goal().map_or("never".to_owned(), |time| format!("{time:.2} s"));
        let ledger = energy_ledger(&world);
        let per_agent = |energy: f64| energy / AGENTS as f64;
        println!("{name:<18} {time:>10} {:>14.2} {:>16.2}", per_agent(ledger.spent()), per_agent(ledger.refused()));
        lines.push((name, course));
    }
    let lines: Vec<(&str, &[(f64, f64)])> =
        lines[1..].iter().map(|(name, course)| (*name, course.as_slice())).collect();
    let note = "500 agents with 16 neighbours each; a radian costs 2, or 3";
    draw("energy_budget", ["What agreement costs", note], ["energy spent per agent", "order parameter R"], &lines)
}

/// What it costs per agent to turn everybody to the mean phase, at 2 per radian.
fn coordinated(plan: &GoalPlan) -> Result<f64, Box<dyn std::error::Error>> {
    use std::f64::consts::PI;
    let mut world = World::new();
    plan.spawn(&mut world, 1)?;
    let psi = coherence(&mut world)?.psi;
    let turns = agent_states(&mut world).into_iter().map(|state| (state.phase - psi + PI).rem_euclid(2.0 * PI) - PI);
    Ok(2.0 * turns.map(f64::abs).sum::<f64>() / AGENTS as f64)
}
