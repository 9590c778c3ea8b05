//! Phases over time, agent by agent.

use std::f64::consts::TAU;

use kuva::render::color::Color;
use kuva::render::render::{Primitive, TextAnchor};

use serde::{Deserialize, Serialize};

use super::color::{INK, phase_color};
use super::error::{PlotError, check_finite};
use super::figure::{Figure, PlotOptions};
use super::frame::{Frame, LABEL, Scale, TICK, head};

/// Most agents shown.
const ROWS: usize = 200;
/// Most instants kept; even, so that half of them are again evenly spaced.
const COLUMNS: usize = 1000;

/// Records phases of a run of any length for a picture, in at most some 800 kB: of at most 200 agents, spaced evenly
/// over all of them, at no more than 1000 instants, spaced evenly over the samples given.
///
/// ```
/// use lampyrid_io::plot::{PhaseRaster, PlotOptions, phase_raster};
///
/// let mut raster = PhaseRaster::new(3);
/// for step in 0..100 {
///     let time = 0.1 * f64::from(step);
///     raster.push(time, &[time, 2.0 * time, 3.0 * time])?;
/// }
/// assert!(phase_raster(&raster, &PlotOptions::default())?.png()?.starts_with(b"\x89PNG"));
/// # Ok::<(), lampyrid_io::plot::PlotError>(())
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PhaseRaster {
    agents: usize,
    /// Which agents are shown, in ascending order.
    shown: Vec<usize>,
    times: Vec<f64>,
    /// The phases of those shown at the first time, then at the second, …
    phases: Vec<f32>,
    /// One sample in so many is kept.
    stride: u64,
    samples: u64,
    /// The latest sample, kept whatever the stride, so that a picture ends where the run does.
    last: Option<(f64, Vec<f32>)>,
}

impl PhaseRaster {
    /// A raster of a swarm of so many agents.
    #[must_use]
    pub fn new(agents: usize) -> Self {
        let rows = agents.min(ROWS);
        Self {
            agents,
            shown: (0..rows).map(|row| row * agents / rows).collect(),
            times: Vec::new(),
            phases: Vec::new(),
            stride: 1,
            samples: 0,
            last: None,
        }
    }

    /// Whether it is one of a swarm of so many agents that samples can be added to: true of any but one that was read
    /// from elsewhere.
    #[must_use]
    pub fn is_of(&self, agents: usize) -> bool {
        let is_whole = self.phases.len() == self.times.len() * self.shown.len()
            && self.times.len() <= COLUMNS
            && self.times.is_empty() == self.last.is_none()
            && self.stride > 0;
        let is_last_whole = self.last.as_ref().is_none_or(|(_, sample)| sample.len() == self.shown.len());
        self.agents == agents && self.shown == Self::new(agents).shown && is_whole && is_last_whole
    }

    /// Which agents are shown, in ascending order.
    #[must_use]
    pub fn shown(&self) -> &[usize] {
        &self.shown
    }

    /// The times kept, in s.
    #[must_use]
    pub fn times(&self) -> &[f64] {
        &self.times
    }

    /// Adds the phases, in rad, of all agents at a time, in s, not earlier than any before. NaN stands for an agent
    /// that is gone, and is shown in grey.
    ///
    /// # Errors
    ///
    /// When there are more or fewer phases than agents, a value to be shown is infinite, or time runs backwards.
    pub fn push(&mut self, time: f64, phases: &[f64]) -> Result<(), PlotError> {
        if phases.len() != self.agents {
            return Err(PlotError::AgentCount { expected: self.agents, found: phases.len() });
        }
        check_finite("the time of a sample", [time])?;
        check_finite(
            "the phase of a shown agent",
            self.shown.iter().map(|&agent| phases[agent]).filter(|phase| !phase.is_nan()),
        )?;
        let (previous, mut sample) = self.last.take().unwrap_or((time, Vec::new()));
        if time < previous {
            self.last = Some((previous, sample));
            return Err(PlotError::TimeBackwards { previous, time });
        }
        sample.clear();
        sample.extend(self.shown.iter().map(|&agent| phases[agent].rem_euclid(TAU) as f32));
        if self.samples.is_multiple_of(self.stride) && self.times.len() == COLUMNS {
            self.halve();
        }
        if self.samples.is_multiple_of(self.stride) {
            self.times.push(time);
            self.phases.extend_from_slice(&sample);
        }
        self.samples += 1;
        self.last = Some((time, sample));
        Ok(())
    }

    /// Keeps every other instant.
    fn halve(&mut self) {
        let rows = self.shown.len();
        for kept in 1..COLUMNS / 2 {
            self.times[kept] = self.times[2 * kept];
            self.phases.copy_within(2 * kept * rows..(2 * kept + 1) * rows, kept * rows);
        }
        self.times.truncate(COLUMNS / 2);
        self.phases.truncate(COLUMNS / 2 * rows);
        self.stride *= 2;
    }

    /// Cells from the top, the last agent, downwards; the column at a time shows the latest sample up to then.
    fn cells(&self, columns: usize, start: f64, end: f64) -> Vec<[u8; 3]> {
        let rows = self.shown.len();
        let sample_at = |column: usize| {
            let time = start + (end - start) * (column as f64 + 0.5) / columns as f64;
            let sample = self.times.partition_point(|known| *known <= time).saturating_sub(1);
            &self.phases[sample * rows..(sample + 1) * rows]
        };
        let samples: Vec<_> = (0..columns).map(sample_at).collect();
        let cell = |row: usize, sample: &[f32]| phase_color(f64::from(sample[row]));
        (0..rows).rev().flat_map(|row| samples.iter().map(move |sample| cell(row, sample))).collect()
    }
}

/// Draws the phases of the agents recorded over time in seconds, the first agent at the bottom, with a colour for
/// each phase and a bar that says which.
///
/// # Errors
///
/// When the size is out of reason.
pub fn phase_raster(raster: &PhaseRaster, options: &PlotOptions) -> Result<Figure, PlotError> {
    options.check()?;
    let start = raster.times.first().copied().unwrap_or(0.0);
    let end = raster.last.as_ref().map_or(start, |(time, _)| *time);
    // A single instant is drawn as if it had lasted for a second.
    let end = if start < end { end } else { start + 1.0 };
    let x = Scale::exact("time t (s)", start, end)?;
    // An agent's number stands at the middle of its row.
    let y = Scale::exact("agent", -0.5, raster.agents.max(1) as f64 - 0.5)?.in_whole_steps();
    let frame = Frame::new(options, x, y, 104.0);
    let mut figure = Figure::new(options);
    let note = match raster.shown.len() {
        shown if shown < raster.agents => format!("{shown} of {} agents, evenly spaced", raster.agents),
        _ => String::new(),
    };
    head(&mut figure, options.title.as_deref().unwrap_or("Phases over time"), &note);
    frame.draw(&mut figure, options, Vec::new());
    if raster.times.is_empty() || raster.shown.is_empty() {
        let middle = ((frame.left + frame.right) / 2.0, (frame.top + frame.bottom) / 2.0);
        figure.text(middle, TextAnchor::Middle, LABEL, INK, "no data");
    } else {
        let columns = COLUMNS.min((frame.right - frame.left) as usize).max(1);
        let area = [frame.left, frame.top, frame.right - frame.left, frame.bottom - frame.top];
        figure.set_raster(area, columns, raster.cells(columns, start, end));
    }
    color_bar(&mut figure, &frame);
    Ok(figure)
}

/// The colours of all phases beside the axes, from 0 at the bottom to 2π at the top.
fn color_bar(figure: &mut Figure, frame: &Frame) {
    const STEPS: usize = 128;
    const WIDTH: f64 = 18.0;
    let left = frame.right + 26.0;
    let height = frame.bottom - frame.top;
    for step in 0..STEPS {
        let [red, green, blue] = phase_color(TAU * (step as f64 + 0.5) / STEPS as f64);
        let top = frame.bottom - height * (step + 1) as f64 / STEPS as f64;
        figure.add(Primitive::Rect {
            x: left,
            y: top,
            width: WIDTH,
            // Half a pixel of overlap hides the seams between steps.
            height: height / STEPS as f64 + if step == 0 { 0.0 } else { 0.5 },
            fill: Color::Rgb(red, green, blue),
            stroke: None,
            stroke_width: None,
            opacity: None,
        });
    }
    for (quarter, name) in ["0", "π/2", "π", "3π/2", "2π"].into_iter().enumerate() {
        let y = frame.bottom - height * quarter as f64 / 4.0;
        figure.line((left + WIDTH, y), (left + WIDTH + 5.0, y), INK, 1.0, None);
        figure.text((left + WIDTH + 9.0, y + 4.5), TextAnchor::Start, TICK, INK, name);
    }
    figure.text((frame.right + 92.0, frame.top - 14.0), TextAnchor::End, LABEL, INK, "phase θ (rad)");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recorded(agents: usize, samples: usize) -> PhaseRaster {
        let mut raster = PhaseRaster::new(agents);
        for sample in 0..samples {
            let phases: Vec<f64> = (0..agents).map(|agent| (sample + agent) as f64).collect();
            raster.push(sample as f64, &phases).unwrap();
        }
        raster
    }

    #[test]
    fn agents_are_sampled_evenly_and_all_shown_when_few() {
        assert_eq!(recorded(3, 1).shown(), [0, 1, 2]);
        let raster = recorded(1000, 1);
        assert_eq!(raster.shown().len(), ROWS);
        assert!(raster.shown().windows(2).all(|pair| pair[1] - pair[0] == 5));
        assert!(PhaseRaster::new(0).shown().is_empty());
    }

    #[test]
    fn instants_stay_evenly_spaced_however_many() {
        for samples in [1, 999, 1000, 1001, 1002, 2001, 12_345] {
            let raster = recorded(2, samples);
            let times = raster.times();
            assert!(
                times.len() <= COLUMNS && times.len() > (COLUMNS / 2).min(samples) - 1,
                "{samples}: {}",
                times.len()
            );
            let gap = times.get(1).copied().unwrap_or(1.0);
            assert!(times.iter().enumerate().all(|(column, time)| *time == gap * column as f64), "{samples}");
            let rows = raster.shown.len();
            for (column, time) in times.iter().enumerate() {
                assert_eq!(raster.phases[column * rows], time.rem_euclid(TAU) as f32);
            }
            assert_eq!(raster.last.as_ref().unwrap().0, (samples - 1) as f64);
        }
    }

    #[test]
    fn a_cell_has_the_colour_of_the_phase_at_its_time_and_the_first_agent_is_at_the_bottom() {
        let mut raster = PhaseRaster::new(2);
        raster.push(0.0, &[0.0, 1.0]).unwrap();
        raster.push(1.0, &[2.0, 3.0]).unwrap();
        raster.push(2.0, &[2.0, 3.0]).unwrap();
        let expected = [1.0, 3.0, 0.0, 2.0].map(phase_color);
        assert_eq!(raster.cells(2, 0.0, 2.0), expected);
    }

    #[test]
    fn what_cannot_be_shown_is_refused_and_leaves_the_raster_as_it_was() {
        let mut raster = recorded(2, 3);
        assert!(matches!(raster.push(3.0, &[0.0]), Err(PlotError::AgentCount { expected: 2, found: 1 })));
        assert!(matches!(raster.push(3.0, &[0.0, f64::INFINITY]), Err(PlotError::NotFinite { index: 1, .. })));
        assert!(matches!(raster.push(f64::NAN, &[0.0, 0.0]), Err(PlotError::NotFinite { .. })));
        assert!(matches!(raster.push(1.5, &[0.0, 0.0]), Err(PlotError::TimeBackwards { .. })));
        assert_eq!(raster.times(), [0.0, 1.0, 2.0]);
        assert!(raster.push(2.0, &[0.0, 0.0]).is_ok());
    }
}
