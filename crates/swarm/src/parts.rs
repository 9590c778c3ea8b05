//! What worlds with parts of one swarm find out together, between steps.

use std::sync::Arc;

use bevy_ecs::prelude::*;
use smallvec::SmallVec;

use crate::{agent::AgentId, error::SwarmError};

/// How worlds with parts of one swarm come to know of each other what goals and disruptions ask for: sums, and whom a
/// disruption hits. [`connect`] gives it to a world.
///
/// All of them make the same calls in the same order, and wait in each for the others.
pub trait Communicator: Send + Sync + 'static {
    /// The number of this world's part, less than [`parts`](Self::parts).
    fn part(&self) -> usize;

    /// How many parts there are, at least 1.
    fn parts(&self) -> usize;

    /// Replaces each number by its sum over all parts, exactly; one that leaves 128 bits ends at their limit.
    ///
    /// # Errors
    ///
    /// [`SwarmError::PartMissing`] where parts do not come together.
    fn add_up(&self, numbers: &mut [i128]) -> Result<(), SwarmError>;

    /// Gives every part the list of its number, and returns what each has given to this one.
    ///
    /// # Errors
    ///
    /// As [`add_up`](Self::add_up).
    fn trade(&self, lists: Vec<Vec<u64>>) -> Result<Vec<Vec<u64>>, SwarmError>;
}

/// Lets goals and disruptions of a world with a [part of a swarm](crate::SwarmSpawner::part_of) ask those with the
/// others: all come to the decisions of one world with all agents.
pub fn connect(world: &mut World, others: Arc<dyn Communicator>) {
    world.insert_resource(Connected(others));
}

#[derive(Resource)]
struct Connected(Arc<dyn Communicator>);

/// What an entity has that stands for an agent elsewhere: its id there.
#[derive(Component, Clone, Copy, Debug)]
pub(crate) struct Ghost(pub(crate) u32);

impl Ghost {
    pub(crate) fn id(self) -> AgentId {
        AgentId::new(self.0.into())
    }
}

/// The worlds with the other parts; nobody where a swarm is in one world.
#[derive(Clone)]
pub(crate) struct Others(Option<Arc<dyn Communicator>>);

impl Others {
    pub(crate) fn of(world: &World) -> Self {
        Self(world.get_resource::<Connected>().map(|connected| connected.0.clone()))
    }

    pub(crate) fn part(&self) -> usize {
        self.0.as_ref().map_or(0, |others| others.part())
    }

    pub(crate) fn parts(&self) -> usize {
        self.0.as_ref().map_or(1, |others| others.parts())
    }

    pub(crate) fn are_none(&self) -> bool {
        self.0.is_none()
    }

    /// Replaces each number by its sum over all parts.
    pub(crate) fn add_up(&self, numbers: &mut [i128]) -> Result<(), SwarmError> {
        self.0.as_ref().map_or(Ok(()), |others| others.add_up(numbers))
    }

    /// The sum of this number over all parts.
    pub(crate) fn total(&self, own: usize) -> Result<usize, SwarmError> {
        let mut sum = [own as i128];
        self.add_up(&mut sum)?;
        Ok(sum[0] as usize)
    }

    /// Whether it is so in any part.
    pub(crate) fn any(&self, own: bool) -> Result<bool, SwarmError> {
        Ok(self.total(usize::from(own))? > 0)
    }

    /// What each part has to say, in their order.
    pub(crate) fn share<const N: usize>(&self, own: [u64; N]) -> Result<SmallVec<[[u64; N]; 1]>, SwarmError> {
        let Some(others) = &self.0 else { return Ok(SmallVec::from_buf([own])) };
        let told = others.trade(vec![own.to_vec(); others.parts()])?;
        let numbers = |(part, list): (usize, &Vec<u64>)| {
            let reason = "it told something else than was to be heard";
            <[u64; N]>::try_from(&list[..]).map_err(|_| SwarmError::PartMissing { part, reason })
        };
        told.iter().enumerate().map(numbers).collect()
    }

    /// The lists of all parts, one after the other.
    pub(crate) fn collect(&self, own: Vec<u64>) -> Result<Vec<u64>, SwarmError> {
        match &self.0 {
            None => Ok(own),
            Some(others) => Ok(others.trade(vec![own; others.parts()])?.concat()),
        }
    }

    /// Gives every part the list of its number.
    pub(crate) fn trade(&self, lists: Vec<Vec<u64>>) -> Result<Vec<Vec<u64>>, SwarmError> {
        match &self.0 {
            None => Ok(lists),
            Some(others) => others.trade(lists),
        }
    }
}
