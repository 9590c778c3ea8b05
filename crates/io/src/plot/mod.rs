//! Pictures of a run, drawn alike as SVG and as PNG.
//!
//! [`order_parameter`] draws coherence over time, [`phase_raster`] phases over time agent by agent,
//! [`phase_circles`] phases on the circle at a few instants, and [`curves`] any lines and points over labelled axes,
//! such as R against K beside the curve of theory. The recorders [`CurveRecorder`] and [`PhaseRaster`] keep what
//! these need of a run of any length in bounded memory.
//!
//! Colours are told apart by the colour-blind too: lines have those of Okabe & Ito (2008), phases a cyclic map of
//! light and dark, blue and orange.
//!
//! ```
//! use lampyrid_io::plot::{PlotOptions, SeriesView, order_parameter};
//!
//! let r: Vec<(f64, f64)> = (0..=100).map(|i| (0.1 * f64::from(i), f64::from(i) / 100.0)).collect();
//! let figure = order_parameter(&SeriesView { r: &r, further: &[] }, &PlotOptions::default())?;
//! assert!(figure.svg().starts_with("<svg"));
//! # Ok::<(), lampyrid_io::plot::PlotError>(())
//! ```

mod circles;
mod color;
mod curves;
mod error;
mod figure;
mod frame;
mod raster;
mod recorder;
mod series;

pub use circles::{CircleSnapshot, phase_circles};
pub use color::phase_color;
pub use curves::{Axis, Curve, CurveStyle, Curves, curves};
pub use error::PlotError;
pub use figure::{Figure, PlotOptions};
pub use raster::{PhaseRaster, phase_raster};
pub use recorder::CurveRecorder;
pub use series::{SeriesView, order_parameter};
