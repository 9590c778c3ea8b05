//! From ids to entities.

use std::collections::{HashMap, VecDeque};

use bevy_ecs::entity::Entity;
use lampyrid_graph::Members;

/// Who has which id. Ids that follow each other, as they do unless chosen otherwise, or that were told beforehand cost 8
/// bytes each; others live in a hash map.
#[derive(Debug, Default)]
pub(super) struct Directory {
    /// Agents of the ids from `base` on, or of those that were told, with gaps where agents went.
    dense: VecDeque<Option<Entity>>,
    base: u64,
    told: Option<Members>,
    /// Entries of `dense` that are somebody.
    present: usize,
    sparse: HashMap<u64, Entity>,
}

/// Ids in a row that are worth a list.
const ROW: usize = 64;

impl Directory {
    pub(super) fn get(&self, id: u64) -> Option<Entity> {
        let dense = self.place(id).and_then(|place| *self.dense.get(place)?);
        dense.or_else(|| self.sparse.get(&id).copied())
    }

    /// Notes who has an id; false if somebody else has it already, who then keeps it.
    pub(super) fn insert(&mut self, id: u64, agent: Entity) -> bool {
        if let Some(other) = self.get(id) {
            return other == agent;
        }
        if self.dense.is_empty() {
            self.base = id;
        }
        match self.place(id).filter(|&place| place <= 2 * self.dense.len() + ROW) {
            Some(place) => {
                if place >= self.dense.len() {
                    self.dense.resize(place + 1, None);
                }
                self.dense[place] = Some(agent);
                self.present += 1;
            }
            None => _ = self.sparse.insert(id, agent),
        }
        true
    }

    /// Forgets that this agent has this id, if it has.
    pub(super) fn remove(&mut self, id: u64, agent: Entity) {
        if self.get(id) != Some(agent) {
            return;
        }
        match self.place(id).and_then(|place| self.dense.get_mut(place)) {
            Some(entry) if entry.is_some() => {
                *entry = None;
                self.present -= 1;
                self.tidy();
            }
            _ => _ = self.sparse.remove(&id),
        }
    }

    /// Ids are never given twice, so that in a swarm whose agents come and go they leave a trail.
    /// Where it is mostly empty, the few that stayed move to the hash map, once each.
    fn tidy(&mut self) {
        if self.told.is_some() {
            return;
        }
        while let Some(None) = self.dense.front() {
            self.dense.pop_front();
            self.base += 1;
        }
        if self.dense.len() > 4 * self.present + ROW {
            let named = (self.base..).zip(self.dense.drain(..));
            self.sparse.extend(named.filter_map(|(id, agent)| Some((id, agent?))));
            self.present = 0;
        }
    }

    /// Makes room for a run of ids, in whatever order their agents come.
    pub(super) fn reserve(&mut self, first: u64, ids: usize) {
        self.dense.reserve(ids);
        if self.dense.is_empty() {
            self.base = first;
        }
        if self.place(first) == Some(self.dense.len()) {
            self.dense.resize(self.dense.len() + ids, None);
        }
    }

    /// Makes room for these ids.
    pub(super) fn expect(&mut self, ids: &Members) {
        if ids.as_list().is_none() {
            self.reserve(ids.bounds().start.into(), ids.len());
        } else if self.dense.is_empty() {
            self.dense.resize(ids.len(), None);
            self.told = Some(ids.clone());
        }
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    pub(super) fn heap_bytes(&self) -> usize {
        // A hash map keeps at least an eighth of its places free, and a byte for each.
        self.dense.capacity() * size_of::<Option<Entity>>()
            + self.sparse.capacity() * 8 / 7 * (size_of::<(u64, Entity)>() + 1)
            + self.told.as_ref().and_then(Members::as_list).map_or(0, size_of_val)
    }

    fn place(&self, id: u64) -> Option<usize> {
        if let Some(told) = &self.told {
            return u32::try_from(id).ok().and_then(|id| told.place(id));
        }
        id.checked_sub(self.base).and_then(|place| usize::try_from(place).ok())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn agents_that_come_and_go_leave_no_trail() {
        let mut directory = Directory::default();
        let agent = |id: u64| Entity::from_raw_u32(id as u32).unwrap();
        // One stays for ever, the others for a hundred ids.
        for id in 0..1_000_000 {
            assert!(directory.insert(id, agent(id)));
            if id > 100 {
                directory.remove(id - 100, agent(id - 100));
            }
        }
        assert_eq!(directory.get(0), Some(agent(0)));
        assert!(directory.heap_bytes() < 20_000, "{} bytes", directory.heap_bytes());
    }

    #[test]
    fn a_run_of_ids_is_a_list_in_whatever_order_its_agents_come() {
        let agent = |id: u64| Entity::from_raw_u32(id as u32).unwrap();
        for before in [0, 3] {
            let mut directory = Directory::default();
            (0..before).for_each(|id| assert!(directory.insert(id, agent(id))));
            directory.reserve(before, 500);
            (before..before + 500).rev().for_each(|id| assert!(directory.insert(id, agent(id))));
            assert!(directory.sparse.is_empty());
            assert_eq!((directory.present as u64, directory.get(before)), (before + 500, Some(agent(before))));
        }
    }

    proptest! {
        #[test]
        fn a_directory_answers_as_a_map_does(
            edits in prop::collection::vec((prop::bool::ANY, prop_oneof![0_u64..300, prop::num::u64::ANY], 0_u32..40), 0..400)
        ) {
            let mut directory = Directory::default();
            let mut map = BTreeMap::new();
            for (inserts, id, agent) in edits {
                let agent = Entity::from_raw_u32(agent).unwrap();
                if inserts {
                    let kept = *map.entry(id).or_insert(agent);
                    prop_assert_eq!(directory.insert(id, agent), kept == agent);
                } else {
                    directory.remove(id, agent);
                    if map.get(&id) == Some(&agent) {
                        map.remove(&id);
                    }
                }
                for (&id, &agent) in &map {
                    prop_assert_eq!(directory.get(id), Some(agent));
                }
                prop_assert_eq!(directory.present + directory.sparse.len(), map.len());
                if !map.contains_key(&id) {
                    prop_assert_eq!(directory.get(id), None);
                }
            }
        }
    }
}
