//! Phases over time, agent by agent.

use kuva::render::render::TextAnchor;
use lampyrid_measure::OrderParameter;
use serde::{Deserialize, Serialize};

use super::bar::phase_bar;
use super::circles::CircleSnapshot;
use super::color::{INK, tint, tint_color, tint_phase};
use super::error::{PlotError, check_finite};
use super::figure::{Figure, PlotOptions};
use super::frame::{Frame, LABEL, Scale, head};
use super::series::short;
use super::thinned::{MOST, Thinned};

/// Most agents shown.
const ROWS: usize = 200;

/// Records phases of a run of any length for a picture, in at most some 400 kB: of at most 200 agents, spaced evenly
/// over all of them, at no more than 1000 instants, spaced evenly over the samples given, and as finely as colours
/// tell phases apart.
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
    tints: Thinned<u16>,
}

impl PhaseRaster {
    /// A raster of a swarm of so many agents.
    #[must_use]
    pub fn new(agents: usize) -> Self {
        let rows = agents.min(ROWS);
        let shown = (0..rows).map(|row| row * agents / rows).collect();
        Self { agents, shown, tints: Thinned::new(rows) }
    }

    /// Whether it is one of a swarm of so many agents that samples can be added to: true of any but one that was read
    /// from elsewhere.
    #[must_use]
    pub fn is_of(&self, agents: usize) -> bool {
        self.agents == agents && self.shown == Self::new(agents).shown && self.tints.is_of(self.shown.len())
    }

    /// Which agents are shown, in ascending order.
    #[must_use]
    pub fn shown(&self) -> &[usize] {
        &self.shown
    }

    /// The times kept, in s.
    #[must_use]
    pub fn times(&self) -> &[f64] {
        self.tints.times()
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
        let shown = self.shown.iter().map(|&agent| phases[agent]);
        check_finite("the phase of a shown agent", shown.clone().filter(|phase| !phase.is_nan()))?;
        self.tints.push(time, shown.map(tint))
    }

    /// The phases on the circle at a time, in s, or shortly before; `coherence` is that of all agents then. None
    /// without samples.
    ///
    /// # Errors
    ///
    /// When R or ψ is not finite.
    pub fn circle(&self, time: f64, coherence: OrderParameter) -> Result<Option<CircleSnapshot>, PlotError> {
        let Some((time, tints)) = self.tints.at(time) else { return Ok(None) };
        let phases = tints.iter().map(|&tint| tint_phase(tint)).filter(|phase| !phase.is_nan()).collect();
        CircleSnapshot::of_some(time, phases, self.agents, coherence).map(Some)
    }

    /// Cells from the top, the last agent, downwards; the column at a time shows the latest sample up to then.
    fn cells(&self, columns: usize, start: f64, end: f64) -> Vec<[u8; 3]> {
        let sample_at = |column: usize| {
            let time = start + (end - start) * (column as f64 + 0.5) / columns as f64;
            self.tints.at(time).map_or(&[][..], |(_, sample)| sample)
        };
        let samples: Vec<_> = (0..columns).map(sample_at).collect();
        let cell = |row: usize, sample: &[u16]| tint_color(sample[row]);
        (0..self.shown.len()).rev().flat_map(|row| samples.iter().map(move |sample| cell(row, sample))).collect()
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
    let start = raster.times().first().copied().unwrap_or(0.0);
    let end = raster.tints.end().unwrap_or(start);
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
    figure.describe(&format!(
        "A row for each of {} agents and a column for each instant from {} s to {} s; the colour is the phase. {}",
        raster.shown.len(),
        short(start),
        short(end),
        "Rows of one colour at one time are agents in phase.",
    ));
    frame.draw(&mut figure, options, Vec::new());
    if raster.times().is_empty() || raster.shown.is_empty() {
        let middle = ((frame.left + frame.right) / 2.0, (frame.top + frame.bottom) / 2.0);
        figure.text(middle, TextAnchor::Middle, LABEL, INK, "no data");
    } else {
        let columns = MOST.min((frame.right - frame.left) as usize).max(1);
        let area = [frame.left, frame.top, frame.right - frame.left, frame.bottom - frame.top];
        figure.set_raster(area, columns, raster.cells(columns, start, end));
    }
    phase_bar(&mut figure, (frame.right + 26.0, frame.top, frame.bottom));
    Ok(figure)
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
    fn a_cell_has_the_colour_of_the_phase_at_its_time_and_the_first_agent_is_at_the_bottom() {
        let mut raster = PhaseRaster::new(2);
        raster.push(0.0, &[0.0, 1.0]).unwrap();
        raster.push(1.0, &[2.0, 3.0]).unwrap();
        raster.push(2.0, &[2.0, 3.0]).unwrap();
        let expected = [1.0, 3.0, 0.0, 2.0].map(super::super::phase_color);
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

    #[test]
    fn the_circle_of_a_time_has_the_phases_of_those_who_are_there() {
        let mut raster = PhaseRaster::new(3);
        assert_eq!(raster.circle(0.0, OrderParameter::default()), Ok(None));
        raster.push(0.0, &[0.0, 1.0, 2.0]).unwrap();
        raster.push(1.0, &[3.0, f64::NAN, 5.0]).unwrap();
        let circle = raster.circle(7.0, OrderParameter { r: 0.5, psi: 1.0 }).unwrap().unwrap();
        assert_eq!(circle.phases().len(), 2);
        assert!(circle.phases().iter().zip([3.0, 5.0]).all(|(found, phase)| (found - phase).abs() < 0.013));
    }
}
