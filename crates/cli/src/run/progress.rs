//! How far a run has come: a bar on a terminal, a line for each tenth elsewhere. All on standard
//! error, so that standard output stays for results.

use std::{
    io::{IsTerminal, Write},
    time::Duration,
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use lampyrid::io::scenario::Scenario;

use super::{
    figures::{grouped, si},
    prepare::Prepared,
};

pub(crate) struct Progress {
    display: Display,
    agents: usize,
    steps: u64,
}

enum Display {
    None,
    Bar(ProgressBar),
    /// The next tenth to be told.
    Lines {
        next: u64,
    },
}

const BAR: &str = "{bar:30.cyan} {percent:>3} %  step {human_pos}/{human_len}  {msg}  ETA {eta}";

impl Progress {
    pub(crate) fn new(quiet: bool, agents: usize, steps: u64) -> Self {
        let display = if quiet {
            Display::None
        } else if std::io::stderr().is_terminal() {
            let style = ProgressStyle::with_template(BAR).unwrap_or_else(|_| ProgressStyle::default_bar());
            let bar = ProgressBar::with_draw_target(Some(steps), ProgressDrawTarget::stderr_with_hz(10));
            Display::Bar(bar.with_style(style))
        } else {
            Display::Lines { next: 1 }
        };
        Self { display, agents, steps }
    }

    /// Says what is about to run.
    pub(crate) fn announce(&self, scenario: &Scenario, prepared: &Prepared, threads: usize) {
        let text = format!(
            "{} agents, {} links; {}{} steps of {} s; seed {}; {} thread{}",
            grouped(prepared.agents as u64),
            grouped(prepared.links as u64),
            if scenario.ends_at_goal() { "until the goal is attained, at most " } else { "" },
            grouped(self.steps),
            scenario.time.step,
            scenario.seed,
            threads,
            if threads == 1 { "" } else { "s" },
        );
        let warnings = prepared.warnings.iter().map(|warning| format!("warning: {warning}"));
        std::iter::once(text).chain(warnings).for_each(|text| self.say(&text));
    }

    /// Says something, unless nothing is to be said.
    pub(crate) fn say(&self, text: &str) {
        match &self.display {
            Display::None => {}
            Display::Bar(bar) => bar.println(text),
            Display::Lines { .. } => line(text),
        }
    }

    /// Says from where a run goes on.
    pub(crate) fn announce_rest(&self, checkpoint: &str, done: u64, threads: usize) {
        let text = format!(
            "{} agents; goes on from step {} of {} ({checkpoint}); {threads} thread{}",
            grouped(self.agents as u64),
            grouped(done),
            grouped(self.steps),
            if threads == 1 { "" } else { "s" },
        );
        self.say(&text);
    }

    /// So many steps are done, with this coherence, after stepping for so long.
    pub(crate) fn at(&mut self, done: u64, r: f64, elapsed: Duration) {
        let speed = self.agents as f64 * done as f64 / elapsed.as_secs_f64().max(1e-9);
        // Only where it is shown: a small swarm comes here every few microseconds.
        let state = || format!("R {r:.3}  {} agent-steps/s", si(speed));
        match &mut self.display {
            Display::None => {}
            Display::Bar(bar) => {
                bar.set_message(state());
                bar.set_position(done);
            }
            Display::Lines { next } => {
                let tenth = (u128::from(done) * 10 / u128::from(self.steps.max(1))) as u64;
                if tenth >= *next {
                    *next = tenth + 1;
                    line(&format!("{:>3} %  step {}/{}  {}", tenth * 10, grouped(done), grouped(self.steps), state()));
                }
            }
        }
    }

    pub(crate) fn finish(&self) {
        if let Display::Bar(bar) = &self.display {
            bar.finish_and_clear();
        }
    }
}

/// Progress is not worth failing for.
fn line(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}
