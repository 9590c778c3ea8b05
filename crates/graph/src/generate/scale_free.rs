//! Growth by preferential attachment (Barabási & Albert 1999).

use alloc::vec::Vec;
use core::ops::Range;

use crate::draw::{Draws, Purpose, below, pair};
use crate::generate::both_ways_into;
use crate::{Link, LinkStream};

/// Begins with attach + 1 nodes, all linked; each further node links to `attach` distinct earlier
/// ones, chosen in proportion to their links.
///
/// To choose in proportion to links is to pick a random end of a random earlier link. Where that
/// is the far end of a link, it is found again by repeating that link's own draw, and so on
/// backwards, instead of by a list of all ends (Sanders & Schulz 2016). A node that draws an
/// earlier choice of its own draws again; what others find by its links is its first draw, so
/// that no draw depends on the refusals of others.
///
/// A part of the rows needs the choices of its own nodes and of all after it.
#[derive(Clone, Debug)]
pub(crate) struct ScaleFree {
    pub(crate) agents: u32,
    pub(crate) attach: u32,
    pub(crate) seed: u64,
}

/// Draws for one link before the first node not yet chosen is taken.
const ATTEMPTS: u64 = 1000;

impl ScaleFree {
    /// Links among the nodes of the beginning.
    fn first_links(&self) -> u64 {
        u64::from(self.attach) * (u64::from(self.attach) + 1) / 2
    }

    /// Links made before `node`, which is not of the beginning.
    fn links_before(&self, node: u64) -> u64 {
        self.first_links() + (node - u64::from(self.attach) - 1) * u64::from(self.attach)
    }

    /// The node that made a link beyond the first ones.
    fn maker(&self, link: u64) -> u64 {
        u64::from(self.attach) + 1 + (link - self.first_links()) / u64::from(self.attach)
    }

    /// The node at the end of a random link made before `link`'s maker.
    fn drawn_end(&self, draws: Draws, link: u64, attempt: u64) -> u32 {
        let (mut link, mut attempt) = (link, attempt);
        loop {
            let ends = 2 * self.links_before(self.maker(link));
            let end = below(draws.bits(link, attempt)[0], ends);
            let (earlier, far) = (end / 2, end % 2 == 1);
            if earlier < self.first_links() {
                let (a, b) = pair(earlier);
                return if far { b } else { a } as u32;
            }
            if !far {
                return self.maker(earlier) as u32;
            }
            (link, attempt) = (earlier, 0);
        }
    }

    /// The earlier nodes that `node` links to, into `chosen`.
    fn choose(&self, draws: Draws, node: u32, chosen: &mut Vec<u32>) {
        chosen.clear();
        let first = self.links_before(node.into());
        for link in first..first + u64::from(self.attach) {
            let mut drawn = (0..ATTEMPTS).map(|attempt| self.drawn_end(draws, link, attempt));
            let end = drawn.find(|end| !chosen.contains(end));
            chosen.extend(end.or_else(|| (0..node).find(|end| !chosen.contains(end))));
        }
    }
}

impl LinkStream for ScaleFree {
    fn nodes(&self) -> usize {
        self.agents as usize
    }

    fn for_each_link(&self, visit: impl FnMut(Link)) {
        self.for_each_link_into(0..self.agents, visit);
    }

    fn for_each_link_into(&self, rows: Range<u32>, mut visit: impl FnMut(Link)) {
        for a in rows.start..=self.attach {
            (0..a).for_each(|b| both_ways_into(&rows, a, b, &mut visit));
        }
        let draws = Draws::new(self.seed, Purpose::Attachment);
        let mut chosen = Vec::with_capacity(self.attach as usize);
        for node in rows.start.max(self.attach + 1)..self.agents {
            self.choose(draws, node, &mut chosen);
            chosen.iter().for_each(|&end| both_ways_into(&rows, node, end, &mut visit));
        }
    }
}
