//! What can go wrong in a swarm.

use bevy_ecs::entity::Entity;

use crate::memory::MemoryMeasure;

/// An error of the swarm: what it is about, where, and what to do.
///
/// While one stands, the swarm does not step: no time passes and no phase moves. It is checked
/// again at every attempt, so mending the cause is enough.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SwarmError {
    /// A number that must be finite is not.
    #[error("{name} is {value}; it must be a finite number")]
    NotFinite {
        /// What the number is.
        name: &'static str,
        /// The number.
        value: f64,
    },
    /// A setting lies outside what it may be.
    #[error("{name} is {value}; it must be {allowed}")]
    OutOfRange {
        /// The setting.
        name: &'static str,
        /// Its value.
        value: f64,
        /// What is allowed.
        allowed: &'static str,
    },
    /// A settings resource was removed from the world.
    #[error("the resource `{name}` is missing from the world; insert it again to go on")]
    SettingsMissing {
        /// The resource.
        name: &'static str,
    },
    /// No swarm was set up in this world.
    #[error("this world has no swarm; add `SwarmPlugins` to its app or call `install_swarm`")]
    NotInstalled,
    /// A plugin that others need was left out.
    #[error("the plugin `{name}` is disabled, and coupling and integration need it; add it")]
    PluginMissing {
        /// The plugin.
        name: &'static str,
    },
    /// A swarm is here, but not the schedule of its steps.
    #[error(
        "the schedule of the swarm's steps is not there: a step is under way, or it was removed from the world; advance the swarm between steps, or add the schedule again"
    )]
    ScheduleTaken,
    /// A phase became NaN or infinite.
    #[error(
        "the phase of agent {id} (entity {entity}) is {value}; a system wrote a number that is not finite, or its frequency or drive is not finite"
    )]
    PhaseNotFinite {
        /// The agent.
        entity: Entity,
        /// Its id.
        id: u64,
        /// Its phase.
        value: f64,
    },
    /// Two agents have one id.
    #[error("entities {first} and {second} both have agent id {id}; spawn one of them with another id, or without one")]
    DuplicateAgentId {
        /// The id.
        id: u64,
        /// One of the two.
        first: Entity,
        /// The other.
        second: Entity,
    },
    /// Automatic ids count on from the largest in use, and there is none above it.
    #[error("no agent ids are left above the largest that was ever used; name the ids of new agents, `AgentId::new`")]
    IdsExhausted,
    /// An agent's energy is NaN or infinite.
    #[error("the energy of agent {id} (entity {entity}) is {value}; it must be a finite number")]
    EnergyNotFinite {
        /// The agent.
        entity: Entity,
        /// Its id.
        id: u64,
        /// Its energy.
        value: f64,
    },
    /// A number of an agent's that a system of the step needs is NaN or infinite.
    #[error("the {what} of agent {id} (entity {entity}) is {value}; it must be a finite number")]
    AgentNotFinite {
        /// What the number is.
        what: &'static str,
        /// The agent.
        entity: Entity,
        /// Its id.
        id: u64,
        /// The number.
        value: f64,
    },
    /// A component that hides entities from queries is kept in a sparse set.
    #[error(
        "this world has a disabling component with sparse-set storage, so that agents cannot be read column by column; give it table storage"
    )]
    SparseDisabling,
    /// An agent's weights do not go with its neighbours.
    #[error(
        "entity {entity} has {neighbors} neighbors but {weights} weights; give it one weight per neighbor, or remove `Weights`"
    )]
    WeightsMismatch {
        /// The agent.
        entity: Entity,
        /// Neighbours listed.
        neighbors: usize,
        /// Weights listed.
        weights: usize,
    },
    /// A link weight is NaN or infinite.
    #[error("weight {place} of entity {entity} is {value}; it must be a finite number")]
    WeightNotFinite {
        /// The agent.
        entity: Entity,
        /// Place in its list, from 0.
        place: usize,
        /// The weight.
        value: f64,
    },
    /// Agents were spawned, despawned or moved to another archetype while a step was under way.
    #[error(
        "the swarm changed from {before} to {after} agents, or moved between archetypes, in the middle of a step; spawn and despawn before `StepSystems::Topology` or between steps"
    )]
    ChangedMidStep {
        /// Agents at the beginning of the step.
        before: usize,
        /// Agents now.
        after: usize,
    },
    /// An agent that others listen to from another world is none any more.
    #[error(
        "entity {entity}, whom agents of another part of the swarm listen to, is no agent any more; agents of a swarm that is spread out stay until it ends"
    )]
    SpeakerGone {
        /// The agent.
        entity: Entity,
    },
    /// Another part of a swarm that is spread out did not take part in a step.
    #[error("part {part} of the swarm did not take part in the step: {reason}")]
    PartMissing {
        /// Its number.
        part: usize,
        /// What was found.
        reason: &'static str,
    },
    /// Something that cannot be done with a part of a swarm that is spread over several worlds.
    #[error("a part of a swarm cannot {what}")]
    PartUnfit {
        /// What was tried.
        what: &'static str,
    },
    /// More agents or links than 32-bit indices can name.
    #[error("{count} {what} are more than {limit}, which is what 32-bit indices can name")]
    TooMany {
        /// Agents or links.
        what: &'static str,
        /// How many.
        count: usize,
        /// How many there can be.
        limit: usize,
    },
    /// The swarm holds more memory than its budget allows.
    #[error(
        "the swarm holds {bytes} bytes {measure}, more than its budget of {limit}; raise the budget, or give it fewer agents or links"
    )]
    MemoryBudgetExceeded {
        /// What is above its limit.
        measure: MemoryMeasure,
        /// Bytes held.
        bytes: u64,
        /// Bytes allowed.
        limit: u64,
    },
    /// An agent is in two communities.
    #[error(
        "entity {entity} is in two communities, `{}` and `{}`; remove one of the two components", communities[0], communities[1]
    )]
    TwoCommunities {
        /// The agent.
        entity: Entity,
        /// The types of the two markers.
        communities: [&'static str; 2],
    },
    /// A memory budget that no swarm on this machine could use up.
    #[error(
        "the memory budget is {budget} bytes, more than the {memory} bytes of this machine; set one that can be held"
    )]
    BudgetBeyondMachine {
        /// Bytes of the budget.
        budget: u64,
        /// Bytes of the machine's memory, or of what the process may use of it.
        memory: u64,
    },
    /// Undirected agents were asked for, of a graph that has a link in one direction only.
    #[error("the graph has links of one direction or of two weights; undirected agents need every link both ways")]
    NotSymmetric,
    /// A list does not go with the graph it was given with.
    #[error("{count} {what} were given for {agents} agents; give one per agent")]
    LengthMismatch {
        /// What the list holds.
        what: &'static str,
        /// Its length.
        count: usize,
        /// Agents of the graph.
        agents: usize,
    },
    /// An entry of a list given to the spawner is not finite.
    #[error("{what} {index} is {value}; it must be a finite number")]
    EntryNotFinite {
        /// What the list holds.
        what: &'static str,
        /// Place in the list, from 0.
        index: usize,
        /// The entry.
        value: f64,
    },
}
