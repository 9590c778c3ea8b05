//! What may be asked of a swarm that runs.

use lampyrid::{
    io::scenario::Scenario,
    swarm::{Adaptive, Desync, DisruptionKind, EnergyAware, FrequencyLock, Pattern, PhaseNudge, Pulse, Rule, Spread},
};

use super::pace::Pace;

/// Something to be done between two steps.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Command {
    /// Stand still, or go on, past the end of the scenario if it was reached.
    Toggle,
    /// Take one step and stand still.
    Step,
    /// Run at another pace.
    Pace(Pace),
    /// Disrupt so large a part of the swarm now; what can be taken back is, after so many simulated seconds.
    Disrupt { kind: DisruptionKind, fraction: f64, seconds: f64 },
    /// Pursue another pattern, by the rules that usually lead to it.
    Pursue(Pattern),
    /// Answer by another rule. Whoever asks for one does not want a supervisor to take another.
    Follow(Rule),
    /// Couple this strongly from now on [rad/s], until it begins anew.
    Couple(f64),
    /// Begin anew with another scenario.
    Begin(Box<Scenario>),
    /// Begin anew with so many agents.
    Resize(u64),
    /// Begin anew with another seed.
    Seed(u64),
    /// Begin anew.
    Reset,
    /// Write a checkpoint that `lampyrid resume` goes on with.
    Save,
    /// Take no step beyond so many simulated seconds since watching began, and say so in the snapshot, until another
    /// hold is asked for or none any more.
    Hold(Option<f64>),
    /// End.
    Quit,
}

/// Every rule with the parameters that scenarios give it where they say nothing.
pub(crate) fn rules() -> [Rule; 7] {
    [
        Rule::PhaseNudge(PhaseNudge::default()),
        Rule::FrequencyLock(FrequencyLock::default()),
        Rule::Pulse(Pulse::default()),
        Rule::EnergyAware(EnergyAware::default()),
        Rule::Desync(Desync::default()),
        Rule::Offset { lock: FrequencyLock { gain: 1.0, rate: 0.0 }, spread: Spread::Even },
        Rule::Adaptive(Adaptive::default()),
    ]
}

/// Every pattern, to be pursued by agents whose mean frequency [rad/s] is known: all turn at that, if at one.
pub(crate) fn patterns(frequency: f64) -> [Pattern; 5] {
    [
        Pattern::InPhase,
        Pattern::Splay,
        Pattern::Clusters(3),
        Pattern::Locked { frequency },
        Pattern::PhaseAt { phase: 0.0 },
    ]
}
