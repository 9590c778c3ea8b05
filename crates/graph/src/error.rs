//! What can be wrong with a network.

use alloc::string::String;

/// A network that cannot be.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum GraphError {
    /// More nodes or links than 32-bit indices can name.
    #[error(
        "{count} {what} are more than {limit}, which is what 32-bit indices can name; make the network smaller or sparser"
    )]
    TooMany {
        /// Nodes or directed links.
        what: &'static str,
        /// How many there are, or at least how many.
        count: u64,
        /// How many there can be.
        limit: u64,
    },
    /// A parameter of a generator lies outside what it may be.
    #[error("{name} is {value}; it must be {allowed}")]
    Parameter {
        /// The parameter.
        name: &'static str,
        /// Its value.
        value: f64,
        /// What is allowed.
        allowed: String,
    },
    /// A link names a node that does not exist.
    #[error("a link of node {receiver} to node {sender} leaves the network of {nodes} nodes; number them from 0")]
    OutOfRange {
        /// The listener.
        receiver: u32,
        /// The one listened to.
        sender: u32,
        /// Nodes of the network.
        nodes: usize,
    },
    /// A link weight is NaN or infinite.
    #[error("the weight of the link of node {receiver} to node {sender} is {weight}; it must be finite")]
    WeightNotFinite {
        /// The listener.
        receiver: u32,
        /// The one listened to.
        sender: u32,
        /// The weight, or the sum of the weights of the link's duplicates.
        weight: f64,
    },
    /// Offsets that do not describe rows.
    #[error(
        "offsets must begin with 0, never fall, and end with the number of links, {links}; they break this at place {place}"
    )]
    Offsets {
        /// First place that breaks the rule.
        place: usize,
        /// Number of columns.
        links: usize,
    },
    /// Something that is not an order of nodes.
    #[error(
        "node {node} at place {place} is there already or is not one of {nodes}; an order has every node from 0 on once"
    )]
    NotAnOrder {
        /// First place that is wrong.
        place: usize,
        /// The node there.
        node: u32,
        /// How many there are.
        nodes: usize,
    },
    /// Weights that do not go with the links.
    #[error("{weights} weights were given for {links} links; give one per link")]
    WeightCount {
        /// Weights given.
        weights: usize,
        /// Links.
        links: usize,
    },
    /// A stream gave other links when it was replayed.
    #[error("a link stream gave other links when replayed; it must give the same links at every call")]
    Unsteady,
}
