//! Which share of the agents follows which strategy.

use lampyrid::{
    io::{plot::ShareRecorder, scenario::Scenario},
    swarm::{AdaptiveState, Answering, Rule, SwarmGoal, World},
};

use super::goal;

/// What an adaptive agent answers as, in the order of its names.
const ANSWERS: [(Answering, &str); 4] =
    [(Answering::Nudge, "nudge"), (Answering::Urge, "urge"), (Answering::Lock, "lock"), (Answering::Save, "save")];

/// A recorder of the strategies that agents of a scenario can choose from; none if there is no choice.
pub(crate) fn recorder(scenario: &Scenario, agents: usize) -> Option<ShareRecorder> {
    let supervised = scenario.goal.is_some_and(|goal| goal.supervisor);
    let rules = goal::rules(scenario, agents);
    // Without a supervisor the first is the only one.
    let rules = if supervised { &rules[..] } else { &rules[..rules.len().min(1)] };
    let names: Vec<String> = rules.iter().flat_map(names).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    (names.len() > 1).then(|| ShareRecorder::new(&names))
}

fn names(rule: &Rule) -> Vec<String> {
    match rule {
        Rule::Adaptive(_) => ANSWERS.iter().map(|&(_, name)| name.to_owned()).collect(),
        other => vec![other.name().replace('_', " ")],
    }
}

/// What the agents of a swarm do at present.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Followers {
    /// The place of the rule that they were given, among those of the scenario.
    pub rule: usize,
    /// How many adaptive ones answer as which of [`ANSWERS`].
    pub answers: [u64; ANSWERS.len()],
}

impl Followers {
    /// Those of a world.
    pub(crate) fn of(world: &mut World) -> Self {
        let switches = world.get_resource::<SwarmGoal>().map_or(&[][..], SwarmGoal::switches);
        let rule = switches.last().map_or(0, |&(_, place)| place);
        let mut answers = [0; ANSWERS.len()];
        for state in world.query::<&AdaptiveState>().iter(world) {
            if let Some(place) = ANSWERS.iter().position(|&(answer, _)| answer == state.answering) {
                answers[place] += 1;
            }
        }
        Self { rule, answers }
    }

    /// The share of each strategy, in the order of the recorder's names.
    pub(crate) fn shares(&self, scenario: &Scenario, agents: usize, recorder: &ShareRecorder) -> Vec<f64> {
        let rules = goal::rules(scenario, agents);
        let all = self.answers.iter().sum::<u64>().max(1);
        let mut shares: Vec<f64> = Vec::new();
        for (place, rule) in rules.iter().enumerate() {
            match rule {
                Rule::Adaptive(_) if place == self.rule => {
                    shares.extend(self.answers.map(|count| count as f64 / all as f64));
                }
                Rule::Adaptive(_) => shares.extend([0.0; ANSWERS.len()]),
                _ => shares.push(f64::from(u8::from(place == self.rule))),
            }
        }
        shares.truncate(recorder.names().len());
        shares
    }
}
