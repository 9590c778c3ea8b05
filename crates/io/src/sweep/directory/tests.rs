use super::*;
use crate::disk::faulty::FaultyDisk;
use crate::scenario::Scenario;
use crate::sweep::{SweepCommand, SweepOutcome};

/// In every format that this program has.
const SCENARIO: &str = if cfg!(feature = "parquet") { "record.format = \"both\"" } else { "" };

fn grid() -> Grid {
    Grid::new(vec![Axis::parse("coupling.strength=0:1:0.5").unwrap()]).unwrap()
}

fn record(scenario: &str, seeds: u64) -> SweepRecord {
    let grid = grid();
    let scenario = Scenario::parse(scenario, "scenario.toml").unwrap();
    let command = SweepCommand { directory: "/".to_owned(), scenario: None, set: vec![], vary: vec![], seeds };
    SweepRecord::new(&grid, grid.runs(seeds).unwrap(), &scenario, command)
}

fn seed(replicate: u64) -> u64 {
    replicate * 1000 + 7
}

/// Whatever runs it, a run has one outcome; one in five fails.
fn run(number: u64) -> SweepRun {
    let RunId { point, replicate } = RunId::nth(number, 3);
    let outcome = match number % 5 {
        4 => SweepOutcome::failed("no, \"never\""),
        _ => SweepOutcome { r_mean: Some(1.0 / (number + 3) as f64), agents: Some(10), ..Default::default() },
    };
    SweepRun { point, values: grid().values(point).unwrap(), replicate, seed: seed(replicate), outcome }
}

fn open(path: &Path) -> Result<SweepDirectory, SweepError> {
    SweepDirectory::open(path, record(SCENARIO, 3), &grid(), seed)
}

/// Does the runs that are missing, in an order of one's own.
fn complete(mut sweep: SweepDirectory) -> Result<SweepRecord, OutputError> {
    let missing: Vec<u64> = sweep.missing().collect();
    for number in missing.into_iter().rev() {
        sweep.append(&run(number), 0.25)?;
    }
    sweep.close(&mut |_| {})
}

fn file(path: &Path, name: &str) -> Vec<u8> {
    fs::read(path.join(name)).unwrap()
}

/// The tables of a sweep that is finished.
fn tables(path: &Path) -> Vec<Vec<u8>> {
    let count = if cfg!(feature = "parquet") { TABLES.len() } else { TABLES.len() - 2 };
    TABLES[..count].iter().map(|name| file(path, name)).collect()
}

#[test]
fn a_sweep_that_is_finished_has_its_rows_sorted_and_says_so() {
    let scratch = tempfile::tempdir().unwrap();
    let done = complete(open(scratch.path()).unwrap()).unwrap();
    assert_eq!((done.done, done.failed, done.finished), (9, 1, true));
    let runs = file(scratch.path(), RUNS);
    let text = String::from_utf8(runs.clone()).unwrap();
    let rows: Vec<String> = text.lines().map(|row| row.split(',').take(3).collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(rows[..4], ["point coupling.strength replicate", "0 0 0", "0 0 1", "0 0 2"]);
    assert_eq!(rows[9], "2 1 2");
    assert_eq!(done.runs_crc32, Some(format!("{:08x}", crc32fast::hash(&runs))));
    let saved = SweepDirectory::record_in(scratch.path()).unwrap().unwrap();
    assert_eq!(saved, done);
    // Once more, nothing is left to do, and nothing changes.
    let before = tables(scratch.path());
    let again = open(scratch.path()).unwrap();
    assert_eq!(again.missing().count(), 0);
    assert_eq!(again.close(&mut |_| {}).unwrap(), done);
    assert_eq!(tables(scratch.path()), before);
}

#[test]
fn cut_off_at_any_byte_the_tables_end_as_if_nothing_had_been() {
    let scratch = tempfile::tempdir().unwrap();
    let (whole, cut) = (scratch.path().join("whole"), scratch.path().join("cut"));
    complete(open(&whole).unwrap()).unwrap();
    let mut sweep = open(&cut).unwrap();
    (0..6).for_each(|number| sweep.append(&run(number), 0.25).unwrap());
    drop(sweep);
    let (runs, timings) = (file(&cut, RUNS), file(&cut, TIMINGS));
    let heading = runs.iter().position(|&byte| byte == b'\n').unwrap() + 1;
    for length in heading..=runs.len() {
        fs::write(cut.join(RUNS), &runs[..length]).unwrap();
        fs::write(cut.join(TIMINGS), &timings).unwrap();
        let sweep = open(&cut).unwrap();
        let rows = runs[..length].iter().filter(|&&byte| byte == b'\n').count() as u64 - 1;
        assert_eq!(sweep.progress().done, rows, "{length} bytes");
        complete(sweep).unwrap();
        assert_eq!(tables(&cut), tables(&whole), "{length} bytes");
    }
}

#[test]
fn whatever_operation_fails_no_row_is_lost_and_the_next_one_goes_on() {
    let scratch = tempfile::tempdir().unwrap();
    let whole = scratch.path().join("whole");
    complete(open(&whole).unwrap()).unwrap();
    for fails in 0.. {
        let path = scratch.path().join(format!("{fails}"));
        let disk = Arc::new(FaultyDisk::failing(fails));
        let outcome = SweepDirectory::open_on(disk.clone(), &path, record(SCENARIO, 3), &grid(), &seed);
        match outcome.and_then(|sweep| Ok(complete(sweep)?)) {
            Ok(_) => {
                let least = if cfg!(feature = "parquet") { 40 } else { 30 };
                assert!(!disk.has_failed() && fails > least, "{fails} operations");
                return;
            }
            Err(error) => assert!(error.to_string().contains("free some space"), "operation {fails}: {error}"),
        }
        let rows = || fs::read(path.join(RUNS)).map_or(0, |runs| runs.iter().filter(|&&byte| byte == b'\n').count());
        let before = rows();
        let sweep = open(&path).unwrap();
        assert_eq!(sweep.progress().done + 1, before.max(1) as u64, "operation {fails}");
        complete(sweep).unwrap();
        assert_eq!(tables(&path), tables(&whole), "operation {fails}");
    }
}

#[test]
fn another_sweep_a_run_and_what_nobody_knows_are_left_as_they_are() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("sweep");
    let mut sweep = open(&path).unwrap();
    sweep.append(&run(0), 0.25).unwrap();
    assert!(matches!(open(&path), Err(SweepError::Output(OutputError::InUse { .. }))));
    drop(sweep);
    let before = file(&path, RUNS);
    let refused = |record: SweepRecord| SweepDirectory::open(&path, record, &grid(), seed).unwrap_err().to_string();
    assert!(refused(record("", 4)).contains("--seeds was 3 and is 4"));
    assert!(refused(record("coupling.noise = 0.5", 3)).contains("coupling.noise was 0.0 and is 0.5"));
    for name in ["run.json", "points.csv", "points.parquet", "phases.csv"] {
        let other = scratch.path().join(name.replace('.', "_"));
        fs::create_dir(&other).unwrap();
        fs::write(other.join(name), "mine").unwrap();
        let error = open(&other).unwrap_err();
        assert!(matches!(error, SweepError::NotASweep { .. }) && error.to_string().contains(name), "{error}");
        assert_eq!(fs::read_dir(&other).unwrap().count(), 1);
    }
    assert_eq!(file(&path, RUNS), before);
}

#[test]
fn a_row_that_is_none_of_the_sweep_is_pointed_at_and_nothing_is_cut_off() {
    let scratch = tempfile::tempdir().unwrap();
    let mut sweep = open(scratch.path()).unwrap();
    (0..3).for_each(|number| sweep.append(&run(number), 0.25).unwrap());
    drop(sweep);
    let good = String::from_utf8(file(scratch.path(), RUNS)).unwrap();
    let (heading, row) = good.split_once('\n').unwrap();
    let cases = [
        (good.replace("0.5,0,7,", "0.7,0,7,"), "runs.csv:3: the row is of no run of this sweep"),
        (good.replace("1,0.5,0,7,", "5,0.5,0,7,"), "runs.csv:3: the row is of no run"),
        (good.replace(",7,done", ",8,done"), "runs.csv:2: the row is of no run"),
        (good.replace("done", "dome"), "runs.csv:2: the row cannot be read"),
        (format!("{good}1,2\n{row}"), "runs.csv:5: the row has 2 values"),
        (row.to_owned(), "runs.csv: its heading is not that of this sweep"),
        (String::new(), "runs.csv: its heading"),
        (heading.to_owned(), "runs.csv: its heading"),
    ];
    for (text, reason) in cases {
        let text = format!("{text}a piece");
        fs::write(scratch.path().join(RUNS), &text).unwrap();
        let error = open(scratch.path()).unwrap_err().to_string();
        assert!(error.contains(reason), "{error}");
        assert_eq!(file(scratch.path(), RUNS), text.as_bytes());
    }
    fs::write(scratch.path().join(RECORD), "{}").unwrap();
    assert!(matches!(open(scratch.path()), Err(SweepError::DamagedRecord { .. })));
}

#[cfg(not(feature = "parquet"))]
#[test]
fn parquet_is_refused_by_a_program_without_it_before_anything_is_written() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("sweep");
    let refused = SweepDirectory::open(&path, record("record.format = \"both\"", 3), &grid(), seed).unwrap_err();
    assert!(matches!(refused, SweepError::Output(OutputError::NoParquet)), "{refused}");
    assert!(!path.exists());
}
