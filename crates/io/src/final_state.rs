//! `final_state.csv`: every agent as the run left it.

use crate::output_error::OutputError;
use crate::product::Product;
use crate::run_directory::RunDirectory;
use crate::table::TableWriter;

/// One agent at the end of a run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AgentState<'a> {
    /// Its number, in the node order of the network.
    pub id: u64,
    /// Phase θ in [0, 2π), in rad.
    pub phase: f64,
    /// Natural frequency ω, in rad/s.
    pub frequency: f64,
    /// Energy, dimensionless; none for an agent that couples for free.
    pub energy: Option<f64>,
    /// Its name in the network file; none if the file gives none.
    pub name: Option<&'a str>,
}

impl RunDirectory {
    /// Writes `final_state.csv`: `id,phase,frequency,energy` in the order given, with 17 significant digits and the
    /// energy left blank where there is none. If the first agent has a name, a fifth column holds the names.
    ///
    /// # Errors
    ///
    /// When a value is not finite, or the file was written before or cannot be written.
    pub fn write_final_state<'a>(
        &mut self,
        agents: impl IntoIterator<Item = AgentState<'a>>,
    ) -> Result<(), OutputError> {
        let mut agents = agents.into_iter().peekable();
        let named = agents.peek().is_some_and(|agent| agent.name.is_some());
        let heading = ["id", "phase", "frequency", "energy", "name"];
        let heading = &heading[..if named { 5 } else { 4 }];
        let mut table = TableWriter::create(self, Product::FinalState, heading)?;
        for agent in agents {
            table.field(agent.id.to_string())?;
            table.exact_number("phase", agent.phase)?;
            table.exact_number("frequency", agent.frequency)?;
            match agent.energy {
                Some(energy) => table.exact_number("energy", energy)?,
                None => table.field("")?,
            }
            if named {
                table.field(agent.name.unwrap_or(""))?;
            }
            table.end_row()?;
        }
        table.finish(self)
    }
}
