//! Taking the part of the state that one of several worlds has.

use bevy_ecs::world::World;

use super::{
    super::{
        SwarmState,
        census::Census,
        columns,
        links::{Links, Run, Store},
        purpose::Purpose,
        settings::Settings,
    },
    PartState,
};
use crate::{error::SwarmError, index::SwarmIndex, parts::Others};

impl PartState {
    /// Takes what this world has of a swarm that is spread over several, [connected](crate::connect) ones; all of them
    /// do so together. What all agents have spent and regained is with the part that has id 0.
    ///
    /// # Errors
    ///
    /// As [`SwarmState::capture`]; [`SwarmError::PartUnfit`] in a world that is not connected to others, and if agents were
    /// spawned from several graphs.
    pub fn capture(world: &mut World) -> Result<Self, SwarmError> {
        let others = Others::of(world);
        if others.are_none() {
            return Err(SwarmError::PartUnfit { what: "be written down without the others" });
        }
        let own = world.get_resource::<SwarmIndex>().ok_or(SwarmError::NotInstalled)?.ghosts.own();
        let (census, phases, frequencies) = Census::take(world)?;
        let census = Census { by_id: true, ..census };
        let gone = own.iter().filter(|&id| census.ids.place(id.into()).is_none());
        let gone = others.collect(gone.map(u64::from).collect())?.into_iter().map(|id| id as u32);
        let mut gone: Vec<u32> = gone.collect();
        gone.sort_unstable();
        let all = others.total(own.len())? as u32;
        let id = |place: &u32| census.ids.get(*place as usize) as u32;
        let mut columns = columns::capture(world, &census.ids);
        columns.iter_mut().flat_map(|column| &mut column.at).flatten().for_each(|at| *at = id(at));
        let mut links = Links::capture(world, &census);
        [&mut links.neighbors.at, &mut links.weights.at].into_iter().flatten().for_each(|at| *at = id(at));
        for run in links.neighbor_runs.iter().chain(&links.weight_runs) {
            if own.place(id(&run.place)) != Some(run.node as usize) {
                return Err(SEVERAL);
            }
        }
        // Its agents stand for the nodes at their own places among its ids, whoever is gone.
        let at_nodes = |run: &mut Run| run.place = run.node;
        links.neighbor_runs.iter_mut().chain(&mut links.weight_runs).for_each(at_nodes);
        let mut settings = Settings::capture(world);
        settings.add_ledgers(&others)?;
        if !own.contains(0) {
            settings.forget_ledger();
        }
        let mut purpose = Purpose::capture(world, &census);
        purpose.ask_of_changes(&others)?;
        if links.stores.len() > 1 || !links.undirected.at.is_empty() {
            return Err(SEVERAL);
        }
        let index = world.get_resource::<SwarmIndex>().ok_or(SwarmError::NotInstalled)?;
        links.stores = links.stores.into_iter().map(|store| rows_by_id(store, index)).collect::<Result<_, _>>()?;
        let state = SwarmState { ids: census.ids, phases, frequencies, columns, links, settings, purpose };
        Ok(Self { own, all, gone, state })
    }
}

/// Rows with the ids that nodes have in the whole in place of their agents.
fn rows_by_id(Store { graph, .. }: Store, index: &SwarmIndex) -> Result<Store, SwarmError> {
    let nodes: Vec<u32> = index.ghosts.own().iter().chain(index.ghosts.ids().iter().copied()).collect();
    if graph.nodes() == nodes.len() { Ok(Store { graph, agents: Some(nodes) }) } else { Err(SEVERAL) }
}

const SEVERAL: SwarmError =
    SwarmError::PartUnfit { what: "be written down if agents were not all spawned from one graph" };
