use std::{collections::BTreeMap, mem};

use super::*;
use crate::checkpoint::{BlockRef, Checkpoint};
use crate::disk::faulty::FaultyDisk;

type Files = BTreeMap<String, Vec<u8>>;

/// All files of a directory, hidden ones too.
fn files(path: &Path) -> Files {
    let entries = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path());
    let files = entries.filter(|path| path.is_file());
    files.map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read(path).unwrap())).collect()
}

/// What is in the files of a run.
fn contents(product: Product, run: &str) -> Vec<u8> {
    format!("{} of the {run} run", product.file_name()).into_bytes()
}

fn expected(products: &[Product], run: &str) -> Files {
    products.iter().map(|&product| (product.file_name().to_owned(), contents(product, run))).collect()
}

const EARLIER: [Product; 4] =
    [Product::RunRecord, Product::OrderParameter, Product::FinalState, Product::Svg(Picture::PhaseRaster)];
const LATER: [Product; 4] = [Product::RunRecord, Product::OrderParameter, Product::FinalState, Product::Phases];

fn write(run: &mut RunDirectory, products: &[Product], name: &str) -> Result<(), OutputError> {
    for &product in &products[1..] {
        run.write(product, &contents(product, name))?;
    }
    run.put_in_place(&contents(Product::RunRecord, name))
}

fn earlier(path: &Path) {
    write(&mut RunDirectory::create(path, true).unwrap(), &EARLIER, "earlier").unwrap();
}

#[test]
fn whatever_operation_fails_the_earlier_run_stays_as_it_was() {
    let scratch = tempfile::tempdir().unwrap();
    earlier(scratch.path());
    for fails in 0.. {
        let disk = Arc::new(FaultyDisk::failing(fails));
        let outcome = RunDirectory::create_on(disk.clone(), scratch.path(), true)
            .and_then(|mut run| write(&mut run, &LATER, "later"));
        match outcome {
            Ok(()) => {
                let mut found = files(scratch.path());
                found.retain(|name, _| !name.starts_with('.'));
                assert_eq!(found, expected(&LATER, "later"), "operation {fails}");
                if !disk.has_failed() {
                    assert!(fails > 30, "{fails} operations");
                    return;
                }
                // Only what was left to be tidied up has failed.
                earlier(scratch.path());
            }
            Err(error) => {
                assert!(error.to_string().contains("free some space"), "operation {fails}: {error}");
                let mut found = files(scratch.path());
                // What could not be removed is removed by the next run.
                found.retain(|name, _| !name.starts_with('.'));
                assert_eq!(found, expected(&EARLIER, "earlier"), "operation {fails}");
            }
        }
    }
}

#[test]
fn wherever_the_machine_stops_the_next_run_finds_one_of_the_two_whole() {
    let scratch = tempfile::tempdir().unwrap();
    let (mut old, mut new) = (0, 0);
    for stops in 0.. {
        earlier(scratch.path());
        let disk = Arc::new(FaultyDisk::stopping(stops));
        if let Ok(mut run) = RunDirectory::create_on(disk.clone(), scratch.path(), true) {
            let _ = write(&mut run, &LATER, "later");
            // Nothing is done any more, but the lock goes with the process.
            run.handle = None;
            mem::forget(run);
        }
        let next = RunDirectory::create(scratch.path(), false).unwrap_err();
        assert!(matches!(next, OutputError::AlreadyHoldsRun { .. }), "stop at {stops}: {next}");
        let mut found = files(scratch.path());
        found.retain(|name, _| !name.starts_with('.'));
        // A file that the earlier run had not may be there besides.
        let is_new = found[Product::RunRecord.file_name()] == contents(Product::RunRecord, "later");
        let whole = if is_new { expected(&LATER, "later") } else { expected(&EARLIER, "earlier") };
        assert!(whole.iter().all(|(name, bytes)| found.get(name) == Some(bytes)), "stop at {stops}: {found:?}");
        *if is_new { &mut new } else { &mut old } += 1;
        if !disk.has_failed() {
            assert!(old > 20 && new > 5, "{old} times the earlier one, {new} times the later one");
            return;
        }
    }
}

#[test]
fn rows_that_a_checkpoint_counts_on_stay_when_the_run_fails_and_are_gone_on_with() {
    let scratch = tempfile::tempdir().unwrap();
    let begun = || -> Result<FilePosition, OutputError> {
        let mut run = RunDirectory::create(scratch.path(), true)?;
        let mut file = run.open(Product::OrderParameter)?;
        file.write_all(b"heading\nfirst\n").unwrap();
        let position = run.pinned(&file, 1)?;
        file.write_all(b"second, which no checkpoint has seen\n").unwrap();
        Ok(position)
    };
    let position = begun().unwrap();
    assert_eq!(position.bytes, 14);
    for _ in 0..2 {
        let mut run = RunDirectory::resume(scratch.path()).unwrap();
        let mut file = run.reopen(Product::OrderParameter, scratch.path(), position).unwrap();
        file.write_all(b"second\n").unwrap();
        let again = run.pinned(&file, 2).unwrap();
        assert_eq!(again.checksum, crc32fast::hash(b"heading\nfirst\nsecond\n"));
    }
    // Into another directory they are copied.
    let other = tempfile::tempdir().unwrap();
    let mut run = RunDirectory::create(other.path(), false).unwrap();
    let file = run.reopen(Product::OrderParameter, scratch.path(), position).unwrap();
    run.keep(file).unwrap();
    run.put_in_place(b"record").unwrap();
    assert_eq!(fs::read(other.path().join("order_parameter.csv")).unwrap(), b"heading\nfirst\n");
    // From there too, under its real name; not if it was altered.
    let third = tempfile::tempdir().unwrap();
    let mut run = RunDirectory::create(third.path(), false).unwrap();
    drop(run.reopen(Product::OrderParameter, other.path(), position).unwrap());
    fs::write(other.path().join("order_parameter.csv"), "heading\nother\n").unwrap();
    let error = run.reopen(Product::Phases, other.path(), position).unwrap_err();
    assert!(matches!(error, OutputError::RowsMissing { rows: 1, .. }), "{error}");
}

/// A run with a checkpoint, which knows of one row, and with another row after it.
fn unfinished(path: &Path) -> FilePosition {
    let mut run = RunDirectory::create(path, false).unwrap();
    let mut file = run.open(Product::OrderParameter).unwrap();
    file.write_all(b"heading\nfirst\n").unwrap();
    let position = run.pinned(&file, 1).unwrap();
    run.save_checkpoint(7, 1, 2, |out| out.block("one", BlockRef::U32(&[1]))).unwrap();
    file.write_all(b"lost\n").unwrap();
    position
}

/// Goes on with it to its end, on a disk that may fail, in `out`.
fn go_on(disk: &Arc<FaultyDisk>, from: &Path, out: &Path, position: FilePosition) -> Result<(), OutputError> {
    let mut run = match out == from {
        true => RunDirectory::resume_on(disk.clone(), out)?,
        false => RunDirectory::create_on(disk.clone(), out, true)?,
    };
    run.keep_checkpoints_of(7);
    let mut file = run.reopen(Product::OrderParameter, from, position)?;
    file.write_all(b"second\n").map_err(OutputError::io("write", &file.path))?;
    run.pinned(&file, 2)?;
    run.save_checkpoint(7, 2, 2, |out| out.block("two", BlockRef::U32(&[2])))?;
    run.keep(file)?;
    run.put_in_place(b"record")
}

#[test]
fn whatever_operation_fails_a_run_can_still_be_resumed_from_where_it_was_saved() {
    for is_elsewhere in [false, true] {
        for fails in 0.. {
            let scratch = tempfile::tempdir().unwrap();
            let from = scratch.path().join("run");
            let out = if is_elsewhere { scratch.path().join("out") } else { from.clone() };
            let position = unfinished(&from);
            let disk = Arc::new(FaultyDisk::failing(fails));
            let outcome = go_on(&disk, &from, &out, position);
            if !disk.has_failed() {
                outcome.unwrap();
                assert!(fails > 15, "{fails} operations");
                break;
            }
            if let Err(error) = outcome {
                assert!(error.to_string().contains("free some space"), "operation {fails}: {error}");
                let is_hidden = |name: String| name.starts_with('.');
                assert!(!out.exists() || files(&out).into_keys().all(is_hidden), "operation {fails}");
                let saved = saved_checkpoints(&from).unwrap();
                assert!(Checkpoint::load(&saved[0].path).is_ok(), "operation {fails}");
                go_on(&Arc::new(FaultyDisk::failing(usize::MAX)), &from, &out, position).unwrap();
            }
            let rows = fs::read(out.join("order_parameter.csv")).unwrap();
            assert_eq!(rows, b"heading\nfirst\nsecond\n", "operation {fails}");
        }
    }
}

#[test]
fn the_latest_checkpoints_are_kept_and_those_of_another_run_until_the_end() {
    let scratch = tempfile::tempdir().unwrap();
    let save = |run: &mut RunDirectory, number, step| run.save_checkpoint(number, step, 2, |_| Ok(())).unwrap();
    let mut run = RunDirectory::create(scratch.path(), false).unwrap();
    let other = save(&mut run, 7, 10);
    drop(run);
    assert!(matches!(RunDirectory::create(scratch.path(), false).unwrap_err(), OutputError::HoldsUnfinishedRun { .. }));
    let mut run = RunDirectory::create(scratch.path(), true).unwrap();
    (1..=5).for_each(|step| _ = save(&mut run, 8, 100 * step));
    let steps = || -> Vec<(u32, u64)> {
        let mut found: Vec<_> =
            saved_checkpoints(scratch.path()).unwrap().iter().map(|one| (one.run, one.step)).collect();
        found.sort_unstable();
        found
    };
    assert_eq!(steps(), [(7, 10), (8, 400), (8, 500)]);
    // Resumed from an earlier one: what is ahead of it goes first.
    save(&mut run, 8, 300);
    assert_eq!(steps(), [(7, 10), (8, 300), (8, 500)]);
    let killed = scratch.path().join("checkpoints/.step-0000000000000350-00000008.lampyrid.partial");
    fs::write(&killed, "cut off").unwrap();
    run.put_in_place(b"record").unwrap();
    assert!(!killed.exists());
    assert_eq!(steps(), [(8, 300), (8, 500)]);
    assert!(!other.exists());
}

#[cfg(feature = "parquet")]
#[test]
fn whatever_operation_fails_rows_that_a_checkpoint_counts_on_lead_to_the_same_parquet_file() {
    use lampyrid_measure::OrderParameter;

    use crate::{Scenario, SeriesWriter, TablePosition};

    let scenario = Scenario::parse("record.format = \"parquet\"", "test").unwrap();
    let rows = |series: &mut SeriesWriter, times: std::ops::Range<u32>| -> Result<(), OutputError> {
        times.into_iter().try_for_each(|time| {
            series.row(time.into(), OrderParameter { r: 1.0 / f64::from(time + 1), psi: 0.5 }, &[])
        })
    };
    let recorded = |disk: Arc<dyn Disk>, path: &Path, saved: &mut Option<TablePosition>| -> Result<(), OutputError> {
        let mut run = RunDirectory::create_on(disk, path, false)?;
        run.record_as(&scenario)?;
        let mut series = run.series(&[])?;
        rows(&mut series, 0..3)?;
        *saved = Some(series.position(&mut run)?);
        rows(&mut series, 3..5)?;
        series.finish(&mut run)?;
        run.put_in_place(b"record")
    };
    let visible = |path: &Path| {
        let mut found = files(path);
        found.retain(|name, _| !name.starts_with('.'));
        found
    };
    let whole = tempfile::tempdir().unwrap();
    recorded(Arc::new(RealDisk), whole.path(), &mut None).unwrap();
    let expected = files(whole.path());
    assert_eq!(expected.keys().collect::<Vec<_>>(), ["order_parameter.parquet", "run.json"]);
    for fails in 0.. {
        let scratch = tempfile::tempdir().unwrap();
        let (disk, mut saved) = (Arc::new(FaultyDisk::failing(fails)), None);
        let outcome = recorded(disk.clone(), scratch.path(), &mut saved);
        match (outcome, saved) {
            (Ok(()), _) => {
                assert_eq!(visible(scratch.path()), expected, "operation {fails}");
                if !disk.has_failed() {
                    assert!(fails > 10, "{fails} operations");
                    return;
                }
            }
            (Err(_), None) => assert!(visible(scratch.path()).is_empty(), "operation {fails}"),
            (Err(_), Some(saved)) => {
                assert!(visible(scratch.path()).is_empty(), "operation {fails}");
                let mut run = RunDirectory::resume(scratch.path()).unwrap();
                run.record_as(&scenario).unwrap();
                let mut series = run.reopen_series(&[], scratch.path(), saved).unwrap();
                rows(&mut series, 3..5).unwrap();
                series.finish(&mut run).unwrap();
                run.put_in_place(b"record").unwrap();
                assert_eq!(files(scratch.path()), expected, "operation {fails}");
            }
        }
    }
}

#[cfg(feature = "parquet")]
#[test]
fn rows_of_a_finished_run_are_read_from_its_parquet_files_and_refused_where_these_were_altered() {
    use crate::{EventRow, Scenario};

    let scenario = Scenario::parse("record.format = \"parquet\"", "test").unwrap();
    let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut run = RunDirectory::create(first.path(), false).unwrap();
    run.record_as(&scenario).unwrap();
    // More rows than a group has, and phases of agents who go.
    let agents = 40_000;
    let phases = |time: u32| -> Vec<f64> {
        let phase =
            |agent: u32| if agent < 1000 * time { f64::NAN } else { f64::from(agent % 7) / f64::from(time + 1) };
        (0..agents).map(phase).collect()
    };
    let (mut all, mut events) = (run.phases(agents as usize).unwrap(), run.events().unwrap());
    let event = |time: u32| EventRow {
        time: time.into(),
        kind: if time.is_multiple_of(2) { "even" } else { "odd — or not" },
        value: (time > 1).then_some(-0.0),
        detail: "",
    };
    let mut saved = None;
    for time in 0..6 {
        all.row(time.into(), &phases(time)).unwrap();
        events.row(event(time)).unwrap();
        if time == 3 {
            saved = Some((all.position(&mut run).unwrap(), events.position(&mut run).unwrap()));
        }
    }
    all.finish(&mut run).unwrap();
    events.finish(&mut run).unwrap();
    run.put_in_place(b"record").unwrap();
    let expected = files(first.path());
    assert!(expected.keys().all(|name| !name.starts_with('.')), "{:?}", expected.keys());

    let saved = saved.unwrap();
    let mut run = RunDirectory::create(second.path(), false).unwrap();
    run.record_as(&scenario).unwrap();
    let mut all = run.reopen_phases(agents as usize, first.path(), saved.0, None).unwrap();
    let mut events = run.reopen_events(first.path(), saved.1).unwrap();
    for time in 4..6 {
        all.row(time.into(), &phases(time)).unwrap();
        events.row(event(time)).unwrap();
    }
    all.finish(&mut run).unwrap();
    events.finish(&mut run).unwrap();
    run.put_in_place(b"record").unwrap();
    assert!(files(second.path()) == expected);

    let path = second.path().join("phases.parquet");
    let mut altered = fs::read(&path).unwrap();
    let middle = altered.len() / 2;
    altered[middle] ^= 1;
    for bytes in [&altered[..], &altered[..middle], b"PAR1"] {
        fs::write(&path, bytes).unwrap();
        let third = tempfile::tempdir().unwrap();
        let mut run = RunDirectory::create(third.path(), false).unwrap();
        run.record_as(&scenario).unwrap();
        let refused = run.reopen_phases(agents as usize, second.path(), saved.0, None).unwrap_err();
        assert!(matches!(refused, OutputError::RowsMissing { rows: 4, .. }), "{refused}");
    }
}
