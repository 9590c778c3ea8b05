//! Rows handed over by a system that has written lists, and knows the places of those in them.
//!
//! To read thousands of lists back from memory and to look up everybody in them costs several times what it takes to
//! write them.

use bevy_ecs::{change_detection::Tick, entity::Entity};
use lampyrid_kernel::level::fetch;

use super::{Lost, NOWHERE, SwarmIndex, TopologyReport};

/// Hands rows over to the index. For our own crates: only builds with debug assertions check that they are those of the
/// lists.
#[doc(hidden)]
pub struct Rewiring<'a>(pub(crate) &'a mut SwarmIndex);

impl Rewiring<'_> {
    /// A number that changes whenever agents change places; none where rows cannot be handed over.
    #[must_use]
    pub fn order(&self) -> Option<u64> {
        self.0.can_be_rewired().then_some(self.0.version)
    }

    /// The place of an agent; some number that is no place if it has none.
    #[must_use]
    pub fn place(&self, agent: Entity) -> u32 {
        self.0.place(agent).map_or(NOWHERE, |place| place as u32)
    }

    /// Asks memory for the row of the agent at a place, which is about to be written.
    pub fn fetch(&self, place: u32) {
        let rows = self.0.rows.rows();
        if (place as usize) < rows.nodes() {
            rows.neighbors(place as usize).first().into_iter().for_each(fetch);
        }
    }

    /// Lets the agent at a place hear others, by their places. False if it can only be done by reading its list.
    pub fn rewire(&mut self, place: u32, heard: &[u32]) -> bool {
        self.0.rewire(place, heard)
    }

    /// All lists that a system has written in the run that took this tick have been handed over.
    pub fn finish(&mut self, written: Tick) {
        self.0.handed_over = Some(written);
        self.0.announce(TopologyReport { patches: self.0.report.patches + 1, ..self.0.report });
    }
}

impl SwarmIndex {
    fn can_be_rewired(&self) -> bool {
        self.built && self.lost.len() == self.order.len() && self.rows.are_own() && self.rows.rows().weights().is_none()
    }

    fn rewire(&mut self, place: u32, heard: &[u32]) -> bool {
        let is_plain = place != NOWHERE && heard.iter().all(|&other| other != NOWHERE && other != place);
        let links = heard.iter().map(|&other| (other, 1.0));
        let is_done = is_plain && self.rows.own().is_some_and(|rows| rows.overwrite_row(place as usize, links));
        let any_is_lost = self.report.missing + self.report.self_links > 0;
        if is_done && any_is_lost {
            self.replace_lost(place as usize, Lost::default());
        }
        is_done
    }
}
