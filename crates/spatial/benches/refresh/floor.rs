//! What nobody can leave out: plain arrays, laid out as the world and the swarm's index are.

use bevy_ecs::prelude::*;
use lampyrid_spatial::{Position, Proximity};
use lampyrid_swarm::Neighbors;

use crate::{NEIGHBORS, Velocity};

type Point = [f64; 3];

/// Agents, in rows of a table in the order of which they were spawned, and what is known of them in the order of
/// where they are.
pub(crate) struct Floor {
    sides: Point,
    positions: Vec<Point>,
    velocities: Vec<Point>,
    lists: Vec<Neighbors>,
    rows: Vec<[u32; NEIGHBORS]>,
    /// By number in space: the row of the agent, its entity, where it was, and whom it hears.
    seats: Vec<u32>,
    entities: Vec<Entity>,
    points: Vec<Point>,
    heard: Vec<[u32; NEIGHBORS]>,
    /// Lists that are written of a thousand, and where it begins.
    changes: usize,
    turn: usize,
    farthest: f64,
}

impl Floor {
    /// Of a swarm that is up to date, and of whose lists that part changes at every step.
    pub(crate) fn of(world: &mut World, changed: f64) -> Self {
        let period = world.resource::<Proximity>().period;
        let sides = period.map(|side| if side.is_finite() { side } else { 0.0 });
        let mut query = world.query::<(Entity, &Position, &Velocity, &Neighbors)>();
        let agents: Vec<_> = query.iter(world).map(|agent| (agent.0, agent.1.0, agent.2.0, agent.3.clone())).collect();
        // Strips, or columns, as wide as eight neighbours take.
        let key = |row: &u32| {
            let at = agents[*row as usize].1;
            ((at[2] / 2.0) as u32, (at[1] / 2.0) as u32, at[0].to_bits())
        };
        let mut seats: Vec<u32> = (0..agents.len() as u32).collect();
        seats.sort_by_key(key);
        let number_of: std::collections::HashMap<Entity, u32> =
            (0..).zip(&seats).map(|(number, &row)| (agents[row as usize].0, number)).collect();
        let of = |list: &Neighbors| {
            let mut heard = list.iter().map(|other| number_of[&other]);
            std::array::from_fn(|_| heard.next().expect("everybody hears as many"))
        };
        Self {
            sides,
            positions: agents.iter().map(|agent| agent.1).collect(),
            velocities: agents.iter().map(|agent| agent.2).collect(),
            lists: agents.iter().map(|agent| agent.3.clone()).collect(),
            rows: vec![[0; NEIGHBORS]; agents.len()],
            entities: seats.iter().map(|&row| agents[row as usize].0).collect(),
            points: seats.iter().map(|&row| agents[row as usize].1).collect(),
            heard: seats.iter().map(|&row| of(&agents[row as usize].3)).collect(),
            seats,
            changes: (1000.0 * changed) as usize,
            turn: 0,
            farthest: 0.0,
        }
    }

    /// Everybody flies; all positions are read, all distances to those heard measured; and lists are written, as many
    /// as change.
    pub(crate) fn step(&mut self) {
        for (position, velocity) in self.positions.iter_mut().zip(&self.velocities) {
            crate::fly(position, velocity, &self.sides);
        }
        for (point, &row) in self.points.iter_mut().zip(&self.seats) {
            *point = self.positions[row as usize];
        }
        for (point, heard) in self.points.iter().zip(&self.heard) {
            let squares = heard.map(|other| self.squared(point, &self.points[other as usize]));
            self.farthest = self.farthest.max(squares.iter().fold(0.0, |farthest, &square| farthest.max(square)));
        }
        self.turn += 1;
        for number in 0..self.seats.len() {
            // Others at every step, and in no order.
            if (number.wrapping_mul(2_654_435_761) + 383 * self.turn) % 1000 < self.changes {
                self.write(number);
            }
        }
        std::hint::black_box(self.farthest);
    }

    fn write(&mut self, number: usize) {
        let (row, heard) = (self.seats[number] as usize, &self.heard[number]);
        self.lists[row].clear();
        self.lists[row].extend(heard.iter().map(|&other| self.entities[other as usize]));
        self.rows[row] = heard.map(|other| self.seats[other as usize]);
    }

    fn squared(&self, a: &Point, b: &Point) -> f64 {
        let apart = |axis: usize| {
            let apart = (a[axis] - b[axis]).abs();
            let around = self.sides[axis] - apart;
            if around < apart && around >= 0.0 { around } else { apart }
        };
        [0, 1, 2].map(apart).iter().map(|apart| apart * apart).sum()
    }
}
