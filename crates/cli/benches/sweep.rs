//! What a sweep takes on two cores, beside half of what its runs take one after the other: 1 is all that there is to be
//! had.
//!
//!     cargo bench -p lampyrid_cli --bench sweep            # 200 runs of 1,000 agents and 1,000 steps, five rounds
//!     LAMPYRID_SWEEP_RUNS=1000 cargo bench -p lampyrid_cli --bench sweep

use std::{env, fs, path::Path, process::Command, time::Instant};

const SCENARIO: [&str; 5] =
    ["network.kind=small_world", "network.agents=1000", "time.step=0.01", "time.steps=1000", "time.integrator=euler"];
const ROUNDS: usize = 5;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let runs: u64 = env::var("LAMPYRID_SWEEP_RUNS").ok().and_then(|runs| runs.parse().ok()).unwrap_or(200);
    let here = env::temp_dir().join(format!("lampyrid-sweep-{}", std::process::id()));
    println!("{runs} runs   sum of parts ÷ 2   sweep on two   ratio");
    let mut ratios = Vec::new();
    for round in 1..=ROUNDS {
        sweep(&here, runs, 1)?;
        let parts = 0.5 * parts(&here.join("1"))?;
        let took = sweep(&here, runs, 2)?;
        println!("round {round}     {parts:>10.3} s        {took:>8.3} s      {:.3}", took / parts);
        ratios.push(took / parts);
        fs::remove_dir_all(&here)?;
    }
    ratios.sort_by(f64::total_cmp);
    println!("median                                         {:.3}", ratios[ROUNDS / 2]);
    Ok(())
}

/// Seconds that a sweep takes from the start of the program to its end.
fn sweep(here: &Path, runs: u64, jobs: u64) -> Result<f64, Box<dyn std::error::Error>> {
    fs::create_dir_all(here)?;
    let began = Instant::now();
    let status = Command::new(env!("CARGO_BIN_EXE_lampyrid"))
        .current_dir(here)
        .args(["sweep", "--quiet", "--vary", "coupling.strength=1:2:0.1"])
        .args(SCENARIO.iter().flat_map(|set| ["--set", set]))
        .args(["--seeds", &runs.div_ceil(11).to_string(), "--jobs", &jobs.to_string(), "--out", &jobs.to_string()])
        .status()?;
    if status.success() { Ok(began.elapsed().as_secs_f64()) } else { Err("the sweep failed".into()) }
}

/// Seconds that its runs took, all together.
fn parts(sweep: &Path) -> Result<f64, Box<dyn std::error::Error>> {
    let timings = fs::read_to_string(sweep.join("timings.csv"))?;
    let seconds = timings.lines().skip(1).filter_map(|row| row.rsplit(',').next()?.parse::<f64>().ok());
    Ok(seconds.sum())
}
