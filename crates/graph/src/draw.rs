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

/// The draws of one seed for one purpose.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Draws {
    key: [u32; 2],
}

impl Draws {
    pub(crate) fn new(seed: u64, purpose: Purpose) -> Self {
        const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15; // the increment of SplitMix64
        let own = (purpose as u64).wrapping_mul(GOLDEN);
        let key = splitmix64(splitmix64(seed.wrapping_add(GOLDEN)).wrapping_add(own));
        Self { key: [key as u32, (key >> 32) as u32] }
    }

    /// 2 × 64 random bits, a function of the arguments alone (Salmon et al. 2011).
    #[inline]
    pub(crate) fn bits(&self, index: u64, attempt: u64) -> [u64; 2] {
        let counter = [index as u32, (index >> 32) as u32, attempt as u32, (attempt >> 32) as u32];
        let words = philox4x32_10(counter, self.key);
        [u64::from(words[0]) | u64::from(words[1]) << 32, u64::from(words[2]) | u64::from(words[3]) << 32]
    }
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
/// success (Batagelj & Brandes 2005). They are the same for any larger `count`, as far as it goes.
pub(crate) struct Successes {
    draws: Draws,
    index: u64,
    /// Jumps made so far: a block of random bits is good for two.
    jumps: u64,
    spare: u64,
    next: u64,
    count: u64,
    /// 1 / ln(1 − p); −0 for p = 1.
    scale: f64,
}

impl Successes {
    pub(crate) fn new(draws: Draws, index: u64, count: u64, p: f64) -> Self {
        let count = if p > 0.0 { count } else { 0 };
        Self { draws, index, jumps: 0, spare: 0, next: 0, count, scale: libm::log1p(-p).recip() }
    }

    fn draw(&mut self) -> u64 {
        let jump = self.jumps;
        self.jumps += 1;
        if jump % 2 == 1 {
            return self.spare;
        }
        let [draw, spare] = self.draws.bits(self.index, jump / 2);
        self.spare = spare;
        draw
    }
}

impl Iterator for Successes {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        if self.next >= self.count {
            return None;
        }
        // A conversion rounds down and saturates, and a jump beyond the end is as good as one to it.
        let failures = (libm::log(unit(self.draw())) * self.scale) as u64;
        let success = self.next.saturating_add(failures);
        self.next = success.saturating_add(1);
        (success < self.count).then_some(success)
    }
}

/// The unordered pair {a, b}, a > b, that has the place `index` in the order {1,0}, {2,0}, {2,1}, …
/// The pair of an index must have a < 2³².
pub(crate) fn pair(index: u64) -> (u64, u64) {
    // a is the largest number with a(a − 1)/2 ≤ index. Square roots are the same on every machine
    // (IEEE 754), and 53 bits of this one are off by less than one.
    let mut a = (0.5 + libm::sqrt(0.25 + 2.0 * index as f64)) as u64;
    while a * (a - 1) / 2 > index {
        a -= 1;
    }
    while (a + 1) * a / 2 <= index {
        a += 1;
    }
    (a, index - a * (a - 1) / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draws() -> Draws {
        Draws::new(1, Purpose::RandomRow)
    }

    #[test]
    fn pairs_are_numbered_without_gaps() {
        let mut expected = 0;
        for a in 1..200 {
            for b in 0..a {
                assert_eq!(pair(expected), (a, b));
                expected += 1;
            }
        }
    }

    #[test]
    fn pairs_are_right_where_squares_outgrow_a_double() {
        for a in [1 << 20, (1 << 27) + 1, (1 << 31) - 1, 1 << 31, u64::from(u32::MAX) - 1] {
            let first = a * (a - 1) / 2;
            assert_eq!((pair(first - 1), pair(first)), ((a - 1, a - 2), (a, 0)));
            assert_eq!(pair(first + a - 1), (a, a - 1));
        }
    }

    #[test]
    fn certain_trials_all_succeed_and_impossible_ones_never() {
        let all: Vec<u64> = Successes::new(draws(), 0, 50, 1.0).collect();
        assert_eq!(all, (0..50).collect::<Vec<_>>());
        assert_eq!(Successes::new(draws(), 0, 50, 0.0).count(), 0);
    }

    #[test]
    fn fewer_trials_have_the_first_of_the_successes() {
        let all: Vec<u64> = Successes::new(draws(), 4, 1000, 0.1).collect();
        let some: Vec<u64> = Successes::new(draws(), 4, 300, 0.1).collect();
        assert_eq!(some, all[..some.len()]);
        assert!(all[some.len()] >= 300);
    }

    #[test]
    fn successes_are_as_frequent_as_their_probability() {
        for p in [0.001, 0.1, 0.5, 0.9] {
            let count = 200_000.0;
            let found = Successes::new(draws(), 9, 200_000, p).count() as f64;
            let deviation = (found - count * p) / (count * p * (1.0 - p)).sqrt();
            assert!(deviation.abs() < 4.0, "p = {p}: {deviation} standard errors");
        }
    }
}
