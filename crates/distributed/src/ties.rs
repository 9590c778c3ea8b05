//! Measures along links, which take the phases of other ranks' agents.

use bevy_ecs::world::World;
use lampyrid_graph::{Adjacency, Part};
use lampyrid_kernel::ExactSum;
use lampyrid_measure::{link_sum, local_coherence_sum};

use crate::{
    DistributedError, Partition, Ranks,
    halo::Halo,
    measure::own_phases,
    transport::{Numbers, nothing},
};

/// The links of a rank's own agents, for measures along them: those that it is given, whatever becomes of them.
///
/// ```
/// use lampyrid_distributed::{Partition, RankSpawner, Ranks, Ties, on_threads};
/// use lampyrid_graph::{Part, Topology};
/// use lampyrid_measure::link_coherence;
/// use lampyrid_swarm::World;
///
/// let ring = Topology::Ring { agents: 100, neighbors: 4 };
/// let phases: Vec<f64> = (0..100).map(|agent| f64::from(agent) * 0.06).collect();
/// let partition = Partition::blocks(100, 3)?;
/// let found = on_threads(3, |rank| {
///     let range = partition.range(Ranks::new(rank.clone()).rank());
///     let part = Part::from_stream(&ring.stream(1).unwrap(), range.clone()).unwrap();
///     let ties = Ties::new(&Ranks::new(rank.clone()), &partition, part.clone()).unwrap();
///     let mut world = World::new();
///     let own = &phases[range.start as usize..range.end as usize];
///     RankSpawner::new(&partition, part).phases(own).spawn(&mut world, rank).unwrap();
///     ties.link_coherence(&mut world).unwrap()
/// });
/// assert_eq!(found, [link_coherence(&ring.build(1)?, &phases); 3]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Ties {
    ranks: Ranks,
    adjacency: Adjacency,
    halo: Halo,
    agents: usize,
}

impl Ties {
    /// Those of this rank's part of a network. All ranks call it together.
    ///
    /// # Errors
    ///
    /// As [`Halo::agree`].
    pub fn new(ranks: &Ranks, partition: &Partition, part: Part) -> Result<Self, DistributedError> {
        let halo = Halo::agree(ranks.transport(), partition, &part)?;
        let agents = part.range().len();
        Ok(Self { ranks: ranks.clone(), adjacency: part.into_parts().0, halo, agents })
    }

    /// The mean cosine along the links between agents who are there, of all ranks; `None` without any. All ranks ask for it
    /// together, between steps, and have the bits that one world would find.
    ///
    /// # Errors
    ///
    /// If ranks do not come together.
    pub fn link_coherence(&self, world: &mut World) -> Result<Option<f64>, DistributedError> {
        self.mean(world, |adjacency, phases, _| link_sum(adjacency, phases))
    }

    /// The mean local coherence of all agents who are there, likewise.
    ///
    /// # Errors
    ///
    /// As [`link_coherence`](Self::link_coherence).
    pub fn mean_local_coherence(&self, world: &mut World) -> Result<Option<f64>, DistributedError> {
        self.mean(world, local_coherence_sum)
    }

    fn mean(
        &self,
        world: &mut World,
        sum: impl Fn(&Adjacency, &[f64], usize) -> Option<ExactSum>,
    ) -> Result<Option<f64>, DistributedError> {
        let phases = self.phases(world)?;
        let are_there: Vec<bool> = phases.iter().map(|phase| !phase.is_nan()).collect();
        let sum = if are_there.iter().all(|is_there| *is_there) {
            sum(&self.adjacency, &phases, self.agents)
        } else {
            let agents = are_there[..self.agents].iter().filter(|is_there| **is_there).count();
            let phases: Vec<f64> = phases.into_iter().filter(|phase| !phase.is_nan()).collect();
            sum(&self.adjacency.among(&are_there), &phases, agents)
        };
        let mut parts = sum.unwrap_or_default().to_parts();
        self.ranks.add_up(&mut parts)?;
        let sum = ExactSum::from_parts(parts);
        Ok((sum.count() > 0).then(|| sum.mean().cos))
    }

    /// The phases of the rank's own agents, and behind them those of the others whom they listen to; NaN of those who are
    /// gone.
    fn phases(&self, world: &mut World) -> Result<Vec<f64>, DistributedError> {
        let (_, mut phases) = own_phases(world)?;
        let told: Vec<f64> = self.halo.told().iter().map(|&node| phases[node as usize]).collect();
        phases.resize(self.adjacency.nodes(), f64::NAN);
        let numbers = Numbers::Doubles { told: &told, heard: &mut phases[self.agents..] };
        self.ranks.transport().exchange(self.halo.partners(), numbers, &mut nothing)?;
        Ok(phases)
    }
}
