//! What one of several worlds needs of parts of a state.

use std::{iter, ops::Range, sync::Arc};

use lampyrid_graph::Adjacency;

use super::{
    super::{
        StateError, SwarmState,
        census::{Ids, NOBODY},
        columns::{Column, NAMES, width},
        links::{Links, Lists, Run, Store, extend},
        purpose::Purpose,
    },
    PartState,
};

/// A part, by places of its own: agents first, then those outside.
pub(super) struct Cut {
    pub(super) state: SwarmState,
    /// The ids of those outside whom agents of the part can hear, ascending.
    pub(super) outside: Vec<u32>,
    /// Which of them are agents still.
    pub(super) are_there: Vec<bool>,
    /// How many agents there are besides those of the part.
    pub(super) elsewhere: usize,
}

/// The agents whose ids are in `range`, out of parts that follow one another.
pub(super) fn cut(parts: Vec<PartState>, range: Range<u32>) -> Result<Cut, StateError> {
    check(&parts, &range)?;
    let pieces: Vec<Piece<'_>> = parts.iter().filter_map(|part| Piece::of(part, &range)).collect();
    let seam = Seam::of(&parts[0], &pieces, range);
    let concat = |numbers: fn(&SwarmState) -> &[f64]| -> Vec<f64> {
        pieces.iter().flat_map(|piece| &numbers(&piece.part.state)[piece.own()]).copied().collect()
    };
    let mut settings = parts[0].state.settings.clone();
    if seam.range.start > 0 {
        settings.forget_ledger();
    }
    let state = SwarmState {
        ids: seam.ids.clone(),
        phases: concat(|state| &state.phases),
        frequencies: concat(|state| &state.frequencies),
        columns: NAMES.iter().filter_map(|name| column(&pieces, name, &seam)).collect(),
        links: links(&pieces, &seam)?,
        settings,
        purpose: purpose(&parts, &seam)?,
    };
    let are_there = seam.outside.iter().map(|id| !seam.is_gone(*id)).collect();
    let elsewhere = parts[0].all as usize - parts[0].gone.len() - state.agents();
    Ok(Cut { state, are_there, elsewhere, outside: seam.outside })
}

/// Whether parts follow one another, and have all of these ids.
fn check(parts: &[PartState], range: &Range<u32>) -> Result<(), StateError> {
    let (Some(first), Some(last)) = (parts.first(), parts.last()) else {
        return Err(StateError::Unfit("there is no part of it"));
    };
    let follow = parts.array_windows().all(|[a, b]| a.range.end == b.range.start);
    if !follow || first.range.start > range.start || last.range.end < range.end {
        return Err(StateError::Unfit("a part of it is missing"));
    }
    let is_one = parts.array_windows().all(|[a, b]| a.goes_with(b));
    if is_one { Ok(()) } else { Err(StateError::Unfit("its parts are not those of one swarm")) }
}

/// Where agents are cut from the rest: places by ids.
struct Seam<'p> {
    range: Range<u32>,
    /// Of those of the range who are there.
    ids: Ids,
    outside: Vec<u32>,
    gone: &'p [u32],
}

impl<'p> Seam<'p> {
    fn of(any: &'p PartState, pieces: &[Piece<'_>], range: Range<u32>) -> Self {
        let ids = pieces.iter().flat_map(|piece| piece.own().map(|place| piece.part.state.ids.get(place)));
        let mut outside: Vec<u32> = Vec::new();
        for piece in pieces {
            let PartState { all, state, .. } = piece.part;
            let listed = state.links.neighbors.iter().filter(|(id, _)| piece.ids.contains(id));
            let heard = listed.flat_map(|(_, list)| list).copied().chain(state.purpose.cut_off(&piece.ids));
            let heard = piece.rows().flat_map(|(senders, _)| senders).chain(heard.filter(|id| id < all));
            outside.extend(heard.filter(|id| !range.contains(id)));
        }
        outside.sort_unstable();
        outside.dedup();
        Self { ids: Ids::of(ids.collect()), range, outside, gone: &any.gone }
    }

    fn is_gone(&self, id: u32) -> bool {
        self.gone.binary_search(&id).is_ok()
    }

    /// The place of an agent: those of the range first, then those outside; `NOBODY` if it is gone.
    fn place(&self, id: u32) -> u32 {
        let own = || self.ids.place(id.into());
        let outside = || Some((self.ids.len() + self.outside.binary_search(&id).ok()?) as u32);
        let place = if self.range.contains(&id) { own() } else { outside().filter(|_| !self.is_gone(id)) };
        place.unwrap_or(NOBODY)
    }

    /// The number of a node of the network.
    fn node(&self, id: u32) -> u32 {
        match self.range.contains(&id) {
            true => id - self.range.start,
            false => (self.range.len() + self.outside.partition_point(|other| *other < id)) as u32,
        }
    }
}

/// What of a part lies within a range.
struct Piece<'p> {
    part: &'p PartState,
    ids: Range<u32>,
}

impl<'p> Piece<'p> {
    fn of(part: &'p PartState, range: &Range<u32>) -> Option<Self> {
        let ids = part.range.start.max(range.start)..part.range.end.min(range.end);
        (!ids.is_empty()).then_some(Self { part, ids })
    }

    /// Its agents among those of the part.
    fn own(&self) -> Range<usize> {
        let ids = &self.part.state.ids;
        ids.before(self.ids.start)..ids.before(self.ids.end)
    }

    /// The rows of its nodes: ids and weights; none if the part has no network.
    fn rows(&self) -> impl Iterator<Item = (impl Iterator<Item = u32>, &'p [f64])> {
        let (start, end) = (self.ids.start - self.part.range.start, self.ids.end - self.part.range.start);
        self.part.state.links.stores.iter().flat_map(move |Store { graph, agents }| {
            let nodes = agents.as_deref().unwrap_or_default();
            (start as usize..end as usize).map(move |row| {
                let senders = graph.neighbors(row).iter().map(|&sender| nodes[sender as usize]);
                (senders, graph.weights_of(row).unwrap_or_default())
            })
        })
    }
}

/// A component of all who have it.
fn column(pieces: &[Piece<'_>], name: &'static str, seam: &Seam<'_>) -> Option<Column> {
    let width = width(name);
    let (mut at, mut rows) = (Vec::new(), Vec::new());
    for piece in pieces {
        let Some(column) = piece.part.state.columns.iter().find(|column| column.name == name) else { continue };
        let kept = match &column.at {
            None => {
                at.extend(piece.own().map(|place| piece.part.state.ids.get(place) as u32));
                piece.own()
            }
            Some(ids) => {
                let before = |limit: u32| ids.partition_point(|id| *id < limit);
                let kept = before(piece.ids.start)..before(piece.ids.end);
                at.extend_from_slice(&ids[kept.clone()]);
                kept
            }
        };
        match column.rows.len() == width {
            true => rows.extend(iter::repeat_n(&column.rows, kept.len()).flatten()),
            false => rows.extend_from_slice(&column.rows[kept.start * width..kept.end * width]),
        }
    }
    at.iter_mut().for_each(|at| *at = seam.place(*at));
    Column::of(name, width, at, rows, seam.ids.len())
}

fn links(pieces: &[Piece<'_>], seam: &Seam<'_>) -> Result<Links, StateError> {
    let mut all = Links::default();
    for piece in pieces {
        let Links { neighbor_runs, weight_runs, neighbors, weights, .. } = &piece.part.state.links;
        let cut = |run: &Run| run.cut(piece, seam);
        neighbor_runs.iter().filter_map(cut).for_each(|run| extend(&mut all.neighbor_runs, run));
        weight_runs.iter().filter_map(cut).for_each(|run| extend(&mut all.weight_runs, run));
        all.neighbors.append(neighbors, piece, seam, |&id| seam.place(id));
        all.weights.append(weights, piece, seam, |&weight| weight);
    }
    if !all.neighbor_runs.is_empty() || !all.weight_runs.is_empty() {
        all.stores.push(store(pieces, seam)?);
    }
    Ok(all)
}

/// The rows of the nodes within the seam, with those outside behind them.
fn store(pieces: &[Piece<'_>], seam: &Seam<'_>) -> Result<Store, StateError> {
    const UNFIT: StateError = StateError::Unfit("its parts are not those of one network");
    let graphs = || pieces.iter().flat_map(|piece| &piece.part.state.links.stores).map(|store| &store.graph);
    let mut weights = graphs().any(|graph| graph.weights().is_some()).then(Vec::new);
    let (mut offsets, mut columns) = (vec![0], Vec::new());
    for piece in pieces {
        for (senders, own_weights) in piece.rows() {
            columns.extend(senders.map(|id| seam.node(id)));
            weights.iter_mut().for_each(|all| all.extend_from_slice(own_weights));
            offsets.push(u32::try_from(columns.len()).map_err(|_| UNFIT)?);
        }
        // A part without a network has nodes nobody of it listens along.
        let nodes = (piece.ids.end - seam.range.start) as usize;
        offsets.resize(nodes + 1, columns.len() as u32);
    }
    offsets.resize(seam.range.len() + seam.outside.len() + 1, columns.len() as u32);
    let is_in_order = seam.outside.is_empty() && seam.ids.len() == seam.range.len();
    let nodes = || seam.range.clone().chain(seam.outside.iter().copied());
    let agents = (!is_in_order).then(|| nodes().map(|id| seam.place(id)).collect());
    let graph = Adjacency::from_parts(offsets, columns, weights).map_err(|_| UNFIT)?;
    Ok(Store { graph: Arc::new(graph), agents })
}

/// What is to be reached, and what of it concerns the agents within the seam.
fn purpose(parts: &[PartState], seam: &Seam<'_>) -> Result<Purpose, StateError> {
    let mut kept = parts.iter().map(|part| {
        let mut purpose = part.state.purpose.clone();
        purpose.keep(&seam.range);
        purpose
    });
    let mut purpose = kept.next().ok_or(StateError::Unfit("there is no part of it"))?;
    kept.try_for_each(|other| purpose.add(&other))?;
    purpose.renumber(|id| seam.place(id));
    Ok(purpose)
}

impl Run {
    /// What of it lies in a piece, in numbers of the seam.
    fn cut(&self, piece: &Piece<'_>, seam: &Seam<'_>) -> Option<Self> {
        let (start, end) = (self.node.max(piece.ids.start), (self.node + self.count).min(piece.ids.end));
        (start < end).then(|| Self {
            place: seam.place(start),
            count: end - start,
            store: 0,
            node: start - seam.range.start,
        })
    }
}

impl<T> Lists<T> {
    /// Adds the lists of those in a piece.
    fn append(&mut self, lists: &Self, piece: &Piece<'_>, seam: &Seam<'_>, entry: impl Fn(&T) -> T) {
        for (id, list) in lists.iter().filter(|(id, _)| piece.ids.contains(id)) {
            self.push(seam.place(id), list.iter().map(&entry));
        }
    }
}
