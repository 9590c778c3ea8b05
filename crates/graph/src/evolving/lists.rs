//! Many short lists in one array, each of which may grow and shrink.

use alloc::{vec, vec::Vec};

use crate::adjacency::LIMIT;

/// Lists of numbers, with a weight each or none.
///
/// A list that outgrows its room moves to the end of the array. What it leaves behind is given back
/// when it has come to more than the lists themselves.
#[derive(Clone, Debug, Default)]
pub(super) struct Lists {
    pub(super) starts: Vec<u32>,
    pub(super) ends: Vec<u32>,
    /// Where the room of each list ends.
    limits: Vec<u32>,
    pub(super) items: Vec<u32>,
    pub(super) weights: Option<Vec<f64>>,
    /// The room of all lists.
    room: usize,
}

/// The place of one list.
#[derive(Clone, Copy, Default)]
pub(super) struct Slot {
    start: u32,
    end: u32,
    limit: u32,
}

impl Lists {
    /// Empty lists with room for so many items each, one after the other.
    pub(super) fn with_room(rooms: impl ExactSizeIterator<Item = u32>, weighted: bool) -> Self {
        let mut lists = Self::default();
        lists.starts.reserve_exact(rooms.len());
        lists.limits.reserve_exact(rooms.len());
        for room in rooms {
            lists.starts.push(lists.room as u32);
            lists.room += room as usize;
            assert_room(lists.room);
            lists.limits.push(lists.room as u32);
        }
        lists.ends = lists.starts.clone();
        lists.items = vec![0; lists.room];
        lists.weights = weighted.then(|| vec![1.0; lists.room]);
        lists
    }

    pub(super) fn len(&self) -> usize {
        self.starts.len()
    }

    pub(super) fn range(&self, list: usize) -> core::ops::Range<usize> {
        self.starts[list] as usize..self.ends[list] as usize
    }

    pub(super) fn get(&self, list: usize) -> &[u32] {
        &self.items[self.range(list)]
    }

    /// Adds an item at the end of a list.
    pub(super) fn push(&mut self, list: usize, item: u32, weight: f64) {
        if self.ends[list] == self.limits[list] {
            let length = self.get(list).len();
            self.move_to_end(list, length + length / 2 + 2);
        }
        let end = self.ends[list] as usize;
        self.items[end] = item;
        if let Some(weights) = &mut self.weights {
            weights[end] = weight;
        }
        self.ends[list] += 1;
    }

    /// Empties a list; it keeps its room.
    pub(super) fn clear(&mut self, list: usize) {
        self.ends[list] = self.starts[list];
    }

    /// Takes every occurrence of an item off a list and leaves the others in their order.
    pub(super) fn remove(&mut self, list: usize, item: u32) {
        let range = self.range(list);
        let mut kept = range.start;
        for place in range {
            if self.items[place] != item {
                self.items[kept] = self.items[place];
                if let Some(weights) = &mut self.weights {
                    weights[kept] = weights[place];
                }
                kept += 1;
            }
        }
        self.ends[list] = kept as u32;
    }

    /// Takes one occurrence of an item off a list whose order means nothing.
    pub(super) fn remove_one(&mut self, list: usize, item: u32) {
        debug_assert!(self.weights.is_none(), "weighted lists keep their order");
        let range = self.range(list);
        if let Some(place) = self.items[range.clone()].iter().position(|&other| other == item) {
            self.items[range.start + place] = self.items[range.end - 1];
            self.ends[list] -= 1;
        }
    }

    /// Appends empty lists without room, or takes the last ones away.
    pub(super) fn resize(&mut self, lists: usize) {
        for list in lists..self.len() {
            self.room -= (self.limits[list] - self.starts[list]) as usize;
        }
        self.starts.resize(lists, 0);
        self.ends.resize(lists, 0);
        self.limits.resize(lists, 0);
    }

    /// Takes a list out of its place, which is left empty and without room.
    pub(super) fn take(&mut self, list: usize) -> Slot {
        let slot = Slot { start: self.starts[list], end: self.ends[list], limit: self.limits[list] };
        self.put(list, Slot::default());
        slot
    }

    /// Puts a list into the place of one that was taken, or is given up.
    pub(super) fn put(&mut self, list: usize, slot: Slot) {
        (self.starts[list], self.ends[list], self.limits[list]) = (slot.start, slot.end, slot.limit);
    }

    /// Gives up the room of an empty list.
    pub(super) fn give_up(&mut self, list: usize) {
        self.room -= (self.limits[list] - self.starts[list]) as usize;
        self.put(list, Slot::default());
    }

    fn move_to_end(&mut self, list: usize, room: usize) {
        let range = self.range(list);
        let old_room = (self.limits[list] - self.starts[list]) as usize;
        let start = self.items.len();
        assert_room(start + room);
        self.items.extend_from_within(range.clone());
        self.items.resize(start + room, 0);
        if let Some(weights) = &mut self.weights {
            weights.extend_from_within(range.clone());
            weights.resize(start + room, 1.0);
        }
        self.room = self.room - old_room + room;
        let end = start + range.len();
        self.put(list, Slot { start: start as u32, end: end as u32, limit: (start + room) as u32 });
        if self.items.len() > 2 * self.room + SMALL {
            self.compact();
        }
    }

    /// Moves all lists together, in their order.
    fn compact(&mut self) {
        let mut items = Vec::with_capacity(self.room + self.room / 2);
        let mut weights = self.weights.as_ref().map(|_| Vec::with_capacity(items.capacity()));
        for list in 0..self.len() {
            let (start, room) = (items.len(), self.starts[list] as usize..self.limits[list] as usize);
            let length = self.get(list).len();
            items.extend_from_slice(&self.items[room.clone()]);
            if let (Some(weights), Some(old)) = (&mut weights, &self.weights) {
                weights.extend_from_slice(&old[room]);
            }
            self.put(list, Slot { start: start as u32, end: (start + length) as u32, limit: items.len() as u32 });
        }
        self.items = items;
        self.weights = weights;
    }

    pub(super) fn heap_bytes(&self) -> usize {
        let numbers = self.starts.capacity() + self.ends.capacity() + self.limits.capacity() + self.items.capacity();
        numbers * size_of::<u32>() + self.weights.as_ref().map_or(0, Vec::capacity) * size_of::<f64>()
    }
}

/// Arrays that are not worth tidying.
const SMALL: usize = 256;

fn assert_room(room: usize) {
    assert!(room as u64 <= LIMIT, "links end at 2^32 - 1");
}
