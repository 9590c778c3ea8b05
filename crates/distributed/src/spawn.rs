//! A rank's part of a swarm.

use std::{borrow::Cow, sync::Arc};

use bevy_ecs::{entity::Entity, world::World};
use lampyrid_graph::Part;
use lampyrid_swarm::{SwarmSpawner, connect, install_swarm};

use crate::{
    DistributedError,
    exchange::{self, Border},
    halo::Halo,
    partition::Partition,
    ranks::{Council, Ranks},
    transport::Transport,
};

/// The agents of one rank, to be spawned into its world. All ranks spawn theirs together.
///
/// ```
/// use lampyrid_distributed::{Partition, RankSpawner, Transport, on_threads, phase_hash};
/// use lampyrid_graph::{Part, Topology};
/// use lampyrid_swarm::{World, advance};
///
/// let ring = Topology::Ring { agents: 100, neighbors: 4 }.stream(1)?;
/// let hash = |ranks| -> String {
///     let partition = Partition::blocks(100, ranks).unwrap();
///     let hashes = on_threads(ranks, |rank| {
///         let range = partition.range(rank.rank());
///         let part = Part::from_stream(&ring, range.clone()).unwrap();
///         let phases: Vec<f64> = range.map(|agent| f64::from(agent) * 0.7).collect();
///         let mut world = World::new();
///         RankSpawner::new(&partition, part).phases(&phases).spawn(&mut world, rank).unwrap();
///         advance(&mut world, 50).unwrap();
///         phase_hash(&mut world).unwrap()
///     });
///     hashes[0].clone().unwrap()
/// };
/// assert_eq!(hash(4), hash(1));
/// # Ok::<(), lampyrid_graph::GraphError>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is spawned before `spawn`"]
pub struct RankSpawner<'a> {
    partition: &'a Partition,
    part: Part,
    phases: Option<Cow<'a, [f64]>>,
    frequencies: Option<Cow<'a, [f64]>>,
    energy: Option<f64>,
}

impl<'a> RankSpawner<'a> {
    /// The agents of this part of a swarm, whose nodes are places, at phase 0 with frequency 0 unless told otherwise.
    pub fn new(partition: &'a Partition, part: Part) -> Self {
        Self { partition, part, phases: None, frequencies: None, energy: None }
    }

    /// Initial phases \[rad\] of the part's own agents, in the order of their ids; wrapped into [0, 2π).
    pub fn phases(mut self, phases: impl Into<Cow<'a, [f64]>>) -> Self {
        self.phases = Some(phases.into());
        self
    }

    /// Natural frequencies \[rad/s\], likewise.
    pub fn frequencies(mut self, frequencies: impl Into<Cow<'a, [f64]>>) -> Self {
        self.frequencies = Some(frequencies.into());
        self
    }

    /// Gives every agent [`Energy`](lampyrid_swarm::Energy), so that coupling costs.
    pub fn energy(mut self, energy: f64) -> Self {
        self.energy = Some(energy);
        self
    }

    /// Spawns the agents, setting the swarm up first in a world without one; returns them in the order of their ids.
    /// From then on, a step of this world is a step with all others: every rank advances by as many.
    ///
    /// Settings are those of each world, and must be the same in all.
    ///
    /// # Errors
    ///
    /// As [`Halo::agree`], and as [`SwarmSpawner::spawn`].
    pub fn spawn(self, world: &mut World, transport: Arc<dyn Transport>) -> Result<Vec<Entity>, DistributedError> {
        let Self { partition, part, phases, frequencies, energy } = self;
        let halo = Halo::agree(&*transport, partition, &part)?;
        let own = partition.agents_of(transport.rank());
        let (adjacency, outside) = part.into_parts();
        let outside: Vec<u32> = outside.into_iter().map(|place| partition.id(place)).collect();
        install_swarm(world);
        let mut spawner = SwarmSpawner::from(adjacency).part_of(partition.agents(), own, &outside);
        if let Some(phases) = phases {
            spawner = spawner.phases(phases);
        }
        if let Some(frequencies) = frequencies {
            spawner = spawner.frequencies(frequencies);
        }
        if let Some(energy) = energy {
            spawner = spawner.energy(energy);
        }
        let agents = spawner.spawn(world)?;
        enter(world, &halo, partition, &agents, transport);
        Ok(agents)
    }
}

/// Makes a world one of several ranks.
pub(crate) fn enter(
    world: &mut World,
    halo: &Halo,
    partition: &Partition,
    agents: &[Entity],
    transport: Arc<dyn Transport>,
) {
    if !world.contains_resource::<Border>() {
        exchange::install(world);
    }
    let ranks = Ranks::new(transport);
    let council = Arc::new(Council::of(ranks.clone()));
    let own = partition.agents_of(ranks.rank());
    world.insert_resource(Border::new(halo, partition.clone(), own, agents, council.clone()));
    connect(world, council);
    world.insert_resource(ranks);
}
