//! Swarms of coupled phase oscillators as Bevy ECS components, systems and plugins.
//!
//! An agent is an entity with a [`Phase`]. Spawn agents one by one or from a graph, add
//! [`SwarmPlugins`] to an app (or call [`install_swarm`] on a bare [`World`]
//! and [`advance`] it), and they couple:
//!
//! dθ_i/dt = ω_i + κ_i K H_i + ξ_i,  H_i = (1/n_i) Σ_j w_ij sin(θ_j − θ_i − α)
//!
//! ```
//! use bevy_ecs::world::World;
//! use lampyrid_swarm::*;
//!
//! let mut world = World::new();
//! install_swarm(&mut world);
//! world.insert_resource(Coupling { strength: 2.0, ..Default::default() });
//!
//! let first = world.spawn((Phase(0.0), Frequency(1.0))).id();
//! let second = world.spawn((Phase(2.0), Frequency(1.1), Neighbors::from([first]))).id();
//! world.entity_mut(first).insert(Neighbors::from([second]));
//!
//! advance(&mut world, 1000)?;
//! assert!(coherence(&mut world)?.r > 0.99);
//! # Ok::<(), SwarmError>(())
//! ```
//!
//! # What is a component, what is a resource
//!
//! | component | of an agent | | resource | of the swarm |
//! |---|---|---|---|---|
//! | [`Phase`] | θ \[rad\] | | [`Coupling`] | K, α, normalisation, noise |
//! | [`Frequency`] | ω \[rad/s\] | | [`TimeStep`] | Δt \[s\], integrator |
//! | [`AgentId`] | its stable number | | [`EnergyRule`] | cost, recovery, capacity |
//! | [`Neighbors`], [`Weights`] | whom it listens to | | [`SwarmSeed`] | seed of the noise |
//! | [`Links`] | undirected links, right at both ends | | [`AgentIds`] | who has which number |
//! | [`Energy`] | what it can still spend | | [`Workers`] | threads |
//! | [`CouplingScale`] | κ, its own factor on K | | [`Coherence`] | cached order parameter |
//! | [`Drive`] | rate by a law of its own | | [`SwarmClock`] | steps and seconds so far |
//!
//! # Strategies, goals, disruptions
//!
//! With [`StrategyPlugin`] agents answer in ways of their own: [`PhaseNudge`], [`FrequencyLock`],
//! [`Pulse`], [`EnergyAware`], [`Desync`], [`Adaptive`]. A [`Goal`] says what the swarm is to reach,
//! [`SwarmGoal`] how it gets on, and a [`Supervisor`] chooses another [`Rule`] where it is stuck.
//! [`Preset`] has eight goals with all that a swarm needs for them; [`Disruption`]s put it to the test.
//!
//! # Communities
//!
//! Agents that share a marker component can be made a community ([`CommunityPlugin`],
//! [`install_community`]): with a [`CommunityCoupling`], a [`CommunityCoherence`] and a
//! [`CommunityGoal`] of their own. Who is in none goes by the settings of the swarm.
//!
//! # In a host
//!
//! [`SwarmPlugins`] tells which plugin does what, in which schedules the swarm can step, and how it is
//! paused; [`SwarmSystems`] and [`StepSystems`] are the sets to order systems against, and
//! [`Workers`] says whose threads it takes.
//!
//! # What happens
//!
//! [`SwarmStopped`], [`GoalAttained`], [`GoalLost`], [`Recovered`], [`StrategySwitched`], [`Disrupted`]
//! and [`BudgetExceeded`] are messages and events: read them with a `MessageReader`, or observe them,
//! `app.add_observer(|goal: On<GoalAttained>| …)`. With the [`FiringPlugin`] agents that [`Fires`] tell
//! when they do. Observers run between two steps, where they may do whatever a system may do. A host that
//! only records what happened asks for it now and then: [`keep_chronicle`], [`take_chronicle`].
//!
//! # Memory and metrics
//!
//! A [`SwarmPlan`] tells what a swarm is going to take before any of it is built, [`swarm_bytes`]
//! what it holds; a [`MemoryBudget`] warns of a swarm that outgrows it, lets it wait, or stops it.
//! [`SwarmMetrics`] tell what a running swarm costs and does; with the feature `diagnostics` as
//! diagnostics of `bevy_diagnostic`, with `prometheus` through the crate `metrics` and as text.
//! Neither is there unless installed, and neither changes a result.
//!
//! # Checkpoints
//!
//! With the feature `checkpoint` a `SwarmState` is all that decides what becomes of a swarm, as plain
//! data; restored into another world it goes on to the same bits.
//!
//! # One swarm in several worlds
//!
//! A world can hold a part of a swarm ([`SwarmSpawner::part_of`]): what its agents hear of others, and what
//! others hear of them, goes through [`SwarmExchange`]; goals and disruptions of all come to one decision by a
//! [`Communicator`]. The crate `lampyrid_distributed` does that over several processes.
//!
//! # Inspectors, scenes, the remote protocol
//!
//! With the feature `reflect` every public component and resource derives `Reflect` and is registered
//! by the plugins (for a type registry of your own: `register_types`). Inspectors show fields to edit,
//! links as plain lists.
//!
//! A scene holds agents, links, settings, the clock and what disruptions have to take back, and maps
//! the entities that links refer to. A swarm goes on from it bit by bit if it is read into a world
//! with the same plugins and no other agents. What only remembers begins anew: the cached coherence,
//! the trend that a goal is judged by, looks at the memory; and the threads stay those of the host.
//! Agents that come later get ids above those of the scene, even if the original had given out
//! larger ones to agents that went.
//!
//! With `serialize` components and settings are read and written by serde. What a step would refuse
//! is refused when it is read, and an entity is a number of the world that it was written in. No
//! feature changes a type, a scene's form or a result: each only adds.
//!
//! # Synchronous and reproducible
//!
//! Every agent of a step reads the same snapshot of phases. Equal seeds, ids and links give equal
//! bits, whatever the number of threads, the order of spawning, the other components of the
//! agents or the host around them. An agent's phase is moved by its own frequency, coupling,
//! drive and noise, and by nothing else.
//!
//! # Plugins
//!
//! [`SwarmPlugins`] is a group; each can be disabled, configured or replaced. The others are added
//! beside it where they are wanted.
//!
//! | plugin | in the group | duty |
//! |---|---|---|
//! | [`SteppingPlugin`] | yes | sets, step schedule, clock; a step in the host's schedule |
//! | [`TopologyPlugin`] | yes | the derived index follows spawns, despawns and links |
//! | [`CouplingPlugin`] | yes | [`Coupling`]: agents hear each other |
//! | [`IntegrationPlugin`] | yes | [`TimeStep`]: phases move |
//! | [`EnergyPlugin`] | yes | [`EnergyRule`]: coupling costs, energy recovers |
//! | [`CoherencePlugin`] | yes | [`Coherence`]: the order parameter for who asks |
//! | [`StrategyPlugin`] | no | agents answer by rules of their own |
//! | [`CommunityPlugin`] | no | a part of the swarm has a coupling, a coherence and a goal of its own |
//! | [`GoalPlugin`] | no | watches a [`Goal`], may have a [`Supervisor`] |
//! | [`DisruptionPlugin`] | no | what goes wrong, on schedule |
//! | [`FiringPlugin`] | no | agents that [`Fires`] tell when they do |
//! | [`MemoryBudgetPlugin`] | no | holds the swarm to a [`MemoryBudget`] |
//! | [`MetricsPlugin`] | no | fills [`SwarmMetrics`] |
//!
//! # Features
//!
//! None is on by default, each only adds, and none changes a phase.
//!
//! | feature | brings |
//! |---|---|
//! | `checkpoint` | a `SwarmState`: all that decides what becomes of a swarm, as plain data |
//! | `diagnostics` | the metrics as diagnostics of `bevy_diagnostic` |
//! | `prometheus` | the metrics for the crate `metrics`, and as text for Prometheus |
//! | `reflect` | components and resources for inspectors, scenes and the remote protocol, through `bevy_reflect` |
//! | `serialize` | components and settings for serde; what a step would refuse is refused when it is read |
//!
#![doc = include_str!("../FAQ.md")]
#![forbid(unsafe_code)]
#![warn(missing_docs, clippy::print_stdout, clippy::print_stderr)]

mod agent;
mod answer;
mod batch;
#[cfg(feature = "checkpoint")]
mod checkpoint;
mod chronicle;
mod clock;
mod coherence;
mod commands;
mod community;
mod context;
mod disruption;
mod duties;
mod error;
mod exchange;
mod firing;
mod goals;
mod identity;
mod index;
mod install;
mod kept;
mod links;
mod memory;
mod metrics;
mod parts;
mod plugins;
mod pull;
mod recent;
#[cfg(feature = "reflect")]
mod reflect;
mod refusal;
mod schedule;
#[cfg(feature = "serialize")]
mod serialize;
mod settings;
mod snapshot;
mod spawn;
mod stage;
mod step;
mod strategy;
mod tell;
mod workers;
mod world;

pub use agent::{AgentId, CouplingScale, Drive, Energy, Frequency, Phase};
pub use answer::{Effort, EnergyFrozen, Gain, Offset, Silent, Velocity};
pub use batch::{BatchOutcome, set_energies, set_frequencies, set_phases};
pub use bevy_ecs::world::World;
#[cfg(feature = "checkpoint")]
pub use checkpoint::{PartHead, PartState, RestoredPart, StateBlock, StateBlockRef, StateError, SwarmHead, SwarmState};
pub use chronicle::{Happening, keep_chronicle, take_chronicle};
pub use clock::SwarmClock;
pub use coherence::{Coherence, SwarmCoherence, coherence};
pub use commands::{EditLinks, SwarmCommands};
pub use community::{
    CommunityCoherence, CommunityCoupling, CommunityGoal, CommunityPlugin, community_coherence, install_community,
};
pub use context::{Context, SwarmContext};
pub use disruption::{
    Disrupted, Disruption, DisruptionKind, DisruptionPlugin, Disruptions, disrupt, install_disruptions,
};
pub use error::SwarmError;
pub use exchange::{Speakers, SwarmExchange, Voice};
pub use firing::{Fired, Fires, FiringPlugin, install_firing};
pub use goals::{
    Change, Concern, Decision, EnergyPlan, Goal, GoalAttained, GoalLost, GoalPlan, GoalPlugin, GoalSpawnError,
    Measurement, Monitor, Pacemaker, Pattern, Preset, Recovered, Rule, Spread, StrategySwitched, Supervisor,
    SupervisorPolicy, SwarmGoal, SwarmSize, UnknownName, Verdict, adopt, concerns, install_goal, steps_until_look,
    with_pacemaker,
};
pub use identity::{AgentIds, agent_of};
pub use index::{Rewiring, TopologyReport};
pub use install::install_swarm;
pub use lampyrid_kernel::{Integrator, Normalization, energy::EnergyLedger};
pub use lampyrid_measure::OrderParameter;
pub use links::{Link, LinkError, Links, Neighbors, NeighborsIter, Weights};
pub use memory::{
    BudgetExceeded, MemoryBudget, MemoryBudgetPlugin, MemoryEstimate, MemoryMeasure, MemoryPolicy, MemoryUse,
    SwarmPlan, install_memory_budget, swarm_bytes,
};
#[cfg(feature = "diagnostics")]
pub use metrics::diagnostic_path;
pub use metrics::{
    AllocationProbe, Allocations, MetricKind, MetricReading, MetricsPlugin, SwarmMetrics, refresh_metrics,
};
#[cfg(feature = "prometheus")]
pub use metrics::{prometheus_text, publish_metrics};
pub use parts::{Communicator, connect};
pub use plugins::{
    CoherencePlugin, CouplingPlugin, EnergyPlugin, IntegrationPlugin, SteppingPlugin, SwarmPlugins, SwarmStopped,
    TopologyPlugin,
};
#[cfg(feature = "reflect")]
pub use reflect::register_types;
pub use refusal::StepRefusal;
pub use schedule::{StepSystems, SwarmSchedule, SwarmSystems, advance};
pub use settings::{Coupling, EnergyRule, PhasorPrecision, SwarmSeed, TimeStep};
pub use snapshot::SwarmSnapshot;
pub use spawn::SwarmSpawner;
pub use step::SwarmMotion;
pub use strategy::{
    Adaptive, AdaptiveState, Answering, Desync, EnergyAware, FrequencyLock, PhaseNudge, Pulse, StrategyPlugin,
    StrategySystems, install_strategies,
};
pub use workers::Workers;
pub use world::{AgentState, agent_states, energy_ledger, phase_hash, read_phases, topology_report};
