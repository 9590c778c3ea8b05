//! Between the world and the lists: who is there, where, and whose neighbours have to be written.

use bevy_ecs::{
    change_detection::{ContiguousComponentTicksRef, ContiguousMut, ContiguousRef, Tick},
    prelude::*,
};
use lampyrid_kernel::{level::fetch, nearest::Candidates};
use lampyrid_swarm::{AgentId, Frequency, Neighbors, Phase, Rewiring, StepRefusal, SwarmClock, SwarmError, Workers};
use smallvec::SmallVec;

use crate::{
    flight::{self, Flight, Seat},
    nearest::Surroundings,
    position::Position,
    proximity::Proximity,
    reach::Reach,
    space::{Point, Space},
};

/// So many lists are written in the time in which memory answers.
const AHEAD: usize = 12;

/// What makes an agent one that hears whoever is near.
type IsSpatial = (With<Phase>, With<Frequency>, With<AgentId>, With<Position>, With<Neighbors>);

/// What is read of it.
type Located = (Entity, &'static AgentId, Ref<'static, Position>, Ref<'static, Neighbors>, Option<Ref<'static, Reach>>);

/// What is written of it.
type Listening = (Entity, &'static mut Neighbors);

/// The lists of each table, with its number.
type Columns<'w> = SmallVec<[(u32, ContiguousMut<'w, Neighbors>); FEW]>;

/// What the spatial swarm is known to be.
#[derive(Resource, Debug, Default)]
pub(crate) struct Known {
    around: Surroundings,
    /// By number in `around`.
    entities: Vec<Entity>,
    /// By number in `around`.
    seats: Vec<Seat>,
    /// Who was in the world when it was last looked at, table after table; and where tables end.
    roll: Vec<(Entity, AgentId)>,
    ends: Vec<usize>,
    /// By entity index: the number of the agent.
    numbers: Vec<u32>,
    /// Agents whose lists have to be written: by others since the last refresh, and by this one.
    to_write: Vec<u32>,
    /// Whether the neighbours of all have to be looked at.
    all_are_stale: bool,
    /// By number in `around`: the places of agents in the swarm's own order.
    places: Vec<u32>,
    /// Of which order they are.
    placed: Option<u64>,
    /// Room for what threads find out.
    flights: Vec<Flight>,
    /// When the neighbours were last refreshed \[s\]; none if they never were, or the last attempt failed.
    refreshed: Option<f64>,
}

const NOBODY: u32 = u32::MAX;

/// Whether it is time to look around: a condition, so that the system that does goes by what has
/// changed since it last did.
pub(crate) fn is_due(proximity: Option<Res<Proximity>>, clock: Option<Res<SwarmClock>>, known: Res<Known>) -> bool {
    let (Some(proximity), Some(clock), Some(last)) = (proximity, clock, known.refreshed) else {
        return true;
    };
    proximity.is_changed() || proximity.is_due(last, clock.seconds())
}

/// Where agents are, and what they hear by it.
type Lists<'w, 's> =
    ParamSet<'w, 's, (Query<'static, 'static, Located, IsSpatial>, Query<'static, 'static, Listening, IsSpatial>)>;

/// Brings the neighbours of all agents that have a position up to date.
pub(crate) fn refresh(
    mut agents: Lists,
    proximity: Option<Res<Proximity>>,
    clock: Option<Res<SwarmClock>>,
    workers: Option<Res<Workers>>,
    mut known: ResMut<Known>,
    mut step: StepRefusal,
) {
    let known = &mut *known;
    // After an error nothing is known of what has changed.
    let anew = known.refreshed.take().is_none();
    let anew = anew || proximity.as_ref().is_some_and(DetectChanges::is_changed);
    let looked = known.look(&agents.p0(), proximity.as_deref().copied(), anew, workers.as_deref());
    match looked.and_then(|()| known.write(&mut agents.p1(), step.rewiring())) {
        Err(error) => step.refuse(error),
        Ok(()) => {
            known.refreshed = Some(clock.map_or(0.0, |clock| clock.seconds()));
        }
    }
}

/// The columns of a table.
struct Table<'w> {
    entities: &'w [Entity],
    ids: &'w [AgentId],
    positions: Column<'w, Position>,
    neighbors: Column<'w, Neighbors>,
    reaches: Option<Column<'w, Reach>>,
}

/// Values, and when they were written.
struct Column<'w, T> {
    values: &'w [T],
    ticks: ContiguousComponentTicksRef<'w>,
}

impl<'w, T> Column<'w, T> {
    fn new(column: ContiguousRef<'w, T>) -> Self {
        let (values, ticks) = ContiguousRef::split(column);
        Self { values, ticks }
    }

    fn is_touched(&self) -> bool {
        self.ticks.summary_tick_is_changed() != Some(false)
    }

    fn written_rows(&self) -> impl Iterator<Item = usize> {
        let (last, this) = (self.ticks.last_run(), self.ticks.this_run());
        let ticks: &[Tick] = if self.is_touched() { self.ticks.changed() } else { &[] };
        ticks.iter().enumerate().filter(move |(_, tick)| tick.is_newer_than(last, this)).map(|(row, _)| row)
    }
}

/// Tables of so many kinds need no memory of their own.
const FEW: usize = 4;

type Tables<'w> = SmallVec<[Table<'w>; FEW]>;

fn tables<'w>(agents: &'w Query<Located, IsSpatial>) -> Result<Tables<'w>, SwarmError> {
    let tables = agents.contiguous_iter().map_err(|_| SwarmError::SparseDisabling)?;
    let table = |(entities, ids, positions, neighbors, reaches): (_, _, _, _, Option<_>)| Table {
        entities,
        ids,
        positions: Column::new(positions),
        neighbors: Column::new(neighbors),
        reaches: reaches.map(Column::new),
    };
    Ok(tables.map(table).filter(|table| !table.entities.is_empty()).collect())
}

impl Known {
    /// Looks at the world, and has everybody who has to look around.
    fn look(
        &mut self,
        agents: &Query<Located, IsSpatial>,
        proximity: Option<Proximity>,
        anew: bool,
        workers: Option<&Workers>,
    ) -> Result<(), SwarmError> {
        let proximity = proximity.ok_or(SwarmError::SettingsMissing { name: "Proximity" })?;
        proximity.check()?;
        let space = Space::new(proximity.period)?;
        let tables = tables(agents)?;
        let same = self.are_same(&tables);
        if !same {
            self.meet(&tables);
        }
        if anew || !same {
            self.around.forget();
            self.all_are_stale = true;
        }
        self.note_written(&tables);
        self.around.forget_changes();
        let is_touched =
            |table: &Table<'_>| table.positions.is_touched() || table.reaches.as_ref().is_some_and(Column::is_touched);
        if anew || !same || tables.iter().any(is_touched) {
            let flight = self.read(&tables, &space, workers)?;
            if let Some(order) = self.around.renew(&flight, &space, proximity.reach, workers) {
                self.follow_numbers(&order);
                self.placed = None;
                // Those noted have other numbers now.
                self.all_are_stale |= !self.to_write.is_empty();
            }
        }
        Ok(())
    }

    /// Whether these are the agents that are known, where they were.
    fn are_same(&self, tables: &[Table<'_>]) -> bool {
        let mut roll = self.roll.as_slice();
        let are_as_long = ends(tables).eq(self.ends.iter().copied());
        are_as_long
            && tables.iter().all(|table| {
                roll.split_off(..table.entities.len()).is_some_and(|known| {
                    let now = table.entities.iter().zip(table.ids);
                    // Without a branch per agent: this runs at every refresh.
                    known
                        .iter()
                        .zip(now)
                        .fold(true, |same, (known, (entity, id))| same & (known.0 == *entity) & (known.1 == *id))
                })
            })
    }

    /// Gets to know agents that have come, and forgets those that have gone.
    fn meet(&mut self, tables: &[Table<'_>]) {
        let before = self.entities.len();
        let mut is_there = vec![false; before];
        self.roll.clear();
        self.ends.clear();
        self.ends.extend(ends(tables));
        for (table, agents) in (0..).zip(tables) {
            for ((row, &entity), &id) in (0..).zip(agents.entities).zip(agents.ids) {
                let number = self.number_of(entity).unwrap_or_else(|| self.welcome(entity)) as usize;
                self.seats[number] = Seat { table, row };
                self.roll.push((entity, id));
                if let Some(is_there) = is_there.get_mut(number) {
                    *is_there = true;
                }
            }
        }
        if is_there.contains(&false) {
            let all = (0..).take(self.entities.len());
            let left: Vec<u32> = all.filter(|&number| is_there.get(number as usize) != Some(&false)).collect();
            for (entity, _) in self.entities.iter().zip(&is_there).filter(|(_, is_there)| !**is_there) {
                self.numbers[entity.index_u32() as usize] = NOBODY;
            }
            self.around.renumber(&left);
            self.follow_numbers(&left);
        }
        self.rank();
    }

    /// Ranks agents by their ids.
    fn rank(&mut self) {
        let number = |(entity, id): &(Entity, AgentId)| (*id, self.numbers[entity.index_u32() as usize]);
        let mut by_id: Vec<_> = self.roll.iter().map(number).collect();
        by_id.sort_unstable();
        (0..).zip(by_id).for_each(|(rank, (_, number))| self.around.ranks[number as usize] = rank);
    }

    fn number_of(&self, entity: Entity) -> Option<u32> {
        let number = *self.numbers.get(entity.index_u32() as usize)?;
        (self.entities.get(number as usize) == Some(&entity)).then_some(number)
    }

    fn welcome(&mut self, entity: Entity) -> u32 {
        let number = self.entities.len() as u32;
        let slot = entity.index_u32() as usize;
        if slot >= self.numbers.len() {
            self.numbers.resize(slot + 1, NOBODY);
        }
        self.numbers[slot] = number;
        self.entities.push(entity);
        self.seats.push(Seat { table: 0, row: 0 });
        self.around.welcome();
        number
    }

    /// Follows agents that got new numbers: i is the one that was `order[i]`.
    fn follow_numbers(&mut self, order: &[u32]) {
        self.entities = order.iter().map(|&old| self.entities[old as usize]).collect();
        self.seats = order.iter().map(|&old| self.seats[old as usize]).collect();
        for (number, entity) in (0..).zip(&self.entities) {
            self.numbers[entity.index_u32() as usize] = number;
        }
    }

    /// Reads where everybody is, and how far they listen. Returns how they have flown.
    fn read(&mut self, tables: &[Table<'_>], space: &Space, workers: Option<&Workers>) -> Result<Flight, SwarmError> {
        let columns: SmallVec<[&[Position]; FEW]> = tables.iter().map(|table| table.positions.values).collect();
        let flight = flight::follow(self.around.spots(), &self.seats, &columns, space, &mut self.flights, workers);
        if !flight.is_finite {
            return Err(not_finite(tables));
        }
        self.read_reaches(tables)?;
        Ok(flight)
    }

    fn read_reaches(&mut self, tables: &[Table<'_>]) -> Result<(), SwarmError> {
        let around = &mut self.around;
        if around.reaches.is_empty() && tables.iter().all(|table| table.reaches.is_none()) {
            return Ok(());
        }
        around.reaches.resize(around.points.len(), None);
        let mut are_same = true;
        for (seat, known) in self.seats.iter().zip(&mut around.reaches) {
            let reaches = tables[seat.table as usize].reaches.as_ref();
            let own = reaches.map(|reaches| reaches.values[seat.row as usize]);
            own.as_ref().map_or(Ok(()), Reach::check)?;
            are_same &= std::mem::replace(known, own) == own;
        }
        if !are_same {
            around.forget();
        }
        Ok(())
    }

    /// Notes whose neighbours somebody else has written: they are written again.
    fn note_written(&mut self, tables: &[Table<'_>]) {
        self.to_write.clear();
        for table in tables {
            let written = table.neighbors.written_rows().map(|row| table.entities[row].index_u32() as usize);
            self.to_write.extend(written.map(|entity| self.numbers[entity]));
        }
    }

    /// Writes the lists that have changed.
    fn write(
        &mut self,
        agents: &mut Query<Listening, IsSpatial>,
        rewiring: Option<Rewiring>,
    ) -> Result<(), SwarmError> {
        let mut columns = self.columns(agents)?;
        if std::mem::take(&mut self.all_are_stale) {
            self.placed = None;
            (0..self.entities.len()).for_each(|number| self.write_list(number, true, &mut columns));
            return Ok(());
        }
        self.to_write.extend(self.around.changed());
        if self.to_write.is_empty() {
            return Ok(());
        }
        self.placed = self.find_places(rewiring.as_ref());
        let mut rewiring = rewiring.filter(|_| self.placed.is_some());
        let mut heard = SmallVec::<[u32; Candidates::MOST]>::new();
        for (turn, &number) in self.to_write.iter().enumerate() {
            self.fetch_ahead(turn, &columns, rewiring.as_ref());
            let number = number as usize;
            self.write_list(number, false, &mut columns);
            if let Some(rows) = &mut rewiring {
                heard.clear();
                heard.extend(self.around.heard(number).map(|other| self.places[other as usize]));
                let is_done = rows.rewire(self.places[number], &heard);
                rewiring = rewiring.filter(|_| is_done);
            }
        }
        if let (Some(rows), Some((_, lists))) = (&mut rewiring, columns.first()) {
            rows.finish(lists.this_run_tick());
        }
        Ok(())
    }

    /// Looks up where the swarm has its agents, if that may have changed. Returns for which order that holds.
    fn find_places(&mut self, rewiring: Option<&Rewiring>) -> Option<u64> {
        let rewiring = rewiring?;
        let order = rewiring.order()?;
        if self.placed != Some(order) {
            self.places.clear();
            self.places.extend(self.entities.iter().map(|&agent| rewiring.place(agent)));
        }
        Some(order)
    }

    /// The lists in the order of the tables that agents were read from.
    fn columns<'w>(&self, agents: &'w mut Query<Listening, IsSpatial>) -> Result<Columns<'w>, SwarmError> {
        let tables = agents.contiguous_iter_mut().map_err(|_| SwarmError::SparseDisabling)?;
        let mut columns: SmallVec<_> = tables
            .filter(|(entities, _)| !entities.is_empty())
            .map(|(entities, lists)| {
                let number = self.numbers[entities[0].index_u32() as usize];
                (self.seats[number as usize].table, lists)
            })
            .collect();
        columns.sort_unstable_by_key(|(table, _)| *table);
        Ok(columns)
    }

    /// Asks memory for what is written some turns later: first for the lists, and when those have come for the entries
    /// of those that have them elsewhere.
    fn fetch_ahead(&self, turn: usize, columns: &Columns<'_>, rows: Option<&Rewiring>) {
        let seat = |number: u32| self.seats[number as usize];
        if let Some(&number) = self.to_write.get(turn + 2 * AHEAD) {
            let Seat { table, row } = seat(number);
            fetch(&columns[table as usize].1[row as usize]);
            self.around.fetch(number as usize);
        }
        if let Some(&number) = self.to_write.get(turn + AHEAD) {
            let Seat { table, row } = seat(number);
            columns[table as usize].1[row as usize].fetch();
            rows.into_iter().for_each(|rows| rows.fetch(self.places[number as usize]));
        }
    }

    /// Writes the list of an agent; if it may be the same, only if it is not.
    fn write_list(&self, number: usize, may_be_same: bool, columns: &mut Columns<'_>) {
        let Seat { table, row } = self.seats[number];
        let heard = self.around.heard(number).map(|other| self.entities[other as usize]);
        let column = &mut columns[table as usize].1;
        let neighbors = &mut column.bypass_change_detection()[row as usize];
        if may_be_same && neighbors.iter().eq(heard.clone()) {
            return;
        }
        neighbors.clear();
        neighbors.extend(heard);
        column.reborrow().slice(row..row + 1).mark_all_as_changed();
    }
}

/// Where tables end, if their agents are counted together.
fn ends(tables: &[Table<'_>]) -> impl Iterator<Item = usize> {
    tables.iter().scan(0, |end, table| {
        *end += table.entities.len();
        Some(*end)
    })
}

/// The agent with the smallest id among those whose position is not finite.
#[cold]
fn not_finite(tables: &[Table<'_>]) -> SwarmError {
    const WHAT: [&str; 3] = ["x coordinate", "y coordinate", "z coordinate"];
    let agents = tables.iter().flat_map(|table| table.entities.iter().zip(table.ids).zip(table.positions.values));
    let axis = |point: &Point| point.iter().position(|x| !x.is_finite());
    let wrong = agents.filter_map(|((entity, id), position)| Some((*entity, *id, position.0, axis(&position.0)?)));
    wrong.min_by_key(|(_, id, ..)| *id).map_or(
        SwarmError::NotFinite { name: "position", value: f64::NAN },
        |(entity, id, point, axis)| SwarmError::AgentNotFinite {
            what: WHAT[axis],
            entity,
            id: id.get(),
            value: point[axis],
        },
    )
}
