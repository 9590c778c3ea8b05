//! A network from a file, or one that the program carries: every process goes through it, and none keeps it whole.

use lampyrid::{
    distributed::{Partition, Placement, Ranks},
    graph::{NodeOrder, Part},
    io::{
        self, NetworkPart, NetworkRecord, NetworkSurvey, NodeNames,
        scenario::{NetworkScenario, Numbering, Scenario},
    },
};

use crate::{
    error::Failure,
    ranks::{Ending, agree, together},
    run::prepare,
};

/// The largest file whose links one process holds, to find out who should have which agents: some ten million links, and half
/// a minute.
const MOST_BYTES: u64 = 1 << 27;

/// What a process knows of such a network before it keeps any link.
pub(super) struct Filed {
    survey: NetworkSurvey<'static>,
    /// The nodes that agents were, where they are numbered anew.
    pub(super) order: Option<NodeOrder>,
    /// How nodes came to be numbered, where that was asked for.
    pub(super) numbering: Option<Numbering>,
    /// Its file and the checksum of what was in it.
    pub(super) file: Option<(String, String)>,
}

impl Filed {
    /// All processes go through the file, each for itself, and see that it is the same to all of them. Links decide an
    /// order of nodes, if one is asked for: the first process holds all of them until it has found it, and tells the others.
    pub(super) fn of(scenario: &Scenario, strict: bool, ranks: &Ranks) -> Result<Self, Ending> {
        let survey = together(ranks, survey(scenario, strict))?;
        agree(ranks, "network", survey.checksum())?;
        let found = if ranks.is_first() { order(scenario, &survey) } else { Ok(None) };
        let found = together(ranks, found)?.map_or_else(Vec::new, |order| order.nodes().to_vec());
        let told = ranks.announce(found)?;
        let order = if told.is_empty() { Ok(None) } else { NodeOrder::new(told).map(Some) };
        Ok(Self::new(scenario, survey, order.map_err(Failure::from)?))
    }

    /// The same for a process that needs nobody's part of it.
    pub(super) fn alone(scenario: &Scenario) -> Result<Self, Failure> {
        let survey = survey(scenario, false)?;
        let order = order(scenario, &survey)?;
        Ok(Self::new(scenario, survey, order))
    }

    fn new(scenario: &Scenario, survey: NetworkSurvey<'static>, order: Option<NodeOrder>) -> Self {
        let numbering = prepare::found_numbering(numbering_of(scenario), order.as_ref());
        let file = prepare::file_of(scenario, survey.checksum());
        Self { survey, order, numbering, file }
    }

    pub(super) fn agents(&self) -> usize {
        self.survey.nodes()
    }

    pub(super) fn names(&self) -> Option<NodeNames> {
        match &self.order {
            Some(order) => Some(prepare::names_in(order, self.survey.names())),
            None => self.survey.names().cloned(),
        }
    }

    /// By what agents are given to processes, and which process each is given to: found by the first process, which holds
    /// all links meanwhile. Blocks where it may not, or cannot.
    fn placement(&self, scenario: &Scenario, ranks: &Ranks) -> (Placement, Vec<u32>) {
        let is_as_stored = numbering_of(scenario) == Numbering::AsStored;
        if !is_as_stored || scenario.coupling.all_to_all || self.survey.bytes() > MOST_BYTES {
            return Default::default();
        }
        self.survey.whole().map_or_else(|_| Default::default(), |whole| Placement::best(&whole.adjacency, ranks.size()))
    }

    /// The rows of this process' agents, which no other process reads, and what is to be said of the whole network.
    pub(super) fn part(&self, partition: &Partition, ranks: &Ranks) -> Result<(Part, NetworkRecord), Ending> {
        let order = self.order.as_ref().or(partition.order());
        let own = self.survey.part(partition.range(ranks.rank()), order).map_err(Failure::from);
        let NetworkPart { part, duplicates, self_links, isolated } = together(ranks, own)?;
        let own = NetworkRecord {
            format: Some(self.survey.format().to_string()),
            directed: self.survey.directed(),
            weighted: part.adjacency().weights().is_some(),
            duplicates: duplicates as u64,
            self_links: self_links as u64,
            isolated: isolated as u64,
        };
        let record = of_all(own, ranks)?;
        // Repeated links in the part of one process give weights to all.
        let part = if record.weighted { part.weighted() } else { part };
        Ok((part, record))
    }
}

/// Gives agents to processes: those of a network from a file, which the first process knows, along its links if that is
/// better than by their ids.
pub(super) fn place(
    scenario: &Scenario,
    filed: Option<&Filed>,
    agents: usize,
    ranks: &Ranks,
) -> Result<(Placement, Partition), Ending> {
    let filed = filed.filter(|_| ranks.is_first());
    let (placement, owners) = filed.map_or_else(Default::default, |filed| filed.placement(scenario, ranks));
    let owners = ranks.announce(owners)?;
    let placement = ranks.share(placement as u64)?[0];
    let all = [Placement::Blocks, Placement::CuthillMcKee, Placement::Metis];
    let placement = all.into_iter().find(|one| *one as u64 == placement).unwrap_or_default();
    let partition = match owners.is_empty() {
        true => Partition::blocks(agents, ranks.size()),
        false => Partition::of_owners(&owners, ranks.size()),
    };
    Ok((placement, together(ranks, partition.map_err(Failure::from))?))
}

/// The record of a network, of those of all its parts.
pub(super) fn of_all(own: NetworkRecord, ranks: &Ranks) -> Result<NetworkRecord, Ending> {
    let counts = [own.weighted.into(), own.duplicates, own.self_links, own.isolated];
    let mut counts = counts.map(i128::from);
    ranks.add_up(&mut counts)?;
    let [weighted, duplicates, self_links, isolated] = counts.map(|count| count as u64);
    Ok(NetworkRecord { weighted: weighted > 0, duplicates, self_links, isolated, ..own })
}

fn survey(scenario: &Scenario, strict: bool) -> Result<NetworkSurvey<'static>, Failure> {
    Ok(match &scenario.network {
        NetworkScenario::File { file, direction, .. } => {
            io::survey_network(file, &prepare::options(*direction, strict))?
        }
        NetworkScenario::Builtin { builtin, direction, .. } => {
            let options = prepare::options(*direction, strict);
            io::survey_network_bytes(builtin.name(), builtin.bytes(), &options)?
        }
        other => unreachable!("{other:?} is not read"),
    })
}

fn numbering_of(scenario: &Scenario) -> Numbering {
    match &scenario.network {
        NetworkScenario::File { numbering, .. } | NetworkScenario::Builtin { numbering, .. } => *numbering,
        _ => Numbering::AsStored,
    }
}

/// The order that nodes are numbered in, if that was asked for and there is one.
fn order(scenario: &Scenario, survey: &NetworkSurvey<'_>) -> Result<Option<NodeOrder>, Failure> {
    match numbering_of(scenario) {
        Numbering::AsStored => Ok(None),
        asked => prepare::order_of(&survey.whole()?.adjacency, asked),
    }
}
