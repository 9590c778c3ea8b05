//! What can go wrong besides what goes wrong in one world.

use lampyrid_graph::GraphError;
use lampyrid_swarm::{StateError, SwarmError};

use crate::transport::TransportError;

/// Why a swarm could not be spread over ranks, or be measured there.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DistributedError {
    /// Ranks did not come together.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// A swarm did not take it.
    #[error(transparent)]
    Swarm(#[from] SwarmError),
    /// A state is not to be spread.
    #[error(transparent)]
    State(#[from] StateError),
    /// The network cannot be made.
    #[error(transparent)]
    Graph(#[from] GraphError),
    /// There is not an agent for every rank.
    #[error("{ranks} ranks cannot share {agents} agents, since each needs one at least; start fewer ranks")]
    TooManyRanks {
        /// Ranks.
        ranks: usize,
        /// Agents.
        agents: usize,
    },
    /// A rank that is given no agent.
    #[error("rank {rank} has no agent; give every rank one at least")]
    Idle {
        /// Which.
        rank: usize,
    },
    /// A partition, part or list that is not of this rank.
    #[error("{what} does not go with rank {rank} of {ranks}; cut the swarm by one `Partition`")]
    Unfit {
        /// What it is.
        what: &'static str,
        /// This rank.
        rank: usize,
        /// How many there are.
        ranks: usize,
    },
    /// Ranks that should be alike are not.
    #[error("rank {rank} has another {what} than rank 0; start all ranks with the same program, scenario and files")]
    Disagreement {
        /// The first that differs.
        rank: usize,
        /// In what.
        what: &'static str,
    },
    /// The world is no part of a swarm that is spread over ranks.
    #[error("this world is none of several ranks; spawn its agents by `RankSpawner`")]
    NotDistributed,
}
