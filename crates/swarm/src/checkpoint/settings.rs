//! The settings of a swarm and what it keeps of its past, besides goals and disruptions.
//!
//! Each definition lists the fields of a type of the swarm's as they are written down, in the order of format version
//! 1; the compiler compares the two.

use bevy_ecs::world::World;
use lampyrid_kernel::{Integrator, Normalization, energy::EnergyLedger};
use lampyrid_measure::OrderParameter;
use serde::{Deserialize, Serialize};

use crate::{
    clock::SwarmClock,
    coherence::{Coherence, Measured},
    duties::Duties,
    error::SwarmError,
    identity::AgentIds,
    index::SwarmIndex,
    memory::{self, BudgetExceeded, MemoryBudget, MemoryMeasure, MemoryPolicy, MemoryUse},
    parts::Others,
    settings::{Coupling, EnergyRule, PhasorPrecision, SwarmSeed, TimeStep},
    strategy,
};

/// A type of the swarm's by its definition here, to be kept in lists and options.
macro_rules! kept {
    ($($kept:ident = $definition:literal of $of:ty;)*) => {
        $(
            #[derive(Clone, Debug, Serialize, Deserialize)]
            pub(super) struct $kept(#[serde(with = $definition)] pub(super) $of);
        )*
    };
}
pub(super) use kept;

#[derive(Serialize, Deserialize)]
#[serde(remote = "Coupling")]
struct CouplingDefinition {
    strength: f64,
    phase_lag: f64,
    #[serde(with = "NormalizationDefinition")]
    normalization: Normalization,
    all_to_all: bool,
    noise: f64,
    #[serde(with = "PhasorPrecisionDefinition")]
    phasors: PhasorPrecision,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "PhasorPrecision")]
enum PhasorPrecisionDefinition {
    Double,
    Single,
    SingleAngle,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Normalization")]
enum NormalizationDefinition {
    Degree,
    Sum,
    Size,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "TimeStep")]
struct TimeStepDefinition {
    seconds: f64,
    #[serde(with = "IntegratorDefinition")]
    integrator: Integrator,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Integrator")]
enum IntegratorDefinition {
    Euler,
    Heun,
    Rk4,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "EnergyRule")]
struct EnergyRuleDefinition {
    capacity: f64,
    cost_per_radian: f64,
    recovery: f64,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "SwarmClock")]
struct ClockDefinition {
    steps: u64,
    since: (u64, f64),
    dt: f64,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "MemoryBudget")]
struct BudgetDefinition {
    total: Option<u64>,
    per_agent: Option<u64>,
    #[serde(with = "PolicyDefinition")]
    policy: MemoryPolicy,
    every: f64,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "MemoryPolicy")]
enum PolicyDefinition {
    Warn,
    Pause,
    Stop,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "MemoryMeasure")]
enum MeasureDefinition {
    Total,
    PerAgent,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "BudgetExceeded")]
struct ExceededDefinition {
    #[serde(with = "MeasureDefinition")]
    measure: MemoryMeasure,
    bytes: u64,
    limit: u64,
    #[serde(with = "PolicyDefinition")]
    policy: MemoryPolicy,
}

kept! {
    CouplingKept = "CouplingDefinition" of Coupling;
    TimeStepKept = "TimeStepDefinition" of TimeStep;
    EnergyRuleKept = "EnergyRuleDefinition" of EnergyRule;
    ClockKept = "ClockDefinition" of SwarmClock;
    BudgetKept = "BudgetDefinition" of MemoryBudget;
    ExceededKept = "ExceededDefinition" of BudgetExceeded;
}

/// Settings and memories.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Settings {
    clock: ClockKept,
    seed: u64,
    next_id: u64,
    coupling: Option<CouplingKept>,
    time_step: Option<TimeStepKept>,
    energy: Option<EnergyRuleKept>,
    /// Whether agents may follow strategies.
    strategies: bool,
    ledger: [i128; 3],
    coherence: Option<CoherenceKept>,
    memory: Option<MemoryKept>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct CoherenceKept {
    time_to_live: f64,
    /// When it was measured, R and ψ.
    last: Option<(f64, f64, f64)>,
    measurements: u64,
    hits: u64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct MemoryKept {
    budget: BudgetKept,
    agents: u64,
    bytes: u64,
    exceeded: Option<ExceededKept>,
    crossings: u64,
    looked: Option<(f64, BudgetKept)>,
}

impl Settings {
    /// The settings of a world with a swarm.
    pub(super) fn capture(world: &World) -> Self {
        let ids = world.get_resource::<AgentIds>();
        let ledger = world.get_resource::<SwarmIndex>().map_or_else(EnergyLedger::default, |index| index.ledger);
        Self {
            clock: ClockKept(world.get_resource::<SwarmClock>().copied().unwrap_or_default()),
            seed: world.get_resource::<SwarmSeed>().map_or(0, |seed| seed.0),
            next_id: ids.map_or(0, |ids| ids.next),
            coupling: world.get_resource().copied().map(CouplingKept),
            time_step: world.get_resource().copied().map(TimeStepKept),
            energy: world.get_resource().copied().map(EnergyRuleKept),
            strategies: world.get_resource::<Duties>().is_some_and(|duties| duties.strategies),
            ledger: ledger.to_parts(),
            coherence: world.get_resource::<Coherence>().map(CoherenceKept::of),
            memory: world.get_resource::<MemoryBudget>().map(|budget| MemoryKept::of(*budget, world)),
        }
    }

    /// Adds what the other parts of the swarm have spent and regained.
    pub(super) fn add_ledgers(&mut self, others: &Others) -> Result<(), SwarmError> {
        others.add_up(&mut self.ledger)
    }

    /// Leaves to another part what was spent and regained.
    pub(super) fn forget_ledger(&mut self) {
        self.ledger = EnergyLedger::default().to_parts();
    }

    /// What has to be there before agents are.
    pub(super) fn restore_before(&self, world: &mut World) {
        if self.strategies {
            strategy::install(world);
        }
        world.insert_resource(self.clock.0);
        world.insert_resource(SwarmSeed(self.seed));
        self.coupling.iter().for_each(|kept| world.insert_resource(kept.0));
        self.time_step.iter().for_each(|kept| world.insert_resource(kept.0));
        self.energy.iter().for_each(|kept| world.insert_resource(kept.0));
    }

    /// What the coming of agents would change.
    pub(super) fn restore_after(self, world: &mut World) {
        if let Some(mut ids) = world.get_resource_mut::<AgentIds>() {
            ids.next = ids.next.max(self.next_id);
        }
        if let Some(mut index) = world.get_resource_mut::<SwarmIndex>() {
            index.ledger = EnergyLedger::from_parts(self.ledger);
        }
        if let Some(kept) = self.coherence {
            world.insert_resource(kept.restored());
        }
        if let Some(kept) = self.memory {
            memory::install(world, kept.budget.0);
            world.insert_resource(MemoryUse {
                agents: kept.agents,
                bytes: kept.bytes,
                exceeded: kept.exceeded.map(|kept| kept.0),
                part: 0,
                crossings: kept.crossings,
                looked: kept.looked.map(|(at, budget)| (at, budget.0)),
            });
        }
    }
}

impl CoherenceKept {
    fn of(coherence: &Coherence) -> Self {
        let Coherence { time_to_live, last, measurements, hits, .. } = *coherence;
        let last = last.map(|Measured { at, value }| (at, value.r, value.psi));
        Self { time_to_live, last, measurements, hits }
    }

    fn restored(self) -> Coherence {
        let Self { time_to_live, last, measurements, hits } = self;
        let last = last.map(|(at, r, psi)| Measured { at, value: OrderParameter { r, psi } });
        Coherence { time_to_live, last, measurements, hits, ..Coherence::default() }
    }
}

impl MemoryKept {
    fn of(budget: MemoryBudget, world: &World) -> Self {
        let found = world.get_resource::<MemoryUse>().copied().unwrap_or_default();
        Self {
            budget: BudgetKept(budget),
            agents: found.agents,
            bytes: found.bytes,
            exceeded: found.exceeded.map(ExceededKept),
            crossings: found.crossings,
            looked: found.looked.map(|(at, budget)| (at, BudgetKept(budget))),
        }
    }
}
