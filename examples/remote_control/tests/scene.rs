//! A swarm as a scene of Bevy's: written as text, read into another world, and on from there.

use std::any::TypeId;

use bevy_asset::{AssetPath, LoadFromPath, UntypedHandle};
use bevy_ecs::{entity::EntityHashMap, prelude::*};
use bevy_world_serialization::{DynamicWorld, DynamicWorldBuilder, serde::WorldDeserializer};
use lampyrid::{
    prelude::*,
    swarm::{Adaptive, FrequencyLock, Offset, install_strategies},
};
use serde::de::DeserializeSeed;

/// A swarm holds no assets.
struct NoAssets;

impl LoadFromPath for NoAssets {
    fn load_from_path_erased(&mut self, _: TypeId, path: AssetPath<'static>) -> UntypedHandle {
        panic!("{path} was asked for");
    }
}

/// With noise, weights, lists of their own, strategies and gaps among the ids.
fn swarm() -> World {
    let network = Topology::ScaleFree { agents: 80, attach: 3 }.build(5).unwrap();
    let mut world = World::new();
    world.init_resource::<AppTypeRegistry>();
    install_strategies(&mut world);
    world.insert_resource(Coupling { strength: 2.0, noise: 0.02, ..Coupling::default() });
    world.insert_resource(TimeStep { seconds: 0.02, integrator: Integrator::Rk4 });
    world.insert_resource(SwarmSeed(9));
    let spread: Vec<f64> = (0..80).map(|i| 0.07 * f64::from(i * 29 % 80)).collect();
    let spawner = SwarmSpawner::new(&network).phases(&spread).frequencies(&spread).energy(50.0);
    let agents = spawner.spawn(&mut world).unwrap();
    for (place, &agent) in agents.iter().enumerate() {
        let mut agent = world.entity_mut(agent);
        match place % 5 {
            0 => _ = agent.insert((FrequencyLock::default(), Offset(0.1))),
            1 => _ = agent.insert(Adaptive::default()),
            2 => agent.get_mut::<Neighbors>().unwrap().push(agents[(place * 3 + 1) % 80]),
            3 => {
                let weights = agent.get::<Neighbors>().unwrap().iter().map(|heard| heard.index_u32() as f64 % 3.0);
                let weights: Weights = weights.collect();
                agent.insert(weights);
            }
            _ => {}
        }
    }
    world.despawn(agents[11]);
    advance(&mut world, 200).unwrap();
    world
}

/// The agents and what the swarm is told by, as RON.
fn write(world: &mut World) -> String {
    let agents: Vec<Entity> = world.query_filtered::<Entity, With<AgentId>>().iter(world).collect();
    let registry = world.resource::<AppTypeRegistry>().clone();
    let registry = registry.read();
    let scene = DynamicWorldBuilder::from_world(world, &registry)
        .extract_entities(agents.into_iter())
        .extract_resources()
        .build();
    scene.serialize(&registry).unwrap()
}

fn read(text: &str, world: &mut World) {
    let registry = world.resource::<AppTypeRegistry>().clone();
    let mut deserializer = ron::Deserializer::from_str(text).unwrap();
    let seed = WorldDeserializer { type_registry: &registry.read(), load_from_path: &mut NoAssets };
    let scene: DynamicWorld = seed.deserialize(&mut deserializer).unwrap();
    scene.write_to_world(world, &mut EntityHashMap::default()).unwrap();
}

#[test]
fn a_swarm_read_from_a_scene_goes_on_as_it_would_have() {
    let mut original = swarm();
    let text = write(&mut original);
    let mut loaded = World::new();
    // Entities of others first, so that none keeps its number.
    (0..37).for_each(|_| _ = loaded.spawn_empty());
    loaded.init_resource::<AppTypeRegistry>();
    install_strategies(&mut loaded);
    read(&text, &mut loaded);
    assert_eq!(phase_hash(&mut loaded), phase_hash(&mut original), "{text}");
    advance(&mut original, 1_000).unwrap();
    advance(&mut loaded, 1_000).unwrap();
    assert_eq!(loaded.resource::<SwarmClock>(), original.resource::<SwarmClock>());
    assert_eq!(agent_states(&mut loaded), agent_states(&mut original));
    assert_eq!(phase_hash(&mut loaded), phase_hash(&mut original));
    assert_eq!(coherence(&mut loaded).unwrap(), coherence(&mut original).unwrap());
}
