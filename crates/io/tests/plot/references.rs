//! Every picture, as pixels, beside the committed one in `tests/references`.
//!
//! They may differ by what nobody sees: rounding of another processor, a neighbour's shade at an edge. After a change
//! that is meant, look at the pictures and commit what this writes:
//!
//!     LAMPYRID_BLESS=1 cargo test -p lampyrid_io --test plot references

use std::{fs, path::PathBuf};

use image_compare::{prelude::RgbImage, rgb_hybrid_compare};
use lampyrid_io::plot::{Figure, PlotOptions, SeriesView, order_parameter};

use crate::samples::{self, SAMPLES};

/// The least likeness, 1 for the same: structure (Wang et al. 2004) and colours, averaged over the picture.
const ALIKE: f64 = 0.998;

/// A pixel for each of the SVG: enough to see everything, and small.
fn options() -> PlotOptions {
    PlotOptions { scale: 1.0, ..PlotOptions::default() }
}

fn reference(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/references/{name}.png"))
}

fn decoded(bytes: &[u8]) -> RgbImage {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(bytes));
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().expect("a PNG");
    let mut pixels = vec![0; reader.output_buffer_size().expect("it fits into memory")];
    let info = reader.next_frame(&mut pixels).expect("a whole PNG");
    let channels = info.color_type.samples();
    let color = |pixel: &[u8]| if channels >= 3 { [pixel[0], pixel[1], pixel[2]] } else { [pixel[0]; 3] };
    let colors = pixels[..info.buffer_size()].chunks(channels).flat_map(color).collect();
    RgbImage::from_raw(info.width, info.height, colors).expect("three numbers for each pixel")
}

fn likeness(one: &[u8], other: &[u8]) -> f64 {
    rgb_hybrid_compare(&decoded(one), &decoded(other)).map_or(0.0, |found| found.score)
}

#[test]
fn every_picture_looks_like_its_reference() {
    let blesses = std::env::var_os("LAMPYRID_BLESS").is_some();
    let mut unlike = Vec::new();
    for (name, draw) in SAMPLES {
        let png = draw(&options()).unwrap().png().unwrap();
        if blesses {
            fs::write(reference(name), &png).unwrap();
        }
        let expected = fs::read(reference(name)).unwrap_or_default();
        let alike = if expected.is_empty() { 0.0 } else { likeness(&png, &expected) };
        if alike < ALIKE {
            let beside = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.png"));
            fs::write(&beside, &png).unwrap();
            unlike.push(format!("{name}: {alike:.4}, drawn now: {}", beside.display()));
        }
    }
    assert!(unlike.is_empty(), "{unlike:#?}");
}

#[test]
fn references_are_small() {
    let sizes = SAMPLES.map(|(name, _)| fs::metadata(reference(name)).map_or(0, |found| found.len()));
    assert!(sizes.iter().all(|size| *size > 0) && sizes.iter().sum::<u64>() < 600_000, "{sizes:?}");
}

/// What a person would notice has to be below the tolerance.
#[test]
fn a_picture_that_lacks_something_is_noticed() {
    let png = |figure: Figure| figure.png().unwrap();
    let (r, marks) = (samples::disturbed(), samples::marks());
    let whole = SeriesView {
        r: &r,
        goal: Some((0.9, 1.0)),
        disruptions: &marks,
        recoveries: &[(15.0, 17.26)],
        ..SeriesView::default()
    };
    let lower: Vec<(f64, f64)> = r.iter().map(|(time, r)| (*time, 0.97 * r)).collect();
    let expected = png(order_parameter(&whole, &options()).unwrap());
    let changed = [
        SeriesView { goal: None, ..whole },
        SeriesView { goal: Some((0.8, 1.0)), ..whole },
        SeriesView { disruptions: &marks[..1], ..whole },
        SeriesView { r: &r[..380], ..whole },
        SeriesView { r: &lower, ..whole },
    ];
    for (place, view) in changed.iter().enumerate() {
        let alike = likeness(&png(order_parameter(view, &options()).unwrap()), &expected);
        assert!(alike < ALIKE, "change {place}: {alike:.4}");
    }
    assert!(likeness(&expected, &expected) > 0.999_99);
}
