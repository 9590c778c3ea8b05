use std::fmt::Debug;

use lampyrid_graph::Topology;
use proptest::prelude::*;
use serde::de::DeserializeOwned;

use super::*;

fn there_and_back<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: T) {
    let text = ron::to_string(&value).unwrap();
    assert_eq!(ron::from_str::<T>(&text).unwrap_or_else(|error| panic!("{text}: {error}")), value);
}

fn refused<T: DeserializeOwned + Debug>(text: &str, why: &str) {
    let error = ron::from_str::<T>(text).expect_err(text).to_string();
    assert!(error.contains(why), "{text}: {error}");
}

fn finite_number() -> impl Strategy<Value = f64> {
    prop::num::f64::NORMAL | prop::num::f64::SUBNORMAL | prop::num::f64::ZERO
}

proptest! {
    #[test]
    fn every_finite_number_comes_back_to_the_bit(value in finite_number()) {
        for read in [
            ron::from_str::<Phase>(&ron::to_string(&Phase(value)).unwrap()).unwrap().0,
            ron::from_str::<Drive>(&ron::to_string(&Drive(value)).unwrap()).unwrap().0,
            ron::from_str::<Weights>(&ron::to_string(&Weights::from_iter([value])).unwrap()).unwrap().as_slice()[0],
        ] {
            prop_assert_eq!(read.to_bits(), value.to_bits());
        }
    }

    #[test]
    fn links_and_ids_come_back_as_they_were(
        heard in prop::collection::vec(0_u32..1_000_000, 0..20),
        weights in prop::collection::vec(finite_number(), 0..20),
        id in 0..u64::MAX,
    ) {
        there_and_back(heard.into_iter().map(|row| Entity::from_raw_u32(row).unwrap()).collect::<Neighbors>());
        let ends = (0..).map(|row| Entity::from_raw_u32(row).unwrap());
        there_and_back(ends.zip(&weights).map(|(with, &weight)| Link { with, weight }).collect::<Links>());
        there_and_back((Fires::default(), Fires { last: weights.first().copied() }));
        there_and_back(weights.into_iter().collect::<Weights>());
        there_and_back(AgentId::new(id));
    }

    #[test]
    fn settings_come_back_as_they_were(
        numbers in prop::array::uniform4(1e-3..1e3_f64),
        normalization in prop::sample::select(vec![Normalization::Degree, Normalization::Sum, Normalization::Size]),
        integrator in prop::sample::select(vec![Integrator::Euler, Integrator::Heun, Integrator::Rk4]),
        phasors in prop::sample::select(vec![PhasorPrecision::Double, PhasorPrecision::Single, PhasorPrecision::SingleAngle]),
        steps in 0_u64..10_000,
        flag: bool,
    ) {
        let [a, b, c, d] = numbers;
        there_and_back(Coupling { strength: -a, phase_lag: b, normalization, all_to_all: flag, phasors, noise: c });
        there_and_back(TimeStep { seconds: a, integrator });
        there_and_back(EnergyRule { capacity: a, cost_per_radian: b, recovery: c });
        there_and_back(SwarmSeed(steps));
        let mut clock = SwarmClock::default();
        (0..steps % 10).for_each(|_| clock.advance(a));
        (0..steps % 7).for_each(|_| clock.advance(b));
        there_and_back(clock);
        there_and_back(MemoryBudget { total: flag.then_some(steps + 1), every: a, ..MemoryBudget::default() });
        there_and_back((PhaseNudge { gain: a }, FrequencyLock { gain: a, rate: b }, Desync { rate: c }));
        there_and_back(Pulse { strength: a, curvature: b, refractory: 0.999 / (1.0 + c) });
        there_and_back((EnergyAware { gain: a, reserve: d }, Adaptive { gain: a, rate: b, reserve: c, every: d }));
        there_and_back((Silent, EnergyFrozen, Pacemaker, AdaptiveState { answering: Answering::Lock, coherence: b }));
        there_and_back(Goal { deadline: d, ..Goal::new(Pattern::PhaseAt { phase: a }) });
        let shift = DisruptionKind::ShiftFrequencies { by: a };
        there_and_back(Disruption { until: flag.then_some(2.0 * b), ..Disruption::new(shift, 0.5, b) });
        there_and_back(Rule::Offset { lock: FrequencyLock::default(), spread: Spread::Same(a) });
        there_and_back(SupervisorPolicy { dwell: a, ..SupervisorPolicy::default() });
    }
}

#[test]
fn what_a_step_would_refuse_is_refused_when_it_is_read() {
    refused::<Phase>("NaN", "phase is NaN; it must be a finite number");
    refused::<Frequency>("inf", "frequency is inf");
    refused::<Weights>("[1.0, inf]", "weight is inf");
    refused::<Links>(&format!("[({}, inf)]", Entity::PLACEHOLDER.to_bits()), "weight is inf");
    refused::<Fires>("Some(NaN)", "phase is NaN");
    refused::<AgentId>(&u64::MAX.to_string(), "agent ids end");
    refused::<TimeStep>("(seconds: 0.0, integrator: Rk4)", "time step is 0; it must be a positive");
    refused::<TimeStep>("(seconds: 0.1, integrator: Rk5)", "Rk5");
    refused::<EnergyRule>("(capacity: -1.0, cost_per_radian: 1.0, recovery: 1.0)", "energy capacity is -1");
    refused::<Pulse>("(strength: 1.0, curvature: 1.0, refractory: 1.5)", "refractory");
    refused::<Rule>("PhaseNudge((gain: NaN))", "gain of the phase nudge is NaN");
    refused::<SwarmClock>("(steps: 3, since: (4, 0.5), dt: 0.1)", "steps");
    refused::<SwarmClock>("(steps: 3, since: (0, NaN), dt: 0.1)", "time");
    refused::<Desync>("(rate: 1.0, speed: 2.0)", "speed");
}

#[test]
fn links_of_a_spawned_swarm_are_written_as_plain_lists() {
    let ring = Topology::Ring { agents: 4, neighbors: 2 }.build(1).unwrap();
    let mut world = World::new();
    install_swarm(&mut world);
    let agents = SwarmSpawner::new(&ring).spawn(&mut world).unwrap();
    let spawned = world.get::<Neighbors>(agents[1]).unwrap();
    let own: Neighbors = spawned.iter().collect();
    assert_eq!(ron::to_string(spawned).unwrap(), ron::to_string(&own).unwrap());
    assert_eq!(ron::to_string(&Phase(0.5)).unwrap(), "0.5");
}
