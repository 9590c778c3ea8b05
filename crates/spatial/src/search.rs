//! Who is around: the search of an agent that does not know enough.
//!
//! Whom it heard before bounds where it has to look: if it heard k others, none of the k nearest is now
//! farther away than the farthest of those k is now. It looks somewhat farther than that, to have
//! candidates for a while.

use lampyrid_kernel::nearest::{Border, Candidates, Sight, look};
use smallvec::SmallVec;

use crate::{
    cells::Found,
    nearest::{Finding, Outlook, Surroundings},
    reach::Reach,
    space::Space,
};

/// What an agent knows of others.
pub(crate) struct Acquaintance<'a> {
    pub(crate) candidates: &'a mut Candidates,
    pub(crate) border: &'a mut Border,
    /// Whom it hears if these are too many to be candidates.
    pub(crate) crowd: &'a mut Vec<u32>,
    /// When, by what all have flown, others could be here.
    pub(crate) horizon: &'a mut f64,
}

impl Acquaintance<'_> {
    fn heard(&self) -> impl Iterator<Item = u32> + Clone {
        self.candidates.heard().chain(self.crowd.iter().copied())
    }
}

/// Whom a search has found.
#[derive(Debug, Default)]
pub(crate) struct Crowd {
    found: Found,
    /// With the squares of their distances, where there are more than can be candidates.
    measured: Vec<(f64, u32)>,
}

impl Surroundings {
    /// Finds out whom an agent hears, and who shall be its candidates. Returns as well whether the list is
    /// another one.
    pub(crate) fn search(
        &self,
        agent: usize,
        knows: &mut Acquaintance<'_>,
        reach: Reach,
        outlook: &Outlook<'_>,
        crowd: &mut Crowd,
    ) -> (Finding, bool) {
        // Those that an agent heard say little where it has leapt away from them.
        let far = (LEAP * self.cells.side()).powi(2);
        let before: SmallVec<[u32; Candidates::MOST]> = knows.heard().collect();
        let bound = self.bound(agent, before.iter().copied(), reach, outlook.space).filter(|bound| *bound <= far);
        let mut distance = match bound.map(f64::sqrt) {
            Some(near) => near + self.skin(near, before.len(), outlook),
            None => self.cells.side().min(reach.radius),
        };
        loop {
            if distance >= self.cells.diameter() {
                distance = f64::INFINITY;
            }
            let unseen = self.find(agent, distance, outlook, &mut crowd.found);
            let are_few = crowd.found.agents().len() <= Candidates::MOST;
            let is_choosy = reach.count <= Candidates::MOST;
            let finding = if are_few || is_choosy {
                self.choose(agent, knows, reach, unseen, bound, outlook, crowd)
            } else {
                self.choose_many(agent, knows, reach, unseen, outlook, crowd)
            };
            if finding.is_certain(reach, unseen) {
                let is_another = !knows.heard().eq(before);
                return (finding, is_another);
            }
            distance = (GROWTH * distance).max(outlook.margin).min(reach.radius);
        }
    }

    /// The square of a distance beyond which nobody is heard that an agent can hear, if it is known: from
    /// those it heard before, or since it hears all within a radius.
    ///
    /// None as well if one of those it heard is out of reach now.
    pub(crate) fn bound(
        &self,
        agent: usize,
        heard: impl Iterator<Item = u32> + Clone,
        reach: Reach,
        space: &Space,
    ) -> Option<f64> {
        let farthest = space.farthest(self.points[agent], heard.clone().map(|other| self.points[other as usize]));
        let radius = squared(reach);
        match heard.count() {
            _ if farthest > radius => None,
            full if full == reach.count => Some(farthest),
            few if few < reach.count && (radius.is_finite() || few + 1 == self.len()) => Some(radius),
            _ => None,
        }
    }

    /// How much farther than to those it hears an agent looks. Candidates that last longer are more to look
    /// at every time; the square root makes about the best of both.
    fn skin(&self, near: f64, heard: usize, outlook: &Outlook<'_>) -> f64 {
        let more = (WELCOME / (heard + 1) as f64).max(1.5);
        let widest = if outlook.metric.is_flat { more.sqrt() } else { more.cbrt() } - 1.0;
        let skin = (3.0 * (self.pace * near).sqrt()).min(widest * near);
        if skin >= SHORT * self.pace { skin } else { 0.0 }
    }

    /// Finds all others up to a distance, and some beyond. Returns how far away all are at least that were
    /// not found.
    fn find(&self, agent: usize, distance: f64, outlook: &Outlook<'_>, found: &mut Found) -> f64 {
        // Cells know where all were when they were sorted.
        let since = self.sorted.map_or(f64::INFINITY, |sorted| self.flown - sorted);
        self.cells.find_within(self.points[agent], distance + since + outlook.margin, outlook, found);
        found.take_out(agent as u32);
        if found.agents().len() + 1 == self.len() { f64::INFINITY } else { distance }
    }

    /// Makes the nearest of those found candidates, and chooses among them.
    #[allow(clippy::too_many_arguments, reason = "what an agent goes by, and what it comes to know")]
    fn choose(
        &self,
        agent: usize,
        knows: &mut Acquaintance<'_>,
        reach: Reach,
        mut unseen: f64,
        bound: Option<f64>,
        outlook: &Outlook<'_>,
        crowd: &mut Crowd,
    ) -> Finding {
        let mut nearest = [0; Candidates::MOST];
        let mut others = crowd.found.agents();
        if others.len() > Candidates::MOST {
            crowd.measure(self, agent, outlook.space);
            let next = self.keep_nearest(&mut crowd.measured, Candidates::MOST);
            nearest.iter_mut().zip(&crowd.measured).for_each(|(other, &(_, number))| *other = number);
            others = &nearest;
            unseen = unseen.min(next.sqrt() - outlook.margin);
        }
        knows.crowd.clear();
        *knows.candidates = Candidates::new(outlook.level, others, &self.ranks);
        *knows.horizon = self.flown + unseen / 2.0;
        let mut sight = [Sight::default()];
        let one = std::slice::from_ref(&*knows.candidates);
        let hearing = outlook.hearing(reach, bound.or(Some(f64::INFINITY)));
        look(outlook.level, &outlook.metric, &self.points, agent, &[0], one, &hearing, &mut sight);
        knows.candidates.hear(&sight[0]);
        *knows.border = Border::new(knows.candidates, &sight[0], self.flown, unseen);
        Finding::of(&sight[0], unseen)
    }

    /// Chooses from more than can be candidates.
    fn choose_many(
        &self,
        agent: usize,
        knows: &mut Acquaintance<'_>,
        reach: Reach,
        unseen: f64,
        outlook: &Outlook<'_>,
        crowd: &mut Crowd,
    ) -> Finding {
        (*knows.candidates, *knows.border) = (Candidates::NONE, Border::NONE);
        *knows.horizon = f64::NEG_INFINITY;
        crowd.measure(self, agent, outlook.space);
        let beyond = crowd.keep_within(squared(reach));
        let next = self.keep_nearest(&mut crowd.measured, reach.count).min(beyond);
        crowd.measured.sort_unstable_by_key(|&(_, other)| self.ranks[other as usize]);
        knows.crowd.clear();
        knows.crowd.extend(crowd.measured.iter().map(|&(_, other)| other));
        let farthest = crowd.measured.iter().fold(0.0, |farthest, &(square, _)| f64::max(farthest, square));
        Finding { count: crowd.measured.len(), farthest: farthest.sqrt(), next: next.sqrt().min(unseen) }
    }

    /// Keeps the nearest: of those equally far away the ones with smaller ids. Returns the square of the
    /// least distance of those not kept; infinite without any.
    fn keep_nearest(&self, measured: &mut Vec<(f64, u32)>, count: usize) -> f64 {
        if measured.len() <= count {
            return f64::INFINITY;
        }
        let rank = |other: u32| self.ranks[other as usize];
        let nearer = |a: &(f64, u32), b: &(f64, u32)| a.0.total_cmp(&b.0).then_with(|| rank(a.1).cmp(&rank(b.1)));
        let next = measured.select_nth_unstable_by(count, nearer).1.0;
        measured.truncate(count);
        next
    }
}

impl Crowd {
    fn measure(&mut self, around: &Surroundings, agent: usize, space: &Space) {
        let square = |other: u32| space.squared_distance(around.points[agent], around.points[other as usize]);
        self.measured.clear();
        self.measured.extend(self.found.agents().iter().map(|&other| (square(other), other)));
    }

    /// Keeps those no farther away than the root of `limit`. Returns the square of the least distance of the
    /// others; infinite without any.
    fn keep_within(&mut self, limit: f64) -> f64 {
        let mut beyond = f64::INFINITY;
        self.measured.retain(|&(square, _)| {
            if square > limit {
                beyond = beyond.min(square);
            }
            square <= limit
        });
        beyond
    }
}

/// A search of so many cells in each direction is no better than one from scratch.
const LEAP: f64 = 4.0;

/// How much farther to look if it was not far enough.
const GROWTH: f64 = 1.5;

/// So many candidates, with some to spare, shall an agent have at most.
const WELCOME: f64 = 24.0;

/// Candidates for less than that, in what all fly from refresh to refresh, are not worth it.
const SHORT: f64 = 3.0;

pub(crate) fn squared(reach: Reach) -> f64 {
    reach.radius * reach.radius
}
