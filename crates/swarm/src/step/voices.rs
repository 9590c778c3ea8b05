//! How the agents of one table are heard.

use lampyrid_kernel::{
    Level, Phasor,
    answer::without_offset,
    phasor::{Stored, sin_cos},
};

use super::sample::Published;

/// Phases as neighbours hear them.
#[derive(Clone, Copy)]
pub(super) struct Voices<'a> {
    pub(super) phases: &'a [f64],
    /// What each takes off its phase.
    pub(super) offsets: Option<&'a [f64]>,
    /// Whether they are not heard at all.
    pub(super) silent: bool,
    /// The number of their community; 0 for those of none.
    pub(super) community: usize,
}

/// Agents whose shifted phases are held at a time.
const BLOCK: usize = 256;

impl<'a> Voices<'a> {
    /// Whether they are heard as their phases are.
    pub(super) fn are_plain(&self) -> bool {
        self.offsets.is_none() && !self.silent
    }

    /// The voices in pieces of at most `size` agents.
    pub(super) fn chunks(self, size: usize) -> impl Iterator<Item = Voices<'a>> {
        let Self { phases, offsets, silent, community } = self;
        phases.chunks(size).enumerate().map(move |(piece, phases)| {
            let first = piece * size;
            Self { phases, offsets: offsets.map(|all| &all[first..first + phases.len()]), silent, community }
        })
    }

    /// Writes the phasors; returns whether all phases are numbers.
    pub(super) fn publish<P: Stored>(self, level: Level, phasors: &mut [P]) -> bool {
        if self.silent {
            phasors.fill(P::store(Phasor::ZERO));
            return self.phases.iter().all(|phase| phase.is_finite());
        }
        if self.offsets.is_none() {
            return sin_cos(level, self.phases, phasors);
        }
        let blocks = self.chunks(BLOCK).zip(phasors.chunks_mut(BLOCK));
        blocks
            .fold(true, |finite, (voices, phasors)| finite & sin_cos(level, voices.shifted(&mut [0.0; BLOCK]), phasors))
    }

    /// Writes cosines and sines, and adds them up.
    pub(super) fn publish_columns(
        self,
        level: Level,
        cosines: &mut [f64],
        sines: &mut [f64],
        published: &mut Published,
    ) {
        if self.silent {
            cosines.fill(0.0);
            sines.fill(0.0);
            published.finite &= self.phases.iter().all(|phase| phase.is_finite());
            published.sum.add_zeros(self.phases.len());
        } else if self.offsets.is_none() {
            published.add(level, self.phases, cosines, sines);
        } else {
            let columns = cosines.chunks_mut(BLOCK).zip(sines.chunks_mut(BLOCK));
            for (voices, (cosines, sines)) in self.chunks(BLOCK).zip(columns) {
                published.add(level, voices.shifted(&mut [0.0; BLOCK]), cosines, sines);
            }
        }
    }

    /// The phases of one block without the offsets.
    fn shifted<'s>(&self, scratch: &'s mut [f64; BLOCK]) -> &'s [f64] {
        let shifted = &mut scratch[..self.phases.len()];
        for ((heard, phase), offset) in shifted.iter_mut().zip(self.phases).zip(self.offsets.unwrap_or_default()) {
            *heard = without_offset(*phase, *offset);
        }
        shifted
    }
}
