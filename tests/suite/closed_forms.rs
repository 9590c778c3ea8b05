//! Swarms whose motion is known in closed form.
//!
//! Each test sets up a problem, steps it through the ECS and compares with the formula at its
//! head. Frequencies of distributions are exact quantiles, so no tail is clipped.

use std::f64::consts::{PI, TAU};

use bevy_ecs::world::World;
use lampyrid::prelude::*;

/// A world with agents on a graph, integrated by RK4 unless changed.
fn swarm(graph: &Adjacency, phases: &[f64], frequencies: &[f64], coupling: Coupling, dt: f64) -> World {
    let mut world = World::new();
    install_swarm(&mut world);
    world.insert_resource(coupling);
    world.insert_resource(TimeStep { seconds: dt, integrator: Integrator::Rk4 });
    SwarmSpawner::new(graph).phases(phases).frequencies(frequencies).spawn(&mut world).unwrap();
    world
}

fn phases(world: &mut World) -> Vec<f64> {
    agent_states(world).iter().map(|state| state.phase).collect()
}

/// The difference of two angles in (−π, π].
fn apart(a: f64, b: f64) -> f64 {
    let turn = (a - b).rem_euclid(TAU);
    if turn > PI { turn - TAU } else { turn }
}

fn pair() -> Adjacency {
    Adjacency::from_parts(vec![0, 1, 2], vec![1, 0], None).unwrap()
}

fn strength(strength: f64) -> Coupling {
    Coupling { strength, ..Coupling::default() }
}

fn mean_field(strength: f64, noise: f64) -> Coupling {
    Coupling { strength, noise, all_to_all: true, ..Coupling::default() }
}

/// Adler (1946): φ = θ₂ − θ₁ obeys dφ/dt = Δω − 2K sin φ and settles at sin φ = Δω / 2K.
#[test]
fn two_oscillators_within_the_locking_range_settle_at_the_adler_phase() {
    let (k, detuning) = (0.8, 1.2);
    let mut world = swarm(&pair(), &[0.0, 3.0], &[1.0, 1.0 + detuning], strength(k), 0.01);
    advance(&mut world, 6000).unwrap();
    let theta = phases(&mut world);
    assert!((apart(theta[1], theta[0]) - (detuning / (2.0 * k)).asin()).abs() < 1e-12);
}

/// Outside the range φ drifts with period 2π / √(Δω² − 4K²).
#[test]
fn two_oscillators_beyond_the_locking_range_drift_with_the_beat_period() {
    let (k, detuning) = (0.5_f64, 1.3_f64);
    let period = TAU / (detuning * detuning - 4.0 * k * k).sqrt();
    let steps: u32 = 2000;
    let mut world = swarm(&pair(), &[0.2, 0.9], &[-0.3, -0.3 + detuning], strength(k), period / f64::from(steps));
    advance(&mut world, steps.into()).unwrap();
    let theta = phases(&mut world);
    assert!((apart(theta[1], theta[0]) - 0.7).abs() < 1e-9);
    advance(&mut world, u64::from(steps) / 2).unwrap();
    let theta = phases(&mut world);
    assert!((apart(theta[1], theta[0]) - 0.7).abs() > 0.5, "half a period is not a period");
}

/// With Δω = 0: tan(φ/2) = tan(φ₀/2) e^{−2Kt}.
#[test]
fn halving_the_step_divides_the_error_by_two_to_the_order() {
    let (k, time, start) = (1.0_f64, 1.0_f64, 2.0_f64);
    let exact = 2.0 * ((start / 2.0).tan() * (-2.0 * k * time).exp()).atan();
    let error = |integrator, steps: u32| {
        let mut world = swarm(&pair(), &[1.0, 1.0 + start], &[5.0, 5.0], strength(k), time / f64::from(steps));
        world.resource_mut::<TimeStep>().integrator = integrator;
        advance(&mut world, steps.into()).unwrap();
        let theta = phases(&mut world);
        (apart(theta[1], theta[0]) - exact).abs()
    };
    for (integrator, steps) in [(Integrator::Euler, 800), (Integrator::Heun, 200), (Integrator::Rk4, 40)] {
        let expected = f64::from(1 << integrator.order());
        let ratio = error(integrator, steps) / error(integrator, 2 * steps);
        assert!((ratio / expected - 1.0).abs() < 0.1, "{integrator:?}: {ratio}");
    }
}

/// Around the q-twisted state of a ring of nearest neighbours, a ripple of wave number m decays at
/// the rate K cos(2πq/N) (1 − cos(2πm/N)) (Wiley, Strogatz & Girvan 2006).
#[test]
fn ripples_on_a_twisted_ring_decay_at_the_rate_of_their_wave_number() {
    let (n, k, q) = (40, 1.5, 3.0);
    let ring = Topology::Ring { agents: n, neighbors: 2 }.build(0).unwrap();
    for m in [1.0, 2.0, 7.0, 20.0] {
        let ripple = |i: usize| (TAU * m * i as f64 / n as f64).cos();
        let twisted = |i: usize| TAU * q * i as f64 / n as f64;
        let amplitude = 1e-5;
        let start: Vec<f64> = (0..n).map(|i| twisted(i) + amplitude * ripple(i)).collect();
        let mut world = swarm(&ring, &start, &vec![0.0; n], strength(k), 0.02);
        advance(&mut world, 100).unwrap();
        let norm: f64 = (0..n).map(|i| ripple(i) * ripple(i)).sum();
        let left: f64 =
            phases(&mut world).iter().enumerate().map(|(i, &theta)| apart(theta, twisted(i)) * ripple(i)).sum();
        let rate = -(left / norm / amplitude).ln() / 2.0;
        let expected = k * (TAU * q / n as f64).cos() * (1.0 - (TAU * m / n as f64).cos());
        assert!((rate / expected - 1.0).abs() < 1e-6, "m = {m}: {rate} instead of {expected}");
    }
}

/// A hub of frequency ω_h and n leaves of frequency ω, coupling summed: they lock with
/// sin(θ_h − θ_l) = (ω_h − ω) / (K (n + 1)) at the frequency ω + (ω_h − ω)/(n + 1), if that sine
/// exists.
#[test]
fn a_star_locks_at_its_mean_frequency_and_not_beyond_its_range() {
    let leaves = 9;
    let star = Topology::Star { agents: leaves + 1 }.build(0).unwrap();
    let run = |hub: f64| {
        let mut frequencies = vec![0.4; leaves + 1];
        frequencies[0] = hub;
        let start: Vec<f64> = (0..=leaves).map(|i| 0.1 * i as f64).collect();
        let coupling = Coupling { normalization: Normalization::Sum, ..strength(0.3) };
        let mut world = swarm(&star, &start, &frequencies, coupling, 0.01);
        advance(&mut world, 20_000).unwrap();
        let before = phases(&mut world);
        advance(&mut world, 100).unwrap();
        let after = phases(&mut world);
        (apart(before[0], before[1]), apart(after[0], before[0]), apart(after[1], before[1]))
    };
    let (lag, hub_turn, leaf_turn) = run(2.4);
    let sine: f64 = 2.0 / (0.3 * 10.0);
    assert!((lag - sine.asin()).abs() < 1e-10);
    assert!((hub_turn - (0.4 + 0.2)).abs() < 1e-10 && (leaf_turn - (0.4 + 0.2)).abs() < 1e-10);
    let (_, hub_turn, leaf_turn) = run(4.4); // the sine would be 1.33
    assert!((hub_turn - leaf_turn).abs() > 0.1);
}

/// Equal phases with a lag turn at Ω = ω − K sin α (Sakaguchi & Kuramoto 1986).
#[test]
fn a_phase_lag_slows_the_synchronous_state_by_k_sin_alpha() {
    let ring = Topology::Ring { agents: 10, neighbors: 4 }.build(0).unwrap();
    for all_to_all in [false, true] {
        let coupling = Coupling { phase_lag: 0.7, all_to_all, ..strength(2.0) };
        let mut world = swarm(&ring, &[1.0; 10], &[0.9; 10], coupling, 0.01);
        advance(&mut world, 100).unwrap();
        let expected = 1.0 + 0.9 - 2.0 * 0.7_f64.sin();
        for theta in phases(&mut world) {
            assert!(apart(theta, expected).abs() < 1e-12);
        }
    }
}

/// The frequencies of a Lorentzian of half-width γ around 0, as exact quantiles.
fn lorentzian(n: usize, half_width: f64) -> Vec<f64> {
    let law = FrequencyDistribution::Lorentzian { center: 0.0, half_width };
    (0..n).map(|i| law.exact(i, n)).collect()
}

/// Kuramoto (1975): above K_c = 2γ the stationary R is √(1 − K_c/K).
#[test]
fn a_lorentzian_swarm_settles_at_the_kuramoto_branch() {
    let (n, gamma) = (5000, 0.5);
    let none = Adjacency::without_links(n).unwrap();
    for k in [1.3, 2.0, 4.0] {
        let mut world = swarm(&none, &vec![0.0; n], &lorentzian(n, gamma), mean_field(k, 0.0), 0.05);
        advance(&mut world, 600).unwrap();
        let r = (0..20)
            .map(|_| {
                advance(&mut world, 10).unwrap();
                coherence(&mut world).unwrap().r
            })
            .sum::<f64>()
            / 20.0;
        let expected = (1.0 - 2.0 * gamma / k).sqrt();
        assert!((r - expected).abs() < 0.005, "K = {k}: R = {r} instead of {expected}");
    }
}

/// Ott & Antonsen (2008): dR/dt = −γR + (K/2) R (1 − R²); with u = R² and g = K − 2γ this is
/// logistic: u(t) = g u₀ / (K u₀ + (g − K u₀) e^{−gt}). Equal phases lie on the manifold.
#[test]
fn the_transient_of_a_lorentzian_swarm_is_that_of_ott_and_antonsen() {
    let (n, gamma) = (5000, 0.5);
    let none = Adjacency::without_links(n).unwrap();
    for k in [0.5, 2.0] {
        let mut world = swarm(&none, &vec![1.0; n], &lorentzian(n, gamma), mean_field(k, 0.0), 0.02);
        let g: f64 = k - 2.0 * gamma;
        for _ in 0..15 {
            advance(&mut world, 10).unwrap();
            let t = world.resource::<SwarmClock>().seconds();
            let expected = (g / (k + (g - k) * (-g * t).exp())).sqrt();
            let r = coherence(&mut world).unwrap().r;
            // The tails are thinner than their law: of n quantiles √(γn/πt) and more from the centre,
            // neighbours have turned apart. That leaves noise of this order.
            assert!((r - expected).abs() < 0.005, "K = {k}, t = {t}: R = {r} instead of {expected}");
        }
    }
}

/// Below K_c the swarm stays as incoherent as its size allows.
#[test]
fn a_lorentzian_swarm_below_the_critical_coupling_forgets_its_order() {
    let n = 5000;
    let none = Adjacency::without_links(n).unwrap();
    let mut world = swarm(&none, &vec![1.0; n], &lorentzian(n, 0.5), mean_field(0.6, 0.0), 0.05);
    advance(&mut world, 600).unwrap();
    let r = coherence(&mut world).unwrap().r;
    assert!(r < 5.0 / (n as f64).sqrt(), "R = {r}");
}

/// Without coupling a phase diffuses: its variance is 2Dt.
#[test]
fn free_phases_diffuse_by_two_d_t() {
    let (n, d) = (20_000, 0.01);
    let none = Adjacency::without_links(n).unwrap();
    for integrator in [Integrator::Euler, Integrator::Heun, Integrator::Rk4] {
        let coupling = Coupling { noise: d, ..strength(0.0) };
        let mut world = swarm(&none, &vec![2.0; n], &vec![0.5; n], coupling, 0.05);
        world.resource_mut::<TimeStep>().integrator = integrator;
        world.insert_resource(SwarmSeed(4));
        advance(&mut world, 40).unwrap();
        let moved: Vec<f64> = phases(&mut world).iter().map(|&theta| apart(theta, 3.0)).collect();
        let mean = moved.iter().sum::<f64>() / n as f64;
        let variance = moved.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n as f64;
        let expected = 2.0 * d * 2.0;
        // Standard errors: σ/√n of the mean, √(2/n) relative of the variance.
        assert!(mean.abs() < 4.0 * (expected / n as f64).sqrt(), "{integrator:?}: mean {mean}");
        assert!(
            (variance / expected - 1.0).abs() < 4.0 * (2.0 / n as f64).sqrt(),
            "{integrator:?}: variance {variance}"
        );
    }
}

/// Identical noisy oscillators, all to all: R = I₁(KR/D) / I₀(KR/D) (Sakaguchi 1988).
#[test]
fn a_noisy_swarm_settles_where_the_bessel_ratio_says() {
    let (n, k, d) = (4000, 1.0, 0.3);
    let bessel = |order: i32, x: f64| {
        let cells = 2000;
        (0..cells)
            .map(|i| PI * (f64::from(i) + 0.5) / f64::from(cells))
            .map(|t| (x * t.cos()).exp() * (f64::from(order) * t).cos())
            .sum::<f64>()
    };
    let expected = (0..200).fold(1.0, |r, _| bessel(1, k * r / d) / bessel(0, k * r / d));
    let none = Adjacency::without_links(n).unwrap();
    let mut world = swarm(&none, &vec![0.0; n], &vec![0.0; n], mean_field(k, d), 0.05);
    world.resource_mut::<TimeStep>().integrator = Integrator::Heun;
    advance(&mut world, 400).unwrap();
    let reads = 40;
    let r = (0..reads)
        .map(|_| {
            advance(&mut world, 20).unwrap();
            coherence(&mut world).unwrap().r
        })
        .sum::<f64>()
        / f64::from(reads);
    assert!((r - expected).abs() < 0.015, "R = {r} instead of {expected}");
}

/// Symmetric coupling, summed, moves no mean: Σ dθ/dt = Σ ω.
#[test]
fn symmetric_coupling_leaves_the_mean_phase_to_the_mean_frequency() {
    let n = 60;
    let graph = Topology::SmallWorld { agents: n, neighbors: 6, rewire: 0.3 }.build(5).unwrap();
    let start: Vec<f64> = (0..n).map(|i| (1.7 * i as f64) % TAU).collect();
    let frequencies: Vec<f64> = (0..n).map(|i| (i as f64 * 0.37).sin()).collect();
    let coupling = Coupling { normalization: Normalization::Sum, ..strength(0.4) };
    let mut world = swarm(&graph, &start, &frequencies, coupling, 0.02);
    world.resource_mut::<TimeStep>().integrator = Integrator::Heun;
    let mut turned = 0.0;
    let mut before = phases(&mut world);
    let steps = 5000;
    for _ in 0..steps {
        advance(&mut world, 1).unwrap();
        let after = phases(&mut world);
        turned += after.iter().zip(&before).map(|(&a, &b)| apart(a, b)).sum::<f64>();
        before = after;
    }
    let expected = frequencies.iter().sum::<f64>() * 0.02 * f64::from(steps);
    assert!((turned - expected).abs() < 1e-10, "off by {:e}", turned - expected);
}

/// Alone, an agent is never moved by anything but its own frequency.
#[test]
fn isolated_agents_turn_at_their_natural_frequency() {
    let none = Adjacency::without_links(3).unwrap();
    let omega = [0.3, -2.0, 50.0];
    let mut world = swarm(&none, &[1.0, 2.0, 3.0], &omega, strength(5.0), 0.01);
    advance(&mut world, 3000).unwrap();
    for (state, start) in agent_states(&mut world).iter().zip([1.0, 2.0, 3.0]) {
        assert!(apart(state.phase, start + 30.0 * state.frequency).abs() < 1e-11);
    }
}
