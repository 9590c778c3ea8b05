//! Parquet: tables by columns, in groups of rows, with units and scenario in the metadata.

#[cfg(not(feature = "parquet"))]
mod absent;
#[cfg(feature = "parquet")]
mod convert;
#[cfg(feature = "parquet")]
mod table;

#[cfg(not(feature = "parquet"))]
pub(crate) use absent::{ParquetTable, again, make, write};
#[cfg(feature = "parquet")]
pub(crate) use convert::{again, make, write};
#[cfg(feature = "parquet")]
pub use table::ParquetTable;
