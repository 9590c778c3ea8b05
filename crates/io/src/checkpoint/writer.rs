//! Writing, section by section.

use std::io::{self, Write};

use serde::Serialize;

use super::block::BlockRef;
use super::format::{self, END, Kind};

/// Bytes that are put together before they are written.
const CHUNK: usize = 64 * 1024;

/// A checkpoint being written: a buffer of 64 KiB, however large the blocks.
///
/// [`Checkpoint::save`](super::Checkpoint::save) makes one for a file; any other place will do as well.
pub struct CheckpointWriter<'w> {
    out: &'w mut dyn Write,
    buffer: Vec<u8>,
    checksum: crc32fast::Hasher,
    sections: u64,
}

impl<'w> CheckpointWriter<'w> {
    /// Begins a checkpoint.
    ///
    /// # Errors
    ///
    /// When nothing can be written.
    pub fn new(out: &'w mut dyn Write) -> io::Result<Self> {
        out.write_all(&format::header())?;
        Ok(Self { out, buffer: Vec::with_capacity(CHUNK), checksum: crc32fast::Hasher::new(), sections: 0 })
    }

    /// Writes a block. Names are of at most 40 plain characters, and each is used once.
    ///
    /// # Errors
    ///
    /// When it cannot be written, or the name is none.
    pub fn block(&mut self, name: &str, block: BlockRef<'_>) -> io::Result<()> {
        match block {
            BlockRef::Bytes(bytes) => self.numbers(name, Kind::Bytes, bytes, |byte| [byte]),
            BlockRef::U32(numbers) => self.numbers(name, Kind::U32, numbers, u32::to_le_bytes),
            BlockRef::U64(numbers) => self.numbers(name, Kind::U64, numbers, u64::to_le_bytes),
            BlockRef::F64(numbers) => self.numbers(name, Kind::F64, numbers, f64::to_le_bytes),
        }
    }

    /// Writes what is structured.
    ///
    /// # Errors
    ///
    /// As [`block`](Self::block).
    pub fn record<T: Serialize>(&mut self, name: &str, record: &T) -> io::Result<()> {
        let bytes = postcard::to_stdvec(record).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        self.block(name, BlockRef::Bytes(&bytes))
    }

    /// Ends it. Without its end it is no checkpoint.
    ///
    /// # Errors
    ///
    /// When that cannot be written.
    pub fn finish(mut self) -> io::Result<()> {
        let sections = self.sections;
        self.block(END, BlockRef::U64(&[sections]))?;
        self.out.flush()
    }

    fn numbers<T: Copy, const N: usize>(
        &mut self,
        name: &str,
        kind: Kind,
        numbers: &[T],
        bytes: impl Fn(T) -> [u8; N],
    ) -> io::Result<()> {
        let head = format::section(name, kind, size_of_val(numbers) as u64)
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, format!("{name:?} is no name of a section")))?;
        self.checksum.reset();
        self.put(&head)?;
        for chunk in numbers.chunks(CHUNK / N) {
            let mut buffer = std::mem::take(&mut self.buffer);
            buffer.resize(chunk.len() * N, 0);
            for (place, &number) in buffer.as_chunks_mut::<N>().0.iter_mut().zip(chunk) {
                *place = bytes(number);
            }
            let written = self.put(&buffer);
            self.buffer = buffer;
            written?;
        }
        self.sections += 1;
        let checksum = self.checksum.clone().finalize();
        self.out.write_all(&checksum.to_le_bytes())
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.checksum.update(bytes);
        self.out.write_all(bytes)
    }
}

impl std::fmt::Debug for CheckpointWriter<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CheckpointWriter").field("sections", &self.sections).finish_non_exhaustive()
    }
}
