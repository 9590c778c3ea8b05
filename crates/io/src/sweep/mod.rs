//! Sweeps: one scenario run at many points, over and over with other seeds.
//!
//! | item | what it is |
//! |---|---|
//! | [`Axis`], [`Grid`] | the keys that are varied, and the points that their values make |
//! | [`RunId`] | one run: a point and a replicate |
//! | [`SweepRun`], [`SweepOutcome`] | a row of `runs.csv` |
//! | [`SweepPoint`] | a row of `points.csv` |
//! | [`SweepRecord`] | `sweep.json` |
//! | [`SweepDirectory`] | the three of them and `timings.csv` on a disk, whatever happens to the machine |
//! | [`SweepTable`], [`read_sweep`] | `points.csv`, read back |
//!
//! Nothing here runs anything.

mod axis;
mod columns;
mod directory;
mod error;
mod grid;
mod journal;
mod point;
mod record;
mod row;
mod table;
mod unit;

pub use axis::Axis;
pub use directory::{SweepDirectory, SweepProgress};
pub use error::{AxisProblem, SweepError};
pub use grid::{Grid, RunId};
pub use point::SweepPoint;
pub use record::{SweepCommand, SweepInput, SweepRecord, VariedKey};
pub use row::{SweepOutcome, SweepRun, SweepStatus};
pub use table::{SweepTable, read_sweep};
pub(crate) use unit::unit;
