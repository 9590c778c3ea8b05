//! `lampyrid new`: a scenario with every key explained.

use std::{
    fmt::Write as _,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use lampyrid::io::scenario::{ScenarioBuilder, nearest};
use lampyrid::swarm::Preset;

use crate::{arguments::NewArguments, error::Failure, exit_code, run::preset};

/// Why no scenario was written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NewError {
    #[error("unknown preset `{name}`; {}", hint(.nearest.as_ref()))]
    Preset { name: String, nearest: Option<&'static str> },
    #[error("{} is there already: name another file, or allow replacing it (--force)", path.display())]
    Exists { path: PathBuf },
    #[error("cannot write {}: {source}; name another file", path.display())]
    Unwritable { path: PathBuf, source: std::io::Error },
}

fn hint(nearest: Option<&&str>) -> String {
    nearest
        .map_or_else(|| "`lampyrid list presets` tells all".to_owned(), |nearest| format!("did you mean `{nearest}`?"))
}

/// Writes the scenario.
pub(crate) fn new(arguments: &NewArguments) -> Result<u8, Failure> {
    let preset = arguments.preset.as_deref().map(named).transpose()?;
    let text = annotated(preset)?;
    let mut out = std::io::stdout().lock();
    if arguments.file == Path::new("-") {
        out.write_all(text.as_bytes())?;
    } else {
        write(&arguments.file, &text, arguments.force)?;
        let file = arguments.file.display();
        if arguments.json {
            writeln!(out, "{}", serde_json::json!({ "file": arguments.file }))?;
        } else if !arguments.quiet {
            writeln!(out, "{file}: a scenario with every key explained; `lampyrid run {file}` runs it")?;
        }
    }
    out.flush()?;
    Ok(exit_code::DONE)
}

fn named(name: &str) -> Result<Preset, NewError> {
    let known = Preset::ALL.map(Preset::name);
    name.parse().map_err(|_| NewError::Preset { name: name.to_owned(), nearest: nearest(name, &known) })
}

fn write(path: &Path, text: &str, force: bool) -> Result<(), NewError> {
    let mut options = fs::OpenOptions::new();
    let opened = options.write(true).create(true).create_new(!force).truncate(force).open(path);
    let written = opened.and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|source| match source.kind() {
        std::io::ErrorKind::AlreadyExists => NewError::Exists { path: path.to_path_buf() },
        _ => NewError::Unwritable { path: path.to_path_buf(), source },
    })
}

/// A key: its default where the reader has none of its own, and what it means, with unit and range.
type Key = (&'static str, &'static str, &'static str);

/// Every table with its keys, in the order in which they are read.
const TABLES: [(&str, &str, &[Key]); 13] = [
    ("", "", &[("seed", "42", "what every random choice follows from, 0 to 2^63 - 1")]),
    (
        "network",
        "who listens to whom: a kind, a file, or a builtin network",
        &[
            ("kind", "", "ring, lattice, complete, random, small_world, scale_free, star, modular, geometric"),
            ("agents", "", "1 to 4,294,967,295"),
            ("neighbors", "", "ring, small_world: even, below agents; random, geometric: their mean, any number"),
            ("rewire", "", "small_world: probability, 0 to 1, that a link leads elsewhere"),
            ("width", "40", "lattice, with height in place of agents"),
            ("height", "25", "lattice"),
            ("periodic", "true", "lattice, geometric: whether opposite borders are joined"),
            ("probability", "0.01", "random: of each possible link, 0 to 1, in place of neighbors"),
            ("links", "4000", "random: undirected links, in place of neighbors"),
            ("attach", "4", "scale_free: links of each newcomer, at least 1"),
            ("blocks", "4", "modular: how many, 1 to 10,000"),
            ("sizes", "[250, 750]", "modular: agents of each block, in place of agents and blocks"),
            ("within", "0.1", "modular: probability, 0 to 1, of a link inside a block"),
            ("between", "0.01", "modular: probability, 0 to 1, of a link between blocks"),
            ("radius", "0.05", "geometric: reach in sides of the square, above 0, in place of neighbors"),
            (
                "file",
                "\"network.mtx\"",
                "Matrix Market (.mtx), edge list (.csv, .tsv, .txt) or GraphML, in place of kind",
            ),
            ("builtin", "\"power_grid\"", "power_grid or celegans, in place of kind"),
            ("direction", "\"as_stored\"", "file, builtin: as_stored, reversed or both"),
            ("numbering", "\"metis\"", "file, builtin: as_stored, or along links: cuthill_mckee or metis"),
        ],
    ),
    (
        "phases",
        "where agents begin",
        &[
            ("distribution", "", "uniform, von_mises or equal"),
            ("mean", "0.0", "von_mises: rad"),
            ("concentration", "1.0", "von_mises: 0 or above; 0 is uniform"),
            ("value", "0.0", "equal: rad"),
            ("file", "\"theta0.csv\"", "one phase (rad) per line, in place of distribution"),
        ],
    ),
    (
        "frequencies",
        "how fast each turns by itself",
        &[
            ("distribution", "", "normal, lorentzian, uniform or equal"),
            ("mean", "", "normal: rad/s"),
            ("std", "", "normal: rad/s, 0 or above"),
            ("center", "0.0", "lorentzian: rad/s"),
            ("half_width", "1.0", "lorentzian: rad/s, 0 or above"),
            ("low", "-1.0", "uniform: rad/s"),
            ("high", "1.0", "uniform: rad/s, at least low"),
            ("value", "0.0", "equal: rad/s"),
            ("sampling", "", "random, or quantiles: the distribution without the noise of drawing"),
            ("file", "\"omega.csv\"", "one frequency (rad/s) per line, in place of distribution"),
        ],
    ),
    (
        "coupling",
        "how agents act on those who listen",
        &[
            ("strength", "", "K, rad/s; negative repels"),
            ("phase_lag", "", "alpha, rad"),
            ("normalization", "", "degree, sum or size: what the sum over neighbours is divided by"),
            ("all_to_all", "", "true: by the mean of all, without a network"),
            ("phasors", "", "what neighbours hear: double, single, single_angle"),
            ("noise", "", "D, rad^2/s, 0 or above"),
        ],
    ),
    (
        "time",
        "how far and how finely",
        &[
            ("step", "", "s, above 0"),
            ("duration", "", "s; with a goal and without this line, until that is attained or its deadline passes"),
            ("steps", "1000", "in place of duration"),
            ("integrator", "", "euler, heun or rk4"),
        ],
    ),
    (
        "goal",
        "what is to be reached; without the table nothing is",
        &[
            ("preset", "\"minimize_api_calls\"", "`lampyrid list presets`; brings network, frequencies, strategies"),
            ("size", "\"large\"", "of a preset: tiny 20, small 50, medium 200, large 1,000, huge 2,000 agents"),
            ("pattern", "\"in_phase\"", "in_phase, splay, clusters, locked or phase_at"),
            ("clusters", "2", "clusters: how many, 1 to 1,000"),
            ("frequency", "6.283185307179586", "locked: rad/s; phase_at: of the pacemaker"),
            ("phase", "0.0", "phase_at: rad ahead of the pacemaker"),
            ("target", "0.9", "least order parameter, above 0, at most 1"),
            ("tolerance", "0.05", "splay: largest R; clusters: R below; locked: rad/s; phase_at: rad"),
            ("hold", "1.0", "s for which it must be met without a break, above 0"),
            ("deadline", "60.0", "s by which it must have been, above 0"),
            ("pacemaker", "false", "true: agent 0 listens to nobody, and everybody to it"),
            ("supervisor", "true", "may switch strategies, or add noise for a while, where the swarm is stuck"),
        ],
    ),
    (
        "strategy",
        "how agents answer; without the table as the goal suggests",
        &[
            ("kind", "\"phase_nudge\"", "phase_nudge, frequency_lock, pulse, energy_aware, desync, offset, adaptive"),
            ("gain", "1.0", "factor on the coupling strength; not of pulse and desync"),
            ("rate", "0.5", "1/s, 0 or above; frequency_lock, desync, offset, adaptive"),
            ("strength", "0.3", "pulse: above 0"),
            ("curvature", "3.0", "pulse: above 0"),
            ("refractory", "0.1", "pulse: part of a turn, at least 0 and below 1"),
            ("reserve", "20.0", "energy_aware, adaptive: energy that is not touched, 0 or above"),
            ("slots", "3", "offset: into how many the circle is cut; else one each"),
            ("phase", "0.0", "offset: rad, the same for everybody, in place of slots"),
            ("every", "0.5", "adaptive: s between looks, 0 or above"),
        ],
    ),
    (
        "energy",
        "what coupling costs; without the table nothing",
        &[
            ("capacity", "100.0", "what each begins with and holds at most, above 0"),
            ("cost_per_radian", "2.0", "0 or above"),
            ("recovery", "1.0", "per s, 0 or above"),
        ],
    ),
    (
        "memory",
        "how much the swarm may hold",
        &[
            ("budget", "\"600 MiB\"", "in all; a number of bytes or a text with a unit"),
            ("per_agent", "\"1 KiB\"", "on average"),
            ("policy", "", "stop, pause or warn"),
            ("every", "", "s between looks, 0 or above"),
        ],
    ),
    (
        "checkpoint",
        "saving the run for `lampyrid resume`",
        &[("every", "60.0", "s, above 0; else only when interrupted"), ("keep", "", "the latest so many, at least 1")],
    ),
    (
        "record",
        "what is written",
        &[
            ("every", "", "steps between rows, at least 1"),
            ("phases", "", "true: every phase too"),
            ("columns", "", "of link_coherence, local_coherence, R2"),
            ("format", "", "csv, parquet or both, of tables"),
            ("npy", "", "true: the final state for NumPy too"),
            ("pictures", "", "those drawn at the end, by name: see `lampyrid plot --help`"),
            ("report", "", "whether report.html is written"),
        ],
    ),
    ("output", "where to", &[("dir", "", "directory")]),
];

/// Of each of a list of tables.
const DISRUPTION: [Key; 6] = [
    ("kind", "\"scramble\"", "scramble, silence, remove, cut_links, shift_frequencies, freeze_energy"),
    ("fraction", "0.3", "part of the agents, or links, above 0, at most 1"),
    ("at", "20.0", "s, 0 or above"),
    ("until", "25.0", "s, later than at; not of scramble and remove"),
    ("by", "1.0", "shift_frequencies: rad/s"),
    ("seed", "42", "picks whom it hits; else the scenario's"),
];

/// The text of a scenario of all defaults, or of a preset's. Lines that hold are those of the reader itself, so that
/// they cannot differ from it.
fn annotated(preset: Option<Preset>) -> Result<String, Failure> {
    let given = preset.map_or(String::new(), |preset| format!("[goal]\npreset = \"{}\"", preset.name()));
    let builder = preset::with_preset(ScenarioBuilder::from_text(&given, "the new scenario")?)?;
    let resolved = builder.build()?.to_toml();
    let mut text =
        String::from("# A scenario of `lampyrid run`. Lines that begin with `# ` and a key are not in force.\n");
    if let Some(preset) = preset {
        let _ = writeln!(text, "# What the preset {} brings is shown and may be changed.", preset.name());
    }
    for (table, what, keys) in TABLES {
        let is_there = table.is_empty() || value(&resolved, table, None).is_some();
        if !table.is_empty() {
            let mark = if is_there && (preset.is_none() || table == "goal") { "" } else { "# " };
            let _ = writeln!(
                text,
                "\n{mark}[{table}]{}# {what}",
                " ".repeat(26_usize.saturating_sub(table.len() + 2 + mark.len()))
            );
        }
        for (key, usual, note) in keys {
            let held = value(&resolved, table, Some(key));
            let is_in_force =
                held.is_some() && (preset.is_none() || matches!((table, *key), ("goal", "preset") | ("", "seed")));
            line(&mut text, !is_in_force, key, held.unwrap_or(usual), note);
        }
    }
    text.push_str("\n# [[disruption]]          # what goes wrong; any number of such tables\n");
    for (key, usual, note) in DISRUPTION {
        line(&mut text, true, key, usual, note);
    }
    Ok(text)
}

fn line(text: &mut String, is_out: bool, key: &str, value: &str, note: &str) {
    let said = format!("{}{key} = {value}", if is_out { "# " } else { "" });
    let _ = writeln!(text, "{said:<25} # {note}");
}

/// What a text that a scenario was written to says of a key, or whether it has the table.
fn value<'a>(toml: &'a str, table: &str, key: Option<&str>) -> Option<&'a str> {
    let mut present = "";
    for line in toml.lines() {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            present = name;
            if key.is_none() && name == table {
                return Some("");
            }
        } else if present == table
            && let Some((known, value)) = line.split_once(" = ")
            && Some(known) == key
        {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use lampyrid::io::scenario::{Scenario, ScenarioProblem};

    #[test]
    fn the_new_scenario_is_all_defaults() {
        let text = annotated(None).unwrap();
        assert_eq!(Scenario::parse(&text, "new").unwrap(), Scenario::parse("", "empty").unwrap());
        insta::assert_snapshot!(text);
    }

    #[test]
    fn every_key_of_the_reader_is_explained_and_no_other() {
        let keys = |table: &str, keys: &[Key]| -> Vec<String> {
            let name = |key: &Key| if table.is_empty() { key.0.to_owned() } else { format!("{table}.{}", key.0) };
            keys.iter().map(name).collect()
        };
        let mut explained: Vec<String> = TABLES.iter().flat_map(|(table, _, all)| keys(table, all)).collect();
        explained.extend(keys("disruption", &DISRUPTION));
        let mut known = Scenario::keys();
        explained.sort();
        known.sort();
        assert_eq!(explained, known);
        let text = annotated(None).unwrap();
        for key in explained {
            let last = key.rsplit('.').next().unwrap();
            assert!(text.lines().any(|line| line.trim_start_matches("# ").starts_with(&format!("{last} = "))), "{key}");
        }
    }

    #[test]
    fn what_is_commented_out_is_of_the_right_type_and_in_range() {
        for (table, _, keys) in TABLES {
            for (key, usual, _) in keys.iter().filter(|(_, usual, _)| !usual.is_empty()) {
                let path = if table.is_empty() { (*key).to_owned() } else { format!("{table}.{key}") };
                let built =
                    ScenarioBuilder::from_text("", "empty").unwrap().set(&format!("{path}={usual}")).unwrap().build();
                if let Err(error) = built {
                    use ScenarioProblem::{Conflict, Inapplicable, Missing};
                    assert!(
                        matches!(error.problem(), Conflict { .. } | Inapplicable { .. } | Missing { .. }),
                        "{error}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_new_scenario_of_a_preset_is_the_preset() {
        for preset in Preset::ALL {
            let text = annotated(Some(preset)).unwrap();
            let read = |text: &str| {
                preset::with_preset(ScenarioBuilder::from_text(text, "new").unwrap()).unwrap().build().unwrap()
            };
            assert_eq!(read(&text), read(&format!("goal.preset = \"{}\"", preset.name())), "{preset}");
        }
    }
}
