//! `lampyrid run` over several processes: each has a part of the swarm, and the first one writes and speaks.

use std::{
    ops::Range,
    time::{Duration, Instant},
};

use lampyrid::{
    distributed::{
        Partition, RankSpawner, Ranks, Traffic, coherence, energy_ledger, gather_phases, gather_states, predicted_bytes,
    },
    graph::{Link, LinkStream, Part},
    io::{
        self, EnergyRecord, FinalCoherence, MemoryRecord, NetworkRecord, Quantity, RankRecord, RunDirectory, RunRecord,
        StepTimes, Versions,
        scenario::{Column, Frequencies, NetworkScenario, Phases, Scenario},
    },
    measure::PhaseHasher,
    swarm::{
        AgentState, SwarmClock, SwarmSeed, Workers, World, adopt, advance, install_swarm, keep_chronicle, swarm_bytes,
    },
};
use lampyrid_bench::machine::{cores, peak_resident_bytes};

use super::{
    Finished, Stepping, Voice, convert,
    figures::{bytes, grouped},
    followers::{self, Followers},
    goal,
    heartbeat::Heartbeat,
    metrics,
    pace::Pace,
    pictures,
    progress::Progress,
    recorder::{Recorder, Sight},
    report,
};
use crate::{
    arguments::RunArguments,
    error::Failure,
    exit_code,
    interrupt::Interrupt,
    ranks::{Ending, Rank, RankError, agree, hash, hash_of_this_program, together},
};

/// Runs this process' part of a scenario; returns the exit code.
pub(crate) fn spread(arguments: &RunArguments, rank: Rank) -> Result<u8, Ending> {
    let started = Instant::now();
    let ranks = Ranks::new(rank.clone());
    let heartbeat = Heartbeat::watch(Duration::from_secs(arguments.patience.into()), ranks.rank());
    agree(&ranks, "program", hash_of_this_program())?;
    let scenario = together(&ranks, scenario(arguments))?;
    agree(&ranks, "scenario", hash(scenario.to_toml().as_bytes()))?;
    let threads = arguments.threads.map_or_else(|| (cores() / ranks.size()).max(1), usize::from);
    let mut member = Member::prepare(&scenario, arguments.strict, threads, rank)?;
    let voice = Voice { json: arguments.json, quiet: arguments.quiet };
    let mut first = member.first(&scenario, arguments)?;
    let interrupt = Interrupt::listen();
    heartbeat.beat();
    let stepping = member.step_through(&scenario, first.as_mut(), &interrupt, &heartbeat)?;
    drop(heartbeat);
    member.finish(&scenario, first, Outcome { stepping, threads, voice, started })
}

/// The scenario, if ranks can do all that is asked for.
fn scenario(arguments: &RunArguments) -> Result<Scenario, Failure> {
    let scenario = super::scenario(arguments)?;
    scenario.record.format.check()?;
    let by_links = |column: &Column| !matches!(column, Column::R2);
    #[cfg(feature = "prometheus")]
    let has_metrics = arguments.metrics.is_some();
    #[cfg(not(feature = "prometheus"))]
    let has_metrics = false;
    let unspread = [
        (arguments.explain, "--explain"),
        (arguments.events, "--events"),
        (has_metrics, "--metrics"),
        (scenario.goal.is_some(), "a goal"),
        (!scenario.disruptions.is_empty(), "a disruption"),
        (scenario.checkpoint.every.is_some(), "a checkpoint"),
        (scenario.memory.is_limited(), "a memory budget"),
        (scenario.record.columns.iter().any(by_links), "a column of the series that looks at links"),
    ];
    match unspread.into_iter().find(|(is_asked_for, _)| *is_asked_for) {
        Some((_, what)) => Err(RankError::Unspread(what).into()),
        None => Ok(scenario),
    }
}

/// This process' part of a run.
struct Member {
    world: World,
    ranks: Ranks,
    agents: usize,
    links: u64,
    halo: usize,
    network: NetworkRecord,
    names: Option<io::NodeNames>,
}

/// What only the first process has.
struct First {
    directory: RunDirectory,
    recorder: Recorder,
    progress: Progress,
}

/// How the run went.
struct Outcome {
    stepping: Stepping,
    threads: usize,
    voice: Voice,
    started: Instant,
}

/// A rank's part of the network.
struct Share {
    partition: Partition,
    part: Part,
    record: NetworkRecord,
    names: Option<io::NodeNames>,
    /// Of what was read; 0 of what was made.
    hash: u64,
}

/// Agents whom no link leads to.
struct Unlinked(usize);

impl LinkStream for Unlinked {
    fn nodes(&self) -> usize {
        self.0
    }

    fn for_each_link(&self, _: impl FnMut(Link)) {}
}

fn share(scenario: &Scenario, strict: bool, ranks: &Ranks) -> Result<Share, Failure> {
    let all_to_all = scenario.coupling.all_to_all;
    if let NetworkScenario::Generated(network) = &scenario.network {
        let partition = Partition::blocks(network.agents(), ranks.size())?;
        let range = partition.range(ranks.rank());
        let part = match all_to_all {
            true => Part::from_stream(&Unlinked(network.agents()), range)?,
            false => Part::from_stream(&network.topology().stream(scenario.seed)?, range)?,
        };
        let record = super::prepare::made(part.adjacency());
        return Ok(Share { partition, part, record, names: None, hash: 0 });
    }
    let network = super::prepare::network(scenario, strict)?;
    let agents = network.adjacency.nodes();
    let partition = Partition::blocks(agents, ranks.size())?;
    let range = partition.range(ranks.rank());
    let part = match all_to_all {
        true => Part::from_stream(&Unlinked(agents), range)?,
        false => Part::of(&network.adjacency, range),
    };
    let hash = network.file.as_ref().map_or(0, |(_, hash_of_links)| hash(hash_of_links.as_bytes()));
    Ok(Share { partition, part, record: network.record, names: network.names, hash })
}

fn phases(scenario: &Scenario, range: Range<usize>, agents: usize) -> Result<Vec<f64>, Failure> {
    Ok(match &scenario.phases {
        Phases::File { file } => io::read_vector(file, agents, Quantity::Phase)?[range].to_vec(),
        Phases::Drawn(law) => {
            let law = convert::phase_distribution(*law);
            range.map(|agent| law.draw(scenario.seed, agent as u64)).collect()
        }
        other => unreachable!("{other:?} is a source that this program does not list"),
    })
}

fn frequencies(scenario: &Scenario, range: Range<usize>, agents: usize) -> Result<Vec<f64>, Failure> {
    Ok(match &scenario.frequencies {
        Frequencies::File { file } => io::read_vector(file, agents, Quantity::Frequency)?[range].to_vec(),
        Frequencies::Drawn { distribution, sampling } => {
            convert::frequencies(*distribution, *sampling, scenario.seed, range, agents)
        }
        other => unreachable!("{other:?} is a source that this program does not list"),
    })
}

impl Member {
    fn prepare(scenario: &Scenario, strict: bool, threads: usize, rank: Rank) -> Result<Self, Ending> {
        let ranks = Ranks::new(rank.clone());
        let Share { partition, part, record, names, hash } = together(&ranks, share(scenario, strict, &ranks))?;
        agree(&ranks, "network", hash)?;
        let agents = partition.agents();
        let range = part.range().start as usize..part.range().end as usize;
        let phases = together(&ranks, phases(scenario, range.clone(), agents))?;
        let frequencies = together(&ranks, frequencies(scenario, range, agents))?;
        let (own_links, halo) = (part.adjacency().links(), part.outside().len());

        let mut world = World::new();
        install_swarm(&mut world);
        keep_chronicle(&mut world);
        metrics::install(&mut world);
        world.insert_resource(convert::coupling(&scenario.coupling));
        world.insert_resource(convert::time_step(&scenario.time));
        world.insert_resource(SwarmSeed(scenario.seed));
        world.insert_resource(Workers::with_threads(threads));
        let mut spawner = RankSpawner::new(&partition, part).phases(phases).frequencies(frequencies);
        if let Some(rule) = goal::energy(scenario) {
            world.insert_resource(rule);
            spawner = spawner.energy(rule.capacity);
        }
        spawner.spawn(&mut world, rank)?;
        if let Some(rule) = goal::first_rule(scenario) {
            adopt(&mut world, &rule).map_err(|error| Failure::Swarm { steps: 0, error })?;
        }
        let mut sums = [own_links as i128, record.isolated.into()];
        ranks.add_up(&mut sums)?;
        let links = sums[0] as u64;
        let is_made = matches!(scenario.network, NetworkScenario::Generated(_));
        let isolated = if is_made { sums[1] as u64 } else { record.isolated };
        Ok(Self { world, ranks, agents, links, halo, network: NetworkRecord { isolated, ..record }, names })
    }

    /// What the first process needs to write and to speak, with the row of the initial state written.
    fn first(&mut self, scenario: &Scenario, arguments: &RunArguments) -> Result<Option<First>, Ending> {
        let halos = self.ranks.share(self.halo as u64)?;
        let states = gather_states(&mut self.world)?;
        let open = || -> Result<First, Failure> {
            let mut directory = RunDirectory::create(&scenario.output.dir, arguments.force)?;
            directory.record_as(scenario)?;
            let progress = Progress::new(arguments.quiet, self.agents, scenario.steps());
            progress.say(&self.announcement(scenario, &halos));
            let frequencies: Vec<f64> = states.iter().map(|state| state.frequency).collect();
            let recorder = Recorder::open(scenario, &frequencies, &mut directory)?;
            Ok(First { directory, recorder, progress })
        };
        let first = if self.ranks.is_first() { open().map(Some) } else { Ok(None) };
        let mut first = together(&self.ranks, first)?;
        self.row(scenario, first.as_mut())?;
        Ok(first)
    }

    fn announcement(&self, scenario: &Scenario, halos: &[u64]) -> String {
        let ranks = self.ranks.size();
        let mean = halos.iter().sum::<u64>() as f64 / ranks as f64;
        let stages = convert::time_step(&scenario.time).integrator.stages().len();
        format!(
            "{} agents, {} links on {ranks} ranks; {} steps of {} s; seed {}; each rank hears {} of others' agents on the mean, {} at most: {} a step in all",
            grouped(self.agents as u64),
            grouped(self.links),
            grouped(scenario.steps()),
            scenario.time.step,
            scenario.seed,
            grouped(mean.round() as u64),
            grouped(halos.iter().copied().max().unwrap_or(0)),
            bytes(predicted_bytes(mean, ranks, stages) as u64),
        )
    }

    fn steps(&self) -> u64 {
        self.world.get_resource::<SwarmClock>().map_or(0, SwarmClock::steps)
    }

    fn seconds(&self) -> f64 {
        self.world.get_resource::<SwarmClock>().map_or(0.0, SwarmClock::seconds)
    }

    /// Collects a row of the series.
    fn row(&mut self, scenario: &Scenario, first: Option<&mut First>) -> Result<(), Ending> {
        let (time, order) = (self.seconds(), coherence(&mut self.world)?);
        let ledger = energy_ledger(&self.world)?;
        let followers = self.followers(scenario)?;
        let phases = gather_phases(&mut self.world)?;
        match first {
            Some(first) => Ok(first.recorder.row_of(scenario, phases, Sight { time, order, ledger, followers })?),
            None => Ok(()),
        }
    }

    /// Who follows which strategy, where that is recorded.
    fn followers(&mut self, scenario: &Scenario) -> Result<Option<Followers>, Ending> {
        if followers::recorder(scenario, self.agents).is_none() {
            return Ok(None);
        }
        let own = Followers::of(&mut self.world);
        let mut answers = own.answers.map(i128::from);
        self.ranks.add_up(&mut answers)?;
        Ok(Some(Followers { answers: answers.map(|count| count as u64), ..own }))
    }

    /// Steps from row to row. The first process says how many steps are taken at a time, and all stop when one is
    /// asked to.
    fn step_through(
        &mut self,
        scenario: &Scenario,
        mut first: Option<&mut First>,
        interrupt: &Interrupt,
        heartbeat: &Heartbeat,
    ) -> Result<Stepping, Ending> {
        let (steps, every) = (scenario.steps(), scenario.record.every);
        let mut stepping = Stepping::default();
        let (mut done, mut pace) = (0, Pace::default());
        while done < steps {
            let most = (every - done % every).min(steps - done);
            let own = if self.ranks.is_first() { pace.steps(most) } else { 0 };
            let mut plan = [i128::from(interrupt.was_requested()), own.into()];
            self.ranks.add_up(&mut plan)?;
            if plan[0] > 0 {
                stepping.interrupted = true;
                break;
            }
            let count = (plan[1] as u64).min(most);
            let began = Instant::now();
            advance(&mut self.world, count).map_err(|error| Failure::Swarm { steps: self.steps(), error })?;
            let took = began.elapsed();
            stepping.elapsed += took;
            stepping.each.push_many(took.as_secs_f64() / count as f64, count);
            done += count;
            heartbeat.beat();
            pace.took(took);
            if done.is_multiple_of(every) || done == steps {
                self.row(scenario, first.as_deref_mut())?;
                heartbeat.beat();
            }
            if let Some(first) = &mut first {
                first.progress.at(done, first.recorder.last().r, stepping.elapsed);
            }
        }
        if stepping.interrupted && !done.is_multiple_of(every) {
            self.row(scenario, first)?;
        }
        Ok(stepping)
    }

    /// Writes and tells what came of it, at the first process; returns the exit code.
    fn finish(mut self, scenario: &Scenario, first: Option<First>, outcome: Outcome) -> Result<u8, Ending> {
        let exit_code = if outcome.stepping.interrupted { exit_code::INTERRUPTED } else { exit_code::DONE };
        let ledger = energy_ledger(&self.world)?;
        let shares = self.shares(&outcome.stepping)?;
        let states = gather_states(&mut self.world)?;
        let write = |first: First| -> Result<(), Failure> {
            let First { mut directory, recorder, progress } = first;
            progress.finish();
            let phase_hash = hash_of(&states);
            super::write_final_state(scenario, &states, self.names.as_ref(), &mut directory)?;
            let recorded = recorder.finish(&mut directory)?;
            let last = recorded.observed.last;
            let energy = scenario.energy.map(|_| EnergyRecord {
                spent: ledger.spent(),
                recovered: ledger.recovered(),
                refused: ledger.refused(),
            });
            let wall = outcome.started.elapsed();
            let (steps, time) = (self.steps(), self.seconds());
            let finished = Finished { threads: outcome.threads, stepping: outcome.stepping, exit_code };
            let record = RunRecord {
                agents: self.agents as u64,
                links: self.links,
                steps,
                time,
                threads: finished.threads as u64,
                seed: scenario.seed,
                phase_hash,
                goal: None,
                energy,
                disruptions: Vec::new(),
                r#final: FinalCoherence { r: last.r, psi: last.psi },
                wall_seconds: wall.as_secs_f64(),
                step_seconds: finished.stepping.elapsed.as_secs_f64(),
                step_times: StepTimes::from(&finished.stepping.each),
                agent_steps_per_second: RunRecord::speed(
                    self.agents as u64,
                    steps,
                    finished.stepping.elapsed.as_secs_f64(),
                ),
                memory: memory(&shares, self.agents),
                metrics: metrics::record(&mut self.world, &finished.stepping),
                ranks: shares,
                exit_code,
                interrupted: finished.stepping.interrupted,
                versions: Versions::of_this_program(),
                network: self.network.clone(),
                files: Vec::new(),
                scenario: scenario.clone(),
            };
            pictures::write(&mut directory, &record, &recorded, None)?;
            let path = directory.path().to_path_buf();
            let record = directory.finish(record)?;
            report(outcome.voice, &record, &recorded.observed, &path)
        };
        let written = first.map_or(Ok(()), write);
        together(&self.ranks, written)?;
        Ok(exit_code)
    }

    /// What each process had and did, at the first one.
    fn shares(&mut self, stepping: &Stepping) -> Result<Vec<RankRecord>, Ending> {
        let traffic = self.world.get_resource::<Traffic>().copied().unwrap_or_default();
        let nanoseconds = |time: Duration| time.as_nanos() as u64;
        let agents = lampyrid::swarm::topology_report(&self.world).agents as u64;
        let own = vec![
            agents,
            self.halo as u64,
            traffic.messages,
            traffic.bytes,
            nanoseconds(stepping.elapsed),
            nanoseconds(traffic.packing),
            nanoseconds(traffic.waiting),
            nanoseconds(traffic.adding),
            swarm_bytes(&mut self.world) as u64,
            peak_resident_bytes().unwrap_or(0),
        ];
        let seconds = |nanoseconds: u64| nanoseconds as f64 * 1e-9;
        let record = |words: &Vec<u64>| match words[..] {
            [agents, halo, messages, bytes, step, pack, wait, reduce, swarm_bytes, peak_resident_bytes] => RankRecord {
                agents,
                halo,
                messages,
                bytes,
                step_seconds: seconds(step),
                pack_seconds: seconds(pack),
                wait_seconds: seconds(wait),
                reduce_seconds: seconds(reduce),
                swarm_bytes,
                peak_resident_bytes,
            },
            _ => RankRecord::default(),
        };
        Ok(self.ranks.gather(own)?.iter().map(record).collect())
    }
}

/// Memory of all processes together.
fn memory(shares: &[RankRecord], agents: usize) -> MemoryRecord {
    let held: u64 = shares.iter().map(|share| share.swarm_bytes).sum();
    let peak: u64 = shares.iter().map(|share| share.peak_resident_bytes).sum();
    MemoryRecord {
        peak_resident_bytes: Some(peak).filter(|&peak| peak > 0),
        bytes_per_agent: Some(held as f64 / agents as f64),
        estimated_bytes: None,
        budget_exceeded: false,
    }
}

fn hash_of(states: &[AgentState]) -> String {
    let mut hasher = PhaseHasher::default();
    states.iter().for_each(|state| hasher.add(state.phase));
    hasher.finish()
}
