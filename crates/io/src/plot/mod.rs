//! Pictures of a run, drawn alike as SVG and as PNG.
//!
//! | picture | shows | drawn from |
//! |---|---|---|
//! | [`order_parameter`] | R over time, with goal, disruptions and recoveries | [`SeriesView`] |
//! | [`phase_raster`] | phases over time, agent by agent | [`PhaseRaster`] |
//! | [`phase_circles`] | phases on the circle at a few instants | [`CircleSnapshot`] |
//! | [`phase_portrait`] | natural frequencies against the phases that are held | [`RotationRecorder`] |
//! | [`effective_frequencies`] | observed frequencies against natural ones | [`RotationRecorder`] |
//! | [`network_drawing`] | a small network in the colours of its phases | an adjacency and phases |
//! | [`energy_ledger`] | energy spent, recovered and refused over time | [`LedgerRecorder`] |
//! | [`strategy_shares`] | which share of agents follows which strategy | [`ShareRecorder`] |
//! | [`sweep_curves`], [`sweep_map`] | R against one key that was varied, or two | [`SweepTable`](crate::sweep::SweepTable) |
//! | [`curves`] | any lines and points over labelled axes | [`Curves`] |
//!
//! The recorders keep what these need of a run of any length in bounded memory. All pictures stand on a white card, for
//! paper and for dark screens, and say in words what they show ([`Figure::description`]).
//!
//! Colours are told apart by the colour-blind too: lines have those of Okabe & Ito (2008), phases a cyclic map of
//! light and dark, blue and orange.
//!
//! ```
//! use lampyrid_io::plot::{PlotOptions, SeriesView, order_parameter};
//!
//! let r: Vec<(f64, f64)> = (0..=100).map(|i| (0.1 * f64::from(i), f64::from(i) / 100.0)).collect();
//! let figure = order_parameter(&SeriesView { r: &r, ..SeriesView::default() }, &PlotOptions::default())?;
//! assert!(figure.svg().starts_with("<svg"));
//! # Ok::<(), lampyrid_io::plot::PlotError>(())
//! ```

mod bar;
mod circles;
mod color;
mod curves;
mod energy;
mod error;
mod figure;
mod frame;
mod frequencies;
mod heat;
mod network;
mod raster;
mod recorder;
mod rotation;
mod series;
mod shares;
mod sweep;
mod thinned;

pub use circles::{CircleSnapshot, phase_circles};
pub use color::phase_color;
pub use curves::{Axis, Curve, CurveStyle, Curves, curves};
pub use energy::{LedgerRecorder, energy_ledger};
pub use error::PlotError;
pub use figure::{Figure, PlotOptions};
pub use frequencies::{MeanField, effective_frequencies, phase_portrait};
pub use heat::sweep_map;
pub use network::{MOST_DRAWN, network_drawing};
pub use raster::{PhaseRaster, phase_raster};
pub use recorder::CurveRecorder;
pub use rotation::{Rotation, RotationRecorder};
pub use series::{DisruptionMark, SeriesView, order_parameter};
pub use shares::{ShareRecorder, strategy_shares};
pub use sweep::sweep_curves;
