//! One fingerprint of all phases.

use alloc::{format, string::String};

use xxhash_rust::xxh3::Xxh3;

/// Hashes phases in the order of their agents' ids: two runs with one hash agree in every bit of
/// every phase (XXH3, 64 bits, over the little-endian bytes).
///
/// ```
/// use lampyrid_measure::PhaseHasher;
/// let mut hasher = PhaseHasher::default();
/// hasher.add(0.5);
/// assert_eq!(hasher.finish().len(), 16);
/// ```
#[derive(Clone, Default)]
pub struct PhaseHasher(Xxh3);

impl PhaseHasher {
    /// Takes the phase \[rad\] of the agent with the next larger id.
    pub fn add(&mut self, phase: f64) {
        self.0.update(&phase.to_bits().to_le_bytes());
    }

    /// The hash as 16 hexadecimal digits.
    #[must_use]
    pub fn finish(&self) -> String {
        format!("{:016x}", self.0.digest())
    }
}

impl core::fmt::Debug for PhaseHasher {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_tuple("PhaseHasher").field(&self.finish()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(phases: &[f64]) -> String {
        let mut hasher = PhaseHasher::default();
        phases.iter().for_each(|&phase| hasher.add(phase));
        hasher.finish()
    }

    #[test]
    fn one_bit_or_one_swap_changes_the_hash() {
        let hashes = [hash(&[1.0, 2.0]), hash(&[2.0, 1.0]), hash(&[1.0, 2.0_f64.next_up()]), hash(&[1.0]), hash(&[])];
        for (i, first) in hashes.iter().enumerate() {
            assert!(hashes[i + 1..].iter().all(|other| other != first));
        }
    }

    #[test]
    fn the_hash_of_known_phases_never_changes() {
        assert_eq!(hash(&[]), "2d06800538d394c2"); // XXH3-64 of no bytes, from its specification
    }
}
