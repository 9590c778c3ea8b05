//! What was seen of a run so far, in bounded memory however long it is looked at, for files and pictures.

use std::{sync::Arc, time::Instant};

use lampyrid::{
    graph::Adjacency,
    io::{
        NamedCurve, NodeNames, Recording, RunRecord, StrategyRecord,
        plot::{CircleSnapshot, CurveRecorder, PlotError},
    },
    measure::{OrderParameter, order_parameter},
    swarm::{AgentState, SwarmGoal, agent_states, energy_ledger},
};

use super::subject::Subject;
use crate::{
    exit_code,
    run::{
        Standing,
        followers::Followers,
        record,
        recorder::{natural_frequencies, recording},
    },
};

/// Everything that files are written from, as of one moment between two steps.
pub(crate) struct Account {
    pub record: RunRecord,
    /// Time [s], and R and ψ as they were seen then.
    pub rows: Vec<(f64, OrderParameter)>,
    /// R over time, with every spike that was seen.
    pub curves: Vec<NamedCurve>,
    pub recording: Recording,
    pub network: Option<Arc<Adjacency>>,
    pub states: Vec<AgentState>,
    pub names: Option<NodeNames>,
    /// How often the run was changed by hand.
    pub by_hand: u64,
}

/// What is kept of one run of a subject.
pub(super) struct Kept {
    run: u64,
    began: Instant,
    rows: Rows,
    r: CurveRecorder,
    recording: Recording,
    /// Phases of all there ever were, NaN for those who are gone.
    by_id: Vec<f64>,
}

impl Kept {
    /// Nothing, of a run that is at its beginning.
    pub(super) fn of(subject: &mut Subject) -> Self {
        let frequencies = natural_frequencies(&mut subject.prepared.world);
        Self {
            run: subject.run,
            began: Instant::now(),
            rows: Rows::default(),
            r: CurveRecorder::default(),
            recording: recording(&subject.scenario, &frequencies),
            by_id: Vec::new(),
        }
    }

    /// Keeps what a look has just found.
    pub(super) fn see(&mut self, subject: &mut Subject) {
        if self.run != subject.run {
            *self = Self::of(subject);
        }
        let (time, order) = (subject.time(), order_parameter(&subject.phases));
        let Some(order) = order.filter(|_| self.rows.last.is_none_or(|(last, _)| time > last)) else { return };
        self.rows.push(time, order);
        // Of numbers that are none there is nothing to be kept.
        let _ = self.r.push(time, order.r);
        let _ = self.record(time, order, subject);
    }

    fn record(&mut self, time: f64, order: OrderParameter, subject: &mut Subject) -> Result<(), PlotError> {
        let all = self.by_id(subject);
        let recording = &mut self.recording;
        let all = if all { &self.by_id } else { &subject.phases };
        recording.raster.push(time, all)?;
        recording.rotations.push(time, all)?;
        if recording.circles.is_empty() {
            recording.circles.push(CircleSnapshot::new(time, &subject.phases, order)?);
        }
        let world = &mut subject.prepared.world;
        if let Some(recorder) = &mut recording.energy {
            let ledger = energy_ledger(world);
            recorder.push(time, [ledger.spent(), ledger.recovered(), ledger.refused()])?;
        }
        if let Some(recorder) = &mut recording.strategies {
            let shares = Followers::of(world).shares(&subject.scenario, subject.prepared.agents, recorder);
            recorder.push(time, &shares)?;
        }
        recording.recoveries.clone_from(&subject.recoveries);
        Ok(())
    }

    /// Places phases by id, if that is not the order they are in already.
    fn by_id(&mut self, subject: &mut Subject) -> bool {
        let initial = subject.prepared.agents;
        if subject.phases.len() == initial {
            return false;
        }
        self.by_id.clear();
        self.by_id.resize(initial, f64::NAN);
        for state in agent_states(&mut subject.prepared.world) {
            if let Some(phase) = usize::try_from(state.id).ok().and_then(|id| self.by_id.get_mut(id)) {
                *phase = state.phase;
            }
        }
        true
    }

    /// An account of the run as it is now.
    pub(super) fn account(&mut self, subject: &mut Subject) -> Account {
        lampyrid::swarm::read_phases(&mut subject.prepared.world, &mut subject.phases);
        self.see(subject);
        let last = self.rows.last.map_or_else(OrderParameter::default, |(_, order)| order);
        let (threads, stepping) = (subject.threads, &subject.stepping);
        let is_early = !subject.is_over();
        let exit_code = if is_early { exit_code::INTERRUPTED } else { exit_code::DONE };
        let standing = Standing { threads, stepping, exit_code };
        let mut record = record(&subject.scenario, &mut subject.prepared, &standing, last, self.began.elapsed());
        record.interrupted = is_early;
        let mut recording = self.recording.clone();
        if subject.by_hand > 0 {
            // Whoever changes goals or strategies leaves what the scenario says of them.
            recording.strategies = None;
            if let Some(goal) = &mut record.goal {
                goal.strategies = strategies(subject);
            }
        }
        if record.time > 0.0 {
            let circle = CircleSnapshot::new(record.time, &subject.phases, last);
            recording.circles.extend(circle);
        }
        Account {
            record,
            rows: self.rows.all(),
            curves: vec![("R".to_owned(), self.r.points())],
            recording,
            network: subject.prepared.adjacency.clone(),
            states: agent_states(&mut subject.prepared.world),
            names: subject.prepared.names.clone(),
            by_hand: subject.by_hand,
        }
    }
}

/// What the supervisor has chosen, from the rules that it chooses from now.
fn strategies(subject: &Subject) -> Vec<StrategyRecord> {
    let switches = subject.prepared.world.get_resource::<SwarmGoal>().map_or(&[][..], SwarmGoal::switches);
    let chosen = |&(at, place): &(f64, usize)| {
        Some(StrategyRecord { at, strategy: subject.rules.get(place)?.name().to_owned() })
    };
    switches.iter().filter_map(chosen).collect()
}

/// Evenly chosen rows of a series of any length, and the last one.
#[derive(Default)]
struct Rows {
    kept: Vec<(f64, OrderParameter)>,
    last: Option<(f64, OrderParameter)>,
    /// One row in so many is kept.
    stride: u64,
    passed: u64,
}

impl Rows {
    const MOST: usize = 8_192;

    fn push(&mut self, time: f64, order: OrderParameter) {
        self.last = Some((time, order));
        self.stride = self.stride.max(1);
        if self.passed.is_multiple_of(self.stride) {
            if self.kept.len() == Self::MOST {
                let mut place = 0;
                self.kept.retain(|_| {
                    place += 1;
                    place % 2 == 1
                });
                self.stride *= 2;
            }
            if self.passed.is_multiple_of(self.stride) {
                self.kept.push((time, order));
            }
        }
        self.passed += 1;
    }

    fn all(&self) -> Vec<(f64, OrderParameter)> {
        let last = self.last.filter(|(last, _)| self.kept.last().is_none_or(|(time, _)| time < last));
        self.kept.iter().copied().chain(last).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_series_of_any_length_keeps_its_ends_and_even_steps_in_bounded_memory() {
        let mut rows = Rows::default();
        (0..1_000_000).for_each(|time| rows.push(f64::from(time), OrderParameter { r: 0.5, psi: 0.0 }));
        let times: Vec<f64> = rows.all().iter().map(|(time, _)| *time).collect();
        assert!(times.len() <= Rows::MOST + 1 && times.len() > Rows::MOST / 2);
        assert_eq!((times[0], times.last()), (0.0, Some(&999_999.0)));
        let steps: Vec<f64> = times.windows(2).map(|two| two[1] - two[0]).collect();
        assert!(steps[..steps.len() - 1].iter().all(|step| *step == steps[0]), "{steps:?}");
    }
}
