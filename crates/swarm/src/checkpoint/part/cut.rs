//! What one of several worlds needs of a state.

use std::{ops::Range, sync::Arc};

use lampyrid_graph::Adjacency;

use super::super::{
    StateError, SwarmState,
    census::{Ids, NOBODY},
    columns::{Column, width},
    links::{Links, Lists, Run, Store},
};

/// A part, by places of its own: agents first, then those outside.
pub(super) struct Cut {
    pub(super) state: SwarmState,
    /// The ids of those outside whom agents of the part can hear, ascending.
    pub(super) outside: Vec<u32>,
    /// Which of them are agents still.
    pub(super) are_there: Vec<bool>,
}

const SEVERAL: StateError =
    StateError::Unfit("only agents that were spawned from one graph in the order of its nodes can be spread");

impl SwarmState {
    /// The part with the agents whose ids are in `range`.
    pub(super) fn cut(self, range: Range<u32>) -> Result<Cut, StateError> {
        self.check_order(&range)?;
        let seam = Seam::of(&self, range);
        let Seam { places, range, outside, .. } = &seam;
        let own = |column: Column| column.cut(places);
        let slice = places.start as usize..places.end as usize;
        let Links { stores, neighbor_runs, weight_runs, neighbors, weights, .. } = &self.links;
        let runs = |runs: &[Run]| runs.iter().filter_map(|run| run.cut(places, range.start)).collect();
        let links = Links {
            stores: stores.iter().map(|store| seam.store(store, &self.ids)).collect::<Result<_, _>>()?,
            neighbor_runs: runs(neighbor_runs),
            weight_runs: runs(weight_runs),
            neighbors: neighbors.cut(places, |&place| seam.place(place, &self.ids)),
            weights: weights.cut(places, |&weight| weight),
            ..Links::default()
        };
        let (mut settings, mut purpose) = (self.settings, self.purpose);
        purpose.cut(places, range, |place| seam.place(place, &self.ids));
        if range.start > 0 {
            settings.forget_ledger();
        }
        let are_there = outside.iter().map(|&id| self.ids.place(id.into()).is_some()).collect();
        let state = Self {
            ids: Ids::of(slice.clone().map(|place| self.ids.get(place)).collect()),
            phases: self.phases[slice.clone()].to_vec(),
            frequencies: self.frequencies[slice].to_vec(),
            columns: self.columns.into_iter().filter_map(own).collect(),
            links,
            settings,
            purpose,
        };
        Ok(Cut { state, outside: seam.outside, are_there })
    }

    /// Whether the ids of agents are the numbers of their nodes.
    fn check_order(&self, range: &Range<u32>) -> Result<(), StateError> {
        let Links { stores, undirected, .. } = &self.links;
        if stores.len() > 1 || !undirected.at.is_empty() {
            return Err(SEVERAL);
        }
        for Store { graph, agents } in stores {
            let place = |node: usize| match agents {
                None => Some(node as u32).filter(|&place| (place as usize) < self.ids.len()),
                Some(agents) => Some(agents[node]).filter(|&place| place != NOBODY),
            };
            let is_own = |node: usize| place(node) == self.ids.place(node as u64);
            if (range.end as usize) > graph.nodes() || !(0..graph.nodes()).all(is_own) {
                return Err(SEVERAL);
            }
        }
        Ok(())
    }
}

/// Where a part is cut from the rest.
struct Seam {
    range: Range<u32>,
    /// Of its agents, in the whole.
    places: Range<u32>,
    outside: Vec<u32>,
}

impl Seam {
    fn of(state: &SwarmState, range: Range<u32>) -> Self {
        let SwarmState { ids, links, purpose, .. } = state;
        let places = ids.places_from(range.start)..ids.places_from(range.end);
        let mut outside: Vec<u32> = Vec::new();
        for Store { graph, .. } in &links.stores {
            let rows = range.start as usize..range.end as usize;
            outside.extend(rows.flat_map(|row| graph.neighbors(row)).filter(|node| !range.contains(node)));
        }
        let listed = links.neighbors.iter().filter(|(at, _)| places.contains(at)).flat_map(|(_, list)| list);
        let heard = listed.copied().chain(purpose.cut_off(&places));
        let heard = heard.filter(|place| *place != NOBODY && !places.contains(place));
        outside.extend(heard.map(|place| ids.get(place as usize) as u32));
        outside.sort_unstable();
        outside.dedup();
        Self { range, places, outside }
    }

    fn agents(&self) -> u32 {
        self.places.len() as u32
    }

    /// The place in the part of one in the whole.
    fn place(&self, place: u32, ids: &Ids) -> u32 {
        match place {
            NOBODY => NOBODY,
            place if self.places.contains(&place) => place - self.places.start,
            place => match self.outside.binary_search(&(ids.get(place as usize) as u32)) {
                Ok(ghost) => self.agents() + ghost as u32,
                Err(_) => NOBODY,
            },
        }
    }

    /// The rows of the part's nodes, with those outside behind them.
    fn store(&self, Store { graph, .. }: &Store, ids: &Ids) -> Result<Store, StateError> {
        let Self { range, outside, .. } = self;
        let rows = range.start as usize..range.end as usize;
        let (mut offsets, mut columns) = (vec![0], Vec::new());
        let mut weights = graph.weights().map(|_| Vec::new());
        let node = |&node: &u32| match range.contains(&node) {
            true => node - range.start,
            false => (range.len() + outside.partition_point(|other| *other < node)) as u32,
        };
        for row in rows {
            columns.extend(graph.neighbors(row).iter().map(node));
            weights.iter_mut().for_each(|all| all.extend_from_slice(graph.weights_of(row).unwrap_or_default()));
            offsets.push(columns.len() as u32);
        }
        offsets.resize(range.len() + outside.len() + 1, columns.len() as u32);
        let own = range.clone().chain(outside.iter().copied());
        let place = |id: u32| ids.place(id.into()).map_or(NOBODY, |place| self.place(place, ids));
        let agents = Some(own.map(place).collect());
        let graph = Adjacency::from_parts(offsets, columns, weights).map_err(|_| SEVERAL)?;
        Ok(Store { graph: Arc::new(graph), agents })
    }
}

impl Ids {
    /// How many are smaller than this one.
    fn places_from(&self, id: u32) -> u32 {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low.midpoint(high);
            if self.get(middle) < u64::from(id) { low = middle + 1 } else { high = middle }
        }
        low as u32
    }
}

impl Column {
    /// What those at these places have of it.
    fn cut(self, places: &Range<u32>) -> Option<Self> {
        let Self { name, at, rows } = self;
        let (width, agents) = (width(name), places.len());
        let is_uniform = rows.len() == width;
        let (at, kept) = match at {
            None => ((0..agents as u32).collect(), places.start as usize..places.end as usize),
            Some(at) => {
                let kept = at.partition_point(|at| *at < places.start)..at.partition_point(|at| *at < places.end);
                (at[kept.clone()].iter().map(|at| at - places.start).collect::<Vec<_>>(), kept)
            }
        };
        let rows = if is_uniform { rows } else { rows[kept.start * width..kept.end * width].to_vec() };
        let rows = if is_uniform { rows.repeat(at.len()) } else { rows };
        Self::of(name, width, at, rows, agents)
    }
}

impl Run {
    /// What of it is at these places, for a part whose first node is `first`.
    fn cut(&self, places: &Range<u32>, first: u32) -> Option<Self> {
        let (start, end) = (self.place.max(places.start), (self.place + self.count).min(places.end));
        let node = self.node + start.saturating_sub(self.place);
        (start < end).then(|| Self {
            place: start - places.start,
            count: end - start,
            store: self.store,
            node: node - first,
        })
    }
}

impl<T> Lists<T> {
    /// The lists of those at these places.
    fn cut(&self, places: &Range<u32>, entry: impl Fn(&T) -> T) -> Self {
        let mut cut = Self::default();
        for (at, list) in self.iter().filter(|(at, _)| places.contains(at)) {
            cut.push(at - places.start, list.iter().map(&entry));
        }
        cut
    }
}
