//! The Laplacian of a network, and solving with it.

use alloc::{vec, vec::Vec};

use crate::Adjacency;

/// L = D − A of the network with every link counted in both directions by half: for a symmetric
/// network its Laplacian.
pub(super) struct Laplacian<'a> {
    graph: &'a Adjacency,
    diagonal: Vec<f64>,
}

/// What a solution cost.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Solved {
    /// Times that the Laplacian was applied.
    pub(super) products: usize,
    /// ‖b − L x‖ / ‖b‖.
    pub(super) residual: f64,
}

impl<'a> Laplacian<'a> {
    /// `None` for a network with a weight that is not positive: one below 0 may leave its Laplacian without a
    /// smallest eigenvalue, and one of 0 holds nothing together.
    pub(super) fn of(graph: &'a Adjacency) -> Option<Self> {
        if graph.weights().is_some_and(|weights| weights.iter().any(|weight| *weight <= 0.0)) {
            return None;
        }
        let mut laplacian = Self { graph, diagonal: vec![0.0; graph.nodes()] };
        let mut diagonal = core::mem::take(&mut laplacian.diagonal);
        laplacian.each_link(|node, other, half| {
            diagonal[node] += half;
            diagonal[other] += half;
        });
        laplacian.diagonal = diagonal;
        Some(laplacian)
    }

    fn each_link(&self, mut work: impl FnMut(usize, usize, f64)) {
        for node in 0..self.graph.nodes() {
            let weights = self.graph.weights_of(node);
            for (place, &other) in self.graph.neighbors(node).iter().enumerate() {
                work(node, other as usize, 0.5 * weights.map_or(1.0, |weights| weights[place]));
            }
        }
    }

    /// y = L x.
    pub(super) fn apply(&self, x: &[f64], y: &mut [f64]) {
        y.fill(0.0);
        self.each_link(|node, other, half| {
            let flow = half * (x[node] - x[other]);
            y[node] += flow;
            y[other] -= flow;
        });
    }

    /// Solves L x = b by conjugate gradients with the diagonal as preconditioner, from x = 0; b must
    /// add up to 0 over every component. Stops at a relative residual of `tolerance`, or after
    /// `most` products.
    pub(super) fn solve(&self, b: &[f64], x: &mut [f64], tolerance: f64, most: usize) -> Solved {
        let scale = norm(b);
        x.fill(0.0);
        if scale == 0.0 {
            return Solved { products: 0, residual: 0.0 };
        }
        let scaled = |r: &[f64]| -> Vec<f64> {
            r.iter().zip(&self.diagonal).map(|(r, d)| if *d > 0.0 { r / d } else { 0.0 }).collect()
        };
        let mut r = b.to_vec();
        let mut z = scaled(&r);
        let mut p = z.clone();
        let mut q = vec![0.0; b.len()];
        let mut rz = dot(&r, &z);
        let mut products = 0;
        while norm(&r) > tolerance * scale && products < most && rz > 0.0 {
            self.apply(&p, &mut q);
            products += 1;
            let step = rz / dot(&p, &q);
            if !step.is_finite() {
                break;
            }
            for ((x, r), (p, q)) in x.iter_mut().zip(&mut r).zip(p.iter().zip(&q)) {
                *x += step * p;
                *r -= step * q;
            }
            z = scaled(&r);
            let next = dot(&r, &z);
            let turn = next / rz;
            rz = next;
            p.iter_mut().zip(&z).for_each(|(p, z)| *p = z + turn * *p);
        }
        Solved { products, residual: norm(&r) / scale }
    }
}

pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

pub(super) fn norm(a: &[f64]) -> f64 {
    libm::sqrt(dot(a, a))
}
