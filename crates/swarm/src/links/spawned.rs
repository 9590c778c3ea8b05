//! The links of agents that were spawned from a graph, stored once for all of them.

use std::sync::Arc;

use bevy_ecs::entity::Entity;
use lampyrid_graph::Adjacency;

/// A graph and the agents that stand for its nodes. Their lists refer to it until somebody edits
/// them; so does the index, as long as it finds the agents in the order of the nodes. Links then
/// take 4 bytes in all, and no allocation per agent.
#[derive(Debug)]
pub(crate) struct SpawnedLinks {
    graph: Arc<Adjacency>,
    agents: Box<[Entity]>,
    has_self_links: bool,
}

impl SpawnedLinks {
    /// # Panics
    ///
    /// If there are not as many agents as nodes.
    pub(crate) fn new(graph: Arc<Adjacency>, agents: Box<[Entity]>) -> Self {
        assert_eq!(graph.nodes(), agents.len(), "one agent per node");
        let has_self_links = (0..graph.nodes()).any(|node| graph.neighbors(node).contains(&(node as u32)));
        Self { graph, agents, has_self_links }
    }

    pub(crate) fn graph(&self) -> &Arc<Adjacency> {
        &self.graph
    }

    pub(crate) fn agents(&self) -> &[Entity] {
        &self.agents
    }

    /// Whether a row lists its own node, which the dynamics skip.
    pub(crate) fn has_self_links(&self) -> bool {
        self.has_self_links
    }
}

/// One agent's part of [`SpawnedLinks`].
#[derive(Clone, Debug)]
pub(crate) struct Spawned {
    pub(crate) links: Arc<SpawnedLinks>,
    pub(crate) node: u32,
}

impl Spawned {
    /// The neighbours, as places in [`agents`](SpawnedLinks::agents).
    pub(super) fn row(&self) -> &[u32] {
        self.links.graph.neighbors(self.node as usize)
    }

    /// The weights; none if the graph has none.
    pub(super) fn weights(&self) -> &[f64] {
        self.links.graph.weights_of(self.node as usize).unwrap_or_default()
    }
}
