//! Goals, strategies, energy and disruptions of a scenario, for a world.

use lampyrid::{
    graph::Adjacency,
    io::{
        DisruptionRecord, EnergyRecord, GoalRecord, StrategyRecord,
        scenario::{self, Scenario},
    },
    swarm::{
        Adaptive, Desync, Disrupted, Disruption, DisruptionKind, Disruptions, EnergyAware, EnergyRule, Frequency,
        FrequencyLock, Goal, Pacemaker, Pattern, PhaseNudge, Pulse, Rule, Spread, Supervisor, SupervisorPolicy,
        SwarmClock, SwarmError, SwarmGoal, World, adopt, concerns, energy_ledger, install_disruptions, install_goal,
    },
};

use super::{convert, preset};

/// The goal of a scenario.
pub(crate) fn goal(goal: &scenario::Goal) -> Goal {
    let pattern = match goal.pattern {
        scenario::Pattern::InPhase => Pattern::InPhase,
        scenario::Pattern::Splay => Pattern::Splay,
        scenario::Pattern::Clusters { clusters } => Pattern::Clusters(clusters),
        scenario::Pattern::Locked { frequency } => Pattern::Locked { frequency },
        scenario::Pattern::PhaseAt { phase, .. } => Pattern::PhaseAt { phase },
        other => unreachable!("{other:?} is a pattern that this program does not list"),
    };
    // A target in phase alone has no tolerance.
    let tolerance = if pattern == Pattern::InPhase { Goal::new(pattern).tolerance } else { goal.tolerance };
    Goal { pattern, target: goal.target, tolerance, hold: goal.hold, deadline: goal.deadline }
}

/// The rules of a scenario, in the order in which a supervisor tries them.
pub(crate) fn rules(scenario: &Scenario, agents: usize) -> Vec<Rule> {
    if let Some(strategy) = &scenario.strategy {
        return vec![rule(strategy)];
    }
    let Some(wanted) = &scenario.goal else {
        return Vec::new();
    };
    match wanted.preset {
        Some(name) => {
            let plan = preset::plan(name.name(), agents as u64);
            match goal(wanted).pattern {
                Pattern::PhaseAt { phase } => plan.at_phase(phase).rules,
                _ => plan.rules,
            }
        }
        None => goal(wanted).pattern.usual_rules(),
    }
}

/// The rule that the swarm begins with, if it follows any; what it carries does not depend on how many they are.
pub(crate) fn first_rule(scenario: &Scenario) -> Option<Rule> {
    rules(scenario, 2).first().copied()
}

fn rule(strategy: &scenario::Strategy) -> Rule {
    match *strategy {
        scenario::Strategy::PhaseNudge { gain } => Rule::PhaseNudge(PhaseNudge { gain }),
        scenario::Strategy::FrequencyLock { gain, rate } => Rule::FrequencyLock(FrequencyLock { gain, rate }),
        scenario::Strategy::Pulse { strength, curvature, refractory } => {
            Rule::Pulse(Pulse { strength, curvature, refractory })
        }
        scenario::Strategy::EnergyAware { gain, reserve } => Rule::EnergyAware(EnergyAware { gain, reserve }),
        scenario::Strategy::Desync { rate } => Rule::Desync(Desync { rate }),
        scenario::Strategy::Offset { gain, rate, slots, phase } => {
            let spread = match (slots, phase) {
                (Some(slots), _) => Spread::Slots(slots),
                (None, Some(phase)) => Spread::Same(phase),
                (None, None) => Spread::Even,
            };
            Rule::Offset { lock: FrequencyLock { gain, rate }, spread }
        }
        scenario::Strategy::Adaptive { gain, rate, reserve, every } => {
            Rule::Adaptive(Adaptive { gain, rate, reserve, every })
        }
        other => unreachable!("{other:?} is a strategy that this program does not list"),
    }
}

fn disruption(disruption: &scenario::Disruption, seed: u64) -> Disruption {
    let kind = match disruption.kind {
        scenario::DisruptionKind::Scramble => DisruptionKind::Scramble,
        scenario::DisruptionKind::Silence => DisruptionKind::Silence,
        scenario::DisruptionKind::Remove => DisruptionKind::Remove,
        scenario::DisruptionKind::CutLinks => DisruptionKind::CutLinks,
        scenario::DisruptionKind::ShiftFrequencies => {
            DisruptionKind::ShiftFrequencies { by: disruption.by.unwrap_or_default() }
        }
        scenario::DisruptionKind::FreezeEnergy => DisruptionKind::FreezeEnergy,
    };
    let seed = disruption.seed.unwrap_or(seed);
    Disruption { kind, fraction: disruption.fraction, at: disruption.at, until: disruption.until, seed }
}

/// What coupling costs, for the swarm and for each agent to begin with.
pub(crate) fn energy(scenario: &Scenario) -> Option<EnergyRule> {
    let scenario::Energy { capacity, cost_per_radian, recovery } = scenario.energy?;
    Some(EnergyRule { capacity, cost_per_radian, recovery })
}

/// Gives the swarm its goal, its rule and its disruptions; agents are there already.
pub(crate) fn install(scenario: &Scenario, agents: usize, world: &mut World) -> Result<(), SwarmError> {
    let rules = rules(scenario, agents);
    let first = rules.first().copied();
    if let Some(wanted) = &scenario.goal {
        if wanted.pacemaker {
            pacemaker(wanted, world);
        }
        let supervisor = wanted.supervisor.then(|| Supervisor::new(rules, SupervisorPolicy::default()));
        install_goal(world, goal(wanted), supervisor)?;
        if let Some(mut watched) = world.get_resource_mut::<SwarmGoal>() {
            watched.set_rule(first);
        }
    }
    if let Some(rule) = first {
        adopt(world, &rule)?;
    }
    if scenario.disruptions.is_empty() {
        return Ok(());
    }
    install_disruptions(world, scenario.disruptions.iter().map(|one| disruption(one, scenario.seed)).collect())
}

fn pacemaker(goal: &scenario::Goal, world: &mut World) {
    let frequency = match goal.pattern {
        scenario::Pattern::Locked { frequency } => Some(frequency),
        scenario::Pattern::PhaseAt { frequency, .. } => frequency,
        _ => None,
    };
    let Some(agent) = lampyrid::swarm::agent_of(world, lampyrid::swarm::AgentId::new(0)) else {
        return;
    };
    let mut agent = world.entity_mut(agent);
    agent.insert(Pacemaker);
    if let Some(frequency) = frequency {
        agent.insert(Frequency(frequency));
    }
}

/// Whether the goal is attained with nothing left to come, or its deadline has passed.
pub(crate) fn is_over(world: &World) -> bool {
    world.get_resource::<SwarmGoal>().is_some_and(|goal| goal.is_over(world.get_resource::<Disruptions>()))
}

/// Whether there is a goal that is not attained.
pub(crate) fn is_missed(world: &World) -> bool {
    world.get_resource::<SwarmGoal>().is_some_and(|goal| !goal.is_attained())
}

/// Why the goal may be out of reach, in words.
pub(crate) fn warnings(scenario: &Scenario, network: &Adjacency, frequencies: &[f64]) -> Vec<String> {
    let Some(wanted) = &scenario.goal else {
        return Vec::new();
    };
    let rules = rules(scenario, network.nodes());
    let coupling = convert::coupling(&scenario.coupling);
    concerns(&goal(wanted), network, frequencies, &coupling, &rules).iter().map(ToString::to_string).collect()
}

/// How the run got on with its goal.
pub(crate) fn record(scenario: &Scenario, agents: usize, world: &World, warnings: &[String]) -> Option<GoalRecord> {
    let watched = world.get_resource::<SwarmGoal>()?;
    let now = world.get_resource::<SwarmClock>().map_or(0.0, SwarmClock::seconds);
    let rules = rules(scenario, agents);
    let strategy =
        |(at, place): (f64, usize)| Some(StrategyRecord { at, strategy: rules.get(place)?.name().to_owned() });
    let first = strategy((0.0, 0));
    let switches = watched.switches().iter().copied().filter_map(strategy);
    Some(GoalRecord {
        pattern: watched.goal().pattern.name().to_owned(),
        attained: watched.is_attained(),
        time_to_goal: watched.time_to_goal(),
        attained_since: watched.attained_since(),
        held: watched.attained_since().map_or(0.0, |since| now - since),
        verdict: watched.verdict().name().to_owned(),
        distance: watched.distance(),
        recoveries: watched.recoveries().to_vec(),
        strategies: first.into_iter().chain(switches).collect(),
        warnings: warnings.to_vec(),
    })
}

/// What became of the energy, if coupling costs any.
pub(crate) fn energy_record(scenario: &Scenario, world: &World) -> Option<EnergyRecord> {
    scenario.energy?;
    let ledger = energy_ledger(world);
    Some(EnergyRecord { spent: ledger.spent(), recovered: ledger.recovered(), refused: ledger.refused() })
}

/// What disturbed the swarm.
pub(crate) fn disruptions(world: &World) -> Vec<DisruptionRecord> {
    let history = world.get_resource::<Disruptions>().map_or(&[][..], Disruptions::history);
    let record = |one: &Disrupted| DisruptionRecord {
        at: one.at,
        kind: one.disruption.kind.name().to_owned(),
        hit: one.hit as u64,
    };
    history.iter().map(record).collect()
}
