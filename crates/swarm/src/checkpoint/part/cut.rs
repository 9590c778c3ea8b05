//! What one of several worlds needs of parts of a state.

use std::sync::Arc;

use lampyrid_graph::{Adjacency, Members};

use super::{
    super::{
        StateError, SwarmState,
        census::{Ids, NOBODY},
        columns::{Column, NAMES, width},
        links::{Links, Lists, Run, Store, extend},
        purpose::Purpose,
        settings::Settings,
    },
    PartState,
};

/// A part, by places of its own: agents first, then those outside.
pub(super) struct Cut {
    pub(super) state: SwarmState,
    /// The ids of those outside whom agents of the part can hear, by their owners and ids.
    pub(super) outside: Vec<u32>,
    /// Which of them are agents still.
    pub(super) are_there: Vec<bool>,
    /// How many agents there are besides those of the part.
    pub(super) elsewhere: usize,
}

/// The agents with the ids `own`, out of parts that have them all.
pub(super) fn cut(parts: &[PartState], own: &Members, owner: &dyn Fn(u32) -> usize) -> Result<Cut, StateError> {
    let found = Found::of(parts, own)?;
    let gone = &found.any.gone;
    let mut outside = found.outside();
    outside.sort_by_cached_key(|&id| (owner(id), id));
    let seam = Seam::new(&found, outside);
    let mut purpose = found.purpose()?;
    purpose.renumber(|id| seam.place(id));
    let mut columns = found.columns();
    columns.iter_mut().flat_map(|column| &mut column.at).flatten().for_each(|at| *at = seam.place(*at));
    let state = found.state(columns, links(&found, &seam)?, purpose);
    let are_there = seam.outside.iter().map(|id| gone.binary_search(id).is_err()).collect();
    let elsewhere = found.any.all as usize - gone.len() - state.agents();
    Ok(Cut { state, are_there, elsewhere, outside: seam.outside })
}

/// What a part has of the agents with the ids `own`.
pub(super) fn among(part: PartState, own: &Members) -> Result<PartState, StateError> {
    let own = match part.own == *own {
        true => return Ok(part),
        false => Members::listed(part.own.iter().filter(|id| own.contains(*id)).collect()),
    };
    let parts = [part];
    let found = Found::of(&parts, &own)?;
    let nodes = own.iter().chain(found.outside()).collect::<Vec<_>>();
    let seam = Seam::new(&found, nodes[own.len()..].to_vec());
    let mut links = links(&found, &seam)?;
    // By ids still.
    let id = |place: &mut u32| *place = seam.id(*place);
    links.stores.iter_mut().for_each(|store| store.agents = Some(nodes.clone()));
    [&mut links.neighbors.at, &mut links.weights.at, &mut links.neighbors.entries].into_iter().flatten().for_each(id);
    links.neighbor_runs.iter_mut().chain(&mut links.weight_runs).for_each(|run| run.place = run.node);
    let state = found.state(found.columns(), links, found.purpose()?);
    Ok(PartState { all: found.any.all, gone: found.any.gone.clone(), state, own })
}

/// Where in parts something is: of an id, in which part and at what place there.
type At = (u32, u32, u32);

/// Those who are asked for, in parts.
struct Found<'p> {
    parts: &'p [PartState],
    /// What is the same in all of them is asked of this one.
    any: &'p PartState,
    own: &'p Members,
    /// Of those of them who are agents still.
    ids: Ids,
    agents: Vec<At>,
    /// All of them, as nodes of the network.
    nodes: Vec<At>,
}

impl<'p> Found<'p> {
    fn of(parts: &'p [PartState], own: &'p Members) -> Result<Self, StateError> {
        let any = parts.first().ok_or(StateError::Unfit("there is no part of it"))?;
        if parts.iter().any(|part| !part.goes_with(any)) {
            return Err(StateError::Unfit("its parts are not those of one swarm"));
        }
        let agents = sought(parts, own, |part| Box::new(ids_of(part).zip(0..)));
        let nodes = sought(parts, own, |part| Box::new(part.own.iter().zip(0..)));
        if !nodes.iter().map(|(id, ..)| *id).eq(own.iter()) {
            return Err(StateError::Unfit("a part of it is missing"));
        }
        let ids = Ids::of(agents.iter().map(|(id, ..)| u64::from(*id)).collect());
        Ok(Self { parts, any, own, ids, agents, nodes })
    }

    /// Their state, with what tells agents by numbers in those that are wanted.
    fn state(&self, columns: Vec<Column>, links: Links, purpose: Purpose) -> SwarmState {
        let (phases, frequencies) = (self.numbers(|state| &state.phases), self.numbers(|state| &state.frequencies));
        SwarmState { ids: self.ids.clone(), phases, frequencies, columns, links, settings: self.settings(), purpose }
    }

    fn numbers(&self, of: impl Fn(&SwarmState) -> &[f64]) -> Vec<f64> {
        self.agents.iter().map(|&(_, part, place)| of(&self.parts[part as usize].state)[place as usize]).collect()
    }

    /// What all are to do, and what has happened to all with whoever has id 0.
    fn settings(&self) -> Settings {
        let teller = self.parts.iter().find(|part| part.own.contains(0)).filter(|_| self.own.contains(0));
        let mut settings = teller.unwrap_or(self.any).state.settings.clone();
        if teller.is_none() {
            settings.forget_ledger();
        }
        settings
    }

    /// What is to be reached, and what of it concerns them, by ids.
    fn purpose(&self) -> Result<Purpose, StateError> {
        let mut kept = self.parts.iter().map(|part| {
            let mut purpose = part.state.purpose.clone();
            purpose.keep(self.own);
            purpose
        });
        let mut purpose = kept.next().ok_or(StateError::Unfit("there is no part of it"))?;
        kept.try_for_each(|other| purpose.add(&other))?;
        Ok(purpose)
    }

    /// Whom they hear of others, once each: along rows, lists of their own, and links that are to come back.
    fn outside(&self) -> Vec<u32> {
        let all = self.any.all;
        let mut outside: Vec<u32> = self.rows().flat_map(|(senders, _)| senders).collect();
        for PartState { state, .. } in self.parts {
            let lists = state.links.neighbors.iter().filter(|(id, _)| self.own.contains(*id));
            let heard = lists.flat_map(|(_, list)| list).copied().chain(state.purpose.cut_off(self.own));
            outside.extend(heard.filter(|id| *id < all));
        }
        outside.retain(|id| !self.own.contains(*id));
        outside.sort_unstable();
        outside.dedup();
        outside
    }

    /// The rows of their nodes: ids and weights; nothing where a part has no network.
    fn rows(&self) -> impl Iterator<Item = (impl Iterator<Item = u32>, &'p [f64])> {
        let parts = self.parts;
        self.nodes.iter().map(move |&(_, part, row)| {
            let (store, row) = (parts[part as usize].state.links.stores.first(), row as usize);
            let row_of = |Store { graph, agents }: &'p Store| {
                (agents.as_deref().unwrap_or_default(), graph.neighbors(row), graph.weights_of(row).unwrap_or_default())
            };
            let (nodes, senders, weights) = store.map_or((&[][..], &[][..], &[][..]), row_of);
            (senders.iter().map(|&sender| nodes[sender as usize]), weights)
        })
    }

    /// The components that they have, by ids.
    fn columns(&self) -> Vec<Column> {
        NAMES.iter().filter_map(|name| self.column(name)).collect()
    }

    fn column(&self, name: &'static str) -> Option<Column> {
        let width = width(name);
        let column_of = |part: &'p PartState| part.state.columns.iter().find(|column| column.name == name);
        let found = sought(self.parts, self.own, |part| match column_of(part) {
            None => Box::new(std::iter::empty()),
            Some(Column { at: Some(at), .. }) => Box::new(at.iter().copied().zip(0..)),
            Some(_) => Box::new(ids_of(part).zip(0..)),
        });
        let columns: Vec<Option<&Column>> = self.parts.iter().map(column_of).collect();
        let mut rows = Vec::with_capacity(found.len() * width);
        for &(_, part, place) in &found {
            let all = columns[part as usize].map_or(&[][..], |column| &column.rows);
            let start = if all.len() == width { 0 } else { place as usize * width };
            rows.extend_from_slice(&all[start..start + width]);
        }
        Column::of(name, width, found.into_iter().map(|(id, ..)| id).collect(), rows, self.ids.len())
    }
}

/// The ids of those of a part who are agents still.
fn ids_of(part: &PartState) -> impl Iterator<Item = u32> + '_ {
    let ids = &part.state.ids;
    (0..ids.len()).map(|place| ids.get(place) as u32)
}

/// Those of `own` among what parts have, by ids.
fn sought<'p>(
    parts: &'p [PartState],
    own: &Members,
    of: impl Fn(&'p PartState) -> Box<dyn Iterator<Item = (u32, u32)> + 'p>,
) -> Vec<At> {
    let all = (0..).zip(parts).flat_map(|(part, all)| of(all).map(move |(id, place)| (id, part, place)));
    let mut found: Vec<At> = all.filter(|(id, ..)| own.contains(*id)).collect();
    // Parts with runs of ids come in order.
    if !found.is_sorted() {
        found.sort_unstable();
    }
    found
}

/// Where agents are cut from the rest: places by ids.
struct Seam<'f> {
    found: &'f Found<'f>,
    outside: Vec<u32>,
    /// Those outside by ids, with their places among them.
    by_id: Vec<(u32, u32)>,
}

impl<'f> Seam<'f> {
    fn new(found: &'f Found<'f>, outside: Vec<u32>) -> Self {
        let mut by_id: Vec<(u32, u32)> = outside.iter().copied().zip(0..).collect();
        by_id.sort_unstable();
        Self { found, outside, by_id }
    }

    fn among_outside(&self, id: u32) -> Option<u32> {
        self.by_id.binary_search_by_key(&id, |(id, _)| *id).ok().map(|place| self.by_id[place].1)
    }

    /// The place of an agent: own ones first, then those outside; `NOBODY` if it is gone.
    fn place(&self, id: u32) -> u32 {
        let Found { ids, own, any, .. } = self.found;
        let place = match own.contains(id) {
            true => ids.place(id.into()),
            false if any.gone.binary_search(&id).is_ok() => None,
            false => self.among_outside(id).map(|place| ids.len() as u32 + place),
        };
        place.unwrap_or(NOBODY)
    }

    /// The id at a place.
    fn id(&self, place: u32) -> u32 {
        let agents = self.found.ids.len();
        match place as usize {
            _ if place == NOBODY => NOBODY,
            own if own < agents => self.found.ids.get(own) as u32,
            outside => self.outside[outside - agents],
        }
    }

    /// The number of a node of the network.
    fn node(&self, id: u32) -> u32 {
        let own = self.found.own;
        let outside = || self.among_outside(id).map_or(NOBODY, |place| own.len() as u32 + place);
        own.place(id).map_or_else(outside, |place| place as u32)
    }
}

/// Whom they listen to, by places.
fn links(found: &Found<'_>, seam: &Seam<'_>) -> Result<Links, StateError> {
    let mut all = Links {
        neighbor_runs: runs(found, seam, |links| &links.neighbor_runs),
        weight_runs: runs(found, seam, |links| &links.weight_runs),
        neighbors: lists(found, seam, |links| &links.neighbors, |&id| seam.place(id)),
        weights: lists(found, seam, |links| &links.weights, |&weight| weight),
        ..Links::default()
    };
    if !all.neighbor_runs.is_empty() || !all.weight_runs.is_empty() {
        all.stores.push(store(found, seam)?);
    }
    Ok(all)
}

/// Lists of agents' own.
fn lists<'f, T: 'f>(
    found: &Found<'f>,
    seam: &Seam<'_>,
    of: impl Fn(&'f Links) -> &'f Lists<T>,
    entry: impl Fn(&T) -> T,
) -> Lists<T> {
    let all = found.parts.iter().flat_map(|part| of(&part.state.links).iter());
    let mut all: Vec<(u32, &[T])> = all.filter(|(id, _)| found.own.contains(*id)).collect();
    all.sort_by_key(|(id, _)| *id);
    let mut lists = Lists::default();
    all.into_iter().for_each(|(id, list)| lists.push(seam.place(id), list.iter().map(&entry)));
    lists
}

/// The rows of their nodes, with those outside behind them.
fn store(found: &Found<'_>, seam: &Seam<'_>) -> Result<Store, StateError> {
    const UNFIT: StateError = StateError::Unfit("its parts are not those of one network");
    let graphs = || found.parts.iter().flat_map(|part| &part.state.links.stores).map(|store| &store.graph);
    let mut weights = graphs().any(|graph| graph.weights().is_some()).then(Vec::new);
    let (mut offsets, mut columns) = (vec![0], Vec::new());
    for (senders, own_weights) in found.rows() {
        columns.extend(senders.map(|id| seam.node(id)));
        weights.iter_mut().for_each(|all| all.extend_from_slice(own_weights));
        offsets.push(u32::try_from(columns.len()).map_err(|_| UNFIT)?);
    }
    let nodes = || found.own.iter().chain(seam.outside.iter().copied());
    offsets.resize(found.own.len() + seam.outside.len() + 1, columns.len() as u32);
    let is_in_order = seam.outside.is_empty() && found.ids.len() == found.own.len();
    let agents = (!is_in_order).then(|| nodes().map(|id| seam.place(id)).collect());
    let graph = Adjacency::from_parts(offsets, columns, weights).map_err(|_| UNFIT)?;
    Ok(Store { graph: Arc::new(graph), agents })
}

/// Runs of agents that stand for nodes.
fn runs<'f>(found: &Found<'f>, seam: &Seam<'_>, of: impl Fn(&'f Links) -> &'f [Run]) -> Vec<Run> {
    let nodes = sought(found.parts, found.own, |part| {
        let nodes = of(&part.state.links).iter().flat_map(|run| run.node..run.node + run.count);
        Box::new(nodes.map(|node| (part.own.get(node as usize), node)))
    });
    let mut runs = Vec::new();
    for (id, ..) in nodes {
        extend(&mut runs, Run { place: seam.place(id), count: 1, store: 0, node: seam.node(id) });
    }
    runs
}
