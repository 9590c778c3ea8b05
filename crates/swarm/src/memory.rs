//! How much memory a swarm takes: estimated before it is built, counted while it lives, and held
//! to a budget.

mod account;
mod budget;
mod estimate;
mod watch;

pub use account::swarm_bytes;
pub use budget::{BudgetExceeded, MemoryBudget, MemoryMeasure, MemoryPolicy};
pub use estimate::{MemoryEstimate, SwarmPlan};
#[cfg(feature = "checkpoint")]
pub(crate) use watch::install;
pub use watch::{MemoryBudgetPlugin, MemoryUse, install_memory_budget};
pub(crate) use watch::{hold, look, steps_until_look};
