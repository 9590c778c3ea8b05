//! What a network is like.

mod clustering;
mod components;
mod critical;
mod degree;
mod laplacian;
mod spectrum;
mod symmetry;

pub use clustering::{Clustering, clustering};
pub use components::{Components, components};
pub use critical::{CriticalCoupling, DividedBy, critical_coupling};
pub use degree::{DegreeStatistics, degree_statistics, isolated, listener_statistics};
pub use spectrum::{Connectivity, algebraic_connectivity};
pub use symmetry::is_symmetric;
