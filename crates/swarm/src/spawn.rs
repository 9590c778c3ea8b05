//! Many agents at once, from a graph.

use std::{borrow::Cow, sync::Arc};

use bevy_ecs::{
    bundle::{Bundle, NoBundleEffect},
    entity::Entity,
    relationship::RelationshipHookMode,
    world::World,
};
use lampyrid_graph::{Adjacency, Members, NodeOrder, properties::is_symmetric};

use crate::{
    agent::{AgentId, Energy, Frequency, Phase},
    error::SwarmError,
    identity::AgentIds,
    index::SwarmIndex,
    links::{Link, Links, Neighbors, SpawnedLinks, Weights},
    parts::Ghost,
};

/// A swarm to be spawned: a graph, and one phase and frequency per node.
///
/// Tables are reserved and filled in one batch. Node i becomes an agent with the i-th of a run of
/// consecutive free ids (0, 1, 2, … in a new world), listening to the agents of its row.
///
/// ```
/// use bevy_ecs::world::World;
/// use lampyrid_graph::Topology;
/// use lampyrid_swarm::{SwarmSpawner, install_swarm};
///
/// let ring = Topology::Ring { agents: 100, neighbors: 4 }.build(1)?;
/// let mut world = World::new();
/// install_swarm(&mut world);
/// let agents = SwarmSpawner::new(&ring)
///     .phases(&[0.5; 100])
///     .frequencies(&[1.0; 100])
///     .spawn(&mut world)?;
/// assert_eq!(agents.len(), 100);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is spawned before `spawn`"]
pub struct SwarmSpawner<'a> {
    graph: Graph<'a>,
    phases: Option<Cow<'a, [f64]>>,
    frequencies: Option<Cow<'a, [f64]>>,
    energy: Option<f64>,
    undirected: bool,
    order: Option<&'a NodeOrder>,
    part: Option<PartOf<'a>>,
}

/// Of which swarm the agents are a part.
#[derive(Clone, Debug)]
struct PartOf<'a> {
    /// Agents of the whole.
    all: usize,
    /// The ids of those here.
    own: Members,
    /// The ids of those who are heard and live elsewhere.
    ghosts: &'a [u32],
}

/// The agents share one store of links, which is the caller's graph or a copy of it.
#[derive(Clone, Debug)]
enum Graph<'a> {
    Lent(&'a Adjacency),
    Shared(Arc<Adjacency>),
}

impl Graph<'_> {
    fn get(&self) -> &Adjacency {
        match self {
            Self::Lent(graph) => graph,
            Self::Shared(graph) => graph,
        }
    }
}

impl<'a> SwarmSpawner<'a> {
    /// Agents for the nodes of a graph, at phase 0 with frequency 0 unless told otherwise.
    ///
    /// The agents keep a copy of the graph; [`shared`](Self::shared) spares it.
    pub fn new(graph: &'a Adjacency) -> Self {
        Self::of(Graph::Lent(graph))
    }

    /// As [`new`](Self::new), for agents that keep the caller's graph itself.
    pub fn shared(graph: Arc<Adjacency>) -> Self {
        Self::of(Graph::Shared(graph))
    }

    fn of(graph: Graph<'a>) -> Self {
        Self { graph, phases: None, frequencies: None, energy: None, undirected: false, order: None, part: None }
    }

    fn graph(&self) -> &Adjacency {
        self.graph.get()
    }

    /// Initial phases \[rad\], one per node, lent or given; wrapped into [0, 2π).
    pub fn phases(mut self, phases: impl Into<Cow<'a, [f64]>>) -> Self {
        self.phases = Some(phases.into());
        self
    }

    /// Natural frequencies \[rad/s\], one per node, lent or given.
    pub fn frequencies(mut self, frequencies: impl Into<Cow<'a, [f64]>>) -> Self {
        self.frequencies = Some(frequencies.into());
        self
    }

    /// Gives every agent [`Energy`], so that coupling costs.
    pub fn energy(mut self, energy: f64) -> Self {
        self.energy = Some(energy);
        self
    }

    /// Gives every agent [`Links`], so that the graph's links stay right at both ends when agents are
    /// despawned or linked anew. The graph must have every link in both directions, with one weight.
    pub fn undirected(mut self) -> Self {
        self.undirected = true;
        self
    }

    /// Lays the agents out in this order of the nodes, which is that of their rows in memory. Ids, links
    /// and results are those of the nodes all the same, to the bit; only the time of a step changes.
    ///
    /// The agents keep a reordered copy of the graph, even a [`shared`](Self::shared) one.
    ///
    /// ```
    /// use bevy_ecs::world::World;
    /// use lampyrid_graph::{NodeOrder, Topology};
    /// use lampyrid_swarm::{SwarmSpawner, advance, install_swarm, phase_hash};
    ///
    /// let network = Topology::ScaleFree { agents: 300, attach: 4 }.build(1)?;
    /// let phases: Vec<f64> = (0..300).map(|node| f64::from(node) * 0.02).collect();
    /// let hash = |order: Option<&NodeOrder>| -> Result<String, Box<dyn std::error::Error>> {
    ///     let mut world = World::new();
    ///     install_swarm(&mut world);
    ///     let spawner = SwarmSpawner::new(&network).phases(&phases);
    ///     order.into_iter().fold(spawner, SwarmSpawner::in_order).spawn(&mut world)?;
    ///     advance(&mut world, 10)?;
    ///     Ok(phase_hash(&mut world))
    /// };
    /// let order = NodeOrder::by_degree(&network);
    /// assert_eq!(hash(Some(&order))?, hash(None)?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn in_order(mut self, order: &'a NodeOrder) -> Self {
        self.order = Some(order);
        self
    }

    /// Makes the agents a part of a swarm of `all` agents with the ids from 0 on, the others of which live in other
    /// worlds. The last nodes of the graph become no agents: they stand for those elsewhere whom agents here listen
    /// to, whose ids are `ghosts`, and what is heard of them comes by a [`SwarmExchange`](crate::SwarmExchange). The
    /// nodes before them become the agents with the ids `own`, in their order. That is how
    /// [`Part`](lampyrid_graph::Part) numbers nodes.
    ///
    /// Lists of phases and frequencies are of those who become agents. A world has one such part, and cannot
    /// lay it out in an order or have undirected links. What [`coherence`](crate::coherence()) and
    /// [`SwarmContext`](crate::SwarmContext) tell is of its own agents; so are goals and disruptions, unless the world
    /// is [connected](crate::connect) to the others.
    pub fn part_of(mut self, all: usize, own: impl Into<Members>, ghosts: &'a [u32]) -> Self {
        self.part = Some(PartOf { all, own: own.into(), ghosts });
        self
    }

    /// Spawns the agents; returns them in the order of the nodes.
    ///
    /// # Errors
    ///
    /// [`SwarmError::LengthMismatch`] or [`SwarmError::EntryNotFinite`] for lists that do not fit,
    /// [`SwarmError::NotInstalled`] for a world without a swarm, [`SwarmError::IdsExhausted`] where
    /// fewer ids are left than agents are to come, [`SwarmError::NotSymmetric`] for
    /// [`undirected`](Self::undirected) agents of another graph, [`SwarmError::PartUnfit`] for a
    /// [part](Self::part_of) that is none. Nothing is spawned then.
    pub fn spawn(self, world: &mut World) -> Result<Vec<Entity>, SwarmError> {
        self.check_part()?;
        self.check("phases", self.phases.as_deref())?;
        self.check("frequencies", self.frequencies.as_deref())?;
        if self.undirected && !is_symmetric(self.graph()) {
            return Err(SwarmError::NotSymmetric);
        }
        let count = self.agents();
        let order = self.order.map(NodeOrder::nodes);
        if let Some(order) = order.filter(|order| order.len() != count) {
            return Err(SwarmError::LengthMismatch { what: "places of the order", count: order.len(), agents: count });
        }
        let mut ids = world.get_resource_mut::<AgentIds>().ok_or(SwarmError::NotInstalled)?;
        let first = match &self.part {
            None => ids.reserve(count as u64),
            Some(PartOf { all, own, .. }) => ids.reserve_of(*all as u64, own),
        };
        let first = first.ok_or(SwarmError::IdsExhausted)?;
        let id = |node: usize| match &self.part {
            None => first + node as u64,
            Some(part) => part.own.get(node).into(),
        };

        let agent = |place: usize| {
            let node = order.map_or(place, |order| order[place] as usize);
            (
                AgentId::new(id(node)),
                Phase(self.phases.as_ref().map_or(0.0, |all| lampyrid_kernel::wrap::wrap(all[node]))),
                Frequency(self.frequencies.as_ref().map_or(0.0, |all| all[node])),
                Neighbors::new(),
            )
        };
        let energy = Energy(self.energy.unwrap_or_default());
        let weighted = self.graph().weights().is_some();
        let agents = match (self.energy.is_some(), weighted) {
            (false, false) => batch(world, count, agent),
            (false, true) => batch(world, count, |place| (agent(place), Weights::default())),
            (true, false) => batch(world, count, |place| (agent(place), energy)),
            (true, true) => batch(world, count, |place| (agent(place), Weights::default(), energy)),
        };
        let ghosts = self.spawn_ghosts(world);
        self.link(world, &agents, &ghosts);
        Ok(match order {
            None => agents,
            Some(order) => by_node(order, &agents),
        })
    }

    /// How many nodes become agents.
    fn agents(&self) -> usize {
        self.graph().nodes() - self.part.as_ref().map_or(0, |part| part.ghosts.len())
    }

    fn check_part(&self) -> Result<(), SwarmError> {
        let Some(part) = &self.part else { return Ok(()) };
        let (nodes, graph) = (self.graph().nodes(), self.graph());
        let unfit = |what| Err(SwarmError::PartUnfit { what });
        let Some(own) = nodes.checked_sub(part.ghosts.len()) else {
            return unfit("have more ghosts than nodes");
        };
        if (own..nodes).any(|ghost| graph.degree(ghost) > 0) {
            return unfit("know whom agents that live elsewhere listen to");
        }
        if part.own.len() != own {
            return unfit("have more or fewer ids than nodes");
        }
        if part.own.bounds().end as usize > part.all {
            return unfit("have more agents than the whole");
        }
        if self.order.is_some() || self.undirected {
            return unfit("be laid out in an order or have undirected links");
        }
        Ok(())
    }

    fn spawn_ghosts(&self, world: &mut World) -> Box<[Entity]> {
        let Some(part) = &self.part else { return Box::default() };
        let ghosts: Box<[Entity]> = batch(world, part.ghosts.len(), |place| Ghost(part.ghosts[place])).into();
        if let Some(mut index) = world.get_resource_mut::<SwarmIndex>() {
            index.ghosts.replace(ghosts.clone(), part.ghosts, part.own.clone(), part.all - self.agents());
        }
        ghosts
    }

    /// Lists are filled once all entities exist.
    fn link(self, world: &mut World, agents: &[Entity], ghosts: &[Entity]) {
        let graph = match (self.order, self.graph) {
            (Some(order), graph) => Arc::new(graph.get().reordered(order)),
            (None, Graph::Lent(graph)) => Arc::new(graph.clone()),
            (None, Graph::Shared(graph)) => graph,
        };
        let links = Arc::new(SpawnedLinks::new(graph, [agents, ghosts].concat().into()));
        let mut lists = world.query::<(&mut Neighbors, Option<&mut Weights>)>();
        for (place, &agent) in (0..).zip(agents) {
            if let Ok((mut neighbors, weights)) = lists.get_mut(world, agent) {
                *neighbors = Neighbors::spawned(links.clone(), place);
                if let Some(mut weights) = weights {
                    *weights = Weights::spawned(links.clone(), place);
                }
            }
            if self.undirected
                && let Ok(mut agent) = world.get_entity_mut(agent)
            {
                let all = undirected_links(links.graph(), place as usize, agents);
                agent.insert_with_relationship_hook_mode(all, RelationshipHookMode::Skip);
            }
        }
    }

    fn check(&self, what: &'static str, list: Option<&[f64]>) -> Result<(), SwarmError> {
        let Some(list) = list else {
            return Ok(());
        };
        let agents = self.agents();
        if list.len() != agents {
            return Err(SwarmError::LengthMismatch { what, count: list.len(), agents });
        }
        match list.iter().position(|value| !value.is_finite()) {
            Some(index) => Err(SwarmError::EntryNotFinite { what, index, value: list[index] }),
            None => Ok(()),
        }
    }
}

impl From<Adjacency> for SwarmSpawner<'_> {
    /// As [`SwarmSpawner::shared`].
    fn from(graph: Adjacency) -> Self {
        Self::shared(Arc::new(graph))
    }
}

impl From<Arc<Adjacency>> for SwarmSpawner<'_> {
    /// As [`SwarmSpawner::shared`].
    fn from(graph: Arc<Adjacency>) -> Self {
        Self::shared(graph)
    }
}

/// The links of a node with others, as one end of each has them.
fn undirected_links(graph: &Adjacency, node: usize, agents: &[Entity]) -> Links {
    let row = graph.neighbors(node).iter().enumerate().filter(|(_, other)| **other as usize != node);
    let weight = |place: usize| graph.weights_of(node).map_or(1.0, |weights| weights[place]);
    row.map(|(place, &other)| Link { with: agents[other as usize], weight: weight(place) }).collect()
}

/// Spawns so many agents at once, each with the bundle of its place.
pub(crate) fn batch<B: Bundle<Effect: NoBundleEffect>>(
    world: &mut World,
    count: usize,
    bundle: impl Fn(usize) -> B,
) -> Vec<Entity> {
    world.spawn_batch((0..count).map(bundle)).collect()
}

/// Agents that lie in an order of their nodes, in the order of the nodes.
fn by_node(order: &[u32], agents: &[Entity]) -> Vec<Entity> {
    let mut by_node = vec![Entity::PLACEHOLDER; agents.len()];
    order.iter().zip(agents).for_each(|(&node, &agent)| by_node[node as usize] = agent);
    by_node
}
