//! Parts of a state, put one behind the other.

use std::sync::Arc;

use lampyrid_graph::Adjacency;

use super::super::{
    StateError, SwarmState,
    census::{Ids, NOBODY},
    columns::{Column, NAMES, width},
    links::{Links, Lists, Store, extend},
};

impl SwarmState {
    /// The state of a swarm of which these are all [parts](Self::capture_part), in their order.
    ///
    /// # Errors
    ///
    /// [`StateError::Unfit`] for none, or parts that do not go together.
    pub fn join(parts: Vec<Self>) -> Result<Self, StateError> {
        let (first, rest) = parts.split_first().ok_or(StateError::Unfit("there is no part of it"))?;
        let (mut settings, mut purpose) = (first.settings.clone(), first.purpose.clone());
        rest.iter().for_each(|part| settings.add_ledger(&part.settings));
        rest.iter().try_for_each(|part| purpose.add(&part.purpose))?;
        let ids = parts.iter().flat_map(|part| (0..part.agents()).map(|place| part.ids.get(place)));
        let ids = Ids::of(ids.collect());
        let phases = parts.iter().flat_map(|part| &part.phases).copied().collect();
        let frequencies = parts.iter().flat_map(|part| &part.frequencies).copied().collect();
        let columns = NAMES.iter().filter_map(|name| column(&parts, name)).collect();
        let links = links(parts, &ids)?;
        Ok(Self { ids, phases, frequencies, columns, links, settings, purpose })
    }
}

/// A component of all who have it.
fn column(parts: &[SwarmState], name: &'static str) -> Option<Column> {
    let width = width(name);
    let (mut at, mut rows, mut first) = (Vec::new(), Vec::new(), 0);
    for part in parts {
        let agents = part.agents() as u32;
        if let Some(column) = part.columns.iter().find(|column| column.name == name) {
            let count = column.at.as_ref().map_or(agents as usize, Vec::len);
            match &column.at {
                Some(places) => at.extend_from_slice(places),
                None => at.extend(first..first + agents),
            }
            let is_uniform = column.rows.len() == width;
            rows.extend(std::iter::repeat_n(&column.rows, if is_uniform { count } else { 1 }).flatten());
        }
        first += agents;
    }
    Column::of(name, width, at, rows, first as usize)
}

fn links(parts: Vec<SwarmState>, ids: &Ids) -> Result<Links, StateError> {
    let mut all = Links::default();
    let mut rows = WholeRows::default();
    for part in parts {
        let Links { stores, neighbor_runs, weight_runs, neighbors, weights, .. } = part.links;
        stores.into_iter().try_for_each(|store| rows.add(store))?;
        neighbor_runs.into_iter().for_each(|run| extend(&mut all.neighbor_runs, run));
        weight_runs.into_iter().for_each(|run| extend(&mut all.weight_runs, run));
        append(&mut all.neighbors, neighbors);
        append(&mut all.weights, weights);
    }
    if !all.neighbor_runs.is_empty() || !all.weight_runs.is_empty() {
        all.stores.push(rows.finish(ids)?);
    }
    Ok(all)
}

fn append<T>(all: &mut Lists<T>, more: Lists<T>) {
    all.at.extend(more.at);
    all.lengths.extend(more.lengths);
    all.entries.extend(more.entries);
}

const UNFIT: StateError = StateError::Unfit("its parts are not those of one network");

/// The rows of a network, part by part.
#[derive(Default)]
struct WholeRows {
    /// The last part: how many of its nodes are its own shows in the next one.
    last: Option<Store>,
    offsets: Vec<u32>,
    columns: Vec<u32>,
    weights: Option<Vec<f64>>,
}

impl WholeRows {
    /// Adds a part, whose own nodes come first in its store.
    fn add(&mut self, store: Store) -> Result<(), StateError> {
        let next = store.agents.as_deref().and_then(|nodes| nodes.first().copied()).ok_or(UNFIT)?;
        if self.offsets.is_empty() {
            self.offsets.push(0);
        }
        if let Some(last) = self.last.replace(store) {
            self.take(&last, |node| node < next)?;
        }
        if self.offsets.len() as u64 == u64::from(next) + 1 { Ok(()) } else { Err(UNFIT) }
    }

    /// Adds the rows of the first nodes that are a part's own.
    fn take(&mut self, Store { graph, agents }: &Store, is_own: impl Fn(u32) -> bool) -> Result<(), StateError> {
        let nodes = agents.as_deref().ok_or(UNFIT)?;
        let first = self.offsets.len() as u32 - 1;
        let own = nodes.iter().zip(first..).take_while(|&(&node, expected)| node == expected && is_own(node)).count();
        for row in 0..own {
            self.columns.extend(graph.neighbors(row).iter().map(|&column| nodes[column as usize]));
            if let Some(weights) = graph.weights_of(row) {
                self.weights.get_or_insert_default().extend_from_slice(weights);
            }
            self.offsets.push(u32::try_from(self.columns.len()).map_err(|_| UNFIT)?);
        }
        Ok(())
    }

    /// The whole, whose node i stands for the agent with the id i.
    fn finish(mut self, ids: &Ids) -> Result<Store, StateError> {
        let last = self.last.take().ok_or(UNFIT)?;
        self.take(&last, |_| true)?;
        let nodes = self.offsets.len() as u64 - 1;
        let graph = Adjacency::from_parts(self.offsets, self.columns, self.weights).map_err(|_| UNFIT)?;
        let are_all_there = ids.len() as u64 == nodes;
        let agents = (!are_all_there).then(|| (0..nodes).map(|id| ids.place(id).unwrap_or(NOBODY)).collect());
        Ok(Store { graph: Arc::new(graph), agents })
    }
}
