//! The `lampyrid` program: arguments, progress and exit codes around the library.

#![forbid(unsafe_code)]

mod arguments;
mod bench;
mod completions;
mod error;
mod events;
mod exit_code;
mod inspect;
mod interrupt;
mod list;
mod live;
mod logs;
mod marked;
mod new;
mod plan;
mod plot;
#[cfg(feature = "mpi")]
mod ranks;
mod replay;
mod report;
mod results;
mod run;
mod serve;
mod shortage;
mod sweep;
mod watch;

use std::{
    alloc::System,
    io::{IsTerminal, Write},
    path::Path,
    process::ExitCode,
};

use cap::Cap;
use clap::CommandFactory;
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

use arguments::{Arguments, Command, RunArguments};
use error::Failure;

/// The system's allocator, counting what is alive and how often it is asked; without a limit.
#[global_allocator]
static ALLOCATOR: Cap<&StatsAlloc<System>> = Cap::new(&INSTRUMENTED_SYSTEM, usize::MAX);

/// Without a command the first word is a scenario, unless it is no file and looks like a command.
fn no_command(run: &RunArguments) -> Result<(), Failure> {
    let Some(word) = run.scenario.as_deref().filter(|path| !path.exists()).and_then(Path::to_str) else {
        return Ok(());
    };
    let program = Arguments::command();
    let known: Vec<_> = program.get_subcommands().map(clap::Command::get_name).collect();
    let nearest = lampyrid::io::scenario::nearest(word, &known).map(str::to_owned);
    nearest.map_or(Ok(()), |nearest| Err(Failure::Command { word: word.to_owned(), nearest }))
}

fn main() -> ExitCode {
    #[cfg(feature = "mpi")]
    if let Some(code) = ranks::run_as_one_of_several() {
        return code;
    }
    run_alone(&Arguments::read())
}

/// What the program does where it is the only process.
fn run_alone(arguments: &Arguments) -> ExitCode {
    shortage::give_it_an_exit_code();
    // A view and logs on one terminal would write over each other.
    let is_view = matches!(arguments.command, Some(Command::Watch(_)));
    if !(is_view && std::io::stderr().is_terminal()) {
        logs::begin(arguments.verbose);
    }
    let outcome = match &arguments.command {
        None => no_command(&arguments.run).and_then(|()| run::run(&arguments.run)),
        Some(Command::Run(run)) => run::run(run),
        Some(Command::Resume(resume)) => run::resume(resume),
        Some(Command::Sweep(sweep)) => sweep::sweep(sweep),
        Some(Command::Plot(plot)) => plot::plot(plot),
        Some(Command::Report(report)) => report::report(report),
        Some(Command::Replay(replay)) => replay::replay(replay),
        Some(Command::Watch(watch)) => watch::watch(watch),
        Some(Command::Serve(serve)) => serve::serve(serve),
        Some(Command::Inspect(inspect)) => inspect::inspect(inspect),
        Some(Command::Bench(bench)) => bench::bench(bench),
        Some(Command::Plan(plan)) => plan::plan(plan),
        Some(Command::New(new)) => new::new(new),
        Some(Command::List(list)) => list::list(list),
        Some(Command::Completions(completions)) => completions::completions(completions),
        Some(Command::Man(man)) => completions::man(man),
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
