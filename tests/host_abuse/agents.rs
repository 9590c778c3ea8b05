//! Agents that get anything, lose anything, and come and go at any time.

use bevy_ecs::{entity_disabling::Disabled, prelude::*};
use lampyrid::{kernel::Integrator, swarm::*};

use crate::support::{Case, EMPTY_CHAIRS, in_step, is_honest, refused, steps, swarm, twin};

#[derive(Component, Clone, Copy, Default)]
#[component(storage = "SparseSet")]
struct Sparse;

#[derive(Component, Clone, Copy, Default)]
struct Mark<const N: usize>;

const NOT_NUMBERS: [f64; 3] = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY];

/// Inserts what no agent should have, before a step and within one, for every integrator.
fn gets<B: Bundle>(bundle: fn(f64) -> B) {
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, f64::MIN, 1e300] {
        for integrator in [Integrator::Euler, Integrator::Rk4] {
            let (mut world, agents) = swarm();
            install_strategies(&mut world);
            world.resource_mut::<TimeStep>().integrator = integrator;
            world.entity_mut(agents[2]).insert(bundle(value));
            is_honest(&mut world);
            let (mut world, agents) = swarm();
            install_strategies(&mut world);
            world.resource_mut::<TimeStep>().integrator = integrator;
            in_step(&mut world, StepSystems::First, move |mut commands: Commands| {
                commands.entity(agents[2]).insert(bundle(value));
            });
            is_honest(&mut world);
        }
    }
}

/// The phases of a swarm to one of whose agents this is done at every step.
fn after(change: fn(&mut World, Entity, u64)) -> World {
    let (mut world, agents) = swarm();
    for step in 0..20 {
        change(&mut world, agents[2], step);
        advance(&mut world, 1).unwrap();
    }
    world
}

pub(crate) const CASES: &[Case] = &[
    ("a phase of any number is taken or refused", || gets(Phase)),
    ("a frequency of any number is taken or found out", || gets(Frequency)),
    ("a drive of any number is taken or found out", || gets(Drive)),
    ("an energy of any number is taken or refused", || gets(Energy)),
    ("a coupling scale of any number is taken or found out", || gets(CouplingScale)),
    ("a gain of any number is taken or found out", || gets(Gain)),
    ("an effort of any number is taken or found out", || gets(|value| (Energy(1.0), Effort(value)))),
    ("an offset of any number is taken or refused", || gets(Offset)),
    ("a velocity of any number is taken or found out", || gets(|value| (FrequencyLock::default(), Velocity(value)))),
    ("a frequency lock of any rate is taken or refused", || {
        gets(|rate| FrequencyLock { rate, ..FrequencyLock::default() });
    }),
    ("a pulse of any strength is taken or refused", || gets(|strength| Pulse { strength, ..Pulse::default() })),
    ("a reserve of any number is taken or refused", || {
        gets(|reserve| EnergyAware { reserve, ..EnergyAware::default() });
    }),
    ("a desync of any rate is taken or refused", || gets(|rate| Desync { rate })),
    ("a nudge of any gain is taken or refused", || gets(|gain| PhaseNudge { gain })),
    ("a nudge whose gain is no number is refused by name where strategies are followed", || {
        for gain in NOT_NUMBERS {
            let (mut world, agents) = swarm();
            install_strategies(&mut world);
            world.entity_mut(agents[2]).insert(PhaseNudge { gain });
            assert!(matches!(refused(&mut world), SwarmError::NotFinite { name: "gain of the phase nudge", .. }));
            world.entity_mut(agents[2]).remove::<PhaseNudge>();
            advance(&mut world, 1).unwrap();
            assert!(agent_states(&mut world).iter().all(|state| state.phase.is_finite()));
        }
    }),
    ("a pacemaker that lists others hears none of them", || {
        let (mut world, agents) = swarm();
        world.entity_mut(agents[2]).insert(Pacemaker);
        let free = |state: &AgentState| (state.phase + state.frequency / 64.0).rem_euclid(std::f64::consts::TAU);
        for _ in 0..20 {
            let before = agent_states(&mut world)[2];
            advance(&mut world, 1).unwrap();
            assert!((agent_states(&mut world)[2].phase - free(&before)).abs() < 1e-12);
        }
        assert_ne!(phase_hash(&mut world), twin(21), "a swarm without a pacemaker moves otherwise");
    }),
    ("a batch of values that are no numbers sets nothing", || {
        let (mut world, _) = swarm();
        for value in NOT_NUMBERS {
            let updates = [(AgentId::new(0), 1.0), (AgentId::new(1), value)];
            assert!(set_phases(&mut world, &updates).is_err());
            assert!(set_frequencies(&mut world, &updates).is_err());
            assert!(set_energies(&mut world, &updates).is_err());
        }
        advance(&mut world, 1).unwrap();
        assert_eq!(phase_hash(&mut world), twin(2));
    }),
    ("agents in archetypes of their own and with sparse components move as ever", || {
        let (mut world, agents) = swarm();
        for (place, &agent) in agents.iter().enumerate() {
            let mut agent = world.entity_mut(agent);
            match place % 3 {
                0 => _ = agent.insert(Sparse),
                1 => _ = agent.insert((Mark::<1>, Sparse)),
                _ => _ = agent.insert(Mark::<2>),
            }
        }
        advance(&mut world, 20).unwrap();
        assert_eq!(phase_hash(&mut world), twin(21));
    }),
    ("agents that change archetypes before every step move as ever", || {
        let mut world = after(|world, agent, step| {
            let mut agent = world.entity_mut(agent);
            if step % 2 == 0 {
                agent.insert((Mark::<0>, Sparse))
            } else {
                agent.remove::<(Mark<0>, Sparse)>()
            };
        });
        assert_eq!(phase_hash(&mut world), twin(21));
    }),
    ("an agent that is disabled and enabled again is back with its id and its links", || {
        let (mut world, agents) = swarm();
        world.entity_mut(agents[2]).insert(Disabled);
        advance(&mut world, 3).unwrap();
        assert_eq!((topology_report(&world).agents, topology_report(&world).missing), (5, 4));
        let asleep = world.get::<Phase>(agents[2]).unwrap().0;
        world.entity_mut(agents[2]).remove::<Disabled>();
        advance(&mut world, 1).unwrap();
        assert_eq!((topology_report(&world).agents, topology_report(&world).missing), (6, 0));
        assert_eq!(world.get::<AgentId>(agents[2]).unwrap().get(), 2);
        assert_ne!(world.get::<Phase>(agents[2]).unwrap().0, asleep);
    }),
    ("agents disabled in the middle of a step are a change in the middle of a step", || {
        for set in [StepSystems::Exchange, StepSystems::Couple] {
            let (mut world, agents) = swarm();
            in_step(&mut world, set, move |world: &mut World| _ = world.entity_mut(agents[2]).insert(Disabled));
            assert_eq!(advance(&mut world, 1), Err(SwarmError::ChangedMidStep { before: 6, after: 5 }), "{set:?}");
            advance(&mut world, 1).unwrap();
        }
    }),
    ("an agent without its id is no agent, and gets another with its phase", || {
        let (mut world, agents) = swarm();
        world.entity_mut(agents[2]).remove::<AgentId>();
        advance(&mut world, 1).unwrap();
        assert_eq!(topology_report(&world).agents, 5);
        world.entity_mut(agents[2]).insert(AgentId::default());
        advance(&mut world, 1).unwrap();
        assert_eq!((topology_report(&world).agents, world.get::<AgentId>(agents[2]).unwrap().get()), (6, 6));
    }),
    ("parts of an agent taken away within a step and put back leave no trace", || {
        for set in [StepSystems::First, StepSystems::Last] {
            let (mut world, agents) = swarm();
            in_step(&mut world, set, move |world: &mut World| {
                let mut agent = world.entity_mut(agents[2]);
                let kept = agent.take::<(Phase, Neighbors)>().unwrap();
                agent.insert(kept);
            });
            advance(&mut world, 20).unwrap();
            assert_eq!(phase_hash(&mut world), twin(21), "{set:?}");
        }
    }),
    ("ids at the end of all ids are ids, and leave none for others", || {
        let (mut world, agents) = swarm();
        world.entity_mut(agents[5]).insert(AgentId::new(u64::MAX - 1));
        advance(&mut world, 1).unwrap();
        assert_eq!(agent_of(&world, AgentId::new(u64::MAX - 1)), Some(agents[5]));
        let nameless = world.spawn(Phase(0.0)).id();
        assert_eq!(refused(&mut world), SwarmError::IdsExhausted);
        world.despawn(nameless);
        advance(&mut world, 1).unwrap();
    }),
    ("ids that were exchanged by way of a clash are two ids again", || {
        let (mut world, agents) = swarm();
        world.entity_mut(agents[0]).insert(AgentId::new(1));
        assert!(matches!(refused(&mut world), SwarmError::DuplicateAgentId { id: 1, .. }));
        world.entity_mut(agents[1]).insert(AgentId::new(0));
        advance(&mut world, 1).unwrap();
        assert_eq!([0, 1].map(|id| agent_of(&world, AgentId::new(id))), [Some(agents[1]), Some(agents[0])]);
    }),
    ("an id that is replaced at every step by the same one changes nothing", || {
        let mut world = after(|world, agent, _| _ = world.entity_mut(agent).insert(AgentId::new(2)));
        assert_eq!(phase_hash(&mut world), twin(21));
    }),
    ("an agent replaced by another in its place is nobody's neighbour", || {
        let (mut world, agents) = swarm();
        world.despawn(agents[2]);
        world.spawn((AgentId::new(2), Phase(1.0)));
        advance(&mut world, 1).unwrap();
        assert_eq!(topology_report(&world).missing, 4);
    }),
    ("strategies removed within a step let the agent couple as it does without", || {
        for set in EMPTY_CHAIRS {
            let (mut world, agents) = swarm();
            install_strategies(&mut world);
            world.entity_mut(agents[2]).insert(PhaseNudge { gain: -4.0 });
            let (one, mut done) = (agents[2], false);
            in_step(&mut world, set, move |world: &mut World| {
                if !std::mem::replace(&mut done, true) {
                    world.entity_mut(one).remove::<PhaseNudge>();
                }
            });
            match advance(&mut world, 1) {
                Ok(()) => {}
                Err(error) => assert_eq!(error, SwarmError::ChangedMidStep { before: 6, after: 6 }, "{set:?}"),
            }
            is_honest(&mut world);
            assert!(world.get::<PhaseNudge>(one).is_none() && steps(&world) >= 6);
        }
    }),
    ("strategies without the plugin that answers by them change nothing they do not need", || {
        let (mut world, agents) = swarm();
        world.entity_mut(agents[2]).insert(Adaptive::default());
        is_honest(&mut world);
    }),
];
