//! Parts of a swarm with a coupling, a coherence and a goal of their own.
//!
//! The agents of a community share a marker component, so that they lie in tables of their own: what
//! differs from community to community is looked up once per table, not per agent.
//!
//! | file | what |
//! |---|---|
//! | `members` | which there are, and whose an agent is: what a step asks |
//! | `coupling` | how a community is coupled, and installing one |
//! | `coherence`, `goal` | what is measured on it, and what it is to reach |

mod coherence;
mod coupling;
mod goal;
mod members;

pub use coherence::{CommunityCoherence, community_coherence};
pub use coupling::{CommunityCoupling, CommunityPlugin, install_community};
pub use goal::CommunityGoal;
pub(crate) use goal::{look, steps_until_look};
pub(crate) use members::{Communities, Membership};
