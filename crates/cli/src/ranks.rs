//! The program as one of several processes of an MPI job: only the first of them speaks.

use std::{io::Write, process::ExitCode, sync::Arc};

use clap::Parser;
use lampyrid::distributed::{DistributedError, LaunchError, Launched, Ranks, TransportError, launched_as};

use crate::{
    arguments::{Arguments, Command},
    error::Failure,
    exit_code, run, sweep,
};

/// Exit code of a process that panicked, as Rust has it.
const PANICKED: i32 = 101;

/// What only the processes of a job can meet.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RankError {
    #[error(transparent)]
    Launch(#[from] LaunchError),
    #[error(transparent)]
    Ranks(#[from] DistributedError),
    #[error(
        "only `lampyrid run`, `lampyrid resume` and `lampyrid sweep` can be spread over several processes; start other commands without mpirun (mpiexec)"
    )]
    OnlyRun,
    #[error(
        "each process does one run of a sweep at a time; start as many processes as there are to be runs, and leave --jobs (of `resume`, --threads) out"
    )]
    OneRunEach,
}

impl From<TransportError> for Failure {
    fn from(error: TransportError) -> Self {
        RankError::Ranks(error.into()).into()
    }
}

impl From<DistributedError> for Failure {
    fn from(error: DistributedError) -> Self {
        RankError::Ranks(error).into()
    }
}

impl RankError {
    pub(crate) fn exit_code(&self) -> u8 {
        exit_code::USAGE
    }
}

/// How a run over several processes ends early.
pub(crate) enum Ending {
    /// All of them know; the one whose failure it is tells it.
    Together { failure: Option<Failure>, code: u8 },
    /// Only this one knows, and the others wait for it.
    Alone(Failure),
}

impl From<Failure> for Ending {
    fn from(failure: Failure) -> Self {
        Self::Alone(failure)
    }
}

impl From<DistributedError> for Ending {
    fn from(error: DistributedError) -> Self {
        Self::Alone(error.into())
    }
}

impl From<TransportError> for Ending {
    fn from(error: TransportError) -> Self {
        Self::Alone(error.into())
    }
}

/// What this process has come to, if all others have come to something as well; else the first failure is told, once.
pub(crate) fn together<T>(ranks: &Ranks, own: Result<T, Failure>) -> Result<T, Ending> {
    let code = own.as_ref().map_or_else(Failure::exit_code, |_| exit_code::DONE);
    let codes = ranks.share(code.into())?;
    let Some(first) = codes.iter().position(|&code| code != u64::from(exit_code::DONE)) else {
        return own.map_err(Ending::Alone);
    };
    let failure = own.err().filter(|_| ranks.rank() == first);
    Err(Ending::Together { failure, code: u8::try_from(codes[first]).unwrap_or(exit_code::USAGE) })
}

/// Goes on as a process of an MPI job, if this is one; `None` where it is alone.
pub(crate) fn run_as_one_of_several() -> Option<ExitCode> {
    let number = launched_as()?;
    let launched = match Launched::begin() {
        Ok(launched) => launched,
        Err(error) => {
            let failure = Failure::from(RankError::from(error));
            if number == 0 {
                say(&failure, None);
            }
            return Some(ExitCode::from(failure.exit_code()));
        }
    };
    let ranks = Ranks::new(launched.rank());
    if ranks.size() == 1 {
        return Some(crate::run_alone(&Arguments::read()));
    }
    launched.abort_on_panic(PANICKED);
    Some(carry_out(&launched, &ranks))
}

fn carry_out(launched: &Launched, ranks: &Ranks) -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            if ranks.is_first() {
                let _ = error.print();
            }
            return ExitCode::from(error.exit_code() as u8);
        }
    };
    let outcome = match &arguments.command {
        None => run::spread(&arguments.run, launched.rank()),
        Some(Command::Run(run)) => run::spread(run, launched.rank()),
        Some(Command::Resume(resume)) => sweep::found(resume, ranks).and_then(|found| match found {
            Some(found) => sweep::resume_spread(found, resume, launched.rank()),
            None => run::resume_spread(resume, launched.rank()),
        }),
        Some(Command::Sweep(sweep)) => sweep::spread(sweep, launched.rank()),
        Some(_) => together(ranks, Err(RankError::OnlyRun.into())),
    };
    match outcome {
        Ok(code) => ExitCode::from(code),
        Err(Ending::Together { failure, code }) => {
            if let Some(failure) = failure {
                say(&failure, Some(ranks).filter(|ranks| !ranks.is_first()));
            }
            ExitCode::from(code)
        }
        Err(Ending::Alone(failure)) => {
            say(&failure, Some(ranks));
            launched.abort(failure.exit_code().into())
        }
    }
}

/// Tells a failure, and whose it is where that matters.
fn say(failure: &Failure, of: Option<&Ranks>) {
    let mut text = failure.rendered();
    if let Some(ranks) = of {
        text = format!("{text}(at rank {} of {})\n", ranks.rank(), ranks.size());
    }
    // With standard error closed, the exit code is all that is left.
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

/// A number that programs and scenarios are told apart by.
pub(crate) fn hash(bytes: &[u8]) -> u64 {
    use std::hash::{DefaultHasher, Hasher};
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    hasher.finish()
}

/// The same of the program that is running; 0 where it cannot be read.
pub(crate) fn hash_of_this_program() -> u64 {
    let bytes = std::env::current_exe().and_then(std::fs::read);
    bytes.map_or(0, |bytes| hash(&bytes))
}

/// Says whether all ranks have the same of something, and ends them together if not.
pub(crate) fn agree(ranks: &Ranks, what: &'static str, number: u64) -> Result<(), Ending> {
    let own = ranks.agree(what, number).map_err(Failure::from);
    // It is found by all, and the first tells it.
    let failure = |failure: Failure| {
        let code = failure.exit_code();
        Ending::Together { failure: Some(failure).filter(|_| ranks.is_first()), code }
    };
    own.map_err(failure)
}

/// The transport that a world keeps.
pub(crate) type Rank = Arc<lampyrid::distributed::MpiRank>;
