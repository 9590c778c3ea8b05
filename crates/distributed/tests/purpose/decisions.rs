//! All ranks come to the decisions of a single world.

use lampyrid_distributed::{Partition, on_threads, traffic};
use lampyrid_graph::Topology;
use lampyrid_swarm::{
    Disruption, DisruptionKind, Goal, Integrator, Normalization, Pattern, PhaseNudge, Rule, Spread, advance,
};

use crate::case::{Case, case, goal, lock, rules};

#[test]
fn every_pattern_is_measured_as_one() {
    let in_phase = Goal { target: 0.3, ..goal(Pattern::InPhase) };
    let in_phase = Case { goal: Some(in_phase), rules: vec![Rule::FrequencyLock(lock())], steps: 600, ..case() };
    let decided = in_phase.check();
    assert!(decided.attained_since.is_some(), "{decided:?}");
    Case { goal: Some(goal(Pattern::Clusters(3))), ..in_phase.clone() }.check();
    let locked = Case { goal: Some(goal(Pattern::Locked { frequency: 3.0 })), ..in_phase.clone() }.check();
    assert!(locked.measurement.unwrap().frequency_error.is_finite());
    for integrator in [Integrator::Heun, Integrator::Rk4] {
        Case { integrator, noise: 0.05, energy: Some(0.5), ..in_phase.clone() }.check();
    }
}

#[test]
fn the_largest_gap_is_that_of_the_whole_circle() {
    let still = Rule::PhaseNudge(PhaseNudge { gain: 0.0 });
    let splay = Case { goal: Some(goal(Pattern::Splay)), rules: vec![still], spread_evenly: true, ..case() };
    let found = splay.check().measurement.unwrap();
    assert!(found.largest_gap < 0.04, "{found:?}");
    let disruptions = vec![Disruption::new(DisruptionKind::Remove, 0.1, 1.0)];
    let found = Case { disruptions, ..splay }.check().measurement.unwrap();
    assert!(found.largest_gap > 0.04 && found.largest_gap < 1.0, "{found:?}");
}

#[test]
fn a_pacemaker_leads_all_ranks() {
    let rules = vec![Rule::Offset { lock: lock(), spread: Spread::Same(0.5) }];
    let led = Case { goal: Some(goal(Pattern::PhaseAt { phase: 0.5 })), rules, pacemaker: true, ..case() };
    assert!(led.check().measurement.unwrap().reference > 0.0);
    let kinds = [DisruptionKind::Remove, DisruptionKind::CutLinks];
    let disruptions = kinds.map(|kind| Disruption::new(kind, 0.3, 1.0)).to_vec();
    Case { disruptions, rules: vec![Rule::Offset { lock: lock(), spread: Spread::Even }], ..led }.check();
}

#[test]
fn a_supervisor_decides_for_all_ranks() {
    let hard = Goal { hold: 0.05, deadline: 1.5, ..goal(Pattern::Clusters(4)) };
    let decided = Case { goal: Some(hard), rules: rules(), steps: 300, ..case() }.check();
    assert!(decided.switches.len() >= 4, "{decided:?}");
    let stubborn = Case { goal: Some(hard), rules: rules()[..2].to_vec(), steps: 300, ..case() };
    stubborn.check();
}

/// A network hears no mean: whatever is added up while it steps, a goal asks for.
#[test]
fn what_a_goal_asks_of_all_ranks_is_counted_and_timed() {
    let asked = |goal: Option<Goal>| {
        let case = Case { goal, steps: 20, ..case() };
        let partition = Partition::blocks(case.topology.agents(), 3).unwrap();
        let told = on_threads(3, |rank| {
            let mut world = case.begin(&partition, rank);
            let before = traffic(&world);
            advance(&mut world, case.steps).unwrap();
            traffic(&world).since(before)
        });
        assert!(told.iter().all(|one| one.sums == told[0].sums && one.time() >= one.adding));
        (told[0].sums, told[0].adding > std::time::Duration::ZERO)
    };
    assert_eq!(asked(None), (0, false));
    let (sums, took_time) = asked(Some(goal(Pattern::InPhase)));
    assert!(sums > 0 && took_time, "{sums} sums");
}

#[test]
fn every_disruption_hits_the_same_agents() {
    let kinds = [
        DisruptionKind::Scramble,
        DisruptionKind::Silence,
        DisruptionKind::Remove,
        DisruptionKind::CutLinks,
        DisruptionKind::ShiftFrequencies { by: 0.7 },
        DisruptionKind::FreezeEnergy,
    ];
    for kind in kinds {
        let once = Disruption { seed: 3, ..Disruption::new(kind, 0.3, 0.5) };
        let ends = if kind.can_end() { Some(1.6) } else { None };
        let again = Disruption { until: ends, ..Disruption::new(kind, 0.4, 1.0) };
        let disruptions = vec![once, again];
        let hit = Case { disruptions: disruptions.clone(), energy: Some(0.5), ..case() };
        let decided = hit.check();
        assert!(decided.disrupted.len() == 2 && decided.disrupted.iter().all(|one| one.hit > 20), "{decided:?}");
        for integrator in [Integrator::Heun, Integrator::Rk4] {
            Case { integrator, noise: 0.03, ..hit.clone() }.check();
        }
        Case { normalization: Normalization::Size, ..hit }.check();
    }
}

#[test]
fn everything_at_once_is_one_swarm() {
    let at = |kind, at| Disruption::new(kind, 0.2, at);
    let disruptions = vec![
        at(DisruptionKind::Remove, 0.4),
        Disruption { until: Some(1.4), ..at(DisruptionKind::CutLinks, 0.6) },
        Disruption { until: Some(1.2), ..at(DisruptionKind::Silence, 0.8) },
        at(DisruptionKind::Remove, 1.0),
        at(DisruptionKind::Scramble, 1.5),
    ];
    let topologies = [
        Topology::Lattice { width: 15, height: 14, periodic: true },
        Topology::ScaleFree { agents: 200, attach: 3 },
        Topology::Complete { agents: 60 },
    ];
    for topology in topologies {
        let goal = Some(goal(Pattern::InPhase));
        let (rules, disruptions) = (rules(), disruptions.clone());
        Case { topology, goal, rules, disruptions, energy: Some(2.0), steps: 200, ..case() }.check();
    }
}

#[test]
fn everybody_can_be_hit() {
    let disruptions = vec![Disruption::new(DisruptionKind::Scramble, 1.0, 0.2)];
    assert_eq!(Case { disruptions, ..case() }.check().disrupted[0].hit, 211);
}
