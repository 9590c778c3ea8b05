//! `lampyrid replay`: a run again, and whether it comes to the same bits.

use std::{io::Write, path::PathBuf, time::Instant};

use clap::Args;
use lampyrid::{
    io::{Scenario, Versions, report::Replay},
    swarm::{SwarmClock, advance, coherence, phase_hash},
};
use lampyrid_bench::machine::cores;

use crate::{
    error::Failure,
    exit_code,
    interrupt::Interrupt,
    run::{figures::grouped, prepare, progress::Progress},
};

#[derive(Args, Debug)]
#[command(after_help = "\
Exit codes: 0 the same hash, 1 another one, 3 the file holds no run or was edited by hand, or a
network or vector file that the run needs is not there any more.

Examples:
  lampyrid replay report.html
  lampyrid replay runs/latest --threads 1")]
pub(crate) struct ReplayArguments {
    /// A report.html, a run.json, or the directory of a run.
    pub run: PathBuf,
    /// Compute threads; changes no result [default: all cores].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub threads: Option<u16>,
    /// Print what came of it as one JSON object.
    #[arg(long)]
    pub json: bool,
    /// Print nothing but errors.
    #[arg(long, short)]
    pub quiet: bool,
}

pub(crate) fn replay(arguments: &ReplayArguments) -> Result<u8, Failure> {
    let replay = Replay::read(&arguments.run)?;
    let threads = arguments.threads.map_or_else(cores, usize::from);
    let Some(found) = run_again(&replay, threads, arguments.quiet)? else {
        return Ok(exit_code::INTERRUPTED);
    };
    let is_same = found == replay.phase_hash;
    let mut out = std::io::stdout().lock();
    if arguments.json {
        let told = serde_json::json!({
            "same": is_same,
            "expected": replay.phase_hash,
            "found": found,
            "steps": replay.steps,
            "threads": threads,
            "versions": replay.versions,
        });
        writeln!(out, "{told}")?;
    } else if !arguments.quiet {
        out.write_all(told(&replay, &found, is_same).as_bytes())?;
    }
    out.flush()?;
    Ok(if is_same { exit_code::DONE } else { exit_code::DIFFERS })
}

fn told(replay: &Replay, found: &str, is_same: bool) -> String {
    let steps = grouped(replay.steps);
    if is_same {
        return format!("The same to the last bit: phase hash {found} after {steps} steps.\n");
    }
    let Versions { lampyrid, os, arch } = &replay.versions;
    format!(
        "Another result: the record says phase hash {}, this run came to {found} after {steps} steps.\n\
         The record was made by lampyrid {lampyrid} on {os} {arch}, this is {} on {} {}; a network or vector file may\n\
         have changed since.\n",
        replay.phase_hash,
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH,
    )
}

/// Takes the steps again; the hash of all phases, or none if it was interrupted.
fn run_again(replay: &Replay, threads: usize, quiet: bool) -> Result<Option<String>, Failure> {
    // How much memory it may take decides nothing but whether it ends early, and where it did is known.
    let memory = Scenario::parse("", "defaults")?.memory;
    let scenario = Scenario { memory, ..replay.scenario.clone() };
    let mut prepared = prepare(&scenario, threads, false)?;
    let interrupt = Interrupt::listen();
    let mut progress = Progress::new(quiet, prepared.agents, replay.steps);
    let (mut done, started) = (0, Instant::now());
    while done < replay.steps {
        if interrupt.was_requested() {
            return Ok(None);
        }
        // Short enough to answer Ctrl-C; any number of steps at a time comes to the same bits.
        let count = (2_000_000 / prepared.agents.max(1) as u64).clamp(1, replay.steps - done);
        let stopped = |steps| move |error| Failure::Swarm { steps, error };
        advance(&mut prepared.world, count).map_err(stopped(done))?;
        done = prepared.world.get_resource::<SwarmClock>().map_or(done + count, SwarmClock::steps);
        let r = coherence(&mut prepared.world).map_err(stopped(done))?.r;
        progress.at(done, r, started.elapsed());
    }
    progress.finish();
    Ok(Some(phase_hash(&mut prepared.world)))
}
