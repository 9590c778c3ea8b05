//! Swarms and links by the host's own commands.

use bevy_ecs::{error::BevyError, prelude::*};

use crate::{
    links::{self, LinkError},
    spawn::SwarmSpawner,
};

/// What [`Commands`] can do with a swarm.
pub trait SwarmCommands {
    /// Spawns a swarm from a graph, or from a [`SwarmSpawner`] that owns what it was given, when the
    /// commands are applied.
    ///
    /// A swarm that cannot be spawned is a [`SwarmError`](crate::SwarmError), as of
    /// [`SwarmSpawner::spawn`], for the world's error handler, with severity
    /// [`Error`](bevy_ecs::error::Severity::Error). To have the agents at hand, queue a closure that calls
    /// [`SwarmSpawner::spawn`] itself.
    ///
    /// ```
    /// use bevy_ecs::prelude::*;
    /// use lampyrid_graph::Topology;
    /// use lampyrid_swarm::{SwarmCommands, SwarmSpawner};
    ///
    /// fn setup(mut commands: Commands) -> Result {
    ///     let ring = Topology::Ring { agents: 100, neighbors: 4 }.build(1)?;
    ///     commands.spawn_swarm(ring.clone());
    ///     commands.spawn_swarm(SwarmSpawner::from(ring).phases(vec![0.5; 100]));
    ///     Ok(())
    /// }
    /// # let mut world = World::new();
    /// # lampyrid_swarm::install_swarm(&mut world);
    /// # world.run_system_cached::<Result, _, _>(setup).unwrap().unwrap();
    /// # assert_eq!(lampyrid_swarm::agent_states(&mut world).len(), 200);
    /// ```
    fn spawn_swarm(&mut self, swarm: impl Into<SwarmSpawner<'static>>) -> &mut Self;
}

impl SwarmCommands for Commands<'_, '_> {
    fn spawn_swarm(&mut self, swarm: impl Into<SwarmSpawner<'static>>) -> &mut Self {
        let swarm = swarm.into();
        self.queue(move |world: &mut World| swarm.spawn(world).map(drop).map_err(BevyError::error));
        self
    }
}

/// Links of one agent, for [`EntityCommands`] and for [`EntityWorldMut`].
///
/// A connection has a direction: the agent that it is made for listens to the other, at the end of its
/// [`Neighbors`](crate::Neighbors), with its [`Weights`](crate::Weights) in step. A link has none: it is
/// in the [`Links`](crate::Links) of both ends, which listen to each other until it is undone or one of
/// them is despawned. What an edit costs is in proportion to the length of these lists.
///
/// ```
/// use bevy_ecs::prelude::*;
/// use lampyrid_swarm::{EditLinks, Neighbors, Phase, Weights};
///
/// fn meet(mut commands: Commands) {
///     let leader = commands.spawn(Phase(0.5)).id();
///     commands.spawn(Phase(2.0)).connect(leader).connect_weighted(leader, 0.25);
/// }
/// # let mut world = World::new();
/// # world.run_system_cached(meet).unwrap();
/// # let (neighbors, weights) = world.query::<(&Neighbors, &Weights)>().single(&world).unwrap();
/// # assert_eq!((neighbors.len(), weights.as_slice()), (1, &[0.25][..]));
/// ```
///
/// # Errors
///
/// [`LinkError::ToItself`], [`LinkError::NotAnAgent`] for either end (a listener that was despawned
/// included), [`LinkError::WeightNotFinite`], and [`LinkError::WeightsMismatch`] for an agent whose own
/// two lists do not fit. Nothing is changed then. An [`EntityWorldMut`] returns it, commands hand it to
/// the world's error handler, see [`LinkError`].
pub trait EditLinks {
    /// The agent again, to go on with; of an [`EntityWorldMut`], or the error.
    type Outcome<'a>
    where
        Self: 'a;

    /// Listens to another agent, with weight 1. To one it listens to already nothing changes.
    ///
    /// Between agents that are linked it is [`link`](Self::link), and `disconnect` is
    /// [`unlink`](Self::unlink): both ends of a link stay alike.
    fn connect(&mut self, other: Entity) -> Self::Outcome<'_>;

    /// Listens to another agent with a weight, which takes the place of an earlier one.
    fn connect_weighted(&mut self, other: Entity, weight: f64) -> Self::Outcome<'_>;

    /// Listens to another agent no more. One it does not listen to, whether it is an agent or not,
    /// changes nothing.
    fn disconnect(&mut self, other: Entity) -> Self::Outcome<'_>;

    /// Links two agents in both directions, with weight 1 for each. A connection that there was stays
    /// where it is in its list; between agents that are linked already nothing changes.
    fn link(&mut self, other: Entity) -> Self::Outcome<'_>;

    /// Links two agents in both directions with a weight, which takes the place of earlier ones.
    fn link_weighted(&mut self, other: Entity, weight: f64) -> Self::Outcome<'_>;

    /// Takes the link between two agents out at both ends. Between agents that are not linked nothing
    /// changes, whether they are connected or not.
    fn unlink(&mut self, other: Entity) -> Self::Outcome<'_>;
}

/// What is done to the links of an agent.
type Edit = fn(&mut World, Entity, Entity, Option<f64>) -> Result<(), LinkError>;

const DISCONNECT: Edit = |world, agent, other, _| links::disconnect(world, agent, other);
const UNLINK: Edit = |world, agent, other, _| links::unlink(world, agent, other);

/// The same edits for whoever can make them.
macro_rules! edits {
    () => {
        fn connect(&mut self, other: Entity) -> Self::Outcome<'_> {
            self.edit(links::connect, other, None)
        }

        fn connect_weighted(&mut self, other: Entity, weight: f64) -> Self::Outcome<'_> {
            self.edit(links::connect, other, Some(weight))
        }

        fn disconnect(&mut self, other: Entity) -> Self::Outcome<'_> {
            self.edit(DISCONNECT, other, None)
        }

        fn link(&mut self, other: Entity) -> Self::Outcome<'_> {
            self.edit(links::link, other, None)
        }

        fn link_weighted(&mut self, other: Entity, weight: f64) -> Self::Outcome<'_> {
            self.edit(links::link, other, Some(weight))
        }

        fn unlink(&mut self, other: Entity) -> Self::Outcome<'_> {
            self.edit(UNLINK, other, None)
        }
    };
}

/// Makes an edit now, or when commands are applied.
trait MakeEdit: EditLinks {
    fn edit(&mut self, edit: Edit, other: Entity, weight: Option<f64>) -> Self::Outcome<'_>;
}

impl<'c> EditLinks for EntityCommands<'c> {
    type Outcome<'a>
        = &'a mut Self
    where
        Self: 'a;

    edits!();
}

impl MakeEdit for EntityCommands<'_> {
    fn edit(&mut self, edit: Edit, other: Entity, weight: Option<f64>) -> &mut Self {
        let agent = self.id();
        self.commands_mut().queue(move |world: &mut World| edit(world, agent, other, weight).map_err(BevyError::error));
        self
    }
}

impl<'w> EditLinks for EntityWorldMut<'w> {
    type Outcome<'a>
        = Result<&'a mut Self, LinkError>
    where
        Self: 'a;

    edits!();
}

impl MakeEdit for EntityWorldMut<'_> {
    fn edit(&mut self, edit: Edit, other: Entity, weight: Option<f64>) -> Result<&mut Self, LinkError> {
        let agent = self.id();
        self.world_scope(|world| edit(world, agent, other, weight))?;
        Ok(self)
    }
}
