//! Numbers of either precision.

use core::ops::{AddAssign, Mul, Sub};

/// What distances are measured in.
pub(super) trait Number: Copy + PartialOrd + Sub<Output = Self> + Mul<Output = Self> + AddAssign {
    const ZERO: Self;
    const INFINITY: Self;
    /// Nearer than anybody.
    const LEAST: Self;

    fn abs(self) -> Self;
}

macro_rules! numbers {
    ($($number:ident)*) => {$(
        impl Number for $number {
            const ZERO: Self = 0.0;
            const INFINITY: Self = $number::INFINITY;
            const LEAST: Self = -1.0;

            #[inline(always)]
            fn abs(self) -> Self {
                $number::abs(self)
            }
        }
    )*};
}

numbers!(f32 f64);

/// The square root, rounded as IEEE 754 wants it, so that it has the same bits whoever takes it.
#[inline(always)]
pub(super) fn sqrt(x: f64) -> f64 {
    // A call of a function costs more than the root.
    #[cfg(feature = "std")]
    return x.sqrt();
    #[cfg(not(feature = "std"))]
    return libm::sqrt(x);
}
