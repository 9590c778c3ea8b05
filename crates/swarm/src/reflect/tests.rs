use std::{any::type_name, collections::BTreeMap, fs, path::Path};

use bevy_app::{App, Update};
use bevy_ecs::{
    archetype::{Archetype, ArchetypeEntity},
    entity::{EntityHashMap, SceneEntityMapper},
    prelude::*,
    relationship::RelationshipHookMode,
};
use bevy_reflect::{
    FromReflect, PartialReflect, ReflectFromReflect, ReflectMut, ReflectRef, TypeRegistration,
    enums::DynamicEnum,
    serde::{TypedReflectDeserializer, TypedReflectSerializer},
    structs::Struct,
    tuple_struct::TupleStruct,
};
use lampyrid_graph::Topology;
use serde::de::DeserializeSeed;

use super::*;

fn registry() -> TypeRegistry {
    let mut registry = TypeRegistry::new();
    register_types(&mut registry);
    registry
}

fn named<'a>(registry: &'a TypeRegistry, name: &str) -> &'a TypeRegistration {
    registry.get_with_short_type_path(name).unwrap_or_else(|| {
        panic!("`{name}` is public: derive `Reflect` for it by feature, and name it in `register_types`")
    })
}

/// A community.
#[derive(Component, TypePath)]
struct Choir;

/// Public types that derive `Component` or `Resource`, as the sources say, and which of the two. One with a
/// marker of the host's in it is as many types as there are markers: it stands here with that of [`Choir`].
fn public_types() -> BTreeMap<String, &'static str> {
    fn collect(directory: &Path, into: &mut BTreeMap<String, &'static str>) {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(&path, into);
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            let mut derived = None;
            for line in text.lines() {
                if let Some(traits) = line.strip_prefix("#[derive(") {
                    let names = |wanted| traits.split([',', ' ', ')']).any(|name| name == wanted);
                    derived = ["Component", "Resource"].into_iter().find(|wanted| names(*wanted));
                } else if let Some(rest) = line.strip_prefix("pub struct ").or(line.strip_prefix("pub enum ")) {
                    let mut name: String = rest.chars().take_while(|c| c.is_alphanumeric()).collect();
                    if rest[name.len()..].starts_with('<') {
                        name += "<Choir>";
                    }
                    if let Some(derived) = derived.take() {
                        into.insert(name, derived);
                    }
                }
            }
        }
    }
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = BTreeMap::new();
    collect(&sources, &mut found);
    let exports = fs::read_to_string(sources.join("lib.rs")).unwrap();
    let is_exported = |name: &str| exports.split(|c: char| !c.is_alphanumeric()).any(|word| word == name);
    found.retain(|name, _| is_exported(name.trim_end_matches("<Choir>")));
    found
}

/// What a scene does not hold: who has which id follows from the agents, and a function is the program's.
const NOT_IN_SCENES: [&str; 2] = ["AgentIds", "AllocationProbe"];

#[test]
fn every_public_component_and_resource_is_registered_with_what_its_users_need() {
    let mut registry = registry();
    registry.register::<CommunityCoupling<Choir>>();
    registry.register::<CommunityGoal<Choir>>();
    let types = public_types();
    assert!(types.len() > 35 && types.contains_key("CommunityCoupling<Choir>"), "{types:?}");
    for (name, kind) in &types {
        let registration = named(&registry, name);
        assert!(registration.contains::<ReflectFromReflect>(), "{name}");
        if !NOT_IN_SCENES.contains(&name.as_str()) {
            assert!(registration.contains::<ReflectComponent>(), "{name} needs #[reflect({kind})]");
            assert_eq!(registration.contains::<ReflectResource>(), *kind == "Resource", "{name}");
        }
        if *kind == "Component" {
            assert!(registration.contains::<ReflectDefault>(), "{name} needs #[reflect(Default)]");
        }
    }
    for links in ["Neighbors", "Links"] {
        assert!(named(&registry, links).contains::<ReflectMapEntities>());
    }
    // The remote protocol lists an entity's components by the one and looks for them by the other.
    assert_eq!(named(&registry, "Neighbors").type_info().type_path(), type_name::<Neighbors>());
}

#[test]
fn apps_and_bare_worlds_with_a_registry_are_told_of_them() {
    let mut app = App::new();
    app.add_plugins(SwarmPlugins::new(Update));
    let mut world = World::new();
    world.init_resource::<AppTypeRegistry>();
    install_swarm(&mut world);
    for world in [app.world(), &world] {
        let registry = world.resource::<AppTypeRegistry>().read();
        assert!(registry.get(TypeId::of::<Phase>()).is_some());
    }
}

#[test]
fn settings_have_fields_to_edit_even_of_types_of_other_crates() {
    let mut coupling = Coupling::default();
    let field = coupling.field_mut("normalization").unwrap();
    field.apply(&NormalizationMirror(Normalization::Size));
    coupling.field_mut("strength").unwrap().apply(&2.5);
    assert_eq!(coupling, Coupling { normalization: Normalization::Size, strength: 2.5, ..Coupling::default() });

    let mut step = TimeStep::default();
    let ReflectMut::Enum(integrator) = step.field_mut("integrator").unwrap().reflect_mut() else {
        panic!("an integrator is one of several");
    };
    integrator.apply(&DynamicEnum::new("Rk4", ()));
    assert_eq!(step.integrator, Integrator::Rk4);
}

#[test]
fn loading_settings_leaves_threads_alone_and_forgets_what_was_measured() {
    let mut workers = Workers::with_threads(3);
    let mut loaded = Workers::shared();
    loaded.block = 64;
    workers.apply(&loaded);
    assert_eq!((workers.threads(), workers.block), (3, 64));

    let registry = registry();
    let mut world = World::new();
    install_swarm(&mut world);
    world.spawn(Phase(1.0));
    coherence(&mut world).unwrap();
    let text = ron::to_string(&TypedReflectSerializer::new(world.resource::<Coherence>(), &registry)).unwrap();
    let deserializer = TypedReflectDeserializer::new(named(&registry, "Coherence"), &registry);
    let value = deserializer.deserialize(&mut ron::Deserializer::from_str(&text).unwrap()).unwrap();
    world.resource_mut::<Coherence>().apply(&*value);
    coherence(&mut world).unwrap();
    assert_eq!(world.resource::<Coherence>().measurements(), 2, "{text}");
}

#[test]
fn lists_are_plain_lists_wherever_they_are_stored() {
    let ring = Topology::Ring { agents: 5, neighbors: 2 }.build(1).unwrap();
    let mut world = World::new();
    install_swarm(&mut world);
    let agents = SwarmSpawner::new(&ring).spawn(&mut world).unwrap();
    let spawned = world.get::<Neighbors>(agents[0]).unwrap().clone();
    let own: Neighbors = spawned.iter().collect();
    assert_eq!(entries(&spawned), entries(&own));
    assert_eq!(spawned.reflect_partial_eq(&own), Some(true));

    // Whoever writes one makes it the agent's own; the others keep theirs.
    let mut edited = spawned.clone();
    let ReflectMut::List(list) = edited.field_mut(0).unwrap().reflect_mut() else { panic!("a list") };
    list.push(Box::new(agents[3]));
    list.get_mut(0).unwrap().apply(&agents[2]);
    list.remove(1);
    assert_eq!(edited, Neighbors::from([agents[2], agents[3]]));
    assert_eq!(spawned, own);

    // A shorter list replaces a longer one.
    edited.apply(&Neighbors::from([agents[4]]));
    assert_eq!(edited, Neighbors::from([agents[4]]));
    let mut weights: Weights = [1.0, 2.0, 3.0].into_iter().collect();
    weights.apply(&[0.5].into_iter().collect::<Weights>());
    assert_eq!(weights.as_slice(), [0.5]);
    assert!(weights.try_apply(&Phase(1.0)).is_err());
}

fn entries(neighbors: &Neighbors) -> Vec<Entity> {
    let ReflectRef::List(list) = neighbors.field(0).unwrap().reflect_ref() else { panic!("a list") };
    list.iter().map(|entry| Entity::from_reflect(entry).unwrap()).collect()
}

#[test]
fn an_id_cannot_be_changed_in_place_but_asking_for_it_does_no_harm() {
    let registry = registry();
    let component = named(&registry, "AgentId").data::<ReflectComponent>().unwrap();
    let mut world = World::new();
    install_swarm(&mut world);
    let agent = world.spawn((AgentId::new(3), Phase(0.0))).id();
    assert!(component.reflect_mut(world.entity_mut(agent)).is_none());
    component.insert(&mut world.entity_mut(agent), &AgentId::new(9), &registry);
    assert_eq!((agent_of(&world, AgentId::new(9)), agent_of(&world, AgentId::new(3))), (Some(agent), None));
}

/// A swarm in which much is going on: noise, weights, edited lists, strategies, energy, a disruption.
fn lively_swarm() -> World {
    let topology = Topology::SmallWorld { agents: 120, neighbors: 6, rewire: 0.2 };
    let graph = topology.build(7).unwrap();
    let mut world = World::new();
    install_strategies(&mut world);
    let disruption = Disruption { until: Some(4.0), ..Disruption::new(DisruptionKind::CutLinks, 0.2, 1.0) };
    let silence = Disruption { until: Some(9.0), ..Disruption::new(DisruptionKind::Silence, 0.1, 2.0) };
    install_disruptions(&mut world, vec![disruption, silence]).unwrap();
    world.insert_resource(Coupling { strength: 1.5, phase_lag: 0.1, noise: 0.05, ..Coupling::default() });
    world.insert_resource(TimeStep { seconds: 0.01, integrator: Integrator::Heun });
    world.insert_resource(SwarmSeed(11));
    let spread = |scale: f64| (0..120).map(|i| scale * f64::from(i * 37 % 120)).collect::<Vec<_>>();
    let agents = SwarmSpawner::new(&graph)
        .phases(spread(0.05))
        .frequencies(spread(0.01))
        .energy(30.0)
        .spawn(&mut world)
        .unwrap();
    for (place, &agent) in agents.iter().enumerate() {
        let mut agent = world.entity_mut(agent);
        match place % 9 {
            0 => _ = agent.insert(FrequencyLock::default()),
            1 => _ = agent.insert(Adaptive { every: 0.37, ..Adaptive::default() }),
            2 => _ = agent.insert(EnergyAware::default()),
            3 => _ = agent.insert((Desync::default(), Offset(0.3))),
            4 => _ = agent.insert(CouplingScale(-0.5)),
            5 => agent.get_mut::<Neighbors>().unwrap().push(agents[(place * 7 + 1) % 120]),
            6 => {
                let links = agent.get::<Neighbors>().unwrap().len();
                agent.insert((0..links).map(|link| 0.5 + link as f64).collect::<Weights>());
            }
            7 => _ = agent.insert(Pulse::default()),
            _ => {}
        }
    }
    for place in [5, 17, 119] {
        world.despawn(agents[place]);
    }
    world
}

/// Brings the swarm of one world into another by reflection alone, as scenes do: entity by entity,
/// component by component, then resources. `reversed` tries the other order of components.
fn bring(from: &World, to: &mut World, reversed: bool) {
    let registry = registry();
    let mut types: Vec<_> = registry.iter().filter(|found| found.contains::<ReflectComponent>()).collect();
    types.sort_by_key(|found| found.type_info().type_path());
    if reversed {
        types.reverse();
    }
    let everything = from.archetypes().iter().flat_map(Archetype::entities);
    let agents = everything.map(ArchetypeEntity::id).filter(|&entity| from.get::<AgentId>(entity).is_some());
    let pairs: Vec<_> = agents.map(|agent| (agent, to.spawn_empty().id())).collect();
    let mut map = EntityHashMap::from_iter(pairs.iter().copied());
    let mut put = |to: &mut World, registration: &TypeRegistration, source: Entity, target: Entity| {
        let component = registration.data::<ReflectComponent>().unwrap();
        let Some(value) = component.reflect(from.entity(source)) else { return };
        let value = value.to_dynamic().unwrap();
        SceneEntityMapper::world_scope(&mut map, to, |world, mapper| {
            let entity = &mut world.entity_mut(target);
            component.apply_or_insert_mapped(entity, &*value, &registry, mapper, RelationshipHookMode::Skip);
        });
    };
    for (source, target) in pairs {
        types.iter().for_each(|found| put(to, found, source, target));
    }
    for found in types.iter().filter(|found| found.contains::<ReflectResource>()) {
        let id = from.components().get_id(found.type_id());
        let Some(source) = id.and_then(|id| from.resource_entities().get(id)) else { continue };
        let id = found.data::<ReflectComponent>().unwrap().register_component(to);
        let target = to.resource_entities().get(id).unwrap_or_else(|| to.spawn_empty().id());
        put(to, found, source, target);
    }
}

#[test]
fn a_swarm_brought_into_another_world_goes_on_as_it_would_have() {
    let mut original = lively_swarm();
    advance(&mut original, 300).unwrap();
    for reversed in [false, true] {
        let mut copy = World::new();
        (0..50).for_each(|_| _ = copy.spawn_empty());
        install_strategies(&mut copy);
        bring(&original, &mut copy, reversed);
        assert_eq!(phase_hash(&mut copy), phase_hash(&mut original));
        advance(&mut copy, 1_000).unwrap();
        assert_eq!(copy.resource::<SwarmClock>().steps(), 1_300);
        let mut reference = lively_swarm();
        advance(&mut reference, 1_300).unwrap();
        assert_eq!(phase_hash(&mut copy), phase_hash(&mut reference), "reversed: {reversed}");
        assert_eq!(agent_states(&mut copy), agent_states(&mut reference));
    }
}

#[test]
fn undirected_links_brought_into_another_world_are_right_at_both_ends_and_stay_so() {
    let mut original = World::new();
    install_swarm(&mut original);
    let hub = original.spawn((AgentId::new(0), Phase(0.0), Fires::default())).id();
    for (place, weight) in [(1, 2.0), (2, 0.5), (3, 1.0)] {
        let links: Links = [Link { with: hub, weight }].into_iter().collect();
        original.spawn((AgentId::new(place), Phase(place as f64), links));
    }
    advance(&mut original, 10).unwrap();
    for reversed in [false, true] {
        let mut copy = World::new();
        (0..50).for_each(|_| _ = copy.spawn_empty());
        install_swarm(&mut copy);
        bring(&original, &mut copy, reversed);
        let [hub, leaf] = [0, 2].map(|id| agent_of(&copy, AgentId::new(id)).unwrap());
        let weights = |links: &Links| links.iter().map(|link| link.weight).collect::<Vec<_>>();
        assert_eq!(weights(copy.get::<Links>(hub).unwrap()), [2.0, 0.5, 1.0]);
        assert_eq!(copy.get::<Links>(leaf).unwrap().weight(hub), Some(0.5));
        assert_eq!(copy.get::<Fires>(hub), original.get::<Fires>(agent_of(&original, AgentId::new(0)).unwrap()));
        copy.despawn(leaf);
        assert_eq!(weights(copy.get::<Links>(hub).unwrap()), [2.0, 1.0]);
        assert_eq!(copy.get::<Neighbors>(hub).unwrap().len(), 2);
    }
}
