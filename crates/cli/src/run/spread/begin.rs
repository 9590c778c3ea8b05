//! What one process needs of a scenario before it has a world: its part of the network and its agents' numbers.

use std::ops::Range;

use lampyrid::{
    distributed::{Partition, Ranks, Ties},
    graph::{Link, LinkStream, NodeOrder, Part, Topology},
    io::{
        Checkpoint, NetworkRecord, NodeNames,
        scenario::{Column, NetworkScenario, Numbering, Scenario},
    },
};

use crate::{
    error::Failure,
    ranks::{Ending, hash, together},
    run::{
        budget,
        checkpoint::RunState,
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

/// Where a part of the network is from.
enum Origin {
    Made(Topology),
    Read(Box<prepare::Network>),
}

impl Origin {
    /// Of a scenario, whose network is read like this if it is not made.
    fn of(scenario: &Scenario, read: impl FnOnce() -> Result<prepare::Network, Failure>) -> Result<Self, Failure> {
        Ok(match &scenario.network {
            NetworkScenario::Generated(network) => Self::Made(network.topology()),
            _ => Self::Read(Box::new(read()?)),
        })
    }

    fn agents(&self) -> usize {
        match self {
            Self::Made(topology) => topology.agents(),
            Self::Read(network) => network.adjacency.nodes(),
        }
    }

    /// The rows of some agents.
    fn part(&self, scenario: &Scenario, range: Range<u32>) -> Result<Part, Failure> {
        Ok(match self {
            Self::Made(topology) => Part::from_stream(&topology.stream(scenario.seed)?, range)?,
            Self::Read(network) => Part::of(&network.adjacency, range),
        })
    }
}

/// The same with the pacemaker that everybody listens to, if there is one.
fn listened(scenario: &Scenario, part: Part) -> Result<Part, Failure> {
    let is_led = scenario.goal.is_some_and(|goal| goal.pacemaker);
    Ok(if is_led { part.led_by(0)? } else { part })
}

/// Whether a column of the series looks at links, and there are any.
pub(super) fn looks_at_links(scenario: &Scenario) -> bool {
    let looks = |column: &Column| matches!(column, Column::LinkCoherence | Column::LocalCoherence);
    !scenario.coupling.all_to_all && scenario.record.columns.iter().any(looks)
}

/// The links that columns of the series look at, if any does: those that a run began with, made or read once more.
pub(super) fn ties_again(
    scenario: &Scenario,
    run: &RunState,
    checkpoint: &Checkpoint,
    partition: &Partition,
    ranks: &Ranks,
) -> Result<Option<Ties>, Ending> {
    if !looks_at_links(scenario) {
        return Ok(None);
    }
    let part = || -> Result<Part, Failure> {
        let origin = Origin::of(scenario, || prepare::network_again(scenario, run, checkpoint))?;
        listened(scenario, origin.part(scenario, partition.range(ranks.rank()))?)
    };
    let part = together(ranks, part())?;
    Ok(Some(Ties::new(ranks, partition, part)?))
}

impl Share {
    pub(super) fn of(scenario: &Scenario, strict: bool, ranks: &Ranks) -> Result<Self, Failure> {
        let origin = Origin::of(scenario, || prepare::network(scenario, strict))?;
        let partition = Partition::blocks(origin.agents(), ranks.size())?;
        let range = partition.range(ranks.rank());
        let all_to_all = scenario.coupling.all_to_all;
        let part = match all_to_all {
            true => Part::from_stream(&Unlinked(origin.agents()), range)?,
            false => origin.part(scenario, range)?,
        };
        // Isolated is who hears nobody of the network itself, the pacemaker aside.
        let (record, names, numbering, order, file) = match origin {
            Origin::Made(_) => (prepare::made(part.adjacency()), None, None, None, None),
            Origin::Read(network) => {
                let prepare::Network { record, names, numbering, order, file, .. } = *network;
                (record, names, numbering, order, file)
            }
        };
        let part = if all_to_all { part } else { listened(scenario, part)? };
        Ok(Self { partition, part, record, names, numbering, order, file })
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
