//! How far a sweep has come: a bar on a terminal, a line for each tenth elsewhere. All on standard error.

use std::{
    io::{IsTerminal, Write},
    time::{Duration, Instant},
};

use indicatif::{HumanDuration, ProgressBar, ProgressDrawTarget, ProgressStyle};
use lampyrid::io::sweep::SweepProgress;

use crate::run::figures::grouped;

pub(super) struct Bar {
    display: Display,
    runs: u64,
    /// Runs that were done before.
    before: u64,
    started: Instant,
}

enum Display {
    None,
    Bar(ProgressBar),
    /// The next tenth to be told.
    Lines {
        next: u64,
    },
}

const BAR: &str = "{bar:30.cyan} {percent:>3} %  run {human_pos}/{human_len}  {msg}ETA {eta}";

impl Bar {
    pub(super) fn new(quiet: bool, runs: u64, progress: SweepProgress) -> Self {
        let before = progress.done;
        let display = if quiet {
            Display::None
        } else if std::io::stderr().is_terminal() {
            let style = ProgressStyle::with_template(BAR).unwrap_or_else(|_| ProgressStyle::default_bar());
            let bar = ProgressBar::with_draw_target(Some(runs), ProgressDrawTarget::stderr_with_hz(10));
            let bar = bar.with_style(style).with_position(before);
            // What was done before says nothing about how fast it is done now.
            bar.reset_eta();
            Display::Bar(bar)
        } else {
            Display::Lines { next: tenth(before, runs) + 1 }
        };
        Self { display, runs, before, started: Instant::now() }
    }

    pub(super) fn announce(&self, text: &str) {
        match &self.display {
            Display::None => {}
            Display::Bar(bar) => bar.println(text),
            Display::Lines { .. } => line(text),
        }
    }

    pub(super) fn at(&mut self, SweepProgress { done, failed }: SweepProgress) {
        let failures = if failed > 0 { format!("{} failed  ", grouped(failed)) } else { String::new() };
        let rest = self.rest(done);
        match &mut self.display {
            Display::None => {}
            Display::Bar(bar) => {
                bar.set_message(failures);
                bar.set_position(done);
            }
            Display::Lines { next } => {
                let tenth = tenth(done, self.runs);
                if tenth >= *next {
                    *next = tenth + 1;
                    let (done, runs) = (grouped(done), grouped(self.runs));
                    line(&format!("{:>3} %  run {done}/{runs}  {failures}ETA {}", tenth * 10, HumanDuration(rest)));
                }
            }
        }
    }

    /// How long the runs that are left will take if they take as long as those since the beginning.
    fn rest(&self, done: u64) -> Duration {
        let each = self.started.elapsed().as_secs_f64() / (done - self.before).max(1) as f64;
        Duration::try_from_secs_f64(each * (self.runs - done) as f64).unwrap_or_default()
    }

    pub(super) fn finish(&self) {
        if let Display::Bar(bar) = &self.display {
            bar.finish_and_clear();
        }
    }
}

fn tenth(done: u64, runs: u64) -> u64 {
    (u128::from(done) * 10 / u128::from(runs.max(1))) as u64
}

/// Progress is not worth failing for.
fn line(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}
