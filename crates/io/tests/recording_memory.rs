//! What recording holds in memory does not grow with what was recorded.

#[path = "../../../tests/support/counting_allocator.rs"]
mod counting_allocator;

use counting_allocator::{Count, Counting};
use lampyrid_io::plot::{CurveRecorder, PhaseRaster};
use lampyrid_io::{EventRow, RunDirectory, Scenario};
use lampyrid_measure::OrderParameter;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const AGENTS: usize = 20;

/// Few rows, and a hundred times as many.
const FEW: u32 = 1_000;
const MANY: u32 = 100_000;

/// Bytes that recorders hold after few and after many rows, and what closing them takes at most.
fn recorded(format: &str) -> (i64, i64, i64) {
    let scratch = tempfile::tempdir().unwrap();
    let mut run = RunDirectory::create(scratch.path(), false).unwrap();
    run.record_as(&Scenario::parse(&format!("record.format = \"{format}\""), "test").unwrap()).unwrap();
    let before = Count::live_of_process();
    let mut series = run.series(&["R2"]).unwrap();
    let mut all = run.phases(AGENTS).unwrap();
    let mut events = run.events().unwrap();
    let mut curve = CurveRecorder::default();
    let mut raster = PhaseRaster::new(AGENTS);
    let mut after_few = 0;
    for row in 0..MANY {
        let time = f64::from(row) * 0.1;
        let phases: [f64; AGENTS] = std::array::from_fn(|agent| (time * (1.0 + agent as f64)) % 6.0);
        series.row(time, OrderParameter { r: 0.5, psi: phases[0] }, &[0.25]).unwrap();
        all.row(time, &phases).unwrap();
        events.row(EventRow { time, kind: "checkpoint", value: Some(time), detail: "scheduled" }).unwrap();
        curve.push(time, phases[1] / 6.0).unwrap();
        raster.push(time, &phases).unwrap();
        if row.is_multiple_of(1000) {
            series.position(&mut run).unwrap();
        }
        if row == FEW {
            after_few = Count::live_of_process() - before;
        }
    }
    let after_many = Count::live_of_process() - before;
    let before = Count::live_of_process();
    Count::forget_peak();
    series.finish(&mut run).unwrap();
    all.finish(&mut run).unwrap();
    events.finish(&mut run).unwrap();
    (after_few, after_many, Count::peak_of_process() - before)
}

/// One test, so that no other thread of this process allocates meanwhile.
#[test]
fn a_hundred_times_as_many_rows_take_no_more_memory() {
    let formats = if cfg!(feature = "parquet") { &["csv", "parquet", "both"][..] } else { &["csv"] };
    for format in formats {
        let (few, many, closing) = recorded(format);
        // Curves and rasters are full after 1024 rows or fewer, but for the room that a vector takes in advance.
        assert!(many <= few + few / 2, "{format}: {few} bytes after {FEW} rows, {many} after {MANY}");
        assert!(many < 2 << 20, "{format}: {many} bytes after {MANY} rows");
        assert!(closing < 24 << 20, "{format}: closing took {closing} bytes");
    }
}
