//! A community's own coupling.

use std::{
    any::type_name,
    fmt,
    marker::PhantomData,
    ops::{Deref, DerefMut},
};

use bevy_app::{App, Plugin};
use bevy_ecs::{component::StorageType, prelude::*};

use super::{
    coherence,
    goal::{self, Watch},
    members::Communities,
};
#[cfg(feature = "reflect")]
use crate::reflect::*;
use crate::{install::install_swarm, pull::Pull, settings::Coupling};

/// How the agents with the marker `M` are pulled, in place of the swarm's [`Coupling`].
///
/// The coupling is that of the listener: a community changes how its agents answer what they hear, with
/// a strength, lag, normalisation and noise of their own, and not whom they hear. On a network they
/// hear everybody they are linked to, of whichever community; links between communities are told from
/// others by their [`Weights`](crate::Weights). With [`Coupling::all_to_all`] they hear the mean of
/// all agents, or that of their community alone ([`among_themselves`](Self::among_themselves)). Some
/// communities of a world may be coupled by links and others by means. What agents hear each other by,
/// [`Coupling::phasors`], is that of the swarm.
///
/// Two communities of which each hears both means, with different strengths, as Abrams, Mirollo,
/// Strogatz & Wiley (2008) couple them: own mean by the coupling, the other's by a
/// [`Drive`](crate::Drive) of [`CommunityCoherence`](crate::CommunityCoherence), or by links of two
/// weights.
#[derive(Resource)]
#[cfg_attr(feature = "reflect", derive(Reflect), reflect(Resource, Default))]
pub struct CommunityCoupling<M: Component> {
    coupling: Coupling,
    among_themselves: bool,
    #[cfg_attr(feature = "reflect", reflect(ignore))]
    marker: PhantomData<fn() -> M>,
}

impl<M: Component> CommunityCoupling<M> {
    /// A coupling for the agents with the marker `M`.
    #[must_use]
    pub fn new(coupling: Coupling) -> Self {
        Self { coupling, among_themselves: false, marker: PhantomData }
    }

    /// The same, where [`Coupling::all_to_all`] means the mean of the community instead of that of all
    /// agents. Each pass over the phases then is one per community.
    ///
    /// ```
    /// use bevy_ecs::prelude::*;
    /// use lampyrid_swarm::*;
    ///
    /// #[derive(Component)]
    /// struct Choir;
    ///
    /// let mut world = World::new();
    /// install_community::<Choir>(&mut world);
    /// let coupling = Coupling { strength: 4.0, all_to_all: true, ..Default::default() };
    /// world.insert_resource(CommunityCoupling::<Choir>::new(coupling).among_themselves());
    /// world.spawn_batch((0..50).map(|i| (Phase(0.1 * f64::from(i)), Choir)));
    /// world.spawn_batch((0..50).map(|_| Phase(6.0)));
    ///
    /// advance(&mut world, 500)?;
    /// let choir = community_coherence::<Choir>(&mut world)?;
    /// assert!(choir.r > 0.999 && (choir.psi - 2.45).abs() < 1e-9, "they met in their own middle");
    /// # Ok::<(), SwarmError>(())
    /// ```
    #[must_use]
    pub fn among_themselves(mut self) -> Self {
        self.among_themselves = true;
        self
    }
}

impl<M: Component> Default for CommunityCoupling<M> {
    fn default() -> Self {
        Self::new(Coupling::default())
    }
}

impl<M: Component> Deref for CommunityCoupling<M> {
    type Target = Coupling;

    fn deref(&self) -> &Coupling {
        &self.coupling
    }
}

impl<M: Component> DerefMut for CommunityCoupling<M> {
    fn deref_mut(&mut self) -> &mut Coupling {
        &mut self.coupling
    }
}

impl<M: Component> fmt::Debug for CommunityCoupling<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { coupling, among_themselves, .. } = self;
        let mut shown = f.debug_struct("CommunityCoupling");
        shown.field("coupling", coupling).field("among_themselves", among_themselves).finish()
    }
}

/// Makes the agents with the marker component `M` a community: see [`install_community`]. Not one of the
/// [`SwarmPlugins`](crate::SwarmPlugins), before or after which it is added.
///
/// ```
/// use bevy_app::{App, Update};
/// use bevy_ecs::prelude::*;
/// use lampyrid_swarm::{CommunityPlugin, SwarmPlugins};
///
/// #[derive(Component)]
/// struct Choir;
///
/// App::new().add_plugins((SwarmPlugins::new(Update), CommunityPlugin::<Choir>::default())).update();
/// ```
pub struct CommunityPlugin<M: Component>(PhantomData<fn() -> M>);

impl<M: Component> Default for CommunityPlugin<M> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<M: Component> Plugin for CommunityPlugin<M> {
    fn build(&self, app: &mut App) {
        install::<M>(app.world_mut());
    }

    fn is_unique(&self) -> bool {
        false
    }
}

/// Makes the agents with the marker component `M` a community, setting the swarm up first if it is not
/// there yet: with [`CommunityCoupling<M>`] instead
/// of the swarm's, [`CommunityCoherence<M>`](crate::CommunityCoherence), and, if inserted, a
/// [`CommunityGoal<M>`](crate::CommunityGoal). A second call changes nothing.
///
/// Agents join and leave by getting and losing the marker. Many communities of a kind have markers with
/// a parameter: `struct Choir<const N: usize>;`. Each may be in one community; a step that
/// finds one in two is refused. The marker must be stored in tables, as components are unless they
/// say otherwise: any other does not compile.
///
/// ```
/// use bevy_ecs::prelude::*;
/// use lampyrid_swarm::*;
///
/// #[derive(Component)]
/// struct Shy;
///
/// let mut world = World::new();
/// install_swarm(&mut world);
/// install_community::<Shy>(&mut world);
/// world.insert_resource(CommunityCoupling::<Shy>::new(Coupling { strength: -1.0, ..Default::default() }));
///
/// let leader = world.spawn(Phase(1.0)).id();
/// let follower = world.spawn((Phase(0.0), Neighbors::from([leader]))).id();
/// let shy = world.spawn((Phase(0.0), Neighbors::from([leader]), Shy)).id();
/// advance(&mut world, 10)?;
/// let phase = |agent| world.get::<Phase>(agent).unwrap().0;
/// assert!(phase(follower) > 0.0 && phase(follower) < 1.0);
/// assert!(phase(shy) > 3.0, "it turns away, through 2π");
/// # Ok::<(), SwarmError>(())
/// ```
pub fn install_community<M: Component>(world: &mut World) {
    install_swarm(world);
    install::<M>(world);
}

fn install<M: Component>(world: &mut World) {
    const { assert!(matches!(M::STORAGE_TYPE, StorageType::Table), "a community's marker is stored in tables") };
    let marker = world.register_component::<M>();
    world.init_resource::<CommunityCoupling<M>>();
    let mut communities = world.get_resource_or_init::<Communities>();
    if !communities.contains(marker) {
        let setting = |world: &World| {
            world.get_resource::<CommunityCoupling<M>>().map(|own| Pull::new(own.coupling, own.among_themselves))
        };
        communities.add(marker, type_name::<M>(), setting, Watch::of::<M>());
        coherence::install::<M>(world);
        goal::install::<M>(world);
    }
}
