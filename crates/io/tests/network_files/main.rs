//! Reading networks and vectors from files.

mod direction;
mod edge_list;
mod graphml;
mod matrix_market;
mod never_panics;
mod opening;
mod parts;
mod shipped;
mod support;
mod vectors;
