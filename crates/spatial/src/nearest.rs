//! Whom everybody listens to: positions in, lists out.
//!
//! Four questions, each dearer than the one before, and asked only by those whom that left in doubt:
//!
//! 1. Can anybody have flown through the gap between those an agent hears and the next one? If not, it
//!    hears the same.
//! 2. Who of the few at the border between those it hears and those it does not has crossed it? None of the
//!    others can have, for a while; and that border fits into one line of memory.
//! 3. Which of its candidates are nearest now? None of the others can have come nearer than those, as long
//!    as the candidates are not too old.
//! 4. Who is around? Those make up new candidates.

use lampyrid_kernel::{
    Level,
    level::fetch,
    nearest::{Border, Candidates, Glimpse, Hearing, Metric, Place, Sight, glance, look},
};
use lampyrid_swarm::Workers;

use crate::{
    cells::Cells,
    flight::{Flight, Spots},
    reach::Reach,
    search::{Acquaintance, Crowd, squared},
    space::{Point, Space},
};

/// Agents, numbered so that those close to each other have numbers close to each other, and whom they
/// listen to.
#[derive(Debug, Default)]
pub(crate) struct Surroundings {
    /// Reduced to the space they are in.
    pub(crate) points: Vec<Point>,
    /// The same in single precision, counted from where the cells begin.
    pub(crate) whereabouts: Vec<Place>,
    /// Of two equally far away the one with the smaller rank is nearer: ranks are in the order of ids.
    pub(crate) ranks: Vec<u32>,
    /// For agents with a reach of their own; empty where nobody has one.
    pub(crate) reaches: Vec<Option<Reach>>,
    /// Up to which `flown` an agent hears the same, wherever all have flown.
    lasts: Vec<f64>,
    /// Among whom those are that an agent hears.
    candidates: Vec<Candidates>,
    /// Which of them may come or go next.
    borders: Vec<Border>,
    /// Whom those hear, by number and in the order of ids, who hear too many to have candidates; nobody for others.
    crowds: Vec<Vec<u32>>,
    /// Until when those are worth a look.
    horizons: Vec<Horizon>,
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
    /// How far agents fly from refresh to refresh, and about how far away those are whom they hear.
    pub(crate) pace: f64,
    pub(crate) typical: f64,
}

impl Outlook<'_> {
    /// Whom an agent with such a reach hears, if those within some squared distance are likely to be among them.
    pub(crate) fn hearing(&self, reach: Reach, near: Option<f64>) -> Hearing {
        let dimensions = if self.metric.is_flat { 2 } else { 3 };
        let border = AT_BORDER / (2 * dimensions * reach.count.clamp(1, Candidates::MOST)) as f64;
        // Where those at a border come and go from refresh to refresh, it does not last.
        let border = if border * self.typical > BRIEF * self.pace { border } else { 0.0 };
        Hearing { most: reach.count, limit: squared(reach), near: near.unwrap_or(-1.0), border }
    }
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

/// How long candidates are worth a look, by what all have flown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Horizon {
    /// All others are farther away than twice what is left to be flown until then.
    pub(crate) end: f64,
    /// From then on others are likely to have come nearer than the farthest that is heard.
    likely: f64,
}

impl Horizon {
    /// Long ago.
    const PASSED: Self = Self { end: f64::NEG_INFINITY, likely: f64::NEG_INFINITY };
}

/// Some agents whose lists are renewed together.
struct Piece<'a> {
    first: usize,
    lasts: &'a mut [f64],
    candidates: &'a mut [Candidates],
    borders: &'a mut [Border],
    crowds: &'a mut [Vec<u32>],
    horizons: &'a mut [Horizon],
    desk: &'a mut Desk,
}

/// Room for what comes up while lists are renewed.
#[derive(Debug, Default)]
struct Desk {
    /// Agents in doubt, counted from the first of their piece.
    due: Vec<u32>,
    /// Those of them who have to search.
    lost: Vec<u32>,
    glimpses: Vec<Glimpse>,
    sights: Vec<Sight>,
    /// Those who hear others by a glance, and what they saw.
    moved: Vec<(u32, Glimpse)>,
    crowd: Crowd,
    /// Agents that hear others than before.
    changed: Vec<u32>,
}

/// Agents that look at their candidates together.
const TOGETHER: usize = 128;

/// What is known of agents, taken out to be cut into pieces.
#[derive(Default)]
struct Lists {
    lasts: Vec<f64>,
    candidates: Vec<Candidates>,
    borders: Vec<Border>,
    crowds: Vec<Vec<u32>>,
    horizons: Vec<Horizon>,
    desks: Vec<Desk>,
}

impl Lists {
    fn cut(&mut self, share: usize) -> impl Iterator<Item = Piece<'_>> + Send {
        let pieces = self.lasts.len().div_ceil(share);
        if self.desks.len() < pieces {
            self.desks.resize_with(pieces, Desk::default);
        }
        let heard = self.candidates.chunks_mut(share).zip(self.crowds.chunks_mut(share));
        let times = self.lasts.chunks_mut(share).zip(self.horizons.chunks_mut(share));
        let pieces = heard.zip(times).zip(self.borders.chunks_mut(share)).zip(&mut self.desks).enumerate();
        pieces.map(move |(number, ((((candidates, crowds), (lasts, horizons)), borders), desk))| Piece {
            first: number * share,
            lasts,
            candidates,
            borders,
            crowds,
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
        self.whereabouts.push(Place::default());
        self.ranks.push(0);
        self.lasts.push(f64::NEG_INFINITY);
        self.candidates.push(Candidates::NONE);
        self.borders.push(Border::NONE);
        self.crowds.push(Vec::new());
        self.horizons.push(Horizon::PASSED);
        if !self.reaches.is_empty() {
            self.reaches.push(None);
        }
    }

    /// Where agents are, to be brought up to date.
    pub(crate) fn spots(&mut self) -> Spots<'_> {
        Spots { points: &mut self.points, whereabouts: &mut self.whereabouts, low: self.cells.low() }
    }

    /// Has everybody look around at the next refresh.
    pub(crate) fn forget(&mut self) {
        self.lasts.fill(f64::NEG_INFINITY);
        self.horizons.fill(Horizon::PASSED);
        self.borders.fill(Border::NONE);
        self.sorted = None;
    }

    /// Whom an agent hears, in the order of ids.
    pub(crate) fn heard(&self, agent: usize) -> impl Iterator<Item = u32> + Clone {
        self.candidates[agent].heard().chain(self.crowds[agent].iter().copied())
    }

    /// Asks memory for whom an agent hears.
    pub(crate) fn fetch(&self, agent: usize) {
        fetch(&self.candidates[agent]);
        fetch(&self.crowds[agent]);
    }

    /// Who has come to hear others since [`Self::forget_changes`].
    pub(crate) fn changed(&self) -> impl Iterator<Item = u32> {
        self.desks.iter().flat_map(|desk| desk.changed.iter().copied())
    }

    /// Nobody has changed since now.
    pub(crate) fn forget_changes(&mut self) {
        self.desks.iter_mut().for_each(|desk| desk.changed.clear());
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
        let typical = self.typical_distance(usual, space);
        let outlook = Outlook { space, metric, level: Level::detect(), usual, margin, pace: self.pace, typical };
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
        let side = outlook.typical;
        if self.sorted.is_some_and(|sorted| self.flown - sorted <= OLD * side) {
            return None;
        }
        let off = self.cells.sort(&self.points, outlook.space, side, outlook.margin);
        let renumbered = (off > FAR_OFF.min(self.len() / 8)).then(|| {
            let order: Vec<u32> = self.cells.agents().collect();
            self.reorder(&order);
            self.cells.number_in_order();
            order
        });
        self.sorted = Some(self.flown);
        renumbered
    }

    /// About how far away an agent has to look.
    fn typical_distance(&self, usual: Reach, space: &Space) -> f64 {
        let step = self.len().div_ceil(256).max(1);
        let bounds = (0..self.len()).step_by(step).filter_map(|agent| {
            let bound = self.bound(agent, self.heard(agent), self.reach_of(agent, usual), space)?;
            bound.is_finite().then(|| bound.sqrt())
        });
        let (sum, count) = bounds.fold((0.0, 0), |(sum, count), bound| (sum + bound, count + 1));
        if count > 0 { sum / f64::from(count) } else { 0.0 }
    }

    fn take_lists(&mut self) -> Lists {
        Lists {
            lasts: std::mem::take(&mut self.lasts),
            candidates: std::mem::take(&mut self.candidates),
            borders: std::mem::take(&mut self.borders),
            crowds: std::mem::take(&mut self.crowds),
            horizons: std::mem::take(&mut self.horizons),
            desks: std::mem::take(&mut self.desks),
        }
    }

    fn put_back(&mut self, all: Lists) {
        let Lists { lasts, candidates, borders, crowds, horizons, desks } = all;
        (self.lasts, self.horizons, self.desks) = (lasts, horizons, desks);
        (self.candidates, self.borders, self.crowds) = (candidates, borders, crowds);
    }

    fn reach_of(&self, agent: usize, usual: Reach) -> Reach {
        self.reaches.get(agent).copied().flatten().unwrap_or(usual)
    }

    fn look_around(&self, mut piece: Piece<'_>, outlook: &Outlook<'_>) {
        // Those who have one reach.
        let together = if self.reaches.is_empty() { TOGETHER } else { 1 };
        let mut desk = std::mem::take(piece.desk);
        for start in (0..piece.lasts.len()).step_by(together) {
            let reach = self.reach_of(piece.first + start, outlook.usual);
            let end = (start + together).min(piece.lasts.len());
            in_doubt(&piece.lasts[start..end], start, self.flown, &mut desk.due);
            self.glance_at_borders(&mut piece, &mut desk, reach, outlook);
            leave_out_lost(&mut desk, self.flown, piece.horizons);
            self.look_at_candidates(&mut piece, &mut desk, reach, outlook);
            self.search_for_others(&mut piece, &mut desk, reach, outlook);
        }
        *piece.desk = desk;
    }

    /// Has those in doubt see whether they hear the same, or whom of those at their borders instead. Those stay in
    /// doubt to whom that does not tell.
    fn glance_at_borders(&self, piece: &mut Piece<'_>, desk: &mut Desk, reach: Reach, outlook: &Outlook<'_>) {
        let Desk { due, glimpses, moved, changed, .. } = desk;
        glimpses.resize(due.len(), Glimpse::default());
        let hearing = outlook.hearing(reach, None);
        if hearing.border <= 0.0 {
            return;
        }
        glance(outlook.level, &outlook.metric, &self.whereabouts, piece.first, due, piece.borders, &hearing, glimpses);
        let mut left = 0;
        for place in 0..due.len() {
            let (agent, seen) = (due[place], &glimpses[place]);
            let at = agent as usize;
            let border = &piece.borders[at];
            let (count, farthest, next) = border.bounds(seen, self.flown);
            let leeway = Finding { count, farthest, next }.leeway(reach);
            if leeway > 0.0 {
                piece.lasts[at] = self.flown + leeway;
                if border.is_crossed(seen) {
                    fetch(&piece.candidates[at]);
                    moved.push((agent, *seen));
                }
            } else {
                fetch(&piece.horizons[at]);
                due[left] = agent;
                left += 1;
            }
        }
        due.truncate(left);
        for (agent, seen) in moved.drain(..) {
            let at = agent as usize;
            piece.borders[at].hear(&seen, &mut piece.candidates[at]);
            changed.push(piece.first as u32 + agent);
        }
    }

    /// Has those in doubt see which of their candidates they hear. Those who need others are lost.
    fn look_at_candidates(&self, piece: &mut Piece<'_>, desk: &mut Desk, reach: Reach, outlook: &Outlook<'_>) {
        let Desk { due, lost, sights, changed, .. } = desk;
        sights.resize(due.len(), Sight::default());
        let hearing = outlook.hearing(reach, None);
        look(outlook.level, &outlook.metric, &self.points, piece.first, due, piece.candidates, &hearing, sights);
        for (&agent, sight) in due.iter().zip(&*sights) {
            let at = agent as usize;
            let unseen = 2.0 * (piece.horizons[at].end - self.flown);
            let finding = Finding::of(sight, unseen);
            if !finding.is_certain(reach, unseen) {
                lost.push(agent);
                continue;
            }
            let candidates = &mut piece.candidates[at];
            if candidates.hear(sight) {
                changed.push(piece.first as u32 + agent);
            }
            piece.borders[at] = Border::new(candidates, sight, self.flown, unseen);
            piece.lasts[at] = self.lasts(&finding, reach);
        }
    }

    /// Has those who are lost look around.
    fn search_for_others(&self, piece: &mut Piece<'_>, desk: &mut Desk, reach: Reach, outlook: &Outlook<'_>) {
        for (number, &agent) in desk.lost.iter().enumerate() {
            if let Some(&next) = desk.lost.get(number + 1) {
                fetch(&piece.candidates[next as usize]);
                fetch(&piece.crowds[next as usize]);
            }
            let at = agent as usize;
            let horizon = &mut piece.horizons[at];
            let mut knows = Acquaintance {
                candidates: &mut piece.candidates[at],
                border: &mut piece.borders[at],
                crowd: &mut piece.crowds[at],
                horizon: &mut horizon.end,
            };
            let (finding, is_another) = self.search(piece.first + at, &mut knows, reach, outlook, &mut desk.crowd);
            if is_another {
                desk.changed.push(piece.first as u32 + agent);
            }
            horizon.likely = horizon.end - finding.farthest / 2.0;
            piece.lasts[at] = self.lasts(&finding, reach);
        }
    }

    /// Up to which `flown` an agent hears the same that has found this.
    fn lasts(&self, finding: &Finding, reach: Reach) -> f64 {
        // Not a number is as good as none.
        (self.flown + finding.leeway(reach)).max(self.flown)
    }

    /// Gives agents new numbers: agent i is the one that was `order[i]`. Others are gone, from the lists
    /// too. Everybody has to look around.
    pub(crate) fn renumber(&mut self, order: &[u32]) {
        let mut numbers = vec![None; self.len()];
        order.iter().zip(0..).for_each(|(&old, new)| numbers[old as usize] = Some(new));
        self.put_in_order(order);
        self.candidates.iter_mut().for_each(|candidates| *candidates = candidates.heard_renumbered(&numbers));
        for crowd in &mut self.crowds {
            *crowd = crowd.iter().filter_map(|&other| numbers[other as usize]).collect();
        }
        self.forget();
    }

    /// Gives all agents new numbers: agent i is the one that was `order[i]`. What is known of them stays.
    fn reorder(&mut self, order: &[u32]) {
        let mut numbers = vec![0; self.len()];
        order.iter().zip(0..).for_each(|(&old, new)| numbers[old as usize] = new);
        self.put_in_order(order);
        self.candidates.iter_mut().for_each(|candidates| candidates.renumber(&numbers));
        self.borders.iter_mut().for_each(|border| border.renumber(&numbers));
        self.crowds.iter_mut().flatten().for_each(|other| *other = numbers[*other as usize]);
    }

    fn put_in_order(&mut self, order: &[u32]) {
        fn put<T: Clone>(column: &mut Vec<T>, order: &[u32]) {
            *column = order.iter().map(|&old| column[old as usize].clone()).collect();
        }
        put(&mut self.points, order);
        put(&mut self.whereabouts, order);
        put(&mut self.ranks, order);
        put(&mut self.lasts, order);
        put(&mut self.candidates, order);
        put(&mut self.borders, order);
        put(&mut self.crowds, order);
        put(&mut self.horizons, order);
        if !self.reaches.is_empty() {
            put(&mut self.reaches, order);
        }
    }
}

/// Notes which of some agents may hear others by now, counted as the first of them is.
///
/// Without a branch per agent: who is in doubt cannot be foreseen.
fn in_doubt(lasts: &[f64], first: usize, flown: f64, due: &mut Vec<u32>) {
    due.resize(lasts.len(), 0);
    let mut count = 0;
    for (agent, lasts) in (first as u32..).zip(lasts) {
        due[count] = agent;
        count += usize::from(flown >= *lasts);
    }
    due.truncate(count);
}

/// Takes those out whose candidates are not worth a look, and notes them.
fn leave_out_lost(desk: &mut Desk, flown: f64, horizons: &[Horizon]) {
    let Desk { due, lost, .. } = desk;
    lost.clear();
    due.retain(|&agent| {
        let is_worth_it = flown < horizons[agent as usize].likely;
        if !is_worth_it {
            lost.push(agent);
        }
        is_worth_it
    });
}

/// A border that lasts for less than so many refreshes is not worth a glance.
const BRIEF: f64 = 2.0;

/// About so many shall be at a border besides the two next to it.
const AT_BORDER: f64 = 4.0;

/// What part of their side agents may fly before cells are too old: to look as much farther is cheaper
/// than to sort everybody.
const OLD: f64 = 0.1;

/// How far, in margins, agents may have flown in all: adding up rounds off less than a margin each time.
const FARTHEST: f64 = (1_u64 << 46) as f64;

/// So many places off the order of the cells, agents are better numbered anew: those close to each other
/// would no longer be together in the processor's cache.
const FAR_OFF: usize = 4096;
