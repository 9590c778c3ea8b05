//! The optional components of agents, as rows of numbers.

use bevy_ecs::{component::Component, world::World};

use super::{
    StateError,
    census::{Census, Ids},
};
use crate::{
    agent::{AgentId, CouplingScale, Drive, Energy, IsAgent},
    answer::{Effort, EnergyFrozen, Gain, Offset, Silent, Velocity},
    firing::Fires,
    goals::Pacemaker,
    strategy::{Adaptive, AdaptiveState, Answering, Desync, EnergyAware, FrequencyLock, PhaseNudge, Pulse},
};

/// A component of those agents that have it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Column {
    pub(super) name: &'static str,
    /// The places of those who have it, ascending; all if `None`.
    pub(super) at: Option<Vec<u32>>,
    /// Their numbers, one after the other; only once if they are the same for all.
    pub(super) rows: Vec<f64>,
}

/// A component whose value is a few numbers.
trait Stored: Component + Copy {
    const NAME: &'static str;
    const WIDTH: usize;

    fn put(self, rows: &mut Vec<f64>);

    /// The component of these numbers, as many as its width; `None` if there is none.
    fn of(row: &[f64]) -> Option<Self>;
}

macro_rules! stored {
    ($($component:ident $name:literal $width:literal: |$value:pat_param| [$($number:expr),*], |$row:pat_param| $made:expr;)*) => {
        $(impl Stored for $component {
            const NAME: &'static str = $name;
            const WIDTH: usize = $width;

            fn put(self, rows: &mut Vec<f64>) {
                let $value = self;
                rows.extend_from_slice(&[$($number),*]);
            }

            fn of(row: &[f64]) -> Option<Self> {
                let $row = *<&[f64; $width]>::try_from(row).ok()?;
                $made
            }
        })*

        /// The components that are there.
        pub(super) fn capture(world: &mut World, ids: &Ids) -> Vec<Column> {
            [$(capture_one::<$component>(world, ids)),*].into_iter().flatten().collect()
        }

        /// The names of all of them.
        pub(super) const NAMES: &[&str] = &[$($name),*];

        /// How many numbers one of them is.
        pub(super) fn width(name: &str) -> usize {
            match name {
                $($name => $width,)*
                _ => 0,
            }
        }

        /// Gives agents a component.
        fn restore_one(world: &mut World, census: &Census, column: Column) -> Result<(), StateError> {
            match column.name {
                $($name => insert::<$component>(world, census, column),)*
                _ => Err(StateError::Unfit("it has a component that nobody knows")),
            }
        }
    };
}

// Strategies first: inserting one sets gain, effort and drive, and brings what it requires.
stored! {
    PhaseNudge "phase_nudge" 1: |it| [it.gain], |[gain]| Some(Self { gain });
    FrequencyLock "frequency_lock" 2: |it| [it.gain, it.rate], |[gain, rate]| Some(Self { gain, rate });
    Pulse "pulse" 3: |it| [it.strength, it.curvature, it.refractory],
        |[strength, curvature, refractory]| Some(Self { strength, curvature, refractory });
    EnergyAware "energy_aware" 2: |it| [it.gain, it.reserve], |[gain, reserve]| Some(Self { gain, reserve });
    Desync "desync" 1: |it| [it.rate], |[rate]| Some(Self { rate });
    Adaptive "adaptive" 4: |it| [it.gain, it.rate, it.reserve, it.every],
        |[gain, rate, reserve, every]| Some(Self { gain, rate, reserve, every });
    AdaptiveState "adaptive_state" 2: |it| [code(it.answering), it.coherence],
        |[code, coherence]| Some(Self { answering: answering(code)?, coherence });
    Pacemaker "pacemaker" 0: |_| [], |[]| Some(Self);
    Energy "energy" 1: |Self(it)| [it], |[it]| Some(Self(it));
    CouplingScale "coupling_scale" 1: |Self(it)| [it], |[it]| Some(Self(it));
    Drive "drive" 1: |Self(it)| [it], |[it]| Some(Self(it));
    Gain "gain" 1: |Self(it)| [it], |[it]| Some(Self(it));
    Effort "effort" 1: |Self(it)| [it], |[it]| Some(Self(it));
    Velocity "velocity" 1: |Self(it)| [it], |[it]| Some(Self(it));
    Offset "offset" 1: |Self(it)| [it], |[it]| Some(Self(it));
    Silent "silent" 0: |_| [], |[]| Some(Self);
    EnergyFrozen "energy_frozen" 0: |_| [], |[]| Some(Self);
    Fires "fires" 1: |it| [it.last.unwrap_or(f64::NAN)],
        |[last]| Some(Self { last: Some(last).filter(|last| !last.is_nan()) });
}

const ANSWERS: [Answering; 4] = [Answering::Nudge, Answering::Urge, Answering::Lock, Answering::Save];

fn code(answering: Answering) -> f64 {
    ANSWERS.iter().position(|one| *one == answering).unwrap_or_default() as f64
}

fn answering(code: f64) -> Option<Answering> {
    ANSWERS.into_iter().zip(0_u8..).find(|(_, place)| f64::from(*place) == code).map(|(answering, _)| answering)
}

fn capture_one<C: Stored>(world: &mut World, ids: &Ids) -> Option<Column> {
    let mut query = world.query_filtered::<(&AgentId, &C), IsAgent>();
    let mut found: Vec<(u32, C)> =
        query.iter(world).filter_map(|(id, value)| Some((ids.place(id.get())?, *value))).collect();
    if !found.is_sorted_by_key(|(place, _)| *place) {
        found.sort_by_key(|(place, _)| *place);
    }
    let at = found.iter().map(|(place, _)| *place).collect();
    let mut rows = Vec::with_capacity(found.len() * C::WIDTH);
    found.iter().for_each(|(_, value)| value.put(&mut rows));
    Column::of(C::NAME, C::WIDTH, at, rows, ids.len())
}

impl Column {
    /// The rows of those who are at these places, of so many agents; none if there are none.
    pub(super) fn of(
        name: &'static str,
        width: usize,
        at: Vec<u32>,
        mut rows: Vec<f64>,
        agents: usize,
    ) -> Option<Self> {
        if at.is_empty() {
            return None;
        }
        if width > 0 {
            let (first, others) = rows.split_at(width);
            let is_first = |row: &[f64]| row.iter().zip(first).all(|(a, b)| a.to_bits() == b.to_bits());
            if others.chunks_exact(width).all(is_first) {
                rows.truncate(width);
            }
        }
        Some(Self { name, at: (at.len() < agents).then_some(at), rows })
    }
}

/// Gives agents their components, in the order that hooks ask for.
pub(super) fn restore(world: &mut World, census: &Census, columns: Vec<Column>) -> Result<(), StateError> {
    columns.into_iter().try_for_each(|column| restore_one(world, census, column))
}

fn insert<C: Stored>(world: &mut World, census: &Census, column: Column) -> Result<(), StateError> {
    const UNFIT: StateError = StateError::Unfit("a component has more or fewer values than agents");
    let Column { at, rows, .. } = column;
    let count = at.as_ref().map_or(census.order.len(), Vec::len);
    let is_uniform = rows.len() == C::WIDTH;
    if count == 0 || !(is_uniform || count.checked_mul(C::WIDTH) == Some(rows.len())) {
        return Err(UNFIT);
    }
    let value = |place: usize| {
        let start = if is_uniform { 0 } else { place * C::WIDTH };
        C::of(&rows[start..start + C::WIDTH]).ok_or(StateError::Unfit("a component has a value that it cannot have"))
    };
    let agent = |place: usize| match &at {
        None => Ok(census.order[place]),
        Some(at) => census.order.get(at[place] as usize).copied().ok_or(UNFIT),
    };
    let given: Vec<_> =
        (0..count).map(|place| Ok((agent(place)?, value(place)?))).collect::<Result<_, StateError>>()?;
    world.insert_batch(given);
    world.flush();
    Ok(())
}
