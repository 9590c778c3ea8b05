//! `[goal]`: what the swarm is to reach.

use serde::Serialize;

use super::bound::Bound;
use super::error::ScenarioError;
use super::section::Section;
use super::source::Layer;
use super::word::Word;

/// A pattern of phases, how well and how long it must be met, and by when.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Goal {
    /// The preset that it comes from, if any. Whatever the scenario does not say is as in the preset.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "serialize_preset")]
    pub preset: Option<Preset>,
    /// The arrangement of phases.
    #[serde(flatten)]
    pub pattern: Pattern,
    /// Least order parameter, in (0, 1], where the pattern asks for one.
    pub target: f64,
    /// Most deviation > 0, in the unit that the pattern says.
    pub tolerance: f64,
    /// Simulated time > 0 for which the pattern must be met without a break, in s.
    pub hold: f64,
    /// Simulated time > 0 by which it must have been, in s.
    pub deadline: f64,
    /// Whether agent 0 is a pacemaker: it listens to nobody, and everybody listens to it.
    pub pacemaker: bool,
    /// Whether a supervisor may choose other strategies, or add noise, where the swarm is stuck.
    pub supervisor: bool,
}

/// The arrangement of phases that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(tag = "pattern", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Pattern {
    /// All in one phase.
    InPhase,
    /// Evenly around the circle; tolerance: largest R.
    Splay,
    /// Groups evenly around the circle; tolerance: largest order parameter below that of the groups.
    Clusters {
        /// How many groups, at least 1.
        clusters: u32,
    },
    /// All turn at one frequency; tolerance: in rad/s.
    Locked {
        /// Angular frequency, in rad/s.
        frequency: f64,
    },
    /// All in one phase, ahead of the pacemaker's by an angle; tolerance: in rad.
    PhaseAt {
        /// The angle, in rad.
        phase: f64,
        /// The pacemaker's angular frequency, in rad/s; its own natural frequency if there is none.
        #[serde(skip_serializing_if = "Option::is_none")]
        frequency: Option<f64>,
    },
}

/// The patterns by name, without their parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    InPhase,
    Splay,
    Clusters,
    Locked,
    PhaseAt,
}

impl Word for Shape {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("in_phase", Self::InPhase),
        ("splay", Self::Splay),
        ("clusters", Self::Clusters),
        ("locked", Self::Locked),
        ("phase_at", Self::PhaseAt),
    ];
}

impl Shape {
    fn keys(self) -> &'static [&'static str] {
        match self {
            Self::InPhase | Self::Splay => &[],
            Self::Clusters => &["clusters"],
            Self::Locked => &["frequency"],
            Self::PhaseAt => &["phase", "frequency"],
        }
    }
}

/// Goals with a name. What they bring is not known here, see
/// [`ScenarioBuilder::requested_preset`](super::ScenarioBuilder::requested_preset).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Preset {
    /// All act at once.
    MinimizeApiCalls,
    /// No two act at once.
    DistributeLoad,
    /// All agree.
    ReachConsensus,
    /// All agree as soon as may be.
    MinimizeLatency,
    /// All agree for little energy.
    SaveEnergy,
    /// All turn at one frequency.
    MaintainRhythm,
    /// All agree on a network with links to spare.
    RecoverFromFailure,
    /// All follow a pacemaker.
    AdaptToTraffic,
}

impl Word for Preset {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("minimize_api_calls", Self::MinimizeApiCalls),
        ("distribute_load", Self::DistributeLoad),
        ("reach_consensus", Self::ReachConsensus),
        ("minimize_latency", Self::MinimizeLatency),
        ("save_energy", Self::SaveEnergy),
        ("maintain_rhythm", Self::MaintainRhythm),
        ("recover_from_failure", Self::RecoverFromFailure),
        ("adapt_to_traffic", Self::AdaptToTraffic),
    ];
}

impl Preset {
    /// Its name in scenarios.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.word()
    }
}

/// Sizes of swarms with a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Size {
    /// 20 agents.
    Tiny,
    /// 50 agents.
    Small,
    /// 200 agents.
    Medium,
    /// 1,000 agents.
    Large,
    /// 2,000 agents.
    Huge,
}

impl Word for Size {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("tiny", Self::Tiny),
        ("small", Self::Small),
        ("medium", Self::Medium),
        ("large", Self::Large),
        ("huge", Self::Huge),
    ];
}

impl Size {
    /// How many agents.
    #[must_use]
    pub fn agents(self) -> u64 {
        match self {
            Self::Tiny => 20,
            Self::Small => 50,
            Self::Medium => 200,
            Self::Large => 1_000,
            Self::Huge => 2_000,
        }
    }
}

fn serialize_preset<S: serde::Serializer>(preset: &Option<Preset>, serializer: S) -> Result<S::Ok, S::Error> {
    preset.map_or("", Preset::name).serialize(serializer)
}

impl Goal {
    /// The goal, if the table asks for one.
    pub(crate) fn read(section: &mut Section<'_>) -> Result<Option<Self>, ScenarioError> {
        if section.is_absent() {
            return Ok(None);
        }
        let preset = match section.entry("preset") {
            Some(_) => Some(section.word("preset", Preset::MinimizeApiCalls)?),
            None => None,
        };
        // Read where the network is made, which is as large as it says.
        if let (Some(_), None) = (section.entry("size"), preset) {
            section.refuse_here("size", "a goal without preset", "set network.agents")?;
        }
        if let (Some(entry), None) = (section.entry("preset"), section.entry("pattern")) {
            let reason = "what the preset brings has to be given to the builder first";
            return Err(section.missing("pattern", reason, &entry.node.place));
        }
        let layer = section.entry("pattern").map_or(Layer::BuiltIn, |entry| entry.place.source.layer);
        let shape = section.word("pattern", Shape::InPhase)?;
        let others = ["clusters", "frequency", "phase"].into_iter().filter(|key| !shape.keys().contains(key));
        let context = format!("pattern = \"{}\"", shape.word());
        section.refuse(others, layer, &context, "leave it out, or ask for another pattern")?;
        let pattern = Self::pattern(section, shape)?;
        Ok(Some(Self {
            preset,
            pattern,
            target: section.number("target", Bound::Share, 0.9)?,
            tolerance: section.number("tolerance", Bound::Positive, Self::usual_tolerance(shape))?,
            hold: section.number("hold", Bound::Positive, 1.0)?,
            deadline: section.number("deadline", Bound::Positive, 60.0)?,
            pacemaker: section.boolean("pacemaker", shape == Shape::PhaseAt)?,
            supervisor: section.boolean("supervisor", true)?,
        }))
    }

    fn pattern(section: &mut Section<'_>, shape: Shape) -> Result<Pattern, ScenarioError> {
        Ok(match shape {
            Shape::InPhase => Pattern::InPhase,
            Shape::Splay => Pattern::Splay,
            Shape::Clusters => Pattern::Clusters { clusters: section.count("clusters", 1, 1000, 2)? as u32 },
            Shape::Locked => {
                Pattern::Locked { frequency: section.number("frequency", Bound::Finite, std::f64::consts::TAU)? }
            }
            Shape::PhaseAt => Pattern::PhaseAt {
                phase: section.number("phase", Bound::Finite, 0.0)?,
                frequency: match section.entry("frequency") {
                    Some(_) => Some(section.number("frequency", Bound::Finite, 0.0)?),
                    None => None,
                },
            },
        })
    }

    fn usual_tolerance(shape: Shape) -> f64 {
        match shape {
            Shape::InPhase | Shape::Splay | Shape::Locked => 0.05,
            Shape::Clusters => 0.1,
            Shape::PhaseAt => 0.2,
        }
    }
}
