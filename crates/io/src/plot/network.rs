//! Networks, their nodes coloured by phase.

use std::collections::BTreeSet;

use kuva::plot::network::{NetworkEdge, NetworkLayout, NetworkNode, NetworkPlot, NodeShape};
use kuva::render::color::Color;
use kuva::render::render::{PathData, Primitive, TextAnchor};
use lampyrid_graph::Adjacency;
use std::fmt::Write as _;

use super::bar::phase_bar;
use super::color::{INK, MUTED, phase_color};
use super::error::PlotError;
use super::figure::{Figure, PlotOptions};
use super::frame::{LABEL, head};
use super::series::short;

/// Most agents drawn.
pub const MOST_DRAWN: usize = 500;
/// Most links drawn: beyond, they are a grey blot of megabytes.
const MOST_LINKS: usize = 4000;
/// From so many links per pair of agents on, everybody pulls at everybody, and no layout tells more than a circle.
const DENSE: f64 = 0.25;

/// Draws a network of at most [`MOST_DRAWN`] agents, each in the colour of its phase, in rad, at a time, in s. NaN
/// stands for one that is gone, and is grey.
///
/// Agents are placed by the forces of Fruchterman & Reingold (1991) as kuva computes them, with nothing random, so that
/// equal networks look alike, the parts of one that falls apart beside each other; or on a circle, where that makes
/// links shorter, as in rings, or where nearly all are linked to all.
///
/// # Errors
///
/// When there are too many agents, more or fewer phases than agents, or the size is out of reason.
pub fn network_drawing(
    network: &Adjacency,
    phases: &[f64],
    time: f64,
    options: &PlotOptions,
) -> Result<Figure, PlotError> {
    options.check()?;
    let agents = network.nodes();
    if agents > MOST_DRAWN {
        return Err(PlotError::TooManyAgents { agents, most: MOST_DRAWN });
    }
    if phases.len() != agents {
        return Err(PlotError::AgentCount { expected: agents, found: phases.len() });
    }
    let links = pairs(network);
    let shown: Vec<(usize, usize)> = match links.len().div_ceil(MOST_LINKS) {
        0 | 1 => links.clone(),
        every => links.iter().step_by(every).copied().collect(),
    };
    let mut figure = Figure::new(options);
    let count = if shown.len() < links.len() { format!("{} of ", shown.len()) } else { String::new() };
    let gone = if phases.iter().any(|phase| phase.is_nan()) { "; grey: those who are gone" } else { "" };
    let note = format!("{agents} agents, {count}{} links, at t = {} s{gone}", links.len(), short(time));
    head(&mut figure, options.title.as_deref().unwrap_or("The network and its phases"), &note);
    figure.describe(&format!("Agents as dots in the colour of their phase, links as lines. {note}."));
    let area = (24.0, 64.0, options.width - 122.0, options.height - 24.0);
    let places = placed(&layout(agents, &links), area);
    draw_links(&mut figure, &shown, &places);
    let radius = (0.46 * spacing(&places)).clamp(2.2, 10.0);
    for (place, phase) in places.iter().zip(phases) {
        let [red, green, blue] = phase_color(*phase);
        figure.add(Primitive::Circle {
            cx: place.0,
            cy: place.1,
            r: radius,
            fill: Color::Rgb(red, green, blue),
            fill_opacity: None,
            stroke: Some(Color::from(INK)),
            stroke_width: Some(0.7),
        });
    }
    if agents == 0 {
        figure.text((options.width / 2.0, options.height / 2.0), TextAnchor::Middle, LABEL, MUTED, "no agents");
    }
    phase_bar(&mut figure, (options.width - 78.0, 84.0, options.height - 56.0));
    Ok(figure)
}

/// Who is linked to whom, whichever way, each pair once and in order.
fn pairs(network: &Adjacency) -> Vec<(usize, usize)> {
    let links = (0..network.nodes()).flat_map(|to| network.neighbors(to).iter().map(move |&from| (from as usize, to)));
    let pairs: BTreeSet<_> = links.filter(|(from, to)| from != to).map(|(a, b)| (a.min(b), a.max(b))).collect();
    pairs.into_iter().collect()
}

/// Places in the unit square.
fn layout(agents: usize, links: &[(usize, usize)]) -> Vec<(f64, f64)> {
    let node = || NetworkNode {
        label: String::new(),
        color: None,
        size: None,
        group: None,
        shape: NodeShape::Circle,
        position: None,
    };
    let edge = |&(source, target): &(usize, usize)| NetworkEdge {
        source,
        target,
        weight: 1.0,
        color: None,
        label: None,
        curve: None,
    };
    let mut plot = NetworkPlot::new();
    plot.nodes = (0..agents).map(|_| node()).collect();
    plot.edges = links.iter().map(edge).collect();
    let mut placed_by = |layout| {
        plot.layout = layout;
        plot.compute_positions()
    };
    if links.len() as f64 > DENSE * 0.5 * (agents * agents.saturating_sub(1)) as f64 {
        return placed_by(NetworkLayout::Circle);
    }
    let (by_forces, on_a_circle) = (placed_by(NetworkLayout::ForceDirected), placed_by(NetworkLayout::Circle));
    // What was a ring once is folded by forces.
    let is_ring = length_of_links(&on_a_circle, links) < length_of_links(&by_forces, links);
    if is_ring { on_a_circle } else { by_forces }
}

/// The mean length of a link over the mean distance of places from their middle: the smaller, the better they show who
/// is linked to whom.
fn length_of_links(places: &[(f64, f64)], links: &[(usize, usize)]) -> f64 {
    let count = places.len().max(1) as f64;
    let sum = places.iter().fold((0.0, 0.0), |sum, place| (sum.0 + place.0, sum.1 + place.1));
    let middle = (sum.0 / count, sum.1 / count);
    let distance = |a: (f64, f64), b: (f64, f64)| (a.0 - b.0).hypot(a.1 - b.1);
    let spread = places.iter().map(|&place| distance(place, middle)).sum::<f64>() / count;
    let lengths = links.iter().map(|&(from, to)| distance(places[from], places[to])).sum::<f64>();
    lengths / links.len().max(1) as f64 / spread
}

/// Places in the picture: as large as fits, in the middle, in proportion.
fn placed(places: &[(f64, f64)], (left, top, right, bottom): (f64, f64, f64, f64)) -> Vec<(f64, f64)> {
    let bounds = |of: fn(&(f64, f64)) -> f64| {
        let values = places.iter().map(of);
        values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)))
    };
    let ((x0, x1), (y0, y1)) = (bounds(|place| place.0), bounds(|place| place.1));
    let margin = 12.0;
    let scale = ((right - left - 2.0 * margin) / (x1 - x0)).min((bottom - top - 2.0 * margin) / (y1 - y0));
    let scale = if scale.is_finite() { scale } else { 0.0 };
    let (middle, center) = ((0.5 * (x0 + x1), 0.5 * (y0 + y1)), (0.5 * (left + right), 0.5 * (top + bottom)));
    let place = |(x, y): &(f64, f64)| (center.0 + scale * (x - middle.0), center.1 + scale * (y - middle.1));
    places.iter().map(place).collect()
}

/// The median distance from a place to the next.
fn spacing(places: &[(f64, f64)]) -> f64 {
    let to_next = |(place, at): (usize, &(f64, f64))| {
        let others = places.iter().enumerate().filter(|(other, _)| *other != place);
        others.map(|(_, other)| (other.0 - at.0).hypot(other.1 - at.1)).fold(f64::INFINITY, f64::min)
    };
    let mut distances: Vec<f64> = places.iter().enumerate().map(to_next).collect();
    distances.sort_by(f64::total_cmp);
    distances.get(distances.len() / 2).copied().unwrap_or(0.0)
}

/// All links in one path: as many elements would take megabytes.
fn draw_links(figure: &mut Figure, links: &[(usize, usize)], places: &[(f64, f64)]) {
    if links.is_empty() {
        return;
    }
    let mut d = String::new();
    for &(from, to) in links {
        let ((x0, y0), (x1, y1)) = (places[from], places[to]);
        let _ = write!(d, "M {x0:.1} {y0:.1} L {x1:.1} {y1:.1} ");
    }
    let width = if links.len() > 1500 { 0.6 } else { 0.9 };
    figure.add(Primitive::Path(Box::new(PathData {
        d,
        fill: None,
        stroke: Color::from("#b4b4b4"),
        stroke_width: width,
        opacity: None,
        stroke_dasharray: None,
    })));
}

#[cfg(test)]
mod tests {
    use lampyrid_graph::Topology;

    use super::*;

    #[test]
    fn a_link_both_ways_is_one_pair() {
        let ring = Topology::Ring { agents: 5, neighbors: 2 }.build(1).unwrap();
        assert_eq!(pairs(&ring), [(0, 1), (0, 4), (1, 2), (2, 3), (3, 4)]);
    }

    #[test]
    fn equal_networks_are_placed_alike_and_inside_the_picture() {
        let network = Topology::SmallWorld { agents: 60, neighbors: 4, rewire: 0.1 }.build(3).unwrap();
        let links = pairs(&network);
        let places = placed(&layout(60, &links), (0.0, 0.0, 300.0, 200.0));
        assert_eq!(places, placed(&layout(60, &links), (0.0, 0.0, 300.0, 200.0)));
        assert!(places.iter().all(|(x, y)| (0.0..=300.0).contains(x) && (0.0..=200.0).contains(y)));
    }
}
