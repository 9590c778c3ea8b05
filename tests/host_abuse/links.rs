//! Links to anybody, and lists of any length.

use bevy_ecs::{
    error::{BevyError, ErrorContext, FallbackErrorHandler},
    prelude::*,
};
use lampyrid::{graph::Topology, swarm::*};

use crate::support::{Case, EMPTY_CHAIRS, in_step, is_honest, refused, swarm, twin};

/// Nothing of a link is lost: each end has it, or neither.
fn both_ends_agree(world: &mut World) {
    let mut linked = world.query::<(Entity, &Links)>();
    for (agent, links) in linked.iter(world) {
        for link in links.iter() {
            assert_eq!(world.get::<Links>(link.with).and_then(|back| back.weight(agent)), Some(link.weight));
            assert!(world.get::<Neighbors>(link.with).unwrap().contains(agent));
        }
    }
}

fn weights<const N: usize>(weights: [f64; N]) -> Weights {
    weights.into_iter().collect()
}

pub(crate) const CASES: &[Case] = &[
    ("neighbours that are nobody, dead, oneself or resources are skipped and counted", || {
        let (mut world, agents) = swarm();
        let lantern = world.spawn_empty().id();
        let dead = world.spawn(Phase(0.0)).id();
        world.despawn(dead);
        let list = Neighbors::from([lantern, dead, agents[0], Entity::PLACEHOLDER, agents[1]]);
        world.entity_mut(agents[0]).insert(list);
        advance(&mut world, 1).unwrap();
        let report = topology_report(&world);
        assert_eq!((report.missing, report.self_links, report.links), (3, 1, 5 * 4 + 1));
    }),
    ("a neighbour listed many times pulls as often as it is listed", || {
        let (mut world, agents) = swarm();
        world.entity_mut(agents[0]).insert(Neighbors::from([agents[1]; 40]));
        advance(&mut world, 1).unwrap();
        let (mut alike, agents) = swarm();
        alike.entity_mut(agents[0]).insert(Neighbors::from([agents[1]]));
        advance(&mut alike, 1).unwrap();
        let apart = world.get::<Phase>(agents[0]).unwrap().0 - alike.get::<Phase>(agents[0]).unwrap().0;
        assert!(apart.abs() < 1e-12, "the mean of equals is one of them");
    }),
    ("weights of any number are taken or refused", || {
        for weight in [f64::NAN, f64::INFINITY, f64::MAX, -f64::MAX, 5e-324, -0.0] {
            let (mut world, agents) = swarm();
            world.entity_mut(agents[0]).insert(weights([1.0, weight, 1.0, 1.0]));
            is_honest(&mut world);
        }
    }),
    ("weights that fit nobody's list are refused until they do", || {
        for wrong in [weights([]), weights([1.0]), weights([1.0; 9])] {
            let (mut world, agents) = swarm();
            world.entity_mut(agents[0]).insert(wrong);
            assert!(matches!(refused(&mut world), SwarmError::WeightsMismatch { neighbors: 4, .. }));
            world.entity_mut(agents[0]).insert(weights([1.0; 4]));
            advance(&mut world, 1).unwrap();
            assert_eq!(phase_hash(&mut world), twin(2));
        }
    }),
    ("weights without neighbours are refused, and none at all are fine", || {
        let (mut world, agents) = swarm();
        world.entity_mut(agents[0]).remove::<Neighbors>().insert(weights([1.0]));
        assert!(matches!(refused(&mut world), SwarmError::WeightsMismatch { neighbors: 0, weights: 1, .. }));
        world.entity_mut(agents[0]).insert(weights([]));
        advance(&mut world, 1).unwrap();
    }),
    ("links cut from an agent whose weights do not fit are cut, and the misfit is reported", || {
        // It looked for a weight that was not there, and panicked.
        let (mut world, agents) = swarm();
        world.entity_mut(agents[0]).insert(weights([1.0]));
        let cut = Disruption { until: Some(1.0), ..Disruption::new(DisruptionKind::CutLinks, 1.0, 0.0) };
        assert_eq!(disrupt(&mut world, cut), Ok(6 * 4));
        is_honest(&mut world);
        assert!(world.get::<Neighbors>(agents[0]).unwrap().is_empty());
    }),
    ("links that were cut come back to nobody who went, and leave others alone", || {
        let (mut world, agents) = swarm();
        let cut = Disruption { until: Some(0.2), ..Disruption::new(DisruptionKind::CutLinks, 1.0, 0.0) };
        disrupt(&mut world, cut).unwrap();
        world.despawn(agents[2]);
        world.entity_mut(agents[0]).remove::<Neighbors>();
        world.entity_mut(agents[1]).insert(Neighbors::from([agents[3]]));
        advance(&mut world, 30).unwrap();
        assert!(world.get::<Neighbors>(agents[0]).is_none());
        assert_eq!(world.get::<Neighbors>(agents[1]).unwrap().iter().filter(|&other| other == agents[3]).count(), 1);
    }),
    ("a failed command is an error for the host's handler and changes nothing", || {
        fn ignore(_: BevyError, _: ErrorContext) {}
        let (mut world, agents) = swarm();
        world.insert_resource(FallbackErrorHandler(ignore));
        let dead = world.spawn(Phase(0.0)).id();
        world.despawn(dead);
        let mut commands = world.commands();
        commands.entity(agents[0]).connect(agents[0]).connect(dead).link(dead).link_weighted(agents[1], f64::NAN);
        commands.entity(dead).connect(agents[0]).link(agents[0]).unlink(agents[0]).disconnect(agents[0]);
        world.flush();
        advance(&mut world, 20).unwrap();
        assert_eq!(phase_hash(&mut world), twin(21));
        both_ends_agree(&mut world);
    }),
    ("links edited within a step hold from the next look at the lists on", || {
        for set in EMPTY_CHAIRS {
            let (mut world, agents) = swarm();
            let (one, other) = (agents[0], agents[3]);
            in_step(&mut world, set, move |mut commands: Commands, clock: Res<SwarmClock>| {
                let mut agent = commands.entity(one);
                _ = if clock.steps().is_multiple_of(2) { agent.link(other) } else { agent.unlink(other) };
            });
            for _ in 0..6 {
                if let Err(error) = advance(&mut world, 1) {
                    assert!(matches!(error, SwarmError::ChangedMidStep { before: 6, after: 6 }), "{set:?}: {error}");
                }
                both_ends_agree(&mut world);
            }
        }
    }),
    ("everybody linked with everybody and despawned one by one leaves no loose end", || {
        let (mut world, _) = swarm();
        let full = Topology::Complete { agents: 12 }.build(0).unwrap();
        let agents = SwarmSpawner::new(&full).undirected().spawn(&mut world).unwrap();
        for agent in agents {
            world.despawn(agent);
            both_ends_agree(&mut world);
            advance(&mut world, 1).unwrap();
            assert_eq!(topology_report(&world).missing, 0);
        }
        assert_eq!(topology_report(&world).agents, 6);
    }),
    ("links of an agent that loses its phase sleep until it has one again", || {
        let (mut world, agents) = swarm();
        world.entity_mut(agents[0]).link(agents[3]).unwrap();
        world.entity_mut(agents[3]).remove::<Phase>();
        advance(&mut world, 1).unwrap();
        both_ends_agree(&mut world);
        assert!(world.entity_mut(agents[0]).link(agents[3]).is_err());
        world.entity_mut(agents[3]).insert(Phase(1.0));
        advance(&mut world, 1).unwrap();
        both_ends_agree(&mut world);
        assert_eq!(topology_report(&world).links, 6 * 4 + 2);
    }),
    ("links inserted on what is no agent are dropped", || {
        let (mut world, agents) = swarm();
        let lantern = world.spawn(Links::from([agents[0]])).id();
        assert!(world.get::<Links>(lantern).unwrap().is_empty());
        both_ends_agree(&mut world);
        advance(&mut world, 1).unwrap();
        assert_eq!(phase_hash(&mut world), twin(2));
    }),
    ("a swarm spawned by a command into a world without one is an error", || {
        let mut world = World::new();
        world.commands().spawn_swarm(Topology::Star { agents: 3 }.build(0).unwrap());
        world.flush();
        assert!(agent_states(&mut world).is_empty());
    }),
];
