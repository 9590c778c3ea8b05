//! A swarm for a goal, with everything that its plan says.

use bevy_ecs::prelude::*;
use lampyrid_graph::GraphError;
use lampyrid_kernel::{
    Integrator,
    draw::{FrequencyDistribution, PhaseDistribution},
};

use super::{
    adopt::adopt,
    install_goal,
    pacemaker::Pacemaker,
    preset::GoalPlan,
    supervisor::{Supervisor, SupervisorPolicy},
    watch::SwarmGoal,
};
use crate::{
    agent::Frequency,
    error::SwarmError,
    settings::{Coupling, EnergyRule, SwarmSeed, TimeStep},
    spawn::SwarmSpawner,
};

/// Why a swarm for a goal could not be spawned.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GoalSpawnError {
    /// Its network cannot be made.
    #[error(transparent)]
    Network(#[from] GraphError),
    /// Its settings cannot be taken.
    #[error(transparent)]
    Swarm(#[from] SwarmError),
}

impl GoalPlan {
    /// Spawns the swarm of this plan, with network, phases and frequencies drawn by the seed, sets
    /// the swarm up if it is not there yet, and gives it the goal and a supervisor of usual policy.
    /// Returns the agents in the order of the nodes.
    ///
    /// ```
    /// use bevy_ecs::world::World;
    /// use lampyrid_swarm::{Preset, SwarmGoal, advance};
    ///
    /// let mut world = World::new();
    /// Preset::DistributeLoad.plan(20).spawn(&mut world, 7)?;
    /// while !world.resource::<SwarmGoal>().is_over(None) {
    ///     advance(&mut world, 10)?;
    /// }
    /// assert!(world.resource::<SwarmGoal>().is_attained());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`GoalSpawnError`] for a network that cannot be made and for settings out of range.
    pub fn spawn(&self, world: &mut World, seed: u64) -> Result<Vec<Entity>, GoalSpawnError> {
        let network = self.network(seed)?;
        let supervisor = Supervisor::new(self.rules.clone(), SupervisorPolicy::default());
        install_goal(world, self.goal, Some(supervisor))?;
        world.insert_resource(SwarmSeed(seed));
        world.insert_resource(TimeStep { seconds: self.step, integrator: Integrator::Euler });
        world.insert_resource(Coupling { strength: self.strength, ..Default::default() });
        let law = FrequencyDistribution::Normal { mean: self.frequency, std: self.frequency_std };
        let ids = 0..network.nodes() as u64;
        let phases: Vec<_> = ids.clone().map(|id| PhaseDistribution::Uniform.draw(seed, id)).collect();
        let frequencies: Vec<_> = ids.map(|id| law.draw(seed, id)).collect();
        let mut spawner = SwarmSpawner::new(&network).phases(&phases).frequencies(&frequencies);
        if let Some(energy) = self.energy {
            let rule = EnergyRule { capacity: energy.capacity, recovery: energy.recovery, ..Default::default() };
            world.insert_resource(rule);
            spawner = spawner.energy(energy.capacity);
        }
        let agents = spawner.spawn(world)?;
        if let (true, Some(&first)) = (self.pacemaker, agents.first()) {
            world.entity_mut(first).insert((Pacemaker, Frequency(self.frequency)));
        }
        if let Some(rule) = self.rules.first() {
            adopt(world, rule)?;
            world.resource_mut::<SwarmGoal>().set_rule(Some(*rule));
        }
        Ok(agents)
    }
}
