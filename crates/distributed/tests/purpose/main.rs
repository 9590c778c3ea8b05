//! What a swarm is to reach, and what goes wrong with it: however many ranks it is spread over, it is one swarm, also when
//! it goes on from a checkpoint.

mod case;
mod decisions;
mod restart;
#[path = "../support/scattered.rs"]
mod scattered;
