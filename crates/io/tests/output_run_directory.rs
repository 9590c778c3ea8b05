//! Run directories: whole runs or none.

use std::fs;
use std::path::Path;

use lampyrid_io::plot::{
    CircleSnapshot, PhaseRaster, PlotOptions, SeriesView, order_parameter, phase_circles, phase_raster,
};
use lampyrid_io::scenario::Scenario;
use lampyrid_io::{
    AgentState, MemoryRecord, MetricsRecord, NetworkRecord, OutputError, Picture, Product, RunDirectory, RunRecord,
    Versions,
};
use lampyrid_measure::{OrderParameter, Quantiles};

fn record(steps: u64) -> RunRecord {
    RunRecord {
        agents: 2,
        links: 2,
        steps,
        time: 0.01 * steps as f64,
        threads: 1,
        seed: 42,
        phase_hash: "0123456789abcdef".to_owned(),
        goal: None,
        energy: None,
        disruptions: Vec::new(),
        r#final: OrderParameter { r: 0.75, psi: 1.5 }.into(),
        wall_seconds: 0.5,
        step_seconds: 0.25,
        step_times: (&[0.01, 0.02].into_iter().collect::<Quantiles>()).into(),
        agent_steps_per_second: RunRecord::speed(2, steps, 0.25),
        ranks: Vec::new(),
        exchange: None,
        memory: MemoryRecord {
            peak_resident_bytes: Some(1_000_000),
            bytes_per_agent: Some(128.5),
            estimated_bytes: Some(257),
            budget_exceeded: false,
        },
        metrics: MetricsRecord { agents: 2, links: 2, steps_per_second: Some(4.0), ..Default::default() },
        exit_code: 0,
        interrupted: false,
        versions: Versions { lampyrid: "0.1.0".to_owned(), os: "linux".to_owned(), arch: "x86_64".to_owned() },
        network: NetworkRecord {
            format: Some("matrix_market".to_owned()),
            directed: false,
            weighted: false,
            duplicates: 0,
            self_links: 0,
            isolated: 0,
        },
        numbering: None,
        files: Vec::new(),
        scenario: Scenario::parse("", "none").unwrap(),
    }
}

/// Names in a directory, hidden ones too, in order.
fn names(path: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(path).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn agents(energy: Option<f64>) -> [AgentState<'static>; 2] {
    [
        AgentState { id: 0, phase: 0.1, frequency: -2.0, energy, name: None },
        AgentState { id: 1, phase: std::f64::consts::PI, frequency: 1e-9, energy: None, name: None },
    ]
}

/// Writes a small run with the given series.
fn run(path: &Path, force: bool, rows: &[(f64, f64)]) -> Result<RunRecord, OutputError> {
    let mut run = RunDirectory::create(path, force)?;
    let mut series = run.series(&[])?;
    for (time, r) in rows {
        series.row(*time, OrderParameter { r: *r, psi: 0.0 }, &[])?;
    }
    series.finish(&mut run)?;
    run.write_final_state(agents(None))?;
    run.finish(record(rows.len() as u64))
}

#[test]
fn a_finished_run_has_its_files_and_nothing_else() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("deep/er/run");
    let record = run(&path, false, &[(0.0, 0.5), (0.1, 0.625)]).unwrap();
    let expected = ["final_state.csv", "order_parameter.csv", "run.json"];
    assert_eq!(names(&path), expected);
    assert_eq!(record.files, expected);
    let series = fs::read_to_string(path.join("order_parameter.csv")).unwrap();
    assert_eq!(series, "time,R,psi\n0,0.5,0\n0.1,0.625,0\n");
}

#[test]
fn nothing_is_visible_before_the_run_is_finished() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("run");
    let mut run = RunDirectory::create(&path, false).unwrap();
    run.write_final_state(agents(None)).unwrap();
    assert!(names(&path).iter().all(|name| name.starts_with('.')), "{:?}", names(&path));
}

#[test]
fn a_run_given_up_leaves_nothing_behind() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("run");
    let mut run = RunDirectory::create(&path, false).unwrap();
    let mut series = run.series(&[]).unwrap();
    series.row(0.0, OrderParameter { r: 0.5, psi: 0.0 }, &[]).unwrap();
    run.write_final_state(agents(None)).unwrap();
    drop(run);
    drop(series);
    assert_eq!(names(&path), Vec::<String>::new());

    let run = RunDirectory::create(&scratch.path().join("other"), false).unwrap();
    drop(run);
    assert!(!scratch.path().join("other").exists(), "made for the run, gone with it");
}

#[test]
fn a_directory_with_a_run_is_refused_without_force() {
    let scratch = tempfile::tempdir().unwrap();
    run(scratch.path(), false, &[(0.0, 0.5)]).unwrap();
    let error = run(scratch.path(), false, &[(0.0, 0.25)]).unwrap_err();
    assert!(matches!(error, OutputError::AlreadyHoldsRun { product: "run.json", .. }), "{error}");
    assert!(error.to_string().contains("--force"), "{error}");
    assert!(fs::read_to_string(scratch.path().join("order_parameter.csv")).unwrap().contains("0.5"));
}

#[test]
fn a_single_file_of_a_run_is_enough_to_refuse() {
    for product in Product::ALL {
        let scratch = tempfile::tempdir().unwrap();
        fs::write(scratch.path().join(product.file_name()), "dear data").unwrap();
        let error = RunDirectory::create(scratch.path(), false).unwrap_err();
        assert!(matches!(error, OutputError::AlreadyHoldsRun { .. }), "{product:?}: {error}");
        assert_eq!(fs::read(scratch.path().join(product.file_name())).unwrap(), b"dear data");
    }
}

#[test]
fn files_that_are_not_of_a_run_are_left_alone() {
    let scratch = tempfile::tempdir().unwrap();
    fs::write(scratch.path().join("notes.txt"), "mine").unwrap();
    fs::create_dir(scratch.path().join("checkpoints")).unwrap();
    run(scratch.path(), false, &[(0.0, 0.5)]).unwrap();
    run(scratch.path(), true, &[(0.0, 0.25)]).unwrap();
    assert_eq!(fs::read(scratch.path().join("notes.txt")).unwrap(), b"mine");
    assert!(scratch.path().join("checkpoints").is_dir());
}

#[test]
fn a_forced_run_that_fails_leaves_the_earlier_one_as_it_was() {
    let scratch = tempfile::tempdir().unwrap();
    run(scratch.path(), false, &[(0.0, 0.5)]).unwrap();
    let before: Vec<_> =
        names(scratch.path()).iter().map(|name| fs::read(scratch.path().join(name)).unwrap()).collect();

    let mut forced = RunDirectory::create(scratch.path(), true).unwrap();
    let mut series = forced.series(&[]).unwrap();
    series.row(0.0, OrderParameter { r: 0.25, psi: 0.0 }, &[]).unwrap();
    series.finish(&mut forced).unwrap();
    let mut phases = forced.phases(2).unwrap();
    assert!(phases.row(0.0, &[0.0, f64::INFINITY]).is_err());
    drop(phases);
    drop(forced);

    let after: Vec<_> = names(scratch.path()).iter().map(|name| fs::read(scratch.path().join(name)).unwrap()).collect();
    assert_eq!(after, before);
}

#[test]
fn a_forced_run_leaves_nothing_of_the_earlier_one() {
    let scratch = tempfile::tempdir().unwrap();
    let mut first = RunDirectory::create(scratch.path(), false).unwrap();
    let mut phases = first.phases(1).unwrap();
    phases.row(0.0, &[1.0]).unwrap();
    phases.finish(&mut first).unwrap();
    let figure = order_parameter(&SeriesView::default(), &PlotOptions::default()).unwrap();
    first.write_picture(Picture::OrderParameter, &figure).unwrap();
    first.finish(record(0)).unwrap();
    assert_eq!(names(scratch.path()).len(), 4);

    run(scratch.path(), true, &[(0.0, 0.25)]).unwrap();
    assert_eq!(names(scratch.path()), ["final_state.csv", "order_parameter.csv", "run.json"]);
    assert!(fs::read_to_string(scratch.path().join("order_parameter.csv")).unwrap().contains("0.25"));
}

#[test]
fn what_a_killed_run_left_is_cleared_away() {
    let scratch = tempfile::tempdir().unwrap();
    fs::write(scratch.path().join(".phases.csv.partial"), "half a r").unwrap();
    run(scratch.path(), false, &[(0.0, 0.5)]).unwrap();
    assert_eq!(names(scratch.path()), ["final_state.csv", "order_parameter.csv", "run.json"]);
}

#[cfg(unix)]
#[test]
fn a_link_under_a_temporary_name_is_not_followed() {
    let scratch = tempfile::tempdir().unwrap();
    let victim = scratch.path().join("victim");
    fs::write(&victim, "dear data").unwrap();
    let path = scratch.path().join("run");
    fs::create_dir(&path).unwrap();
    std::os::unix::fs::symlink(&victim, path.join(".order_parameter.csv.partial")).unwrap();
    run(&path, false, &[(0.0, 0.5)]).unwrap();
    assert_eq!(fs::read(&victim).unwrap(), b"dear data");
}

#[cfg(unix)]
#[test]
fn two_runs_do_not_write_into_one_directory() {
    let scratch = tempfile::tempdir().unwrap();
    let first = RunDirectory::create(scratch.path(), false).unwrap();
    let error = RunDirectory::create(scratch.path(), true).unwrap_err();
    assert!(matches!(error, OutputError::InUse { .. }), "{error}");
    drop(first);
    assert!(RunDirectory::create(scratch.path(), true).is_ok());
}

#[test]
fn a_path_that_is_a_file_is_refused() {
    let scratch = tempfile::tempdir().unwrap();
    let file = scratch.path().join("file");
    fs::write(&file, "").unwrap();
    for path in [file.clone(), file.join("below")] {
        let error = RunDirectory::create(&path, true).unwrap_err();
        assert!(matches!(error, OutputError::Io { action: "create", .. }), "{error}");
        assert!(error.to_string().contains("a file is in the way"), "{error}");
    }
}

#[test]
fn a_directory_in_the_place_of_a_product_is_refused_at_once() {
    let scratch = tempfile::tempdir().unwrap();
    fs::create_dir(scratch.path().join("phases.csv")).unwrap();
    let error = RunDirectory::create(scratch.path(), true).unwrap_err();
    assert!(error.to_string().contains("phases.csv"), "{error}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_place_nobody_may_write_to_is_refused_at_once() {
    // Not even root may make a directory there.
    let error = RunDirectory::create(Path::new("/proc/lampyrid"), true).unwrap_err();
    assert!(matches!(error, OutputError::Io { .. }), "{error}");
    assert!(error.to_string().contains("--out"), "{error}");
}

#[test]
fn a_file_is_written_once() {
    let scratch = tempfile::tempdir().unwrap();
    let mut run = RunDirectory::create(scratch.path(), false).unwrap();
    let _series = run.series(&[]).unwrap();
    let error = run.series(&[]).unwrap_err();
    assert!(matches!(error, OutputError::WrittenTwice { file: "order_parameter.csv" }), "{error}");
}

#[test]
fn rows_that_do_not_fit_the_heading_or_are_no_numbers_are_refused() {
    let scratch = tempfile::tempdir().unwrap();
    let mut run = RunDirectory::create(scratch.path(), false).unwrap();
    let mut series = run.series(&["link_coherence"]).unwrap();
    series.row(0.0, OrderParameter { r: 0.5, psi: 0.0 }, &[0.25]).unwrap();
    let error = series.row(0.1, OrderParameter { r: 0.5, psi: 0.0 }, &[]).unwrap_err();
    assert!(matches!(error, OutputError::RowLength { row: 2, expected: 1, found: 0, .. }), "{error}");
    let error = series.row(0.1, OrderParameter { r: 0.5, psi: 0.0 }, &[f64::INFINITY]).unwrap_err();
    assert!(
        matches!(&error, OutputError::NotFinite { quantity, row: 2, .. } if quantity == "link_coherence"),
        "{error}"
    );
    let mut phases = run.phases(3).unwrap();
    let error = phases.row(0.0, &[0.0, 1.0]).unwrap_err();
    assert!(matches!(error, OutputError::RowLength { row: 1, expected: 3, found: 2, .. }), "{error}");
    let wrong = [AgentState { id: 7, phase: f64::NAN, frequency: 0.0, energy: None, name: None }];
    let error = run.write_final_state(wrong).unwrap_err();
    assert!(error.to_string().contains("phase is NaN in row 1"), "{error}");
}

#[test]
fn the_final_state_has_seventeen_digits_and_blanks_for_absent_energy() {
    let scratch = tempfile::tempdir().unwrap();
    let mut run = RunDirectory::create(scratch.path(), false).unwrap();
    run.write_final_state(agents(Some(99.5))).unwrap();
    run.finish(record(0)).unwrap();
    let written = fs::read_to_string(scratch.path().join("final_state.csv")).unwrap();
    let expected = "id,phase,frequency,energy\n\
                    0,0.10000000000000001,-2.0000000000000000,99.500000000000000\n\
                    1,3.1415926535897931,1.0000000000000001e-9,\n";
    assert_eq!(written, expected);
}

#[test]
fn names_get_a_column_and_quotes_where_they_need_them() {
    let scratch = tempfile::tempdir().unwrap();
    let mut run = RunDirectory::create(scratch.path(), false).unwrap();
    let names = ["plain", "with, comma", "with \"quotes\"", "über"];
    let agents = names.iter().zip(0..).map(|(name, id)| AgentState {
        id,
        phase: 0.0,
        frequency: 0.0,
        energy: None,
        name: Some(name),
    });
    run.write_final_state(agents).unwrap();
    run.finish(record(0)).unwrap();
    let mut reader = csv::Reader::from_path(scratch.path().join("final_state.csv")).unwrap();
    assert_eq!(reader.headers().unwrap(), &["id", "phase", "frequency", "energy", "name"][..]);
    let read: Vec<_> = reader.records().map(|row| row.unwrap()[4].to_owned()).collect();
    assert_eq!(read, names);
}

#[test]
fn phases_have_a_column_for_each_agent() {
    let scratch = tempfile::tempdir().unwrap();
    let mut run = RunDirectory::create(scratch.path(), false).unwrap();
    let mut phases = run.phases(3).unwrap();
    phases.row(0.0, &[0.0, 0.5, 1e-20]).unwrap();
    phases.row(0.25, &[1.0, 2.0, 3.0]).unwrap();
    phases.finish(&mut run).unwrap();
    run.finish(record(1)).unwrap();
    let written = fs::read_to_string(scratch.path().join("phases.csv")).unwrap();
    assert_eq!(written, "time,0,1,2\n0,0,0.5,1e-20\n0.25,1,2,3\n");
}

#[test]
fn run_json_has_the_keys_that_scripts_rely_on() {
    let scratch = tempfile::tempdir().unwrap();
    run(scratch.path(), false, &[(0.0, 0.5)]).unwrap();
    insta::assert_snapshot!(fs::read_to_string(scratch.path().join("run.json")).unwrap());
}

#[test]
fn a_run_of_no_steps_writes_everything_and_has_no_speed() {
    let scratch = tempfile::tempdir().unwrap();
    let mut run = RunDirectory::create(scratch.path(), false).unwrap();
    let mut series = run.series(&[]).unwrap();
    series.row(0.0, OrderParameter { r: 0.5, psi: 1.0 }, &[]).unwrap();
    series.finish(&mut run).unwrap();
    run.write_final_state(agents(None)).unwrap();
    let mut raster = PhaseRaster::new(2);
    raster.push(0.0, &[0.0, 1.0]).unwrap();
    let options = PlotOptions::default();
    let series = SeriesView { r: &[(0.0, 0.5)], ..SeriesView::default() };
    run.write_picture(Picture::OrderParameter, &order_parameter(&series, &options).unwrap()).unwrap();
    run.write_picture(Picture::PhaseRaster, &phase_raster(&raster, &options).unwrap()).unwrap();
    let circles = [CircleSnapshot::new(0.0, &[0.0, 1.0], OrderParameter { r: 0.5, psi: 0.5 }).unwrap()];
    run.write_picture(Picture::PhaseCircles, &phase_circles(&circles, &PlotOptions::flat()).unwrap()).unwrap();
    let mut record = record(0);
    record.step_seconds = 0.0;
    record.agent_steps_per_second = RunRecord::speed(2, 0, 0.0);
    let record = run.finish(record).unwrap();
    assert_eq!(record.files.len(), 9);
    assert_eq!(names(scratch.path()), record.files);
    assert!(record.to_json().contains("\"agent_steps_per_second\": null"));
}

#[test]
fn a_long_series_is_written_in_bounded_pieces_and_reads_back() {
    let scratch = tempfile::tempdir().unwrap();
    let mut run = RunDirectory::create(scratch.path(), false).unwrap();
    let mut series = run.series(&["link_coherence"]).unwrap();
    let row = |step: u32| {
        (0.01 * f64::from(step), 1.0 / f64::from(step + 1), f64::from(step).sin().abs(), -f64::from(step).cos())
    };
    for step in 0..50_000 {
        let (time, r, psi, further) = row(step);
        series.row(time, OrderParameter { r, psi }, &[further]).unwrap();
    }
    series.finish(&mut run).unwrap();
    run.finish(record(50_000)).unwrap();
    let mut reader = csv::Reader::from_path(scratch.path().join("order_parameter.csv")).unwrap();
    let mut rows = 0;
    for (found, step) in reader.deserialize::<(f64, f64, f64, f64)>().zip(0..) {
        assert_eq!(found.unwrap(), row(step));
        rows += 1;
    }
    assert_eq!(rows, 50_000);
}
