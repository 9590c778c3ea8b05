//! An integrator of one's own in place of the built-in one: without `IntegrationPlugin`, a system in
//! `StepSystems::Integrate` moves the phases. This one is the two-step method of Adams and Bashforth (1883): it asks
//! for the rates once per step, like Euler's, and is of second order, like Heun's, because it remembers the rate before.
//! Prints the largest error after 4 s beside Euler's, for ever shorter steps: half the step leaves about a half of the
//! one and a quarter of the other.
//!
//!     cargo run --release --example replace_integrator

use bevy_app::{App, PluginGroup, Update};
use bevy_ecs::prelude::*;
use lampyrid::{
    kernel::wrap::wrap,
    prelude::*,
    swarm::{IntegrationPlugin, SwarmSchedule, SwarmSnapshot, read_phases},
};

const SECONDS: f64 = 4.0;

/// The rate of the step before \[rad/s\].
#[derive(Component)]
struct Before(f64);

fn adams_bashforth(
    (snapshot, coupling, time_step): (SwarmSnapshot, Res<Coupling>, Res<TimeStep>),
    mut agents: Query<(&mut Phase, &Frequency, Option<&mut Before>, Entity)>,
    mut commands: Commands,
) {
    let mean = snapshot.order_parameter().unwrap_or_default();
    for (mut phase, frequency, before, agent) in &mut agents {
        let rate = frequency.0 + coupling.strength * mean.r * (mean.psi - phase.0).sin();
        let mixed = before.as_ref().map_or(rate, |before| 1.5 * rate - 0.5 * before.0);
        phase.0 = wrap(phase.0 + time_step.seconds * mixed);
        match before {
            Some(mut before) => before.0 = rate,
            None => _ = commands.entity(agent).insert(Before(rate)),
        }
    }
}

#[derive(Clone, Copy)]
enum Method {
    Built(Integrator),
    Own,
}

/// The phases after the same time, by a method and a step.
fn end(method: Method, steps: u32) -> Vec<f64> {
    let mut app = App::new();
    let plugins = SwarmPlugins::new(Update).build();
    let integrator = match method {
        Method::Built(integrator) => {
            app.add_plugins(plugins);
            integrator
        }
        Method::Own => {
            app.add_plugins(plugins.disable::<IntegrationPlugin>());
            app.add_systems(SwarmSchedule, adams_bashforth.in_set(StepSystems::Integrate));
            Integrator::Euler // one stage per step
        }
    };
    app.insert_resource(TimeStep { seconds: SECONDS / f64::from(steps), integrator });
    app.insert_resource(Coupling { strength: 2.0, all_to_all: true, ..Coupling::default() });
    for id in 0..200 {
        let frequency = Frequency(FrequencyDistribution::Normal { mean: 1.0, std: 0.5 }.draw(4, id));
        app.world_mut().spawn((Phase(PhaseDistribution::Uniform.draw(4, id)), frequency));
    }
    (0..steps).for_each(|_| app.update());
    let mut phases = Vec::new();
    read_phases(app.world_mut(), &mut phases);
    phases
}

fn main() {
    let exact = end(Method::Built(Integrator::Rk4), 4096);
    let error = |method, steps| {
        let apart = |(a, b): (&f64, &f64)| (a - b).sin().abs();
        end(method, steps).iter().zip(&exact).map(apart).fold(0.0, f64::max)
    };
    println!("{:>11} {:>12} {:>18}", "step", "Euler", "Adams-Bashforth");
    for steps in [64, 128, 256, 512] {
        let (euler, own) = (error(Method::Built(Integrator::Euler), steps), error(Method::Own, steps));
        println!("{:>9} s {euler:>12.2e} {own:>18.2e}", SECONDS / f64::from(steps));
    }
}
