//! R over two keys that were varied together.

use kuva::render::render::TextAnchor;

use super::bar::value_bar;
use super::color::{INK, MUTED, value_color};
use super::error::PlotError;
use super::figure::{Figure, PlotOptions};
use super::frame::{LABEL, TICK, head, text_width};
use super::sweep::{key_label, note, number};
use crate::sweep::{SweepPoint, SweepTable};

/// Cells larger than this, in pixels, have their value written in them.
const ROOM: (f64, f64) = (44.0, 22.0);

/// Draws mean R over the two keys that were varied as a map of cells, the first across and the second upwards, from
/// dark blue for 0 to yellow for 1. A choice that was not run, or failed, is grey.
///
/// # Errors
///
/// When other than two keys were varied, or the size is out of reason.
pub fn sweep_map(table: &SweepTable, options: &PlotOptions) -> Result<Figure, PlotError> {
    options.check()?;
    if table.keys.len() != 2 || table.points.is_empty() {
        return Err(PlotError::NothingToDraw { picture: "sweep_map", reason: "it takes two varied keys" });
    }
    let (columns, rows) = (values(table, 0), values(table, 1));
    let cells = cells(table, &columns, &rows);
    let (x, y) = (key_label(&table.keys[0]), key_label(&table.keys[1]));
    let widest = rows.iter().map(|value| text_width(value, TICK)).fold(0.0, f64::max);
    let (left, right) = ((widest + 26.0).round(), (options.width - 104.0).round());
    let (top, bottom) = (84.0, (options.height - 56.0).round());
    let mut figure = Figure::new(options);
    let note = note(table);
    head(&mut figure, options.title.as_deref().unwrap_or("Coherence over the sweep"), &note);
    figure.describe(&described(table, &x, &y));
    let color = |cell: &Option<f64>| cell.map_or([224; 3], value_color);
    figure.set_raster([left, top, right - left, bottom - top], columns.len(), cells.iter().map(color).collect());
    let size = ((right - left) / columns.len() as f64, (bottom - top) / rows.len() as f64);
    let center =
        |column: usize, row: usize| (left + size.0 * (column as f64 + 0.5), bottom - size.1 * (row as f64 + 0.5));
    if size.0 > ROOM.0 && size.1 > ROOM.1 {
        for (place, cell) in cells.iter().enumerate() {
            let at = center(place % columns.len(), rows.len() - 1 - place / columns.len());
            let Some(value) = cell else { continue };
            // Black on light cells, white on dark ones.
            let ink = if *value > 0.55 { "#000000" } else { "#ffffff" };
            figure.text((at.0, at.1 + 4.5), TextAnchor::Middle, TICK, ink, &format!("{value:.2}"));
        }
    }
    let wide = columns.iter().map(|value| text_width(value, TICK) + 10.0).fold(0.0, f64::max);
    for (column, value) in columns.iter().enumerate().step_by((wide / size.0).ceil().max(1.0) as usize) {
        figure.text((center(column, 0).0, bottom + 20.0), TextAnchor::Middle, TICK, INK, value);
    }
    for (row, value) in rows.iter().enumerate().step_by((18.0 / size.1).ceil().max(1.0) as usize) {
        figure.text((left - 8.0, center(0, row).1 + 4.5), TextAnchor::End, TICK, INK, value);
    }
    figure.text(((left + right) / 2.0, bottom + 46.0), TextAnchor::Middle, LABEL, INK, &x);
    figure.text((12.0, top - 14.0), TextAnchor::Start, LABEL, INK, &y);
    if cells.iter().any(Option::is_none) {
        figure.text((right, top - 14.0), TextAnchor::End, TICK, MUTED, "grey: not run or failed");
    }
    value_bar(&mut figure, (right + 26.0, top, bottom), "mean R");
    Ok(figure)
}

/// The different values of a key, in order: as numbers if all are, else as they come.
fn values(table: &SweepTable, key: usize) -> Vec<String> {
    let mut values: Vec<(Option<f64>, &String)> =
        table.points.iter().map(|point| (number(point, key), &point.values[key])).collect();
    if values.iter().all(|(number, _)| number.is_some()) {
        values.sort_by(|a, b| a.0.unwrap_or(0.0).total_cmp(&b.0.unwrap_or(0.0)));
    }
    let mut known: Vec<String> = Vec::new();
    for (_, value) in values {
        if !known.contains(value) {
            known.push(value.clone());
        }
    }
    known
}

/// R of each cell, row by row from the top.
fn cells(table: &SweepTable, columns: &[String], rows: &[String]) -> Vec<Option<f64>> {
    let mut cells = vec![None; columns.len() * rows.len()];
    for point in &table.points {
        let place = |known: &[String], key: usize| known.iter().position(|value| *value == point.values[key]);
        if let (Some(column), Some(row)) = (place(columns, 0), place(rows, 1)) {
            cells[(rows.len() - 1 - row) * columns.len() + column] = point.r;
        }
    }
    cells
}

fn described(table: &SweepTable, x: &str, y: &str) -> String {
    let at = |(point, r): (&SweepPoint, f64)| format!("{r:.3} at {}", point.values.join(" and "));
    let least = table.with_r().min_by(|a, b| a.1.total_cmp(&b.1)).map_or(String::new(), at);
    let most = table.with_r().max_by(|a, b| a.1.total_cmp(&b.1)).map_or(String::new(), at);
    format!("Mean R as colour over {x} across and {y} upwards: lowest {least}, highest {most}.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_where_their_values_are_in_order_and_empty_where_nothing_was_run() {
        let point = |a: &str, b: &str, r| SweepPoint {
            values: vec![a.to_owned(), b.to_owned()],
            r: Some(r),
            runs: 1,
            ..SweepPoint::default()
        };
        let table = SweepTable {
            keys: vec!["coupling.strength".to_owned(), "coupling.noise".to_owned()],
            points: vec![point("10", "0.5", 0.75), point("2", "0.5", 0.5), point("2", "0.1", 0.25)],
        };
        let (columns, rows) = (values(&table, 0), values(&table, 1));
        assert_eq!((&columns[..], &rows[..]), (&["2".into(), "10".into()][..], &["0.1".into(), "0.5".into()][..]));
        assert_eq!(cells(&table, &columns, &rows), [Some(0.5), Some(0.75), Some(0.25), None]);
        assert!(sweep_map(&SweepTable::default(), &PlotOptions::default()).is_err());
    }
}
