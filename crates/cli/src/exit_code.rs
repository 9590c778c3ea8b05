//! The exit codes of the program. Scripts rely on them.

/// Done.
pub(crate) const DONE: u8 = 0;
/// Done, but the goal was not attained; the results are written all the same.
pub(crate) const GOAL_MISSED: u8 = 1;
/// All runs of a sweep are done, but some of them failed; the results are written all the same.
pub(crate) const RUNS_FAILED: u8 = 1;
/// Done, and a replay came to another hash than the run.
pub(crate) const DIFFERS: u8 = 1;
/// Wrong usage or a wrong scenario; nothing was run.
pub(crate) const USAGE: u8 = 2;
/// A network, vector or checkpoint file, or what a checkpoint goes on from, is missing, unreadable or wrong; nothing was
/// run.
pub(crate) const INPUT: u8 = 3;
/// The swarm would not have fitted into its memory budget or what the system gives, and nothing was run; or it outgrew its
/// budget, and what was reached until then is written; or the system refused memory that nobody had foreseen, and nothing
/// is written but earlier checkpoints.
pub(crate) const MEMORY: u8 = 4;
/// A result could not be written.
pub(crate) const OUTPUT: u8 = 5;
/// Interrupted; what was reached until then is written.
pub(crate) const INTERRUPTED: u8 = 130;
