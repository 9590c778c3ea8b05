//! The coupling law: how fast an agent's neighbours turn its phase.
//!
//! Kuramoto (1975), with the phase lag of Sakaguchi & Kuramoto (1986):
//!
//! ```text
//! rate_i = K H_i        H_i = (1/n_i) Σ_j w_ij sin(θ_j − θ_i − α)
//! ```
//!
//! One cosine and one sine per agent are enough, since
//! sin(θ_j − θ_i − α) = s_j cos(θ_i + α) − c_j sin(θ_i + α): the sums (Σ w c_j, Σ w s_j) are the
//! agent's *local field*.

use lampyrid_graph::Rows;

use crate::{
    Level, Phasor,
    integrate::rotated,
    level::{Neighborhood, at_every_level},
    phasor::{Phasors, Stored},
    turn::{CHAINS, LANES, in_whole_turns, turns, turns_mut},
};

/// What the sum over an agent's neighbours is divided by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Normalization {
    /// The number of its neighbours, n_i = |N(i)|, weighted or not.
    #[default]
    Degree,
    /// Nothing: n_i = 1.
    Sum,
    /// The number of agents: n_i = N.
    Size,
}

/// From so many agents on, their phasors no longer fit into the second-level cache of most
/// processors (512 kB), and rows are quicker as they lie than in another order.
const WIDE_TABLE: usize = 1 << 15;

/// From so many agents on, phasors come from so far away that asking for them ahead of time pays.
const FAR_TABLE: usize = 1 << 18;

/// So many agents before and after a block are close: their phasors (128 kB either way) are still in
/// the second-level cache when they are read again.
const NEAR: usize = 1 << 13;

/// The sine coupling of one swarm, ready for the kernels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SineCoupling {
    strength: f64,
    lag: Phasor,
    normalization: Normalization,
}

impl SineCoupling {
    /// Coupling strength K \[rad/s\], phase lag α \[rad\] and normalisation. Neither number is
    /// checked; a NaN gives NaN rates.
    #[must_use]
    pub fn new(strength: f64, phase_lag: f64, normalization: Normalization) -> Self {
        Self { strength, lag: Phasor::from_angle(phase_lag), normalization }
    }

    /// What the mean phasor of the swarm pulls with: K R e^{i(ψ − α)}.
    #[inline(always)]
    fn pull(&self, mean: Phasor) -> Phasor {
        mean.turned_back_by(self.lag).times(self.strength)
    }

    /// Whether no phase of another agent can move any agent: K = 0.
    #[must_use]
    pub fn is_off(&self) -> bool {
        self.strength == 0.0
    }
}

/// A network and what its nodes publish.
#[derive(Clone, Copy, Debug)]
pub struct Network<'a> {
    /// Who listens to whom.
    pub rows: Rows<'a>,
    /// (cos θ, sin θ) of every node.
    pub phasors: Phasors<'a>,
    /// How many nodes stand for an agent: N of [`Normalization::Size`].
    pub agents: usize,
    /// Whether to ask for phasors ahead of time: see [`fetching_pays`].
    pub fetch_ahead: bool,
}

/// Writes `K H_i` \[rad/s\] of the rows `first .. first + rates.len()` of a network.
///
/// An agent without neighbours gets 0. Neighbours are summed in the order of their row, even and odd
/// places apart.
///
/// `visits` names the rows to compute, counted from `first`, in the order to do so, best that of
/// [`by_degree`] where [`order_pays`]; if it is empty, all are computed as they lie. Rows it leaves
/// out keep their rate. Where phasors are fetched ahead, `visits` is not looked at.
///
/// From [`Phasors::Single`], a rate is off by no more than |K| 2⁻²³·⁵ Σ_j |w_ij| / n_i, and what is left of
/// `f64`'s own rounding: either end of a link is off by 2⁻²⁴·⁵ at most, in the plane.
///
/// # Panics
///
/// If there are not as many phasors as nodes, the rows reach beyond the last, or `visits` names one
/// beyond them.
pub fn network_rates(
    level: Level,
    coupling: &SineCoupling,
    network: Network<'_>,
    first: usize,
    visits: &[u16],
    rates: &mut [f64],
) {
    match network.phasors {
        Phasors::Double(phasors) => rates_by(phasors, level, coupling, network, first, visits, rates),
        Phasors::Single(phasors) => rates_by(phasors, level, coupling, network, first, visits, rates),
    }
}

/// [`network_rates`] by the network's phasors, however they are kept.
#[inline]
fn rates_by<P: Stored>(
    phasors: &[P],
    level: Level,
    coupling: &SineCoupling,
    Network { rows, agents, fetch_ahead, .. }: Network<'_>,
    first: usize,
    visits: &[u16],
    rates: &mut [f64],
) {
    let neighborhood = Neighborhood::new(rows, phasors);
    match (neighborhood.weighted(), fetch_ahead, visits.is_empty()) {
        (false, false, true) => rates_near(level, coupling, neighborhood, agents, first, rates),
        (false, false, false) => rates_in_order(level, coupling, neighborhood, agents, first, visits, rates),
        (false, true, _) => rates_far(level, coupling, neighborhood, agents, first, rates),
        (true, false, true) => weighted_rates_near(level, coupling, neighborhood, agents, first, rates),
        (true, false, false) => weighted_rates_in_order(level, coupling, neighborhood, agents, first, visits, rates),
        (true, true, _) => weighted_rates_far(level, coupling, neighborhood, agents, first, rates),
    }
}

/// Whether [`network_rates`] is quicker when phasors are asked for ahead of time: if there are many
/// and more than one link in 64 leads to an agent whose phasor no neighbouring row has just read.
/// In rings, lattices and other networks whose ids tell where nodes are, hardly any does.
///
/// It goes through all links: ask once per network.
#[must_use]
pub fn fetching_pays(rows: Rows<'_>) -> bool {
    let is_far = |row: usize, column: u32| row.abs_diff(column as usize) > NEAR;
    let far = |row| rows.neighbors(row).iter().filter(|&&column| is_far(row, column)).count();
    let links = |row| rows.degree(row);
    let all = || 0..rows.nodes();
    may_be_far(rows.nodes()) && all().map(far).sum::<usize>() > all().map(links).sum::<usize>() / 64
}

/// Whether there are so many agents that [`fetching_pays`] in most networks.
#[must_use]
pub fn may_be_far(agents: usize) -> bool {
    agents >= FAR_TABLE
}

/// Whether [`network_rates`] is quicker for rows of uneven degrees that are visited [`by_degree`]:
/// fewer than 2,048 repeat themselves often enough for a processor to learn when each ends, and
/// from 32,768 on it costs more to leave the order that they lie in. Measured with 1,000 to 524,288.
#[must_use]
pub fn order_pays(agents: usize) -> bool {
    (2048..WIDE_TABLE).contains(&agents)
}

/// Fills `visits` with the rows `first .. first + visits.len()`, counted from `first`, those of equal degree one after the other.
///
/// A loop over a row's links ends after as many as the one before it did, which processors foresee.
/// In networks of uneven degrees every other loop otherwise ends by surprise, at the price of four
/// links.
///
/// # Panics
///
/// If the rows reach beyond the last, or are more than 2¹⁶.
pub fn by_degree(rows: Rows<'_>, first: usize, visits: &mut [u16]) {
    for (place, visit) in visits.iter_mut().enumerate() {
        *visit = u16::try_from(place).expect("no more rows than 16 bits can count");
    }
    visits.sort_unstable_by_key(|&place| (rows.degree(first + usize::from(place)), place));
}

at_every_level! {
    fn rates_near<P: Stored>(coupling: &SineCoupling, neighborhood: Neighborhood<'_, P>, agents: usize, first: usize, rates: &mut [f64]) {
        rows::<_, false, false>(coupling, neighborhood, agents, first, rates);
    }

    fn rates_far<P: Stored>(coupling: &SineCoupling, neighborhood: Neighborhood<'_, P>, agents: usize, first: usize, rates: &mut [f64]) {
        rows::<_, false, true>(coupling, neighborhood, agents, first, rates);
    }

    fn rates_in_order<P: Stored>(
        coupling: &SineCoupling,
        neighborhood: Neighborhood<'_, P>,
        agents: usize,
        first: usize,
        visits: &[u16],
        rates: &mut [f64],
    ) {
        rows_in_order::<_, false>(coupling, neighborhood, agents, first, visits, rates);
    }

    fn weighted_rates_near<P: Stored>(coupling: &SineCoupling, neighborhood: Neighborhood<'_, P>, agents: usize, first: usize, rates: &mut [f64]) {
        rows::<_, true, false>(coupling, neighborhood, agents, first, rates);
    }

    fn weighted_rates_far<P: Stored>(coupling: &SineCoupling, neighborhood: Neighborhood<'_, P>, agents: usize, first: usize, rates: &mut [f64]) {
        rows::<_, true, true>(coupling, neighborhood, agents, first, rates);
    }

    fn weighted_rates_in_order<P: Stored>(
        coupling: &SineCoupling,
        neighborhood: Neighborhood<'_, P>,
        agents: usize,
        first: usize,
        visits: &[u16],
        rates: &mut [f64],
    ) {
        rows_in_order::<_, true>(coupling, neighborhood, agents, first, visits, rates);
    }

    /// Writes `K R sin(ψ − θ_i − α)` \[rad/s\] for each agent of a block, given by the cosines and
    /// sines of its phases: all-to-all coupling by the mean phasor R e^{iψ} of the whole swarm
    /// (Kuramoto 1975).
    ///
    /// The agent itself is part of the mean, so the sum contains its own term sin(−α).
    ///
    /// # Panics
    ///
    /// If the slices differ in length.
    pub fn mean_field_rates(
        coupling: &SineCoupling,
        mean: Phasor,
        cosines: &[f64],
        sines: &[f64],
        rates: &mut [f64],
    ) {
        assert_eq!(cosines.len(), rates.len(), "one rate per cosine");
        assert_eq!(sines.len(), rates.len(), "one rate per sine");
        let pull = coupling.pull(mean);
        for ((rate, &cos), &sin) in rates.iter_mut().zip(cosines).zip(sines) {
            *rate = sine_to(pull, Phasor { cos, sin });
        }
    }

    /// A whole Euler step of a block under the mean field: what [`mean_field_rates`],
    /// [`scale`](crate::integrate::scale) and [`rotate`](crate::integrate::rotate) do one after
    /// the other, to the bit, in one pass. All-to-all coupling does so little for each agent that
    /// storing its rates in between is a fifth of the work.
    ///
    /// # Panics
    ///
    /// If the slices differ in length.
    pub fn mean_field_euler(
        coupling: &SineCoupling,
        mean: Phasor,
        cosines: &[f64],
        sines: &[f64],
        phases: &mut [f64],
        frequencies: &[f64],
        dt: f64,
    ) {
        assert_eq!(phases.len(), cosines.len(), "one cosine per phase");
        assert_eq!(phases.len(), sines.len(), "one sine per phase");
        assert_eq!(phases.len(), frequencies.len(), "one frequency per phase");
        let pull = coupling.pull(mean);
        let moved = |phase: f64, frequency: f64, cos: f64, sin: f64| {
            rotated(phase, frequency, sine_to(pull, Phasor { cos, sin }) * dt, dt)
        };
        let whole = in_whole_turns(phases.len());
        let columns = turns(frequencies).iter().zip(turns(cosines)).zip(turns(sines));
        for (phases, ((frequencies, cosines), sines)) in turns_mut(phases).iter_mut().zip(columns) {
            for lane in 0..LANES {
                let next: [f64; CHAINS] = core::array::from_fn(|chain| {
                    moved(phases[chain][lane], frequencies[chain][lane], cosines[chain][lane], sines[chain][lane])
                });
                (0..CHAINS).for_each(|chain| phases[chain][lane] = next[chain]);
            }
        }
        let rest = frequencies[whole..].iter().zip(&cosines[whole..]).zip(&sines[whole..]);
        for (phase, ((&frequency, &cos), &sin)) in phases[whole..].iter_mut().zip(rest) {
            *phase = moved(*phase, frequency, cos, sin);
        }
    }
}

/// Im(field · conj(own)): Σ sin(θ_j − θ_i) when `field` is Σ e^{iθ_j} and `own` is e^{iθ_i}.
#[inline(always)]
fn sine_to(field: Phasor, own: Phasor) -> f64 {
    field.sin * own.cos - field.cos * own.sin
}

/// The rates of all rows as they lie.
#[inline(always)]
fn rows<P: Stored, const WEIGHTED: bool, const FAR: bool>(
    coupling: &SineCoupling,
    neighborhood: Neighborhood<'_, P>,
    agents: usize,
    first: usize,
    rates: &mut [f64],
) {
    let mut gain = Gain::new(coupling, agents);
    let block = neighborhood.block(first, rates.len());
    for (place, rate) in rates.iter_mut().enumerate() {
        if FAR {
            neighborhood.fetch_ahead(first + place);
        }
        let (degree, field) = block.field::<WEIGHTED>(place);
        let own = block.phasor(place).turned_by(coupling.lag);
        *rate = gain.at::<FAR>(degree) * sine_to(field, own);
    }
}

/// The rates of the rows that `visits` names.
#[inline(always)]
fn rows_in_order<P: Stored, const WEIGHTED: bool>(
    coupling: &SineCoupling,
    neighborhood: Neighborhood<'_, P>,
    agents: usize,
    first: usize,
    visits: &[u16],
    rates: &mut [f64],
) {
    let mut gain = Gain::new(coupling, agents);
    let block = neighborhood.block(first, rates.len());
    for place in visits.iter().map(|&place| usize::from(place)) {
        let (degree, field) = block.field::<WEIGHTED>(place);
        let own = block.phasor(place).turned_by(coupling.lag);
        rates[place] = gain.at::<true>(degree) * sine_to(field, own);
    }
}

/// K / n_i.
struct Gain {
    strength: f64,
    by_degree: bool,
    degree: usize,
    gain: f64,
}

impl Gain {
    #[inline(always)]
    fn new(coupling: &SineCoupling, agents: usize) -> Self {
        let by_degree = coupling.normalization == Normalization::Degree;
        let common = if coupling.normalization == Normalization::Size { agents } else { 1 };
        Self { strength: coupling.strength, by_degree, degree: 1, gain: coupling.strength / common as f64 }
    }

    /// Of a row of this degree. If `ANEW` is false it divides only where the degree differs from the
    /// row's before. That is quicker where rows lie in the cache and a processor learns when they
    /// differ; where phasors are fetched ahead, or rows visited in order, dividing anew was measured
    /// to be.
    #[inline(always)]
    fn at<const ANEW: bool>(&mut self, degree: usize) -> f64 {
        if self.by_degree && (ANEW || degree != self.degree) {
            self.degree = degree;
            self.gain = self.strength / degree.max(1) as f64;
        }
        self.gain
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ExactSum, integrate, phasor};
    use lampyrid_graph::{Adjacency, Topology};
    use proptest::prelude::*;
    use std::vec::Vec;

    const NODES: usize = 700;

    fn phases() -> Vec<f64> {
        (0..NODES).map(|i| 0.77 * i as f64 % 6.2).collect()
    }

    fn phasors<P: Stored>(phases: &[f64]) -> Vec<P> {
        let mut phasors = std::vec![P::default(); phases.len()];
        assert!(phasor::sin_cos(Level::detect(), phases, &mut phasors));
        phasors
    }

    fn columns(phasors: &[Phasor]) -> (Vec<f64>, Vec<f64>) {
        phasors.iter().map(|phasor| (phasor.cos, phasor.sin)).unzip()
    }

    /// A network with nodes that hear nobody, and its copy with weights.
    fn networks() -> [Adjacency; 2] {
        let plain = Topology::Random { agents: NODES, probability: 0.005 }.build(3).unwrap();
        assert!((0..NODES).any(|node| plain.degree(node) == 0));
        let weights = (0..plain.links()).map(|link| (link as f64).sin()).collect();
        let weighted = Adjacency::from_parts(plain.offsets().to_vec(), plain.columns().to_vec(), Some(weights));
        [plain, weighted.unwrap()]
    }

    fn network<'a>(adjacency: &'a Adjacency, phasors: Phasors<'a>) -> Network<'a> {
        Network { rows: adjacency.rows(), phasors, agents: adjacency.nodes(), fetch_ahead: false }
    }

    /// In two blocks, the second visited by degree.
    fn rates(level: Level, coupling: &SineCoupling, adjacency: &Adjacency, phasors: Phasors<'_>) -> Vec<f64> {
        let network = network(adjacency, phasors);
        let mut rates = std::vec![f64::NAN; adjacency.nodes()];
        let (head, tail) = rates.split_at_mut(301);
        let mut visits = std::vec![0; tail.len()];
        by_degree(network.rows, 301, &mut visits);
        network_rates(level, coupling, network, 0, &[], head);
        network_rates(level, coupling, network, 301, &visits, tail);
        rates
    }

    #[test]
    fn rates_are_the_normalised_sums_of_sines() {
        let phases = phases();
        for network in networks() {
            for (normalization, lag) in
                [(Normalization::Degree, 0.0), (Normalization::Sum, 0.4), (Normalization::Size, -1.1)]
            {
                let coupling = SineCoupling::new(1.7, lag, normalization);
                let found = rates(Level::detect(), &coupling, &network, Phasors::Double(&phasors(&phases)));
                for (node, rate) in found.iter().enumerate() {
                    let row = network.neighbors(node);
                    let terms = row.iter().enumerate().map(|(place, &j)| {
                        let weight = network.weights_of(node).map_or(1.0, |weights| weights[place]);
                        weight * (phases[j as usize] - phases[node] - lag).sin()
                    });
                    let divisor = match normalization {
                        Normalization::Degree => row.len().max(1) as f64,
                        Normalization::Sum => 1.0,
                        Normalization::Size => NODES as f64,
                    };
                    let expected = 1.7 * terms.sum::<f64>() / divisor;
                    assert!((rate - expected).abs() < 1e-14, "node {node}, {normalization:?}: {rate} not {expected}");
                }
            }
        }
    }

    fn assert_one_result<'a, P: Stored>(published: &'a [P], phasors: impl Fn(&'a [P]) -> Phasors<'a>) {
        let coupling = SineCoupling::new(0.9, 0.2, Normalization::Degree);
        for network in networks() {
            let expected = rates(Level::BASELINE, &coupling, &network, phasors(published));
            for level in Level::available() {
                assert_eq!(rates(level, &coupling, &network, phasors(published)), expected, "{}", level.name());
                let mut far = std::vec![f64::NAN; NODES];
                let neighborhood = Neighborhood::new(network.rows(), published);
                if neighborhood.weighted() {
                    weighted_rates_far(level, &coupling, neighborhood, NODES, 0, &mut far);
                } else {
                    rates_far(level, &coupling, neighborhood, NODES, 0, &mut far);
                }
                assert_eq!(far, expected, "{}, fetching ahead", level.name());
            }
        }
    }

    #[test]
    fn neither_level_nor_fetching_ahead_changes_a_bit() {
        assert_one_result(&phasors(&phases()), Phasors::Double);
        assert_one_result(&phasors(&phases()), Phasors::Single);
    }

    proptest! {
        #[test]
        fn rounded_phasors_change_a_rate_by_no_more_than_is_said(
            turn in 0.01..6.2, strength in -9.0..9.0, lag in -3.0..3.0, by_degree: bool
        ) {
            let phases: Vec<f64> = (0..NODES).map(|i| turn * i as f64 % 6.2).collect();
            let (double, single) = (phasors(&phases), phasors(&phases));
            let normalization = if by_degree { Normalization::Degree } else { Normalization::Sum };
            let coupling = SineCoupling::new(strength, lag, normalization);
            for network in networks() {
                let exact = rates(Level::detect(), &coupling, &network, Phasors::Double(&double));
                let rounded = rates(Level::detect(), &coupling, &network, Phasors::Single(&single));
                for (node, (rounded, exact)) in rounded.iter().zip(&exact).enumerate() {
                    let degree = network.degree(node) as f64;
                    let weights: f64 = network.weights_of(node).map_or(degree, |all| all.iter().map(|w| w.abs()).sum());
                    let divisor = if by_degree { degree.max(1.0) } else { 1.0 };
                    // 1 in 10⁷ more for the rounding of both sums.
                    let most = strength.abs() * f64::powf(2.0, -23.5) * weights / divisor * (1.0 + 1e-7);
                    prop_assert!((rounded - exact).abs() <= most, "node {}: {} not {}", node, rounded, exact);
                }
            }
        }
    }

    #[test]
    fn two_who_hear_each_other_rounded_pull_with_equal_force() {
        let pair = Topology::Complete { agents: 2 }.build(0).unwrap();
        let coupling = SineCoupling::new(1.3, 0.0, Normalization::Sum);
        for turn in [0.0, 1e-9, 0.1, 1.0, 3.0] {
            let phasors = phasors(&[0.4, 0.4 + turn]);
            let mut rates = [0.0; 2];
            network_rates(Level::detect(), &coupling, network(&pair, Phasors::Single(&phasors)), 0, &[], &mut rates);
            assert_eq!(rates[0], -rates[1]);
            assert!(turn != 0.0 || rates[0] == 0.0);
        }
    }

    #[test]
    fn the_mean_field_is_a_complete_network_that_hears_itself() {
        let phases = phases();
        let phasors: Vec<Phasor> = phasors(&phases);
        let mut sum = ExactSum::default();
        sum.add(&phasors);
        let coupling = SineCoupling::new(1.3, 0.5, Normalization::Size);
        let mut by_mean = std::vec![0.0; NODES];
        let (cosines, sines) = columns(&phasors);
        mean_field_rates(Level::detect(), &coupling, sum.mean(), &cosines, &sines, &mut by_mean);
        let complete = Topology::Complete { agents: NODES }.build(0).unwrap();
        let by_links = rates(Level::detect(), &coupling, &complete, Phasors::Double(&phasors));
        let own = 1.3 * (-0.5_f64).sin() / NODES as f64;
        for (mean, links) in by_mean.iter().zip(&by_links) {
            assert!((mean - links - own).abs() < 1e-14);
        }
    }

    #[test]
    fn a_mean_field_step_in_one_pass_has_the_bits_of_three() {
        let frequencies: Vec<f64> = (0..NODES).map(|i| (i as f64).cos()).collect();
        let (cosines, sines) = columns(&phasors(&phases()));
        let mean = Phasor { cos: 0.3, sin: -0.2 };
        let coupling = SineCoupling::new(1.3, 0.5, Normalization::Size);
        for level in Level::available() {
            let mut rates = std::vec![0.0; NODES];
            mean_field_rates(level, &coupling, mean, &cosines, &sines, &mut rates);
            integrate::scale(level, &mut rates, 0.01);
            let mut apart = phases();
            integrate::rotate(level, &mut apart, &frequencies, &rates, 0.01);
            let mut at_once = phases();
            mean_field_euler(level, &coupling, mean, &cosines, &sines, &mut at_once, &frequencies, 0.01);
            assert_eq!(at_once, apart, "{}", level.name());
        }
    }

    #[test]
    fn phasors_are_fetched_ahead_where_many_lie_far_away() {
        let pays = |topology: Topology| fetching_pays(topology.build(1).unwrap().rows());
        let small_world = |rewire| Topology::SmallWorld { agents: FAR_TABLE, neighbors: 4, rewire };
        assert!(pays(small_world(0.1)));
        assert!(!pays(small_world(0.001)), "one link in a thousand is waited for");
        assert!(!pays(Topology::Ring { agents: FAR_TABLE, neighbors: 4 }), "only the ring's ends are far apart");
        assert!(!pays(Topology::RandomLinks { agents: FAR_TABLE - 1, links: FAR_TABLE }), "all are in the cache");
    }

    #[test]
    fn rows_are_visited_once_each_in_order_of_degree() {
        let [network, _] = networks();
        for (first, count) in [(0, NODES), (13, 64), (699, 1), (700, 0)] {
            let mut visits = std::vec![9; count];
            by_degree(network.rows(), first, &mut visits);
            assert!(visits.is_sorted_by_key(|&place| (network.degree(first + usize::from(place)), place)));
            visits.sort_unstable();
            assert!(visits.iter().enumerate().all(|(place, &visit)| place == usize::from(visit)));
        }
    }

    #[test]
    fn rows_left_out_keep_their_rate() {
        let ring = Topology::Ring { agents: 4, neighbors: 2 }.build(0).unwrap();
        let coupling = SineCoupling::new(1.0, 0.0, Normalization::Degree);
        let phasors = phasors(&[0.0, 1.0, 2.0, 3.0]);
        let mut rates = [7.0; 4];
        network_rates(Level::detect(), &coupling, network(&ring, Phasors::Double(&phasors)), 0, &[2], &mut rates);
        assert!(rates[2] != 7.0 && [rates[0], rates[1], rates[3]] == [7.0; 3]);
    }

    #[test]
    #[should_panic(expected = "one phasor per node")]
    fn a_table_of_another_size_is_refused() {
        let star = Topology::Star { agents: 3 }.build(0).unwrap();
        let coupling = SineCoupling::new(1.0, 0.0, Normalization::Degree);
        let phasors = Phasors::Double(&[Phasor::ZERO; 2]);
        network_rates(Level::BASELINE, &coupling, network(&star, phasors), 0, &[], &mut [0.0; 3]);
    }
}
