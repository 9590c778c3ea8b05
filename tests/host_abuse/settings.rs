//! Numbers that no swarm was made for.

use bevy_ecs::prelude::*;
use lampyrid::{kernel::Integrator, swarm::*};

use crate::support::{Case, is_honest, refused, steps, swarm, twin};

fn coupled(change: impl Fn(&mut Coupling)) -> World {
    let (mut world, _) = swarm();
    change(&mut world.resource_mut::<Coupling>());
    world
}

const ABSURD: [f64; 8] = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, f64::MIN, 5e-324, -0.0, -1.0];

fn with_goal(every: f64) -> World {
    let (mut world, _) = swarm();
    install_goal(&mut world, Goal::new(Pattern::InPhase), None).unwrap();
    world.resource_mut::<SwarmGoal>().every = every;
    world
}

pub(crate) const CASES: &[Case] = &[
    ("a coupling strength of any number is taken or refused", || {
        ABSURD.iter().for_each(|&x| is_honest(&mut coupled(|coupling| coupling.strength = x)));
    }),
    ("a phase lag of any number is taken or refused", || {
        ABSURD.iter().for_each(|&x| is_honest(&mut coupled(|coupling| coupling.phase_lag = x)));
    }),
    ("noise of any number is taken or refused", || {
        ABSURD.iter().for_each(|&x| is_honest(&mut coupled(|coupling| coupling.noise = x)));
    }),
    ("a mean field of any strength is taken or refused", || {
        for x in ABSURD {
            is_honest(&mut coupled(|coupling| (coupling.all_to_all, coupling.strength) = (true, x)));
        }
    }),
    ("a time step of any number is taken or refused, by every integrator", || {
        for integrator in [Integrator::Euler, Integrator::Heun, Integrator::Rk4] {
            for seconds in ABSURD {
                let (mut world, _) = swarm();
                *world.resource_mut::<TimeStep>() = TimeStep { seconds, integrator };
                is_honest(&mut world);
            }
        }
    }),
    ("a time step of negative zero is refused as one of zero", || {
        let (mut world, _) = swarm();
        world.resource_mut::<TimeStep>().seconds = -0.0;
        assert!(matches!(refused(&mut world), SwarmError::OutOfRange { name: "time step", .. }));
    }),
    ("an energy rule of any numbers is taken or refused", || {
        for x in ABSURD {
            for rule in [
                EnergyRule { capacity: x, ..EnergyRule::default() },
                EnergyRule { cost_per_radian: x, ..EnergyRule::default() },
                EnergyRule { recovery: x, ..EnergyRule::default() },
            ] {
                let (mut world, agents) = swarm();
                world.entity_mut(agents[0]).insert(Energy(1.0));
                world.insert_resource(rule);
                is_honest(&mut world);
                assert!(world.get::<Energy>(agents[0]).unwrap().0.is_finite());
            }
        }
    }),
    ("the largest seed gives noise as any other", || {
        let mut world = coupled(|coupling| coupling.noise = 0.1);
        world.insert_resource(SwarmSeed(u64::MAX));
        is_honest(&mut world);
        assert_eq!(steps(&world), 6);
    }),
    ("more threads than cores change no bit", || {
        let (mut world, _) = swarm();
        let mut workers = Workers::with_threads(9);
        workers.sequential_below = 0;
        world.insert_resource(workers);
        advance(&mut world, 20).unwrap();
        assert_eq!(phase_hash(&mut world), twin(21));
    }),
    ("workers that never may work together still do the work", || {
        let (mut world, _) = swarm();
        let mut workers = Workers::with_threads(2);
        (workers.sequential_below, workers.block) = (usize::MAX, 1);
        world.insert_resource(workers);
        advance(&mut world, 20).unwrap();
        assert_eq!(phase_hash(&mut world), twin(21));
    }),
    ("a coherence with any time to live is measured right", || {
        for time_to_live in ABSURD {
            let (mut world, _) = swarm();
            world.resource_mut::<Coherence>().time_to_live = time_to_live;
            let first = coherence(&mut world).unwrap();
            assert!((0.0..=1.0).contains(&first.r));
            advance(&mut world, 1).unwrap();
            assert!(coherence(&mut world).unwrap().r.is_finite());
        }
    }),
    ("a goal that is looked at in any interval moves nothing", || {
        for every in ABSURD {
            let mut world = with_goal(every);
            advance(&mut world, 20).unwrap();
            assert_eq!(phase_hash(&mut world), twin(21), "{every}");
        }
    }),
    ("a goal that is replaced mid-run by one out of range is refused when it is set", || {
        let mut world = with_goal(0.1);
        for target in [f64::NAN, 0.0, -1.0, 2.0] {
            let goal = Goal { target, ..Goal::new(Pattern::InPhase) };
            assert!(install_goal(&mut world, goal, None).is_err());
        }
        advance(&mut world, 5).unwrap();
    }),
    ("a goal of no clusters or of a frequency that is no number is refused", || {
        let (mut world, _) = swarm();
        for pattern in [Pattern::Clusters(0), Pattern::Locked { frequency: f64::NAN }] {
            assert!(install_goal(&mut world, Goal::new(pattern), None).is_err());
        }
        assert!(world.get_resource::<SwarmGoal>().is_none());
    }),
    ("goals replaced at every step are watched anew and move nothing", || {
        let mut world = with_goal(0.1);
        for i in 0..20 {
            let pattern = if i % 2 == 0 { Pattern::Splay } else { Pattern::Locked { frequency: 1.0 } };
            install_goal(&mut world, Goal::new(pattern), None).unwrap();
            advance(&mut world, 1).unwrap();
        }
        assert_eq!(phase_hash(&mut world), twin(21));
    }),
    ("a memory budget of nothing is refused, and of a byte stops the swarm by its policy", || {
        let (mut world, _) = swarm();
        let budget = MemoryBudget { total: Some(0), ..MemoryBudget::default() };
        assert!(install_memory_budget(&mut world, budget).is_err());
        for policy in [MemoryPolicy::Warn, MemoryPolicy::Pause, MemoryPolicy::Stop] {
            let (mut world, _) = swarm();
            install_memory_budget(&mut world, MemoryBudget { total: Some(1), policy, ..MemoryBudget::default() })
                .unwrap();
            advance(&mut world, 1).unwrap(); // looked at after it
            if policy == MemoryPolicy::Warn {
                advance(&mut world, 3).unwrap();
            } else {
                assert!(matches!(refused(&mut world), SwarmError::MemoryBudgetExceeded { .. }));
            }
        }
    }),
    ("a memory budget that is set to nothing behind its check stops the swarm with the reason", || {
        let (mut world, _) = swarm();
        install_memory_budget(&mut world, MemoryBudget::default()).unwrap();
        world.resource_mut::<MemoryBudget>().per_agent = Some(0);
        assert!(matches!(refused(&mut world), SwarmError::OutOfRange { name: "memory budget per agent", .. }));
        world.resource_mut::<MemoryBudget>().per_agent = None;
        world.resource_mut::<MemoryBudget>().every = f64::NAN;
        assert!(matches!(refused(&mut world), SwarmError::OutOfRange { .. }));
    }),
    ("disruptions of more than everybody, of nobody and of no time are refused", || {
        let (mut world, _) = swarm();
        for fraction in [1.5, 0.0, -1.0, f64::NAN] {
            assert!(disrupt(&mut world, Disruption::new(DisruptionKind::Scramble, fraction, 0.0)).is_err());
        }
        let backwards = Disruption { until: Some(-1.0), ..Disruption::new(DisruptionKind::Silence, 0.5, 0.0) };
        assert!(disrupt(&mut world, backwards).is_err());
        let nowhere = DisruptionKind::ShiftFrequencies { by: f64::NAN };
        assert!(disrupt(&mut world, Disruption::new(nowhere, 0.5, 0.0)).is_err());
        advance(&mut world, 1).unwrap();
        assert_eq!(phase_hash(&mut world), twin(2));
    }),
    ("a disruption that removes everybody leaves a swarm of nobody", || {
        let (mut world, _) = swarm();
        assert_eq!(disrupt(&mut world, Disruption::new(DisruptionKind::Remove, 1.0, 0.0)), Ok(6));
        advance(&mut world, 3).unwrap();
        assert_eq!(disrupt(&mut world, Disruption::new(DisruptionKind::Remove, 1.0, 0.0)), Ok(0));
        assert_eq!(coherence(&mut world).unwrap().r, 0.0);
    }),
    ("a million switches of settings that come to nothing change nothing", || {
        let (mut world, _) = swarm();
        for i in 0..1_000_000_u32 {
            *world.resource_mut::<Coupling>() =
                Coupling { strength: f64::from(i), all_to_all: i % 2 == 0, ..Coupling::default() };
            if i % 50_000 == 0 {
                *world.resource_mut::<Coupling>() = Coupling::default();
                advance(&mut world, 1).unwrap();
            }
        }
        assert_eq!(phase_hash(&mut world), twin(21));
    }),
    ("integrators switched at every step leave no trace of the one before", || {
        let (mut world, _) = swarm();
        let mut alike = swarm().0;
        for i in 0..30_usize {
            let integrator = [Integrator::Rk4, Integrator::Euler, Integrator::Heun][i % 3];
            for world in [&mut world, &mut alike] {
                world.resource_mut::<TimeStep>().integrator = integrator;
            }
            advance(&mut world, 1).unwrap();
            // The other has its index built anew before every step.
            alike.spawn(Phase(0.0)).despawn();
            advance(&mut alike, 1).unwrap();
        }
        assert_eq!(phase_hash(&mut world), phase_hash(&mut alike));
    }),
];
