//! `lampyrid sweep` over several processes: each does one run at a time, and the first one hands them out and writes.

use std::{
    iter,
    time::{Duration, Instant},
};

use lampyrid::{
    distributed::{Pulse, Ranks, TransportError, hand_out},
    io::sweep::{RunId, SweepDirectory, SweepOutcome, SweepRecord},
    swarm::Workers,
};

use super::{Office, Plan, Queue, Stop, as_begun, work};
use crate::{
    arguments::{ResumeArguments, SweepArguments},
    error::Failure,
    exit_code,
    ranks::{Ending, Rank, RankError, agree, hash, hash_of_this_program, together},
    run::Heartbeat,
};

/// Takes part in a sweep; returns the exit code.
pub(crate) fn spread(arguments: &SweepArguments, rank: Rank) -> Result<u8, Ending> {
    let ranks = Ranks::new(rank.clone());
    let patience = Duration::from_secs(arguments.patience.into());
    let preparing = Heartbeat::watch(patience, ranks.rank());
    agree(&ranks, "program", hash_of_this_program())?;
    let plan = together(&ranks, plan(arguments))?;
    let (inputs, scenarios) = together(&ranks, plan.look())?;
    let record = plan.record(arguments, &inputs, scenarios);
    agree(&ranks, "sweep", identity(&record))?;
    let open = || Office::open(arguments, &plan, record).map(Some);
    let mut office = together(&ranks, if ranks.is_first() { open().map_err(Failure::from) } else { Ok(None) })?;
    let mut missing: Box<dyn Iterator<Item = u64>> = match &office {
        Some(office) => Box::new(office.missing()),
        None => Box::new(iter::empty()),
    };
    office.iter().for_each(|office| office.announce(&plan, ranks.size()));

    let (stop, workers) = (Stop::listening(), Workers::with_threads(1));
    let queue = Queue::new(&plan, &inputs, &stop, iter::empty());
    let next = || if stop.is_asked() { None } else { missing.next() };
    let take = |rank, number, result: Vec<u8>| -> Result<(), Ending> {
        let unexpected = |_| TransportError::Unexpected { rank };
        let (outcome, seconds): (SweepOutcome, f64) = postcard::from_bytes(&result).map_err(unexpected)?;
        let row = plan.row(RunId::nth(number, plan.grid.points()), outcome);
        let written = office.as_mut().map_or(Ok(()), |office| office.append(&row, seconds));
        Ok(written.inspect_err(|_| stop.give_up())?)
    };
    let work = |number, pulse: &Pulse| {
        let began = Instant::now();
        let (job, mut room) = queue.alone(number);
        let outcome = work::carry_out(job, &mut room, &inputs, &workers, &|| pulse.beat() && !stop.is_asked())?;
        // What cannot be understood is noticed where it is read.
        Some(postcard::to_stdvec(&(outcome, began.elapsed().as_secs_f64())).unwrap_or_default())
    };
    // From here to its end, ranks tell each other that they get on.
    drop(preparing);
    hand_out(&*rank, patience, next, take, work)?;
    let _closing = Heartbeat::watch(patience, ranks.rank());
    let told = office.map_or(Ok(exit_code::DONE), |office| office.close(arguments, &plan));
    let code = together(&ranks, told)?;
    Ok(u8::try_from(ranks.share(code.into())?[0]).unwrap_or(code))
}

/// Takes part in the sweep in a directory; returns the exit code.
pub(crate) fn resume(record: SweepRecord, arguments: &ResumeArguments, rank: Rank) -> Result<u8, Ending> {
    let arguments = together(&Ranks::new(rank.clone()), as_begun(record, arguments))?;
    spread(&arguments, rank)
}

/// The sweep in a directory, if there is one: for all processes, or for none.
pub(crate) fn found(arguments: &ResumeArguments, ranks: &Ranks) -> Result<Option<SweepRecord>, Ending> {
    let found = together(ranks, SweepDirectory::record_in(&arguments.run).map_err(Failure::from))?;
    agree(ranks, "directory to go on in", found.is_some().into())?;
    Ok(found)
}

/// What is to be run, where each process does a run at a time.
fn plan(arguments: &SweepArguments) -> Result<Plan, Failure> {
    if arguments.jobs.is_some() {
        return Err(RankError::OneRunEach.into());
    }
    Plan::of(arguments)
}

/// What all processes must have in common: values, and what is in files, wherever these are.
fn identity(record: &SweepRecord) -> u64 {
    let SweepRecord { scenarios, vary, replicates, inputs, .. } = record;
    let inputs: Vec<&str> = inputs.iter().map(|input| input.hash.as_str()).collect();
    hash(format!("{scenarios} {vary:?} {replicates} {inputs:?}").as_bytes())
}
