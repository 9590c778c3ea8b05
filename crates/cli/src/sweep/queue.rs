//! Who runs what, and when there is room for it.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use lampyrid::{
    io::{scenario::Scenario, sweep::RunId},
    measure::machine::memory_bytes,
};

use super::{Stop, inputs::Inputs, plan::Plan};
use crate::error::Failure;

/// The runs that are left, handed out in their order, each as soon as there is memory for it beside those under way.
///
/// A run that has to wait lets nobody pass, so that a large one is not put off until the end. One that would not even
/// fit alone is run alone: whether it may is for its own budget to say.
pub(super) struct Queue<'a> {
    plan: &'a Plan,
    inputs: &'a Inputs,
    stop: &'a Stop,
    state: Mutex<State>,
    freed: Condvar,
}

struct State {
    missing: Box<dyn Iterator<Item = u64> + Send>,
    /// The run that waits for room.
    next: Option<Job>,
    /// Bytes of the runs under way.
    used: u64,
    running: usize,
}

/// A run to be carried out.
pub(super) struct Job {
    pub run: RunId,
    pub scenario: Result<Scenario, Failure>,
    /// Bytes that it is expected to take.
    needs: u64,
    /// Bytes that it may take together with the others.
    limit: u64,
}

/// The place of a run in memory, given back when it is dropped.
pub(super) struct Room<'q> {
    queue: &'q Queue<'q>,
    bytes: u64,
}

impl<'a> Queue<'a> {
    pub(super) fn new(
        plan: &'a Plan,
        inputs: &'a Inputs,
        stop: &'a Stop,
        missing: impl Iterator<Item = u64> + Send + 'static,
    ) -> Self {
        let state = State { missing: Box::new(missing), next: None, used: 0, running: 0 };
        Self { plan, inputs, stop, state: Mutex::new(state), freed: Condvar::new() }
    }

    /// The next run, once there is room for it; none when all are handed out, or nobody wants more.
    pub(super) fn take(&self) -> Option<(Job, Room<'_>)> {
        let mut state = self.state();
        loop {
            if self.stop.is_asked() {
                return None;
            }
            let job = match state.next.take() {
                Some(job) => job,
                None => self.job(RunId::nth(state.missing.next()?, self.plan.grid.points())),
            };
            if state.has_room(&job) {
                return Some(self.admit(&mut state, job));
            }
            state.next = Some(job);
            state = self.freed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// A run that was handed out elsewhere, while no other is under way here.
    #[cfg(feature = "mpi")]
    pub(super) fn alone(&self, number: u64) -> (Job, Room<'_>) {
        self.admit(&mut self.state(), self.job(RunId::nth(number, self.plan.grid.points())))
    }

    fn admit(&self, state: &mut State, job: Job) -> (Job, Room<'_>) {
        state.running += 1;
        state.used = state.used.saturating_add(job.needs);
        let bytes = job.needs;
        (job, Room { queue: self, bytes })
    }

    fn job(&self, run: RunId) -> Job {
        let scenario = self.plan.scenario(run);
        let (mut needs, mut limit) = (0, None);
        if let Ok(scenario) = &scenario {
            needs = self.inputs.estimate(scenario).map_or(0, |estimate| estimate.total());
            limit = scenario.memory.budget;
        }
        // Without a budget, what the machine has is what there is.
        let limit = limit.or_else(memory_bytes).unwrap_or(u64::MAX);
        Job { run, scenario, needs, limit }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn has_room(&self, job: &Job) -> bool {
        self.running == 0 || self.used.saturating_add(job.needs) <= job.limit
    }
}

impl Room<'_> {
    /// Now that its network is made, it is known better how much the run takes.
    pub(super) fn is_of(&mut self, bytes: u64) {
        let mut state = self.queue.state();
        state.used = (state.used - self.bytes).saturating_add(bytes);
        self.bytes = bytes;
    }
}

impl Drop for Room<'_> {
    fn drop(&mut self) {
        let mut state = self.queue.state();
        state.used -= self.bytes;
        state.running -= 1;
        self.queue.freed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

    use super::*;
    use crate::arguments::SweepArguments;

    fn plan(set: &[&str]) -> Plan {
        let set = ["network.kind=ring"].iter().chain(set).map(|&set| set.to_owned()).collect();
        let vary = vec!["network.agents=1000,4000".to_owned()];
        Plan::of(&SweepArguments { set, vary, seeds: 10, ..SweepArguments::default() }).unwrap()
    }

    /// Takes all runs on four threads; how many of them were under way at most, and in which order they were begun.
    fn go(plan: &Plan) -> (usize, Vec<RunId>) {
        let (inputs, stop) = (Inputs::default(), Stop::default());
        let queue = Queue::new(plan, &inputs, &stop, 0..plan.runs);
        let (running, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let order = Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    while let Some((job, mut room)) = queue.take() {
                        order.lock().unwrap().push(job.run);
                        most.fetch_max(running.fetch_add(1, SeqCst) + 1, SeqCst);
                        std::thread::yield_now();
                        room.is_of(room.bytes + 1);
                        running.fetch_sub(1, SeqCst);
                    }
                });
            }
        });
        let left = queue.state();
        assert_eq!((left.used, left.running), (0, 0));
        drop(left);
        (most.into_inner(), order.into_inner().unwrap())
    }

    fn bytes(plan: &Plan, point: u64) -> u64 {
        let scenario = plan.scenario(RunId { point, replicate: 0 }).unwrap();
        Inputs::default().estimate(&scenario).unwrap().total()
    }

    #[test]
    fn two_runs_that_do_not_fit_together_are_never_under_way_together() {
        let large = bytes(&plan(&[]), 1);
        let (most, mut begun) = go(&plan(&[&format!("memory.budget={large}")]));
        assert_eq!((most, begun.len()), (1, 20));
        // One after the other, so that they were begun in their order too.
        assert!(begun.is_sorted_by_key(|run| run.number(2)));
        begun.dedup();
        assert_eq!(begun.len(), 20);
    }

    #[test]
    fn there_is_room_for_as_many_as_the_budget_holds_and_for_one_in_any_case() {
        let plan = plan(&[&format!("memory.budget={}", 2 * bytes(&plan(&[]), 0))]);
        let (inputs, stop) = (Inputs::default(), Stop::default());
        let queue = Queue::new(&plan, &inputs, &stop, [0, 2, 1].into_iter());
        let (_, first) = queue.take().unwrap();
        let (_, second) = queue.take().unwrap();
        let third = queue.job(RunId::nth(1, 2));
        assert!(!queue.state().has_room(&third));
        drop((first, second));
        assert!(queue.state().has_room(&third));
    }
}
