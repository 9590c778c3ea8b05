//! White noise without a state.
//!
//! Every draw is a function of (seed, stream, agent id, step) through the counter-based generator
//! Philox4x32-10 (Salmon et al. 2011), so no order of agents, no number of threads and no restart
//! can change it.

use rand_philox::{philox4x32_10, splitmix64};

use crate::level::at_every_level;

/// Independent uses of one seed. The numbers are part of every seeded result: never renumber.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u64)]
pub enum Stream {
    /// The additive noise of the phase dynamics.
    PhaseNoise = 1,
    /// Initial phases.
    InitialPhases = 2,
    /// Natural frequencies.
    Frequencies = 3,
    /// Whom a disruption hits.
    Disruption = 4,
    /// The phases that a scramble leaves.
    Scramble = 5,
    /// The seeds of the runs of a sweep.
    Replicate = 6,
}

/// Two words of 64 random bits, a function of the arguments alone.
#[must_use]
#[inline(always)]
pub fn bits(seed: u64, stream: Stream, id: u64, step: u64) -> [u64; 2] {
    // The golden-ratio increments of SplitMix64 keep neighbouring seeds and streams apart.
    let key = splitmix64(
        splitmix64(seed.wrapping_add(0x9e37_79b9_7f4a_7c15))
            .wrapping_add((stream as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)),
    );
    let words = philox4x32_10(
        [id as u32, (id >> 32) as u32, step as u32, (step >> 32) as u32],
        [key as u32, (key >> 32) as u32],
    );
    [u64::from(words[0]) | u64::from(words[1]) << 32, u64::from(words[2]) | u64::from(words[3]) << 32]
}

/// A number in the open interval (0, 1) from 64 random bits: the middle of one of 2⁵² cells.
#[must_use]
#[inline(always)]
pub fn unit(bits: u64) -> f64 {
    ((bits >> 12) as f64 + 0.5) * (1.0 / (1_u64 << 52) as f64)
}

/// The standard normal quantile: x with Φ(x) = p for p in (0, 1); ∓∞ at 0 and 1, NaN outside.
///
/// Algorithm AS 241 (PPND16) of Wichura (1988); relative error about 1e-16. Logarithm and square
/// root come from `libm`, so the bits are the same on every platform.
#[must_use]
pub fn normal_quantile(p: f64) -> f64 {
    if is_central(p) { central_quantile(p) } else { tail_quantile(p) }
}

#[inline(always)]
fn is_central(p: f64) -> bool {
    (p - 0.5).abs() <= 0.425
}

/// [`normal_quantile`] of the 85 % of draws that need neither logarithm nor root.
#[inline(always)]
fn central_quantile(p: f64) -> f64 {
    let q = p - 0.5;
    q * ratio(0.180_625 - q * q, &CENTRE)
}

fn tail_quantile(p: f64) -> f64 {
    let q = p - 0.5;
    let tail = if q < 0.0 { p } else { 1.0 - p };
    if tail <= 0.0 {
        return if tail == 0.0 { f64::INFINITY.copysign(q) } else { f64::NAN };
    }
    let r = libm::sqrt(-libm::log(tail));
    let x = if r <= 5.0 { ratio(r - 1.6, &MIDDLE) } else { ratio(r - 5.0, &FAR) };
    x.copysign(q)
}

/// How many draws are made side by side: enough to fill the widest registers several times over,
/// few enough for their places to fit a byte.
const DRAWS: usize = 64;

at_every_level! {
    /// Adds √(2 D Δt) times a standard normal draw to each displacement \[rad\].
    ///
    /// `ids` are the agents' ids, `deviation` is √(2 D Δt) \[rad\] for diffusion constant
    /// D \[rad²/s\].
    ///
    /// # Panics
    ///
    /// If the slices differ in length.
    pub fn add_white(displacements: &mut [f64], ids: &[u64], seed: u64, step: u64, deviation: f64) {
        assert_eq!(displacements.len(), ids.len(), "one id per displacement");
        for (displacements, ids) in displacements.chunks_mut(DRAWS).zip(ids.chunks(DRAWS)) {
            // Central draws are vectors, tails are put right one by one: no branch to mispredict.
            let mut uniforms = [0.5; DRAWS];
            for (uniform, &id) in uniforms.iter_mut().zip(ids) {
                *uniform = unit(bits(seed, Stream::PhaseNoise, id, step)[0]);
            }
            let mut normals = uniforms.map(central_quantile);
            let (places, tails) = tails_among(&uniforms);
            for &place in &places[..tails] {
                let place = usize::from(place);
                normals[place] = tail_quantile(uniforms[place]);
            }
            for (displacement, normal) in displacements.iter_mut().zip(&normals) {
                *displacement += deviation * normal;
            }
        }
    }
}

/// The places of the uniforms that are not central, and how many they are.
#[inline(always)]
fn tails_among(uniforms: &[f64; DRAWS]) -> ([u8; DRAWS], usize) {
    let mut places = [0; DRAWS];
    let mut tails = 0;
    for (place, &uniform) in uniforms.iter().enumerate() {
        places[tails] = place as u8;
        tails += usize::from(!is_central(uniform));
    }
    (places, tails)
}

/// √(2 D Δt) \[rad\]: the standard deviation that a step of Δt \[s\] adds to a phase with
/// diffusion constant D \[rad²/s\].
#[must_use]
pub fn deviation(diffusion: f64, dt: f64) -> f64 {
    libm::sqrt(2.0 * diffusion * dt)
}

type Rational = ([f64; 8], [f64; 8]);

#[inline(always)]
fn ratio(x: f64, (numerator, denominator): &Rational) -> f64 {
    let horner = |c: &[f64; 8]| c.iter().rev().fold(0.0, |sum, c| sum * x + c);
    horner(numerator) / horner(denominator)
}

/// |p − ½| ≤ 0.425.
const CENTRE: Rational = (
    [
        3.387_132_872_796_366_608_0,
        1.331_416_678_917_843_774_5e2,
        1.971_590_950_306_551_442_7e3,
        1.373_169_376_550_946_112_5e4,
        4.592_195_393_154_987_145_7e4,
        6.726_577_092_700_870_085_3e4,
        3.343_057_558_358_812_810_5e4,
        2.509_080_928_730_122_672_7e3,
    ],
    [
        1.0,
        4.231_333_070_160_091_125_2e1,
        6.871_870_074_920_579_083_0e2,
        5.394_196_021_424_751_107_7e3,
        2.121_379_430_158_659_586_7e4,
        3.930_789_580_009_271_061_0e4,
        2.872_908_573_572_194_267_4e4,
        5.226_495_278_852_854_561_0e3,
    ],
);

/// 1.6 < √(−ln tail) ≤ 5.
const MIDDLE: Rational = (
    [
        1.423_437_110_749_683_577_34,
        4.630_337_846_156_545_295_90,
        5.769_497_221_460_691_405_50,
        3.647_848_324_763_204_605_04,
        1.270_458_252_452_368_382_58,
        2.417_807_251_774_506_117_70e-1,
        2.272_384_498_926_918_458_33e-2,
        7.745_450_142_783_414_076_40e-4,
    ],
    [
        1.0,
        2.053_191_626_637_758_821_87,
        1.676_384_830_183_803_849_40,
        6.897_673_349_851_000_045_50e-1,
        1.481_039_764_274_800_745_90e-1,
        1.519_866_656_361_645_719_66e-2,
        5.475_938_084_995_344_946_00e-4,
        1.050_750_071_644_416_843_24e-9,
    ],
);

/// √(−ln tail) > 5.
const FAR: Rational = (
    [
        6.657_904_643_501_103_777_20,
        5.463_784_911_164_114_369_90,
        1.784_826_539_917_291_335_80,
        2.965_605_718_285_048_912_30e-1,
        2.653_218_952_657_612_309_30e-2,
        1.242_660_947_388_078_438_60e-3,
        2.711_555_568_743_487_578_15e-5,
        2.010_334_399_292_288_132_65e-7,
    ],
    [
        1.0,
        5.998_322_065_558_879_376_90e-1,
        1.369_298_809_227_358_053_10e-1,
        1.487_536_129_085_061_485_25e-2,
        7.868_691_311_456_132_591_00e-4,
        1.846_318_317_510_054_681_80e-5,
        1.421_511_758_316_445_888_70e-7,
        2.044_263_103_389_939_785_64e-15,
    ],
);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Level;
    use std::vec::Vec;

    #[test]
    fn the_generator_matches_the_random123_known_answers() {
        // Salmon et al. 2011, kat_vectors of Random123: philox4x32 with 10 rounds.
        assert_eq!(philox4x32_10([0; 4], [0; 2]), [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]);
        assert_eq!(philox4x32_10([u32::MAX; 4], [u32::MAX; 2]), [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]);
        assert_eq!(
            philox4x32_10([0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], [0xa409_3822, 0x299f_31d0]),
            [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
        );
    }

    #[test]
    fn the_normal_quantile_inverts_the_normal_distribution_function() {
        for exponent in 1..300 {
            let p = 0.5 * libm::pow(10.0, -f64::from(exponent) / 20.0);
            let back = 0.5 * libm::erfc(-normal_quantile(p) / core::f64::consts::SQRT_2);
            assert!((back / p - 1.0).abs() < 1e-13, "p = {p:e}: {back:e}");
            assert!((normal_quantile(1.0 - p) + normal_quantile(p)).abs() < 1e-9 || p < 1e-7);
        }
        assert_eq!(normal_quantile(0.5), 0.0);
        assert_eq!(normal_quantile(0.0), f64::NEG_INFINITY);
        assert_eq!(normal_quantile(1.0), f64::INFINITY);
        assert!(normal_quantile(-0.1).is_nan() && normal_quantile(1.1).is_nan());
    }

    #[test]
    fn draws_have_the_moments_of_a_standard_normal() {
        let count = 200_000_u64;
        let draws: Vec<f64> =
            (0..count).map(|id| normal_quantile(unit(bits(7, Stream::PhaseNoise, id, 3)[0]))).collect();
        let moment = |k: i32| draws.iter().map(|x| x.powi(k)).sum::<f64>() / count as f64;
        // Standard errors of the first four sample moments: √(1, 2, 15, 96)/√count.
        for (k, expected, variance) in [(1, 0.0, 1.0), (2, 1.0, 2.0), (3, 0.0, 15.0), (4, 3.0, 96.0_f64)] {
            let error = (moment(k) - expected).abs() / (variance / count as f64).sqrt();
            assert!(error < 4.0, "moment {k} is {error} standard errors off");
        }
    }

    #[test]
    fn neighbouring_ids_steps_seeds_and_streams_are_uncorrelated() {
        let draw = |seed, stream, id, step| normal_quantile(unit(bits(seed, stream, id, step)[0]));
        let count = 50_000_u64;
        let correlate = |other: &dyn Fn(u64) -> f64| {
            (0..count).map(|i| draw(1, Stream::PhaseNoise, i, 9) * other(i)).sum::<f64>() / (count as f64).sqrt()
        };
        assert!(correlate(&|i| draw(1, Stream::PhaseNoise, i + 1, 9)).abs() < 4.0);
        assert!(correlate(&|i| draw(1, Stream::PhaseNoise, i, 10)).abs() < 4.0);
        assert!(correlate(&|i| draw(2, Stream::PhaseNoise, i, 9)).abs() < 4.0);
        assert!(correlate(&|i| draw(1, Stream::Frequencies, i, 9)).abs() < 4.0);
    }

    #[test]
    fn blocks_of_any_size_add_the_same_noise() {
        let ids: Vec<u64> = (0..100).map(|i| i * 31).collect();
        let mut whole = std::vec![0.0; 100];
        add_white(Level::BASELINE, &mut whole, &ids, 5, 11, 0.2);
        let mut parts = std::vec![0.0; 100];
        let (left, right) = parts.split_at_mut(37);
        add_white(Level::detect(), right, &ids[37..], 5, 11, 0.2);
        add_white(Level::detect(), left, &ids[..37], 5, 11, 0.2);
        assert_eq!(whole, parts);
    }

    #[test]
    fn draws_side_by_side_have_the_bits_of_draws_one_by_one_at_every_level() {
        let ids: Vec<u64> = (0..50_003).map(|i| i * 0x1_0000_3779).collect();
        let one_by_one: Vec<u64> = ids
            .iter()
            .map(|&id| (1.5 + 0.3 * normal_quantile(unit(bits(5, Stream::PhaseNoise, id, 11)[0]))).to_bits())
            .collect();
        for level in Level::available() {
            let mut displacements = std::vec![1.5; ids.len()];
            add_white(level, &mut displacements, &ids, 5, 11, 0.3);
            let found: Vec<u64> = displacements.iter().map(|x| x.to_bits()).collect();
            assert!(found == one_by_one, "{}", level.name());
        }
    }
}
