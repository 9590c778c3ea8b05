//! The `lampyrid` program: arguments, progress and exit codes around the library.

#![forbid(unsafe_code)]

mod arguments;
mod bench;
mod error;
mod exit_code;
mod inspect;
mod interrupt;
mod marked;
#[cfg(feature = "mpi")]
mod ranks;
mod run;

use std::{alloc::System, io::Write, process::ExitCode};

use cap::Cap;
use clap::Parser;
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

use arguments::{Arguments, Command};

/// The system's allocator, counting what is alive and how often it is asked; without a limit.
#[global_allocator]
static ALLOCATOR: Cap<&StatsAlloc<System>> = Cap::new(&INSTRUMENTED_SYSTEM, usize::MAX);

fn main() -> ExitCode {
    #[cfg(feature = "mpi")]
    if let Some(code) = ranks::run_as_one_of_several() {
        return code;
    }
    run_alone(&Arguments::parse())
}

/// What the program does where it is the only process.
fn run_alone(arguments: &Arguments) -> ExitCode {
    let outcome = match &arguments.command {
        None => run::run(&arguments.run),
        Some(Command::Run(run)) => run::run(run),
        Some(Command::Resume(resume)) => run::resume(resume),
        Some(Command::Inspect(inspect)) => inspect::inspect(inspect),
        Some(Command::Bench(bench)) => bench::bench(bench),
    };
    match outcome {
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            // With standard error closed too, the exit code is all that is left.
            let _ = std::io::stderr().lock().write_all(failure.rendered().as_bytes());
            ExitCode::from(failure.exit_code())
        }
    }
}
