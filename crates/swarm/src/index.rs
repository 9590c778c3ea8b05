//! The derived index: what the kernels need and nobody edits.
//!
//! Truth is in the components. The index holds the order of the agents in their tables, who
//! listens to whom as flat rows of places in that order, and the phasors published for the
//! present stage. [`follow`] compares it with the world at every step and rebuilds it only when
//! something changed.

mod build;
mod carry;
mod follow;
mod runs;
mod visits;

use std::sync::Arc;

use bevy_ecs::{entity::Entity, resource::Resource};
use lampyrid_graph::Adjacency;
use lampyrid_kernel::{Phasor, energy::EnergyLedger};

use crate::error::SwarmError;

use carry::{Lost, Spare};
pub(crate) use follow::follow;
pub(crate) use runs::{Runs, not_contiguous};
pub(crate) use visits::Visits;

/// Order, rows and phasors of the swarm as of the present step.
#[derive(Resource, Debug, Default)]
pub(crate) struct SwarmIndex {
    /// All agents, table after table, in the order of their rows.
    order: Vec<Entity>,
    /// What each of those tables is like.
    shapes: Vec<TableShape>,
    /// The place in `order` by entity index; `NOWHERE` for entities that are no agents.
    places: Vec<u32>,
    /// Row i: the places that the agent at place i listens to. The graph the agents were spawned
    /// from, where their order and lists are still those of its nodes.
    pub(crate) adjacency: Arc<Adjacency>,
    /// In which order to compute the rows.
    pub(crate) visits: Visits,
    /// (cos θ, sin θ) by place, for the present stage; in a mean field, where nobody reads those of
    /// others, empty.
    pub(crate) phasors: Vec<Phasor>,
    /// cos θ by place, for the present stage of a mean field; elsewhere empty. Columns of their own
    /// need no shuffling between vector registers, pairs do.
    pub(crate) cosines: Vec<f64>,
    /// sin θ by place, likewise.
    pub(crate) sines: Vec<f64>,
    /// Phases at the beginning of the step, by place; only multi-stage integrators fill it.
    pub(crate) starts: Vec<f64>,
    /// Weighted rates of the stages so far, by place; likewise.
    pub(crate) sums: Vec<f64>,
    /// Whether all agents are heard as their phases are, without offsets and silence.
    pub(crate) is_plainly_heard: bool,
    /// The mean phasor of the present stage, where the coupling is all-to-all.
    pub(crate) mean: Phasor,
    /// Energy spent, recovered and refused since the beginning.
    pub(crate) ledger: EnergyLedger,
    /// By place, what the agent's list has and its row has not; empty where nobody has lost any.
    lost: Vec<Lost>,
    /// Buffers for the next change.
    spare: Spare,
    /// Whether order and rows describe the world as of the last `follow`.
    built: bool,
    report: TopologyReport,
    error: Option<SwarmError>,
    /// How many systems of the step have run.
    ran: usize,
}

/// What tells tables apart that hold the same agents in the same order: an agent that loses its
/// neighbours leaves no changed column behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct TableShape {
    agents: usize,
    has_neighbors: bool,
    has_weights: bool,
}

const NOWHERE: u32 = u32::MAX;

impl SwarmIndex {
    /// How many agents the index covers.
    pub(crate) fn len(&self) -> usize {
        self.order.len()
    }

    fn is_built(&self) -> bool {
        self.built
    }

    pub(crate) fn report(&self) -> TopologyReport {
        self.report
    }

    /// What every system of the step does first. False after an error: it then has to do nothing.
    pub(crate) fn goes_on(&mut self) -> bool {
        self.ran += 1;
        self.error.is_none()
    }

    pub(crate) fn take_ran(&mut self) -> usize {
        std::mem::take(&mut self.ran)
    }

    /// Ends the present step.
    pub(crate) fn fail(&mut self, error: SwarmError) {
        self.error.get_or_insert(error);
    }

    pub(crate) fn take_error(&mut self) -> Option<SwarmError> {
        self.error.take()
    }

    /// The place of an agent, if it is one.
    pub(crate) fn place(&self, entity: Entity) -> Option<usize> {
        let place = *self.places.get(entity.index_u32() as usize)? as usize;
        (self.order.get(place) == Some(&entity)).then_some(place)
    }

    /// Brings the order of the rows up to date, for blocks cut from runs of so many agents.
    pub(crate) fn follow_visits(&mut self, block: usize, runs: impl Iterator<Item = usize>) {
        self.visits.follow(&self.adjacency, self.report.rebuilds, block, runs);
    }

    /// Sizes the phasors for all agents: as columns for a mean field, else as pairs. Those that the
    /// other kind of coupling left are given back.
    pub(crate) fn make_room_for_phasors(&mut self, mean_field: bool) {
        let agents = self.len();
        let (pairs, columns) = if mean_field { (0, agents) } else { (agents, 0) };
        if (self.phasors.len(), self.cosines.len()) != (pairs, columns) {
            fit(&mut self.phasors, pairs);
            fit(&mut self.cosines, columns);
            fit(&mut self.sines, columns);
        }
    }

    /// Rows shared with the agents are on their account.
    fn own_rows_bytes(&self) -> usize {
        if Arc::strong_count(&self.adjacency) > 1 { 0 } else { self.adjacency.heap_bytes() }
    }

    /// Bytes on the heap.
    pub(crate) fn heap_bytes(&self) -> usize {
        self.order.capacity() * size_of::<Entity>()
            + self.places.capacity() * size_of::<u32>()
            + self.own_rows_bytes()
            + self.visits.places.capacity() * size_of::<u16>()
            + self.lost.capacity() * size_of::<Lost>()
            + self.spare.heap_bytes()
            + self.phasors.capacity() * size_of::<Phasor>()
            + [&self.cosines, &self.sines, &self.starts, &self.sums].map(Vec::capacity).iter().sum::<usize>()
                * size_of::<f64>()
    }
}

/// Gives a list so many elements; a list of none gives its memory back.
fn fit<T: Default + Clone>(list: &mut Vec<T>, length: usize) {
    if length == 0 {
        *list = Vec::new();
    }
    list.resize(length, T::default());
}

/// Equality of two lists of one length, without a branch per entity: this runs at every step.
fn are_same(known: &[Entity], entities: &[Entity]) -> bool {
    let difference = |(a, b): (&Entity, &Entity)| a.to_bits() ^ b.to_bits();
    known.iter().zip(entities).map(difference).fold(0, std::ops::BitOr::bitor) == 0
}

/// What the last rebuild of the index found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TopologyReport {
    /// Agents.
    pub agents: usize,
    /// Directed links between them.
    pub links: usize,
    /// Listed neighbours that are not agents (any more) and were skipped.
    pub missing: usize,
    /// Agents listing themselves; skipped too.
    pub self_links: usize,
    /// Times the index was rebuilt since the beginning.
    pub rebuilds: u64,
}
