//! Frames as text.

mod picture;

use std::{fs, sync::Arc};

use lampyrid::{
    io::scenario::ScenarioBuilder,
    swarm::{DisruptionKind, Pattern},
};
use ratatui::{Terminal, backend::TestBackend, buffer::Buffer};

use super::*;
use crate::{
    live::{Pace, Sight, Snapshot, State, Subject},
    watch::keys::Action,
};

const COLOURS: Look = Look { colour: true, unicode: true };
const PLAIN: Look = Look { colour: false, unicode: true };

/// A swarm that is stepped by hand, so that frames are the same every time.
struct Stage {
    subject: Subject,
    view: View,
}

impl Stage {
    fn new(settings: &[&str], look: Look) -> Self {
        let common = ["seed=3", "network.agents=120", "time.step=0.02"];
        let all = common.iter().chain(settings);
        let builder = all.fold(ScenarioBuilder::from_text("", "test").unwrap(), |all, one| all.set(one).unwrap());
        let subject = Subject::new(builder.build().unwrap(), 1, false).unwrap();
        let mut stage = Self { subject, view: View::new(look) };
        stage.look(State::Running);
        stage
    }

    /// Steps for so many simulated seconds, looking ten times a second.
    fn play(mut self, seconds: f64) -> Self {
        let end = self.subject.time() + seconds - 1e-9;
        while self.subject.time() < end && self.subject.can_step() {
            let look = self.subject.time() + 0.1 - 1e-9;
            while self.subject.time() < look && self.subject.can_step() {
                self.subject.advance(1);
            }
            self.look(State::Running);
        }
        self
    }

    fn look(&mut self, state: State) {
        let mut seen = Snapshot { state, pace: Pace::Times(2.0), ..Snapshot::default() };
        self.subject.look(Sight::TERMINAL.sample, &mut seen);
        let figures = &mut seen.figures;
        (figures.steps_per_second, figures.agent_steps_per_second) = (12_345.0, 1.5e6);
        (figures.resident_bytes, figures.bytes_per_agent) = (Some(45 << 20), Some(184.4));
        self.view.see(Arc::new(seen));
    }

    fn drawn(&self, width: u16, height: u16) -> Buffer {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        terminal.draw(|frame| draw(&self.view, frame)).unwrap();
        terminal.backend().buffer().clone()
    }

    fn text(&self, width: u16, height: u16) -> String {
        text(&self.drawn(width, height))
    }
}

fn text(buffer: &Buffer) -> String {
    let rows = buffer.content.chunks(usize::from(buffer.area.width));
    let line = |row: &[ratatui::buffer::Cell]| row.iter().map(ratatui::buffer::Cell::symbol).collect::<String>();
    rows.map(|row| line(row).trim_end().to_owned() + "\n").collect()
}

fn toward_a_goal() -> Stage {
    let settings = ["goal.pattern=in_phase", "frequencies.std=0.2", "frequencies.mean=1.0", "goal.target=0.95"];
    Stage::new(&settings, COLOURS)
}

#[test]
fn a_screen_of_80_by_24_shows_a_swarm_on_its_way() {
    insta::assert_snapshot!(toward_a_goal().play(1.0).text(80, 24));
}

#[test]
fn a_screen_of_120_by_40_shows_the_raster_too() {
    insta::assert_snapshot!(toward_a_goal().play(3.0).text(120, 40));
}

#[test]
fn a_screen_of_200_by_60_has_three_columns() {
    insta::assert_snapshot!(toward_a_goal().play(3.0).text(200, 60));
}

#[test]
fn a_goal_that_is_attained_is_said_to_be() {
    let stage = toward_a_goal().play(30.0);
    let text = stage.text(80, 24);
    assert!(text.contains("in_phase converged: R 0.9") && text.contains("held for"), "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn a_disruption_is_marked_and_what_was_attained_is_lost() {
    let mut stage = toward_a_goal().play(30.0);
    stage.subject.disrupt(DisruptionKind::Scramble, 0.5, 5.0);
    let stage = stage.play(0.2);
    let text = stage.text(80, 24);
    assert!(text.contains("scramble: 60 agents (50 %)") && !text.contains("converged"), "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn a_pause_is_said_and_energy_has_its_lines() {
    let settings = ["strategy.kind=energy_aware", "energy.capacity=10"];
    let mut stage = Stage::new(&settings, COLOURS).play(1.0);
    stage.look(State::Paused);
    insta::assert_snapshot!(stage.text(80, 24));
}

#[test]
fn the_help_lies_over_everything_and_fits_the_smallest_usual_screen() {
    let mut stage = Stage::new(&[], COLOURS).play(0.5);
    stage.view.react(Action::Help);
    let text = stage.text(80, 24);
    assert!(text.contains("quit"), "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn without_colours_no_cell_has_one_and_the_raster_has_shades() {
    let mut stage = Stage::new(&[], PLAIN).play(2.0);
    stage.view.react(Action::Phases);
    let buffer = stage.drawn(80, 24);
    let is_bare =
        |cell: &ratatui::buffer::Cell| [cell.fg, cell.bg].iter().all(|colour| *colour == ratatui::style::Color::Reset);
    assert!(buffer.content.iter().all(is_bare));
    insta::assert_snapshot!(text(&buffer));
}

#[test]
fn without_unicode_nothing_but_ascii_is_drawn() {
    let stage = Stage::new(&["goal.pattern=splay"], Look { colour: false, unicode: false }).play(1.0);
    let text = stage.text(80, 24);
    assert!(text.is_ascii(), "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn a_small_screen_shows_less_and_a_tiny_one_says_what_it_needs() {
    let stage = toward_a_goal().play(1.0);
    insta::assert_snapshot!(stage.text(40, 12));
    let tiny = stage.text(10, 5);
    assert_eq!(tiny.split_whitespace().collect::<Vec<_>>(), ["needs", "at", "least", "40×12"]);
}

#[test]
fn no_size_is_too_odd_to_be_drawn_on() {
    let mut stage = toward_a_goal().play(1.0);
    for help in [false, true] {
        for width in (1..=220).step_by(7) {
            for height in (1..=66).step_by(3) {
                stage.drawn(width, height);
            }
        }
        stage.view.shows_help = !help;
    }
}

#[test]
fn every_pattern_tells_its_figures() {
    let patterns = [
        Pattern::InPhase,
        Pattern::Splay,
        Pattern::Clusters(3),
        Pattern::Locked { frequency: 1.0 },
        Pattern::PhaseAt { phase: 0.0 },
    ];
    let mut stage = Stage::new(&[], COLOURS);
    let mut lines = String::new();
    for pattern in patterns {
        stage.subject.pursue(pattern);
        stage = stage.play(0.5);
        lines.push_str(stage.text(120, 40).lines().nth(1).unwrap());
        lines.push('\n');
    }
    insta::assert_snapshot!(lines);
}

/// `LAMPYRID_BLESS=1 cargo test -p lampyrid_cli the_picture` draws it anew.
#[test]
fn the_picture_in_the_documentation_is_what_the_view_looks_like() {
    let mut stage = toward_a_goal().play(30.0);
    stage.subject.disrupt(DisruptionKind::Scramble, 0.5, 5.0);
    let stage = stage.play(1.0);
    let label =
        "The terminal view of a swarm of 120 agents that has lost its goal to a disruption and is on its way back";
    let drawn = picture::svg(&stage.drawn(120, 40), label);
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/watch.svg");
    if std::env::var_os("LAMPYRID_BLESS").is_some() {
        fs::write(file, &drawn).unwrap();
    }
    assert!(fs::read_to_string(file).unwrap_or_default() == drawn, "docs/watch.svg is of another view; draw it anew");
}
