//! How agents are pulled, as a step knows it.

use lampyrid_kernel::SineCoupling;

use crate::settings::Coupling;

/// The coupling of the swarm, or of one of its communities.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Pull {
    pub(crate) coupling: Coupling,
    /// The same for the kernels, which want the phase lag as a phasor.
    pub(crate) sine: SineCoupling,
    /// Whether the mean that agents are coupled to is that of their community alone.
    pub(crate) among_themselves: bool,
}

impl Pull {
    pub(crate) fn new(coupling: Coupling, among_themselves: bool) -> Self {
        Self { coupling, sine: coupling.sine(), among_themselves }
    }
}

/// What agents hear of each other in a step, all of them together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Hearing {
    /// Some hear their neighbours.
    pub(crate) neighbors: bool,
    /// Some hear a mean phasor, which is taken of cosines and sines in columns of their own.
    pub(crate) mean: bool,
    /// Of those, some hear that of their community alone.
    pub(crate) own_means: bool,
}

impl Hearing {
    /// Notes that there may be agents who are pulled like this.
    pub(crate) fn add(&mut self, pull: &Pull) {
        let Coupling { strength, all_to_all, .. } = pull.coupling;
        if strength != 0.0 {
            self.neighbors |= !all_to_all;
            self.mean |= all_to_all;
            self.own_means |= all_to_all && pull.among_themselves;
        }
    }

    /// Whether the mean of all is all that anybody hears.
    pub(crate) fn is_mean_of_all(self) -> bool {
        self == Self { mean: true, ..Self::default() }
    }

    /// Whether agents publish (cos θ, sin θ) as pairs, which neighbours look up.
    pub(crate) fn by_pairs(self) -> bool {
        self.neighbors || !self.mean
    }
}
