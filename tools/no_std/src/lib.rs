//! The graphs, kernels and measures of Lampyrid on a machine without an operating system.

#![no_std]

use core::panic::PanicInfo;

use lampyrid_graph::{GraphError, Topology};
use lampyrid_kernel::{Level, Phasor, phasor::sin_cos};
use lampyrid_measure::LocalField;

/// What the first of eight agents in a ring sees of its neighbours: R in [0, 1].
pub fn coherence(phases: &[f64; 8]) -> Result<f64, GraphError> {
    let ring = Topology::Ring { agents: phases.len(), neighbors: 2 }.build(0)?;
    let mut phasors = [Phasor::ZERO; 8];
    sin_cos(Level::detect(), phases, &mut phasors);
    let mut field = LocalField::default();
    ring.neighbors(0).iter().for_each(|&other| field.add(phases[other as usize]));
    Ok(field.order_parameter().r)
}

#[panic_handler]
fn stop(_: &PanicInfo<'_>) -> ! {
    loop {}
}
