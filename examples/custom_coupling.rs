//! A coupling law of one's own in place of the built-in one: the second harmonic, sin 2(θ_j − θ_i), which pulls agents
//! together or half a turn apart. Two clusters form: R stays small while R₂ rises to 1.
//!
//!     cargo run --release --example custom_coupling

use bevy_app::{App, PluginGroup, Update};
use bevy_ecs::prelude::*;
use lampyrid::{
    measure::{harmonic_order_parameter, order_parameter},
    prelude::*,
    swarm::{CouplingPlugin, SwarmSchedule, read_phases},
};

/// Strength of the second harmonic, rad/s.
#[derive(Resource)]
struct SecondHarmonic(f64);

/// dθ_i/dt = ω_i + K₂ ⟨sin 2(θ_j − θ_i)⟩ over neighbours: written into `Drive`, which every integrator adds to the
/// frequency, at every stage.
fn second_harmonic(
    law: Res<SecondHarmonic>,
    phases: Query<&Phase>,
    mut agents: Query<(&Phase, &Neighbors, &mut Drive)>,
) {
    for (own, neighbors, mut drive) in &mut agents {
        let pulls = phases.iter_many(neighbors).flatten().map(|other| (2.0 * (other.0 - own.0)).sin());
        drive.0 = law.0 * pulls.sum::<f64>() / neighbors.len().max(1) as f64;
    }
}

fn main() -> Result {
    let mut app = App::new();
    app.add_plugins(SwarmPlugins::new(Update).build().disable::<CouplingPlugin>());
    app.insert_resource(SecondHarmonic(2.0));
    app.insert_resource(TimeStep { seconds: 0.02, integrator: Integrator::Rk4 });
    app.add_systems(SwarmSchedule, second_harmonic.in_set(StepSystems::Couple));

    let agents = 300;
    let graph = Topology::SmallWorld { agents, neighbors: 10, rewire: 0.3 }.build(3)?;
    let phases: Vec<f64> = (0..agents as u64).map(|i| PhaseDistribution::Uniform.draw(3, i)).collect();
    let spawned = SwarmSpawner::new(&graph).phases(&phases).spawn(app.world_mut())?;
    app.world_mut().insert_batch(spawned.into_iter().map(|agent| (agent, Drive(0.0))));

    let mut now = Vec::new();
    for _ in 0..=10 {
        read_phases(app.world_mut(), &mut now);
        let seconds = app.world().resource::<SwarmClock>().seconds();
        let (r, r2) = (order_parameter(&now), harmonic_order_parameter(&now, 2));
        let (r, r2) = (r.unwrap_or_default().r, r2.unwrap_or_default().r);
        println!("t = {seconds:4.1} s  R = {r:.3}  R₂ = {r2:.3}");
        (0..100).for_each(|_| app.update());
    }
    Ok(())
}
