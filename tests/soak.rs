//! A long life in a host: agents come and go, links and settings change, and nothing grows.
//!
//! A million steps unless `LAMPYRID_SOAK_STEPS` says otherwise; a day at 100 steps per second is
//!
//! ```text
//! LAMPYRID_SOAK_STEPS=8640000 cargo test --release --test soak -- --nocapture
//! ```

#[path = "support/counting_allocator.rs"]
mod counting_allocator;

use bevy_ecs::{message::MessageRegistry, prelude::*};
use counting_allocator::{Count, Counting};
use lampyrid::{
    prelude::*,
    swarm::{
        Disruption, DisruptionKind, EnergyAware, Goal, MemoryBudget, Pattern, PhaseNudge, Rule, Supervisor,
        SupervisorPolicy, SwarmGoal, adopt, disrupt, install_goal, install_memory_budget, refresh_metrics,
        topology_report,
    },
};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const AGENTS: usize = 1000;
const STEPS: u64 = 1_000_000;

/// A host that interferes with its swarm all the time.
struct Host {
    world: World,
    agents: Vec<Entity>,
    draws: u64,
}

impl Host {
    fn new() -> Self {
        let mut world = World::new();
        install_swarm(&mut world);
        install_memory_budget(&mut world, MemoryBudget::default()).unwrap();
        world.insert_resource(Workers::with_threads(1));
        world.insert_resource(TimeStep { seconds: 0.01, integrator: Integrator::Euler });
        world.insert_resource(Coupling { strength: 2.0, ..Coupling::default() });
        let graph = Topology::SmallWorld { agents: AGENTS, neighbors: 8, rewire: 0.1 }.build(1).unwrap();
        let agents = SwarmSpawner::new(&graph).energy(50.0).spawn(&mut world).unwrap();
        let rules = vec![Rule::PhaseNudge(PhaseNudge { gain: 1.0 }), Rule::EnergyAware(EnergyAware::default())];
        // Every table that agents will ever be in finds its size.
        rules.iter().rev().for_each(|rule| adopt(&mut world, rule).unwrap());
        // Never attained for good: the host reverses the coupling now and then.
        let goal = Goal { deadline: 1e9, ..Goal::new(Pattern::InPhase) };
        let first = rules[0];
        install_goal(&mut world, goal, Some(Supervisor::new(rules, SupervisorPolicy::default()))).unwrap();
        world.resource_mut::<SwarmGoal>().set_rule(Some(first));
        Self { world, agents, draws: 0 }
    }

    fn draw(&mut self, below: usize) -> usize {
        self.draws += 1;
        let turn = PhaseDistribution::Uniform.draw(3, self.draws) / std::f64::consts::TAU;
        (turn * below as f64) as usize % below
    }

    /// Another agent takes the place of one, with links to eight of the others.
    fn replace(&mut self) {
        let place = self.draw(AGENTS);
        let heard: Neighbors =
            (0..8).map(|_| self.draw(AGENTS)).collect::<Vec<_>>().into_iter().map(|i| self.agents[i]).collect();
        let world = &mut self.world;
        world.despawn(self.agents[place]);
        self.agents[place] = world.spawn((Phase(0.1), Frequency(1.0), heard)).id();
    }

    fn relink(&mut self) {
        let (agent, other) = (self.draw(AGENTS), self.draw(AGENTS));
        let (agent, other) = (self.agents[agent], self.agents[other]);
        let mut list = self.world.get_mut::<Neighbors>(agent).unwrap();
        if let Some(first) = list.iter().next() {
            list.remove(first);
        }
        list.push(other);
    }

    fn scramble(&mut self, seed: u64) {
        let scramble = Disruption { seed, ..Disruption::new(DisruptionKind::Scramble, 0.1, 0.0) };
        assert_eq!(disrupt(&mut self.world, scramble), Ok(AGENTS / 10));
    }

    /// As apps do at every update.
    fn forget_messages(&mut self) {
        let tick = self.world.change_tick();
        self.world.resource_scope(|world, mut messages: Mut<MessageRegistry>| messages.run_updates(world, tick));
    }

    fn look(&mut self) {
        assert!(coherence(&mut self.world).unwrap().r <= 1.0);
        assert_eq!(refresh_metrics(&mut self.world).agents, AGENTS as u64);
    }

    fn live_for(&mut self, steps: u64) {
        for step in 0..steps {
            match step % 1000 {
                500 => self.world.resource_mut::<Coupling>().strength *= -1.0,
                999 => self.look(),
                750 => self.scramble(step),
                step if step % 20 == 0 => self.replace(),
                step if step % 20 == 10 => self.relink(),
                _ => {}
            }
            advance(&mut self.world, 1).unwrap();
            self.world.clear_trackers();
            if step % 100 == 0 {
                self.forget_messages();
            }
        }
    }
}

fn resident_bytes() -> Option<u64> {
    let pages = std::fs::read_to_string("/proc/self/statm").ok()?.split_whitespace().nth(1)?.parse::<u64>().ok()?;
    Some(pages * 4096)
}

#[test]
fn a_long_life_leaves_nothing_behind() {
    let steps = std::env::var("LAMPYRID_SOAK_STEPS").map_or(STEPS, |steps| steps.parse().expect("a number of steps"));
    let mut host = Host::new();
    // Long enough for everybody to have been replaced some times, and every buffer to have found its size.
    let warm_up = (steps / 5).min(1_000_000);
    host.live_for(warm_up);
    let (live, resident) = (Count::of_thread().live, resident_bytes());
    host.live_for(steps - warm_up);

    let world = &mut host.world;
    assert_eq!(world.resource::<SwarmClock>().steps(), steps);
    assert_eq!(agent_states(world).len(), AGENTS);
    let report = topology_report(world);
    let goal = world.resource::<SwarmGoal>();
    println!("goal: {:?}, {} switches of strategy remembered", goal.verdict(), goal.switches().len());
    assert!(goal.time_to_goal().is_some(), "the goal was never attained");
    let grown = Count::of_thread().live - live;
    println!("{steps} steps: {report:?}, {grown} live bytes more, phases {}", phase_hash(world));
    assert!(grown.abs() <= 256 * 1024, "{grown} live bytes more than after warming up");
    if let (Some(before), Some(after)) = (resident, resident_bytes()) {
        println!("resident: {before} bytes after warming up, {after} at the end");
        assert!(after.saturating_sub(before) <= 1 << 20, "{before} resident bytes became {after}");
    }
}
