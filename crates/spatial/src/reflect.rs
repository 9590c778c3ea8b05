//! What inspectors, scenes and the remote protocol know of spatial swarms, through `bevy_reflect`.

use bevy_ecs::world::World;
use bevy_reflect::TypeRegistry;

use crate::{Position, Proximity, Reach};

pub(crate) use bevy_ecs::reflect::{AppTypeRegistry, ReflectComponent, ReflectResource};
pub(crate) use bevy_reflect::{Reflect, std_traits::ReflectDefault};

/// Registers every public component and resource of spatial swarms. [`install_spatial`](crate::install_spatial)
/// and the plugin do it where the world has a type registry, as that of every app has; a bare world needs it
/// only if it is given one later.
///
/// JSON, and so the remote protocol, has no word for infinity: an open axis and a boundless radius can be
/// read and left alone by it, but not written.
pub fn register_types(registry: &mut TypeRegistry) {
    registry.register::<Position>();
    registry.register::<Reach>();
    registry.register::<Proximity>();
}

/// Does so for a world that has a registry.
pub(crate) fn register_in(world: &World) {
    if let Some(registry) = world.get_resource::<AppTypeRegistry>() {
        register_types(&mut registry.write());
    }
}
