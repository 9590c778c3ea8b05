//! Between the world and the lists: who is there, where, and whose neighbours have to be written.

use bevy_ecs::{
    change_detection::{ContiguousComponentTicksRef, ContiguousRef, Tick},
    prelude::*,
};
use lampyrid_swarm::{AgentId, Frequency, Neighbors, Phase, StepRefusal, SwarmClock, SwarmError, Workers};

use crate::{
    nearest::{List, Surroundings},
    position::Position,
    proximity::Proximity,
    reach::Reach,
    space::{Point, Space},
};

/// What makes an agent one that hears whoever is near.
type IsSpatial = (With<Phase>, With<Frequency>);

/// What is read of it.
type Located = (Entity, &'static AgentId, Ref<'static, Position>, Ref<'static, Neighbors>, Option<Ref<'static, Reach>>);

/// What the spatial swarm is known to be.
#[derive(Resource, Debug, Default)]
pub(crate) struct Known {
    around: Surroundings,
    /// By number in `around`.
    entities: Vec<Entity>,
    /// The agents in the order of their tables, by number.
    order: Vec<u32>,
    /// By entity index: the number of the agent.
    numbers: Vec<u32>,
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
type Lists<'w, 's> = ParamSet<
    'w,
    's,
    (Query<'static, 'static, Located, IsSpatial>, Query<'static, 'static, &'static mut Neighbors, IsSpatial>),
>;

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
    match known.look(&agents.p0(), proximity.as_deref().copied(), anew || proximity.is_some_and(|all| all.is_changed()))
    {
        Err(error) => step.refuse(error),
        Ok(look) => {
            if let Some(look) = look {
                known.renew(&look, workers.as_deref());
            }
            known.write(&mut agents.p1());
            known.refreshed = Some(clock.map_or(0.0, |clock| clock.seconds()));
        }
    }
}

/// What to go by when looking around.
struct Look {
    space: Space,
    /// Of agents that have none of their own.
    reach: Reach,
    /// How far agents have flown at most since they last did.
    leg: f64,
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

fn tables<'w>(agents: &'w Query<Located, IsSpatial>) -> Result<Vec<Table<'w>>, SwarmError> {
    let tables = agents.contiguous_iter().map_err(|_| SwarmError::SparseDisabling)?;
    let table = |(entities, ids, positions, neighbors, reaches): (_, _, _, _, Option<_>)| Table {
        entities,
        ids,
        positions: Column::new(positions),
        neighbors: Column::new(neighbors),
        reaches: reaches.map(Column::new),
    };
    Ok(tables.map(table).collect())
}

impl Known {
    /// Looks at the world; returns what to go by if somebody has to look around.
    fn look(
        &mut self,
        agents: &Query<Located, IsSpatial>,
        proximity: Option<Proximity>,
        anew: bool,
    ) -> Result<Option<Look>, SwarmError> {
        let proximity = proximity.ok_or(SwarmError::SettingsMissing { name: "Proximity" })?;
        proximity.check()?;
        let space = Space::new(proximity.period)?;
        let tables = tables(agents)?;
        let same = self.are_same(&tables);
        if !same {
            self.meet(&tables);
        }
        let is_touched =
            |table: &Table<'_>| table.positions.is_touched() || table.reaches.as_ref().is_some_and(Column::is_touched);
        if anew || !same {
            self.around.forget();
        }
        let look = if anew || !same || tables.iter().any(is_touched) {
            let leg = self.read(&tables, &space)?;
            Some(Look { space, reach: proximity.reach, leg })
        } else {
            None
        };
        self.note_written(&tables);
        Ok(look)
    }

    /// Whether these are the agents that are known, in their order.
    fn are_same(&self, tables: &[Table<'_>]) -> bool {
        let mut order = self.order.as_slice();
        tables.iter().all(|table| {
            order.split_off(..table.entities.len()).is_some_and(|numbers| {
                numbers.iter().zip(table.entities).zip(table.ids).fold(true, |same, ((&number, entity), id)| {
                    let number = number as usize;
                    same & (self.entities[number] == *entity) & (self.around.ids[number] == id.get())
                })
            })
        }) && order.is_empty()
    }

    /// Gets to know agents that have come, and forgets those that have gone.
    fn meet(&mut self, tables: &[Table<'_>]) {
        let before = self.entities.len();
        let mut is_there = vec![false; before];
        self.order.clear();
        for (&entity, id) in tables.iter().flat_map(|table| table.entities.iter().zip(table.ids)) {
            let number = self.number_of(entity).unwrap_or_else(|| self.welcome(entity));
            self.around.ids[number as usize] = id.get();
            if let Some(is_there) = is_there.get_mut(number as usize) {
                *is_there = true;
            }
            self.order.push(number);
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
        let around = &mut self.around;
        around.points.push([0.0; 3]);
        around.ids.push(0);
        around.lists.push(List::new());
        around.changed.push(true);
        around.lasts.push(f64::NEG_INFINITY);
        if !around.reaches.is_empty() {
            around.reaches.push(None);
        }
        number
    }

    /// Follows agents that got new numbers: i is the one that was `order[i]`.
    fn follow_numbers(&mut self, order: &[u32]) {
        self.entities = order.iter().map(|&old| self.entities[old as usize]).collect();
        for (number, entity) in (0..).zip(&self.entities) {
            self.numbers[entity.index_u32() as usize] = number;
        }
        let mut new = vec![NOBODY; order.iter().max().map_or(0, |&last| last as usize + 1)];
        order.iter().zip(0..).for_each(|(&old, number)| new[old as usize] = number);
        self.order.iter_mut().for_each(|number| *number = new[*number as usize]);
    }

    /// Reads where everybody is, and how far they listen. Returns how far agents have flown at most.
    fn read(&mut self, tables: &[Table<'_>], space: &Space) -> Result<f64, SwarmError> {
        let mut order = self.order.iter().map(|&number| number as usize);
        let mut are_finite = true;
        let mut leg: f64 = 0.0;
        for table in tables {
            for (position, number) in table.positions.values.iter().zip(&mut order) {
                are_finite &= position.0.iter().fold(true, |finite, x| finite & x.is_finite());
                let point = &mut self.around.points[number];
                let before = std::mem::replace(point, space.reduce(position.0));
                leg = leg.max(space.squared_distance(before, *point));
            }
        }
        if !are_finite {
            return Err(not_finite(tables));
        }
        self.read_reaches(tables)?;
        Ok(leg.sqrt())
    }

    fn read_reaches(&mut self, tables: &[Table<'_>]) -> Result<(), SwarmError> {
        let around = &mut self.around;
        if around.reaches.is_empty() && tables.iter().all(|table| table.reaches.is_none()) {
            return Ok(());
        }
        around.reaches.resize(around.points.len(), None);
        let mut order = self.order.iter().map(|&number| number as usize);
        let mut are_same = true;
        for table in tables {
            for (row, number) in order.by_ref().take(table.entities.len()).enumerate() {
                let own = table.reaches.as_ref().map(|reaches| reaches.values[row]);
                own.as_ref().map_or(Ok(()), Reach::check)?;
                are_same &= std::mem::replace(&mut around.reaches[number], own) == own;
            }
        }
        if !are_same {
            around.forget();
        }
        Ok(())
    }

    /// Notes whose neighbours somebody else has written: they are written again.
    fn note_written(&mut self, tables: &[Table<'_>]) {
        let mut start = 0;
        for table in tables {
            for row in table.neighbors.written_rows() {
                self.around.changed[self.order[start + row] as usize] = true;
            }
            start += table.entities.len();
        }
    }

    fn renew(&mut self, look: &Look, workers: Option<&Workers>) {
        if let Some(order) = self.around.renew(look.leg, &look.space, look.reach, workers) {
            self.follow_numbers(&order);
        }
    }

    /// Writes the lists that have changed.
    fn write(&mut self, agents: &mut Query<&mut Neighbors, IsSpatial>) {
        for (number, changed) in self.around.changed.iter_mut().enumerate().filter(|(_, changed)| **changed) {
            *changed = false;
            let Ok(mut neighbors) = agents.get_mut(self.entities[number]) else {
                continue;
            };
            let heard = self.around.lists[number].iter().map(|&other| self.entities[other as usize]);
            if !neighbors.iter().eq(heard.clone()) {
                neighbors.retain(|_| false);
                neighbors.extend(heard);
            }
        }
    }
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
