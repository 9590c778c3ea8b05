//! How soon swarms agree.

use super::{Case, Measure, Value};
use crate::convergence::ticks_to;

/// Agents, links per agent in the mean, seeds, and the ticks to R ≥ 0.7 and R ≥ 0.9 that a swarm took
/// which turned by 0.3 of the arc to its neighbours' mean phase and, like this one, never by more
/// than 0.3 π, a tenth of its agents sitting out; where that is known.
const SWARMS: [(usize, f64, u64, Option<[f64; 2]>); 8] = [
    (20, 4.3, 20, Some([4.0, 8.0])),
    (50, 9.0, 20, Some([4.0, 6.0])),
    (200, 17.8, 20, Some([6.0, 8.0])),
    (1000, 19.8, 20, Some([6.0, 8.0])),
    (2000, 4.0, 20, Some([75.0, 90.0])),
    (10_000, 4.0, 20, Some([99.0, 115.0])),
    (100_000, 4.0, 5, None),
    (1_000_000, 4.0, 1, None),
];

/// All of them only where swarms of a million are wanted: the two largest take minutes.
pub(super) fn cases(largest: usize) -> Vec<Case> {
    let largest = if largest < 1_000_000 { largest.min(10_000) } else { largest };
    let swarms = SWARMS.into_iter().filter(|(agents, ..)| *agents <= largest);
    swarms.map(|(agents, mean_degree, seeds, bars)| case(agents, mean_degree, seeds, bars)).collect()
}

fn case(agents: usize, mean_degree: f64, seeds: u64, bars: Option<[f64; 2]>) -> Case {
    let measures = vec![
        Measure::lower("ticks_to_0.7", "ticks", bars.map(|bars| bars[0])),
        Measure::lower("ticks_to_0.9", "ticks", bars.map(|bars| bars[1])),
    ];
    let sentence = "ticks to a coherence on random links by a local rule, median over seeds";
    Case::new(format!("convergence/{agents}"), sentence, measures, move |_| {
        let ticks = |seed| ticks_to([0.7, 0.9], agents, mean_degree, seed);
        let found = (1..=seeds).map(ticks).collect::<Result<Vec<_>, _>>()?;
        Ok([0, 1].map(|level| over_seeds(found.iter().map(|ticks| ticks[level]).collect())).into())
    })
}

/// The upper median, and the range.
fn over_seeds(mut ticks: Vec<u64>) -> Value {
    ticks.sort_unstable();
    let [first, median, last] = [0, ticks.len() / 2, ticks.len() - 1].map(|place| ticks[place] as f64);
    Value(median, Some([first, last]))
}

#[cfg(test)]
mod tests {
    use super::{super::Conditions, *};

    #[test]
    fn swarms_agree_no_later_than_they_used_to() {
        let conditions = Conditions { rounds: 1, largest: 2000, allocated: Default::default };
        let cases = cases(conditions.largest);
        assert_eq!(cases.len(), 5);
        for outcome in cases.iter().flat_map(|case| case.run(&conditions).unwrap()) {
            assert_eq!(outcome.holds, Some(true), "{outcome:?}");
        }
    }
}
