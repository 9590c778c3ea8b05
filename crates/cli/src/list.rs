//! `lampyrid list`: the words that scenarios and commands know.

use std::io::Write;

use serde::Serialize;

use crate::{
    arguments::{ListArguments, Listing},
    error::Failure,
    exit_code,
};

/// A word and what it means.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Word {
    pub name: &'static str,
    pub what: &'static str,
}

const fn word(name: &'static str, what: &'static str) -> Word {
    Word { name, what }
}

impl Listing {
    /// All of them, in the order in which they are told.
    pub(crate) const ALL: [Self; 7] = [
        Self::Presets,
        Self::Topologies,
        Self::Strategies,
        Self::Patterns,
        Self::Disruptions,
        Self::Networks,
        Self::Examples,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Presets => "presets",
            Self::Topologies => "topologies",
            Self::Strategies => "strategies",
            Self::Patterns => "patterns",
            Self::Disruptions => "disruptions",
            Self::Networks => "networks",
            Self::Examples => "examples",
        }
    }

    /// How one is asked for.
    fn usage(self) -> &'static str {
        match self {
            Self::Presets => "--set goal.preset=NAME --set goal.size=tiny|small|medium|large|huge",
            Self::Topologies => "--set network.kind=NAME",
            Self::Strategies => "--set strategy.kind=NAME",
            Self::Patterns => "--set goal.pattern=NAME",
            Self::Disruptions => "kind = \"NAME\" in a table [[disruption]] of a scenario",
            Self::Networks => "--set network.builtin=NAME",
            Self::Examples => "cargo run --release --example NAME, in the repository",
        }
    }

    pub(crate) fn words(self) -> &'static [Word] {
        match self {
            Self::Presets => &PRESETS,
            Self::Topologies => &TOPOLOGIES,
            Self::Strategies => &STRATEGIES,
            Self::Patterns => &PATTERNS,
            Self::Disruptions => &DISRUPTIONS,
            Self::Networks => &NETWORKS,
            Self::Examples => &EXAMPLES,
        }
    }
}

const PRESETS: [Word; 8] = [
    word("minimize_api_calls", "all act at once, so that requests share a call: in phase"),
    word("distribute_load", "no two act at once: a splay"),
    word("reach_consensus", "all agree, on a network that grew: in phase"),
    word("minimize_latency", "all agree as soon as may be: in phase"),
    word("save_energy", "all agree for little energy: in phase"),
    word("maintain_rhythm", "all turn at the pacemaker's frequency: locked"),
    word("recover_from_failure", "all agree in spite of failures: in phase"),
    word("adapt_to_traffic", "all follow a pacemaker at an angle: phase_at"),
];

const TOPOLOGIES: [Word; 9] = [
    word("ring", "a circle; agents, neighbors (even)"),
    word("lattice", "a rectangle or torus; agents, or width and height, periodic"),
    word("complete", "everybody with everybody; agents"),
    word("random", "random pairs (Erdős & Rényi); agents, and probability, neighbors or links"),
    word("small_world", "a ring some of whose links lead elsewhere (Watts & Strogatz); agents, neighbors, rewire"),
    word("scale_free", "preferential attachment (Barabási & Albert); agents, attach"),
    word("star", "one in the middle; agents"),
    word("modular", "dense blocks; agents and blocks, or sizes, within, between"),
    word("geometric", "linked when near, in a square; agents, and radius or neighbors, periodic"),
];

const STRATEGIES: [Word; 7] = [
    word("phase_nudge", "sine coupling times a gain; gain"),
    word("frequency_lock", "the same, and frequencies follow those of neighbours; gain, rate (1/s)"),
    word("pulse", "jumps at the firing of neighbours; strength, curvature, refractory"),
    word("energy_aware", "sine coupling that fades with energy; gain, reserve"),
    word("desync", "to the middle between the neighbours before and after; rate (1/s)"),
    word("offset", "each at an angle of its own; gain, rate (1/s), and slots or phase (rad)"),
    word("adaptive", "one of these, by what an agent perceives; gain, rate (1/s), reserve, every (s)"),
];

const PATTERNS: [Word; 5] = [
    word("in_phase", "all in one phase: R at least target"),
    word("splay", "evenly around the circle: R at most tolerance, no gap above twice the even one"),
    word("clusters", "groups evenly around the circle; clusters, target, tolerance"),
    word("locked", "all at one frequency; frequency (rad/s), tolerance (rad/s)"),
    word("phase_at", "all in one phase, ahead of a pacemaker; phase (rad), tolerance (rad)"),
];

const DISRUPTIONS: [Word; 6] = [
    word("scramble", "phases become random; fraction, at (s)"),
    word("silence", "agents neither hear nor are heard; fraction, at, until (s)"),
    word("remove", "agents go for good; fraction, at (s)"),
    word("cut_links", "links are cut; fraction, at, until (s)"),
    word("shift_frequencies", "natural frequencies change; by (rad/s), fraction, at, until (s)"),
    word("freeze_energy", "energy neither comes nor goes; fraction, at, until (s)"),
];

const NETWORKS: [Word; 2] = [
    word("power_grid", "the western United States power grid: 4,941 buses, 6,594 lines"),
    word("celegans", "the neurons of C. elegans: 297 cells, 2,345 directed weighted links"),
];

const EXAMPLES: [Word; 23] = [
    word("first_sync", "a hundred oscillators find a common rhythm"),
    word("power_grid", "a real network from a file"),
    word("connectome", "a directed, weighted network and a phase lag"),
    word("critical_coupling", "the onset of synchrony beside theory"),
    word("custom_coupling", "a coupling law of one's own"),
    word("own_strategy", "a strategy of one's own"),
    word("replace_integrator", "an integrator of one's own"),
    word("two_communities", "parts of a swarm with couplings of their own"),
    word("save_and_load", "an app that goes on where it was ended"),
    word("spatial_fireflies", "fireflies that wander (--features spatial)"),
    word("embed_minimal", "the least an app needs to host a swarm"),
    word("embed_in_bevy_app", "a host app that reads and writes the swarm"),
    word("custom_schedule", "the host's schedule decides when the swarm steps"),
    word("subapp", "a world of its own for the swarm"),
    word("pause_and_step", "pause and single step by a state of the host's"),
    word("drive_a_light", "phases drive the brightness of lamps"),
    word("api_batching", "a thousand clients share calls"),
    word("load_distribution", "fifty workers even out a server's load"),
    word("distributed_cron", "two hundred machines keep apart without a timetable"),
    word("disruption_recovery", "how soon a swarm finds back"),
    word("energy_budget", "what agreement costs"),
    word("tdma_slots", "radios find slots of their own"),
    word("fireflies", "nothing but flashes"),
];

/// Tells the words of one kind, or of all.
pub(crate) fn list(arguments: &ListArguments) -> Result<u8, Failure> {
    let all = Listing::ALL.as_slice();
    let asked = arguments.what.as_ref().map_or(all, std::slice::from_ref);
    let mut out = std::io::stdout().lock();
    if arguments.json {
        let words: std::collections::BTreeMap<_, _> = asked.iter().map(|one| (one.name(), one.words())).collect();
        writeln!(out, "{}", serde_json::to_string_pretty(&words).unwrap_or_default())?;
    } else if !arguments.quiet {
        for (place, one) in asked.iter().enumerate() {
            let gap = if place > 0 { "\n" } else { "" };
            writeln!(out, "{gap}{} ({})", one.name(), one.usage())?;
            for Word { name, what } in one.words() {
                writeln!(out, "  {name:<21}{what}")?;
            }
        }
    }
    out.flush()?;
    Ok(exit_code::DONE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use lampyrid::{
        io::scenario::{Scenario, ScenarioProblem},
        swarm::Preset,
    };

    /// The words that the reader of scenarios takes at the place of a question mark.
    fn known(text: &str) -> Vec<&'static str> {
        let error = Scenario::parse(text, "scenario.toml").unwrap_err();
        match error.problem() {
            ScenarioProblem::UnknownWord { known, .. } => known.clone(),
            other => panic!("{other}"),
        }
    }

    fn names(listing: Listing) -> Vec<&'static str> {
        listing.words().iter().map(|word| word.name).collect()
    }

    #[test]
    fn what_is_listed_is_what_scenarios_know() {
        let disruption = "[[disruption]]\nkind = \"?\"";
        for (listing, text) in [
            (Listing::Topologies, "network.kind = \"?\""),
            (Listing::Strategies, "strategy.kind = \"?\""),
            (Listing::Patterns, "goal.pattern = \"?\""),
            (Listing::Disruptions, disruption),
            (Listing::Networks, "network.builtin = \"?\""),
            (Listing::Presets, "goal.preset = \"?\"\ngoal.pattern = \"splay\""),
        ] {
            assert_eq!(names(listing), known(text), "{}", listing.name());
        }
        assert_eq!(names(Listing::Presets), Preset::ALL.map(Preset::name));
    }

    #[test]
    fn every_example_of_the_repository_is_listed() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples");
        let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let mut found: Vec<String> = files
            .filter(|path| path.extension().is_some_and(|kind| kind == "rs"))
            .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
            .collect();
        found.sort();
        let mut listed = names(Listing::Examples);
        listed.sort_unstable();
        assert_eq!(listed, found);
    }
}
