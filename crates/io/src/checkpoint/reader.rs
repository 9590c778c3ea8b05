//! Reading, and believing nothing that is not proved.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

use serde::de::DeserializeOwned;

use super::block::Block;
use super::error::CheckpointError;
use super::format::{self, BYTE_ORDER, CHECKSUM, END, HEADER, Kind, MAGIC, SECTION, VERSION};

/// Most bytes that are read at once: of a small file half, in whole entries.
const CHUNK: u64 = 64 * 1024;

/// A checkpoint that has been read: its blocks by name.
#[derive(Debug)]
pub struct Checkpoint {
    path: PathBuf,
    blocks: BTreeMap<String, Block>,
}

impl Checkpoint {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// When it cannot be read, is no checkpoint, comes from a newer version of this program or from another byte
    /// order, or when anything in it is not as it was written.
    pub fn load(path: &Path) -> Result<Self, CheckpointError> {
        let unreadable = |source| CheckpointError::Unreadable { path: path.to_path_buf(), source };
        let file = File::open(path).map_err(unreadable)?;
        let length = file.metadata().map_err(unreadable)?.len();
        Self::read(file, length, path)
    }

    /// Reads so many bytes; `path` is what errors call them.
    ///
    /// # Errors
    ///
    /// As [`load`](Self::load).
    pub fn read(from: impl Read, length: u64, path: &Path) -> Result<Self, CheckpointError> {
        let chunk = (length / 2).next_multiple_of(8).clamp(8, CHUNK);
        let mut reader = Reader { from, left: length, chunk, buffer: Vec::with_capacity(chunk as usize), path };
        reader.header()?;
        let mut blocks = BTreeMap::new();
        loop {
            let (name, block) = reader.section()?;
            if name == END {
                let sections = Block::U64(vec![blocks.len() as u64]);
                return match (block == sections, reader.left) {
                    (true, 0) => Ok(Self { path: path.to_path_buf(), blocks }),
                    (true, _) => Err(reader.damaged(END, "something follows its end")),
                    (false, _) => Err(reader.damaged(END, "sections are missing")),
                };
            }
            if blocks.insert(name.clone(), block).is_some() {
                return Err(reader.damaged(&name, "the section is there twice"));
            }
        }
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether there is a block of this name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.blocks.contains_key(name)
    }

    /// Takes a block out; `None` if there is none of this name.
    pub fn take(&mut self, name: &str) -> Option<Block> {
        self.blocks.remove(name)
    }

    /// Takes all blocks out whose names begin so.
    pub fn take_all(&mut self, prefix: &str) -> Vec<(String, Block)> {
        let names: Vec<String> = self.blocks.keys().filter(|name| name.starts_with(prefix)).cloned().collect();
        names.into_iter().filter_map(|name| self.blocks.remove_entry(&name)).collect()
    }

    /// Takes out a record.
    ///
    /// # Errors
    ///
    /// When there is none of this name, or it is not such a record.
    pub fn record<T: DeserializeOwned>(&mut self, name: &str) -> Result<T, CheckpointError> {
        let Some(Block::Bytes(bytes)) = self.take(name) else {
            return Err(self.unfit(format!("it has no record {name}; load it by what saved it")));
        };
        match postcard::take_from_bytes(&bytes) {
            Ok((record, [])) => Ok(record),
            Ok(_) => Err(self.unfit(format!("its record {name} is longer than it should be"))),
            Err(error) => Err(self.unfit(format!("its record {name} cannot be read: {error}"))),
        }
    }

    /// The error of contents that do not go together.
    #[must_use]
    pub fn unfit(&self, reason: impl Into<String>) -> CheckpointError {
        CheckpointError::Unfit { path: self.path.clone(), reason: reason.into() }
    }
}

struct Reader<'p, R> {
    from: R,
    /// Bytes that there are still.
    left: u64,
    /// Bytes that are read at once.
    chunk: u64,
    buffer: Vec<u8>,
    path: &'p Path,
}

impl<R: Read> Reader<'_, R> {
    fn header(&mut self) -> Result<(), CheckpointError> {
        let path = || self.path.to_path_buf();
        let mut bytes = [0; HEADER];
        let known = bytes.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        self.from.read_exact(&mut bytes[..known]).map_err(|error| self.unreadable(error))?;
        let begins = known.min(MAGIC.len());
        if known == 0 || bytes[..begins] != MAGIC[..begins] {
            return Err(CheckpointError::NotACheckpoint { path: path() });
        }
        if known < HEADER {
            return Err(self.damaged("header", "it is cut short"));
        }
        self.left -= HEADER as u64;
        let number = |at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
        if number(12) == BYTE_ORDER.swap_bytes() {
            return Err(CheckpointError::OtherByteOrder { path: path() });
        }
        if number(HEADER - CHECKSUM) != crc32fast::hash(&bytes[..HEADER - CHECKSUM]) || number(12) != BYTE_ORDER {
            return Err(self.damaged("header", "its checksum does not match"));
        }
        match number(8) {
            VERSION => Ok(()),
            found => Err(CheckpointError::OtherVersion { path: path(), found, known: VERSION }),
        }
    }

    fn section(&mut self) -> Result<(String, Block), CheckpointError> {
        let mut head = [0; SECTION];
        self.fill("sections", &mut head)?;
        let Some((name, kind, length)) = format::parts(&head) else {
            return Err(self.damaged("sections", "one begins with what no section begins with"));
        };
        if self.left.checked_sub(CHECKSUM as u64).is_none_or(|room| length > room) {
            return Err(self.damaged(name, "it is cut short"));
        }
        let mut checksum = crc32fast::Hasher::new();
        checksum.update(&head);
        let block = match kind {
            Kind::Bytes => self.numbers(name, length, &mut checksum, |[byte]: [u8; 1]| byte).map(Block::Bytes),
            Kind::U32 => self.numbers(name, length, &mut checksum, u32::from_le_bytes).map(Block::U32),
            Kind::U64 => self.numbers(name, length, &mut checksum, u64::from_le_bytes).map(Block::U64),
            Kind::F64 => self.numbers(name, length, &mut checksum, f64::from_le_bytes).map(Block::F64),
        }?;
        let mut expected = [0; CHECKSUM];
        self.fill(name, &mut expected)?;
        if u32::from_le_bytes(expected) != checksum.finalize() {
            return Err(self.damaged(name, "its checksum does not match"));
        }
        Ok((name.to_owned(), block))
    }

    /// The length was compared with what is left of the file.
    fn numbers<T, const N: usize>(
        &mut self,
        name: &str,
        length: u64,
        checksum: &mut crc32fast::Hasher,
        number: impl Fn([u8; N]) -> T,
    ) -> Result<Vec<T>, CheckpointError> {
        let count = usize::try_from(length).ok().filter(|length| length.is_multiple_of(N)).map(|length| length / N);
        let Some(count) = count else {
            return Err(self.damaged(name, "its length is no whole number of entries"));
        };
        let mut numbers = Vec::with_capacity(count);
        let mut buffer = std::mem::take(&mut self.buffer);
        let mut left = length;
        while left > 0 {
            let now = left.min(self.chunk);
            buffer.resize(now as usize, 0);
            self.fill(name, &mut buffer)?;
            checksum.update(&buffer);
            numbers.extend(buffer.as_chunks::<N>().0.iter().map(|bytes| number(*bytes)));
            left -= now;
        }
        self.buffer = buffer;
        Ok(numbers)
    }

    fn fill(&mut self, place: &str, bytes: &mut [u8]) -> Result<(), CheckpointError> {
        let Some(left) = self.left.checked_sub(bytes.len() as u64) else {
            return Err(self.damaged(place, "it is cut short"));
        };
        self.from.read_exact(bytes).map_err(|error| self.unreadable(error))?;
        self.left = left;
        Ok(())
    }

    fn unreadable(&self, source: io::Error) -> CheckpointError {
        match source.kind() {
            // Shorter than the system said a moment ago.
            io::ErrorKind::UnexpectedEof => self.damaged("sections", "it is cut short"),
            _ => CheckpointError::Unreadable { path: self.path.to_path_buf(), source },
        }
    }

    fn damaged(&self, place: &str, reason: &'static str) -> CheckpointError {
        CheckpointError::Damaged { path: self.path.to_path_buf(), place: place.to_owned(), reason }
    }
}
