//! What a section holds.

/// The contents of a section, to be written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum BlockRef<'a> {
    /// Bytes as they are.
    Bytes(&'a [u8]),
    /// Whole numbers of 32 bits.
    U32(&'a [u32]),
    /// Whole numbers of 64 bits.
    U64(&'a [u64]),
    /// Doubles, bit by bit: any of them, also those that are not numbers.
    F64(&'a [f64]),
}

/// The contents of a section, as read.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    /// Bytes as they are.
    Bytes(Vec<u8>),
    /// Whole numbers of 32 bits.
    U32(Vec<u32>),
    /// Whole numbers of 64 bits.
    U64(Vec<u64>),
    /// Doubles.
    F64(Vec<f64>),
}
