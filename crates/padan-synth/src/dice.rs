//! Chance, from streams that depend on nothing but the seed, the village and the purpose.
//!
//! No stream is shared: a village's list comes out the same whichever thread writes it and whatever else is written. The trap is a
//! draw that happens only sometimes; it shifts the rest of its own stream, and only that one.

use rand::Rng;
use rand_pcg::Pcg64Mcg;

/// A stream of draws.
#[derive(Debug, Clone)]
pub(crate) struct Dice(Pcg64Mcg);

/// Mixes a word so that neighbouring inputs give unrelated outputs (splitmix64, Steele et al. 2014).
pub(crate) fn mix(word: u64) -> u64 {
    let mut z = word.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

impl Dice {
    /// The stream of one purpose in one village.
    pub(crate) fn new(seed: u64, village: u64, purpose: u64) -> Self {
        let high = mix(mix(seed) ^ mix(village.wrapping_mul(3) + 1));
        let low = mix(high ^ mix(purpose.wrapping_mul(7) + 5));
        Self(Pcg64Mcg::new((u128::from(high) << 64) | u128::from(low)))
    }

    /// 64 random bits.
    pub(crate) fn word(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// Uniform in [0, 1).
    pub(crate) fn unit(&mut self) -> f64 {
        (self.word() >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
    }

    /// True with this probability.
    pub(crate) fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// Uniform in `0..n`; 0 where `n` is 0.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.word()) * n as u128) >> 64) as usize
    }

    /// Uniform in `low..=high`.
    pub(crate) fn range(&mut self, low: i32, high: i32) -> i32 {
        low + self.below((high - low + 1).max(1) as usize) as i32
    }

    /// One of the items; they are never empty here, and an empty slice gives the type's default.
    pub(crate) fn pick<T: Copy + Default>(&mut self, items: &[T]) -> T {
        items.get(self.below(items.len())).copied().unwrap_or_default()
    }

    /// One of the items, the first ones oftener: `skew` 1 is uniform, 2 makes the first of a hundred come up one time in ten.
    pub(crate) fn pick_skewed<T: Copy + Default>(&mut self, items: &[T], skew: f64) -> T {
        let at = self.unit().powf(skew) * items.len() as f64;
        items.get(at as usize).copied().unwrap_or_default()
    }

    /// Standard normal (sum of twelve uniforms: good to three deviations, all that ages and scores need).
    pub(crate) fn normal(&mut self) -> f64 {
        let word = self.word();
        let more = self.word();
        // Added up as integers: the sum of twelve numbers below 1,024 is exact either way, and twelve conversions are saved.
        let sum: u64 = (0..6).map(|sixth| ((word >> (sixth * 10)) & 1023) + ((more >> (sixth * 10)) & 1023)).sum();
        sum as f64 / 1023.0 - 6.0
    }

    /// Index drawn by weights.
    pub(crate) fn weighted(&mut self, weights: &[f64]) -> usize {
        let mut left = self.unit() * weights.iter().sum::<f64>();
        for (at, weight) in weights.iter().enumerate() {
            left -= weight;
            if left < 0.0 {
                return at;
            }
        }
        weights.len().saturating_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_repeat_and_differ() {
        let first = |village, purpose| Dice::new(1, village, purpose).word();
        assert_eq!(first(3, 4), first(3, 4));
        assert_ne!(first(3, 4), first(4, 3));
        assert_ne!(Dice::new(1, 0, 0).word(), Dice::new(2, 0, 0).word());
    }

    #[test]
    fn draws_have_their_shape() {
        let mut dice = Dice::new(1, 1, 1);
        let n = 20_000;
        let mean = (0..n).map(|_| dice.normal()).sum::<f64>() / f64::from(n);
        let square = (0..n).map(|_| dice.normal().powi(2)).sum::<f64>() / f64::from(n);
        assert!(mean.abs() < 0.03 && (square - 1.0).abs() < 0.05, "{mean} {square}");
        let first = (0..n).filter(|_| dice.pick_skewed(&(0..100).collect::<Vec<i32>>(), 2.0) == 0).count();
        assert!((1_800..2_200).contains(&first), "{first}");
    }
}
