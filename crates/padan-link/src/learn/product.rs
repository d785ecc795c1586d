//! The logarithm of a product of many factors, taken where the product would leave the range of numbers and not of each factor.

/// A product of positive factors.
#[derive(Debug, Clone, Copy)]
pub(super) struct Product {
    bits: f64,
    /// What is not in the bits yet.
    rest: f64,
}

impl Default for Product {
    fn default() -> Self {
        Self { bits: 0.0, rest: 1.0 }
    }
}

impl Product {
    /// Two numbers of this range can be multiplied.
    const RANGE: std::ops::Range<f64> = 1e-150..1e150;

    pub(super) fn times(&mut self, factor: f64) {
        if !Self::RANGE.contains(&self.rest) {
            self.bits += self.rest.log2();
            self.rest = 1.0;
        }
        if Self::RANGE.contains(&factor) {
            self.rest *= factor;
        } else {
            self.bits += factor.log2();
        }
    }

    /// Its logarithm, in bits.
    pub(super) fn log2(self) -> f64 {
        self.bits + self.rest.log2()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_logarithm_is_the_sum_of_those_of_its_factors(bits in prop::collection::vec(-900.0_f64..900.0, 0..40)) {
            let mut product = Product::default();
            for bits in &bits {
                product.times(bits.exp2());
            }
            prop_assert!((product.log2() - bits.iter().sum::<f64>()).abs() < 1e-6, "{}", product.log2());
        }
    }
}
