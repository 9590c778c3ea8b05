//! What coupling costs, and how an agent recovers.
//!
//! A coupling displacement of d radians costs `cost_per_radian` · |d|. An agent that cannot pay
//! moves the part that it can pay for, d · E / cost, so its energy never becomes negative and its
//! phase still advances by ω Δt. One that is in debt already can pay for nothing until it has
//! recovered.

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

/// An infinite price is the largest number there is, and stays it.
fn add(total: &mut i128, amount: i128) {
    *total = total.saturating_add(amount);
}

impl EnergyLedger {
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
    for (displacement, energy) in displacements.iter_mut().zip(energies) {
        let cost = cost_per_radian * displacement.abs();
        let available = energy.max(0.0);
        if cost > available {
            *displacement *= available / cost;
            add(&mut ledger.spent, on_grid(available));
            add(&mut ledger.refused, on_grid(cost - available));
            *energy = energy.min(0.0);
        } else {
            add(&mut ledger.spent, on_grid(cost));
            *energy -= cost;
        }
    }
    ledger
}

/// Lets each energy recover by `gain` (a rate times Δt), up to `capacity`.
#[must_use]
pub fn recover(energies: &mut [f64], gain: f64, capacity: f64) -> EnergyLedger {
    let mut ledger = EnergyLedger::default();
    for energy in energies {
        let recovered = (*energy + gain).min(capacity).max(*energy);
        add(&mut ledger.recovered, on_grid(recovered - *energy));
        *energy = recovered;
    }
    ledger
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agent_that_can_pay_moves_in_full() {
        let (mut displacement, mut energy) = ([-0.25], [3.0]);
        let ledger = spend(&mut displacement, &mut energy, 2.0);
        assert_eq!((displacement, energy), ([-0.25], [2.5]));
        assert_eq!((ledger.spent(), ledger.refused()), (0.5, 0.0));
    }

    #[test]
    fn an_agent_that_cannot_pay_moves_the_part_it_can_pay_for() {
        let (mut displacement, mut energy) = ([1.0], [0.5]);
        let ledger = spend(&mut displacement, &mut energy, 2.0);
        assert_eq!((displacement, energy), ([0.25], [0.0]));
        assert_eq!((ledger.spent(), ledger.refused()), (0.5, 1.5));
    }

    #[test]
    fn an_exhausted_agent_stays_where_it_is_and_recovers_to_its_capacity() {
        let (mut displacement, mut energy) = ([1.0], [0.0]);
        let _ = spend(&mut displacement, &mut energy, 2.0);
        assert_eq!((displacement, energy), ([0.0], [0.0]));
        let ledger = recover(&mut energy, 7.0, 5.0);
        assert_eq!((energy, ledger.recovered()), ([5.0], 5.0));
    }

    #[test]
    fn an_agent_in_debt_stays_where_it_is_until_it_has_recovered() {
        let (mut displacement, mut energy) = ([1.0], [-5.0]);
        let ledger = spend(&mut displacement, &mut energy, 2.0);
        assert_eq!((displacement, energy), ([0.0], [-5.0]));
        assert_eq!((ledger.spent(), ledger.refused()), (0.0, 2.0));
        let _ = recover(&mut energy, 6.0, 5.0);
        assert_eq!(energy, [1.0]);
    }

    #[test]
    fn infinite_prices_overflow_no_ledger() {
        let (mut displacements, mut energies) = ([f64::INFINITY; 3], [1.0; 3]);
        let mut ledger = spend(&mut displacements, &mut energies, 2.0);
        ledger.merge(ledger);
        assert_eq!((ledger.spent(), energies), (6.0, [0.0; 3]));
        assert!(ledger.refused() > 1e19);
    }

    #[test]
    fn energy_above_capacity_is_kept_not_taken() {
        let mut energy = [9.0];
        let ledger = recover(&mut energy, 1.0, 5.0);
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
            total.merge(spend(&mut displacements, &mut energies, 2.0));
            total.merge(recover(&mut energies, 0.13, capacity));
        }
        let left: f64 = energies.iter().sum();
        let balance = 4.0 * start + total.recovered() - total.spent() - left;
        // Two roundings of the energies per step and agent remain, at an ulp of 100.
        assert!(balance.abs() < 1e-9 * total.spent(), "off by {balance:e}");
    }
}
