//! Reading networks and vectors from files.

mod direction;
mod edge_list;
mod graphml;
mod hostile;
mod matrix_market;
mod never_panics;
mod shipped;
mod support;
mod vectors;
