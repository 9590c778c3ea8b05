//! Parts of a table hold the rows of the whole, whoever writes how many of them.

use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::RowAccessor;

use super::*;

const AGENTS: usize = 7;

fn scenario() -> Scenario {
    Scenario::parse("[record]\nformat = \"parquet\"\nphases = true\n", "test").unwrap()
}

fn directory(path: &Path) -> RunDirectory {
    let mut run = RunDirectory::create(path, false).unwrap();
    run.record_as(&scenario()).unwrap();
    run
}

/// The phases at a row: of the fourth agent none from row 3 on.
fn phases(row: u64) -> Vec<f64> {
    let phase = |agent| if agent == 3 && row >= 3 { f64::NAN } else { row as f64 + 0.01 * agent as f64 };
    (0..AGENTS).map(phase).collect()
}

/// The rows of files in the order of time and id: bits of the time, id, and bits of the phase, if there is one.
fn rows(files: impl IntoIterator<Item = PathBuf>) -> Vec<(u64, u64, Option<u64>)> {
    let mut rows = Vec::new();
    for file in files {
        let file = SerializedFileReader::new(File::open(file).unwrap()).unwrap();
        for row in file.get_row_iter(None).unwrap() {
            let row = row.unwrap();
            let phase = row.get_double(2).ok().map(f64::to_bits);
            rows.push((row.get_double(0).unwrap().to_bits(), row.get_ulong(1).unwrap(), phase));
        }
    }
    rows.sort_unstable();
    rows
}

fn in_directory(directory: &Path) -> Vec<PathBuf> {
    fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect()
}

/// What is left of a table of six rows that one process has written whole.
fn whole() -> Vec<(u64, u64, Option<u64>)> {
    let scratch = tempfile::tempdir().unwrap();
    let mut run = directory(scratch.path());
    let mut writer = run.phases(AGENTS).unwrap();
    (0..6).for_each(|row| writer.row(row as f64, &phases(row)).unwrap());
    writer.finish(&mut run).unwrap();
    rows([scratch.path().join(Product::PhasesParquet.partial_name())])
}

/// Writes rows by so many processes, and tells what they have completed.
fn write(run: &RunDirectory, ranks: usize, written: std::ops::Range<u64>) -> Vec<PhasePart> {
    let write = |rank| {
        let ids = AGENTS * rank / ranks..AGENTS * (rank + 1) / ranks;
        let mut parts = PhaseParts::new(run.path(), rank, &scenario());
        for row in written.clone() {
            parts.row(10 * row, row as f64, ids.start as u32.., &phases(row)[ids.clone()]).unwrap();
        }
        parts.close().unwrap().expect("rows were written")
    };
    (0..ranks).map(write).collect()
}

#[test]
fn parts_together_have_the_rows_of_the_one_file_and_go_on_from_any_checkpoint_by_any_number() {
    let scratch = tempfile::tempdir().unwrap();
    let mut run = directory(scratch.path());
    let mut writer = run.phases_in_parts(AGENTS).unwrap();
    writer.note_parts(write(&run, 3, 0..2));
    let (position, saved) = (writer.position(&mut run).unwrap(), writer.parts(&mut run).unwrap().unwrap());
    assert_eq!(saved[1].name(), "step-0000000000000000-rank-0001.parquet");
    // What comes after the checkpoint is lost with the run, which leaves the rest.
    write(&run, 3, 2..5);
    drop((writer, run));
    let partial = scratch.path().join(Product::PhasesParquet.partial_name());
    assert_eq!(in_directory(&partial).len(), 6);

    let mut run = RunDirectory::resume(scratch.path()).unwrap();
    run.record_as(&scenario()).unwrap();
    assert!(position.is_in_parts(scenario().record.format));
    let writer = run.reopen_phases(AGENTS, scratch.path(), position, Some(&saved)).unwrap();
    assert_eq!(in_directory(&partial).len(), 3);
    write(&run, 2, 2..6);
    writer.finish(&mut run).unwrap();
    run.put_in_place(b"{}").unwrap();
    let table = scratch.path().join("phases.parquet");
    assert_eq!(rows(in_directory(&table)), whole());

    // From the finished run into another directory, and where a file of it is missing.
    let other = tempfile::tempdir().unwrap();
    let mut run = directory(other.path());
    drop(run.reopen_phases(AGENTS, scratch.path(), position, Some(&saved)).unwrap());
    assert_eq!(in_directory(&other.path().join(Product::PhasesParquet.partial_name())).len(), 3);
    drop(run);
    fs::remove_file(table.join(saved[1].name())).unwrap();
    let third = tempfile::tempdir().unwrap();
    let refused = directory(third.path()).reopen_phases(AGENTS, scratch.path(), position, Some(&saved));
    assert!(matches!(refused, Err(OutputError::RowsMissing { .. })), "{refused:?}");
}

#[test]
fn a_part_of_another_byte_is_refused_by_its_name() {
    let scratch = tempfile::tempdir().unwrap();
    let mut run = directory(scratch.path());
    let mut writer = run.phases_in_parts(AGENTS).unwrap();
    writer.note_parts(write(&run, 2, 0..3));
    let (position, saved) = (writer.position(&mut run).unwrap(), writer.parts(&mut run).unwrap().unwrap());
    drop((writer, run));
    let path = scratch.path().join(Product::PhasesParquet.partial_name()).join(saved[1].name());
    let whole = fs::read(&path).unwrap();
    for at in [0, whole.len() / 2, whole.len() - 1] {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        fs::write(&path, bytes).unwrap();
        let other = tempfile::tempdir().unwrap();
        let refused = directory(other.path()).reopen_phases(AGENTS, scratch.path(), position, Some(&saved));
        assert!(matches!(&refused, Err(OutputError::PartDamaged { path: named }) if *named == path), "{refused:?}");
    }
    fs::write(&path, whole).unwrap();
    let other = tempfile::tempdir().unwrap();
    assert!(directory(other.path()).reopen_phases(AGENTS, scratch.path(), position, Some(&saved)).is_ok());
}

#[test]
fn a_run_that_fails_leaves_no_parts_and_the_next_replaces_those_of_an_earlier_one() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("run");
    let begin = |force| {
        let mut run = RunDirectory::create(&path, force).unwrap();
        run.record_as(&scenario()).unwrap();
        let writer = run.phases_in_parts(AGENTS).unwrap();
        write(&run, 2, 0..1);
        (run, writer)
    };
    drop(begin(false));
    assert!(!path.exists());
    for force in [false, true] {
        let (mut run, writer) = begin(force);
        writer.finish(&mut run).unwrap();
        run.put_in_place(b"{}").unwrap();
        assert_eq!(in_directory(&path.join("phases.parquet")).len(), 2);
    }
    let names: Vec<_> = in_directory(&path).into_iter().map(|path| path.file_name().unwrap().to_owned()).collect();
    assert_eq!(names.len(), 2, "{names:?}");
    // What somebody else has put there stays.
    fs::write(path.join("phases.parquet/notes.txt"), "mine").unwrap();
    assert!(remove_parts(&path.join("phases.parquet")).is_err());
    assert!(path.join("phases.parquet/notes.txt").exists());
}

#[test]
fn a_phase_that_is_no_number_is_refused() {
    let scratch = tempfile::tempdir().unwrap();
    let mut run = directory(scratch.path());
    let _writer = run.phases_in_parts(1).unwrap();
    let refused = PhaseParts::new(run.path(), 0, &scenario()).row(0, 0.0, 0.., &[f64::INFINITY]);
    assert!(matches!(refused, Err(OutputError::NotFinite { .. })));
}
