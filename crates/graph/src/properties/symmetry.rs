//! Whether links go both ways.

use crate::Adjacency;

/// Whether every link has its return, of the same weight. Rows must be ascending, as
/// [`Adjacency::from_stream`] leaves them.
#[must_use]
pub fn is_symmetric(adjacency: &Adjacency) -> bool {
    (0..adjacency.nodes()).all(|receiver| {
        adjacency.neighbors(receiver).iter().enumerate().all(|(place, &sender)| {
            let returned = adjacency.neighbors(sender as usize).binary_search(&(receiver as u32));
            returned.is_ok_and(|back| weight(adjacency, receiver, place) == weight(adjacency, sender as usize, back))
        })
    })
}

fn weight(adjacency: &Adjacency, receiver: usize, place: usize) -> f64 {
    adjacency.weights_of(receiver).map_or(1.0, |weights| weights[place])
}
