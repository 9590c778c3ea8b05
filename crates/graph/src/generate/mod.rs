//! The generators, one a file. Each is a struct of its parameters that streams its links.

pub(crate) mod complete;
pub(crate) mod geometric;
pub(crate) mod lattice;
pub(crate) mod modular;
pub(crate) mod random;
pub(crate) mod random_links;
pub(crate) mod ring;
pub(crate) mod scale_free;
pub(crate) mod small_world;
pub(crate) mod star;

use crate::Link;

/// Visits an undirected link: both directions.
pub(crate) fn both_ways(a: u32, b: u32, visit: &mut impl FnMut(Link)) {
    visit(Link::new(a, b));
    visit(Link::new(b, a));
}
