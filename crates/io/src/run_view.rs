//! The pictures of a run.

use lampyrid_graph::Adjacency;
use lampyrid_measure::OrderParameter;

use crate::plot::{self, DisruptionMark, Figure, MOST_DRAWN, MeanField, PlotError, PlotOptions, SeriesView};
use crate::product::Picture;
use crate::recording::Recording;
use crate::run_record::RunRecord;
use crate::scenario::{Pattern, Scenario, Word};
use crate::series_reader::NamedCurve;

/// A run as far as pictures show it.
#[derive(Clone, Copy, Debug)]
pub struct RunView<'a> {
    /// What was run, and what came of it.
    pub record: &'a RunRecord,
    /// R and further columns over time, R first.
    pub curves: &'a [NamedCurve],
    /// What was recorded meanwhile.
    pub recording: &'a Recording,
    /// The network as it was in the beginning, if it was kept.
    pub network: Option<&'a Adjacency>,
}

impl RunView<'_> {
    /// The pictures that there is anything to draw on, in the order in which a report shows them.
    #[must_use]
    pub fn pictures(&self) -> Vec<Picture> {
        Picture::ALL.into_iter().filter(|&picture| self.lacks(picture).is_none()).collect()
    }

    /// Draws a picture.
    ///
    /// # Errors
    ///
    /// [`PlotError::NothingToDraw`] if it is none of [`pictures`](Self::pictures); when the size is out of reason.
    pub fn draw(&self, picture: Picture, options: &PlotOptions) -> Result<Figure, PlotError> {
        if let Some(reason) = self.lacks(picture) {
            return Err(PlotError::NothingToDraw { picture: picture.name(), reason });
        }
        let Recording { raster, circles, rotations, energy, strategies, .. } = self.recording;
        let nothing = || PlotError::NothingToDraw { picture: picture.name(), reason: "nothing was recorded" };
        match picture {
            Picture::OrderParameter => self.order_parameter(options),
            Picture::PhaseCircles => plot::phase_circles(circles, options),
            Picture::PhaseRaster => plot::phase_raster(raster, options),
            Picture::EffectiveFrequencies => plot::effective_frequencies(rotations, options),
            Picture::PhasePortrait => plot::phase_portrait(rotations, self.coherence(), self.field(), options),
            Picture::Network => {
                let network = self.network.ok_or_else(nothing)?;
                plot::network_drawing(network, rotations.phases(), self.record.time, options)
            }
            Picture::Energy => plot::energy_ledger(energy.as_ref().ok_or_else(nothing)?, options),
            Picture::Strategies => plot::strategy_shares(strategies.as_ref().ok_or_else(nothing)?, options),
        }
    }

    /// Why there is nothing to draw on a picture.
    fn lacks(&self, picture: Picture) -> Option<&'static str> {
        let is_small = self.record.agents <= MOST_DRAWN as u64;
        match picture {
            Picture::EffectiveFrequencies | Picture::PhasePortrait
                if self.recording.rotations.rotations().is_empty() =>
            {
                Some("no time has passed, or nobody is left")
            }
            Picture::Network if !is_small => Some("a network of more than 500 agents would be a blot"),
            Picture::Network if self.record.scenario.coupling.all_to_all => Some("all are coupled to all"),
            Picture::Network if self.network.is_none() => Some("the network is not known"),
            Picture::Energy if self.recording.energy.is_none() => Some("coupling is free: there is no [energy]"),
            Picture::Strategies if self.recording.strategies.is_none() => Some("there is one strategy at most"),
            _ => None,
        }
    }

    fn order_parameter(&self, options: &PlotOptions) -> Result<Figure, PlotError> {
        let (r, further) = self.curves.split_first().map_or((&[][..], &[][..]), |(r, further)| (&r.1[..], further));
        let names: Vec<String> = further.iter().map(|(name, _)| name.replace('_', " ")).collect();
        let further: Vec<(&str, &[(f64, f64)])> =
            names.iter().zip(further).map(|(name, (_, points))| (&name[..], &points[..])).collect();
        let disruptions = self.disruptions();
        let view = SeriesView {
            r,
            further: &further,
            goal: goal_band(&self.record.scenario),
            disruptions: &disruptions,
            recoveries: &self.recording.recoveries,
        };
        plot::order_parameter(&view, options)
    }

    /// What has happened, and until when it was planned to last.
    fn disruptions(&self) -> Vec<DisruptionMark> {
        let planned = &self.record.scenario.disruptions;
        let mark = |happened: &crate::DisruptionRecord| {
            let same = |plan: &&crate::scenario::Disruption| {
                plan.kind.word() == happened.kind && (plan.at - happened.at).abs() <= self.record.scenario.time.step
            };
            let until = planned.iter().find(same).and_then(|plan| plan.until);
            let name = format!("{} ({})", happened.kind.replace('_', " "), happened.hit);
            DisruptionMark { at: happened.at, until, name }
        };
        self.record.disruptions.iter().map(mark).collect()
    }

    fn coherence(&self) -> OrderParameter {
        OrderParameter { r: self.record.r#final.r, psi: self.record.r#final.psi }
    }

    /// The mean field, where everybody feels it and nothing else.
    fn field(&self) -> Option<MeanField> {
        let Scenario { coupling, strategy, goal, .. } = &self.record.scenario;
        let is_plain = coupling.all_to_all && strategy.is_none() && goal.is_none();
        is_plain.then_some(MeanField { strength: coupling.strength, lag: coupling.phase_lag })
    }
}

/// The R that a goal asks for, where it asks for R alone or for hardly more.
fn goal_band(scenario: &Scenario) -> Option<(f64, f64)> {
    let goal = scenario.goal?;
    match goal.pattern {
        Pattern::InPhase | Pattern::PhaseAt { .. } => Some((goal.target, 1.0)),
        Pattern::Splay => Some((0.0, goal.tolerance.min(1.0))),
        _ => None,
    }
}

/// Whether the network of a scenario can be drawn: it is small, and agents are coupled along it.
#[must_use]
pub fn network_is_drawable(scenario: &Scenario, agents: usize) -> bool {
    agents <= MOST_DRAWN && !scenario.coupling.all_to_all
}

/// The half-width of the frequencies, in rad/s, where the mean of R over a swarm of this scenario is known to follow
/// √(1 − 2γ/K): all coupled to all, frequencies of a Lorentzian law, no lag, no noise, no strategy and no goal.
#[must_use]
pub fn lorentzian_half_width(scenario: &Scenario) -> Option<f64> {
    use crate::scenario::{Frequencies, FrequencyDistribution};
    let Scenario { coupling, strategy, goal, energy, disruptions, .. } = scenario;
    let is_plain = coupling.all_to_all
        && coupling.phase_lag == 0.0
        && coupling.noise == 0.0
        && strategy.is_none()
        && goal.is_none()
        && energy.is_none()
        && disruptions.is_empty();
    match scenario.frequencies {
        Frequencies::Drawn { distribution: FrequencyDistribution::Lorentzian { half_width, .. }, .. } if is_plain => {
            Some(half_width)
        }
        _ => None,
    }
}
