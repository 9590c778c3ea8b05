//! The networks that can be made, by name.

use alloc::{format, string::String, vec::Vec};
use core::ops::Range;

use crate::adjacency::check_count;
use crate::generate::{
    complete::Complete,
    geometric::Geometric,
    lattice::Lattice,
    modular::Modular,
    random::Random,
    random_links::{RandomLinks, pairs as pairs_of},
    ring::Ring,
    scale_free::ScaleFree,
    small_world::SmallWorld,
    star::Star,
};
use crate::{Adjacency, GraphError, Link, LinkStream};

/// A network to be made. All are undirected, without duplicates or self-links.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Topology {
    /// Everybody is linked to everybody else.
    Complete {
        /// Number of nodes, at least 1.
        agents: usize,
    },
    /// A circle in which each node is linked to its nearest.
    Ring {
        /// Number of nodes, at least 1.
        agents: usize,
        /// Even number of neighbours, less than `agents`; half on either side.
        neighbors: usize,
    },
    /// A rectangle in which each node is linked to those above, below, left and right. Node
    /// y · width + x stands in column x of row y.
    Lattice {
        /// Nodes in a row, at least 1.
        width: usize,
        /// Number of rows, at least 1.
        height: usize,
        /// Whether opposite borders are joined, where a side has more than two nodes.
        periodic: bool,
    },
    /// Node 0 in the middle, linked to all others.
    Star {
        /// Number of nodes, at least 1.
        agents: usize,
    },
    /// G(n, p): each pair is linked with the same probability (Gilbert 1959). Each node jumps from
    /// link to link among the nodes before it (Batagelj & Brandes 2005).
    Random {
        /// Number of nodes, at least 1.
        agents: usize,
        /// Probability in [0, 1].
        probability: f64,
    },
    /// G(n, m): so many pairs are linked (Erdős & Rényi 1959): the first ones of a seeded
    /// permutation of all pairs (a Feistel network with cycle walking; Black & Rogaway 2002).
    RandomLinks {
        /// Number of nodes, at least 1.
        agents: usize,
        /// Number of undirected links, at most the number of pairs.
        links: usize,
    },
    /// A ring some of whose links lead elsewhere (Watts & Strogatz 1998): rewired, not added, so
    /// there are always agents · neighbors / 2 links, and `rewire: 0.0` is the ring.
    ///
    /// Each node owns its links to the next `neighbors` / 2 nodes; a link moves its far end with
    /// probability `rewire`. The classical process looks at all links made so far to avoid
    /// duplicates; here three rules do that without a memory. A moved link never ends within its
    /// owner's neighbourhood in the ring (in the classical process it may, where a link has moved
    /// away), nor where another link of its owner was moved, and of two nodes only one, by the toss
    /// of a coin per pair, may own a moved link between them. For a given seed a link has therefore
    /// about half of the far nodes to go to; over the seeds all are as likely. Where none is found
    /// in 64 draws, which only happens in networks that are small or all but complete, the link
    /// stays.
    SmallWorld {
        /// Number of nodes, at least 1.
        agents: usize,
        /// Even number of neighbours in the ring to begin with, less than `agents`.
        neighbors: usize,
        /// Probability in [0, 1] with which a link is led elsewhere.
        rewire: f64,
    },
    /// Grown by preferential attachment (Barabási & Albert 1999), from attach + 1 nodes that are
    /// all linked: always attach · (attach + 1) / 2 + (agents − attach − 1) · attach links.
    ///
    /// A newcomer links to the end of a random earlier link, found again by repeating that link's
    /// own draw (Sanders & Schulz 2016), `attach` times, to distinct nodes: it draws again where it
    /// has drawn a node before. Others that come upon that link see the first draw, so repeated
    /// draws count for the degrees that attract, a share that vanishes as the network grows.
    ScaleFree {
        /// Number of nodes, more than `attach`.
        agents: usize,
        /// Links that each newcomer makes, at least 1.
        attach: usize,
    },
    /// Blocks, dense inside and sparse between (Holland, Laskey & Leinhardt 1983). Nodes are
    /// numbered block by block.
    Modular {
        /// Nodes in each block.
        sizes: Vec<usize>,
        /// Probability in [0, 1] of a link inside a block.
        within: f64,
        /// Probability in [0, 1] of a link between blocks.
        between: f64,
    },
    /// Nodes at random [`positions`](crate::positions) in the unit square, linked when near
    /// (Gilbert 1961).
    Geometric {
        /// Number of nodes, at least 1.
        agents: usize,
        /// Largest distance of linked nodes, positive and finite, in sides of the square.
        radius: f64,
        /// Whether opposite borders are joined.
        periodic: bool,
    },
}

impl Topology {
    /// Number of nodes.
    #[must_use]
    pub fn agents(&self) -> usize {
        match self {
            Self::Complete { agents }
            | Self::Ring { agents, .. }
            | Self::Star { agents }
            | Self::Random { agents, .. }
            | Self::RandomLinks { agents, .. }
            | Self::SmallWorld { agents, .. }
            | Self::ScaleFree { agents, .. }
            | Self::Geometric { agents, .. } => *agents,
            Self::Lattice { width, height, .. } => width.saturating_mul(*height),
            Self::Modular { sizes, .. } => sizes.iter().fold(0, |sum, size| sum.saturating_add(*size)),
        }
    }

    /// The links, one by one, as this seed makes them.
    ///
    /// # Errors
    ///
    /// [`GraphError::Parameter`] naming the parameter, its value and what it may be;
    /// [`GraphError::TooMany`] beyond 2³² − 1 nodes.
    pub fn stream(&self, seed: u64) -> Result<TopologyStream, GraphError> {
        check_count("nodes", self.agents() as u64)?;
        if self.agents() == 0 {
            return Err(parameter("the number of agents", 0.0, "at least 1"));
        }
        let agents = self.agents() as u32;
        Ok(TopologyStream(match *self {
            Self::Complete { .. } => Stream::Complete(Complete { agents }),
            Self::Ring { neighbors, .. } => Stream::Ring(ring(agents, neighbors)?),
            Self::Lattice { width, height, periodic } => {
                Stream::Lattice(Lattice { width: width as u32, height: height as u32, periodic })
            }
            Self::Star { .. } => Stream::Star(Star { agents }),
            Self::Random { probability, .. } => {
                let probability = check_probability("the probability of a link", probability)?;
                Stream::Random(Random { agents, probability, seed })
            }
            Self::RandomLinks { links, .. } => {
                let (links, pairs) = (links as u64, pairs_of(agents.into()));
                if links > pairs {
                    let allowed = format!("at most {pairs}, the number of pairs of {agents} agents");
                    return Err(parameter("the number of links", links as f64, allowed));
                }
                Stream::RandomLinks(RandomLinks::new(agents, links, seed))
            }
            Self::SmallWorld { neighbors, rewire, .. } => {
                let rewire = check_probability("the probability of rewiring", rewire)?;
                Stream::SmallWorld(SmallWorld::new(ring(agents, neighbors)?, rewire, seed))
            }
            Self::ScaleFree { attach, .. } => {
                if attach == 0 || attach >= agents as usize {
                    let allowed = format!("at least 1 and less than the number of agents, {agents}");
                    return Err(parameter("the number of links a newcomer makes", attach as f64, allowed));
                }
                Stream::ScaleFree(ScaleFree { agents, attach: attach as u32, seed })
            }
            Self::Modular { ref sizes, within, between } => {
                let within = check_probability("the probability of a link within a block", within)?;
                let between = check_probability("the probability of a link between blocks", between)?;
                let ends = sizes.iter().scan(0, |end, &size| {
                    *end += size as u32;
                    Some(*end)
                });
                Stream::Modular(Modular { starts: core::iter::once(0).chain(ends).collect(), within, between, seed })
            }
            Self::Geometric { radius, periodic, .. } => {
                if !(radius > 0.0 && radius.is_finite()) {
                    return Err(parameter("the radius", radius, "positive and finite"));
                }
                Stream::Geometric(Geometric { agents, radius, periodic, seed })
            }
        }))
    }

    /// The whole network as this seed makes it.
    ///
    /// # Errors
    ///
    /// As [`stream`](Self::stream), and [`GraphError::TooMany`] beyond 2³² − 1 directed links.
    pub fn build(&self, seed: u64) -> Result<Adjacency, GraphError> {
        let stream = self.stream(seed)?;
        check_count("links", self.fewest_links() as u64)?;
        Adjacency::from_stream(&stream).map(|built| built.adjacency)
    }
}

fn ring(agents: u32, neighbors: usize) -> Result<Ring, GraphError> {
    if neighbors % 2 == 1 || neighbors >= agents as usize {
        let allowed = format!("even and less than the number of agents, {agents}");
        return Err(parameter("the number of neighbors", neighbors as f64, allowed));
    }
    Ok(Ring { agents, reach: neighbors as u32 / 2 })
}

fn check_probability(name: &'static str, value: f64) -> Result<f64, GraphError> {
    if (0.0..=1.0).contains(&value) { Ok(value) } else { Err(parameter(name, value, "from 0 to 1")) }
}

fn parameter(name: &'static str, value: f64, allowed: impl Into<String>) -> GraphError {
    GraphError::Parameter { name, value, allowed: allowed.into() }
}

/// The links of a [`Topology`] for one seed.
#[derive(Clone, Debug)]
pub struct TopologyStream(Stream);

#[derive(Clone, Debug)]
enum Stream {
    Complete(Complete),
    Ring(Ring),
    Lattice(Lattice),
    Star(Star),
    Random(Random),
    RandomLinks(RandomLinks),
    SmallWorld(SmallWorld),
    ScaleFree(ScaleFree),
    Modular(Modular),
    Geometric(Geometric),
}

/// Calls a method on whichever generator it is.
macro_rules! delegate {
    ($stream:expr, $generator:ident => $call:expr) => {
        match &$stream.0 {
            Stream::Complete($generator) => $call,
            Stream::Ring($generator) => $call,
            Stream::Lattice($generator) => $call,
            Stream::Star($generator) => $call,
            Stream::Random($generator) => $call,
            Stream::RandomLinks($generator) => $call,
            Stream::SmallWorld($generator) => $call,
            Stream::ScaleFree($generator) => $call,
            Stream::Modular($generator) => $call,
            Stream::Geometric($generator) => $call,
        }
    };
}

impl LinkStream for TopologyStream {
    fn nodes(&self) -> usize {
        delegate!(self, generator => generator.nodes())
    }

    fn for_each_link(&self, visit: impl FnMut(Link)) {
        delegate!(self, generator => generator.for_each_link(visit));
    }

    fn for_each_link_into(&self, rows: Range<u32>, visit: impl FnMut(Link)) {
        let nodes = self.nodes() as u32;
        let rows = rows.start.min(nodes)..rows.end.min(nodes);
        delegate!(self, generator => generator.for_each_link_into(rows, visit));
    }
}
