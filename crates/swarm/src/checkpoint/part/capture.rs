//! Taking the part of the state that one of several worlds has.

use std::sync::Arc;

use bevy_ecs::world::World;
use lampyrid_graph::Adjacency;

use super::super::{
    SwarmState,
    census::{Census, Elsewhere},
    columns,
    links::{Links, Run, Store},
    purpose::Purpose,
    settings::Settings,
};
use crate::{error::SwarmError, index::SwarmIndex, parts::Others};

impl SwarmState {
    /// Takes what this world has of a swarm that is spread over several, [connected](crate::connect) ones; all of them
    /// do so together. [Joined](Self::join) in the order of the parts, it is the state of the swarm.
    ///
    /// # Errors
    ///
    /// As [`capture`](Self::capture); [`SwarmError::PartUnfit`] if agents were spawned from several graphs.
    pub fn capture_part(world: &mut World) -> Result<Self, SwarmError> {
        let others = Others::of(world);
        let range = world.get_resource::<SwarmIndex>().ok_or(SwarmError::NotInstalled)?.ghosts.range();
        let (census, phases, frequencies) = Census::take(world)?;
        let gone = (range.start..range.end).filter(|&id| census.ids.place(id.into()).is_none());
        let gone = others.collect(gone.map(u64::from).collect())?;
        let first = range.start - gone.partition_point(|id| *id < range.start.into()) as u32;
        let census = Census { elsewhere: Some(Elsewhere { first, gone }), ..census };
        let mut columns = columns::capture(world, &census.ids);
        columns.iter_mut().flat_map(|column| &mut column.at).flatten().for_each(|place| *place += first);
        let mut links = Links::capture(world, &census);
        let runs = links.neighbor_runs.iter_mut().chain(&mut links.weight_runs);
        runs.for_each(|run| *run = Run { place: run.place + first, node: run.node + range.start, ..*run });
        let lists = [&mut links.neighbors.at, &mut links.weights.at];
        lists.into_iter().flatten().for_each(|place| *place += first);
        if links.stores.len() > 1 || !links.undirected.at.is_empty() {
            return Err(SEVERAL);
        }
        let index = world.get_resource::<SwarmIndex>().ok_or(SwarmError::NotInstalled)?;
        links.stores = vec![rows_of_part(links.stores.pop(), index)?];
        let settings = Settings::capture(world);
        Ok(Self {
            phases,
            frequencies,
            columns,
            links,
            settings,
            purpose: Purpose::capture(world, &census),
            ids: census.ids,
        })
    }
}

/// The rows of a part with the numbers that its nodes have in the whole in place of their agents; rows of nobody where
/// no list refers to them any more.
fn rows_of_part(store: Option<Store>, index: &SwarmIndex) -> Result<Store, SwarmError> {
    let nodes: Vec<u32> = index.ghosts.range().chain(index.ghosts.ids().iter().copied()).collect();
    let graph = match store {
        Some(store) => store.graph,
        None => Arc::new(Adjacency::without_links(nodes.len()).map_err(|_| SEVERAL)?),
    };
    if graph.nodes() == nodes.len() { Ok(Store { graph, agents: Some(nodes) }) } else { Err(SEVERAL) }
}

const SEVERAL: SwarmError =
    SwarmError::PartUnfit { what: "be written down if agents were not all spawned from one graph" };
