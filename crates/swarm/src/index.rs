//! The derived index: what the kernels need and nobody edits.
//!
//! Truth is in the components. The index holds the order of the agents in their tables, who
//! listens to whom as flat rows of places in that order, and the phasors published for the
//! present stage. [`follow`] compares it with the world at every step: small changes are patched
//! into it, after larger ones it is built anew.

mod build;
mod changes;
mod follow;
mod ghosts;
mod heard;
mod interior;
mod patch;
mod rewire;
mod row_store;
mod runs;
mod spans;
mod visits;

use std::ops::Range;

use bevy_ecs::{change_detection::Tick, entity::Entity, resource::Resource};
use lampyrid_graph::Rows;
use lampyrid_kernel::{ExactSum, Phasor, coupling::Network, energy::EnergyLedger};
use smallvec::SmallVec;

use crate::{error::SwarmError, settings::PhasorPrecision};

use changes::Changes;
pub(crate) use follow::follow;
pub(crate) use ghosts::Ghosts;
pub(crate) use heard::Heard;
pub(crate) use interior::Interior;
pub use rewire::Rewiring;
use row_store::RowStore;
use runs::Places;
pub(crate) use runs::{Parts, PlacesOfRun, Run, Runs, not_contiguous};
use spans::Span;
use visits::Version;
pub(crate) use visits::Visits;

/// Order, rows and phasors of the swarm as of the present step.
#[derive(Resource, Debug, Default)]
pub(crate) struct SwarmIndex {
    /// By place: all agents, table after table, in the order of their rows; a placeholder where there
    /// is none. Between tables some places may be free.
    order: Vec<Entity>,
    /// Where each of those tables lies.
    spans: Vec<Span>,
    /// How many agents there are.
    agents: usize,
    /// The place in `order` by entity index; `NOWHERE` for entities that are no agents.
    places: Vec<u32>,
    /// Those who are heard here and live elsewhere. Their places are behind those of all agents.
    pub(crate) ghosts: Ghosts,
    /// Which ghosts have places.
    ghosts_placed: u64,
    /// Row i: the places that the agent at place i listens to.
    rows: RowStore,
    /// In which order to compute the rows.
    pub(crate) visits: Visits,
    /// Of which rows nobody hears a ghost.
    pub(crate) interior: Interior,
    /// What agents hear of each other in the present stage; where nobody reads the phasors of others,
    /// empty.
    pub(crate) heard: Heard,
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
    /// Of which agents the phasors are: rebuilds and patches at the time.
    published: Option<[u64; 2]>,
    /// The mean phasor of the present stage, where the coupling is all-to-all.
    pub(crate) mean: Phasor,
    /// Likewise of those in no community, of the first community, and so on, where any hears its own.
    pub(crate) means: Vec<Phasor>,
    /// The sums behind them: one of all agents, or one of each community; none where nobody hears a mean.
    pub(crate) mean_sums: SmallVec<[ExactSum; 1]>,
    /// Energy spent, recovered and refused since the beginning.
    pub(crate) ledger: EnergyLedger,
    /// By place, what the agent's list has and its row has not; empty where nobody has lost any.
    lost: Vec<Lost>,
    /// How many of them are waiting.
    waiting: usize,
    /// Buffers for the next change.
    changes: Changes,
    links: Vec<(u32, f64)>,
    /// Whether order and rows describe the world as of the last `follow`.
    built: bool,
    /// Times that agents may have changed places.
    version: u64,
    /// When lists were written whose rows have been handed over since the last `follow`.
    handed_over: Option<Tick>,
    report: TopologyReport,
    /// Missing neighbours that were warned of.
    warned_of: usize,
    error: Option<SwarmError>,
    /// Whether a stage is under way.
    is_open: bool,
    /// Whether its agents have moved already.
    pub(crate) has_moved: bool,
    /// How many systems of the step have run.
    ran: usize,
}

/// What of an agent's list is not in its row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Lost {
    /// Entries that are no agents.
    missing: u32,
    /// Entries that are the agent itself.
    self_links: u32,
    /// Whether a missing one is an entity that may yet become an agent. The others are gone for ever.
    is_waiting: bool,
}

const NOWHERE: u32 = u32::MAX;

impl SwarmIndex {
    /// How many agents the index covers.
    pub(crate) fn agents(&self) -> usize {
        self.agents
    }

    /// How many agents of the swarm are not in this world.
    pub(crate) fn elsewhere(&self) -> usize {
        self.ghosts.elsewhere
    }

    /// How many places there are, one for every agent and ghost and perhaps some more.
    pub(crate) fn room(&self) -> usize {
        self.order.len()
    }

    /// Row i: the places that the agent at place i listens to.
    pub(crate) fn rows(&self) -> Rows<'_> {
        self.rows.rows()
    }

    /// The places of the tables' agents.
    pub(crate) fn tables(&self) -> impl Iterator<Item = Range<usize>> + Send {
        self.spans.iter().map(Span::places)
    }

    /// Where the ghosts lie: the last places.
    pub(crate) fn ghost_places(&self) -> Range<usize> {
        self.room() - self.ghosts.len()..self.room()
    }

    pub(crate) fn report(&self) -> TopologyReport {
        self.report
    }

    /// What every system of the step does first. False after an error: it then has to do nothing.
    pub(crate) fn goes_on(&mut self) -> bool {
        self.ran += 1;
        self.is_going()
    }

    /// Whether a stage is under way and has met no error: not where a host runs the schedule by hand.
    pub(crate) fn is_going(&self) -> bool {
        self.is_open && self.error.is_none()
    }

    /// A stage begins.
    pub(crate) fn open(&mut self) {
        self.is_open = true;
        self.has_moved = false;
        self.ghosts.are_late = false;
        self.error = None;
        self.ran = 0;
    }

    /// It is over.
    pub(crate) fn close(&mut self) {
        self.is_open = false;
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

    /// Notes where an agent is.
    fn note_place(&mut self, agent: Entity, place: usize) {
        let slot = agent.index_u32() as usize;
        if slot >= self.places.len() {
            self.places.resize(slot + 1, NOWHERE);
        }
        self.places[slot] = place as u32;
    }

    /// Reports what following the world has found.
    fn announce(&mut self, report: TopologyReport) {
        if report.missing > self.warned_of {
            log::warn!("{} listed neighbors are not agents (any more); they are skipped", report.missing);
        }
        self.warned_of = report.missing;
        self.report = report;
    }

    /// What a stage reads and writes.
    pub(crate) fn stage_parts(&mut self) -> StageParts<'_> {
        StageParts {
            snapshot: Snapshot {
                network: Network {
                    rows: self.rows.rows(),
                    phasors: self.heard.phasors(),
                    agents: self.agents + self.elsewhere(),
                    fetch_ahead: self.visits.fetch_ahead,
                },
                mean: self.mean,
                means: &self.means,
            },
            interior: &self.interior,
            places: Places {
                visits: &self.visits.places,
                starts: Parts::of(&mut self.starts),
                sums: Parts::of(&mut self.sums),
                cosines: Parts::of(&mut self.cosines),
                sines: Parts::of(&mut self.sines),
            },
        }
    }

    /// Takes the means of the sums there are; those of communities only where any hears its own.
    pub(crate) fn take_means(&mut self, own: bool) {
        let mut all = ExactSum::default();
        self.mean_sums.iter().for_each(|sum| all.merge(*sum));
        self.mean = all.mean();
        if own {
            self.means.clear();
            self.means.extend(self.mean_sums.iter().map(ExactSum::mean));
        }
    }

    /// Notes that the present agents' phasors are there.
    pub(crate) fn note_published(&mut self) {
        self.published = Some([self.report.rebuilds, self.report.patches]);
    }

    /// Whether the phasors are of the present agents.
    pub(crate) fn is_published(&self) -> bool {
        self.published == Some([self.report.rebuilds, self.report.patches])
    }

    /// Brings the order of the rows up to date, for blocks cut from the tables.
    pub(crate) fn follow_visits(&mut self, block: usize) {
        let tables = self.spans.iter().map(Span::places);
        self.visits.follow(self.rows.rows(), version(self.report, block), tables);
    }

    /// Brings up to date which of those blocks hear nobody of elsewhere.
    pub(crate) fn follow_interior(&mut self, block: usize) {
        let (tables, ghosts) = (self.spans.iter().map(Span::places), self.ghost_places().start);
        self.interior.follow(self.rows.rows(), version(self.report, block), tables, ghosts);
    }

    /// Sizes the phasors for all agents: as pairs of a precision, and as columns for a mean field. Those
    /// that another kind of coupling left are given back.
    pub(crate) fn make_room_for_phasors(&mut self, pairs: Option<PhasorPrecision>, columns: bool) {
        let room_if = |wanted| if wanted { self.room() } else { 0 };
        let (paired, in_columns) = (room_if(pairs.is_some()), room_if(columns));
        self.heard.fit(pairs.unwrap_or_default(), paired);
        fit(&mut self.cosines, in_columns);
        fit(&mut self.sines, in_columns);
    }

    /// Bytes on the heap.
    pub(crate) fn heap_bytes(&self) -> usize {
        self.order.capacity() * size_of::<Entity>()
            + self.places.capacity() * size_of::<u32>()
            + self.rows.own_heap_bytes()
            + self.visits.places.capacity() * size_of::<u16>()
            + self.interior.heap_bytes()
            + self.lost.capacity() * size_of::<Lost>()
            + self.heard.heap_bytes()
            + self.ghosts.heap_bytes()
            + self.means.capacity() * size_of::<Phasor>()
            + [&self.cosines, &self.sines, &self.starts, &self.sums].map(Vec::capacity).iter().sum::<usize>()
                * size_of::<f64>()
    }
}

/// The index, taken apart for a stage.
pub(crate) struct StageParts<'a> {
    pub(crate) snapshot: Snapshot<'a>,
    pub(crate) interior: &'a Interior,
    /// Columns by place.
    pub(crate) places: Places<'a>,
}

/// What all agents have published for a stage.
#[derive(Clone, Copy)]
pub(crate) struct Snapshot<'a> {
    pub(crate) network: Network<'a>,
    mean: Phasor,
    means: &'a [Phasor],
}

impl Snapshot<'_> {
    /// The mean phasor of all, or of one community.
    pub(crate) fn mean(&self, of_community: Option<usize>) -> Phasor {
        of_community.map_or(self.mean, |number| self.means.get(number).copied().unwrap_or(Phasor::ZERO))
    }
}

/// Gives a list so many elements; a list of none gives its memory back.
fn fit<T: Default + Clone>(list: &mut Vec<T>, length: usize) {
    if length == 0 {
        *list = Vec::new();
    } else if length != list.len() {
        list.resize(length, T::default());
    }
}

/// Of rows as they are now, with blocks of so many.
fn version(report: TopologyReport, block: usize) -> Version {
    Version { rebuilds: report.rebuilds, patches: report.patches, block }
}

/// Equality of two lists of one length, without a branch per entity: this runs at every step.
fn are_same(known: &[Entity], entities: &[Entity]) -> bool {
    let difference = |(a, b): (&Entity, &Entity)| a.to_bits() ^ b.to_bits();
    known.iter().zip(entities).map(difference).fold(0, std::ops::BitOr::bitor) == 0
}

/// What following the world has found.
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
    /// Times the index was built anew since the beginning.
    pub rebuilds: u64,
    /// Times that little had changed, and only what it concerned was done anew.
    pub patches: u64,
}

impl TopologyReport {
    fn add(&mut self, lost: Lost) {
        self.missing += lost.missing as usize;
        self.self_links += lost.self_links as usize;
    }
}
