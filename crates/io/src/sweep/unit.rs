//! The units of what can be varied.

/// Units, and the keys of a scenario that are in them.
const UNITS: [(&str, &[&str]); 9] = [
    ("rad", &["phases.mean", "phases.value", "coupling.phase_lag", "goal.phase", "strategy.phase"]),
    (
        "rad/s",
        &[
            "frequencies.mean",
            "frequencies.std",
            "frequencies.center",
            "frequencies.half_width",
            "frequencies.low",
            "frequencies.high",
            "frequencies.value",
            "coupling.strength",
            "goal.frequency",
        ],
    ),
    ("rad²/s", &["coupling.noise"]),
    ("s", &["time.step", "time.duration", "goal.hold", "goal.deadline", "strategy.every", "memory.every"]),
    ("1/s", &["strategy.rate"]),
    ("units", &["energy.capacity", "strategy.reserve"]),
    ("units/rad", &["energy.cost_per_radian"]),
    ("units/s", &["energy.recovery"]),
    // Its unit is that of the pattern.
    ("by pattern", &["goal.tolerance"]),
];

/// The unit of a key of a scenario, `1` for a number that has none.
pub(crate) fn unit(key: &str) -> &'static str {
    UNITS.iter().find(|(_, keys)| keys.contains(&key)).map_or("1", |(unit, _)| unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_with_a_unit_are_keys_of_a_scenario() {
        let known = crate::Scenario::keys();
        for key in UNITS.iter().flat_map(|(_, keys)| *keys) {
            assert!(known.iter().any(|known| known == key), "{key}");
        }
        assert_eq!((unit("coupling.strength"), unit("network.agents")), ("rad/s", "1"));
    }
}
