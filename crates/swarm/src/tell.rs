//! Tells a world what happened, once to whoever reads messages and once to whoever observes.

use bevy_ecs::{
    message::{MessageRegistry, Messages},
    prelude::*,
};

/// Makes room for messages of this kind, if nobody has yet.
pub(crate) fn register<E: Message>(world: &mut World) {
    if !world.contains_resource::<Messages<E>>() {
        MessageRegistry::register_message::<E>(world);
    }
}

type Untold = Box<dyn FnOnce(&mut World) + Send + Sync>;

/// What happened and nobody was told yet, in order.
#[derive(Resource, Default)]
struct News(Vec<Untold>);

/// Has it told at the next [`deliver`], when everything is in its place again: an observer may do
/// whatever a host may do between two steps.
pub(crate) fn tell<'a, E: Message + Clone + Event<Trigger<'a>: Default>>(world: &mut World, event: E) {
    let untold = move |world: &mut World| {
        if world.contains_resource::<Messages<E>>() {
            world.write_message(event.clone());
        }
        world.trigger(event);
        world.flush();
    };
    world.get_resource_or_init::<News>().0.push(Box::new(untold));
}

/// Tells what happened, what comes of it meanwhile included.
pub(crate) fn deliver(world: &mut World) {
    while let Some(mut news) = world.get_resource_mut::<News>().filter(|news| !news.0.is_empty()) {
        std::mem::take(&mut news.0).into_iter().for_each(|untold| untold(world));
    }
}
