//! Eight goals with everything that a swarm needs to reach them.
//!
//! A preset is data: pattern, network, rules in the order in which they are tried, energy, natural
//! frequencies, coupling. They are starting points; take a [`GoalPlan`] and change what you like.

use std::{f64::consts::TAU, fmt, str::FromStr};

use lampyrid_graph::{Adjacency, GraphError, Topology};

use super::{
    goal::{Goal, Pattern},
    pacemaker::with_pacemaker,
    rule::{Rule, Spread},
};
use crate::strategy::{Adaptive, EnergyAware, FrequencyLock, PhaseNudge};

/// A goal by what one wants of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Preset {
    /// All act at once, so that their requests share a call: in phase, on a small world of 8 neighbours. Plain
    /// coupling is the cheapest rule that does it; where frequencies differ too much for it, they are learnt.
    /// Coupling is free: a nudge is a bit in a message that is sent anyway.
    MinimizeApiCalls,
    /// No two act at once, so that a server sees an even load: a splay, by offsets of a slot each, on a small
    /// world of 12 neighbours so that a third of them may go. Slots of 2π/N leave no room for lags: clocks run at
    /// one rate, as those do that a network keeps in step. Coupling is free.
    DistributeLoad,
    /// All agree, on a network that grew as networks do: in phase. Hubs pull many along by plain coupling, and
    /// four links each keep everybody in one piece. Coupling is free.
    ReachConsensus,
    /// All agree as soon as may be: in phase, on a small world of 16 neighbours, by a pull as strong as a step of
    /// 10 ms follows. Frequencies are learnt meanwhile, so that nobody lags later; that makes a radian half as
    /// dear again. The budget of 20 is several times what it takes.
    MinimizeLatency,
    /// The same swarm agrees for as little energy as may be: in phase, at the lowest price a radian. Agents that
    /// have moved far leave the rest to others. Not slower than need be: to stay together in spite of different
    /// frequencies costs energy all the time.
    SaveEnergy,
    /// All turn at the pacemaker's frequency, in whatever phases: locked. Everybody hears the pacemaker besides
    /// 8 others of a small world, so that the frequency is its and not the mean of those who happen to be there;
    /// frequencies are learnt. Coupling is free.
    MaintainRhythm,
    /// All agree in spite of failures: in phase, on a small world of 12 neighbours, half as many links again, so
    /// that a third of agents or links can go; by agents that pull harder where their neighbours stay apart.
    /// Coupling is free.
    RecoverFromFailure,
    /// All follow a rhythm from outside at a given phase: everybody hears the pacemaker besides 8 others of a
    /// small world, less the same offset. Coupling is free.
    AdaptToTraffic,
}

/// How many agents, by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SwarmSize {
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

/// A name that means nothing here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown {what} `{name}`; did you mean `{nearest}`? There are: {all}")]
pub struct UnknownName {
    /// What was to be named.
    pub what: &'static str,
    /// The name.
    pub name: String,
    /// The known name that is most like it.
    pub nearest: &'static str,
    /// All known names.
    pub all: String,
}

impl UnknownName {
    fn new(what: &'static str, name: &str, known: &[&'static str]) -> Self {
        let likeness = |known: &&&'static str| strsim::jaro_winkler(name, known);
        let nearest = known.iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b))).copied().unwrap_or_default();
        Self { what, name: name.to_owned(), nearest, all: known.join(", ") }
    }
}

impl Preset {
    /// All presets.
    pub const ALL: [Self; 8] = [
        Self::MinimizeApiCalls,
        Self::DistributeLoad,
        Self::ReachConsensus,
        Self::MinimizeLatency,
        Self::SaveEnergy,
        Self::MaintainRhythm,
        Self::RecoverFromFailure,
        Self::AdaptToTraffic,
    ];

    /// Its name in scenario files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::MinimizeApiCalls => "minimize_api_calls",
            Self::DistributeLoad => "distribute_load",
            Self::ReachConsensus => "reach_consensus",
            Self::MinimizeLatency => "minimize_latency",
            Self::SaveEnergy => "save_energy",
            Self::MaintainRhythm => "maintain_rhythm",
            Self::RecoverFromFailure => "recover_from_failure",
            Self::AdaptToTraffic => "adapt_to_traffic",
        }
    }
}

impl FromStr for Preset {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        let known = Self::ALL.map(Self::name);
        Self::ALL
            .into_iter()
            .find(|preset| preset.name() == name)
            .ok_or_else(|| UnknownName::new("preset", name, &known))
    }
}

impl fmt::Display for Preset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl SwarmSize {
    /// All sizes, from small to large.
    pub const ALL: [Self; 5] = [Self::Tiny, Self::Small, Self::Medium, Self::Large, Self::Huge];

    /// How many agents.
    #[must_use]
    pub fn agents(self) -> usize {
        match self {
            Self::Tiny => 20,
            Self::Small => 50,
            Self::Medium => 200,
            Self::Large => 1_000,
            Self::Huge => 2_000,
        }
    }

    /// Its name in scenario files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Tiny => "tiny",
            Self::Small => "small",
            Self::Medium => "medium",
            Self::Large => "large",
            Self::Huge => "huge",
        }
    }
}

impl FromStr for SwarmSize {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        let known = Self::ALL.map(Self::name);
        Self::ALL.into_iter().find(|size| size.name() == name).ok_or_else(|| UnknownName::new("size", name, &known))
    }
}

/// What coupling costs a swarm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EnergyPlan {
    /// What each agent begins with and can hold at most, > 0 \[dimensionless\].
    pub capacity: f64,
    /// What comes back, ≥ 0 \[1/s\].
    pub recovery: f64,
}

/// Everything that a swarm needs for a goal.
#[derive(Clone, Debug, PartialEq)]
pub struct GoalPlan {
    /// What is to be reached.
    pub goal: Goal,
    /// Who hears whom.
    pub topology: Topology,
    /// Whether node 0 is a [`Pacemaker`](super::Pacemaker) that everybody hears, turning at the mean
    /// frequency.
    pub pacemaker: bool,
    /// The rules of a supervisor, in the order in which it tries them.
    pub rules: Vec<Rule>,
    /// What coupling costs; nothing if `None`.
    pub energy: Option<EnergyPlan>,
    /// Mean natural frequency \[rad/s\].
    pub frequency: f64,
    /// Standard deviation of the natural frequencies \[rad/s\], a normal distribution.
    pub frequency_std: f64,
    /// Coupling strength K \[rad/s\].
    pub strength: f64,
    /// Δt \[s\], by explicit Euler.
    pub step: f64,
}

impl GoalPlan {
    /// The same for a swarm that turns at another frequency \[rad/s\], and is to.
    #[must_use]
    pub fn at_frequency(mut self, frequency: f64) -> Self {
        self.frequency = frequency;
        if let Pattern::Locked { frequency: target } = &mut self.goal.pattern {
            *target = frequency;
        }
        self
    }

    /// The same for a swarm that is to lead its pacemaker by another angle \[rad\]. Only a goal that
    /// asks for a phase is changed.
    #[must_use]
    pub fn at_phase(mut self, phase: f64) -> Self {
        if let Pattern::PhaseAt { phase: target } = &mut self.goal.pattern {
            *target = phase;
            for rule in &mut self.rules {
                if let Rule::Offset { spread, .. } = rule {
                    *spread = Spread::Same(phase);
                }
            }
        }
        self
    }

    /// The network of this seed.
    ///
    /// # Errors
    ///
    /// As [`Topology::build`].
    pub fn network(&self, seed: u64) -> Result<Adjacency, GraphError> {
        let network = self.topology.build(seed)?;
        if self.pacemaker { with_pacemaker(&network) } else { Ok(network) }
    }
}

/// Neighbours on a small world; even, and fewer than there are others.
fn small_world(agents: usize, neighbors: usize) -> Topology {
    let most = agents.saturating_sub(1);
    Topology::SmallWorld { agents, neighbors: neighbors.min(most - most % 2), rewire: 0.5 }
}

impl Preset {
    /// What a swarm of so many agents, at least 2, needs. Frequencies are about one turn a second.
    ///
    /// All networks but one are small worlds: their paths are short at any size, so that phases and
    /// frequencies travel fast, and no agent needs to know more than a few others.
    #[must_use]
    pub fn plan(self, agents: usize) -> GoalPlan {
        let base = GoalPlan {
            goal: Goal::new(Pattern::InPhase),
            topology: small_world(agents, 8),
            pacemaker: false,
            rules: vec![
                Rule::PhaseNudge(PhaseNudge { gain: 4.0 }),
                Rule::FrequencyLock(FrequencyLock { gain: 2.0, rate: 1.0 }),
            ],
            energy: None,
            frequency: TAU,
            frequency_std: 0.1,
            strength: 1.0,
            step: 0.01,
        };
        match self {
            Self::MinimizeApiCalls => base,
            Self::DistributeLoad => GoalPlan {
                goal: Goal::new(Pattern::Splay),
                topology: small_world(agents, 12),
                rules: vec![Rule::Offset { lock: FrequencyLock { gain: 4.0, rate: 0.0 }, spread: Spread::Even }],
                frequency_std: 0.0,
                ..base
            },
            Self::ReachConsensus => GoalPlan {
                topology: Topology::ScaleFree { agents, attach: 4.min(agents - 1) },
                rules: vec![Rule::PhaseNudge(PhaseNudge { gain: 4.0 })],
                ..base
            },
            Self::MinimizeLatency => GoalPlan {
                topology: small_world(agents, 16),
                rules: vec![
                    Rule::FrequencyLock(FrequencyLock { gain: 12.0, rate: 0.2 }),
                    Rule::PhaseNudge(PhaseNudge { gain: 12.0 }),
                ],
                energy: Some(EnergyPlan { capacity: 20.0, recovery: 2.0 }),
                ..base
            },
            Self::SaveEnergy => GoalPlan {
                topology: small_world(agents, 16),
                rules: vec![Rule::EnergyAware(EnergyAware { gain: 4.0, reserve: 2.0 })],
                energy: Some(EnergyPlan { capacity: 20.0, recovery: 2.0 }),
                ..base
            },
            Self::MaintainRhythm => GoalPlan {
                goal: Goal::new(Pattern::Locked { frequency: TAU }),
                pacemaker: true,
                rules: vec![
                    Rule::FrequencyLock(FrequencyLock { gain: 2.0, rate: 1.0 }),
                    Rule::PhaseNudge(PhaseNudge { gain: 8.0 }),
                ],
                ..base
            },
            Self::RecoverFromFailure => GoalPlan {
                topology: small_world(agents, 12),
                rules: vec![
                    Rule::Adaptive(Adaptive { gain: 3.0, ..Default::default() }),
                    Rule::FrequencyLock(FrequencyLock { gain: 4.0, rate: 1.0 }),
                ],
                ..base
            },
            Self::AdaptToTraffic => GoalPlan {
                goal: Goal::new(Pattern::PhaseAt { phase: 0.0 }),
                pacemaker: true,
                rules: vec![Rule::Offset { lock: FrequencyLock { gain: 4.0, rate: 0.0 }, spread: Spread::Same(0.0) }],
                ..base
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back_and_misspelt_ones_corrected() {
        for preset in Preset::ALL {
            assert_eq!(preset.name().parse(), Ok(preset));
        }
        for size in SwarmSize::ALL {
            assert_eq!(size.name().parse(), Ok(size));
        }
        let error = "save_enrgy".parse::<Preset>().unwrap_err();
        assert!(error.to_string().starts_with("unknown preset `save_enrgy`; did you mean `save_energy`?"));
    }

    #[test]
    fn every_plan_holds_together_at_every_size() {
        for preset in Preset::ALL {
            for agents in [2, 3, 20, 2_000] {
                let plan = preset.plan(agents);
                assert_eq!(plan.goal.check(), Ok(()), "{preset}");
                assert!(!plan.rules.is_empty() && plan.rules.iter().all(|rule| rule.check().is_ok()), "{preset}");
                assert_eq!(plan.network(1).unwrap().nodes(), agents, "{preset}");
            }
        }
    }

    #[test]
    fn frequency_and_phase_can_be_chosen() {
        let plan = Preset::MaintainRhythm.plan(20).at_frequency(50.0);
        assert_eq!((plan.frequency, plan.goal.pattern), (50.0, Pattern::Locked { frequency: 50.0 }));
        let plan = Preset::AdaptToTraffic.plan(20).at_phase(2.0);
        assert_eq!(plan.goal.pattern, Pattern::PhaseAt { phase: 2.0 });
        assert!(matches!(plan.rules[0], Rule::Offset { spread: Spread::Same(2.0), .. }));
    }
}
