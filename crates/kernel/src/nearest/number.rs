//! Numbers of either precision.

use core::ops::{AddAssign, Mul, Sub};

/// What distances are measured in.
pub(super) trait Number:
    Copy + PartialOrd + Sub<Output = Self> + Mul<Output = Self> + AddAssign + Into<f64>
{
    const ZERO: Self;
    const INFINITY: Self;
    /// Nearer than anybody.
    const LEAST: Self;

    fn abs(self) -> Self;
    fn of(number: f64) -> Self;
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

            #[inline(always)]
            fn of(number: f64) -> Self {
                number as $number
            }
        }
    )*};
}

numbers!(f32 f64);
