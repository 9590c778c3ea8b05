//! Phases on the circle at a few instants.

use std::f64::consts::FRAC_PI_2;

use kuva::render::color::Color;
use kuva::render::render::{PathData, Primitive, TextAnchor};
use lampyrid_measure::OrderParameter;
use serde::{Deserialize, Serialize};

use super::color::{GRID, INK, LINES, MUTED};
use super::error::{PlotError, check_finite};
use super::figure::{Figure, PlotOptions};
use super::frame::{LABEL, TICK, head};
use super::series::short;

/// Most agents shown.
const DOTS: usize = 200;

/// The phases of a swarm at an instant: of at most 200 agents, spaced evenly over all of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CircleSnapshot {
    time: f64,
    #[serde(with = "Coherence")]
    coherence: OrderParameter,
    agents: usize,
    phases: Vec<f64>,
}

/// R and ψ as they are written down.
#[derive(Serialize, Deserialize)]
#[serde(remote = "OrderParameter")]
struct Coherence {
    r: f64,
    psi: f64,
}

impl CircleSnapshot {
    /// Keeps what a picture needs of all phases, in rad, at a time, in s, with their coherence R e^{iψ}.
    ///
    /// # Errors
    ///
    /// When time, R, ψ or a phase to be shown is not finite.
    pub fn new(time: f64, phases: &[f64], coherence: OrderParameter) -> Result<Self, PlotError> {
        check_finite("time, R or ψ of a snapshot", [time, coherence.r, coherence.psi])?;
        let shown = phases.len().min(DOTS);
        let phases_shown: Vec<f64> = (0..shown).map(|dot| phases[dot * phases.len() / shown]).collect();
        check_finite("the phase of a shown agent", phases_shown.iter().copied())?;
        Ok(Self { time, coherence, agents: phases.len(), phases: phases_shown })
    }

    /// The phases, of finite ones, of some of so many agents.
    pub(super) fn of_some(
        time: f64,
        phases: Vec<f64>,
        agents: usize,
        coherence: OrderParameter,
    ) -> Result<Self, PlotError> {
        check_finite("time, R or ψ of a snapshot", [time, coherence.r, coherence.psi])?;
        Ok(Self { time, coherence, agents, phases })
    }

    #[cfg(test)]
    pub(super) fn phases(&self) -> &[f64] {
        &self.phases
    }
}

/// Draws phases as dots on the unit circle, one circle beside the other, each with the mean vector R e^{iψ}.
///
/// # Errors
///
/// When the size is out of reason.
pub fn phase_circles(snapshots: &[CircleSnapshot], options: &PlotOptions) -> Result<Figure, PlotError> {
    options.check()?;
    let mut figure = Figure::new(options);
    let agents = snapshots.iter().map(|snapshot| snapshot.agents).max().unwrap_or(0);
    let note = match snapshots.iter().map(|snapshot| snapshot.phases.len()).max() {
        Some(shown) if shown < agents => format!("{shown} of {agents} agents and the mean vector of all"),
        _ => format!("{agents} agents and their mean vector"),
    };
    head(&mut figure, options.title.as_deref().unwrap_or("Phases on the circle"), &note);
    let width = options.width / snapshots.len().max(1) as f64;
    // Above and below a circle stand angles, and below these the words.
    let (top, above, below) = (56.0, 24.0, 62.0);
    let height = options.height - top;
    let radius = (0.5 * width - 36.0).min(0.5 * (height - above - below)).max(10.0);
    let middle = top + 0.5 * (height + above - below);
    for (panel, snapshot) in snapshots.iter().enumerate() {
        circle(&mut figure, ((panel as f64 + 0.5) * width, middle), radius, snapshot);
    }
    figure.describe(&described(snapshots));
    if snapshots.is_empty() {
        let middle = (options.width / 2.0, options.height / 2.0);
        figure.text(middle, TextAnchor::Middle, LABEL, MUTED, "no data");
    }
    Ok(figure)
}

fn described(snapshots: &[CircleSnapshot]) -> String {
    let one = |snapshot: &CircleSnapshot| format!("at {} s R is {:.3}", short(snapshot.time), snapshot.coherence.r);
    let all: Vec<String> = snapshots.iter().map(one).collect();
    format!("Each dot on a circle is the phase of an agent, the arrow the mean of all: {}.", all.join(", "))
}

fn circle(figure: &mut Figure, center: (f64, f64), radius: f64, snapshot: &CircleSnapshot) {
    let at = |phase: f64, distance: f64| {
        (center.0 + radius * distance * phase.cos(), center.1 - radius * distance * phase.sin())
    };
    figure.line(at(0.0, -1.0), at(0.0, 1.0), GRID, 1.0, None);
    figure.line(at(FRAC_PI_2, -1.0), at(FRAC_PI_2, 1.0), GRID, 1.0, None);
    figure.add(Primitive::Circle {
        cx: center.0,
        cy: center.1,
        r: radius,
        fill: Color::None,
        fill_opacity: None,
        stroke: Some(Color::from("#b0b0b0")),
        stroke_width: Some(1.0),
    });
    let (right, above, left, below) = (at(0.0, 1.0), at(FRAC_PI_2, 1.0), at(0.0, -1.0), at(FRAC_PI_2, -1.0));
    figure.text((right.0 + 9.0, right.1 + 4.5), TextAnchor::Start, TICK, MUTED, "0");
    figure.text((above.0, above.1 - 11.0), TextAnchor::Middle, TICK, MUTED, "π/2");
    figure.text((left.0 - 9.0, left.1 + 4.5), TextAnchor::End, TICK, MUTED, "π");
    figure.text((below.0, below.1 + 21.0), TextAnchor::Middle, TICK, MUTED, "3π/2");
    // Many dots lie over each other, and how many is to be seen.
    let opacity = (60.0 / snapshot.phases.len().max(1) as f64).clamp(0.3, 0.85);
    for phase in &snapshot.phases {
        figure.dot(at(*phase, 1.0), 4.0, LINES[0], opacity);
    }
    arrow(figure, center, at(snapshot.coherence.psi, snapshot.coherence.r));
    let below = center.1 + radius + 46.0;
    let words = format!("t = {} s,  R = {:.3}", short(snapshot.time), snapshot.coherence.r);
    figure.text((center.0, below), TextAnchor::Middle, LABEL, INK, &words);
}

fn arrow(figure: &mut Figure, from: (f64, f64), to: (f64, f64)) {
    let (across, down) = (to.0 - from.0, to.1 - from.1);
    let length = across.hypot(down);
    let color = LINES[1];
    figure.dot(from, 2.6, color, 1.0);
    // Shorter than its own foot, a vector has no direction to show.
    if length < 4.0 {
        return;
    }
    let (across, down) = (across / length, down / length);
    let head = (0.6 * length).min(12.0);
    let (neck, side) = ((to.0 - head * across, to.1 - head * down), 0.42 * head);
    figure.line(from, neck, color, 2.6, None);
    let corners = [to, (neck.0 - side * down, neck.1 + side * across), (neck.0 + side * down, neck.1 - side * across)];
    let [tip, left, right] = corners.map(|(x, y)| format!("{x:.2} {y:.2}"));
    figure.add(Primitive::Path(Box::new(PathData {
        d: format!("M {tip} L {left} L {right} Z"),
        fill: Some(Color::from(color)),
        stroke: Color::None,
        stroke_width: 0.0,
        opacity: None,
        stroke_dasharray: None,
    })));
}

#[cfg(test)]
mod tests {
    use std::f64::consts::TAU;

    use super::*;

    #[test]
    fn a_snapshot_keeps_an_even_sample_of_many_agents_and_every_one_of_few() {
        let phases: Vec<f64> = (0..3000).map(|agent| TAU * f64::from(agent) / 3000.0).collect();
        let snapshot = CircleSnapshot::new(0.0, &phases, OrderParameter::default()).unwrap();
        assert_eq!(snapshot.phases.len(), DOTS);
        assert_eq!(snapshot.phases[1], phases[15]);
        assert_eq!(CircleSnapshot::new(0.0, &phases[..7], OrderParameter::default()).unwrap().phases, phases[..7]);
        assert!(CircleSnapshot::new(0.0, &[], OrderParameter::default()).unwrap().phases.is_empty());
    }

    #[test]
    fn a_snapshot_of_what_is_no_number_is_refused() {
        assert!(CircleSnapshot::new(f64::NAN, &[0.0], OrderParameter::default()).is_err());
        assert!(CircleSnapshot::new(0.0, &[f64::INFINITY], OrderParameter::default()).is_err());
        assert!(CircleSnapshot::new(0.0, &[0.0], OrderParameter { r: f64::NAN, psi: 0.0 }).is_err());
    }
}
