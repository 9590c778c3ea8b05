//! What is recorded of every agent is written by the process that has it, as Parquet files that make one table.
#![cfg(feature = "parquet")]

use std::{fs, ops::Range, path::Path};

use lampyrid::io::{PhaseParts, Scenario};

use super::{SAVED, SCENARIO, assert_refused_once, json, run_on, said, scratch, support, turn};

const AGENTS: usize = 600;

/// The names of the files in a directory, and what is in them.
fn files(directory: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(directory).expect("a directory of parts").map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = entries
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read(&path).unwrap()))
        .collect();
    files.sort();
    files
}

/// The rows of `phases.csv` of a run: a time, and the phase of each agent.
fn rows(run: &Path) -> Vec<(f64, Vec<f64>)> {
    let table = fs::read_to_string(run.join("phases.csv")).unwrap();
    let number = |field: &str| if field.is_empty() { f64::NAN } else { field.parse().expect("a number") };
    let row = |line: &str| {
        let mut fields = line.split(',').map(number);
        (fields.next().expect("a time"), fields.collect())
    };
    table.lines().skip(1).map(row).collect()
}

/// Writes parts of rows, which begin after so many steps and have so many between them, as so many ranks would.
fn write(into: &Path, scenario: &Scenario, rows: &[(f64, Vec<f64>)], every: u64, steps: u64, ranks: usize) {
    for rank in 0..ranks {
        let ids: Range<usize> = AGENTS * rank / ranks..AGENTS * (rank + 1) / ranks;
        let mut parts = PhaseParts::new(into, rank, scenario);
        for ((time, phases), row) in rows.iter().zip(0..) {
            parts.row(steps + row * every, *time, ids.start as u32.., &phases[ids.clone()]).unwrap();
        }
        parts.close().unwrap().expect("rows were written");
    }
}

/// Whether two lists of files have the same names and data; at the end a file tells of its scenario and its run.
fn assert_same(found: &[(String, Vec<u8>)], expected: &[(String, Vec<u8>)]) {
    let names = |files: &[(String, Vec<u8>)]| files.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    assert_eq!(names(found), names(expected));
    for ((name, one), (_, other)) in found.iter().zip(expected) {
        assert!(one.len() > 1000 && one[..one.len() / 2] == other[..one.len() / 2], "{name} differs");
    }
}

#[test]
fn parts_of_all_ranks_have_the_rows_of_one_process_wherever_it_goes_on() {
    let Some(_turn) = turn() else { return };
    let scratch = scratch();
    let directory = scratch.path();
    // Agents that are gone have no phase any more.
    let remove = "disruption=[{kind=\"remove\", fraction=0.1, at=0.1}]";
    let settings = ["--set", "record.phases=true", "--set", "record.format=both", "--set", remove];
    let begin = ["run", "swarm.toml", "--quiet", "--checkpoint-every", "0.3", "--out"];
    let arguments = |out| [&begin[..], &[out], &settings].concat();
    let alone = support::run(directory, &arguments("alone"));
    assert!(alone.status.success(), "{}", said(&alone));
    let rows = rows(&directory.join("alone"));
    assert_eq!(rows.len(), 4);
    assert!(rows[3].1.iter().filter(|phase| phase.is_nan()).count() > 30);
    // Only the metadata, at the end of a file, tell more of it.
    let scenario = Scenario::parse(SCENARIO, "swarm.toml").unwrap();

    // Rows after 0, 20, 40 and 60 steps, saved after 30: two files of each rank.
    for (ranks, out) in [(2, "on2"), (4, "on4")] {
        let spread = run_on(directory, ranks, &arguments(out));
        assert!(spread.status.success(), "{}", said(&spread));
        let expected = directory.join(format!("expected{ranks}"));
        let partial = expected.join(".phases.parquet.partial");
        fs::create_dir_all(&partial).unwrap();
        write(&expected, &scenario, &rows[..2], 20, 0, ranks);
        write(&expected, &scenario, &rows[2..], 20, 40, ranks);
        assert_same(&files(&directory.join(out).join("phases.parquet")), &files(&partial));
        for file in ["phases.csv", "order_parameter.csv", "final_state.csv"] {
            let of = |run: &str| fs::read(directory.join(run).join(file)).unwrap();
            assert!(of(out) == of("alone"), "{file} on {ranks} ranks");
        }
        let (one, several) = (json(directory, "alone"), json(directory, out));
        assert_eq!((&one["files"], &one["phase_hash"]), (&several["files"], &several["phase_hash"]));
    }
}

#[test]
fn a_part_that_is_damaged_is_refused_once_by_its_name() {
    let Some(_turn) = turn() else { return };
    let scratch = scratch();
    let directory = scratch.path();
    let settings = ["--set", "record.phases=true", "--set", "record.format=parquet", "--out", "run"];
    let begun = run_on(directory, 2, &[&SAVED[..], &settings].concat());
    assert!(begun.status.success(), "{}", said(&begun));
    let parts = directory.join("run/phases.parquet");
    let (name, mut bytes) = files(&parts).into_iter().nth(1).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(parts.join(&name), bytes).unwrap();
    for ranks in [1, 3] {
        let resume = ["resume", "run", "--out", "again"];
        let output = if ranks == 1 { support::run(directory, &resume) } else { run_on(directory, ranks, &resume) };
        assert_refused_once(&output, 3, &format!("{name} is damaged"));
    }
}

/// What a run over three ranks saved goes on with any number of them, one among them, into parts of the same table.
#[test]
fn parts_go_on_from_a_checkpoint_with_any_number_of_processes() {
    let Some(_turn) = turn() else { return };
    let scratch = scratch();
    let directory = scratch.path();
    let settings = ["--set", "record.phases=true", "--set", "record.format=both", "--set", "checkpoint.keep=99"];
    let arguments = |out| [&SAVED[..], &["--out", out], &settings].concat();
    let alone = support::run(directory, &arguments("alone"));
    let spread = run_on(directory, 3, &arguments("spread"));
    assert!(alone.status.success() && spread.status.success(), "{}", said(&spread));
    let whole = files(&directory.join("spread/phases.parquet"));
    let mut saved: Vec<_> =
        fs::read_dir(directory.join("spread/checkpoints")).unwrap().map(|file| file.unwrap().path()).collect();
    saved.retain(|path| path.extension().is_some_and(|ending| ending == "lampyrid"));
    saved.sort();
    let from = saved[saved.len() / 2].to_str().unwrap();
    for ranks in [1, 2, 3] {
        let out = format!("again{ranks}");
        let resume = ["resume", from, "--quiet", "--out", &out];
        let again = if ranks == 1 { support::run(directory, &resume) } else { run_on(directory, ranks, &resume) };
        assert!(again.status.success(), "{ranks} ranks: {}", said(&again));
        let found = files(&directory.join(&out).join("phases.parquet"));
        if ranks == 3 {
            assert_same(&found, &whole);
            continue;
        }
        // What was there is kept; what comes after is by those who are there.
        let kept = found.iter().zip(&whole).take_while(|(one, other)| one == other).count();
        assert!(kept >= 3 && kept < whole.len(), "{kept} of {}", whole.len());
        let after = (whole.len() - kept) / 3 * ranks;
        assert_eq!(found.len(), kept + after, "{ranks} ranks");
        let of = |run: &str| fs::read(directory.join(run).join("phases.csv")).unwrap();
        assert!(of(&out) == of("alone"), "{ranks} ranks");
    }
    // And what one process saved goes on over several, into its one file.
    let mut saved: Vec<_> =
        fs::read_dir(directory.join("alone/checkpoints")).unwrap().map(|file| file.unwrap().path()).collect();
    saved.sort();
    let from = saved.iter().find(|path| path.extension().is_some_and(|ending| ending == "lampyrid")).unwrap();
    let again = run_on(directory, 2, &["resume", from.to_str().unwrap(), "--quiet", "--out", "one_file"]);
    assert!(again.status.success(), "{}", said(&again));
    let of = |run: &str| fs::read(directory.join(run).join("phases.parquet")).unwrap();
    assert!(of("one_file") == of("alone"));
}
