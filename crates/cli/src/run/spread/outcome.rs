//! What came of a run over several processes.

use std::time::Duration;

use lampyrid::{
    distributed::{energy_ledger, gather_states, traffic},
    io::{EnergyRecord, FinalCoherence, MemoryRecord, MetricsRecord, RankRecord, RunRecord, StepTimes, Versions},
    measure::PhaseHasher,
    swarm::{AgentState, EnergyLedger, swarm_bytes, topology_report},
};
use lampyrid_bench::machine::peak_resident_bytes;

use super::{First, Spread, member::Member};
use crate::{
    error::Failure,
    ranks::{Ending, together},
    run::{
        budget, goal, metrics, pictures,
        prepare::{draws_network, network_to_draw},
        report, tell_of_memory, write_final_state,
    },
};

impl Spread {
    /// Writes and tells what came of it, at the first process; returns the exit code.
    pub(super) fn finish(mut self) -> Result<u8, Ending> {
        let exit_code = self.stepping.exit_code(&self.member.world);
        #[cfg(feature = "prometheus")]
        self.member.write_metrics()?;
        self.close_parts()?;
        let ledger = energy_ledger(&self.member.world)?;
        let shares = self.shares()?;
        let states = gather_states(&mut self.member.world)?;
        let written = match self.first.take() {
            Some(first) => self.write(first, ledger, shares, &states, exit_code),
            None => Ok(()),
        };
        together(&self.member.ranks, written)?;
        Ok(exit_code)
    }

    fn write(
        &mut self,
        first: First,
        ledger: EnergyLedger,
        shares: Vec<RankRecord>,
        states: &[AgentState],
        exit_code: u8,
    ) -> Result<(), Failure> {
        let wall = self.wall();
        let First { mut directory, recorder, progress, outlook, story, warnings } = first;
        progress.finish();
        let Self { scenario, member, stepping, .. } = self;
        write_final_state(scenario, states, member.names.as_ref(), &mut directory)?;
        let recorded = recorder.finish(&mut directory)?;
        let last = recorded.observed.last;
        let (agents, steps) = (member.agents as u64, member.steps());
        let step_seconds = stepping.elapsed.as_secs_f64();
        let agent_steps_per_second = RunRecord::speed(agents, steps, step_seconds);
        let record = RunRecord {
            agents,
            links: member.links,
            steps,
            time: member.seconds(),
            threads: self.threads as u64,
            seed: scenario.seed,
            phase_hash: hash_of(states),
            goal: goal::record(scenario, member.agents, &member.world, &warnings),
            energy: scenario.energy.map(|_| EnergyRecord {
                spent: ledger.spent(),
                recovered: ledger.recovered(),
                refused: ledger.refused(),
            }),
            disruptions: goal::disruptions(&member.world),
            r#final: FinalCoherence { r: last.r, psi: last.psi },
            wall_seconds: wall.as_secs_f64(),
            step_seconds,
            step_times: StepTimes::from(&stepping.each),
            agent_steps_per_second,
            memory: memory(&shares, member),
            metrics: MetricsRecord {
                agents: states.len() as u64,
                links: member.links,
                refused_energy: ledger.refused(),
                agent_updates_per_second: agent_steps_per_second,
                ..metrics::record(&mut member.world, stepping)
            },
            exchange: outlook.map(|outlook| outlook.record(&shares)),
            ranks: shares,
            exit_code,
            interrupted: stepping.interrupted,
            versions: Versions::of_this_program(),
            network: member.network.clone(),
            numbering: member.numbering.map(|numbering| numbering.name().to_owned()),
            files: Vec::new(),
            scenario: scenario.clone(),
        };
        // One that is small enough to be drawn a process can hold.
        let is_drawn = draws_network(scenario, member.agents);
        let network = is_drawn.then(|| network_to_draw(scenario, member.agents)).flatten();
        pictures::write(&mut directory, &record, &recorded, network.as_deref())?;
        let path = directory.path().to_path_buf();
        let record = directory.finish(record)?;
        match story {
            Some(story) => story.end(&record, &path)?,
            None => report(self.voice, &record, &recorded.observed, &path)?,
        }
        let (world, ranks) = (&self.member.world, self.member.ranks.size());
        let whose = format!(" (at rank {} of {ranks})", budget::part_that_exceeded(world));
        tell_of_memory(self.voice, world, &self.stepping, &whose);
        Ok(())
    }

    /// What each process had and did, at the first one.
    fn shares(&mut self) -> Result<Vec<RankRecord>, Ending> {
        let [halo, _] = self.member.heard();
        let world = &mut self.member.world;
        let traffic = traffic(world).since(self.before.traffic);
        let step = self.stepping.elapsed.saturating_sub(self.before.stepping);
        let nanoseconds = |time: Duration| time.as_nanos() as u64;
        let own = vec![
            topology_report(world).agents as u64,
            halo,
            traffic.messages,
            traffic.bytes,
            nanoseconds(step),
            nanoseconds(step.saturating_sub(traffic.time())),
            nanoseconds(traffic.meanwhile),
            nanoseconds(traffic.packing),
            nanoseconds(traffic.waiting),
            nanoseconds(traffic.adding),
            swarm_bytes(world) as u64,
            peak_resident_bytes().unwrap_or(0),
        ];
        let seconds = |nanoseconds: u64| nanoseconds as f64 * 1e-9;
        let record = |words: &Vec<u64>| match words[..] {
            [agents, halo, messages, bytes, step, compute, overlap, pack, wait, reduce, swarm_bytes, peak] => {
                RankRecord {
                    agents,
                    halo,
                    messages,
                    bytes,
                    step_seconds: seconds(step),
                    compute_seconds: seconds(compute),
                    overlap_seconds: seconds(overlap),
                    pack_seconds: seconds(pack),
                    wait_seconds: seconds(wait),
                    reduce_seconds: seconds(reduce),
                    swarm_bytes,
                    peak_resident_bytes: peak,
                }
            }
            _ => RankRecord::default(),
        };
        Ok(self.member.ranks.gather(own)?.iter().map(record).collect())
    }
}

/// Memory of all processes together.
fn memory(shares: &[RankRecord], member: &Member) -> MemoryRecord {
    let held: u64 = shares.iter().map(|share| share.swarm_bytes).sum();
    let peak: u64 = shares.iter().map(|share| share.peak_resident_bytes).sum();
    MemoryRecord {
        peak_resident_bytes: Some(peak).filter(|&peak| peak > 0),
        bytes_per_agent: Some(held as f64 / member.agents as f64),
        estimated_bytes: Some(member.estimated_bytes),
        budget_exceeded: budget::was_exceeded(&member.world),
    }
}

fn hash_of(states: &[AgentState]) -> String {
    let mut hasher = PhaseHasher::default();
    states.iter().for_each(|state| hasher.add(state.phase));
    hasher.finish()
}
