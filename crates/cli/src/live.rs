//! A swarm that runs on its own while others look at it.
//!
//! [`Live::start`] prepares a scenario as `lampyrid run` does and steps it on a thread of its own. Views, in a
//! terminal or elsewhere, ask for things by [`Command`] and see the latest [`Snapshot`], at most thirty a second. A
//! view never delays the run: commands wait in a bounded queue until the run takes them between two batches of steps,
//! and whoever reads slowly misses snapshots. A view never changes a result either: without commands the phases are
//! those of `lampyrid run`, bit by bit.
//!
//! | file | what |
//! |---|---|
//! | `arguments` | what is said of it on the command line |
//! | `command` | what may be asked for |
//! | `snapshot` | what is seen |
//! | `verdict` | how the swarm gets on towards its goal, with the figures behind it |
//! | `latest` | where the newest snapshot lies for whoever looks |
//! | `pace` | how many steps are due |
//! | `subject` | the swarm itself, and what commands do to it |
//! | `look` | from the swarm to a snapshot |
//! | `save` | checkpoints that `lampyrid resume` goes on with |
//! | `kept` | what was seen so far, for files and pictures |
//! | `driver` | the thread |
//! | `closing` | the last word on it |
//! | `duel` | what being looked at costs |

mod arguments;
mod closing;
mod command;
mod driver;
mod duel;
mod kept;
mod latest;
mod look;
mod pace;
mod save;
mod snapshot;
mod subject;
mod verdict;

pub(crate) use arguments::LiveArguments;
pub(crate) use closing::close;
pub(crate) use command::{Command, patterns, rules};
pub(crate) use driver::{Live, Options, Refused, Sight};
pub(crate) use duel::{BAR, against_unseen};
pub(crate) use kept::Account;
pub(crate) use pace::Pace;
pub(crate) use snapshot::{Happening, Snapshot, State, What};
pub(crate) use subject::Subject;
pub(crate) use verdict::{Aim, Judgement};
