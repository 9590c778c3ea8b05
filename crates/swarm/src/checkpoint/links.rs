//! Who listens to whom, by places. What agents share of a spawner's store stays shared.

use std::{collections::HashMap, sync::Arc};

use bevy_ecs::world::World;
use lampyrid_graph::Adjacency;
use serde::{Deserialize, Serialize};

use super::{
    StateError,
    census::{Census, NOBODY},
};
use crate::links::{self, Link, Neighbors, SpawnedLinks, Weights};

/// A store that agents were spawned from.
#[derive(Clone, Debug)]
pub(super) struct Store {
    pub(super) graph: Arc<Adjacency>,
    /// Who stands for each node; if `None`, the agent at the place of that number.
    pub(super) agents: Option<Vec<u32>>,
}

/// Agents at places one after the other that stand for nodes one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Run {
    pub(super) place: u32,
    pub(super) count: u32,
    pub(super) store: u32,
    pub(super) node: u32,
}

/// Lists of agents' own.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Lists<T> {
    /// Whose they are, ascending.
    pub(super) at: Vec<u32>,
    pub(super) lengths: Vec<u32>,
    /// All of them, one after the other.
    pub(super) entries: Vec<T>,
}

impl<T> Default for Lists<T> {
    fn default() -> Self {
        Self { at: Vec::new(), lengths: Vec::new(), entries: Vec::new() }
    }
}

/// All lists of neighbours and weights.
#[derive(Clone, Debug, Default)]
pub(super) struct Links {
    pub(super) stores: Vec<Store>,
    pub(super) neighbor_runs: Vec<Run>,
    pub(super) weight_runs: Vec<Run>,
    pub(super) neighbors: Lists<u32>,
    pub(super) weights: Lists<f64>,
    /// The other ends of undirected links.
    pub(super) undirected: Lists<u32>,
    /// Their weights, entry by entry.
    pub(super) undirected_weights: Vec<f64>,
}

impl Links {
    pub(super) fn capture(world: &World, census: &Census) -> Self {
        let mut links = Self::default();
        let mut known = HashMap::new();
        for (place, &agent) in (0..).zip(&census.order) {
            if let Some(list) = world.get::<Neighbors>(agent) {
                match list.as_spawned() {
                    Some(spawned) => {
                        let store = links.store(world, census, &mut known, &spawned.links);
                        extend(&mut links.neighbor_runs, Run { place, count: 1, store, node: spawned.node });
                    }
                    None => links.neighbors.push(place, list.iter().map(|other| census.place(world, other))),
                }
            }
            if let Some(list) = world.get::<Weights>(agent) {
                match list.as_spawned() {
                    Some(spawned) => {
                        let store = links.store(world, census, &mut known, &spawned.links);
                        extend(&mut links.weight_runs, Run { place, count: 1, store, node: spawned.node });
                    }
                    None => links.weights.push(place, list.as_slice().iter().copied()),
                }
            }
            if let Some(list) = world.get::<links::Links>(agent) {
                let ends = list.iter().map(|link| (census.place(world, link.with), link.weight));
                // Whoever is no agent any more has no place to be found at again.
                let (ends, weights): (Vec<_>, Vec<_>) = ends.filter(|&(end, _)| end != NOBODY).unzip();
                links.undirected.push(place, ends.into_iter());
                links.undirected_weights.extend(weights);
            }
        }
        links
    }

    /// The number of a store, which is noted if it was not met before: numbers follow the order of agents.
    fn store(
        &mut self,
        world: &World,
        census: &Census,
        known: &mut HashMap<*const SpawnedLinks, u32>,
        links: &Arc<SpawnedLinks>,
    ) -> u32 {
        *known.entry(Arc::as_ptr(links)).or_insert_with(|| {
            let is_in_order = links.agents() == census.order.as_slice();
            let places = || links.agents().iter().map(|&agent| census.place(world, agent)).collect();
            let agents = (!is_in_order).then(places);
            self.stores.push(Store { graph: links.graph().clone(), agents });
            self.stores.len() as u32 - 1
        })
    }

    /// Whether every agent has a list of neighbours, and one of weights.
    pub(super) fn are_complete(&self, agents: usize) -> (bool, bool) {
        let among = |runs: &[Run]| runs.iter().map(|run| run.count as usize).sum::<usize>();
        let neighbors = among(&self.neighbor_runs) + self.neighbors.at.len() == agents;
        (neighbors, among(&self.weight_runs) + self.weights.at.len() == agents)
    }

    pub(super) fn restore(self, world: &mut World, census: &Census) -> Result<(), StateError> {
        let agents = census.order.len();
        if !are_apart(&self.neighbor_runs) || !are_apart(&self.weight_runs) {
            return Err(StateError::Unfit("an agent that is listed twice among the links"));
        }
        let stores = self.stores.into_iter().map(|store| store.restored(census)).collect::<Result<Vec<_>, _>>()?;
        for run in self.neighbor_runs {
            run.check(&stores, agents)?;
            for step in 0..run.count {
                let list = Neighbors::spawned(stores[run.store as usize].clone(), run.node + step);
                give(world, census, run.place + step, list);
            }
        }
        for run in self.weight_runs {
            run.check(&stores, agents)?;
            for step in 0..run.count {
                let list = Weights::spawned(stores[run.store as usize].clone(), run.node + step);
                give(world, census, run.place + step, list);
            }
        }
        for (place, list) in self.neighbors.checked(agents)?.iter() {
            give(world, census, place, list.iter().map(|&other| census.agent(other)).collect::<Neighbors>());
        }
        for (place, list) in self.weights.checked(agents)?.iter() {
            give(world, census, place, list.iter().copied().collect::<Weights>());
        }
        if self.undirected_weights.len() != self.undirected.entries.len() {
            return Err(StateError::Unfit("there are more or fewer weights than undirected links"));
        }
        let mut weights = self.undirected_weights.iter();
        for (place, ends) in self.undirected.checked(agents)?.iter() {
            let links = ends.iter().zip(weights.by_ref());
            let link = |(&end, &weight)| Link { with: census.agent(end), weight };
            links::put_back(world, census.agent(place), links.map(link).collect());
        }
        Ok(())
    }
}

fn give<L: bevy_ecs::component::Component<Mutability = bevy_ecs::component::Mutable>>(
    world: &mut World,
    census: &Census,
    place: u32,
    list: L,
) {
    let agent = census.agent(place);
    match world.get_mut::<L>(agent) {
        Some(mut present) => *present = list,
        None => _ = world.entity_mut(agent).insert(list),
    }
}

/// Adds to the last run what goes on with it.
pub(super) fn extend(runs: &mut Vec<Run>, next: Run) {
    match runs.last_mut() {
        Some(last)
            if last.store == next.store
                && last.place + last.count == next.place
                && last.node + last.count == next.node =>
        {
            last.count += next.count;
        }
        _ => runs.push(next),
    }
}

/// Whether no agent is in two runs, so that all of them together are no more work than there are agents.
fn are_apart(runs: &[Run]) -> bool {
    runs.array_windows().all(|[a, b]| u64::from(a.place) + u64::from(a.count) <= u64::from(b.place))
}

impl Run {
    fn check(self, stores: &[Arc<SpawnedLinks>], agents: usize) -> Result<(), StateError> {
        let ends = |start: u32, limit: usize| u64::from(start) + u64::from(self.count) <= limit as u64;
        let nodes = stores.get(self.store as usize).map(|store| store.graph().nodes());
        match nodes {
            Some(nodes) if ends(self.place, agents) && ends(self.node, nodes) => Ok(()),
            _ => Err(StateError::Unfit("links of agents or nodes that there are not")),
        }
    }
}

impl Store {
    fn restored(self, census: &Census) -> Result<Arc<SpawnedLinks>, StateError> {
        let agents: Box<[_]> = match self.agents {
            None => census.order.as_slice().into(),
            Some(places) => places.into_iter().map(|place| census.agent(place)).collect(),
        };
        if agents.len() != self.graph.nodes() {
            return Err(StateError::Unfit("a network has more or fewer nodes than agents that stand for them"));
        }
        Ok(Arc::new(SpawnedLinks::new(self.graph, agents)))
    }
}

impl<T> Lists<T> {
    pub(super) fn push(&mut self, place: u32, list: impl Iterator<Item = T>) {
        let before = self.entries.len();
        self.entries.extend(list);
        self.at.push(place);
        self.lengths.push((self.entries.len() - before) as u32);
    }

    fn checked(&self, agents: usize) -> Result<&Self, StateError> {
        let total: u64 = self.lengths.iter().map(|&length| u64::from(length)).sum();
        let are_whole = self.at.len() == self.lengths.len() && total == self.entries.len() as u64;
        let are_known =
            self.at.is_sorted_by(|a, b| a < b) && self.at.last().is_none_or(|&last| (last as usize) < agents);
        if are_whole && are_known {
            Ok(self)
        } else {
            Err(StateError::Unfit("lists of neighbours do not fit together"))
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, &[T])> {
        let mut start = 0;
        self.at.iter().zip(&self.lengths).map(move |(&place, &length)| {
            let end = start + length as usize;
            (place, &self.entries[std::mem::replace(&mut start, end)..end])
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agent_in_two_runs_is_noticed_wherever_they_are() {
        let run = |(place, count)| Run { place, count, store: 0, node: 0 };
        let apart = |runs: &[(u32, u32)]| are_apart(&runs.iter().copied().map(run).collect::<Vec<_>>());
        assert!(apart(&[]) && apart(&[(7, 9)]) && apart(&[(0, 2), (2, 1), (5, 4)]));
        assert!(
            !apart(&[(0, 3), (2, 1)]) && !apart(&[(5, 1), (0, 1)]) && !apart(&[(u32::MAX, u32::MAX), (u32::MAX, 1)])
        );
    }
}
