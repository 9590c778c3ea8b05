//! A swarm with a purpose, to be stepped in one world and in several.

use std::sync::Arc;

use bevy_ecs::prelude::*;
use lampyrid_distributed::{
    Partition, RankSpawner, ThreadRank, Transport, coherence, energy_ledger, gather_states, on_threads, phase_hash,
};
use lampyrid_graph::{Adjacency, Part, Topology};
use lampyrid_kernel::draw::{FrequencyDistribution, PhaseDistribution};
use lampyrid_swarm::{
    AgentId, AgentState, Coupling, Desync, Disrupted, Disruption, Disruptions, EnergyLedger, EnergyRule, FrequencyLock,
    Goal, Integrator, Measurement, Normalization, OrderParameter, Pacemaker, Pattern, PhaseNudge, Pulse, Rule, Spread,
    Supervisor, SupervisorPolicy, SwarmGoal, SwarmSeed, SwarmSpawner, TimeStep, Verdict, adopt, advance, agent_of,
    agent_states, install_disruptions, install_goal, install_swarm, with_pacemaker,
};

use crate::scattered::{part_of, scattered};

pub(crate) const RANKS: [usize; 5] = [1, 2, 3, 4, 8];

#[derive(Clone)]
pub(crate) struct Case {
    pub(crate) topology: Topology,
    pub(crate) integrator: Integrator,
    pub(crate) normalization: Normalization,
    pub(crate) noise: f64,
    pub(crate) goal: Option<Goal>,
    pub(crate) rules: Vec<Rule>,
    pub(crate) disruptions: Vec<Disruption>,
    pub(crate) pacemaker: bool,
    pub(crate) energy: Option<f64>,
    pub(crate) spread_evenly: bool,
    pub(crate) steps: u64,
}

/// What must not depend on the number of ranks.
#[derive(Debug, PartialEq)]
pub(crate) struct Outcome {
    pub(crate) hash: Option<String>,
    pub(crate) order: OrderParameter,
    pub(crate) ledger: EnergyLedger,
    pub(crate) states: Vec<AgentState>,
    pub(crate) decided: Decided,
}

/// What all ranks know.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Decided {
    pub(crate) measurement: Option<Measurement>,
    pub(crate) verdict: Option<Verdict>,
    pub(crate) attained_since: Option<f64>,
    pub(crate) recoveries: Vec<f64>,
    pub(crate) switches: Vec<(f64, usize)>,
    pub(crate) noise: f64,
    pub(crate) disrupted: Vec<Disrupted>,
}

impl Decided {
    pub(crate) fn of(world: &World) -> Self {
        let goal = world.get_resource::<SwarmGoal>();
        Self {
            measurement: goal.map(|goal| goal.measurement().clone()),
            verdict: goal.map(SwarmGoal::verdict),
            attained_since: goal.and_then(SwarmGoal::attained_since),
            recoveries: goal.map_or(Vec::new(), |goal| goal.recoveries().to_vec()),
            switches: goal.map_or(Vec::new(), |goal| goal.switches().to_vec()),
            noise: world.resource::<Coupling>().noise,
            disrupted: world.get_resource::<Disruptions>().map_or(Vec::new(), |all| all.history().to_vec()),
        }
    }
}

pub(crate) fn case() -> Case {
    Case {
        topology: Topology::SmallWorld { agents: 211, neighbors: 8, rewire: 0.2 },
        integrator: Integrator::Euler,
        normalization: Normalization::Degree,
        noise: 0.0,
        goal: None,
        rules: Vec::new(),
        disruptions: Vec::new(),
        pacemaker: false,
        energy: None,
        spread_evenly: false,
        steps: 150,
    }
}

impl Case {
    pub(crate) fn set_up(&self, world: &mut World) {
        let (normalization, noise) = (self.normalization, self.noise);
        let strength = if normalization == Normalization::Size { 60.0 } else { 2.0 };
        world.insert_resource(Coupling { strength, normalization, noise, ..Coupling::default() });
        world.insert_resource(TimeStep { seconds: 1.0 / 64.0, integrator: self.integrator });
        world.insert_resource(EnergyRule { recovery: 0.3, ..EnergyRule::default() });
        world.insert_resource(SwarmSeed(5));
    }

    /// What all ranks do, once their agents are there.
    pub(crate) fn give_purpose(&self, world: &mut World) {
        if self.pacemaker
            && let Some(agent) = agent_of(world, AgentId::new(0))
        {
            world.entity_mut(agent).insert((Pacemaker, lampyrid_swarm::Frequency(3.0)));
        }
        if let Some(goal) = self.goal {
            let policy = SupervisorPolicy { dwell: 0.4, noise_for: 0.3, ..Default::default() };
            let supervisor = (self.rules.len() > 1).then(|| Supervisor::new(self.rules.clone(), policy));
            install_goal(world, goal, supervisor).unwrap();
            world.resource_mut::<SwarmGoal>().set_rule(self.rules.first().copied());
        }
        self.rules.first().into_iter().for_each(|rule| adopt(world, rule).unwrap());
        install_disruptions(world, self.disruptions.clone()).unwrap();
    }

    pub(crate) fn phases(&self, ids: impl Iterator<Item = u32>) -> Vec<f64> {
        let agents = self.topology.agents() as f64;
        let even = |agent: u32| f64::from((7 * agent) % 211) * std::f64::consts::TAU / agents;
        ids.map(|agent| match self.spread_evenly {
            true => even(agent),
            false => PhaseDistribution::Uniform.draw(11, agent.into()),
        })
        .collect()
    }

    pub(crate) fn frequencies(&self, ids: impl Iterator<Item = u32>) -> Vec<f64> {
        let std = if self.spread_evenly { 0.0 } else { 0.3 };
        let law = FrequencyDistribution::Normal { mean: 3.0, std };
        ids.map(|agent| if std > 0.0 { law.draw(11, agent.into()) } else { 3.0 }).collect()
    }

    pub(crate) fn whole(&self) -> Adjacency {
        let network = self.topology.build(7).unwrap();
        if self.pacemaker { with_pacemaker(&network).unwrap() } else { network }
    }

    fn part(&self, partition: &Partition, rank: usize) -> Part {
        if partition.order().is_some() {
            return part_of(&self.whole(), partition, rank);
        }
        let part = Part::from_stream(&self.topology.stream(7).unwrap(), partition.range(rank)).unwrap();
        if self.pacemaker { part.led_by(0).unwrap() } else { part }
    }

    /// Puts the swarm into a world for itself.
    pub(crate) fn spawn_alone(&self, world: &mut World) {
        install_swarm(world);
        self.set_up(world);
        let (graph, all) = (self.whole(), 0..self.topology.agents() as u32);
        let spawner = SwarmSpawner::new(&graph).phases(self.phases(all.clone())).frequencies(self.frequencies(all));
        self.energy.into_iter().fold(spawner, SwarmSpawner::energy).spawn(world).unwrap();
        self.give_purpose(world);
    }

    pub(crate) fn alone(&self) -> Outcome {
        let mut world = World::new();
        self.spawn_alone(&mut world);
        advance(&mut world, self.steps).unwrap();
        Outcome {
            hash: Some(lampyrid_swarm::phase_hash(&mut world)),
            order: lampyrid_measure::order_parameter(&phases_of(&mut world)).unwrap(),
            ledger: lampyrid_swarm::energy_ledger(&world),
            states: agent_states(&mut world),
            decided: Decided::of(&world),
        }
    }

    pub(crate) fn begin(&self, partition: &Partition, rank: Arc<ThreadRank>) -> World {
        let own = partition.agents_of(rank.rank());
        let mut world = World::new();
        self.set_up(&mut world);
        let spawner = RankSpawner::new(partition, self.part(partition, rank.rank()));
        let spawner = spawner.phases(self.phases(own.iter())).frequencies(self.frequencies(own.iter()));
        self.energy.into_iter().fold(spawner, RankSpawner::energy).spawn(&mut world, rank).unwrap();
        self.give_purpose(&mut world);
        world
    }

    fn spread(&self, partition: &Partition) -> Outcome {
        let ranks = partition.ranks();
        let outcomes = on_threads(ranks, |rank| {
            let mut world = self.begin(partition, rank);
            advance(&mut world, self.steps).unwrap();
            Outcome {
                hash: phase_hash(&mut world).unwrap(),
                order: coherence(&mut world).unwrap(),
                ledger: energy_ledger(&world).unwrap(),
                states: gather_states(&mut world).unwrap(),
                decided: Decided::of(&world),
            }
        });
        assert!(outcomes.iter().all(|one| one.decided == outcomes[0].decided), "ranks of {ranks} differ");
        outcomes.into_iter().next().unwrap()
    }

    /// What all numbers of ranks and a single world come to.
    pub(crate) fn check(&self) -> Decided {
        let alone = self.alone();
        for ranks in RANKS {
            let agents = self.topology.agents();
            for partition in [Partition::blocks(agents, ranks).unwrap(), scattered(agents, ranks)] {
                let spread = self.spread(&partition);
                assert_eq!(spread.decided, alone.decided, "{ranks} ranks");
                assert_eq!(spread, alone, "{ranks} ranks");
            }
        }
        alone.decided
    }
}

pub(crate) fn phases_of(world: &mut World) -> Vec<f64> {
    agent_states(world).iter().map(|state| state.phase).collect()
}

pub(crate) fn goal(pattern: Pattern) -> Goal {
    Goal { hold: 0.3, ..Goal::new(pattern) }
}

pub(crate) fn lock() -> FrequencyLock {
    FrequencyLock { gain: 1.0, rate: 0.5 }
}

pub(crate) fn rules() -> Vec<Rule> {
    let offset = Rule::Offset { lock: lock(), spread: Spread::Even };
    vec![
        Rule::PhaseNudge(PhaseNudge { gain: 0.2 }),
        offset,
        Rule::Pulse(Pulse::default()),
        Rule::Desync(Desync::default()),
        Rule::Adaptive(lampyrid_swarm::Adaptive { every: 0.1, ..Default::default() }),
    ]
}
