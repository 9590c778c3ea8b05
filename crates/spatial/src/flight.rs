//! Where everybody is now, and how far they have flown.

use lampyrid_kernel::{level::fetch, nearest::Place};
use lampyrid_swarm::Workers;

use crate::{
    position::Position,
    space::{Point, Space},
};

/// Where an agent sits in the world.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seat {
    pub(crate) table: u32,
    pub(crate) row: u32,
}

/// How agents have flown since they were last looked at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Flight {
    /// The square of the longest way.
    longest: f64,
    /// By axis, the largest coordinate without its sign.
    pub(crate) largest: Point,
    /// Where z begins and ends.
    low: f64,
    high: f64,
    /// Whether every coordinate is a finite number.
    pub(crate) is_finite: bool,
}

impl Flight {
    const NONE: Self =
        Self { longest: 0.0, largest: [0.0; 3], low: f64::INFINITY, high: f64::NEG_INFINITY, is_finite: true };

    /// How far the one that flew farthest has flown.
    pub(crate) fn leg(&self) -> f64 {
        self.longest.sqrt()
    }

    /// Whether all have one z.
    pub(crate) fn is_flat(&self) -> bool {
        self.low >= self.high
    }

    fn and(self, other: &Self) -> Self {
        Self {
            longest: larger(self.longest, other.longest),
            largest: std::array::from_fn(|axis| larger(self.largest[axis], other.largest[axis])),
            low: -larger(-self.low, -other.low),
            high: larger(self.high, other.high),
            is_finite: self.is_finite & other.is_finite,
        }
    }

    /// Follows some agents to where they are.
    fn follow(piece: &mut Piece<'_>, tables: &[&[Position]], space: &Space) -> Self {
        let Piece { spots: Spots { points, whereabouts, low }, seats, .. } = piece;
        let mut flight = Self::NONE;
        let position = |seat: &Seat| &tables[seat.table as usize][seat.row as usize];
        for ((number, point), place) in points.iter_mut().enumerate().zip(&mut **whereabouts) {
            if let Some(ahead) = seats.get(number + AHEAD) {
                fetch(position(ahead));
            }
            let position = position(&seats[number]).0;
            let now = space.reduce(position);
            let before = std::mem::replace(point, now);
            *place = Place::new(std::array::from_fn(|axis| now[axis] - low[axis]), 0);
            flight = flight.and(&Self {
                longest: space.squared_distance(before, now),
                largest: now.map(f64::abs),
                low: now[2],
                high: now[2],
                is_finite: position.iter().fold(true, |finite, x| finite & x.is_finite()),
            });
        }
        flight
    }
}

/// Not `max`, which takes more instructions to do right by NaN; that is looked for on its own.
#[inline(always)]
fn larger(a: f64, b: f64) -> f64 {
    if b > a { b } else { a }
}

/// So many positions are asked for before it is the first one's turn: they come from all over memory.
const AHEAD: usize = 32;

/// Where agents are known to be, by number.
pub(crate) struct Spots<'a> {
    pub(crate) points: &'a mut [Point],
    /// The same in single precision, counted from `low`.
    pub(crate) whereabouts: &'a mut [Place],
    pub(crate) low: Point,
}

impl<'a> Spots<'a> {
    fn cut(self, share: usize) -> impl Iterator<Item = Self> + Send {
        let Self { points, whereabouts, low } = self;
        let pieces = points.chunks_mut(share).zip(whereabouts.chunks_mut(share));
        pieces.map(move |(points, whereabouts)| Self { points, whereabouts, low })
    }
}

/// Reads the positions of all agents, by the tables they are in. `flights` is room for pieces of the work.
pub(crate) fn follow(
    spots: Spots<'_>,
    seats: &[Seat],
    tables: &[&[Position]],
    space: &Space,
    flights: &mut Vec<Flight>,
    workers: Option<&Workers>,
) -> Flight {
    let agents = seats.len();
    flights.clear();
    let work = |mut piece: Piece<'_>| *piece.flight = Flight::follow(&mut piece, tables, space);
    match workers {
        Some(workers) => workers.share_out(agents, |share| cut(spots, seats, flights, share), work),
        None => cut(spots, seats, flights, agents.max(1)).for_each(work),
    }
    flights.iter().fold(Flight::NONE, Flight::and)
}

/// Some agents that are looked for together.
struct Piece<'a> {
    spots: Spots<'a>,
    seats: &'a [Seat],
    flight: &'a mut Flight,
}

fn cut<'a>(
    spots: Spots<'a>,
    seats: &'a [Seat],
    flights: &'a mut Vec<Flight>,
    share: usize,
) -> impl Iterator<Item = Piece<'a>> + Send {
    flights.resize(seats.len().div_ceil(share), Flight::NONE);
    let agents = spots.cut(share).zip(seats.chunks(share));
    agents.zip(flights).map(|((spots, seats), flight)| Piece { spots, seats, flight })
}
