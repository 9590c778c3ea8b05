//! Scenarios that are written in the page: read as the program reads a file, with the same errors.
//!
//! Whoever writes them may be elsewhere. So they name no files but those that the program was started with, write
//! nowhere else than it does, and ask for no swarm that would not fit into the machine.

use std::path::{Path, PathBuf};

use lampyrid::{
    io::scenario::{Frequencies, NetworkScenario, Output, Phases, Scenario, ScenarioBuilder},
    measure::machine::memory_bytes,
};
use serde::Serialize;

use crate::{
    error::Failure,
    marked::Marked,
    run::{
        budget::foreseen,
        figures::{bytes, grouped},
        preset::with_preset,
    },
};

/// What errors call a scenario that is written in the page.
const NAME: &str = "scenario.toml";

/// What the scenarios of the page are held to.
#[derive(Clone, Debug)]
pub(super) struct Editor {
    files: Vec<PathBuf>,
    output: Output,
    threads: usize,
    /// Most bytes that a swarm may take, if the machine tells what it has.
    most: Option<u64>,
}

/// What is wrong with a scenario.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Complaint {
    /// As the program would print it.
    pub message: String,
    /// Where it is wrong, from 1 on, as far as there is a place.
    #[serde(flatten)]
    pub place: Option<Spot>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Spot {
    pub line: usize,
    /// In characters.
    pub column: usize,
    pub length: usize,
}

/// In a few words, what a scenario is.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Praise {
    pub summary: String,
}

impl Editor {
    /// One that knows what the program was started with.
    pub(super) fn of(scenario: &Scenario, threads: usize) -> Self {
        let files = files(scenario).into_iter().map(Path::to_path_buf).collect();
        Self { files, output: scenario.output.clone(), threads, most: memory_bytes().map(|all| all / 2) }
    }

    /// Reads a scenario.
    pub(super) fn read(&self, text: &str) -> Result<Scenario, Complaint> {
        let builder = ScenarioBuilder::from_text(text, NAME).map_err(Failure::from);
        let scenario = builder.and_then(with_preset).and_then(|builder| Ok(builder.build()?));
        self.hold(scenario.map_err(|error| Complaint::of(&error))?)
    }

    /// The scenario that is run with a key set to another value.
    pub(super) fn varied(&self, present: &str, set: &str) -> Result<Scenario, Complaint> {
        let varied = ScenarioBuilder::from_text(present, NAME).and_then(|builder| builder.set(set)?.build());
        self.hold(varied.map_err(|error| Complaint::of(&error.into()))?)
    }

    /// Refuses what is asked for from elsewhere only.
    fn hold(&self, scenario: Scenario) -> Result<Scenario, Complaint> {
        if let Some(stranger) = files(&scenario).into_iter().find(|file| !self.files.iter().any(|known| known == file))
        {
            return Err(Complaint::without_place(format!(
                "error: {} is no file that the program was started with, and a page may name no other; run \
                 `lampyrid serve` with a scenario that names it\n",
                stranger.display()
            )));
        }
        let estimate = foreseen(&scenario, self.threads).map_or(0, |estimate| estimate.total());
        if let Some(most) = self.most.filter(|&most| estimate > most) {
            return Err(Complaint::without_place(format!(
                "error: the swarm would take about {}, and a page may ask for no more than {}, half of what this \
                 machine has; simulate fewer agents or links\n",
                bytes(estimate),
                bytes(most)
            )));
        }
        Ok(Scenario { output: self.output.clone(), ..scenario })
    }
}

/// The files that a scenario reads.
fn files(scenario: &Scenario) -> Vec<&Path> {
    let mut files = Vec::new();
    if let NetworkScenario::File { file, .. } = &scenario.network {
        files.push(&**file);
    }
    if let Phases::File { file } = &scenario.phases {
        files.push(file);
    }
    if let Frequencies::File { file } = &scenario.frequencies {
        files.push(file);
    }
    files
}

impl Complaint {
    fn of(error: &Failure) -> Self {
        let Failure::Scenario(error) = error else { return Self::without_place(error.rendered()) };
        let length = error.source_text().get(error.span()).map_or(0, |wrong| wrong.chars().count());
        let place = Spot { line: error.line(), column: error.column(), length };
        Self { message: Marked::new(error).plain(), place: Some(place) }
    }

    fn without_place(message: String) -> Self {
        Self { message, place: None }
    }
}

impl Praise {
    pub(super) fn of(scenario: &Scenario) -> Self {
        let network = match &scenario.network {
            NetworkScenario::Generated(network) => {
                format!("{}, {} agents", network.kind().replace('_', " "), grouped(network.agents() as u64))
            }
            NetworkScenario::Builtin { builtin, .. } => builtin.name().replace('_', " "),
            _ => "a network that is read".to_owned(),
        };
        let goal = scenario.goal.map_or(String::new(), |goal| {
            format!(", goal {}", crate::run::goal::goal(&goal).pattern.name().replace('_', " "))
        });
        let (steps, step) = (grouped(scenario.steps()), scenario.time.step);
        Self { summary: format!("{network}{goal}; {steps} steps of {step} s") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn editor() -> Editor {
        let text = "[network]\nfile = \"grid.mtx\"\n[output]\ndir = \"runs/there\"\n";
        Editor::of(&Scenario::parse(text, "started.toml").unwrap(), 1)
    }

    #[test]
    fn an_error_says_what_the_program_says_of_a_file_and_where() {
        let scratch = tempfile::tempdir().unwrap();
        let file = scratch.path().join(NAME);
        for text in ["[coupling]\nstrenght = 2.0\n", "seed = \n", "[goal]\npattern = \"spaly\"\n", "é = 1"] {
            std::fs::write(&file, text).unwrap();
            let of_file = ScenarioBuilder::from_file(&file).and_then(|builder| builder.build()).unwrap_err();
            let complaint = editor().read(text).unwrap_err();
            let of_file_message = Marked::new(&of_file).plain().replace(&file.display().to_string(), NAME);
            assert_eq!(complaint.message, of_file_message);
            let place = complaint.place.unwrap();
            assert_eq!((place.line, place.column), (of_file.line(), of_file.column()));
        }
        let complaint = editor().read("[coupling]\nstrenght = 2.0\n").unwrap_err();
        assert_eq!(complaint.place, Some(Spot { line: 2, column: 1, length: 8 }));
        assert!(complaint.message.contains("did you mean `strength`?"), "{}", complaint.message);
    }

    #[test]
    fn files_that_the_program_was_not_started_with_are_not_read() {
        let editor = editor();
        let refused = |text: &str| editor.read(text).unwrap_err().message;
        assert!(editor.read("[network]\nfile = \"grid.mtx\"\n").is_ok());
        for text in [
            "[network]\nfile = \"/etc/passwd\"\n",
            "[network]\nfile = \"./grid.mtx\"\n",
            "[phases]\nfile = \"grid.csv\"\n",
            "[frequencies]\nfile = \"../grid.mtx\"\n",
        ] {
            assert!(refused(text).contains("is no file that the program was started with"), "{text}");
        }
    }

    #[test]
    fn results_go_where_they_went_whatever_the_page_says() {
        let scenario = editor().read("[output]\ndir = \"/tmp/elsewhere\"\n").unwrap();
        assert_eq!(scenario.output.dir, Path::new("runs/there"));
        let preset = editor().read("[goal]\npreset = \"save_energy\"\n").unwrap();
        assert_eq!(preset.output.dir, Path::new("runs/there"));
        assert!(Praise::of(&preset).summary.contains("goal in phase"), "{:?}", Praise::of(&preset));
    }

    #[test]
    fn a_swarm_that_would_not_fit_into_the_machine_is_not_begun() {
        let editor = Editor { most: Some(1 << 20), ..editor() };
        let text = "[network]\nkind = \"ring\"\nagents = 1000\n";
        assert!(editor.read(text).is_ok());
        for set in ["network.agents=100000", "network.kind=complete"] {
            let refused = editor.varied(text, set).unwrap_err();
            assert!(refused.message.contains("half of what this machine has"), "{set}: {refused:?}");
        }
        assert!(editor.varied(text, "network.agents=999").is_ok());
    }
}
