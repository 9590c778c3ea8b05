//! What a step needs of the agents of a table, as a query finds it.

use bevy_ecs::{change_detection::ContiguousMut, prelude::*};
use bytemuck::TransparentWrapper;
use lampyrid_kernel::energy::EnergyLedger;

use super::{columns::Columns, energy::Recovery, voices::Voices};
use crate::{
    agent::{AgentId, CouplingScale, Drive, Energy, Frequency, IsAgent, Phase},
    answer::{Effort, EnergyFrozen, Gain, Offset, Silent, Velocity},
    community::Membership,
    error::SwarmError,
    index::{PlacesOfRun, Run, Runs, SwarmIndex, not_contiguous},
    stage::Stage,
};

/// What integrating an agent needs of it.
pub(super) type Movable = (
    Entity,
    &'static mut Phase,
    &'static Frequency,
    &'static AgentId,
    Option<&'static mut Energy>,
    Option<&'static CouplingScale>,
    Option<&'static Drive>,
    Answer,
);

/// What changes how an agent answers and is heard, beyond what most agents have.
type Answer = (
    Option<&'static Gain>,
    Option<&'static Effort>,
    Option<&'static mut Velocity>,
    Has<EnergyFrozen>,
    Option<&'static Offset>,
    Has<Silent>,
);

/// The columns of a table, fetched once for as many steps as nobody else takes part in.
pub(super) struct Fetched<'w> {
    phases: &'w mut [f64],
    frequencies: &'w [f64],
    ids: &'w [u64],
    energies: Option<&'w mut [f64]>,
    scales: Option<&'w [f64]>,
    drives: Option<&'w [f64]>,
    gains: Option<&'w [f64]>,
    efforts: Option<&'w [f64]>,
    velocities: Option<&'w mut [f64]>,
    frozen: bool,
    offsets: Option<&'w [f64]>,
    silent: bool,
    community: usize,
}

/// Fetches all agents, in the order of the index; what is going to be written is marked as changed.
pub(super) fn fetch<'w>(
    agents: &'w mut Query<Movable, IsAgent>,
    stage: &Stage,
    membership: &Membership,
    index: &SwarmIndex,
) -> Result<Runs<'w, Fetched<'w>>, SwarmError> {
    let tables = agents.contiguous_iter_mut().map_err(not_contiguous)?.map(
        |(entities, phases, frequencies, ids, energies, scales, drives, answer)| {
            let (gains, efforts, velocities, frozen, offsets, silent) = answer;
            let fetched = Fetched {
                phases: Phase::peel_slice_mut(written(phases)),
                frequencies: Frequency::peel_slice(frequencies),
                ids: AgentId::peel_slice(ids),
                energies: energies.map(|energies| Energy::peel_slice_mut(written(energies))),
                scales: scales.map(CouplingScale::peel_slice),
                drives: drives.map(Drive::peel_slice),
                gains: gains.map(Gain::peel_slice),
                efforts: efforts.map(Effort::peel_slice),
                velocities: velocities.map(|velocities| Velocity::peel_slice_mut(written(velocities))),
                frozen,
                offsets: offsets.map(Offset::peel_slice),
                silent,
                community: membership.of_table(entities),
            };
            (entities, fetched)
        },
    );
    let mut runs = Runs::new();
    index.runs(tables, stage.may_change_before_integrate(), &mut runs)?;
    membership.check(runs.iter().map(Run::first))?;
    Ok(runs)
}

/// The column to write, marked as changed once for all rows.
fn written<T>(column: ContiguousMut<'_, T>) -> &mut [T] {
    let (values, mut ticks) = ContiguousMut::bypass_change_detection_split(column);
    ticks.mark_all_as_changed();
    values
}

impl Fetched<'_> {
    /// How the agents are heard.
    pub(super) fn voices(&self) -> Voices<'_> {
        Voices { phases: self.phases, offsets: self.offsets, silent: self.silent, community: self.community }
    }

    /// The columns, together with what the index has of their agents.
    pub(super) fn columns<'a>(&'a mut self, places: PlacesOfRun<'a>) -> Columns<'a> {
        let PlacesOfRun { first, starts, sums, visits, cosines, sines } = places;
        Columns {
            first,
            phases: self.phases,
            frequencies: self.frequencies,
            ids: self.ids,
            energies: self.energies.as_deref_mut(),
            scales: self.scales,
            drives: self.drives,
            gains: self.gains,
            efforts: self.efforts,
            velocities: self.velocities.as_deref_mut(),
            frozen: self.frozen,
            community: self.community,
            starts,
            sums,
            visits,
            cosines,
            sines,
        }
    }

    /// Gives the agents what comes back of their energy in a step, if they have any that does.
    pub(super) fn recover(&mut self, recovery: &Recovery) -> EnergyLedger {
        let recovering = self.energies.as_deref_mut().filter(|_| !self.frozen);
        recovering.map_or_else(EnergyLedger::default, |energies| recovery.give(energies))
    }
}
