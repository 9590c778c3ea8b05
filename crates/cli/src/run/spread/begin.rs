//! What one process needs of a scenario before it has a world: its part of the network and its agents' numbers.

use std::ops::Range;

use lampyrid::{
    distributed::{Partition, Ranks},
    graph::{Link, LinkStream, NodeOrder, Part},
    io::{
        NetworkRecord, NodeNames,
        scenario::{NetworkScenario, Numbering, Scenario},
    },
};

use crate::{
    error::Failure,
    ranks::hash,
    run::{
        budget,
        prepare::{self, Whose},
    },
};

/// A rank's part of the network.
pub(super) struct Share {
    pub(super) partition: Partition,
    pub(super) part: Part,
    pub(super) record: NetworkRecord,
    pub(super) names: Option<NodeNames>,
    pub(super) numbering: Option<Numbering>,
    order: Option<NodeOrder>,
    pub(super) file: Option<(String, String)>,
}

/// Numbers of this process' agents, and a hash of the whole file where they are of one.
type Numbers = (Vec<f64>, u64);

/// Refuses a part that is too large, where that is known before the network is made.
pub(super) fn foresee(scenario: &Scenario, threads: usize, ranks: &Ranks) -> Result<(), Failure> {
    let Some(agents) = scenario.network.agents() else { return Ok(()) };
    let own = Partition::blocks(agents, ranks.size())?.range(ranks.rank()).len();
    let least = budget::foreseen_part(scenario, own, threads);
    least.map_or(Ok(()), |least| budget::refuse_part(scenario, least, least.total()))
}

impl Share {
    pub(super) fn of(scenario: &Scenario, strict: bool, ranks: &Ranks) -> Result<Self, Failure> {
        let all_to_all = scenario.coupling.all_to_all;
        let share = match &scenario.network {
            NetworkScenario::Generated(network) => {
                let partition = Partition::blocks(network.agents(), ranks.size())?;
                let range = partition.range(ranks.rank());
                let part = match all_to_all {
                    true => Part::from_stream(&Unlinked(network.agents()), range)?,
                    false => Part::from_stream(&network.topology().stream(scenario.seed)?, range)?,
                };
                let record = prepare::made(part.adjacency());
                Self { partition, part, record, names: None, numbering: None, order: None, file: None }
            }
            _ => {
                let network = prepare::network(scenario, strict)?;
                let agents = network.adjacency.nodes();
                let partition = Partition::blocks(agents, ranks.size())?;
                let range = partition.range(ranks.rank());
                let part = match all_to_all {
                    true => Part::from_stream(&Unlinked(agents), range)?,
                    false => Part::of(&network.adjacency, range),
                };
                let prepare::Network { record, names, numbering, order, file, .. } = network;
                Self { partition, part, record, names, numbering, order, file }
            }
        };
        match scenario.goal {
            Some(goal) if goal.pacemaker && !all_to_all => Ok(Self { part: share.part.led_by(0)?, ..share }),
            _ => Ok(share),
        }
    }

    /// Of what was read, and how it was numbered.
    pub(super) fn hash(&self) -> u64 {
        let links = self.file.as_ref().map_or("", |(_, hash_of_links)| hash_of_links).bytes();
        let nodes = self.order.iter().flat_map(NodeOrder::nodes).flat_map(|node| node.to_le_bytes());
        hash(&links.chain(nodes).collect::<Vec<u8>>())
    }

    /// Initial phases of its agents.
    pub(super) fn phases(&self, scenario: &Scenario) -> Result<Numbers, Failure> {
        self.numbers(|whose, seen| prepare::phases(scenario, whose, seen))
    }

    /// Their natural frequencies.
    pub(super) fn frequencies(&self, scenario: &Scenario) -> Result<Numbers, Failure> {
        self.numbers(|whose, seen| prepare::frequencies(scenario, whose, seen))
    }

    fn numbers(
        &self,
        read: impl FnOnce(&Whose<'_>, &mut dyn FnMut(&[f64])) -> Result<Vec<f64>, Failure>,
    ) -> Result<Numbers, Failure> {
        let Range { start, end } = self.part.range();
        let range = start as usize..end as usize;
        let own = Whose { agents: self.partition.agents(), range, order: self.order.as_ref() };
        let mut hash_of_all = 0;
        let mut see = |all: &[f64]| {
            let bytes: Vec<u8> = all.iter().flat_map(|number| number.to_le_bytes()).collect();
            hash_of_all = hash(&bytes);
        };
        let numbers = read(&own, &mut see)?;
        Ok((numbers, hash_of_all))
    }
}

/// Agents whom no link leads to.
struct Unlinked(usize);

impl LinkStream for Unlinked {
    fn nodes(&self) -> usize {
        self.0
    }

    fn for_each_link(&self, _: impl FnMut(Link)) {}
}
