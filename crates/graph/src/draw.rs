//! Random numbers as functions of what they are for.

use rand_philox::{philox4x32_10, splitmix64};

/// What a draw decides. The numbers are part of every seeded network: never renumber.
#[derive(Clone, Copy)]
#[repr(u64)]
pub(crate) enum Purpose {
    RandomRow = 1,
    Permutation = 2,
    Rewire = 3,
    RewiredEnd = 4,
    Owner = 5,
    Attachment = 6,
    BlockPair = 7,
    Position = 8,
}

/// 2 × 64 random bits, a function of the arguments alone (Salmon et al. 2011).
pub(crate) fn bits(seed: u64, purpose: Purpose, index: u64, attempt: u64) -> [u64; 2] {
    const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15; // the increment of SplitMix64
    let own = (purpose as u64).wrapping_mul(GOLDEN);
    let key = splitmix64(splitmix64(seed.wrapping_add(GOLDEN)).wrapping_add(own));
    let counter = [index as u32, (index >> 32) as u32, attempt as u32, (attempt >> 32) as u32];
    let words = philox4x32_10(counter, [key as u32, (key >> 32) as u32]);
    [u64::from(words[0]) | u64::from(words[1]) << 32, u64::from(words[2]) | u64::from(words[3]) << 32]
}

/// A number in the open interval (0, 1): the middle of one of 2⁵² cells.
pub(crate) fn unit(bits: u64) -> f64 {
    ((bits >> 12) as f64 + 0.5) * (1.0 / (1_u64 << 52) as f64)
}

/// A whole number below `limit` (Lemire 2019, without the rejection: the bias is below
/// `limit` · 2⁻⁶⁴).
pub(crate) fn below(bits: u64, limit: u64) -> u64 {
    ((u128::from(bits) * u128::from(limit)) >> 64) as u64
}

/// Which of `count` independent trials of probability `p` succeed, by jumping from success to
/// success (Batagelj & Brandes 2005).
pub(crate) struct Successes {
    seed: u64,
    purpose: Purpose,
    index: u64,
    attempt: u64,
    next: u64,
    count: u64,
    /// ln(1 − p); −∞ for p = 1.
    log_failure: f64,
}

impl Successes {
    pub(crate) fn new(seed: u64, purpose: Purpose, index: u64, count: u64, p: f64) -> Self {
        let count = if p > 0.0 { count } else { 0 };
        Self { seed, purpose, index, attempt: 0, next: 0, count, log_failure: libm::log1p(-p) }
    }
}

impl Iterator for Successes {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        if self.next >= self.count {
            return None;
        }
        let [draw, _] = bits(self.seed, self.purpose, self.index, self.attempt);
        self.attempt += 1;
        // Converting saturates, and a jump beyond the end is as good as one to it.
        let failures = libm::floor(libm::log(unit(draw)) / self.log_failure) as u64;
        let success = self.next.saturating_add(failures);
        self.next = success.saturating_add(1);
        (success < self.count).then_some(success)
    }
}

/// The unordered pair {a, b}, a > b, that has the place `index` in the order {1,0}, {2,0}, {2,1}, …
pub(crate) fn pair(index: u64) -> (u64, u64) {
    let mut a = (1 + 8 * u128::from(index)).isqrt().div_ceil(2);
    if a * (a - 1) / 2 > u128::from(index) {
        a -= 1;
    }
    let a = a as u64;
    (a, index - a * (a - 1) / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_numbered_without_gaps() {
        let mut expected = 0;
        for a in 1..200 {
            for b in 0..a {
                assert_eq!(pair(expected), (a, b));
                expected += 1;
            }
        }
        let largest = u64::from(u32::MAX);
        let last = largest * (largest - 1) / 2 - 1;
        assert_eq!(pair(last), (largest - 1, largest - 2));
    }

    #[test]
    fn certain_trials_all_succeed_and_impossible_ones_never() {
        let all: Vec<u64> = Successes::new(1, Purpose::RandomRow, 0, 50, 1.0).collect();
        assert_eq!(all, (0..50).collect::<Vec<_>>());
        assert_eq!(Successes::new(1, Purpose::RandomRow, 0, 50, 0.0).count(), 0);
    }

    #[test]
    fn successes_are_as_frequent_as_their_probability() {
        for p in [0.001, 0.1, 0.5, 0.9] {
            let count = 200_000.0;
            let found = Successes::new(3, Purpose::RandomRow, 9, 200_000, p).count() as f64;
            let deviation = (found - count * p) / (count * p * (1.0 - p)).sqrt();
            assert!(deviation.abs() < 4.0, "p = {p}: {deviation} standard errors");
        }
    }
}
