//! What a network is like.

mod clustering;
mod components;
mod degree;
mod symmetry;

pub use clustering::{Clustering, clustering};
pub use components::{Components, components};
pub use degree::{DegreeStatistics, degree_statistics, isolated, listener_statistics};
pub use symmetry::is_symmetric;
