//! A part as plain data, and back; and a whole swarm as the only part.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::{
    super::{
        StateBlock, StateBlockRef, StateError, SwarmHead, SwarmState,
        census::{Ids, NOBODY},
        columns::{Column, width},
        links::{Lists, Run, Store},
    },
    PartState,
};

/// The structured part of a [`PartState`], for `serde`. What is in it is the swarm's business.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PartHead {
    range: Range<u32>,
    all: u32,
    state: SwarmHead,
}

/// The name of the block of those who are gone.
const GONE: &str = "gone";

const UNFIT: StateError = StateError::Unfit("a part of it is not what any world has written down");
const SEVERAL: StateError =
    StateError::Unfit("only agents that were spawned from one graph in the order of its nodes can be spread");

impl PartState {
    /// What is structured.
    #[must_use]
    pub fn head(&self) -> PartHead {
        PartHead { range: self.range.clone(), all: self.all, state: self.state.head() }
    }

    /// All blocks, named as those of a [`SwarmState`].
    #[must_use]
    pub fn blocks(&self) -> Vec<(String, StateBlockRef<'_>)> {
        let mut blocks = self.state.blocks();
        if !self.gone.is_empty() {
            blocks.push((GONE.to_owned(), StateBlockRef::U32(&self.gone)));
        }
        blocks
    }

    /// Puts a part together again.
    ///
    /// # Errors
    ///
    /// As [`SwarmState::assemble`].
    pub fn assemble(
        head: PartHead,
        blocks: impl IntoIterator<Item = (String, StateBlock)>,
    ) -> Result<Self, StateError> {
        let PartHead { range, all, state } = head;
        let mut gone = Vec::new();
        let others = blocks.into_iter().filter_map(|(name, block)| match block {
            StateBlock::U32(ids) if name == GONE => {
                gone = ids;
                None
            }
            block => Some((name, block)),
        });
        let others: Vec<_> = others.collect();
        let part = Self { range, all, gone, state: SwarmState::assemble(state, others)? };
        if part.is_sound() { Ok(part) } else { Err(UNFIT) }
    }

    /// Whether nothing in it leads beyond what is there.
    fn is_sound(&self) -> bool {
        let Self { range, all, gone, state } = self;
        let is_range = range.start <= range.end && range.end <= *all;
        let are_gone = gone.is_sorted_by(|a, b| a < b) && gone.last().is_none_or(|last| last < all);
        is_range && are_gone && self.are_its_agents() && {
            let (links, ids) = (&state.links, &state.ids);
            let stores = links.stores.len() <= 1 && links.stores.iter().all(|store| self.is_its_store(store));
            let mut runs = links.neighbor_runs.iter().chain(&links.weight_runs);
            stores
                && runs.all(|run| self.is_its_run(*run))
                && links.neighbors.are_of(ids)
                && links.weights.are_of(ids)
                && links.undirected.at.is_empty()
                && state.columns.iter().all(|column| column.is_of(ids))
        }
    }

    /// Whether it has those agents of its ids that are not gone.
    fn are_its_agents(&self) -> bool {
        let mut gone = self.gone.iter().skip_while(|id| **id < self.range.start).peekable();
        let there = self.range.clone().filter(|id| gone.next_if_eq(&id).is_none());
        there.map(u64::from).eq((0..self.state.ids.len()).map(|place| self.state.ids.get(place)))
    }

    fn is_its_store(&self, Store { graph, agents }: &Store) -> bool {
        let Some(nodes) = agents else { return false };
        nodes.len() == graph.nodes()
            && nodes.len() >= self.range.len()
            && self.range.clone().zip(nodes).all(|(id, node)| id == *node)
            && nodes.iter().all(|node| *node < self.all)
    }

    fn is_its_run(&self, Run { place, count, store, node }: Run) -> bool {
        let has_rows = !self.state.links.stores.is_empty() && store == 0 && place == node;
        let end = u64::from(node) + u64::from(count);
        let lies_within = self.range.start <= node && end <= u64::from(self.range.end);
        has_rows && lies_within && (node..end as u32).all(|id| self.state.ids.place(id.into()).is_some())
    }

    /// Whether both are of one swarm.
    pub(super) fn goes_with(&self, other: &Self) -> bool {
        self.all == other.all && self.gone == other.gone
    }
}

impl SwarmState {
    /// The whole swarm as one part.
    ///
    /// # Errors
    ///
    /// [`StateError::Unfit`] for a swarm whose agents were not spawned from one graph, by the order of its nodes, or have
    /// undirected links.
    pub fn into_part(mut self) -> Result<PartState, StateError> {
        let count = self.ids.len();
        let past_last = count.checked_sub(1).map_or(0, |last| self.ids.get(last) + 1);
        let nodes = self.links.stores.first().map_or(0, |store| store.graph.nodes());
        let all = u32::try_from(past_last.max(nodes as u64)).map_err(|_| SEVERAL)?;
        if self.links.stores.len() > 1 || !self.links.undirected.at.is_empty() {
            return Err(SEVERAL);
        }
        for Store { graph, agents } in &mut self.links.stores {
            let place = |node: usize| match &*agents {
                None => Some(node as u32).filter(|&place| (place as usize) < count),
                Some(agents) => agents.get(node).copied().filter(|&place| place != NOBODY),
            };
            let are_in_order = (0..all).all(|id| place(id as usize) == self.ids.place(id.into()));
            if graph.nodes() != all as usize || !are_in_order {
                return Err(SEVERAL);
            }
            *agents = Some((0..all).collect());
        }
        let ids = &self.ids;
        let id = |place: &u32| if (*place as usize) < count { ids.get(*place as usize) as u32 } else { NOBODY };
        let links = &mut self.links;
        let lists = [&mut links.neighbors.at, &mut links.weights.at, &mut links.neighbors.entries];
        let holders = self.columns.iter_mut().flat_map(|column| &mut column.at);
        lists.into_iter().chain(holders).flatten().for_each(|place| *place = id(place));
        links.neighbor_runs.iter_mut().chain(&mut links.weight_runs).for_each(|run| run.place = id(&run.place));
        self.purpose.renumber(|place| id(&place));
        let gone = (0..all).filter(|&id| ids.place(id.into()).is_none()).collect();
        let part = PartState { range: 0..all, all, gone, state: self };
        if part.is_sound() { Ok(part) } else { Err(UNFIT) }
    }
}

impl<T> Lists<T> {
    /// Whether they are lists of agents with these ids.
    fn are_of(&self, ids: &Ids) -> bool {
        let total: u64 = self.lengths.iter().map(|&length| u64::from(length)).sum();
        self.at.len() == self.lengths.len() && total == self.entries.len() as u64 && are_among(&self.at, ids)
    }
}

impl Column {
    /// Whether it is one of agents with these ids.
    fn is_of(&self, ids: &Ids) -> bool {
        let (width, holders) = (width(self.name), self.at.as_ref().map_or(ids.len(), Vec::len));
        let has_rows = self.rows.len() == width || holders.checked_mul(width) == Some(self.rows.len());
        has_rows && self.at.as_ref().is_none_or(|at| are_among(at, ids))
    }
}

/// Whether these ascend and are all among those.
fn are_among(at: &[u32], ids: &Ids) -> bool {
    at.is_sorted_by(|a, b| a < b) && at.iter().all(|&id| ids.place(id.into()).is_some())
}
