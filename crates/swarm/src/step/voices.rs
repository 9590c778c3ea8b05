//! How the agents of one table are heard.

use lampyrid_kernel::{
    Level, Phasor,
    answer::without_offset,
    phasor::{Stored, round_angles, sin_cos},
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

    /// Writes the phasors, of rounded angles if so asked; returns whether all phases are numbers.
    pub(super) fn publish<P: Stored>(self, level: Level, rounded: bool, phasors: &mut [P]) -> bool {
        if self.silent {
            phasors.fill(P::store(Phasor::ZERO));
            return self.phases.iter().all(|phase| phase.is_finite());
        }
        if self.offsets.is_none() && !rounded {
            return sin_cos(level, self.phases, phasors);
        }
        let blocks = self.chunks(BLOCK).zip(phasors.chunks_mut(BLOCK));
        blocks.fold(true, |finite, (voices, phasors)| {
            let mut scratch = [0.0; BLOCK];
            let angles = voices.angles(&mut scratch);
            if rounded {
                round_angles(angles);
            }
            finite & sin_cos(level, angles, phasors)
        })
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
                published.add(level, voices.angles(&mut [0.0; BLOCK]), cosines, sines);
            }
        }
    }

    /// The angles that one block is heard by: the phases without the offsets.
    fn angles<'s>(&self, scratch: &'s mut [f64; BLOCK]) -> &'s mut [f64] {
        let angles = &mut scratch[..self.phases.len()];
        match self.offsets {
            None => angles.copy_from_slice(self.phases),
            Some(offsets) => {
                for ((heard, phase), offset) in angles.iter_mut().zip(self.phases).zip(offsets) {
                    *heard = without_offset(*phase, *offset);
                }
            }
        }
        angles
    }
}
