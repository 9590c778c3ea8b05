//! Exact sums over ranks.
//!
//! What is added up over agents (mean fields, order parameters, energies) is kept as integers of 128 bits. Ranks add
//! up integers of 64, so each number travels in four pieces of 32 bits, of which as many as there can be ranks
//! fit. Integers know no order: the sum has the same bits for any number of ranks.

use crate::transport::{Transport, TransportError};

/// Bits of a piece.
const BITS: u32 = 32;

/// Pieces of a number.
const PIECES: usize = 4;

/// Replaces each number by its sum over all ranks; one that leaves 128 bits ends at their limit.
pub(crate) fn add_up(transport: &dyn Transport, numbers: &mut [i128]) -> Result<(), TransportError> {
    let mut pieces: Vec<i64> = numbers.iter().copied().flat_map(split).collect();
    transport.add_up(&mut pieces)?;
    for (number, pieces) in numbers.iter_mut().zip(pieces.chunks_exact(PIECES)) {
        *number = join(pieces);
    }
    Ok(())
}

/// Pieces of a number, lowest first; the last has its sign.
fn split(number: i128) -> [i64; PIECES] {
    std::array::from_fn(|piece| {
        let rest = number >> (BITS * piece as u32);
        if piece + 1 == PIECES { rest as i64 } else { (rest & i128::from(u32::MAX)) as i64 }
    })
}

/// The number of sums of pieces.
fn join(pieces: &[i64]) -> i128 {
    let (mut number, mut carry) = (0_u128, 0_i128);
    for (place, &piece) in pieces.iter().enumerate() {
        let sum = i128::from(piece) + carry;
        carry = sum >> BITS;
        number |= ((sum & i128::from(u32::MAX)) as u128) << (BITS * place as u32);
    }
    let number = number.cast_signed();
    // Beyond the last piece there must be nothing but its sign.
    match carry {
        carry if carry == number >> 127 => number,
        carry if carry < 0 => i128::MIN,
        _ => i128::MAX,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::on_threads;

    fn sum(numbers: &[i128]) -> i128 {
        let mut pieces = [0; PIECES];
        for &number in numbers {
            pieces.iter_mut().zip(split(number)).for_each(|(sum, piece)| *sum += piece);
        }
        join(&pieces)
    }

    #[test]
    fn sums_that_leave_128_bits_end_at_their_limit() {
        assert_eq!(sum(&[i128::MAX, 1]), i128::MAX);
        assert_eq!(sum(&[i128::MAX, i128::MAX, i128::MAX]), i128::MAX);
        assert_eq!(sum(&[i128::MIN, -1]), i128::MIN);
        assert_eq!(sum(&[i128::MAX, i128::MIN]), -1);
        assert_eq!(sum(&[i128::MAX, 1, -1]), i128::MAX);
    }

    #[test]
    fn every_rank_has_the_sum_of_all() {
        let sums = on_threads(5, |rank| {
            let mut numbers = [rank.rank() as i128 - (1 << 100), 1 << (20 * rank.rank())];
            add_up(&*rank, &mut numbers).unwrap();
            numbers
        });
        let expected = [10 - 5 * (1 << 100), (0..5).map(|rank| 1_i128 << (20 * rank)).sum()];
        assert_eq!(sums, [expected; 5]);
    }

    proptest! {
        #[test]
        fn pieces_add_up_to_what_the_numbers_do(numbers in prop::collection::vec(any::<i128>(), 0..40)) {
            let halves: Vec<i128> = numbers.iter().map(|number| number >> 6).collect();
            prop_assert_eq!(sum(&halves), halves.iter().sum::<i128>());
        }
    }
}
