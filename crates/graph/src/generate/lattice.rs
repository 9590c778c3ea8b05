//! A rectangle in which each node is linked to those above, below, left and right.

use core::ops::Range;

use crate::{Link, LinkStream};

#[derive(Clone, Debug)]
pub(crate) struct Lattice {
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Whether opposite borders are joined.
    pub(crate) periodic: bool,
}

impl Lattice {
    /// The one or two neighbours of a place on a line of `length` places.
    fn beside(&self, place: u32, length: u32) -> [Option<u32>; 2] {
        let before = place.checked_sub(1).or((self.periodic && length > 2).then(|| length - 1));
        let after = (place + 1 < length).then(|| place + 1).or((self.periodic && length > 2).then_some(0));
        [before, after]
    }
}

impl LinkStream for Lattice {
    fn nodes(&self) -> usize {
        self.width as usize * self.height as usize
    }

    fn for_each_link(&self, visit: impl FnMut(Link)) {
        self.for_each_link_into(0..self.width * self.height, visit);
    }

    fn for_each_link_into(&self, rows: Range<u32>, mut visit: impl FnMut(Link)) {
        for receiver in rows {
            let (x, y) = (receiver % self.width, receiver / self.width);
            for y in self.beside(y, self.height).into_iter().flatten() {
                visit(Link::new(receiver, y * self.width + x));
            }
            for x in self.beside(x, self.width).into_iter().flatten() {
                visit(Link::new(receiver, y * self.width + x));
            }
        }
    }
}
