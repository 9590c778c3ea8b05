//! When it happens.

use bevy_ecs::{entity::MapEntities, prelude::*};

use super::{
    Disrupted,
    apply::{Done, begin, end},
    plan::Disruption,
};
#[cfg(feature = "reflect")]
use crate::reflect::*;
use crate::{
    clock::SwarmClock,
    error::SwarmError,
    recent::remember,
    settings::TimeStep,
    tell::{deliver, tell},
};

/// The disruptions of a swarm: those to come, and those that are to be taken back.
#[derive(Resource, Clone, Debug, Default, PartialEq, MapEntities)]
#[cfg_attr(feature = "reflect", derive(Reflect), reflect(Resource, Default))]
pub struct Disruptions {
    /// By time, the next one last; disruptions of one time in the order they were given in.
    pub(crate) ahead: Vec<Disruption>,
    /// What ends when, in the order of their beginning.
    #[entities]
    pub(crate) under_way: Vec<UnderWay>,
    /// How many have begun.
    pub(crate) begun: u64,
    /// When the last one so far began or ended \[simulated s\].
    pub(crate) last: Option<f64>,
    /// What has begun so far.
    pub(crate) history: Vec<Disrupted>,
}

/// A disruption that is to end, and what has to be taken back then.
#[derive(Clone, Debug, PartialEq, MapEntities)]
#[cfg_attr(feature = "reflect", derive(Reflect))]
pub(crate) struct UnderWay {
    pub(crate) disruption: Disruption,
    #[entities]
    pub(crate) done: Done,
}

impl Disruptions {
    /// Those that have not begun, the next one first.
    pub fn ahead(&self) -> impl Iterator<Item = &Disruption> {
        self.ahead.iter().rev()
    }

    /// How many have begun.
    #[must_use]
    pub fn begun(&self) -> u64 {
        self.begun
    }

    /// Whether nothing is to come or to end any more.
    #[must_use]
    pub fn are_over(&self) -> bool {
        self.ahead.is_empty() && self.under_way.is_empty()
    }

    /// Whether none is under way that is to end.
    #[must_use]
    pub fn are_quiet(&self) -> bool {
        self.under_way.is_empty()
    }

    /// When the last one so far began or ended \[simulated s\].
    #[must_use]
    pub fn last(&self) -> Option<f64> {
        self.last
    }

    /// Those that have begun, in order; the latest thousand.
    #[must_use]
    pub fn history(&self) -> &[Disrupted] {
        &self.history
    }

    pub(super) fn plan(&mut self, disruptions: Vec<Disruption>) {
        self.ahead = disruptions;
        self.ahead.reverse();
        self.ahead.sort_by(|a, b| b.at.total_cmp(&a.at));
    }

    fn next(&self) -> Option<f64> {
        let ends = self.under_way.iter().filter_map(|under_way| under_way.disruption.until);
        ends.chain(self.ahead.last().map(|disruption| disruption.at)).min_by(f64::total_cmp)
    }
}

/// Disrupts the swarm now. If the disruption has an end, it is taken back then.
///
/// Returns how many agents it hit, of cut links how many directed ones.
///
/// # Errors
///
/// As [`Disruption::check`], with the present time in place of [`Disruption::at`];
/// [`SwarmError::NotInstalled`] for a world without a swarm.
///
/// ```
/// use lampyrid_swarm::*;
///
/// let mut world = World::new();
/// install_swarm(&mut world);
/// world.spawn_batch((0..100).map(|_| Phase(1.0)));
/// assert!(coherence(&mut world)?.r > 0.999);
/// disrupt(&mut world, Disruption::new(DisruptionKind::Scramble, 1.0, 0.0))?;
/// assert!(coherence(&mut world)?.r < 0.5);
/// # Ok::<(), SwarmError>(())
/// ```
pub fn disrupt(world: &mut World, disruption: Disruption) -> Result<usize, SwarmError> {
    let at = world.get_resource::<SwarmClock>().ok_or(SwarmError::NotInstalled)?.seconds();
    let disruption = Disruption { at, ..disruption };
    disruption.check()?;
    let hit = start(world, disruption, at)?;
    deliver(world);
    Ok(hit)
}

fn start(world: &mut World, disruption: Disruption, now: f64) -> Result<usize, SwarmError> {
    let mut disruptions = world.get_resource_or_init::<Disruptions>();
    let occasion = disruptions.begun;
    disruptions.begun += 1;
    disruptions.last = Some(now);
    let (done, hit) = begin(world, &disruption, occasion)?;
    log::info!("disruption {} hit {hit}", disruption.kind.name());
    let disrupted = Disrupted { disruption, at: now, hit };
    // Hooks and observers of a host's have run meanwhile: what they took away is missed, not put back.
    if let Some(mut disruptions) = world.get_resource_mut::<Disruptions>() {
        if disruption.until.is_some() {
            disruptions.under_way.push(UnderWay { disruption, done });
        }
        remember(&mut disruptions.history, disrupted);
    }
    tell(world, disrupted);
    Ok(hit)
}

/// Ends and begins what is due, before a step.
///
/// # Errors
///
/// As [`Disruption::check`], of one planned without a check.
pub(crate) fn act(world: &mut World) -> Result<(), SwarmError> {
    let Some(disruptions) = world.get_resource::<Disruptions>().filter(|disruptions| !disruptions.are_over()) else {
        return Ok(());
    };
    disruptions.ahead.iter().try_for_each(Disruption::check)?;
    let now = world.get_resource::<SwarmClock>().ok_or(SwarmError::NotInstalled)?.seconds();
    while let Some(mut disruptions) = world.get_resource_mut::<Disruptions>() {
        let Some(due) = disruptions.next().filter(|due| *due <= now) else {
            break;
        };
        let ended = disruptions.under_way.iter().position(|under_way| under_way.disruption.until == Some(due));
        if let Some(place) = ended {
            disruptions.last = Some(now);
            let UnderWay { disruption, done } = disruptions.under_way.remove(place);
            end(world, &disruption, done);
        } else if let Some(disruption) = disruptions.ahead.pop() {
            start(world, disruption, now)?;
        }
    }
    Ok(())
}

/// How many steps can be taken at least before the next one is due.
pub(crate) fn steps_until_next(world: &World) -> u64 {
    let next = world.get_resource::<Disruptions>().and_then(Disruptions::next);
    let (Some(next), Some(clock)) = (next, world.get_resource::<SwarmClock>()) else {
        return u64::MAX;
    };
    let step = world.get_resource::<TimeStep>().map_or(f64::INFINITY, |step| step.seconds);
    ((next - clock.seconds()) / step).floor() as u64
}
