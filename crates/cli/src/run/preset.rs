//! What a goal's preset brings to a scenario, in the words of a scenario.

use std::fmt::Write;

use lampyrid::{
    graph::Topology,
    io::scenario::{RequestedPreset, ScenarioBuilder},
    swarm::{GoalPlan, Pattern, Preset},
};

use crate::error::Failure;

/// The scenario with what its preset brings, if it names one.
pub(crate) fn with_preset(builder: ScenarioBuilder) -> Result<ScenarioBuilder, Failure> {
    let Some(RequestedPreset { preset, agents }) = builder.requested_preset()? else {
        return Ok(builder);
    };
    let plan = plan(preset.name(), agents);
    Ok(builder.with_preset(&scenario(&plan, preset.name()), preset.name())?)
}

/// The plan of a preset that scenarios know.
pub(crate) fn plan(name: &str, agents: u64) -> GoalPlan {
    let preset: Preset = name.parse().expect("scenarios know the presets of the swarm, as a test asserts");
    preset.plan(usize::try_from(agents).unwrap_or(usize::MAX))
}

/// A plan as a scenario. The rules are not in it: they are taken from the plan itself.
fn scenario(plan: &GoalPlan, name: &str) -> String {
    let mut text = network(&plan.topology);
    let mut line = |line: String| {
        let _ = writeln!(text, "{line}");
    };
    line("[phases]\ndistribution = \"uniform\"".to_owned());
    line(format!(
        "[frequencies]\ndistribution = \"normal\"\nmean = {:?}\nstd = {:?}",
        plan.frequency, plan.frequency_std
    ));
    line(format!("[coupling]\nstrength = {:?}\nnormalization = \"degree\"", plan.strength));
    line(format!("[time]\nstep = {:?}\nintegrator = \"euler\"", plan.step));
    let goal = plan.goal;
    line(format!("[goal]\npattern = \"{}\"\npacemaker = {}", goal.pattern.name(), plan.pacemaker));
    line(format!("target = {:?}\nhold = {:?}\ndeadline = {:?}", goal.target, goal.hold, goal.deadline));
    match goal.pattern {
        Pattern::Clusters(clusters) => line(format!("clusters = {clusters}")),
        Pattern::Locked { frequency } => line(format!("frequency = {frequency:?}")),
        Pattern::PhaseAt { phase } => line(format!("phase = {phase:?}\nfrequency = {:?}", plan.frequency)),
        Pattern::InPhase | Pattern::Splay => {}
    }
    if goal.tolerance > 0.0 {
        line(format!("tolerance = {:?}", goal.tolerance));
    }
    if let Some(energy) = plan.energy {
        line(format!("[energy]\ncapacity = {:?}\nrecovery = {:?}", energy.capacity, energy.recovery));
    }
    line(format!("[output]\ndir = \"runs/{name}\""));
    text
}

fn network(topology: &Topology) -> String {
    match topology {
        Topology::SmallWorld { agents, neighbors, rewire } => format!(
            "[network]\nkind = \"small_world\"\nagents = {agents}\nneighbors = {neighbors}\nrewire = {rewire:?}\n"
        ),
        Topology::ScaleFree { agents, attach } => {
            format!("[network]\nkind = \"scale_free\"\nagents = {agents}\nattach = {attach}\n")
        }
        other => unreachable!("no preset asks for {other:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lampyrid::io::scenario;

    #[test]
    fn scenarios_know_every_preset_and_read_it_back_as_it_is_planned() {
        for preset in Preset::ALL {
            for agents in [20_u64, 2_000] {
                let text = format!("[goal]\npreset = \"{}\"\n[network]\nagents = {agents}", preset.name());
                let builder = with_preset(ScenarioBuilder::from_text(&text, "scenario.toml").unwrap()).unwrap();
                let read = builder.build().unwrap();
                let plan = plan(preset.name(), agents);
                let scenario::NetworkScenario::Generated(network) = &read.network else { panic!("{preset}") };
                assert_eq!(network.topology(), plan.topology, "{preset}");
                let goal = read.goal.unwrap();
                assert_eq!(super::super::goal::goal(&goal), plan.goal, "{preset}");
                assert_eq!((goal.pacemaker, read.time.step), (plan.pacemaker, plan.step), "{preset}");
                assert!(read.ends_at_goal(), "{preset}");
            }
        }
    }

    #[test]
    fn what_a_scenario_says_itself_wins_over_its_preset() {
        let text = "[goal]\npreset = \"minimize_api_calls\"\nhold = 3.0\n[network]\nkind = \"ring\"\nagents = 30\n";
        let builder = with_preset(ScenarioBuilder::from_text(text, "scenario.toml").unwrap()).unwrap();
        let read = builder.set("coupling.strength=7").unwrap().build().unwrap();
        assert_eq!((read.goal.unwrap().hold, read.coupling.strength), (3.0, 7.0));
        assert!(matches!(read.network, scenario::NetworkScenario::Generated(scenario::GeneratedNetwork::Ring { .. })));
    }
}
