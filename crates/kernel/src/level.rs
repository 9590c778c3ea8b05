//! The instruction level of the slice loops, and the project's only `unsafe` code.
//!
//! Three things cannot be said in safe Rust: calling a function compiled for more instructions
//! than the baseline, reading the phasor table at a neighbour's index without a bounds check, and asking
//! memory for a value ahead of time. All are here, each behind an interface that cannot be misused: a
//! [`Level`] exists only on a processor that has it, a `Neighborhood` exists only over validated rows and
//! a table of the same size, and [`fetch`] is given a reference.
#![allow(unsafe_code, reason = "the one audited module: instruction levels and the unchecked gather")]

use lampyrid_graph::Rows;

use crate::phasor::{Phasor, Stored};

/// An x86 instruction level that this processor has (the baseline, elsewhere).
///
/// A value is a proof: it can only be had by asking the processor. All levels return the same
/// bits; the higher ones are faster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Level(Kind);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Kind {
    Baseline,
    #[cfg(all(target_arch = "x86_64", feature = "std"))]
    Avx2,
    #[cfg(all(target_arch = "x86_64", feature = "std"))]
    Avx512,
}

impl Level {
    /// What every processor of this architecture has (SSE2 on x86-64).
    pub const BASELINE: Self = Self(Kind::Baseline);

    /// The highest level of this processor. The answer is cached by the standard library.
    #[must_use]
    #[inline]
    pub fn detect() -> Self {
        Self::avx512().or_else(Self::avx2).unwrap_or(Self::BASELINE)
    }

    /// AVX2 where the processor has it.
    #[must_use]
    #[inline]
    pub fn avx2() -> Option<Self> {
        #[cfg(all(target_arch = "x86_64", feature = "std"))]
        if std::is_x86_feature_detected!("avx2") {
            return Some(Self(Kind::Avx2));
        }
        None
    }

    /// AVX-512 (F, DQ, VL and BW together) where the processor has it.
    #[must_use]
    #[inline]
    pub fn avx512() -> Option<Self> {
        #[cfg(all(target_arch = "x86_64", feature = "std"))]
        if std::is_x86_feature_detected!("avx512f")
            && std::is_x86_feature_detected!("avx512dq")
            && std::is_x86_feature_detected!("avx512vl")
            && std::is_x86_feature_detected!("avx512bw")
        {
            return Some(Self(Kind::Avx512));
        }
        None
    }

    /// Every level of this processor, from the baseline up.
    pub fn available() -> impl Iterator<Item = Self> {
        [Some(Self::BASELINE), Self::avx2(), Self::avx512()].into_iter().flatten()
    }

    /// The level's usual name: `baseline`, `avx2` or `avx512`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self.0 {
            Kind::Baseline => "baseline",
            #[cfg(all(target_arch = "x86_64", feature = "std"))]
            Kind::Avx2 => "avx2",
            #[cfg(all(target_arch = "x86_64", feature = "std"))]
            Kind::Avx512 => "avx512",
        }
    }

    #[inline(always)]
    pub(crate) fn kind(self) -> Kind {
        self.0
    }
}

/// Compiles one function body for every [`Level`]; the level becomes its first argument.
///
/// The body is plain scalar Rust in a loop over slices, which the compiler vectorises for the
/// level's registers. It is inlined into each of the three functions, so what it calls must be
/// `#[inline(always)]` too. A function may have one type parameter.
macro_rules! at_every_level {
    ($(
        $(#[$attribute:meta])*
        $vis:vis fn $name:ident $(<$kind:ident : $bound:ident>)? ($($argument:ident : $type:ty),* $(,)?) $(-> $result:ty)? $body:block
    )*) => {$(
        $(#[$attribute])*
        #[inline]
        #[allow(unsafe_code, reason = "a Level is the proof that its instructions exist")]
        #[allow(clippy::too_many_arguments, reason = "columns of one block, one slice each")]
        $vis fn $name $(<$kind: $bound>)? (level: $crate::level::Level, $($argument: $type),*) $(-> $result)? {
            #[inline(always)]
            #[allow(clippy::too_many_arguments, reason = "as above")]
            fn body $(<$kind: $bound>)? ($($argument: $type),*) $(-> $result)? $body

            #[cfg(all(target_arch = "x86_64", feature = "std"))]
            #[target_feature(enable = "avx2")]
            #[allow(clippy::too_many_arguments, reason = "as above")]
            fn avx2 $(<$kind: $bound>)? ($($argument: $type),*) $(-> $result)? { body($($argument),*) }

            #[cfg(all(target_arch = "x86_64", feature = "std"))]
            #[target_feature(enable = "avx512f,avx512dq,avx512vl,avx512bw")]
            #[allow(clippy::too_many_arguments, reason = "as above")]
            fn avx512 $(<$kind: $bound>)? ($($argument: $type),*) $(-> $result)? { body($($argument),*) }

            match level.kind() {
                $crate::level::Kind::Baseline => body($($argument),*),
                // SAFETY: a Level of this kind is only made where the processor has AVX2.
                #[cfg(all(target_arch = "x86_64", feature = "std"))]
                $crate::level::Kind::Avx2 => unsafe { avx2($($argument),*) },
                // SAFETY: a Level of this kind is only made where the processor has these four.
                #[cfg(all(target_arch = "x86_64", feature = "std"))]
                $crate::level::Kind::Avx512 => unsafe { avx512($($argument),*) },
            }
        }
    )*};
}
pub(crate) use at_every_level;

/// Bytes that come from memory together.
const LINE: usize = 64;

/// Asks for a value that is needed soon, so that it has arrived from memory by then. It changes nothing but the time
/// that the value takes.
///
/// A processor waits for what it reads, and does only so much else meanwhile; for what it is asked for like this it
/// does not wait.
#[inline(always)]
pub fn fetch<T>(value: &T) {
    #[cfg(target_arch = "x86_64")]
    for offset in (0..size_of::<T>()).step_by(LINE).chain(size_of::<T>().checked_sub(1)) {
        let line = core::ptr::from_ref(value).cast::<i8>().wrapping_add(offset);
        // SAFETY: SSE, which the instruction belongs to, is part of the x86-64 baseline, and it may be given any
        // address.
        unsafe { core::arch::x86_64::_mm_prefetch::<{ core::arch::x86_64::_MM_HINT_T0 }>(line) };
    }
}

/// How many links ahead of their sum phasors are asked for: some 100 ns, the time a read from
/// memory takes.
#[cfg(target_arch = "x86_64")]
const LINKS_AHEAD: usize = 256;

/// The phasor table seen through validated rows: sums over an agent's neighbours.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Neighborhood<'a, P> {
    starts: &'a [u32],
    ends: &'a [u32],
    columns: &'a [u32],
    weights: Option<&'a [f64]>,
    phasors: &'a [P],
}

impl<'a, P: Stored> Neighborhood<'a, P> {
    /// # Panics
    ///
    /// If the table has another length than there are rows.
    pub(crate) fn new(rows: Rows<'a>, phasors: &'a [P]) -> Self {
        assert_eq!(rows.nodes(), phasors.len(), "one phasor per node");
        let (starts, ends) = (rows.starts(), rows.ends());
        Self { starts, ends, columns: rows.columns(), weights: rows.weights(), phasors }
    }

    #[inline(always)]
    pub(crate) fn weighted(&self) -> bool {
        self.weights.is_some()
    }

    /// The rows `first .. first + count`.
    ///
    /// # Panics
    ///
    /// If there are not so many.
    #[inline(always)]
    pub(crate) fn block(&self, first: usize, count: usize) -> Block<'a, P> {
        let rows = first..first + count;
        Block {
            starts: &self.starts[rows.clone()],
            ends: &self.ends[rows.clone()],
            own: &self.phasors[rows],
            neighborhood: *self,
        }
    }

    /// Asks for the phasors of the links that `row` will need some way ahead, so that they have
    /// arrived from memory when they are summed.
    #[inline(always)]
    pub(crate) fn fetch_ahead(&self, row: usize) {
        #[cfg(target_arch = "x86_64")]
        {
            let end = self.columns.len();
            let ahead = |place: u32| (place as usize + LINKS_AHEAD).min(end);
            for link in ahead(self.starts[row])..ahead(self.ends[row]) {
                // SAFETY: link < columns.len(). SSE, which the instruction belongs to, is part of
                // the x86-64 baseline, and it may be given any address: the link may belong to no
                // row, and its column to no phasor.
                unsafe {
                    let column = *self.columns.get_unchecked(link) as usize;
                    let phasor = self.phasors.as_ptr().wrapping_add(column);
                    core::arch::x86_64::_mm_prefetch::<{ core::arch::x86_64::_MM_HINT_T0 }>(phasor.cast());
                }
            }
        }
    }

    /// The contribution of one link.
    ///
    /// # Safety
    ///
    /// `link` must lie in a row.
    #[inline(always)]
    unsafe fn term<const WEIGHTED: bool>(&self, link: usize) -> Phasor {
        debug_assert!(link < self.columns.len());
        // SAFETY: link is in a row by the caller's promise; `Rows` guarantees that rows lie within
        // the columns and that their columns are less than the number of nodes, which `new` compared
        // with phasors.len().
        let phasor = unsafe {
            let column = *self.columns.get_unchecked(link) as usize;
            self.phasors.get_unchecked(column).load()
        };
        match self.weights {
            // SAFETY: `Rows` guarantees one weight per column.
            Some(weights) if WEIGHTED => phasor.times(unsafe { *weights.get_unchecked(link) }),
            _ => phasor,
        }
    }
}

/// Some consecutive rows of a [`Neighborhood`], counted from the first of them.
#[derive(Clone, Copy)]
pub(crate) struct Block<'a, P> {
    starts: &'a [u32],
    ends: &'a [u32],
    own: &'a [P],
    neighborhood: Neighborhood<'a, P>,
}

impl<P: Stored> Block<'_, P> {
    #[inline(always)]
    pub(crate) fn phasor(&self, row: usize) -> Phasor {
        self.own[row].load()
    }

    /// The degree of `row` and the sum of its neighbours' phasors, weighted if `WEIGHTED`.
    ///
    /// Even and odd places of the list are summed apart and then together: a fixed pattern with
    /// two independent chains of additions.
    #[inline(always)]
    pub(crate) fn field<const WEIGHTED: bool>(&self, row: usize) -> (usize, Phasor) {
        let (start, end) = (self.starts[row] as usize, self.ends[row] as usize);
        let mut even = Phasor::ZERO;
        let mut odd = Phasor::ZERO;
        let mut link = start;
        while link + 1 < end {
            // SAFETY: link + 1 < end, the end of this row.
            unsafe {
                even = even.plus(self.neighborhood.term::<WEIGHTED>(link));
                odd = odd.plus(self.neighborhood.term::<WEIGHTED>(link + 1));
            }
            link += 2;
        }
        if link < end {
            // SAFETY: link < end, the end of this row.
            even = even.plus(unsafe { self.neighborhood.term::<WEIGHTED>(link) });
        }
        (end - start, even.plus(odd))
    }
}
