//! The main measurements, as data.

mod checkpoint;
mod coherence;
mod construction;
mod convergence;
mod goals;
mod recording;
mod stepping;

use bevy_ecs::error::BevyError;

pub use stepping::Churned;

use crate::{
    duel::Duel,
    report::{Better, Outcome},
};

/// How thoroughly to measure, and with whose help.
#[derive(Clone, Copy, Debug)]
pub struct Conditions {
    /// Rounds of every pair that is timed.
    pub rounds: usize,
    /// Swarms of more agents than this are left out.
    pub largest: usize,
    /// What the program's allocator has handed out since the beginning.
    pub allocated: fn() -> Allocated,
}

impl Conditions {
    /// Everything, or what takes less than a minute.
    #[must_use]
    pub fn new(quick: bool, allocated: fn() -> Allocated) -> Self {
        let (rounds, largest) = if quick { (41, 100_000) } else { (101, 1_000_000) };
        Self { rounds, largest, allocated }
    }
}

/// A sum over all allocations, given back or not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Allocated {
    /// Bytes asked for.
    pub bytes: u64,
    /// How often.
    pub allocations: u64,
}

/// One of the numbers that a case yields.
struct Measure {
    name: &'static str,
    unit: &'static str,
    better: Better,
    bar: Option<f64>,
}

impl Measure {
    const fn lower(name: &'static str, unit: &'static str, bar: Option<f64>) -> Self {
        Self { name, unit, better: Better::Lower, bar }
    }

    const fn higher(name: &'static str, unit: &'static str, bar: Option<f64>) -> Self {
        Self { name, unit, better: Better::Higher, bar }
    }
}

/// A number, and its range over the rounds if it is a ratio.
struct Value(f64, Option<[f64; 2]>);

type Run = dyn Fn(&Conditions) -> Result<Vec<Value>, BevyError>;

/// Something to measure.
pub struct Case {
    /// E.g. `step/1000`; its numbers are named `step/1000/…`.
    pub name: String,
    /// What it does.
    pub sentence: &'static str,
    measures: Vec<Measure>,
    /// As many values as measures.
    run: Box<Run>,
}

impl Case {
    fn new(
        name: String,
        sentence: &'static str,
        measures: Vec<Measure>,
        run: impl Fn(&Conditions) -> Result<Vec<Value>, BevyError> + 'static,
    ) -> Self {
        Self { name, sentence, measures, run: Box::new(run) }
    }

    /// A case of a host's own: what its second side costs in times of its first.
    #[must_use]
    pub fn of_duel(
        name: String,
        measure: &'static str,
        sentence: &'static str,
        bar: f64,
        duel: impl Fn(&Conditions) -> Result<Duel, BevyError> + 'static,
    ) -> Self {
        let measures = vec![Measure::lower(measure, "ratio", Some(bar))];
        Self::new(name, sentence, measures, move |conditions| {
            let duel = duel(conditions)?;
            let (low, high) = duel.range();
            Ok(vec![Value(duel.median(), Some([low, high]))])
        })
    }

    /// The same, and how often something came a second meanwhile: the names of both, the most that the one and the least
    /// that the other may be.
    #[must_use]
    pub fn of_duel_at_a_rate(
        name: String,
        [ratio, rate]: [&'static str; 2],
        sentence: &'static str,
        [most, least]: [f64; 2],
        duel: impl Fn(&Conditions) -> Result<(Duel, f64), BevyError> + 'static,
    ) -> Self {
        let measures = vec![Measure::lower(ratio, "ratio", Some(most)), Measure::higher(rate, "1/s", Some(least))];
        Self::new(name, sentence, measures, move |conditions| {
            let (duel, rate) = duel(conditions)?;
            let (low, high) = duel.range();
            Ok(vec![Value(duel.median(), Some([low, high])), Value(rate, None)])
        })
    }

    /// The names of its numbers.
    pub fn names(&self) -> impl Iterator<Item = String> {
        self.measures.iter().map(|measure| format!("{}/{}", self.name, measure.name))
    }

    /// Measures.
    ///
    /// # Errors
    ///
    /// If a swarm could not be built or stepped, which no case should come to.
    pub fn run(&self, conditions: &Conditions) -> Result<Vec<Outcome>, BevyError> {
        let values = (self.run)(conditions)?;
        let outcome = |((measure, name), Value(value, range)): ((&Measure, String), Value)| {
            let holds = measure.bar.map(|bar| match measure.better {
                Better::Lower => value <= bar,
                Better::Higher => value >= bar,
            });
            let Measure { unit, better, bar, .. } = *measure;
            Outcome { name, value, unit: unit.to_owned(), better, bar, holds, range }
        };
        Ok(self.measures.iter().zip(self.names()).zip(values).map(outcome).collect())
    }
}

/// All cases that these conditions allow.
#[must_use]
pub fn cases(conditions: &Conditions) -> Vec<Case> {
    let mut cases = construction::cases();
    cases.extend(stepping::cases(conditions.largest));
    cases.extend(coherence::cases());
    cases.extend(goals::cases(conditions.largest));
    cases.extend(checkpoint::cases(conditions.largest));
    cases.extend(recording::cases(conditions.largest));
    cases.extend(convergence::cases(conditions.largest));
    cases
}

/// Whether `wanted` names this case or number, or what both belong to: `step` names `step/1000/over_floor`.
#[must_use]
pub fn names(wanted: &str, name: &str) -> bool {
    name.strip_prefix(wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_has_a_name_of_its_own() {
        let conditions = Conditions::new(false, Allocated::default);
        let mut names: Vec<String> = cases(&conditions).iter().flat_map(Case::names).collect();
        let count = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), count);
    }

    #[test]
    fn a_name_stands_for_all_that_begins_with_it_up_to_a_slash() {
        assert!(names("step", "step/1000/over_floor") && names("step/1000", "step/1000"));
        assert!(!names("step/10", "step/1000/over_floor") && !names("steps", "step/1000"));
    }

    #[test]
    fn every_case_yields_a_finite_number_for_each_name() {
        let conditions = Conditions { rounds: 1, largest: 1000, allocated: Allocated::default };
        for case in cases(&conditions).iter().filter(|case| !case.name.ends_with("00000")) {
            let found = case.run(&conditions).unwrap();
            assert!(found.iter().map(|outcome| outcome.name.clone()).eq(case.names()), "{}", case.name);
            assert!(found.iter().all(|outcome| outcome.value.is_finite()), "{found:?}");
        }
    }
}
