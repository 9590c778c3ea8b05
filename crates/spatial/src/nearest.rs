//! Whom everybody listens to: positions in, lists out.
//!
//! What was found before bounds what is to be found now. If an agent heard k others, none of the k
//! nearest is now farther away than the farthest of those k is now; and if within that distance there
//! are k others, it hears the same as before: most agents need not choose.
//!
//! And most need not even look: as long as nobody can have flown through the gap between those an agent
//! hears and the next one, it hears the same.

use lampyrid_swarm::Workers;
use smallvec::SmallVec;

use crate::{
    cells::{Cells, Found},
    reach::Reach,
    space::{Point, Space},
};

/// The agents that one listens to, by number, in the order of their ids.
pub(crate) type List = SmallVec<[u32; 8]>;

/// Agents, numbered so that those close to each other have numbers close to each other, and whom they
/// listen to.
#[derive(Debug, Default)]
pub(crate) struct Surroundings {
    /// Reduced to the space they are in.
    pub(crate) points: Vec<Point>,
    pub(crate) ids: Vec<u64>,
    /// For agents with a reach of their own; empty where nobody has one.
    pub(crate) reaches: Vec<Option<Reach>>,
    pub(crate) lists: Vec<List>,
    /// Whether an agent's list has changed since somebody last asked for it.
    pub(crate) changed: Vec<bool>,
    /// Up to which `flown` an agent hears the same, wherever all have flown.
    pub(crate) lasts: Vec<f64>,
    /// No agent has flown farther since lists were first kept; begins anew before rounding could matter.
    flown: f64,
    cells: Cells,
}

/// Some agents whose lists are renewed together.
struct Piece<'a> {
    first: usize,
    lists: &'a mut [List],
    changed: &'a mut [bool],
    lasts: &'a mut [f64],
}

fn cut<'a>(
    lists: &'a mut [List],
    changed: &'a mut [bool],
    lasts: &'a mut [f64],
    share: usize,
) -> impl Iterator<Item = Piece<'a>> + Send {
    let pieces = lists.chunks_mut(share).zip(changed.chunks_mut(share)).zip(lasts.chunks_mut(share)).enumerate();
    pieces.map(move |(number, ((lists, changed), lasts))| Piece { first: number * share, lists, changed, lasts })
}

/// So many are put in order by comparing each with each.
const FEW: usize = 16;

impl Surroundings {
    pub(crate) fn len(&self) -> usize {
        self.points.len()
    }

    /// Has everybody look around at the next refresh.
    pub(crate) fn forget(&mut self) {
        self.lasts.fill(f64::NEG_INFINITY);
    }

    /// Brings all lists up to date with the points, of which none is farther than `leg` from where it was at
    /// the last refresh. Returns for each agent the number that it had before if they have got new ones.
    pub(crate) fn renew(
        &mut self,
        leg: f64,
        space: &Space,
        reach: Reach,
        workers: Option<&Workers>,
    ) -> Option<Vec<u32>> {
        let margin = space.margin(&self.points);
        let leg = leg * (1.0 + 1e-12) + margin;
        self.flown += leg;
        // Beyond that it is not known as exactly as distances are; and NaN is not, either.
        let is_exact = self.flown <= FARTHEST * margin;
        if !is_exact {
            self.flown = 0.0;
            self.forget();
        }
        if self.lasts.iter().all(|&lasts| self.flown < lasts) {
            return None;
        }
        let side = self.typical_distance(space, reach);
        let off = self.cells.sort(&self.points, space, side);
        let renumbered = (off > FAR_OFF.min(self.len() / 8)).then(|| {
            let order = self.cells.agents().to_vec();
            self.renumber(&order);
            self.cells.number_in_order();
            order
        });
        let agents = self.len();
        let (mut lists, mut changed) = (std::mem::take(&mut self.lists), std::mem::take(&mut self.changed));
        let mut lasts = std::mem::take(&mut self.lasts);
        let skin = self.skin(leg);
        let look = |piece: Piece<'_>| self.look_around(piece, skin, space, reach);
        match workers {
            Some(workers) => {
                workers.share_out(agents, |share| cut(&mut lists, &mut changed, &mut lasts, share), look);
            }
            None => cut(&mut lists, &mut changed, &mut lasts, agents.max(1)).for_each(look),
        }
        (self.lists, self.changed, self.lasts) = (lists, changed, lasts);
        renumbered
    }

    /// How much farther than to those it hears an agent looks, to know how long it will hear the same; 0 if
    /// all fly so far that it would not be for long.
    fn skin(&self, leg: f64) -> f64 {
        let skin = LEGS * leg;
        if skin < self.cells.side() / 3.0 { skin } else { 0.0 }
    }

    /// About how far away an agent has to look.
    fn typical_distance(&self, space: &Space, reach: Reach) -> f64 {
        let step = self.len().div_ceil(256).max(1);
        let bounds = (0..self.len()).step_by(step).filter_map(|agent| {
            let bound = self.bound(agent, self.reach_of(agent, reach), space)?;
            bound.is_finite().then(|| bound.sqrt())
        });
        let (sum, count) = bounds.fold((0.0, 0), |(sum, count), bound| (sum + bound, count + 1));
        if count > 0 { sum / f64::from(count) } else { 0.0 }
    }

    fn reach_of(&self, agent: usize, usual: Reach) -> Reach {
        self.reaches.get(agent).copied().flatten().unwrap_or(usual)
    }

    fn look_around(&self, piece: Piece<'_>, skin: f64, space: &Space, usual: Reach) {
        let mut found = Found::default();
        // Those that an agent heard say little where it has leapt away from them.
        let far = (LEAP * self.cells.side()).powi(2);
        let all = piece.lists.iter_mut().zip(piece.changed).zip(piece.lasts).enumerate();
        for (place, ((list, changed), lasts)) in all.filter(|(_, (_, lasts))| self.flown >= **lasts) {
            let agent = piece.first + place;
            let reach = self.reach_of(agent, usual);
            let bound = bound(self, agent, list, reach, space).filter(|bound| *bound <= far);
            let mut next = self.find(agent, reach, bound, skin, space, &mut found);
            let hears_the_same = bound.is_some() && found.agents().len() == list.len() + 1;
            if !hears_the_same {
                next = next.min(self.keep_nearest(agent, &mut found, reach.count));
                *changed |= self.replace(list, found.agents());
            }
            let farthest = found.agents().iter().fold(0.0, |farthest, &(squared, _)| f64::max(farthest, squared));
            *lasts = self.flown + leeway(farthest.sqrt(), next.sqrt(), list.len(), reach);
        }
    }

    fn bound(&self, agent: usize, reach: Reach, space: &Space) -> Option<f64> {
        bound(self, agent, &self.lists[agent], reach, space)
    }

    /// Finds itself and all others that an agent may hear: those up to the bound, or if there is none, at
    /// least as many as it hears. Returns the square of a distance up to which there is nobody else.
    fn find(&self, agent: usize, reach: Reach, bound: Option<f64>, skin: f64, space: &Space, found: &mut Found) -> f64 {
        let point = self.points[agent];
        if let Some(bound) = bound {
            let limit = if skin > 0.0 { (bound.sqrt() + skin).powi(2).max(bound) } else { bound };
            self.cells.find_within(point, limit, space, found);
            return if skin > 0.0 { found.keep_within(bound).min(limit) } else { limit };
        }
        let widest = reach.radius.min(self.cells.diameter());
        let mut distance = self.cells.side();
        while distance < widest {
            self.cells.find_within(point, distance * distance, space, found);
            if found.agents().len() > reach.count {
                return distance * distance;
            }
            distance *= 1.5;
        }
        self.cells.find_within(point, squared(reach), space, found);
        squared(reach)
    }

    /// Takes the agent itself out, and keeps the nearest of the others: of those equally far away the ones
    /// with smaller ids. Returns the square of the least distance of those not kept.
    fn keep_nearest(&self, agent: usize, found: &mut Found, count: usize) -> f64 {
        let mut next = f64::INFINITY;
        if let Some(place) = found.agents().iter().position(|&(_, other)| other as usize == agent) {
            found.take_out(place);
        }
        let id = |other: u32| self.ids[other as usize];
        let is_nearer = |a: (f64, u32), b: (f64, u32)| a.0 < b.0 || a.0 == b.0 && id(a.1) < id(b.1);
        if found.agents().len().saturating_sub(8) > count {
            let nearer = |a: &(f64, u32), b: &(f64, u32)| a.0.total_cmp(&b.0).then_with(|| id(a.1).cmp(&id(b.1)));
            next = found.agents_mut().select_nth_unstable_by(count, nearer).1.0;
            found.truncate(count);
        }
        while found.agents().len() > count {
            let all = found.agents();
            let farthest = (1..all.len()).fold(0, |a, b| if is_nearer(all[a], all[b]) { b } else { a });
            next = all[farthest].0;
            found.take_out(farthest);
        }
        next
    }

    /// Replaces a list by those found, in the order of their ids. Returns whether it is another one.
    fn replace(&self, list: &mut List, found: &[(f64, u32)]) -> bool {
        let mut now: List = found.iter().map(|&(_, other)| other).collect();
        if found.len() <= FEW {
            // Each goes behind as many as have smaller ids: no branch that cannot be foreseen.
            let mut ids = [0; FEW];
            let ids = &mut ids[..found.len()];
            ids.iter_mut().zip(found).for_each(|(id, &(_, other))| *id = self.ids[other as usize]);
            for (id, &(_, other)) in ids.iter().zip(found) {
                let place: usize = ids.iter().map(|another| usize::from(another < id)).sum();
                now[place] = other;
            }
        } else {
            now.sort_unstable_by_key(|&other| self.ids[other as usize]);
        }
        let is_another = now != *list;
        *list = now;
        is_another
    }

    /// Gives agents new numbers: agent i is the one that was `order[i]`. Others are gone, from the lists
    /// too, which counts as a change of these.
    pub(crate) fn renumber(&mut self, order: &[u32]) {
        let mut numbers = vec![GONE; self.len()];
        order.iter().zip(0..).for_each(|(&old, new)| numbers[old as usize] = new);
        let taken = |old: &u32| *old as usize;
        self.points = order.iter().map(|old| self.points[taken(old)]).collect();
        self.ids = order.iter().map(|old| self.ids[taken(old)]).collect();
        if !self.reaches.is_empty() {
            self.reaches = order.iter().map(|old| self.reaches[taken(old)]).collect();
        }
        self.changed = order.iter().map(|old| self.changed[taken(old)]).collect();
        self.lasts = order.iter().map(|old| self.lasts[taken(old)]).collect();
        self.lists = order.iter().map(|old| std::mem::take(&mut self.lists[taken(old)])).collect();
        for (list, changed) in self.lists.iter_mut().zip(&mut self.changed) {
            let before = list.len();
            list.iter_mut().for_each(|other| *other = numbers[*other as usize]);
            list.retain(|other| *other != GONE);
            *changed |= list.len() < before;
        }
    }
}

/// A search of so many cells in each direction is no better than one from scratch.
const LEAP: f64 = 4.0;

/// For so many times what agents have flown last, an agent shall know that it hears the same.
const LEGS: f64 = 16.0;

/// How far, in margins, agents may have flown in all: adding up rounds off less than a margin each time.
const FARTHEST: f64 = (1_u64 << 46) as f64;

/// The number of an agent that is no longer there.
const GONE: u32 = u32::MAX;

/// So many places off the order of the cells, agents are better numbered anew: those close to each other
/// would no longer be together in the processor's cache.
const FAR_OFF: usize = 4096;

/// The square of a distance beyond which nobody is heard that an agent can hear, if it is known: from
/// those it heard before, or since it hears all within a radius.
///
/// None as well if one of those it heard is out of reach now.
fn bound(all: &Surroundings, agent: usize, list: &List, reach: Reach, space: &Space) -> Option<f64> {
    let farthest = space.farthest(all.points[agent], list.iter().map(|&other| all.points[other as usize]));
    let radius = squared(reach);
    match list.len() {
        _ if farthest > radius => None,
        full if full == reach.count => Some(farthest),
        few if few < reach.count && (radius.is_finite() || few + 1 == all.len()) => Some(radius),
        _ => None,
    }
}

/// How far all may fly before an agent that hears `heard` others, no farther away than `farthest`, hears
/// somebody else; all others are at least as far away as `next`. Any two come nearer to each other, or
/// farther apart, by no more than twice what each flies.
fn leeway(farthest: f64, next: f64, heard: usize, reach: Reach) -> f64 {
    let stay = (reach.radius - farthest) / 2.0;
    if heard == reach.count { stay.min((next - farthest) / 4.0) } else { stay.min((next - reach.radius) / 2.0) }
}

fn squared(reach: Reach) -> f64 {
    reach.radius * reach.radius
}
