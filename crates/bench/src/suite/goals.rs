//! What it costs to watch a goal.

use lampyrid::{
    prelude::*,
    swarm::{Goal, GoalPlan, Pattern, Preset, Supervisor, SwarmGoal},
};

use super::{Case, Conditions, Measure, Value};
use crate::duel::Duel;

/// Most that steps with a goal may cost, in steps of the same swarm without.
const OVER_PLAIN: f64 = 1.1;

/// Steps between two looks at the goal.
const LOOK: u64 = 10;

pub(super) fn cases(largest: usize) -> impl Iterator<Item = Case> {
    [10_000, 100_000]
        .into_iter()
        .filter(move |&agents| agents <= largest)
        .flat_map(|agents| [Pattern::InPhase, Pattern::Splay].map(|pattern| watched(agents, pattern)))
}

fn watched(agents: usize, pattern: Pattern) -> Case {
    let measures =
        vec![Measure::lower("ns_per_agent", "ns", None), Measure::lower("over_plain", "ratio", Some(OVER_PLAIN))];
    let sentence = "a swarm with a strategy, a goal and a supervisor, against the same without the last two";
    Case::new(format!("goals/{}/{agents}", pattern.name()), sentence, measures, move |conditions: &Conditions| {
        let plan = plan(agents, pattern);
        let mut watched = world(&plan)?;
        let mut plain = world(&plan)?;
        plain.remove_resource::<SwarmGoal>();
        plain.remove_resource::<Supervisor>();
        let take = |world: &mut World, looks: u64| advance(world, LOOK * looks).expect("the cases are valid");
        let duel = Duel::new(conditions.rounds, |looks| take(&mut plain, looks), |looks| take(&mut watched, looks));
        let (low, high) = duel.range();
        let per_step = duel.second / LOOK as f64;
        Ok(vec![Value(per_step * 1e9 / agents as f64, None), Value(duel.median(), Some([low, high]))])
    })
}

/// A splay is where its largest gap is looked for too: in a swarm that has one.
fn plan(agents: usize, pattern: Pattern) -> GoalPlan {
    let preset = if pattern == Pattern::Splay { Preset::DistributeLoad } else { Preset::MinimizeApiCalls };
    GoalPlan { goal: Goal { deadline: 1e9, ..Goal::new(pattern) }, ..preset.plan(agents) }
}

fn world(plan: &GoalPlan) -> Result<World, bevy_ecs::error::BevyError> {
    let mut world = World::new();
    plan.spawn(&mut world, 1)?;
    world.insert_resource(Workers::with_threads(1));
    Ok(world)
}
