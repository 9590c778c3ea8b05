//! An app that survives its own end: it saves its swarm every 100 steps, and started again it goes on from there, to the
//! bits that it would have come to anyway. Prints the steps and the hash of all phases of an app that was left alone and
//! of one that ended in between.
//!
//!     cargo run --release --example save_and_load

use std::{env, fs, path::PathBuf, process};

use bevy_app::{App, Update};
use bevy_ecs::prelude::*;
use lampyrid::{
    checkpoint::{load_checkpoint, save_checkpoint},
    prelude::*,
};

/// The file that the swarm is saved in.
#[derive(Resource, Clone)]
struct Saves(PathBuf);

fn save(world: &mut World) -> Result {
    let file = world.resource::<Saves>().0.clone();
    if world.resource::<SwarmClock>().steps().is_multiple_of(100) {
        // Replaced whole: whatever happens meanwhile, one of the two is there.
        save_checkpoint(world, &file)?;
    }
    Ok(())
}

/// The app as it is started every time.
fn start(saves: Saves) -> Result<App> {
    let mut app = App::new();
    app.add_plugins(SwarmPlugins::new(Update)).add_systems(Update, save.after(SwarmSystems::Last));
    if saves.0.exists() {
        load_checkpoint(app.world_mut(), &saves.0)?;
    } else {
        app.insert_resource(Coupling { strength: 2.0, noise: 0.1, ..Coupling::default() });
        app.insert_resource(SwarmSeed(7));
        SwarmSpawner::new(&Topology::Ring { agents: 200, neighbors: 6 }.build(7)?).spawn(app.world_mut())?;
    }
    app.insert_resource(saves);
    Ok(app)
}

fn tell(what: &str, app: &mut App) {
    let steps = app.world().resource::<SwarmClock>().steps();
    println!("{what:>18}: {steps} steps, hash {}", phase_hash(app.world_mut()));
}

fn main() -> Result {
    let saves = Saves(env::temp_dir().join(format!("save_and_load-{}.lampyrid", process::id())));
    let mut app = start(saves.clone())?;
    (0..350).for_each(|_| app.update());
    tell("left alone", &mut app);
    // As if it had been killed at step 350: step 300 is what is left of it.
    drop(app);
    let mut app = start(saves.clone())?;
    tell("started again", &mut app);
    (0..50).for_each(|_| app.update());
    tell("and 50 steps later", &mut app);
    fs::remove_file(saves.0)?;
    Ok(())
}
