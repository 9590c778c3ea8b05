//! A state in parts: what is structured, and blocks of numbers by name.

use std::{collections::BTreeMap, sync::Arc};

use lampyrid_graph::Adjacency;
use serde::{Deserialize, Serialize};

use super::{
    Column, Links, Purpose, Settings, StateError, SwarmState,
    census::Ids,
    columns::NAMES,
    links::{Lists, Run, Store},
};

/// The structured part of a [`SwarmState`], for `serde`. What is in it is the swarm's business.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SwarmHead {
    agents: u32,
    /// Of agents whose ids follow each other; the others list them in a block.
    first_id: Option<u64>,
    stores: u32,
    neighbor_runs: Vec<Run>,
    weight_runs: Vec<Run>,
    settings: Settings,
    purpose: Purpose,
}

/// Numbers of a [`SwarmState`], borrowed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum StateBlockRef<'a> {
    /// Places and counts.
    U32(&'a [u32]),
    /// Ids.
    U64(&'a [u64]),
    /// Quantities.
    F64(&'a [f64]),
}

/// Numbers of a [`SwarmState`].
#[derive(Clone, Debug, PartialEq)]
pub enum StateBlock {
    /// Places and counts.
    U32(Vec<u32>),
    /// Ids.
    U64(Vec<u64>),
    /// Quantities.
    F64(Vec<f64>),
}

impl SwarmState {
    /// What is structured.
    #[must_use]
    pub fn head(&self) -> SwarmHead {
        SwarmHead {
            agents: self.ids.len() as u32,
            first_id: match self.ids {
                Ids::Consecutive { first, .. } => Some(first),
                Ids::Listed(_) => None,
            },
            stores: self.links.stores.len() as u32,
            neighbor_runs: self.links.neighbor_runs.clone(),
            weight_runs: self.links.weight_runs.clone(),
            settings: self.settings.clone(),
            purpose: self.purpose.clone(),
        }
    }

    /// All blocks, with names of at most 30 letters, digits, dots and underscores.
    #[must_use]
    pub fn blocks(&self) -> Vec<(String, StateBlockRef<'_>)> {
        use StateBlockRef::{F64, U32, U64};
        let mut blocks = Vec::new();
        let mut add = |name: String, block| blocks.push((name, block));
        if let Ids::Listed(ids) = &self.ids {
            add("ids".to_owned(), U64(ids));
        }
        add("phases".to_owned(), F64(&self.phases));
        add("frequencies".to_owned(), F64(&self.frequencies));
        for Column { name, at, rows } in &self.columns {
            add((*name).to_owned(), F64(rows));
            at.iter().for_each(|at| add(format!("{name}.at"), U32(at)));
        }
        for (number, Store { graph, agents }) in self.links.stores.iter().enumerate() {
            add(format!("store.{number}.offsets"), U32(graph.offsets()));
            add(format!("store.{number}.links"), U32(graph.columns()));
            graph.weights().iter().for_each(|weights| add(format!("store.{number}.weights"), F64(weights)));
            agents.iter().for_each(|agents| add(format!("store.{number}.agents"), U32(agents)));
        }
        if !self.links.neighbors.at.is_empty() {
            let Lists { at, lengths, entries } = &self.links.neighbors;
            add("neighbors.at".to_owned(), U32(at));
            add("neighbors.lengths".to_owned(), U32(lengths));
            add("neighbors.entries".to_owned(), U32(entries));
        }
        if !self.links.weights.at.is_empty() {
            let Lists { at, lengths, entries } = &self.links.weights;
            add("weights.at".to_owned(), U32(at));
            add("weights.lengths".to_owned(), U32(lengths));
            add("weights.entries".to_owned(), F64(entries));
        }
        if !self.links.undirected.at.is_empty() {
            let Lists { at, lengths, entries } = &self.links.undirected;
            add("undirected.at".to_owned(), U32(at));
            add("undirected.lengths".to_owned(), U32(lengths));
            add("undirected.entries".to_owned(), U32(entries));
            add("undirected.weights".to_owned(), F64(&self.links.undirected_weights));
        }
        blocks
    }

    /// Puts a state together again.
    ///
    /// # Errors
    ///
    /// [`StateError::Unfit`] for a block that is missing, that nobody knows, or that does not go with the others.
    pub fn assemble(
        head: SwarmHead,
        blocks: impl IntoIterator<Item = (String, StateBlock)>,
    ) -> Result<Self, StateError> {
        let mut blocks = Blocks(blocks.into_iter().collect());
        let count = head.agents as usize;
        let ids = match head.first_id {
            Some(first) => Ids::Consecutive { first, count },
            None => Ids::Listed(blocks.u64("ids")?),
        };
        let (phases, frequencies) = (blocks.f64("phases")?, blocks.f64("frequencies")?);
        if ids.len() != count || phases.len() != count || frequencies.len() != count || !ids.are_valid() {
            return Err(StateError::Unfit("there are more or fewer ids, phases or frequencies than agents"));
        }
        let columns = NAMES.iter().filter_map(|name| blocks.column(name).transpose()).collect::<Result<_, _>>()?;
        let stores = (0..head.stores).map(|number| blocks.store(number)).collect::<Result<_, _>>()?;
        let neighbors = match blocks.u32("neighbors.at") {
            Ok(at) => {
                Lists { at, lengths: blocks.u32("neighbors.lengths")?, entries: blocks.u32("neighbors.entries")? }
            }
            Err(_) => Lists::default(),
        };
        let weights = match blocks.u32("weights.at") {
            Ok(at) => Lists { at, lengths: blocks.u32("weights.lengths")?, entries: blocks.f64("weights.entries")? },
            Err(_) => Lists::default(),
        };
        let (undirected, undirected_weights) = match blocks.u32("undirected.at") {
            Ok(at) => {
                let (lengths, entries) = (blocks.u32("undirected.lengths")?, blocks.u32("undirected.entries")?);
                (Lists { at, lengths, entries }, blocks.f64("undirected.weights")?)
            }
            Err(_) => Default::default(),
        };
        if !blocks.0.is_empty() {
            return Err(StateError::Unfit("it has a block that nobody knows"));
        }
        let (neighbor_runs, weight_runs) = (head.neighbor_runs, head.weight_runs);
        let links = Links { stores, neighbor_runs, weight_runs, neighbors, weights, undirected, undirected_weights };
        let SwarmHead { settings, purpose, .. } = head;
        Ok(Self { ids, phases, frequencies, columns, links, settings, purpose })
    }
}

struct Blocks(BTreeMap<String, StateBlock>);

const MISSING: StateError = StateError::Unfit("a block is missing, or of another kind");

impl Blocks {
    fn u32(&mut self, name: &str) -> Result<Vec<u32>, StateError> {
        match self.0.remove(name) {
            Some(StateBlock::U32(numbers)) => Ok(numbers),
            _ => Err(MISSING),
        }
    }

    fn u64(&mut self, name: &str) -> Result<Vec<u64>, StateError> {
        match self.0.remove(name) {
            Some(StateBlock::U64(numbers)) => Ok(numbers),
            _ => Err(MISSING),
        }
    }

    fn f64(&mut self, name: &str) -> Result<Vec<f64>, StateError> {
        match self.0.remove(name) {
            Some(StateBlock::F64(numbers)) => Ok(numbers),
            _ => Err(MISSING),
        }
    }

    fn column(&mut self, name: &'static str) -> Result<Option<Column>, StateError> {
        if !self.0.contains_key(name) {
            return Ok(None);
        }
        let rows = self.f64(name)?;
        let at = format!("{name}.at");
        let at = if self.0.contains_key(&at) { Some(self.u32(&at)?) } else { None };
        Ok(Some(Column { name, at, rows }))
    }

    fn store(&mut self, number: u32) -> Result<Store, StateError> {
        let name = |part: &str| format!("store.{number}.{part}");
        let (offsets, links) = (self.u32(&name("offsets"))?, self.u32(&name("links"))?);
        let weights = if self.0.contains_key(&name("weights")) { Some(self.f64(&name("weights"))?) } else { None };
        let agents = if self.0.contains_key(&name("agents")) { Some(self.u32(&name("agents"))?) } else { None };
        let graph = Adjacency::from_parts(offsets, links, weights);
        let graph = graph.map_err(|_| StateError::Unfit("the links of a network do not fit together"))?;
        Ok(Store { graph: Arc::new(graph), agents })
    }
}
