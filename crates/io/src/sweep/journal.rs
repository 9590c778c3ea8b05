//! A table that grows line by line, and outlives whoever writes it.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use csv::{ReaderBuilder, StringRecord, WriterBuilder};
use serde::Serialize;

use super::error::SweepError;
use super::grid::RunId;
use crate::disk::{Disk, replace};
use crate::output_error::OutputError;

/// After a power cut, what is not older than this may have to be done again. Bringing each row to the disk would take
/// longer than a small run.
const UNSYNCED: Duration = Duration::from_secs(1);

/// A CSV file with a row for each run. A row is written at once, its line end last, so that whoever is killed leaves
/// whole lines and at most a piece of one, which is cut off when the file is opened again.
#[derive(Debug)]
pub(super) struct Journal {
    path: PathBuf,
    heading: Vec<u8>,
    file: File,
    disk: Arc<dyn Disk>,
    rows: Vec<Row>,
    bytes: u64,
    synced: Instant,
}

/// Where the row of a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Row {
    run: RunId,
    offset: u64,
    length: u64,
}

impl Journal {
    /// Opens the table, or makes it. `check` tells of what run a row is, or why it is none of this table.
    ///
    /// Nothing is changed in a table that is refused.
    pub(super) fn open(
        disk: Arc<dyn Disk>,
        path: PathBuf,
        heading: &[&str],
        check: &mut dyn FnMut(&StringRecord) -> Result<RunId, String>,
    ) -> Result<Self, SweepError> {
        let heading = line(heading);
        if !path.exists() {
            replace(&*disk, &path, |out| out.write_all(&heading))?;
        }
        let unreadable = |source| SweepError::Unreadable { path: path.clone(), source };
        let file = File::options().read(true).append(true).open(&path).map_err(unreadable)?;
        let length = file.metadata().map_err(unreadable)?.len();
        let bytes = whole_lines(&file, length).map_err(unreadable)?;
        let mut journal = Self { path, heading, file, disk, rows: Vec::new(), bytes, synced: Instant::now() };
        journal.rows = journal.find_rows(check)?;
        if bytes < length {
            journal.file.set_len(bytes).map_err(OutputError::io("write", &journal.path))?;
        }
        Ok(journal)
    }

    fn find_rows(&self, check: &mut dyn FnMut(&StringRecord) -> Result<RunId, String>) -> Result<Vec<Row>, SweepError> {
        let unreadable = |source| SweepError::Unreadable { path: self.path.clone(), source };
        let damaged = |line, reason| SweepError::DamagedTable { path: self.path.clone(), line, reason };
        let without_heading = || {
            let reason = "its heading is not that of this sweep".to_owned();
            SweepError::DamagedRecord { path: self.path.clone(), reason }
        };
        let mut file = &self.file;
        file.seek(SeekFrom::Start(0)).map_err(unreadable)?;
        let mut csv = reader(BufReader::with_capacity(64 * 1024, file.take(self.bytes)));
        let (mut record, mut rows, mut is_heading) = (StringRecord::new(), Vec::new(), true);
        loop {
            let (offset, number) = (csv.position().byte(), csv.position().line());
            match csv.read_record(&mut record) {
                Err(error) => return Err(damaged(number, format!("the row cannot be read ({error})"))),
                Ok(false) if is_heading => return Err(without_heading()),
                Ok(false) => return Ok(rows),
                Ok(true) if is_heading && line(&record.iter().collect::<Vec<_>>()) != self.heading => {
                    return Err(without_heading());
                }
                Ok(true) if is_heading => is_heading = false,
                Ok(true) => {
                    let run = check(&record).map_err(|reason| damaged(number, reason))?;
                    rows.push(Row { run, offset, length: csv.position().byte() - offset });
                }
            }
        }
    }

    /// Adds the row of a run.
    pub(super) fn append(&mut self, run: RunId, row: &impl Serialize) -> Result<(), OutputError> {
        let line = line(row);
        let mut rest = &line[..];
        while !rest.is_empty() {
            match self.disk.write(&mut self.file, rest) {
                Ok(0) => return Err(self.failed(io::ErrorKind::WriteZero.into())),
                Ok(count) => rest = &rest[count..],
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(self.failed(error)),
            }
        }
        self.rows.push(Row { run, offset: self.bytes, length: line.len() as u64 });
        self.bytes += line.len() as u64;
        if self.synced.elapsed() >= UNSYNCED { self.sync() } else { Ok(()) }
    }

    /// Takes back what there is of a row that could not be written.
    fn failed(&self, error: io::Error) -> OutputError {
        // If this fails too, the piece is cut off when the table is opened again.
        let _ = self.file.set_len(self.bytes);
        OutputError::io("write", &self.path)(error)
    }

    /// Brings all rows to the disk.
    pub(super) fn sync(&mut self) -> Result<(), OutputError> {
        self.disk.sync(&self.file).map_err(OutputError::io("write", &self.path))?;
        self.synced = Instant::now();
        Ok(())
    }

    /// Hands over the rows sorted by point and replicate; of several of one run, the last.
    pub(super) fn for_each_sorted(&self, mut take: impl FnMut(&StringRecord) -> io::Result<()>) -> io::Result<()> {
        let mut rows = self.rows.clone();
        rows.sort_unstable();
        let mut file = &self.file;
        let mut record = StringRecord::new();
        let mut bytes = Vec::new();
        for (place, row) in rows.iter().enumerate() {
            if rows.get(place + 1).is_some_and(|next| next.run == row.run) {
                continue;
            }
            file.seek(SeekFrom::Start(row.offset))?;
            bytes.clear();
            file.take(row.length).read_to_end(&mut bytes)?;
            if !reader(&bytes[..]).read_record(&mut record)? {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            take(&record)?;
        }
        Ok(())
    }

    /// Puts the table in place of itself with its rows sorted; its checksum.
    pub(super) fn sort(self) -> Result<u32, OutputError> {
        let mut checksum = crc32fast::Hasher::new();
        replace(&*self.disk, &self.path, |out| {
            let mut put = |line: &[u8]| {
                checksum.update(line);
                out.write_all(line)
            };
            put(&self.heading)?;
            self.for_each_sorted(|record| put(&line(&record.iter().collect::<Vec<_>>())))
        })?;
        Ok(checksum.finalize())
    }
}

fn reader<R: Read>(from: R) -> csv::Reader<R> {
    ReaderBuilder::new().has_headers(false).flexible(true).buffer_capacity(4096).from_reader(from)
}

/// A row as a line.
pub(super) fn line(row: &(impl Serialize + ?Sized)) -> Vec<u8> {
    let mut csv = WriterBuilder::new().has_headers(false).from_writer(Vec::new());
    csv.serialize(row).expect("rows hold only what CSV can");
    csv.into_inner().expect("a vector takes all that is written")
}

/// How many of the first `length` bytes of a file are whole lines.
fn whole_lines(file: &File, length: u64) -> io::Result<u64> {
    const PIECE: u64 = 4096;
    let mut file = file;
    let mut end = length;
    while end > 0 {
        let start = end.saturating_sub(PIECE);
        file.seek(SeekFrom::Start(start))?;
        let mut piece = Vec::new();
        file.take(end - start).read_to_end(&mut piece)?;
        if let Some(place) = piece.iter().rposition(|&byte| byte == b'\n') {
            return Ok(start + place as u64 + 1);
        }
        end = start;
    }
    Ok(0)
}
