//! How many ticks a swarm takes to agree, by a local rule.

use bevy_ecs::{prelude::*, schedule::Schedules};
use lampyrid::{prelude::*, swarm::SwarmSchedule};

/// The furthest that an agent turns in a tick \[rad\].
pub const MOST: f64 = 0.3 * std::f64::consts::PI;

/// The part of its ticks that an agent sits out.
const IDLE: f64 = 0.1;

/// Ticks after which a swarm that has not agreed is given up.
const LAST: u64 = 1000;

/// Each agent turns towards the mean phase of its neighbours, as far as it takes but no further than
/// [`MOST`]; a tenth of them, drawn anew in every tick, stay where they are.
fn turn_towards_neighbors(
    context: SwarmContext,
    clock: Res<SwarmClock>,
    seed: Res<SwarmSeed>,
    mut agents: Query<(Entity, &AgentId, &Phase, &mut Drive)>,
) {
    use std::f64::consts::{PI, TAU};
    // A seed of its own for every tick.
    let tick = seed.0.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(clock.steps());
    for (agent, id, phase, mut drive) in &mut agents {
        let is_idle = PhaseDistribution::Uniform.draw(tick, id.get()) < IDLE * TAU;
        let heard = context.of(agent).filter(|context| context.neighbors > 0 && !is_idle);
        let arc = heard.map_or(0.0, |context| (context.mean_phase - phase.0 + PI).rem_euclid(TAU) - PI);
        drive.0 = arc.clamp(-MOST, MOST);
    }
}

/// A swarm on a random network of so many links per agent in the mean, phases uniform, that goes by
/// the rule alone: one step is one tick.
///
/// # Errors
///
/// If a network of that mean degree cannot be made.
pub fn swarm(agents: usize, mean_degree: f64, seed: u64) -> Result<World, BevyError> {
    let links = (agents as f64 * mean_degree / 2.0).round() as usize;
    let graph = Topology::RandomLinks { agents, links }.build(seed)?;
    let phases: Vec<f64> = (0..agents as u64).map(|id| PhaseDistribution::Uniform.draw(seed, id)).collect();
    let mut world = World::new();
    install_swarm(&mut world);
    world.insert_resource(SwarmSeed(seed));
    world.insert_resource(Workers::with_threads(1));
    world.insert_resource(Coupling { strength: 0.0, ..Default::default() });
    world.insert_resource(TimeStep { seconds: 1.0, integrator: Integrator::Euler });
    let rule = turn_towards_neighbors.in_set(StepSystems::Couple);
    world.resource_mut::<Schedules>().add_systems(SwarmSchedule, rule);
    let spawned = SwarmSpawner::new(&graph).phases(&phases).spawn(&mut world)?;
    world.insert_batch(spawned.into_iter().map(|agent| (agent, Drive(0.0))));
    Ok(world)
}

/// Ticks until R has first reached each of the levels, which rise.
///
/// # Errors
///
/// As [`swarm`], and if a step fails.
pub fn ticks_to<const LEVELS: usize>(
    levels: [f64; LEVELS],
    agents: usize,
    mean_degree: f64,
    seed: u64,
) -> Result<[u64; LEVELS], BevyError> {
    let mut world = swarm(agents, mean_degree, seed)?;
    let mut ticks = [LAST; LEVELS];
    let mut reached = 0;
    for tick in 0..LAST {
        world.insert_resource(Coherence::default());
        let r = coherence(&mut world)?.r;
        while reached < LEVELS && r >= levels[reached] {
            ticks[reached] = tick;
            reached += 1;
        }
        if reached == LEVELS {
            break;
        }
        advance(&mut world, 1)?;
    }
    Ok(ticks)
}

#[cfg(test)]
mod tests {
    use super::*;
    use lampyrid::swarm::read_phases;

    #[test]
    fn no_agent_turns_further_than_the_rule_allows_and_some_sit_out() {
        let mut world = swarm(300, 8.0, 5).unwrap();
        let (mut before, mut after) = (Vec::new(), Vec::new());
        let mut idle = 0;
        for _ in 0..10 {
            read_phases(&mut world, &mut before);
            advance(&mut world, 1).unwrap();
            read_phases(&mut world, &mut after);
            let apart =
                before.iter().zip(&after).map(|(a, b)| (a - b).abs().min(std::f64::consts::TAU - (a - b).abs()));
            let furthest = apart.clone().fold(0.0, f64::max);
            assert!(furthest <= MOST + 1e-12, "{furthest}");
            idle += apart.filter(|turned| *turned == 0.0).count();
        }
        assert!((200..400).contains(&idle), "{idle} of 3,000 turns were none");
    }

    #[test]
    fn a_swarm_in_phase_needs_no_tick() {
        assert_eq!(ticks_to([0.0, 0.01], 50, 8.0, 1).unwrap(), [0, 0]);
    }
}
