//! The tables of a sweep by columns, as Parquet has them: the same columns and rows as in CSV.
//!
//! What may be missing is a number or an empty text. Of a run that failed all figures are missing, so that numbers of
//! agents and steps are not whole numbers there, but stored as others are.

use super::axis::Axis;
use super::point::SweepPoint;
use super::row::{SweepRun, SweepStatus};
use super::unit::unit;
use crate::column::{Cell, ColumnKind, TableColumn};

/// The column of a varied key: numbers, if all of its values are.
pub(super) fn key(axis: &Axis) -> TableColumn {
    let (kind, unit) =
        if axis.is_of_numbers() { (ColumnKind::Number, unit(axis.key())) } else { (ColumnKind::Text, "") };
    TableColumn::new(axis.key(), unit, kind).repeating()
}

pub(super) fn of_points(keys: &[TableColumn]) -> Vec<TableColumn> {
    let counts = SweepPoint::COUNTS.map(|name| TableColumn::new(name, "1", ColumnKind::Count));
    let figures = SweepPoint::FIGURES.map(|name| optional(name, if name == "time_to_goal" { "s" } else { "1" }));
    let number = TableColumn::new(SweepPoint::NUMBER, "1", ColumnKind::Count);
    [number].into_iter().chain(keys.iter().cloned()).chain(counts).chain(figures).collect()
}

pub(super) fn point<'a>(point: &'a SweepPoint, keys: &'a [TableColumn]) -> Vec<Cell<'a>> {
    let counts = [point.runs, point.failures].map(Cell::Count);
    let figures = point.figures().map(number);
    [Cell::Count(point.point)].into_iter().chain(values(&point.values, keys)).chain(counts).chain(figures).collect()
}

pub(super) fn of_runs(keys: &[TableColumn]) -> Vec<TableColumn> {
    let text = |name| TableColumn::new(name, "", ColumnKind::Text);
    let count = |name| TableColumn::new(name, "1", ColumnKind::Count);
    let figures = [
        optional("agents", "1").repeating(),
        optional("steps", "1").repeating(),
        optional("R_final", "1"),
        optional("R_mean", "1"),
        optional("attained", "1").repeating(),
        optional("time_to_goal", "s"),
    ];
    let before = [count("point")].into_iter().chain(keys.iter().cloned());
    let after = [count("replicate"), count("seed"), text("status").repeating()];
    before.chain(after).chain(figures).chain([text("phase_hash"), text("error").repeating()]).collect()
}

pub(super) fn run<'a>(run: &'a SweepRun, keys: &'a [TableColumn]) -> Vec<Cell<'a>> {
    let outcome = &run.outcome;
    let status = match outcome.status {
        SweepStatus::Done => "done",
        SweepStatus::Failed => "failed",
    };
    let whole = |value: Option<u64>| number(value.map(|value| value as f64));
    let figures = [
        whole(outcome.agents),
        whole(outcome.steps),
        number(outcome.r_final),
        number(outcome.r_mean),
        whole(outcome.attained.map(u64::from)),
        number(outcome.time_to_goal),
    ];
    let text = |text: &'a Option<String>| Cell::Text(text.as_deref().unwrap_or_default());
    let before = [Cell::Count(run.point)].into_iter().chain(values(&run.values, keys));
    let after = [Cell::Count(run.replicate), Cell::Count(run.seed), Cell::Text(status)];
    before.chain(after).chain(figures).chain([text(&outcome.phase_hash), text(&outcome.error)]).collect()
}

fn optional(name: &str, unit: &str) -> TableColumn {
    TableColumn::new(name, unit, ColumnKind::OptionalNumber)
}

fn number<'a>(value: Option<f64>) -> Cell<'a> {
    Cell::Number(value.unwrap_or(f64::NAN))
}

fn values<'a>(values: &'a [String], keys: &'a [TableColumn]) -> impl Iterator<Item = Cell<'a>> {
    values.iter().zip(keys).map(|(value, key)| match key.kind {
        ColumnKind::Text => Cell::Text(value),
        _ => number(value.parse().ok()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sweep::SweepOutcome;

    #[test]
    fn columns_are_those_of_csv_with_their_units_and_a_row_has_a_cell_for_each() {
        let keys = ["coupling.strength=0:1:0.5", "network.kind=ring,star", "memory.budget=1 MiB,2"];
        let keys = keys.map(|vary| key(&Axis::parse(vary).unwrap()));
        assert_eq!(
            keys.each_ref().map(|key| (key.kind, &key.unit[..])),
            [(ColumnKind::Number, "rad/s"), (ColumnKind::Text, ""), (ColumnKind::Text, ""),]
        );
        let names = || keys.iter().map(|key| &key.name[..]);
        let values = ["0.5", "ring", "1 MiB"].map(str::to_owned).to_vec();
        let done = SweepRun {
            point: 1,
            values,
            replicate: 2,
            seed: u64::MAX,
            outcome: SweepOutcome { attained: Some(true), agents: Some(7), ..SweepOutcome::default() },
        };
        let (columns, cells) = (of_runs(&keys), run(&done, &keys));
        assert_eq!(columns.iter().map(|column| &column.name[..]).collect::<Vec<_>>(), SweepRun::heading(names()));
        assert_eq!((cells.len(), cells[1], cells[5]), (columns.len(), Cell::Number(0.5), Cell::Count(u64::MAX)));
        assert_eq!((cells[7], cells[11]), (Cell::Number(7.0), Cell::Number(1.0)));
        let all = SweepPoint::of(&[done]).unwrap();
        let (columns, cells) = (of_points(&keys), point(&all, &keys));
        assert_eq!(columns.iter().map(|column| &column.name[..]).collect::<Vec<_>>(), SweepPoint::heading(names()));
        assert_eq!((cells.len(), cells[2], cells[4]), (columns.len(), Cell::Text("ring"), Cell::Count(1)));
    }
}
