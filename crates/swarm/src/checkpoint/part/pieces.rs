//! A part as plain data, and back; and a whole swarm as the only part.

use std::ops::Range;

use lampyrid_graph::Members;
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
    /// Of ids that follow each other; others are listed in a block.
    run: Option<Range<u32>>,
    all: u32,
    state: SwarmHead,
}

/// The names of the blocks of those who are gone, and of ids that are no run.
const GONE: &str = "gone";
const OWN: &str = "own";

const UNFIT: StateError = StateError::Unfit("a part of it is not what any world has written down");
const SEVERAL: StateError =
    StateError::Unfit("only agents that were spawned from one graph in the order of its nodes can be spread");

impl PartState {
    /// What is structured.
    #[must_use]
    pub fn head(&self) -> PartHead {
        let run = self.own.as_list().is_none().then(|| self.own.bounds());
        PartHead { run, all: self.all, state: self.state.head() }
    }

    /// All blocks, named as those of a [`SwarmState`].
    #[must_use]
    pub fn blocks(&self) -> Vec<(String, StateBlockRef<'_>)> {
        let mut blocks = self.state.blocks();
        if !self.gone.is_empty() {
            blocks.push((GONE.to_owned(), StateBlockRef::U32(&self.gone)));
        }
        self.own.as_list().iter().for_each(|own| blocks.push((OWN.to_owned(), StateBlockRef::U32(own))));
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
        let PartHead { run, all, state } = head;
        let (mut gone, mut own) = (Vec::new(), Vec::new());
        let mut others = Vec::new();
        for (name, block) in blocks {
            match block {
                StateBlock::U32(ids) if name == GONE => gone = ids,
                StateBlock::U32(ids) if name == OWN => own = ids,
                block => others.push((name, block)),
            }
        }
        let own = run.map_or_else(|| Members::listed(own), Members::from);
        let part = Self { own, all, gone, state: SwarmState::assemble(state, others)? };
        if part.is_sound() { Ok(part) } else { Err(UNFIT) }
    }

    /// Whether nothing in it leads beyond what is there.
    fn is_sound(&self) -> bool {
        let Self { own, all, gone, state } = self;
        let bounds = own.bounds();
        let is_range = bounds.start <= bounds.end && bounds.end <= *all;
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
        let there = self.own.iter().filter(|id| self.gone.binary_search(id).is_err());
        there.map(u64::from).eq((0..self.state.ids.len()).map(|place| self.state.ids.get(place)))
    }

    fn is_its_store(&self, Store { graph, agents }: &Store) -> bool {
        let Some(nodes) = agents else { return false };
        nodes.len() == graph.nodes()
            && nodes.len() >= self.own.len()
            && self.own.iter().zip(nodes).all(|(id, node)| id == *node)
            && nodes.iter().all(|node| *node < self.all)
    }

    fn is_its_run(&self, Run { place, count, store, node }: Run) -> bool {
        let has_rows = !self.state.links.stores.is_empty() && store == 0 && place == node;
        let end = node as usize + count as usize;
        let is_there = |place: usize| self.state.ids.place(self.own.get(place).into()).is_some();
        has_rows && end <= self.own.len() && (node as usize..end).all(is_there)
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
        let part = PartState { own: (0..all).into(), all, gone, state: self };
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
