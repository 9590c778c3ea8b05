//! What coupling costs, and how an agent recovers.
//!
//! A coupling displacement of d radians costs `cost_per_radian` · |d|. An agent that cannot pay
//! moves the part that it can pay for, d · E / cost, so its energy never becomes negative and its
//! phase still advances by ω Δt. One that is in debt already can pay for nothing until it has
//! recovered.

use crate::level::at_every_level;

/// Energy totals of a swarm \[dimensionless\], kept on a grid of 2⁻⁶⁰ so that neither the order
/// of agents nor the number of threads changes a bit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EnergyLedger {
    spent: i128,
    recovered: i128,
    refused: i128,
}

/// Grid points per unit of energy.
const GRID: f64 = (1_u64 << 60) as f64;

fn on_grid(energy: f64) -> i128 {
    (energy * GRID) as i128
}

/// Amounts of one block of agents, cut to the grid and summed as integers once they are complete:
/// vectors of 64 bits instead of a conversion to 128 bits for each agent.
struct Amounts([f64; Self::MOST]);

impl Amounts {
    /// Agents in a block: few enough for the block's columns to stay in the first-level cache.
    const MOST: usize = 256;

    /// Below this an amount has less than 2⁶² grid points, and nothing is lost in 64 bits.
    const SMALL: f64 = 4.0;

    #[inline(always)]
    fn none() -> Self {
        Self([0.0; Self::MOST])
    }

    /// The sum on the grid. Not small, negative or not a number: the slow way, with the same result.
    #[inline(always)]
    fn total(&self) -> i128 {
        let (mut low, mut high, mut most) = (0_u64, 0_u64, 0_u64);
        for amount in &self.0 {
            // As bits, amounts order as they do themselves, with the negative and NaN above all.
            most = most.max(amount.to_bits());
            // Two halves of 32 bits, whose sums fit.
            let points = ((amount * GRID) as i64).cast_unsigned();
            low += points & 0xffff_ffff;
            high = high.wrapping_add(points >> 32);
        }
        if most < Self::SMALL.to_bits() {
            (i128::from(high) << 32) + i128::from(low)
        } else {
            self.0.iter().map(|x| on_grid(*x)).fold(0, i128::saturating_add)
        }
    }
}

/// An infinite price is the largest number there is, and stays it.
fn add(total: &mut i128, amount: i128) {
    *total = total.saturating_add(amount);
}

impl EnergyLedger {
    /// Energy spent, recovered and refused in units of 2⁻⁶⁰, to be written down.
    #[must_use]
    pub fn to_parts(&self) -> [i128; 3] {
        [self.spent, self.recovered, self.refused]
    }

    /// The ledger of such amounts.
    #[must_use]
    pub fn from_parts([spent, recovered, refused]: [i128; 3]) -> Self {
        Self { spent, recovered, refused }
    }

    /// Energy paid for coupling displacements.
    #[must_use]
    pub fn spent(&self) -> f64 {
        self.spent as f64 / GRID
    }

    /// Energy that came back.
    #[must_use]
    pub fn recovered(&self) -> f64 {
        self.recovered as f64 / GRID
    }

    /// The price of the displacements that could not be paid.
    #[must_use]
    pub fn refused(&self) -> f64 {
        self.refused as f64 / GRID
    }

    /// Adds another ledger, e.g. of another block of agents.
    pub fn merge(&mut self, other: Self) {
        add(&mut self.spent, other.spent);
        add(&mut self.recovered, other.recovered);
        add(&mut self.refused, other.refused);
    }
}

/// Pays for the displacements of one block, at a price per radian by agent.
#[inline(always)]
fn pay(displacements: &mut [f64], energies: &mut [f64], price: impl Fn(usize) -> f64, ledger: &mut EnergyLedger) {
    let (mut spent, mut refused) = (Amounts::none(), Amounts::none());
    let amounts = spent.0.iter_mut().zip(&mut refused.0);
    for (agent, ((displacement, energy), (spent, refused))) in
        displacements.iter_mut().zip(energies).zip(amounts).enumerate()
    {
        let cost = price(agent) * displacement.abs();
        let available = energy.max(0.0);
        let short = cost > available;
        // Both ways are worked out and one is taken: no branch to mispredict.
        let part = *displacement * (available / cost);
        *displacement = if short { part } else { *displacement };
        *spent = if short { available } else { cost };
        *refused = if short { cost - available } else { 0.0 };
        *energy = if short { energy.min(0.0) } else { *energy - cost };
    }
    add(&mut ledger.spent, spent.total());
    add(&mut ledger.refused, refused.total());
}

at_every_level! {
    /// Pays for each displacement \[rad\] from its agent's energy, shortening those that an agent
    /// cannot pay in full.
    ///
    /// # Panics
    ///
    /// If the slices differ in length.
    #[must_use]
    pub fn spend(displacements: &mut [f64], energies: &mut [f64], cost_per_radian: f64) -> EnergyLedger {
        assert_eq!(displacements.len(), energies.len(), "one energy per displacement");
        let mut ledger = EnergyLedger::default();
        for (displacements, energies) in
            displacements.chunks_mut(Amounts::MOST).zip(energies.chunks_mut(Amounts::MOST))
        {
            pay(displacements, energies, |_| cost_per_radian, &mut ledger);
        }
        ledger
    }

    /// As [`spend`], for agents to whom a radian costs `efforts` · `cost_per_radian` each.
    ///
    /// # Panics
    ///
    /// If the slices differ in length.
    #[must_use]
    pub fn spend_by_effort(
        displacements: &mut [f64],
        energies: &mut [f64],
        efforts: &[f64],
        cost_per_radian: f64,
    ) -> EnergyLedger {
        assert_eq!(displacements.len(), energies.len(), "one energy per displacement");
        assert_eq!(displacements.len(), efforts.len(), "one effort per displacement");
        let mut ledger = EnergyLedger::default();
        for ((displacements, energies), efforts) in displacements
            .chunks_mut(Amounts::MOST)
            .zip(energies.chunks_mut(Amounts::MOST))
            .zip(efforts.chunks(Amounts::MOST))
        {
            pay(displacements, energies, |agent| cost_per_radian * efforts[agent], &mut ledger);
        }
        ledger
    }

    /// Refuses every displacement: what agents do whose energy is frozen.
    #[must_use]
    pub fn refuse(displacements: &mut [f64], cost_per_radian: f64) -> EnergyLedger {
        let mut ledger = EnergyLedger::default();
        for displacements in displacements.chunks_mut(Amounts::MOST) {
            let mut refused = Amounts::none();
            for (displacement, refused) in displacements.iter_mut().zip(&mut refused.0) {
                *refused = cost_per_radian * displacement.abs();
                *displacement = 0.0;
            }
            add(&mut ledger.refused, refused.total());
        }
        ledger
    }

    /// Lets each energy recover by `gain` (a rate times Δt), up to `capacity`.
    #[must_use]
    pub fn recover(energies: &mut [f64], gain: f64, capacity: f64) -> EnergyLedger {
        let mut ledger = EnergyLedger::default();
        for energies in energies.chunks_mut(Amounts::MOST) {
            let mut gained = Amounts::none();
            for (energy, gained) in energies.iter_mut().zip(&mut gained.0) {
                let recovered = (*energy + gain).min(capacity).max(*energy);
                *gained = recovered - *energy;
                *energy = recovered;
            }
            add(&mut ledger.recovered, gained.total());
        }
        ledger
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Level;
    use std::vec::Vec;

    #[test]
    fn an_agent_that_can_pay_moves_in_full() {
        let (mut displacement, mut energy) = ([-0.25], [3.0]);
        let ledger = spend(Level::detect(), &mut displacement, &mut energy, 2.0);
        assert_eq!((displacement, energy), ([-0.25], [2.5]));
        assert_eq!((ledger.spent(), ledger.refused()), (0.5, 0.0));
    }

    #[test]
    fn an_agent_that_cannot_pay_moves_the_part_it_can_pay_for() {
        let (mut displacement, mut energy) = ([1.0], [0.5]);
        let ledger = spend(Level::detect(), &mut displacement, &mut energy, 2.0);
        assert_eq!((displacement, energy), ([0.25], [0.0]));
        assert_eq!((ledger.spent(), ledger.refused()), (0.5, 1.5));
    }

    #[test]
    fn an_exhausted_agent_stays_where_it_is_and_recovers_to_its_capacity() {
        let (mut displacement, mut energy) = ([1.0], [0.0]);
        let _ = spend(Level::detect(), &mut displacement, &mut energy, 2.0);
        assert_eq!((displacement, energy), ([0.0], [0.0]));
        let ledger = recover(Level::detect(), &mut energy, 7.0, 5.0);
        assert_eq!((energy, ledger.recovered()), ([5.0], 5.0));
    }

    #[test]
    fn an_agent_in_debt_stays_where_it_is_until_it_has_recovered() {
        let (mut displacement, mut energy) = ([1.0], [-5.0]);
        let ledger = spend(Level::detect(), &mut displacement, &mut energy, 2.0);
        assert_eq!((displacement, energy), ([0.0], [-5.0]));
        assert_eq!((ledger.spent(), ledger.refused()), (0.0, 2.0));
        let _ = recover(Level::detect(), &mut energy, 6.0, 5.0);
        assert_eq!(energy, [1.0]);
    }

    #[test]
    fn effort_multiplies_the_price_of_a_radian() {
        let (mut displacements, mut energies) = ([0.5, 0.5, -1.0], [3.0, 3.0, 1.5]);
        let ledger = spend_by_effort(Level::detect(), &mut displacements, &mut energies, &[1.0, 2.0, 1.5], 2.0);
        assert_eq!((displacements, energies), ([0.5, 0.5, -0.5], [2.0, 1.0, 0.0]));
        assert_eq!((ledger.spent(), ledger.refused()), (4.5, 1.5));
        let (mut plain, mut left) = ([0.5, -1.0], [3.0, 1.5]);
        let (mut alike, mut alike_left) = (plain, left);
        let expected = spend(Level::detect(), &mut plain, &mut left, 2.0);
        assert_eq!(spend_by_effort(Level::detect(), &mut alike, &mut alike_left, &[1.0; 2], 2.0), expected);
        assert_eq!((alike, alike_left), (plain, left));
    }

    #[test]
    fn the_frozen_move_nothing_and_what_they_would_have_paid_is_refused() {
        let mut displacements = [0.5, -1.0];
        let ledger = refuse(Level::detect(), &mut displacements, 2.0);
        assert_eq!((displacements, ledger.refused(), ledger.spent()), ([0.0; 2], 3.0, 0.0));
    }

    #[test]
    fn infinite_prices_overflow_no_ledger() {
        let (mut displacements, mut energies) = ([f64::INFINITY; 3], [1.0; 3]);
        let mut ledger = spend(Level::detect(), &mut displacements, &mut energies, 2.0);
        ledger.merge(ledger);
        assert_eq!((ledger.spent(), energies), (6.0, [0.0; 3]));
        assert!(ledger.refused() > 1e19);
    }

    #[test]
    fn energy_above_capacity_is_kept_not_taken() {
        let mut energy = [9.0];
        let ledger = recover(Level::detect(), &mut energy, 1.0, 5.0);
        assert_eq!((energy, ledger.recovered()), ([9.0], 0.0));
    }

    #[test]
    fn the_ledger_balances_over_a_million_steps() {
        let (start, capacity) = (50.0, 100.0);
        let mut energies = [start; 4];
        let mut total = EnergyLedger::default();
        for step in 0..1_000_000_u32 {
            let d = f64::from(step % 97) * 1e-3;
            let mut displacements = [d, -d, 2.0 * d, 0.0];
            total.merge(spend(Level::detect(), &mut displacements, &mut energies, 2.0));
            total.merge(recover(Level::detect(), &mut energies, 0.13, capacity));
        }
        let left: f64 = energies.iter().sum();
        let balance = 4.0 * start + total.recovered() - total.spent() - left;
        // Two roundings of the energies per step and agent remain, at an ulp of 100.
        assert!(balance.abs() < 1e-9 * total.spent(), "off by {balance:e}");
    }

    /// What [`spend`] and [`recover`] do, one agent at a time.
    fn one_by_one(displacements: &mut [f64], energies: &mut [f64], cost: f64, gain: f64) -> EnergyLedger {
        let mut ledger = EnergyLedger::default();
        for (displacement, energy) in displacements.iter_mut().zip(energies) {
            let cost = cost * displacement.abs();
            let available = energy.max(0.0);
            if cost > available {
                *displacement *= available / cost;
                ledger.spent += on_grid(available);
                ledger.refused += on_grid(cost - available);
                *energy = energy.min(0.0);
            } else {
                ledger.spent += on_grid(cost);
                *energy -= cost;
            }
            let recovered = (*energy + gain).min(100.0).max(*energy);
            ledger.recovered += on_grid(recovered - *energy);
            *energy = recovered;
        }
        ledger
    }

    #[test]
    fn blocks_have_the_bits_of_agents_one_by_one_at_every_level() {
        let bits = |values: &[f64]| values.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
        // Small amounts; some of 4 and more; some beyond 64 bits; an undefined one.
        for (scale, odd) in [(1.0, 0.0), (40.0, 0.0), (1e12, 0.0), (1.0, f64::NAN)] {
            let mut displacements: Vec<f64> = (0..1003).map(|i| scale * f64::from(i).sin()).collect();
            displacements[700] = odd;
            let energies: Vec<f64> = (0..1003).map(|i| 1.5 * f64::from(i * 7 % 11 - 2)).collect();
            let mut expected = (displacements.clone(), energies.clone());
            let ledger = one_by_one(&mut expected.0, &mut expected.1, 2.0, 0.3 * scale);
            for level in Level::available() {
                let mut found = (displacements.clone(), energies.clone());
                let mut total = spend(level, &mut found.0, &mut found.1, 2.0);
                total.merge(recover(level, &mut found.1, 0.3 * scale, 100.0));
                assert_eq!(total, ledger, "{}", level.name());
                assert_eq!(bits(&found.0), bits(&expected.0), "{}", level.name());
                assert_eq!(bits(&found.1), bits(&expected.1), "{}", level.name());
            }
        }
    }
}
