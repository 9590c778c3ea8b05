//! Whole-swarm tests, in one program: each that is built takes all of Bevy into it. What counts
//! allocations or needs a process of its own is beside this directory.

mod closed_forms;
mod disruptions;
mod documents;
mod faults;
mod goals;
mod memory_budget;
mod metrics;
mod mid_step;
mod strategies;
