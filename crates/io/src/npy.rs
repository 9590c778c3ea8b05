//! `final_state.npy`: every agent as the run left it, for NumPy.

use std::io::{self, BufWriter, Write};

use crate::final_state::AgentState;
use crate::output_error::OutputError;
use crate::product::Product;
use crate::run_directory::RunDirectory;

/// One agent of the array: 32 bytes, little-endian.
const DTYPE: &str = "[('id', '<u8'), ('phase', '<f8'), ('frequency', '<f8'), ('energy', '<f8')]";

/// What comes before the array is a multiple of this, so that the array can be mapped into memory.
const ALIGNMENT: usize = 64;

impl RunDirectory {
    /// Writes `final_state.npy`, format version 1.0: a one-dimensional array of as many records as agents, in the order
    /// given, each with `id` (u8), `phase` \[rad\], `frequency` \[rad/s\] and `energy` (f8), NaN where there is none.
    ///
    /// # Errors
    ///
    /// When a value is not finite, or the file was written before or cannot be written.
    pub fn write_final_state_npy<'a>(
        &mut self,
        agents: impl ExactSizeIterator<Item = AgentState<'a>>,
    ) -> Result<(), OutputError> {
        let file = self.open(Product::FinalStateNpy)?;
        let path = file.path().to_path_buf();
        let failed = || OutputError::io("write", &path);
        let mut out = BufWriter::with_capacity(64 * 1024, file);
        out.write_all(&head(agents.len())).map_err(failed())?;
        for (place, agent) in agents.enumerate() {
            check(place, &agent)?;
            put(&mut out, &agent).map_err(failed())?;
        }
        let file = out.into_inner().map_err(|error| failed()(error.into_error()))?;
        self.keep(file)
    }
}

fn check(place: usize, agent: &AgentState<'_>) -> Result<(), OutputError> {
    let values = [("phase", Some(agent.phase)), ("frequency", Some(agent.frequency)), ("energy", agent.energy)];
    let wrong = values.into_iter().find_map(|(name, value)| Some((name, value.filter(|value| !value.is_finite())?)));
    wrong.map_or(Ok(()), |(quantity, value)| {
        let (file, row) = (Product::FinalStateNpy.file_name(), place as u64 + 1);
        Err(OutputError::NotFinite { file, quantity: quantity.to_owned(), row, value })
    })
}

/// All that comes before the array.
fn head(agents: usize) -> Vec<u8> {
    const MAGIC: &[u8] = b"\x93NUMPY\x01\x00";
    let before = MAGIC.len() + size_of::<u16>();
    let mut text = format!("{{'descr': {DTYPE}, 'fortran_order': False, 'shape': ({agents},), }}");
    let length = (before + text.len() + 1).next_multiple_of(ALIGNMENT) - before;
    text.extend(std::iter::repeat_n(' ', length - 1 - text.len()));
    text.push('\n');
    // A few hundred bytes at most.
    let length = u16::try_from(text.len()).unwrap_or(u16::MAX);
    [MAGIC, &length.to_le_bytes(), text.as_bytes()].concat()
}

fn put(out: &mut impl Write, agent: &AgentState<'_>) -> io::Result<()> {
    out.write_all(&agent.id.to_le_bytes())?;
    [agent.phase, agent.frequency, agent.energy.unwrap_or(f64::NAN)]
        .iter()
        .try_for_each(|value| out.write_all(&value.to_le_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_array_begins_at_a_multiple_of_64_bytes_whatever_its_length() {
        for agents in [0, 1, 9, 10, 999_999, usize::MAX] {
            let head = head(agents);
            assert_eq!(head.len() % ALIGNMENT, 0, "{agents}");
            assert_eq!(usize::from(u16::from_le_bytes([head[8], head[9]])), head.len() - 10);
            assert!(head.starts_with(b"\x93NUMPY\x01\x00") && head[10..].starts_with(b"{'descr': [('id', '<u8')"));
            assert!(head.ends_with(b"\n"));
        }
    }
}
