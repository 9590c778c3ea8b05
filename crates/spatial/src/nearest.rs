//! Whom everybody listens to: positions in, lists out.
//!
//! Three questions, each dearer than the one before, and asked only by those whom that left in doubt:
//!
//! 1. Can anybody have flown through the gap between those an agent hears and the next one? If not, it
//!    hears the same.
//! 2. Which of its candidates are nearest now? None of the others can have come nearer than those, as long
//!    as the candidates are not too old.
//! 3. Who is around? Those make up new candidates.

use lampyrid_kernel::{
    Level,
    nearest::{Candidates, Metric, Sight, look},
};
use lampyrid_swarm::Workers;
use smallvec::SmallVec;

use crate::{
    cells::Cells,
    flight::Flight,
    reach::Reach,
    search::{Acquaintance, Crowd},
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
    lasts: Vec<f64>,
    /// Among whom those are that an agent hears.
    candidates: Vec<Candidates>,
    /// All others are farther away than twice what is left to be flown until `flown` is that.
    horizons: Vec<f64>,
    /// No agent has flown farther since lists were first kept; begins anew before rounding could matter.
    pub(crate) flown: f64,
    /// How far agents fly from refresh to refresh: of the last two times, the shorter way. One agent that
    /// leaps once does not count.
    pub(crate) pace: f64,
    /// The way of the last time.
    leg: f64,
    pub(crate) cells: Cells,
    /// When, by what had been flown, agents were sorted into cells; none if these are others.
    pub(crate) sorted: Option<f64>,
    /// What each piece of the work needs, kept from refresh to refresh.
    desks: Vec<Desk>,
}

/// What everybody goes by in a refresh.
pub(crate) struct Outlook<'a> {
    pub(crate) space: &'a Space,
    pub(crate) metric: Metric,
    pub(crate) level: Level,
    /// Of agents that have none of their own.
    pub(crate) usual: Reach,
    /// More than rounding does to coordinates and distances.
    pub(crate) margin: f64,
}

/// What an agent has found out.
#[derive(Clone, Copy)]
pub(crate) struct Finding {
    /// How many it hears.
    pub(crate) count: usize,
    /// The distance to the farthest of them.
    pub(crate) farthest: f64,
    /// All others are at least as far away.
    pub(crate) next: f64,
}

impl Finding {
    /// From a look at all candidates, if those it does not know of are farther away than `unseen`.
    pub(crate) fn of(sight: &Sight, unseen: f64) -> Self {
        Self { count: sight.count(), farthest: sight.farthest.sqrt(), next: sight.next.sqrt().min(unseen) }
    }

    /// Whether these are all it has to hear.
    pub(crate) fn is_certain(&self, reach: Reach, unseen: f64) -> bool {
        reach.radius <= unseen || self.count == reach.count && self.farthest <= unseen
    }

    /// How far all may fly before it hears somebody else. Any two come nearer to each other, or farther
    /// apart, by no more than twice what each flies.
    fn leeway(&self, reach: Reach) -> f64 {
        let stay = (reach.radius - self.farthest) / 2.0;
        if self.count == reach.count {
            stay.min((self.next - self.farthest) / 4.0)
        } else {
            stay.min((self.next - reach.radius) / 2.0)
        }
    }
}

/// Some agents whose lists are renewed together.
struct Piece<'a> {
    first: usize,
    lists: &'a mut [List],
    changed: &'a mut [bool],
    lasts: &'a mut [f64],
    candidates: &'a mut [Candidates],
    horizons: &'a mut [f64],
    desk: &'a mut Desk,
}

/// Room for what comes up while lists are renewed.
#[derive(Debug, Default)]
struct Desk {
    /// Agents in doubt, counted from the first of their piece.
    due: Vec<u32>,
    sights: Vec<Sight>,
    crowd: Crowd,
}

/// Agents that look at their candidates together.
const TOGETHER: usize = 512;

/// What is known of agents, taken out to be cut into pieces.
#[derive(Default)]
struct Lists {
    lists: Vec<List>,
    changed: Vec<bool>,
    lasts: Vec<f64>,
    candidates: Vec<Candidates>,
    horizons: Vec<f64>,
    desks: Vec<Desk>,
}

impl Lists {
    fn cut(&mut self, share: usize) -> impl Iterator<Item = Piece<'_>> + Send {
        let pieces = self.lists.len().div_ceil(share);
        if self.desks.len() < pieces {
            self.desks.resize_with(pieces, Desk::default);
        }
        let known = self.lists.chunks_mut(share).zip(self.changed.chunks_mut(share)).zip(self.lasts.chunks_mut(share));
        let watched = self.candidates.chunks_mut(share).zip(self.horizons.chunks_mut(share)).zip(&mut self.desks);
        let pieces = known.zip(watched).enumerate();
        pieces.map(move |(number, (((lists, changed), lasts), ((candidates, horizons), desk)))| Piece {
            first: number * share,
            lists,
            changed,
            lasts,
            candidates,
            horizons,
            desk,
        })
    }
}

impl Surroundings {
    pub(crate) fn len(&self) -> usize {
        self.points.len()
    }

    /// Makes room for one more, who has still to be put somewhere.
    pub(crate) fn welcome(&mut self) {
        self.points.push([0.0; 3]);
        self.ids.push(0);
        self.lists.push(List::new());
        self.changed.push(true);
        self.lasts.push(f64::NEG_INFINITY);
        self.candidates.push(Candidates::NONE);
        self.horizons.push(f64::NEG_INFINITY);
        if !self.reaches.is_empty() {
            self.reaches.push(None);
        }
    }

    /// Has everybody look around at the next refresh.
    pub(crate) fn forget(&mut self) {
        self.lasts.fill(f64::NEG_INFINITY);
        self.horizons.fill(f64::NEG_INFINITY);
        self.sorted = None;
    }

    /// Brings all lists up to date with the points, given how all have flown since the last refresh. Returns
    /// for each agent the number that it had before if they have got new ones.
    pub(crate) fn renew(
        &mut self,
        flight: &Flight,
        space: &Space,
        usual: Reach,
        workers: Option<&Workers>,
    ) -> Option<Vec<u32>> {
        let margin = space.margin(flight.largest);
        self.fly(flight.leg(), margin);
        if self.lasts.iter().all(|&lasts| self.flown < lasts) {
            return None;
        }
        let metric = space.metric(flight.is_flat());
        let outlook = Outlook { space, metric, level: Level::detect(), usual, margin };
        let renumbered = self.sort_if_old(&outlook);
        let agents = self.len();
        let mut lists = self.take_lists();
        let look = |piece: Piece<'_>| self.look_around(piece, &outlook);
        match workers {
            Some(workers) => workers.share_out(agents, |share| lists.cut(share), look),
            None => lists.cut(agents.max(1)).for_each(look),
        }
        self.put_back(lists);
        renumbered
    }

    /// Notes how far all have flown at most.
    fn fly(&mut self, leg: f64, margin: f64) {
        let leg = leg * (1.0 + 1e-12) + margin;
        self.pace = leg.min(std::mem::replace(&mut self.leg, leg));
        self.flown += leg;
        // Beyond that it is not known as exactly as distances are; and NaN is not, either.
        let is_exact = self.flown <= FARTHEST * margin;
        if !is_exact {
            self.flown = 0.0;
            self.forget();
        }
    }

    /// Sorts agents into cells if they have flown too far since they last were. Returns for each agent the
    /// number that it had before if they have got new ones.
    fn sort_if_old(&mut self, outlook: &Outlook<'_>) -> Option<Vec<u32>> {
        let side = self.typical_distance(outlook);
        if self.sorted.is_some_and(|sorted| self.flown - sorted <= OLD * side) {
            return None;
        }
        let off = self.cells.sort(&self.points, outlook.space, side, outlook.margin);
        let renumbered = (off > FAR_OFF.min(self.len() / 8)).then(|| {
            let order = self.cells.agents().to_vec();
            self.renumber(&order);
            self.cells.number_in_order();
            order
        });
        self.sorted = Some(self.flown);
        renumbered
    }

    /// About how far away an agent has to look.
    fn typical_distance(&self, outlook: &Outlook<'_>) -> f64 {
        let step = self.len().div_ceil(256).max(1);
        let bounds = (0..self.len()).step_by(step).filter_map(|agent| {
            let bound = self.bound(agent, &self.lists[agent], self.reach_of(agent, outlook.usual), outlook.space)?;
            bound.is_finite().then(|| bound.sqrt())
        });
        let (sum, count) = bounds.fold((0.0, 0), |(sum, count), bound| (sum + bound, count + 1));
        if count > 0 { sum / f64::from(count) } else { 0.0 }
    }

    fn take_lists(&mut self) -> Lists {
        Lists {
            lists: std::mem::take(&mut self.lists),
            changed: std::mem::take(&mut self.changed),
            lasts: std::mem::take(&mut self.lasts),
            candidates: std::mem::take(&mut self.candidates),
            horizons: std::mem::take(&mut self.horizons),
            desks: std::mem::take(&mut self.desks),
        }
    }

    fn put_back(&mut self, all: Lists) {
        let Lists { lists, changed, lasts, candidates, horizons, desks } = all;
        (self.lists, self.changed, self.lasts) = (lists, changed, lasts);
        (self.candidates, self.horizons, self.desks) = (candidates, horizons, desks);
    }

    fn reach_of(&self, agent: usize, usual: Reach) -> Reach {
        self.reaches.get(agent).copied().flatten().unwrap_or(usual)
    }

    fn look_around(&self, piece: Piece<'_>, outlook: &Outlook<'_>) {
        let Piece { first, lists, changed, lasts, candidates, horizons, desk: Desk { due, sights, crowd } } = piece;
        due.resize(TOGETHER, 0);
        sights.resize(TOGETHER, Sight::default());
        for start in (0..lists.len()).step_by(TOGETHER) {
            let count = in_doubt(&lasts[start..], start, self.flown, due);
            let (due, sights) = (&due[..count], &mut sights[..count]);
            look(outlook.level, &outlook.metric, &self.points, first, due, candidates, UNKNOWN, sights);
            for (&place, sight) in due.iter().zip(&*sights) {
                let place = place as usize;
                let agent = first + place;
                let reach = self.reach_of(agent, outlook.usual);
                let unseen = 2.0 * (horizons[place] - self.flown);
                let mut knows = Acquaintance {
                    list: &mut lists[place],
                    candidates: &mut candidates[place],
                    horizon: &mut horizons[place],
                };
                let mut finding = Finding::of(sight, unseen);
                let is_another = if !finding.is_certain(reach, unseen) {
                    let is_another;
                    (finding, is_another) = self.search(agent, &mut knows, reach, outlook, crowd);
                    is_another
                } else {
                    knows.candidates.hear(sight) && knows.replace_by_candidates()
                };
                changed[place] |= is_another;
                // Not a number is as good as none.
                lasts[place] = (self.flown + finding.leeway(reach)).max(self.flown);
            }
        }
    }

    /// Gives agents new numbers: agent i is the one that was `order[i]`. Others are gone, from the lists
    /// too, which counts as a change of these. Everybody has to look around.
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
        self.lists = order.iter().map(|old| std::mem::take(&mut self.lists[taken(old)])).collect();
        for (list, changed) in self.lists.iter_mut().zip(&mut self.changed) {
            let before = list.len();
            list.iter_mut().for_each(|other| *other = numbers[*other as usize]);
            list.retain(|other| *other != GONE);
            *changed |= list.len() < before;
        }
        self.lasts.truncate(order.len());
        self.horizons.truncate(order.len());
        // By their old numbers, of whom some are gone.
        self.candidates.clear();
        self.candidates.resize(order.len(), Candidates::NONE);
        self.forget();
    }
}

/// Notes which of the first agents may hear others by now, counted from `start`. Returns how many.
///
/// Without a branch per agent: who is in doubt cannot be foreseen.
fn in_doubt(lasts: &[f64], start: usize, flown: f64, due: &mut [u32]) -> usize {
    let mut count = 0;
    for (place, lasts) in (start as u32..).zip(lasts).take(due.len()) {
        due[count] = place;
        count += usize::from(flown >= *lasts);
    }
    count
}

/// No guess of who is near: a square is not less than 0.
const UNKNOWN: f64 = -1.0;

/// What part of their side agents may fly before cells are too old: to look as much farther is cheaper
/// than to sort everybody.
const OLD: f64 = 0.25;

/// How far, in margins, agents may have flown in all: adding up rounds off less than a margin each time.
const FARTHEST: f64 = (1_u64 << 46) as f64;

/// The number of an agent that is no longer there.
const GONE: u32 = u32::MAX;

/// So many places off the order of the cells, agents are better numbered anew: those close to each other
/// would no longer be together in the processor's cache.
const FAR_OFF: usize = 4096;
