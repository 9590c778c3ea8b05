//! Slices cut into pieces that keep a processor busy.
//!
//! The result of one agent is a chain of instructions that wait for one another. A processor that
//! starts two vector instructions a cycle and waits four for each needs several chains side by side,
//! more than compilers lay out by themselves; so loops over slices go through a turn at a time, and
//! through its rows step by step together.

/// Elements of the widest vector register.
pub(crate) const LANES: usize = 8;

/// Chains side by side. Of one, two, three and four, four was the fastest with AVX-512, by a sixth
/// over two (2026-11-23); more do not fit into the registers.
pub(crate) const CHAINS: usize = 4;

/// Elements that are worked on together: consecutive ones, row by row.
pub(crate) type Turn = [[f64; LANES]; CHAINS];

/// Elements of a [`Turn`].
pub(crate) const TURN: usize = LANES * CHAINS;

/// How many of so many elements whole turns cover.
#[inline(always)]
pub(crate) fn in_whole_turns(elements: usize) -> usize {
    elements / TURN * TURN
}

/// The whole turns of a slice.
#[inline(always)]
pub(crate) fn turns(values: &[f64]) -> &[Turn] {
    values.as_chunks().0.as_chunks().0
}

/// The whole turns of a slice.
#[inline(always)]
pub(crate) fn turns_mut(values: &mut [f64]) -> &mut [Turn] {
    values.as_chunks_mut().0.as_chunks_mut().0
}
