//! What happened to a swarm, kept until somebody asks: for hosts that record it and know no messages.

use bevy_ecs::prelude::*;

use crate::{
    clock::SwarmClock,
    disruption::Disrupted,
    goals::{GoalAttained, GoalLost, Recovered, StrategySwitched},
    install::install_swarm,
    memory::BudgetExceeded,
};

/// Something that a swarm tells of.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Happening {
    /// A disruption began.
    Disrupted(Disrupted),
    /// The goal of the swarm, or of a community, was attained.
    GoalAttained(GoalAttained),
    /// It was lost.
    GoalLost(GoalLost),
    /// It was attained again after a disruption.
    Recovered(Recovered),
    /// The supervisor has chosen another rule.
    StrategySwitched(StrategySwitched),
    /// The swarm holds more memory than it may.
    BudgetExceeded(BudgetExceeded),
}

/// What happened since it was last taken, and when.
#[derive(Resource, Default)]
struct Chronicle(Vec<(f64, Happening)>);

/// From now on keeps what happens to the swarm of a world, setting the swarm up first if it is not there yet. What is
/// kept grows until it is [taken](take_chronicle). A second call changes nothing.
///
/// ```
/// use lampyrid_swarm::*;
///
/// let mut world = World::new();
/// keep_chronicle(&mut world);
/// world.spawn_batch((0..10).map(|_| Phase(1.0)));
/// disrupt(&mut world, Disruption::new(DisruptionKind::Scramble, 0.5, 0.0))?;
/// let happened = take_chronicle(&mut world);
/// assert!(matches!(happened[..], [(0.0, Happening::Disrupted(Disrupted { hit: 5, .. }))]));
/// assert!(take_chronicle(&mut world).is_empty());
/// # Ok::<(), SwarmError>(())
/// ```
pub fn keep_chronicle(world: &mut World) {
    if world.contains_resource::<Chronicle>() {
        return;
    }
    install_swarm(world);
    world.init_resource::<Chronicle>();
    note(world, Happening::Disrupted);
    note(world, Happening::GoalAttained);
    note(world, Happening::GoalLost);
    note(world, Happening::Recovered);
    note(world, Happening::StrategySwitched);
    note(world, Happening::BudgetExceeded);
}

/// What happened since the last call, in order, each with the simulated time \[s\] at which it was told; nothing in a
/// world that keeps no chronicle.
pub fn take_chronicle(world: &mut World) -> Vec<(f64, Happening)> {
    // Looked at before it is borrowed for writing: a world without news is not changed.
    match world.get_resource::<Chronicle>() {
        Some(chronicle) if !chronicle.0.is_empty() => std::mem::take(&mut world.resource_mut::<Chronicle>().0),
        _ => Vec::new(),
    }
}

fn note<E: Event + Copy>(world: &mut World, of: fn(E) -> Happening) {
    world.add_observer(move |told: On<E>, clock: Option<Res<SwarmClock>>, chronicle: Option<ResMut<Chronicle>>| {
        if let Some(mut chronicle) = chronicle {
            chronicle.0.push((clock.map_or(0.0, |clock| clock.seconds()), of(*told)));
        }
    });
}
