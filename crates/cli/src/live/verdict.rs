//! How a swarm gets on towards its goal, with the figures behind it.

use lampyrid::swarm::{Goal, Measurement, Pattern, SwarmGoal, Verdict};
use serde::Serialize;

/// The goal, what was found, and what to make of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Judgement {
    pub pattern: &'static str,
    pub aim: Aim,
    /// The verdict in one word.
    pub verdict: &'static str,
    /// The same in a sentence with its number.
    pub words: String,
    /// 0 where the pattern is met, of the order of 1 in disorder.
    pub distance: f64,
    /// What was measured beside what it must be, those that decide.
    pub figures: Vec<Figure>,
}

/// Where one is, in short.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Aim {
    Converged,
    NotYet,
    /// It had been attained, and is not met any more.
    Lost,
    /// The deadline has passed.
    Late,
}

/// A number and its bound.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Figure {
    pub name: String,
    pub value: f64,
    pub bound: f64,
    /// Whether it must be at least its bound, or at most.
    pub is_least: bool,
    pub unit: &'static str,
}

impl Judgement {
    /// What is known at a time [simulated s].
    pub(crate) fn of(watched: &SwarmGoal, now: f64) -> Self {
        let (goal, verdict) = (watched.goal(), watched.verdict());
        Self {
            pattern: goal.pattern.name(),
            aim: Aim::of(&verdict),
            verdict: verdict.name(),
            words: words(&verdict, goal, now, watched.distance()),
            distance: watched.distance(),
            figures: figures(goal, watched.measurement()),
        }
    }

    /// The bound on R, if the pattern has one: R at least that, or at most.
    pub(crate) fn bound_of_r(&self) -> Option<(f64, bool)> {
        self.figures.iter().find(|figure| figure.name == "R").map(|figure| (figure.bound, figure.is_least))
    }
}

impl Aim {
    fn of(verdict: &Verdict) -> Self {
        match verdict {
            Verdict::Attained { .. } => Self::Converged,
            Verdict::Unknown | Verdict::Holding { .. } | Verdict::Converging { .. } | Verdict::Stuck { .. } => {
                Self::NotYet
            }
            Verdict::Lost { .. } => Self::Lost,
            Verdict::Late { .. } => Self::Late,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Converged => "converged",
            Self::NotYet => "not yet",
            Self::Lost => "lost",
            Self::Late => "late",
        }
    }
}

fn words(verdict: &Verdict, goal: &Goal, now: f64, distance: f64) -> String {
    match *verdict {
        Verdict::Unknown => "not looked at yet".to_owned(),
        Verdict::Attained { since } => format!("held for {:.1} s", now - since),
        Verdict::Holding { since } => format!("met for {:.1} s of {:.1} s", now - since, goal.hold),
        Verdict::Converging { rate, left } if left.is_finite() => {
            format!("distance {distance:.3}, shrinks by {rate:.3}/s, {left:.0} s left if it goes on")
        }
        Verdict::Converging { .. } => format!("distance {distance:.3}, not shrinking"),
        Verdict::Stuck { since, best } => format!("stuck since {since:.1} s, never nearer than {best:.3}"),
        Verdict::Lost { since } => format!("lost at {since:.1} s, distance {distance:.3}"),
        Verdict::Late { distance } => format!("not by the deadline of {:.0} s, distance {distance:.3}", goal.deadline),
    }
}

fn figures(goal: &Goal, found: &Measurement) -> Vec<Figure> {
    let figure =
        |name: &str, value, bound, is_least, unit| Figure { name: name.to_owned(), value, bound, is_least, unit };
    let order = |m: u32| if m == 1 { "R".to_owned() } else { format!("R{m}") };
    match goal.pattern {
        Pattern::InPhase => vec![figure("R", found.order(1), goal.target, true, "")],
        Pattern::Splay => {
            let mut both = vec![figure("R", found.order(1), goal.tolerance, false, "")];
            // Gaps are measured only once the phases balance.
            if found.order(1) <= goal.tolerance {
                both.push(figure("largest gap", found.largest_gap, Goal::even_gap(found.agents), false, "rad"));
            }
            both
        }
        Pattern::Clusters(m) => {
            let below = (1..m).map(|k| figure(&order(k), found.order(k), goal.tolerance, false, ""));
            std::iter::once(figure(&order(m), found.order(m), goal.target, true, "")).chain(below).collect()
        }
        Pattern::Locked { .. } => {
            vec![figure("frequency off by", found.frequency_error, goal.tolerance, false, "rad/s")]
        }
        Pattern::PhaseAt { phase } => vec![
            figure("R", found.order(1), goal.target, true, ""),
            figure("phase off by", found.off(phase), goal.tolerance, false, "rad"),
        ],
    }
}

impl std::fmt::Display for Figure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = if self.is_least { '≥' } else { '≤' };
        let space = if self.unit.is_empty() { "" } else { " " };
        if self.value.is_finite() {
            write!(f, "{} {:.3} {sign} {:.3}{space}{}", self.name, self.value, self.bound, self.unit)
        } else {
            write!(f, "{} ? {sign} {:.3}{space}{}", self.name, self.bound, self.unit)
        }
    }
}
