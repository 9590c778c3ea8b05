//! Follows small changes: only what a change concerns is done anew.
//!
//! An agent that comes, goes, moves in its table or is linked anew concerns its own row and those of
//! the agents that listen to it. To notice it, entities and change ticks are gone through, a fraction
//! of a nanosecond per agent; everything else is in proportion to the change.

use bevy_ecs::{
    change_detection::Tick,
    entity::{Entities, Entity},
};
use lampyrid_graph::{Adjacency, Evolving};

use super::{
    Lost, NOWHERE, SwarmIndex, TopologyReport,
    changes::{Changes, Seat},
    follow::Table,
    row_store::RowStore,
    spans::{self, Shape, Span},
};
use crate::{
    agent::AgentId,
    error::SwarmError,
    links::{Neighbors, Weights},
};

/// Networks with more links are built anew: rows that move about would run out of 32-bit places.
const MANY_LINKS: usize = 1 << 29;

impl SwarmIndex {
    /// Follows the world if little has changed; else it does nothing and returns false. After an
    /// error the index stays unbuilt.
    pub(super) fn patch(
        &mut self,
        tables: &[Table<'_>],
        entities: &Entities,
        handed_over: Option<Tick>,
    ) -> Result<bool, SwarmError> {
        let mut changes = std::mem::take(&mut self.changes);
        // Ghosts have the last places, where tables may grow.
        let is_small = self.built
            && self.ghosts.version == 0
            && changes.find(self, tables, handed_over)
            && self.is_roomy_enough()
            && self.can_weigh(tables);
        let outcome = match is_small {
            false => Ok(false),
            true if changes.is_empty() && handed_over.is_some() => Ok(true),
            true => match self.overwrite(tables, &changes, entities) {
                Ok(false) if self.can_hold_links(tables, &changes) => {
                    self.apply(tables, &changes, entities).map(|()| true)
                }
                done => done,
            },
        };
        self.changes = changes;
        outcome
    }

    /// Where lists have been written and nothing else has changed, and rows are as long as they were, writes
    /// them over the old ones. Returns whether that was all; what it did is otherwise done again.
    fn overwrite(&mut self, tables: &[Table<'_>], changes: &Changes, entities: &Entities) -> Result<bool, SwarmError> {
        let has_moved = !changes.came.is_empty() || !changes.left.is_empty();
        if has_moved || self.lost.len() != self.order.len() {
            return Ok(false);
        }
        let Some(mut rows) = self.rows.own().map(std::mem::take) else {
            return Ok(false);
        };
        self.built = false;
        let mut links = std::mem::take(&mut self.links);
        let outcome = self.overwrite_rows(&mut rows, &mut links, tables, changes, entities);
        self.links = links;
        if let Some(own) = self.rows.own() {
            *own = rows;
        }
        if outcome == Ok(true) {
            self.announce(TopologyReport { patches: self.report.patches + 1, ..self.report });
            self.built = true;
        }
        outcome
    }

    fn overwrite_rows(
        &mut self,
        rows: &mut Adjacency,
        links: &mut Vec<(u32, f64)>,
        tables: &[Table<'_>],
        changes: &Changes,
        entities: &Entities,
    ) -> Result<bool, SwarmError> {
        for seat in &changes.written {
            let place = self.spans[seat.table].start + seat.row;
            links.clear();
            let table = &tables[seat.table];
            let lost = self.read_row(table, seat.row, entities, |column, weight| links.push((column, weight)))?;
            if !rows.overwrite_row(place, links.iter().copied()) {
                return Ok(false);
            }
            self.replace_lost(place, lost);
        }
        Ok(true)
    }

    /// Whether most places are somebody's.
    fn is_roomy_enough(&self) -> bool {
        self.order.len() <= 2 * self.agents + 1024
    }

    /// Whether the rows have room for weights if there are any.
    fn can_weigh(&self, tables: &[Table<'_>]) -> bool {
        self.rows.rows().weights().is_some() || tables.iter().all(|table| !table.has_weights())
    }

    fn can_hold_links(&self, tables: &[Table<'_>], changes: &Changes) -> bool {
        let read = changes.came.iter().chain(&changes.written);
        let links: usize = read.map(|seat| tables[seat.table].neighbors_of(seat.row).map_or(0, Neighbors::len)).sum();
        self.report.links + links <= MANY_LINKS
    }

    fn apply(&mut self, tables: &[Table<'_>], changes: &Changes, entities: &Entities) -> Result<(), SwarmError> {
        self.built = false;
        self.version += 1;
        self.make_way(tables);
        let before = self.spans.clone();
        let place = |seat: &Seat| before[seat.table].start + seat.row;
        let entity = |seat: &Seat| tables[seat.table].entities[seat.row];

        let (mut moves, mut arrived) = (Vec::new(), Vec::new());
        for seat in &changes.came {
            match self.place(entity(seat)) {
                Some(from) => moves.push((from as u32, place(seat) as u32)),
                None => arrived.push(*seat),
            }
        }
        if arrived.iter().any(|seat| tables[seat.table].ids[seat.row] == AgentId::UNASSIGNED) {
            return Err(SwarmError::IdsExhausted);
        }
        moves.iter().for_each(|&(from, _)| self.order[from as usize] = Entity::PLACEHOLDER);
        let gone: Vec<usize> =
            changes.left.iter().map(place).filter(|&place| self.order[place] != Entity::PLACEHOLDER).collect();
        self.let_go(&gone, entities);
        self.resize_spans(tables);
        let moved_to_other_tables = self.shapes_differ(&before, &moves);
        self.carry(&moves);
        for seat in &changes.came {
            self.settle(entity(seat), place(seat));
        }
        self.trim();

        let waiting = if arrived.is_empty() { Vec::new() } else { self.waiting() };
        let mut to_read: Vec<(usize, Seat)> =
            changes.written.iter().chain(&arrived).map(|seat| (place(seat), *seat)).collect();
        let listed = waiting.into_iter().chain(moved_to_other_tables);
        to_read.extend(listed.map(|place| (place, self.seat(place))));
        to_read.sort_unstable();
        to_read.dedup();
        for (place, seat) in to_read {
            self.reread(&tables[seat.table], seat.row, place, entities)?;
        }
        let links = self.evolving().links();
        let patches = self.report.patches + 1;
        self.announce(TopologyReport { agents: self.agents, links, patches, ..self.report });
        self.built = true;
        Ok(())
    }

    /// Makes the rows ones that can be changed, and room for every table.
    fn make_way(&mut self, tables: &[Table<'_>]) {
        let is_evolving = matches!(self.rows, RowStore::Evolving(_));
        if is_evolving && spans::fit(&self.spans, tables) {
            spans::append(&mut self.spans, tables);
            return;
        }
        let spread = spans::spread(&self.spans, tables);
        let room = spread.last().map_or(0, |last| last.places().end);
        let mut numbers = vec![NOWHERE; self.order.len()];
        let mut order = vec![Entity::PLACEHOLDER; room];
        let mut lost = vec![Lost::default(); room];
        for (old, new) in self.spans.iter().zip(&spread) {
            for (from, to) in old.places().zip(new.places()) {
                numbers[from] = to as u32;
                order[to] = self.order[from];
                lost[to] = self.lost.get(from).copied().unwrap_or_default();
                self.places[order[to].index_u32() as usize] = to as u32;
            }
        }
        let number = |place: usize| Some(numbers[place] as usize).filter(|&number| number != NOWHERE as usize);
        self.rows = RowStore::Evolving(Box::new(Evolving::new(self.rows.rows(), room, number)));
        (self.order, self.lost, self.spans) = (order, lost, spread);
    }

    fn evolving(&mut self) -> &mut Evolving {
        match &mut self.rows {
            RowStore::Evolving(network) => network,
            RowStore::Built(_) => unreachable!("`make_way` comes first"),
        }
    }

    /// Takes agents out: their rows, and them out of the rows of others.
    fn let_go(&mut self, gone: &[usize], entities: &Entities) {
        for &place in gone {
            self.evolving().clear_row(place);
            self.replace_lost(place, Lost::default());
        }
        for &place in gone {
            let agent = std::mem::replace(&mut self.order[place], Entity::PLACEHOLDER);
            self.places[agent.index_u32() as usize] = NOWHERE;
            let may_return = entities.contains(agent);
            for listener in self.evolving().listeners(place).to_vec() {
                let lost = self.lost[listener as usize];
                let is_waiting = lost.is_waiting || may_return;
                self.replace_lost(listener as usize, Lost { missing: lost.missing + 1, is_waiting, ..lost });
            }
            self.evolving().leave(place);
        }
    }

    /// Gives every table the number of agents that it has now.
    fn resize_spans(&mut self, tables: &[Table<'_>]) {
        for (span, table) in self.spans.iter_mut().zip(tables) {
            (span.agents, span.shape) = (table.entities.len(), Shape::of(table));
        }
        self.agents = self.spans.iter().map(|span| span.agents).sum();
        let room = self.order.len().max(self.end());
        self.order.resize(room, Entity::PLACEHOLDER);
        self.lost.resize(room, Lost::default());
        self.evolving().resize(room);
    }

    /// Gives the places behind the last agent back.
    fn trim(&mut self) {
        let room = self.end();
        self.order.truncate(room);
        self.lost.truncate(room);
        self.evolving().resize(room);
    }

    fn end(&self) -> usize {
        self.spans.iter().map(|span| span.places().end).max().unwrap_or(0)
    }

    /// The new places of agents that came to a table with other columns.
    fn shapes_differ(&self, before: &[Span], moves: &[(u32, u32)]) -> Vec<usize> {
        let shape = |spans: &[Span], place: u32| {
            let table = spans.partition_point(|span| span.start <= place as usize) - 1;
            spans[table].shape
        };
        let differ = moves.iter().filter(|&&(from, to)| shape(before, from) != shape(&self.spans, to));
        differ.map(|&(_, to)| to as usize).collect()
    }

    fn carry(&mut self, moves: &[(u32, u32)]) {
        self.evolving().renumber(moves);
        let lost: Vec<Lost> = moves.iter().map(|&(from, _)| std::mem::take(&mut self.lost[from as usize])).collect();
        moves.iter().zip(lost).for_each(|(&(_, to), lost)| self.lost[to as usize] = lost);
    }

    fn settle(&mut self, agent: Entity, place: usize) {
        self.order[place] = agent;
        self.note_place(agent, place);
    }

    /// Notes what is not in an agent's row.
    pub(super) fn replace_lost(&mut self, place: usize, lost: Lost) {
        let before = std::mem::replace(&mut self.lost[place], lost);
        self.report.missing = self.report.missing - before.missing as usize + lost.missing as usize;
        self.report.self_links = self.report.self_links - before.self_links as usize + lost.self_links as usize;
        self.waiting = self.waiting - usize::from(before.is_waiting) + usize::from(lost.is_waiting);
    }

    /// Places of agents that list somebody who may just have become an agent.
    fn waiting(&self) -> Vec<usize> {
        let places = self.lost.iter().enumerate().filter(|_| self.waiting > 0);
        places.filter(|(_, lost)| lost.is_waiting).map(|(place, _)| place).collect()
    }

    fn seat(&self, place: usize) -> Seat {
        let table = self.spans.partition_point(|span| span.start <= place) - 1;
        Seat { table, row: place - self.spans[table].start }
    }

    fn reread(&mut self, table: &Table<'_>, row: usize, place: usize, entities: &Entities) -> Result<(), SwarmError> {
        let mut links = std::mem::take(&mut self.links);
        links.clear();
        let lost = self.read_row(table, row, entities, |column, weight| links.push((column, weight)))?;
        self.replace_lost(place, lost);
        self.evolving().set_row(place, links.iter().copied());
        self.links = links;
        Ok(())
    }
}

impl Table<'_> {
    fn neighbors_of(&self, row: usize) -> Option<&Neighbors> {
        self.neighbors.as_ref().map(|column| &column.values[row])
    }

    fn has_weights(&self) -> bool {
        self.weights.as_ref().is_some_and(|column: &super::follow::Column<'_, Weights>| !column.values.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use bevy_ecs::{prelude::*, system::SystemState};

    use super::*;
    use crate::{
        agent::{Drive, IsAgent, Phase},
        identity::AgentIds,
        index::follow::{Structure, tables},
        install_swarm,
    };

    /// Whom every agent listens to, in order and with weights, and what the index reports.
    type Heard = (Vec<(Entity, Vec<(Entity, f64)>)>, [usize; 4]);

    fn heard(index: &SwarmIndex) -> Heard {
        let rows = index.rows();
        let row = |place: usize| {
            let weights = rows.weights_of(place);
            let weight = |link: usize| weights.map_or(1.0, |weights| weights[link]);
            let links = rows.neighbors(place).iter().enumerate();
            links.map(|(link, &other)| (index.order[other as usize], weight(link))).collect()
        };
        let agents = index.spans.iter().flat_map(Span::places).map(|place| (index.order[place], row(place)));
        let TopologyReport { agents: count, links, missing, self_links, .. } = index.report;
        (agents.collect(), [count, links, missing, self_links])
    }

    type Parameters<'w, 's> =
        (Query<'w, 's, Structure, IsAgent>, &'w Entities, ResMut<'w, AgentIds>, ResMut<'w, SwarmIndex>);

    /// The same of the index as it is, and as it would be if it were built now.
    fn as_it_is_and_anew(world: &mut World, state: &mut SystemState<Parameters>) -> [Heard; 2] {
        let (agents, entities, mut ids, mut index) = state.get_mut(world).unwrap();
        index.follow(&agents, entities, &mut ids).unwrap();
        let mut anew = SwarmIndex::default();
        anew.rebuild(&tables(&agents).unwrap().collect::<Vec<_>>(), entities, &mut ids).unwrap();
        [heard(&index), heard(&anew)]
    }

    /// Numbers without a pattern.
    struct Draws(u64);

    impl Draws {
        fn below(&mut self, limit: usize) -> usize {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) as usize % limit
        }
    }

    #[derive(Component)]
    struct Unrelated;

    fn edit(world: &mut World, agents: &mut [Entity], draws: &mut Draws) {
        let one = draws.below(agents.len());
        let others: Vec<Entity> = (0..draws.below(7)).map(|_| agents[draws.below(agents.len())]).collect();
        let mut agent = world.entity_mut(agents[one]);
        match draws.below(9) {
            0 | 1 => {
                agent.despawn();
                agents[one] = world.spawn((Phase(0.5), Neighbors::from_iter(others))).id();
            }
            2 => _ = agent.insert(Unrelated),
            3 => _ = agent.remove::<Unrelated>(),
            4 => _ = agent.insert(Drive(0.1)),
            5 => _ = agent.remove::<Phase>(),
            6 => _ = agent.insert(Phase(0.1)),
            7 => _ = agent.remove::<(Neighbors, Weights)>(),
            _ => {
                let weights: Weights = others.iter().enumerate().map(|(place, _)| 0.5 + place as f64).collect();
                agent.insert((Neighbors::from_iter(others), weights));
            }
        }
    }

    /// Sums over rows depend on the order of the links in them, to the last bit.
    #[test]
    fn what_was_patched_is_what_would_have_been_built() {
        let mut world = World::new();
        install_swarm(&mut world);
        let mut draws = Draws(7);
        let mut agents: Vec<Entity> = (0..200).map(|_| world.spawn(Phase(0.0)).id()).collect();
        for _ in 0..600 {
            edit(&mut world, &mut agents, &mut draws);
        }
        let mut state = SystemState::new(&mut world);
        for round in 0..3000 {
            for _ in 0..draws.below(5) {
                edit(&mut world, &mut agents, &mut draws);
            }
            let [patched, built] = as_it_is_and_anew(&mut world, &mut state);
            assert_eq!(patched, built, "round {round}");
        }
        let report = world.resource::<SwarmIndex>().report;
        assert!(report.patches > 10 * report.rebuilds, "{report:?}");
    }

    #[test]
    fn lists_of_equal_length_are_written_over_rows_that_stay_where_they_are() {
        let mut world = World::new();
        install_swarm(&mut world);
        let mut draws = Draws(3);
        let agents: Vec<Entity> = (0..50).map(|_| world.spawn(Phase(0.0)).id()).collect();
        // Never itself, which would be left out of its row.
        let edit = |world: &mut World, draws: &mut Draws, place: usize| {
            let list: Neighbors = (0..6).map(|_| agents[(place + 1 + draws.below(49)) % 50]).collect();
            let weights: Weights = (0..6).map(|_| draws.below(9) as f64).collect();
            world.entity_mut(agents[place]).insert((list, weights));
        };
        (0..50).for_each(|place| edit(&mut world, &mut draws, place));
        let mut state = SystemState::new(&mut world);
        as_it_is_and_anew(&mut world, &mut state);
        for _ in 0..20 {
            for _ in 0..10 {
                let place = draws.below(50);
                edit(&mut world, &mut draws, place);
            }
            let [patched, built] = as_it_is_and_anew(&mut world, &mut state);
            assert_eq!(patched, built);
        }
        let index = world.resource::<SwarmIndex>();
        assert!(matches!(index.rows, RowStore::Built(_)) && index.report.patches > 10, "{:?}", index.report);
    }
}
