//! The table of phasors that agents on a network hear each other by.

use lampyrid_kernel::{Phasor, SinglePhasor, phasor::Phasors};

use super::fit;
use crate::settings::PhasorPrecision;

/// (cos θ, sin θ) by place, as precise as is asked for.
#[derive(Debug)]
pub(crate) enum Heard {
    Double(Vec<Phasor>),
    Single(Vec<SinglePhasor>),
}

impl Default for Heard {
    fn default() -> Self {
        Self::Double(Vec::new())
    }
}

impl Heard {
    fn of(precision: PhasorPrecision) -> Self {
        match precision {
            PhasorPrecision::Double => Self::Double(Vec::new()),
            PhasorPrecision::Single | PhasorPrecision::SingleAngle => Self::Single(Vec::new()),
        }
    }

    /// As the kernels want it.
    pub(crate) fn phasors(&self) -> Phasors<'_> {
        match self {
            Self::Double(phasors) => Phasors::Double(phasors),
            Self::Single(phasors) => Phasors::Single(phasors),
        }
    }

    fn is_as_precise(&self, precision: PhasorPrecision) -> bool {
        matches!(self, Self::Double(_)) == (precision == PhasorPrecision::Double)
    }

    /// Makes room for so many; what is not needed any more is given back.
    pub(super) fn fit(&mut self, precision: PhasorPrecision, room: usize) {
        if !self.is_as_precise(precision) {
            *self = Self::of(precision);
        }
        match self {
            Self::Double(phasors) => fit(phasors, room),
            Self::Single(phasors) => fit(phasors, room),
        }
    }

    pub(super) fn heap_bytes(&self) -> usize {
        match self {
            Self::Double(phasors) => phasors.capacity() * size_of::<Phasor>(),
            Self::Single(phasors) => phasors.capacity() * size_of::<SinglePhasor>(),
        }
    }
}
