//! A swarm without a window, watched and steered from outside by the Bevy Remote Protocol: JSON over
//! HTTP, on this machine only. One sees R near 0 until somebody turns the coupling up.
//!
//!     cargo run --manifest-path examples/remote_control/Cargo.toml -- 15702
//!
//! README.md beside it has the requests to try.

#![forbid(unsafe_code)]

use std::{error::Error, time::Duration};

use bevy_app::{App, AppExit, ScheduleRunnerPlugin, TaskPoolPlugin, Update};
use bevy_ecs::prelude::*;
use bevy_remote::{
    BrpError, BrpResult, RemotePlugin,
    http::{DEFAULT_PORT, RemoteHttpPlugin},
};
use lampyrid::{prelude::*, swarm};
use serde_json::{Value, json};

const AGENTS: usize = 100;

fn main() -> Result<AppExit, Box<dyn Error>> {
    let port = std::env::args().nth(1).map_or(Ok(DEFAULT_PORT), |port| port.parse())?;
    Ok(host(port)?.run())
}

/// The host app: a thousand updates a second at most, a step of the swarm in each.
fn host(port: u16) -> Result<App, Box<dyn Error>> {
    let mut app = App::new();
    app.add_plugins((TaskPoolPlugin::default(), ScheduleRunnerPlugin::run_loop(Duration::from_millis(1))));
    app.add_plugins(SwarmPlugins::new(Update));
    // Components and resources are known to Bevy's own methods; R, which is measured only when
    // somebody asks for it, gets a method of its own.
    app.add_plugins(RemotePlugin::default().with_method_main("swarm.coherence", coherence));
    app.add_plugins(RemoteHttpPlugin::default().with_port(port));
    app.insert_resource(Coupling { strength: 0.0, ..Coupling::default() });

    let network = Topology::SmallWorld { agents: AGENTS, neighbors: 8, rewire: 0.5 }.build(1)?;
    let phases: Vec<f64> = (0..AGENTS as u64).map(|id| PhaseDistribution::Uniform.draw(1, id)).collect();
    let natural = FrequencyDistribution::Normal { mean: 6.0, std: 0.2 };
    let frequencies: Vec<f64> = (0..AGENTS as u64).map(|id| natural.draw(1, id)).collect();
    SwarmSpawner::new(&network).phases(&phases).frequencies(&frequencies).spawn(app.world_mut())?;
    Ok(app)
}

fn coherence(_: In<Option<Value>>, world: &mut World) -> BrpResult {
    let order = swarm::coherence(world).map_err(BrpError::internal)?;
    Ok(json!({ "r": order.r, "psi": order.psi }))
}
