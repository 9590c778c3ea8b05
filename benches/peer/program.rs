//! The same step in C, compiled for this very processor by the system's compiler.

use std::{
    io::{Error, Read, Result, Write},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use lampyrid::prelude::*;

use lampyrid_bench::swarms::{Start, small_world};

const SOURCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/peer/peer.c");

/// What a hand-written program is compiled with when speed is all that counts.
pub(crate) const FLAGS: [&str; 5] = ["-O3", "-march=native", "-ffast-math", "-mprefer-vector-width=512", "-std=gnu11"];

/// Compiles the program; an error says why there is none.
pub(crate) fn compile(program: &Path) -> Result<()> {
    let compiler = std::env::var_os("CC").unwrap_or_else(|| "cc".into());
    let output = Command::new(&compiler).args(FLAGS).arg(SOURCE).arg("-o").arg(program).arg("-lm").output()?;
    match output.status.success() {
        true => Ok(()),
        false => Err(Error::other(format!("{compiler:?}: {}", String::from_utf8_lossy(&output.stderr).trim()))),
    }
}

/// A swarm in the hands of that program, which waits for steps to take.
pub(crate) struct Peer {
    child: Child,
    commands: ChildStdin,
    answers: ChildStdout,
    agents: usize,
}

impl Peer {
    /// Of the network's agents, or of a mean field's.
    pub(crate) fn new(program: &Path, agents: usize, mean_field: bool) -> Result<Self> {
        let mut child = Command::new(program).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let (commands, answers) = (child.stdin.take(), child.stdout.take());
        let mut peer = Self {
            child,
            commands: commands.ok_or_else(|| Error::other("no pipe"))?,
            answers: answers.ok_or_else(|| Error::other("no pipe"))?,
            agents,
        };
        let graph = match mean_field {
            true => Adjacency::without_links(agents).map_err(Error::other)?,
            false => small_world(agents),
        };
        peer.send(&graph, &Start::of(agents))?;
        Ok(peer)
    }

    fn send(&mut self, graph: &Adjacency, start: &Start) -> Result<()> {
        let counts = [graph.nodes() as u64, graph.links() as u64];
        let mut bytes: Vec<u8> = counts.iter().flat_map(|count| count.to_ne_bytes()).collect();
        bytes.extend(graph.offsets().iter().chain(graph.columns()).flat_map(|value| value.to_ne_bytes()));
        bytes.extend(start.phases.iter().chain(&start.frequencies).flat_map(|value| value.to_ne_bytes()));
        self.commands.write_all(&bytes)
    }

    /// Returns when so many steps are taken.
    pub(crate) fn step(&mut self, steps: u64) -> Result<()> {
        self.commands.write_all(&steps.to_ne_bytes())?;
        self.answers.read_exact(&mut [0])
    }

    /// The phases it has come to.
    pub(crate) fn finish(mut self) -> Result<Vec<f64>> {
        self.commands.write_all(&0_u64.to_ne_bytes())?;
        let mut phases = vec![0; self.agents * size_of::<f64>()];
        self.answers.read_exact(&mut phases)?;
        self.child.wait()?;
        Ok(phases.as_chunks().0.iter().map(|bytes| f64::from_ne_bytes(*bytes)).collect())
    }
}
