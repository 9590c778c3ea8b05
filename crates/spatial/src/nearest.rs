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
    nearest::{Candidates, Hearing, Metric, Sight, look},
};
use lampyrid_swarm::Workers;

use crate::{
    cells::Cells,
    flight::Flight,
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
    /// Of two equally far away the one with the smaller rank is nearer: ranks are in the order of ids.
    pub(crate) ranks: Vec<u32>,
    /// For agents with a reach of their own; empty where nobody has one.
    pub(crate) reaches: Vec<Option<Reach>>,
    /// Up to which `flown` an agent hears the same, wherever all have flown.
    lasts: Vec<f64>,
    /// Among whom those are that an agent hears.
    candidates: Vec<Candidates>,
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
    sights: Vec<Sight>,
    crowd: Crowd,
    /// Agents that hear others than before.
    changed: Vec<u32>,
}

/// Agents that look at their candidates together.
const TOGETHER: usize = 512;

/// What is known of agents, taken out to be cut into pieces.
#[derive(Default)]
struct Lists {
    lasts: Vec<f64>,
    candidates: Vec<Candidates>,
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
        let pieces = heard.zip(times).zip(&mut self.desks).enumerate();
        pieces.map(move |(number, (((candidates, crowds), (lasts, horizons)), desk))| Piece {
            first: number * share,
            lasts,
            candidates,
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
        self.ranks.push(0);
        self.lasts.push(f64::NEG_INFINITY);
        self.candidates.push(Candidates::NONE);
        self.crowds.push(Vec::new());
        self.horizons.push(Horizon::PASSED);
        if !self.reaches.is_empty() {
            self.reaches.push(None);
        }
    }

    /// Has everybody look around at the next refresh.
    pub(crate) fn forget(&mut self) {
        self.lasts.fill(f64::NEG_INFINITY);
        self.horizons.fill(Horizon::PASSED);
        self.sorted = None;
    }

    /// Whom an agent hears, in the order of ids.
    pub(crate) fn heard(&self, agent: usize) -> impl Iterator<Item = u32> + Clone {
        self.candidates[agent].heard().chain(self.crowds[agent].iter().copied())
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
            let bound = self.bound(agent, self.heard(agent), self.reach_of(agent, outlook.usual), outlook.space)?;
            bound.is_finite().then(|| bound.sqrt())
        });
        let (sum, count) = bounds.fold((0.0, 0), |(sum, count), bound| (sum + bound, count + 1));
        if count > 0 { sum / f64::from(count) } else { 0.0 }
    }

    fn take_lists(&mut self) -> Lists {
        Lists {
            lasts: std::mem::take(&mut self.lasts),
            candidates: std::mem::take(&mut self.candidates),
            crowds: std::mem::take(&mut self.crowds),
            horizons: std::mem::take(&mut self.horizons),
            desks: std::mem::take(&mut self.desks),
        }
    }

    fn put_back(&mut self, all: Lists) {
        let Lists { lasts, candidates, crowds, horizons, desks } = all;
        (self.lasts, self.horizons, self.desks) = (lasts, horizons, desks);
        (self.candidates, self.crowds) = (candidates, crowds);
    }

    fn reach_of(&self, agent: usize, usual: Reach) -> Reach {
        self.reaches.get(agent).copied().flatten().unwrap_or(usual)
    }

    fn look_around(&self, piece: Piece<'_>, outlook: &Outlook<'_>) {
        let Piece { first, lasts, candidates, crowds, horizons, desk } = piece;
        let Desk { due, lost, sights, crowd, changed } = desk;
        // Those who have one reach.
        let together = if self.reaches.is_empty() { TOGETHER } else { 1 };
        due.resize(together, 0);
        sights.resize(together, Sight::default());
        for start in (0..lasts.len()).step_by(together) {
            let count = in_doubt(&lasts[start..], start, self.flown, due);
            let count = leave_out_lost(&mut due[..count], self.flown, horizons, lost);
            let (due, sights) = (&due[..count], &mut sights[..count]);
            let reach = self.reach_of(first + start, outlook.usual);
            let hearing = hearing(reach, None);
            look(outlook.level, &outlook.metric, &self.points, first, due, candidates, &hearing, sights);
            for (&place, sight) in due.iter().zip(&*sights) {
                let at = place as usize;
                let unseen = 2.0 * (horizons[at].end - self.flown);
                let finding = Finding::of(sight, unseen);
                if !finding.is_certain(reach, unseen) {
                    lost.push(place);
                } else {
                    if candidates[at].hear(sight) {
                        changed.push(first as u32 + place);
                    }
                    lasts[at] = self.lasts(&finding, reach);
                }
            }
            for &place in &*lost {
                let at = place as usize;
                let horizon = &mut horizons[at];
                let mut knows =
                    Acquaintance { candidates: &mut candidates[at], crowd: &mut crowds[at], horizon: &mut horizon.end };
                let (finding, is_another) = self.search(first + at, &mut knows, reach, outlook, crowd);
                if is_another {
                    changed.push(first as u32 + place);
                }
                horizon.likely = horizon.end - finding.farthest / 2.0;
                lasts[at] = self.lasts(&finding, reach);
            }
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
        let taken = |old: &u32| *old as usize;
        self.points = order.iter().map(|old| self.points[taken(old)]).collect();
        self.ranks = order.iter().map(|old| self.ranks[taken(old)]).collect();
        if !self.reaches.is_empty() {
            self.reaches = order.iter().map(|old| self.reaches[taken(old)]).collect();
        }
        self.candidates = order.iter().map(|old| self.candidates[taken(old)].heard_renumbered(&numbers)).collect();
        let renumbered = |list: &[u32]| list.iter().filter_map(|&other| numbers[other as usize]).collect();
        self.crowds = order.iter().map(|old| renumbered(&self.crowds[taken(old)])).collect();
        self.lasts.truncate(order.len());
        self.horizons.truncate(order.len());
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

/// Takes those out whose candidates are not worth a look, and notes them. Returns how many are left, in front.
fn leave_out_lost(due: &mut [u32], flown: f64, horizons: &[Horizon], lost: &mut Vec<u32>) -> usize {
    lost.clear();
    let mut count = 0;
    for place in 0..due.len() {
        let agent = due[place];
        if flown < horizons[agent as usize].likely {
            due[count] = agent;
            count += 1;
        } else {
            lost.push(agent);
        }
    }
    count
}

/// Whom an agent with such a reach hears, if those within some squared distance are likely to be among them.
pub(crate) fn hearing(reach: Reach, near: Option<f64>) -> Hearing {
    Hearing { most: reach.count, limit: squared(reach), near: near.unwrap_or(-1.0) }
}

/// What part of their side agents may fly before cells are too old: to look as much farther is cheaper
/// than to sort everybody.
const OLD: f64 = 0.25;

/// How far, in margins, agents may have flown in all: adding up rounds off less than a margin each time.
const FARTHEST: f64 = (1_u64 << 46) as f64;

/// So many places off the order of the cells, agents are better numbered anew: those close to each other
/// would no longer be together in the processor's cache.
const FAR_OFF: usize = 4096;
