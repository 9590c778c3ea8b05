//! The last word on a swarm that was looked at.

use std::io::Write;

use serde::Serialize;

use super::{driver::Ended, verdict::Judgement};
use crate::{error::Failure, run::figures::grouped};

/// The last line, or object.
#[derive(Serialize)]
struct Closing<'a> {
    time: f64,
    steps: u64,
    agents: u64,
    seed: u64,
    #[serde(rename = "R")]
    r: f64,
    goal: Option<&'a Judgement>,
    phase_hash: &'a str,
}

/// Says where a swarm was left that was watched, or whatever was done.
pub(crate) fn close(ended: &Ended, done: &str, json: bool, quiet: bool) -> Result<(), Failure> {
    let Ended { last, phase_hash } = ended;
    let mut out = std::io::stdout().lock();
    if json {
        let (time, steps, agents, seed, r, goal) =
            (last.time, last.steps, last.agents, last.seed, last.r, last.goal.as_ref());
        let closing = Closing { time, steps, agents, seed, r, goal, phase_hash };
        writeln!(out, "{}", serde_json::to_string(&closing).unwrap_or_default())?;
    } else if !quiet {
        let goal = last.goal.as_ref().map_or(String::new(), |goal| format!(", {} {}", goal.pattern, goal.aim.name()));
        let (agents, steps) = (grouped(last.agents), grouped(last.steps));
        let shown = format!("{agents} agents {done} until {:.2} s ({steps} steps): R {:.3}{goal}", last.time, last.r);
        writeln!(out, "{shown}; phase hash {phase_hash}")?;
    }
    Ok(out.flush()?)
}
