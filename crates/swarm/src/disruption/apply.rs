//! Doing it, and taking it back.

use bevy_ecs::{entity::MapEntities, prelude::*};
use lampyrid_kernel::noise::{Stream, bits, unit};

use super::{
    choose::{Hit, Lot, agents, cuts, spared},
    plan::{Disruption, DisruptionKind},
};
#[cfg(feature = "reflect")]
use crate::reflect::*;
use crate::{
    agent::{AgentId, Frequency, IsAgent, Phase},
    answer::{EnergyFrozen, Silent},
    coherence::Coherence,
    error::SwarmError,
    index::SwarmIndex,
    links::{Neighbors, Weights, keep, linked, listen},
    parts::{Ghost, Others},
};

/// What has to be taken back when a disruption ends.
#[derive(Clone, Debug, Default, PartialEq, MapEntities)]
#[cfg_attr(feature = "reflect", derive(Reflect), reflect(Default))]
pub(crate) struct Done {
    #[entities]
    pub(crate) agents: Vec<Entity>,
    #[entities]
    pub(crate) cut: Vec<CutLink>,
}

/// A link that `listener` had.
#[derive(Clone, Copy, Debug, PartialEq, MapEntities)]
#[cfg_attr(feature = "reflect", derive(Reflect))]
pub(crate) struct CutLink {
    #[entities]
    pub(crate) listener: Entity,
    #[entities]
    pub(crate) heard: Entity,
    pub(crate) weight: f64,
    /// Whether it was undirected.
    pub(crate) linked: bool,
}

/// Does what a disruption says. `occasion` tells the disruptions of one seed apart. Returns what to
/// take back, and how many were hit in all parts of the swarm.
pub(super) fn begin(world: &mut World, disruption: &Disruption, occasion: u64) -> Result<(Done, usize), SwarmError> {
    let others = Others::of(world);
    if let Some(mut coherence) = world.get_resource_mut::<Coherence>() {
        coherence.invalidate();
    }
    if disruption.kind == DisruptionKind::CutLinks {
        let cut = cut_links(world, disruption, occasion, &others)?;
        let hit = others.total(cut.len())?;
        return Ok((Done { cut, ..Done::default() }, hit));
    }
    let Hit { agents: hit, below } = agents(world, disruption, occasion, &others)?;
    let count = others.total(hit.len())?;
    if disruption.kind == DisruptionKind::Remove && !others.are_none() {
        let is_hit = |id| below.is_none_or(|below| Lot::of(disruption, occasion, id) < below);
        dismiss(world, &hit, count - hit.len(), is_hit, &others)?;
    }
    for &(id, agent) in &hit {
        // A hook of a host's may have despawned it when another was struck.
        if let Ok(agent) = world.get_entity_mut(agent) {
            strike(agent, disruption, id, occasion);
        }
    }
    Ok((Done { agents: hit.into_iter().map(|(_, agent)| agent).collect(), ..Done::default() }, count))
}

/// Has those forgotten who are about to be removed: agents of this world whom others hear, and ghosts of those
/// elsewhere.
fn dismiss(
    world: &mut World,
    here: &[(AgentId, Entity)],
    elsewhere: usize,
    is_hit: impl Fn(AgentId) -> bool,
    others: &Others,
) -> Result<(), SwarmError> {
    let spared = spared(world, others)?;
    let mut ghosts = world.query::<(Entity, &Ghost)>();
    let is_gone = |ghost: &Ghost| is_hit(ghost.id()) && !spared.contains(&ghost.id().get());
    let gone: Vec<Entity> = ghosts.iter(world).filter(|(_, ghost)| is_gone(ghost)).map(|(entity, _)| entity).collect();
    if let Some(mut index) = world.get_resource_mut::<SwarmIndex>() {
        index.ghosts.dismiss(&gone, elsewhere, here.iter().map(|&(_, agent)| agent));
    }
    gone.into_iter().for_each(|ghost| _ = world.despawn(ghost));
    Ok(())
}

fn strike(mut agent: EntityWorldMut<'_>, disruption: &Disruption, id: AgentId, occasion: u64) {
    match disruption.kind {
        DisruptionKind::Scramble => {
            let draw = unit(bits(disruption.seed, Stream::Scramble, id.get(), occasion)[0]);
            agent.insert(Phase(draw * std::f64::consts::TAU));
        }
        DisruptionKind::Silence => {
            agent.insert(Silent);
        }
        DisruptionKind::Remove => agent.despawn(),
        DisruptionKind::ShiftFrequencies { by } => shift(&mut agent, by),
        DisruptionKind::FreezeEnergy => {
            agent.insert(EnergyFrozen);
        }
        DisruptionKind::CutLinks => {}
    }
}

fn shift(agent: &mut EntityWorldMut<'_>, by: f64) {
    if let Some(mut frequency) = agent.get_mut::<Frequency>() {
        frequency.0 += by;
    }
}

/// Takes a disruption back, as far as those it hit are still there.
pub(super) fn end(world: &mut World, disruption: &Disruption, done: Done) {
    for agent in done.agents {
        let Ok(mut agent) = world.get_entity_mut(agent) else {
            continue;
        };
        match disruption.kind {
            DisruptionKind::Silence => {
                agent.remove::<Silent>();
            }
            DisruptionKind::ShiftFrequencies { by } => shift(&mut agent, -by),
            DisruptionKind::FreezeEnergy => {
                agent.remove::<EnergyFrozen>();
            }
            DisruptionKind::Scramble | DisruptionKind::Remove | DisruptionKind::CutLinks => {}
        }
    }
    for link in done.cut {
        restore(world, link);
    }
}

/// Cuts links on the listeners' side, in the order of their ids.
fn cut_links(
    world: &mut World,
    disruption: &Disruption,
    occasion: u64,
    others: &Others,
) -> Result<Vec<CutLink>, SwarmError> {
    let spared = spared(world, others)?;
    let mut listeners: Vec<_> =
        world.query_filtered::<(Entity, &AgentId), (IsAgent, With<Neighbors>)>().iter(world).collect();
    listeners.sort_unstable_by_key(|(_, id)| **id);
    let listeners: Vec<_> = listeners.into_iter().map(|(agent, &id)| (agent, id)).collect();
    let mut cut = Vec::new();
    for (listener, id) in listeners {
        let is_cut = |heard: Entity| {
            let other = world.get::<AgentId>(heard).copied().or_else(|| Some(world.get::<Ghost>(heard)?.id()));
            let other = other.filter(|other| !spared.contains(&other.get()));
            other.is_some_and(|other| cuts(disruption, occasion, id, other))
        };
        let Some(list) = world.get::<Neighbors>(listener) else {
            continue;
        };
        let keeps: Vec<bool> = list.iter().map(|heard| !is_cut(heard)).collect();
        if !keeps.contains(&false) {
            continue;
        }
        let weights = world.get::<Weights>(listener).map(|weights| weights.as_slice().to_vec());
        // The step reports lists that do not fit; here the lost one stands for none.
        let weight = |place: usize| weights.as_ref().and_then(|all| all.get(place)).map_or(1.0, |weight| *weight);
        let lost = list.iter().enumerate().filter(|(place, _)| !keeps[*place]);
        let is_linked = |heard| linked(world, listener, heard).is_some();
        cut.extend(lost.map(|(place, heard)| CutLink {
            listener,
            heard,
            weight: weight(place),
            linked: is_linked(heard),
        }));
        keep(&mut world.entity_mut(listener), &keeps);
    }
    Ok(cut)
}

/// Puts a link back at the end of the list, unless its listener has gone or hears the other anyway, or
/// both were unlinked meanwhile.
fn restore(world: &mut World, link: CutLink) {
    if link.linked && linked(world, link.listener, link.heard).is_none() {
        return;
    }
    let Ok(mut listener) = world.get_entity_mut(link.listener) else {
        return;
    };
    if listener.get::<Neighbors>().is_some_and(|list| !list.contains(link.heard)) {
        listen(&mut listener, link.heard, Some(link.weight));
    }
}
