//! A process' part of a run.

#[cfg(feature = "prometheus")]
use std::path::Path;

use lampyrid::{
    distributed::{
        DistributedError, Placement, RankSpawner, Ranks, Ties, coherence, energy_ledger, gather_phases, partners,
        restore_state,
    },
    io::{
        NetworkRecord, NodeNames,
        scenario::{Column, Numbering, Scenario},
    },
    swarm::{SwarmClock, SwarmSeed, Workers, World, install_swarm, keep_chronicle},
};

use super::{
    begin::{self, Again, Share},
    save::Found,
};
#[cfg(feature = "prometheus")]
use crate::run::metrics::MetricsFile;
use crate::{
    error::Failure,
    ranks::{Ending, Rank, agree, hash, together},
    run::{
        budget, convert,
        figures::grouped,
        followers::{self, Followers},
        goal, metrics,
        recorder::{Sight, measure_phases},
        resume::Saved,
    },
};

pub(super) struct Member {
    pub(super) world: World,
    pub(super) ranks: Ranks,
    /// By what agents were given to processes.
    pub(super) placement: Placement,
    /// Where columns of the series look at links.
    ties: Option<Ties>,
    /// Of all processes, in the beginning.
    pub(super) agents: usize,
    /// Directed links of all processes.
    pub(super) links: u64,
    /// Bytes that all parts were expected to take.
    pub(super) estimated_bytes: u64,
    pub(super) network: NetworkRecord,
    pub(super) network_file: Option<(String, String)>,
    pub(super) names: Option<NodeNames>,
    pub(super) numbering: Option<Numbering>,
    /// Where this process keeps its metrics, if it does.
    #[cfg(feature = "prometheus")]
    metrics: Option<MetricsFile>,
}

impl Member {
    /// This process' part at the beginning of a scenario.
    pub(super) fn prepare(scenario: &Scenario, strict: bool, threads: usize, rank: Rank) -> Result<Self, Ending> {
        let ranks = Ranks::new(rank.clone());
        together(&ranks, begin::foresee(scenario, threads, &ranks))?;
        let share = Share::of(scenario, strict, &ranks)?;
        let (phases, hash_of_all) = together(&ranks, share.phases(scenario, ranks.rank()))?;
        agree(&ranks, "file of phases", hash_of_all)?;
        let (frequencies, hash_of_all) = together(&ranks, share.frequencies(scenario, ranks.rank()))?;
        agree(&ranks, "file of frequencies", hash_of_all)?;
        let Share { placement, partition, part, record, names, numbering, file, .. } = share;
        let ties = begin::looks_at_links(scenario).then(|| Ties::new(&ranks, &partition, part.clone())).transpose()?;
        let agents = partition.agents();
        let estimate = budget::of_part(scenario, &part, threads);
        let estimates = ranks.share(estimate.total())?;
        let machines = ranks.share(hash(rank.machine().as_bytes()))?;
        let is_here = |(machine, _): &(&u64, &u64)| **machine == machines[ranks.rank()];
        let here = machines.iter().zip(&estimates).filter(is_here).map(|(_, estimate)| estimate).sum();
        together(&ranks, budget::refuse_part(scenario, estimate, here))?;
        let own_links = part.adjacency().links();

        let mut world = new_world(&ranks, threads);
        let stopped = |error| Failure::Swarm { steps: 0, error };
        together(&ranks, budget::install(scenario, &mut world).map_err(stopped))?;
        world.insert_resource(convert::coupling(&scenario.coupling));
        world.insert_resource(convert::time_step(&scenario.time));
        world.insert_resource(SwarmSeed(scenario.seed));
        let mut spawner = RankSpawner::new(&partition, part).phases(phases).frequencies(frequencies);
        if let Some(rule) = goal::energy(scenario) {
            world.insert_resource(rule);
            spawner = spawner.energy(rule.capacity);
        }
        spawner.spawn(&mut world, rank)?;
        goal::install(scenario, agents, &mut world).map_err(stopped)?;
        let mut links = [own_links as i128];
        ranks.add_up(&mut links)?;
        let estimated_bytes = estimates.iter().sum();
        Ok(Self {
            world,
            ranks,
            placement,
            ties,
            agents,
            links: links[0] as u64,
            estimated_bytes,
            network: record,
            network_file: file,
            names,
            numbering,
            #[cfg(feature = "prometheus")]
            metrics: None,
        })
    }

    /// This process' part of the swarm of a checkpoint.
    pub(super) fn resume(found: Found, threads: usize, rank: Rank) -> Result<(Self, Saved), Ending> {
        let Found { saved, filed, placement, partition, parts } = found;
        let Saved { checkpoint, run, scenario } = &saved;
        let ranks = Ranks::new(rank.clone());
        let Again { names, numbering, ties } = Again::of(scenario, filed, &partition, &ranks)?;
        let mut world = new_world(&ranks, threads);
        let restored = restore_state(&parts, &mut world, &partition, rank);
        budget::look_again(&mut world);
        restored.map_err(|error| Failure::from(checkpoint.unfit(error.to_string())))?;
        let member = Self {
            world,
            ranks,
            placement,
            ties,
            agents: partition.agents(),
            links: run.links,
            estimated_bytes: run.estimated_bytes,
            network: run.network.clone(),
            network_file: run.network_file.clone(),
            names,
            numbering,
            #[cfg(feature = "prometheus")]
            metrics: None,
        };
        Ok((member, saved))
    }

    /// How many agents of others are heard here, and how many processes have them.
    pub(super) fn heard(&self) -> [u64; 2] {
        let heard = partners(&self.world).iter().map(|partner| partner.heard.len() as u64);
        heard.filter(|&agents| agents > 0).fold([0, 0], |[all, partners], agents| [all + agents, partners + 1])
    }

    /// What a process says of what is about to run.
    pub(super) fn announcement(&self, scenario: &Scenario) -> String {
        format!(
            "{} agents, {} links on {} ranks; {}{} steps of {} s; seed {}",
            grouped(self.agents as u64),
            grouped(self.links),
            self.ranks.size(),
            if scenario.ends_at_goal() { "until the goal is attained, at most " } else { "" },
            grouped(scenario.steps()),
            scenario.time.step,
            scenario.seed,
        )
    }

    pub(super) fn steps(&self) -> u64 {
        self.world.get_resource::<SwarmClock>().map_or(0, SwarmClock::steps)
    }

    pub(super) fn seconds(&self) -> f64 {
        self.world.get_resource::<SwarmClock>().map_or(0.0, SwarmClock::seconds)
    }

    /// Writes the metrics of its part now, and with later rows, into a file of its own beside this one.
    #[cfg(feature = "prometheus")]
    pub(super) fn write_metrics_into(&mut self, file: Option<&Path>) -> Result<(), Failure> {
        self.metrics = file.map(|file| MetricsFile::of_rank(file, self.ranks.rank()));
        self.write_metrics()
    }

    /// Writes them now, if they are to be written at all.
    #[cfg(feature = "prometheus")]
    pub(super) fn write_metrics(&mut self) -> Result<(), Failure> {
        self.metrics.as_mut().map_or(Ok(()), |file| file.write(&mut self.world)).map_err(Failure::from)
    }

    /// The same, unless that was done a moment ago.
    #[cfg(feature = "prometheus")]
    pub(super) fn refresh_metrics(&mut self) -> Result<(), Failure> {
        self.metrics.as_mut().map_or(Ok(()), |file| file.refresh(&mut self.world)).map_err(Failure::from)
    }

    /// Collects what a row of the series is made of: phases by id, at the first process, and the rest.
    pub(super) fn sight(&mut self, scenario: &Scenario) -> Result<(Vec<f64>, Sight), Ending> {
        let (steps, time, order) = (self.steps(), self.seconds(), coherence(&mut self.world)?);
        let ledger = energy_ledger(&self.world)?;
        let followers = self.followers(scenario)?;
        let phases = gather_phases(&mut self.world)?;
        let columns = scenario.record.columns.iter();
        let further = columns.map(|&column| self.measure(column, &phases)).collect::<Result<Vec<f64>, _>>()?;
        Ok((phases, Sight { steps, time, order, further, ledger, followers }))
    }

    /// A column of a row with these phases by id; whatever takes no links is only known to the first process, as they are.
    fn measure(&mut self, column: Column, by_id: &[f64]) -> Result<f64, DistributedError> {
        let (world, ties) = (&mut self.world, self.ties.as_ref());
        let found = match column {
            Column::LinkCoherence => ties.map_or(Ok(None), |ties| ties.link_coherence(world))?,
            Column::LocalCoherence => ties.map_or(Ok(None), |ties| ties.mean_local_coherence(world))?,
            other => {
                let phases: Vec<f64> = by_id.iter().copied().filter(|phase| !phase.is_nan()).collect();
                return Ok(measure_phases(other, &phases));
            }
        };
        Ok(found.unwrap_or(0.0))
    }

    /// Who follows which strategy, where that is recorded.
    fn followers(&mut self, scenario: &Scenario) -> Result<Option<Followers>, Ending> {
        if followers::recorder(scenario, self.agents).is_none() {
            return Ok(None);
        }
        let own = Followers::of(&mut self.world);
        let mut answers = own.answers.map(i128::from);
        self.ranks.add_up(&mut answers)?;
        Ok(Some(Followers { answers: answers.map(|count| count as u64), ..own }))
    }
}

fn new_world(ranks: &Ranks, threads: usize) -> World {
    let mut world = World::new();
    install_swarm(&mut world);
    if ranks.is_first() {
        keep_chronicle(&mut world);
    }
    metrics::install(&mut world);
    world.insert_resource(Workers::with_threads(threads));
    world
}
