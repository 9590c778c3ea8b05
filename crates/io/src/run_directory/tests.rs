use std::{collections::BTreeMap, mem};

use super::*;
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
