//! Whatever the standard library brings (other processor instructions, errors for `?`), no bit of a
//! result depends on it. Run with and without the feature `std`, this comes to one hash.

use lampyrid_graph::Topology;
use lampyrid_kernel::{
    Level, Normalization, Phasor, SineCoupling,
    coupling::{Network, network_rates},
    draw::{FrequencyDistribution, PhaseDistribution},
    integrate::rotate,
    noise,
    phasor::{Phasors, sin_cos},
};
use lampyrid_measure::{PhaseHasher, mean_local_coherence};

const SEED: u64 = 7;
const AGENTS: u64 = 500;
const DT: f64 = 0.01;

#[test]
fn a_noisy_swarm_of_plain_slices_has_one_hash_with_and_without_std() {
    let network = Topology::SmallWorld { agents: AGENTS as usize, neighbors: 8, rewire: 0.1 }.build(SEED).unwrap();
    let coupling = SineCoupling::new(2.0, 0.1, Normalization::Degree);
    let law = FrequencyDistribution::Lorentzian { center: 1.0, half_width: 0.1 };
    let ids: Vec<u64> = (0..AGENTS).collect();
    let frequencies: Vec<f64> = ids.iter().map(|&id| law.draw(SEED, id)).collect();
    let mut phases: Vec<f64> = ids.iter().map(|&id| PhaseDistribution::Uniform.draw(SEED, id)).collect();
    let mut phasors = vec![Phasor::ZERO; phases.len()];
    let mut moved = vec![0.0; phases.len()];
    let level = Level::detect();
    for step in 0..500 {
        sin_cos(level, &phases, &mut phasors);
        let seen = Network {
            rows: network.rows(),
            phasors: Phasors::Double(&phasors),
            agents: phases.len(),
            fetch_ahead: false,
        };
        network_rates(level, &coupling, seen, 0, &[], &mut moved);
        moved.iter_mut().for_each(|rate| *rate *= DT);
        noise::add_white(level, &mut moved, &ids, SEED, step, noise::deviation(0.01, DT));
        rotate(level, &mut phases, &frequencies, &moved, DT);
    }
    let mut hasher = PhaseHasher::default();
    phases.iter().for_each(|&phase| hasher.add(phase));
    hasher.add(mean_local_coherence(&network, &phases).unwrap());
    assert_eq!(hasher.finish(), "90a1d20415b8d059");
}
