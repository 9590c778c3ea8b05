//! A part as plain data, and back; and a whole swarm as the only part.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::{
    super::{
        StateBlock, StateBlockRef, StateError, SwarmHead, SwarmState,
        census::{NOBODY, Roll},
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
        if !self.roll.gone.is_empty() {
            blocks.push((GONE.to_owned(), StateBlockRef::U64(&self.roll.gone)));
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
            StateBlock::U64(ids) if name == GONE => {
                gone = ids;
                None
            }
            block => Some((name, block)),
        });
        let others: Vec<_> = others.collect();
        let part = Self { range, all, roll: Roll { gone }, state: SwarmState::assemble(state, others)? };
        if part.is_sound() { Ok(part) } else { Err(UNFIT) }
    }

    /// Whether nothing in it leads beyond what is there.
    fn is_sound(&self) -> bool {
        let Self { range, all, roll: Roll { gone }, state } = self;
        let is_range = range.start <= range.end && range.end <= *all;
        let are_gone = gone.is_sorted_by(|a, b| a < b) && gone.last().is_none_or(|last| *last < u64::from(*all));
        is_range && are_gone && self.are_its_agents() && {
            let (links, places) = (&state.links, self.places());
            let stores = links.stores.len() <= 1 && links.stores.iter().all(|store| self.is_its_store(store));
            let runs = [&links.neighbor_runs, &links.weight_runs].into_iter().flatten();
            stores
                && runs.copied().all(|run| self.is_its_run(run))
                && links.neighbors.are_of(&places)
                && links.weights.are_of(&places)
                && links.undirected.at.is_empty()
                && state.columns.iter().all(|column| column.is_of(&places))
        }
    }

    fn are_its_agents(&self) -> bool {
        let (ids, places) = (&self.state.ids, self.places());
        ids.len() == places.len() && places.clone().zip(0..).all(|(place, own)| ids.get(own) == self.roll.id(place))
    }

    fn is_its_store(&self, Store { graph, agents }: &Store) -> bool {
        let Some(nodes) = agents else { return false };
        nodes.len() == graph.nodes()
            && nodes.len() >= self.range.len()
            && self.range.clone().zip(nodes).all(|(id, node)| id == *node)
            && nodes.iter().all(|node| *node < self.all)
    }

    fn is_its_run(&self, Run { place, count, store, node }: Run) -> bool {
        let lies_in = |start: u32, range: Range<u32>| {
            range.start <= start && u64::from(start) + u64::from(count) <= u64::from(range.end)
        };
        let has_rows = !self.state.links.stores.is_empty();
        has_rows && store == 0 && lies_in(place, self.places()) && lies_in(node, self.range())
    }

    /// The places of its agents.
    pub(super) fn places(&self) -> Range<u32> {
        self.roll.before(self.range.start)..self.roll.before(self.range.end)
    }

    /// Whether both are of one swarm.
    pub(super) fn goes_with(&self, other: &Self) -> bool {
        self.all == other.all && self.roll == other.roll
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
        let gone = (0..all).map(u64::from).filter(|&id| self.ids.place(id).is_none()).collect();
        let part = PartState { range: 0..all, all, roll: Roll { gone }, state: self };
        if part.is_sound() { Ok(part) } else { Err(UNFIT) }
    }
}

impl<T> Lists<T> {
    /// Whether they are lists of agents at these places.
    fn are_of(&self, places: &Range<u32>) -> bool {
        let total: u64 = self.lengths.iter().map(|&length| u64::from(length)).sum();
        self.at.len() == self.lengths.len() && total == self.entries.len() as u64 && are_among(&self.at, places)
    }
}

impl Column {
    /// Whether it is one of agents at these places.
    fn is_of(&self, places: &Range<u32>) -> bool {
        let (width, holders) = (width(self.name), self.at.as_ref().map_or(places.len(), Vec::len));
        let has_rows = self.rows.len() == width || holders.checked_mul(width) == Some(self.rows.len());
        has_rows && self.at.as_ref().is_none_or(|at| are_among(at, places))
    }
}

/// Whether these are ascending places among those.
fn are_among(at: &[u32], places: &Range<u32>) -> bool {
    at.is_sorted_by(|a, b| a < b) && [at.first(), at.last()].into_iter().flatten().all(|place| places.contains(place))
}
