//! What inspectors, scenes and files see of spatial swarms.

#![cfg(all(feature = "reflect", feature = "serialize"))]

use std::fmt::Debug;

use bevy_app::{App, Update};
use bevy_ecs::{
    prelude::*,
    reflect::{AppTypeRegistry, ReflectComponent, ReflectResource},
};
use bevy_reflect::{
    ReflectFromReflect, TypeRegistry,
    serde::{TypedReflectDeserializer, TypedReflectSerializer},
    std_traits::ReflectDefault,
};
use lampyrid_spatial::{Position, Proximity, Reach, SpatialPlugin, install_spatial, register_types};
use lampyrid_swarm::*;
use serde::{Serialize, de::DeserializeOwned, de::DeserializeSeed};

/// Public types that derive `Component` or `Resource`, as the sources say, and which of the two.
fn public_types() -> Vec<(String, &'static str)> {
    let sources = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    for entry in std::fs::read_dir(sources).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let mut derived = None;
        for line in text.lines() {
            if let Some(traits) = line.strip_prefix("#[derive(") {
                let names = |wanted| traits.split([',', ' ', ')']).any(|name| name == wanted);
                derived = ["Component", "Resource"].into_iter().find(|wanted| names(*wanted));
            } else if let Some(rest) = line.strip_prefix("pub struct ").or(line.strip_prefix("pub enum ")) {
                let name = rest.chars().take_while(|c| c.is_alphanumeric()).collect();
                found.extend(derived.take().map(|kind| (name, kind)));
            }
        }
    }
    found
}

#[test]
fn every_public_component_and_resource_is_registered_and_none_is_forgotten() {
    let mut registry = TypeRegistry::new();
    register_types(&mut registry);
    let types = public_types();
    assert!(types.len() >= 3, "{types:?}");
    for (name, kind) in types {
        let registration = registry.get_with_short_type_path(&name);
        let registration = registration.unwrap_or_else(|| panic!("name `{name}` in `register_types`"));
        assert!(registration.contains::<ReflectFromReflect>() && registration.contains::<ReflectDefault>(), "{name}");
        assert!(registration.contains::<ReflectComponent>(), "{name} needs #[reflect({kind})]");
        assert_eq!(registration.contains::<ReflectResource>(), kind == "Resource", "{name}");
    }
}

#[test]
fn apps_and_bare_worlds_with_a_registry_are_told_of_them() {
    let mut app = App::new();
    app.add_plugins((SwarmPlugins::new(Update), SpatialPlugin));
    let mut world = World::new();
    world.init_resource::<AppTypeRegistry>();
    install_spatial(&mut world);
    for world in [app.world(), &world] {
        let registry = world.resource::<AppTypeRegistry>().read();
        assert!(registry.get(std::any::TypeId::of::<Position>()).is_some());
    }
}

#[test]
fn a_flock_brought_into_another_world_by_reflection_goes_on_as_it_would_have() {
    let mut registry = TypeRegistry::new();
    lampyrid_swarm::register_types(&mut registry);
    register_types(&mut registry);
    let flock = |world: &mut World| {
        install_spatial(world);
        world.insert_resource(Proximity { period: [9.0, 9.0, f64::INFINITY], ..Proximity::new(Reach::nearest(3)) });
        for id in 0..40_u32 {
            let [x, y] = [f64::from(id * 7 % 40) / 4.0, f64::from(id * 11 % 40) / 4.0];
            let agent = (AgentId::new(u64::from(id)), Phase(f64::from(id)), Position::new_2d(x, y));
            let mut agent = world.spawn(agent);
            if id % 5 == 0 {
                agent.insert(Reach::within(2.0));
            }
        }
    };
    let (mut original, mut copy) = (World::new(), World::new());
    flock(&mut original);
    advance(&mut original, 5).unwrap();
    install_spatial(&mut copy);
    copy.insert_resource(*original.resource::<Proximity>());
    let everything = ["Phase", "Frequency", "AgentId", "Position", "Reach"];
    let ids: Vec<Entity> = original.query_filtered::<Entity, With<Phase>>().iter(&original).collect();
    for agent in ids {
        let target = copy.spawn_empty().id();
        for name in everything {
            let registration = registry.get_with_short_type_path(name).unwrap();
            let component = registration.data::<ReflectComponent>().unwrap();
            let Some(value) = component.reflect(original.entity(agent)) else { continue };
            let text = ron::to_string(&TypedReflectSerializer::new(value.as_partial_reflect(), &registry)).unwrap();
            let read = TypedReflectDeserializer::new(registration, &registry);
            let value = read.deserialize(&mut ron::Deserializer::from_str(&text).unwrap()).unwrap();
            component.insert(&mut copy.entity_mut(target), &*value, &registry);
        }
    }
    assert_eq!(phase_hash(&mut copy), phase_hash(&mut original));
    advance(&mut original, 20).unwrap();
    advance(&mut copy, 20).unwrap();
    assert_eq!(phase_hash(&mut copy), phase_hash(&mut original));
}

fn there_and_back<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: T) {
    let text = ron::to_string(&value).unwrap();
    assert_eq!(ron::from_str::<T>(&text).unwrap_or_else(|error| panic!("{text}: {error}")), value);
}

#[test]
fn what_is_written_for_serde_comes_back_and_what_a_step_would_refuse_does_not() {
    there_and_back(Position::new(0.1, -2e300, 3.0));
    there_and_back((Reach::nearest(8), Reach::within(0.25)));
    there_and_back(Proximity { period: [1.5, f64::INFINITY, 2.0], every: 0.1, ..Proximity::default() });
    for (text, why) in [
        ("(reach: (count: 8, radius: -1.0), period: (inf, inf, inf), every: 0.0)", "radius"),
        ("(reach: (count: 8, radius: 1.0), period: (inf, 0.0, inf), every: 0.0)", "period along y"),
        ("(reach: (count: 8, radius: 1.0), period: (inf, inf, inf), every: NaN)", "time between refreshes"),
        ("(reach: (count: 8, radius: 1.0), period: (inf, inf, inf), every: 0.0, often: true)", "often"),
    ] {
        let error = ron::from_str::<Proximity>(text).expect_err(text).to_string();
        assert!(error.contains(why), "{text}: {error}");
    }
    let error = ron::from_str::<Position>("(0.0, NaN, 0.0)").expect_err("a place").to_string();
    assert!(error.contains("position is NaN"), "{error}");
}
