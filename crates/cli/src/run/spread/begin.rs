//! What one process needs of a scenario before it has a world: its part of the network and its agents' numbers.

use std::ops::Range;

use lampyrid::{
    distributed::{Partition, Placement, Ranks, Ties},
    graph::{Link, LinkStream, NodeOrder, Part, Topology},
    io::{
        Checkpoint, NetworkRecord, NodeNames,
        scenario::{Column, NetworkScenario, Numbering, Scenario},
    },
};

use super::filed::{self, Filed};
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
    pub(super) placement: Placement,
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
    let own = blocks(agents, ranks)?.range(ranks.rank()).len();
    let least = budget::foreseen_part(scenario, own, threads);
    least.map_or(Ok(()), |least| budget::refuse_part(scenario, least, least.total()))
}

fn blocks(agents: usize, ranks: &Ranks) -> Result<Partition, Failure> {
    Ok(Partition::blocks(agents, ranks.size())?)
}

/// The rows of some agents of a network that is made. A complete one, which is what the mean field is, has too many links
/// to be made for nothing.
fn made(scenario: &Scenario, topology: &Topology, range: Range<u32>) -> Result<Part, Failure> {
    Ok(match scenario.coupling.all_to_all {
        true => Part::from_stream(&Unlinked(topology.agents()), range)?,
        false => Part::from_stream(&topology.stream(scenario.seed)?, range)?,
    })
}

/// What agents are coupled by: links of their network and of its pacemaker, unless all hear the mean of all.
fn coupled(scenario: &Scenario, partition: &Partition, part: Part) -> Result<Part, Failure> {
    match scenario.coupling.all_to_all {
        true => Ok(Part::from_stream(&Unlinked(partition.agents()), part.range())?),
        false => listened(scenario, partition, part),
    }
}

/// The same with the pacemaker that everybody listens to, if there is one.
fn listened(scenario: &Scenario, partition: &Partition, part: Part) -> Result<Part, Failure> {
    let is_led = scenario.goal.is_some_and(|goal| goal.pacemaker);
    Ok(if is_led { part.led_by(partition.place(0))? } else { part })
}

/// Whether a column of the series looks at links, and there are any.
pub(super) fn looks_at_links(scenario: &Scenario) -> bool {
    let looks = |column: &Column| matches!(column, Column::LinkCoherence | Column::LocalCoherence);
    !scenario.coupling.all_to_all && scenario.record.columns.iter().any(looks)
}

/// What a run that goes on needs of the network that it began with.
pub(super) struct Again {
    /// Where results are written.
    pub(super) names: Option<NodeNames>,
    pub(super) numbering: Option<Numbering>,
    /// The links that columns of the series look at, if any does.
    pub(super) ties: Option<Ties>,
}

impl Again {
    /// Makes or reads once more what is needed; a network from a file has been gone through.
    pub(super) fn of(
        scenario: &Scenario,
        filed: Option<Filed>,
        partition: &Partition,
        ranks: &Ranks,
    ) -> Result<Self, Ending> {
        let looks = looks_at_links(scenario);
        let part = match (&scenario.network, &filed) {
            (NetworkScenario::Generated(network), _) => {
                let range = partition.range(ranks.rank());
                together(ranks, looks.then(|| made(scenario, &network.topology(), range)).transpose())?
            }
            (_, Some(filed)) if looks => Some(filed.part(partition, ranks)?.0),
            _ => None,
        };
        let part = together(ranks, part.map(|part| listened(scenario, partition, part)).transpose())?;
        let ties = part.map(|part| Ties::new(ranks, partition, part)).transpose()?;
        let filed = filed.filter(|_| ranks.is_first());
        let names = filed.as_ref().and_then(Filed::names);
        Ok(Self { names, numbering: filed.and_then(|filed| filed.numbering), ties })
    }
}

/// The network from a file that a run began with: at all processes if its links are looked at, and else at the first. None
/// if it was made.
pub(super) fn filed_again(
    scenario: &Scenario,
    run: &RunState,
    checkpoint: &Checkpoint,
    ranks: &Ranks,
) -> Result<Option<Filed>, Ending> {
    if matches!(scenario.network, NetworkScenario::Generated(_)) {
        return Ok(None);
    }
    let found = prepare::from_where_it_was(scenario, run);
    let filed = if looks_at_links(scenario) {
        Some(Filed::of(&found, false, ranks)?)
    } else {
        together(ranks, ranks.is_first().then(|| Filed::alone(&found)).transpose())?
    };
    let check = |filed: &Filed| prepare::check_unchanged(filed.agents(), filed.file.as_ref(), run, checkpoint);
    together(ranks, filed.as_ref().map_or(Ok(()), check))?;
    Ok(filed)
}

impl Share {
    pub(super) fn of(scenario: &Scenario, strict: bool, ranks: &Ranks) -> Result<Self, Ending> {
        match &scenario.network {
            NetworkScenario::Generated(network) => Self::made(scenario, &network.topology(), ranks),
            _ => Self::filed(scenario, Filed::of(scenario, strict, ranks)?, ranks),
        }
    }

    fn made(scenario: &Scenario, topology: &Topology, ranks: &Ranks) -> Result<Self, Ending> {
        let partition = together(ranks, blocks(topology.agents(), ranks))?;
        let part = together(ranks, made(scenario, topology, partition.range(ranks.rank())))?;
        // Isolated is who hears nobody of the network itself, the pacemaker aside.
        let record = filed::of_all(prepare::made(part.adjacency()), ranks)?;
        let part = together(ranks, coupled(scenario, &partition, part))?;
        let placement = Placement::Blocks;
        Ok(Self { placement, partition, part, record, names: None, numbering: None, order: None, file: None })
    }

    fn filed(scenario: &Scenario, filed: Filed, ranks: &Ranks) -> Result<Self, Ending> {
        let (placement, partition) = filed::place(scenario, Some(&filed), filed.agents(), ranks)?;
        let (part, record) = filed.part(&partition, ranks)?;
        let part = together(ranks, coupled(scenario, &partition, part))?;
        let names = if ranks.is_first() { filed.names() } else { None };
        let Filed { order, numbering, file, .. } = filed;
        Ok(Self { placement, partition, part, record, names, numbering, order, file })
    }

    /// Initial phases of its agents.
    pub(super) fn phases(&self, scenario: &Scenario, rank: usize) -> Result<Numbers, Failure> {
        self.numbers(rank, |whose, seen| prepare::phases(scenario, whose, seen))
    }

    /// Their natural frequencies.
    pub(super) fn frequencies(&self, scenario: &Scenario, rank: usize) -> Result<Numbers, Failure> {
        self.numbers(rank, |whose, seen| prepare::frequencies(scenario, whose, seen))
    }

    fn numbers(
        &self,
        rank: usize,
        read: impl FnOnce(&Whose<'_>, &mut dyn FnMut(&[f64])) -> Result<Vec<f64>, Failure>,
    ) -> Result<Numbers, Failure> {
        let own = self.partition.agents_of(rank);
        let own = Whose { agents: self.partition.agents(), own, order: self.order.as_ref() };
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
