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

use core::ops::Range;

use crate::Link;

/// Visits an undirected link: both directions.
pub(crate) fn both_ways(a: u32, b: u32, visit: &mut impl FnMut(Link)) {
    visit(Link::new(a, b));
    visit(Link::new(b, a));
}

/// Visits those directions of an undirected link whose receiver lies in `rows`.
pub(crate) fn both_ways_into(rows: &Range<u32>, a: u32, b: u32, visit: &mut impl FnMut(Link)) {
    both_ways(a, b, &mut |link| {
        if rows.contains(&link.receiver) {
            visit(link);
        }
    });
}
