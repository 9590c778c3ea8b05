//! The networks a scenario can ask for by kind.

use serde::Serialize;

use super::bound::Bound;
use super::error::ScenarioError;
use super::kind::Kind;
use super::network::MAX_AGENTS;
use super::section::Section;
use super::word::Word;

/// Number of agents where none is given.
const DEFAULT_AGENTS: u64 = 1000;
/// Number of neighbours where none is given, as far as there are so many other agents.
const DEFAULT_NEIGHBORS: u64 = 8;
/// The most blocks: making a modular network takes time with their square.
const MAX_BLOCKS: u64 = 10_000;

/// A network made by a generator. All are undirected: who listens is listened to.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum GeneratedNetwork {
    /// Everybody listens to everybody else.
    Complete {
        /// Number of agents.
        agents: usize,
    },
    /// A circle in which each agent listens to its nearest neighbours.
    Ring {
        /// Number of agents.
        agents: usize,
        /// Even number of neighbours, half on either side.
        neighbors: usize,
    },
    /// A rectangle in which each agent listens to the agents above, below, left and right.
    Lattice {
        /// Agents in a row.
        width: usize,
        /// Number of rows.
        height: usize,
        /// Whether opposite borders are joined, so that the rectangle becomes a torus.
        periodic: bool,
    },
    /// One agent in the middle, linked to all others.
    Star {
        /// Number of agents.
        agents: usize,
    },
    /// Links drawn at random among all pairs (Erdős & Rényi 1959; Gilbert 1959).
    Random {
        /// Number of agents.
        agents: usize,
        /// How many links.
        #[serde(flatten)]
        density: Density,
    },
    /// A ring some of whose links lead elsewhere (Watts & Strogatz 1998).
    SmallWorld {
        /// Number of agents.
        agents: usize,
        /// Even number of neighbours in the ring to start with.
        neighbors: usize,
        /// Probability, from 0 to 1, with which a link is led elsewhere.
        rewire: f64,
    },
    /// Grown by preferential attachment (Barabási & Albert 1999).
    ScaleFree {
        /// Number of agents.
        agents: usize,
        /// Links that each newcomer makes.
        attach: usize,
    },
    /// Blocks, dense inside and sparse between (Holland, Laskey & Leinhardt 1983).
    Modular {
        /// The blocks.
        #[serde(flatten)]
        blocks: Blocks,
        /// Probability, from 0 to 1, of a link between two agents of one block.
        within: f64,
        /// Probability, from 0 to 1, of a link between two agents of different blocks.
        between: f64,
    },
    /// Agents at random places in the unit square, linked when near (Gilbert 1961).
    Geometric {
        /// Number of agents.
        agents: usize,
        /// How near.
        #[serde(flatten)]
        reach: Reach,
        /// Whether opposite borders of the square are joined.
        periodic: bool,
    },
}

/// How many links a random network has.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Density {
    /// Probability, from 0 to 1, of each possible link.
    Probability(f64),
    /// Mean number of neighbours.
    Neighbors(f64),
    /// Exact number of undirected links.
    Links(u64),
}

/// How near two agents of a geometric network must be to be linked.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// At most this distance apart, in sides of the square.
    Radius(f64),
    /// As near as gives this mean number of neighbours, borders left out of account.
    Neighbors(f64),
}

/// The blocks of a modular network.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Blocks {
    /// So many agents in so many blocks whose sizes differ by one at most, larger ones first.
    Equal {
        /// Number of agents.
        agents: usize,
        /// Number of blocks.
        blocks: usize,
    },
    /// Blocks of given sizes.
    Sizes {
        /// Agents in each block.
        sizes: Vec<usize>,
    },
}

impl GeneratedNetwork {
    /// The word by which a scenario asks for its kind.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        let kind = match self {
            Self::Complete { .. } => Kind::Complete,
            Self::Ring { .. } => Kind::Ring,
            Self::Lattice { .. } => Kind::Lattice,
            Self::Star { .. } => Kind::Star,
            Self::Random { .. } => Kind::Random,
            Self::SmallWorld { .. } => Kind::SmallWorld,
            Self::ScaleFree { .. } => Kind::ScaleFree,
            Self::Modular { .. } => Kind::Modular,
            Self::Geometric { .. } => Kind::Geometric,
        };
        kind.word()
    }

    /// Number of agents.
    pub fn agents(&self) -> usize {
        match self {
            Self::Complete { agents }
            | Self::Ring { agents, .. }
            | Self::Star { agents }
            | Self::Random { agents, .. }
            | Self::SmallWorld { agents, .. }
            | Self::ScaleFree { agents, .. }
            | Self::Modular { blocks: Blocks::Equal { agents, .. }, .. }
            | Self::Geometric { agents, .. } => *agents,
            Self::Lattice { width, height, .. } => width * height,
            Self::Modular { blocks: Blocks::Sizes { sizes }, .. } => sizes.iter().sum(),
        }
    }

    pub(crate) fn read(kind: Kind, section: &mut Section<'_>) -> Result<Self, ScenarioError> {
        Ok(match kind {
            Kind::Complete => Self::Complete { agents: agents(section, 1)? },
            Kind::Star => Self::Star { agents: agents(section, 1)? },
            Kind::Ring => {
                let agents = agents(section, 1)?;
                Self::Ring { agents, neighbors: even_neighbors(section, agents)? }
            }
            Kind::SmallWorld => {
                let agents = agents(section, 1)?;
                let neighbors = even_neighbors(section, agents)?;
                Self::SmallWorld { agents, neighbors, rewire: section.number("rewire", Bound::Unit, 0.1)? }
            }
            Kind::ScaleFree => {
                let agents = agents(section, 2)?;
                let most = agents as u64 - 1;
                Self::ScaleFree { agents, attach: section.count("attach", 1, most, most.min(4))? as usize }
            }
            Kind::Random => {
                let agents = agents(section, 1)?;
                Self::Random { agents, density: density(section, agents)? }
            }
            Kind::Geometric => {
                let agents = agents(section, 1)?;
                let reach = reach(section, agents)?;
                Self::Geometric { agents, reach, periodic: section.boolean("periodic", true)? }
            }
            Kind::Lattice => {
                let (width, height) = sides(section)?;
                Self::Lattice { width, height, periodic: section.boolean("periodic", true)? }
            }
            Kind::Modular => {
                let blocks = blocks(section)?;
                let within = section.number("within", Bound::Unit, 0.1)?;
                Self::Modular { blocks, within, between: section.number("between", Bound::Unit, 0.01)? }
            }
        })
    }
}

fn agents(section: &mut Section<'_>, least: u64) -> Result<usize, ScenarioError> {
    Ok(section.count("agents", least, MAX_AGENTS, DEFAULT_AGENTS)? as usize)
}

fn even_neighbors(section: &mut Section<'_>, agents: usize) -> Result<usize, ScenarioError> {
    let most = agents as u64 - 1;
    let default = DEFAULT_NEIGHBORS.min(most - most % 2);
    let neighbors = section.count("neighbors", 0, most, default)?;
    match section.entry("neighbors") {
        Some(entry) if neighbors % 2 == 1 => Err(section.out_of_range(entry, "even, half on either side of the ring")),
        _ => Ok(neighbors as usize),
    }
}

/// A mean number of neighbours, any number from 0 to all others.
fn mean_neighbors(section: &mut Section<'_>, agents: usize) -> Result<f64, ScenarioError> {
    let most = agents as f64 - 1.0;
    let neighbors = section.number("neighbors", Bound::NotNegative, most.min(DEFAULT_NEIGHBORS as f64))?;
    match section.entry("neighbors") {
        Some(entry) if neighbors > most => {
            Err(section.out_of_range(entry, format!("at most {most}, all other agents")))
        }
        _ => Ok(neighbors),
    }
}

fn density(section: &mut Section<'_>, agents: usize) -> Result<Density, ScenarioError> {
    let chosen = section.one_of(&["probability", "neighbors", "links"])?;
    let pairs = agents as u64 * (agents as u64 - 1) / 2;
    Ok(match chosen.map(|entry| entry.key.as_str()) {
        Some("probability") => Density::Probability(section.number("probability", Bound::Unit, 0.0)?),
        Some("links") => Density::Links(section.count("links", 0, pairs, 0)?),
        _ => Density::Neighbors(mean_neighbors(section, agents)?),
    })
}

fn reach(section: &mut Section<'_>, agents: usize) -> Result<Reach, ScenarioError> {
    let chosen = section.one_of(&["radius", "neighbors"])?;
    Ok(match chosen.map(|entry| entry.key.as_str()) {
        Some("radius") => Reach::Radius(section.number("radius", Bound::Positive, 0.0)?),
        _ => Reach::Neighbors(mean_neighbors(section, agents)?),
    })
}

/// Width and height as given, or the most square rectangle of the number of agents given.
fn sides(section: &mut Section<'_>) -> Result<(usize, usize), ScenarioError> {
    let by_width = section.one_of(&["agents", "width"])?.filter(|entry| entry.key == "width");
    let by_height = section.one_of(&["agents", "height"])?.filter(|entry| entry.key == "height");
    match (by_width, by_height) {
        (Some(width), None) => Err(section.missing("height", "a lattice of given width needs one", &width.place)),
        (None, Some(height)) => Err(section.missing("width", "a lattice of given height needs one", &height.place)),
        (Some(_), Some(entry)) => {
            let width = section.count("width", 1, MAX_AGENTS, 1)?;
            let height = section.count("height", 1, MAX_AGENTS, 1)?;
            if width * height > MAX_AGENTS {
                let most = MAX_AGENTS / width;
                return Err(section.out_of_range(entry, format!("at most {most} beside a width of {width}")));
            }
            Ok((width as usize, height as usize))
        }
        (None, None) => {
            let agents = agents(section, 1)?;
            let height = (1..=agents.isqrt()).rev().find(|height| agents.is_multiple_of(*height)).unwrap_or(1);
            match section.entry("agents") {
                Some(entry) if height == 1 && agents > 3 => {
                    Err(section.out_of_range(entry, "a product of two sides (a prime number fills no rectangle)"))
                }
                _ => Ok((agents / height, height)),
            }
        }
    }
}

fn blocks(section: &mut Section<'_>) -> Result<Blocks, ScenarioError> {
    let by_agents = section.one_of(&["agents", "sizes"])?;
    let by_blocks = section.one_of(&["blocks", "sizes"])?;
    let sizes = [by_agents, by_blocks].into_iter().flatten().find(|entry| entry.key == "sizes");
    let Some(entry) = sizes else {
        let agents = agents(section, 1)?;
        let most = MAX_BLOCKS.min(agents as u64);
        return Ok(Blocks::Equal { agents, blocks: section.count("blocks", 1, most, most.min(4))? as usize });
    };
    let sizes = section.counts("sizes", 1, MAX_AGENTS)?.unwrap_or_default();
    let total = sizes.iter().fold(0_u64, |total, size| total.saturating_add(*size));
    if !(1..=MAX_AGENTS).contains(&total) {
        return Err(section.out_of_range(entry, format!("sizes that add up to 1 to {MAX_AGENTS} agents")));
    }
    if sizes.len() as u64 > MAX_BLOCKS {
        return Err(section.out_of_range(entry, format!("at most {MAX_BLOCKS} sizes")));
    }
    Ok(Blocks::Sizes { sizes: sizes.into_iter().map(|size| size as usize).collect() })
}
