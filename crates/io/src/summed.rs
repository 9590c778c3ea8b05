//! The length and checksum of bytes that go by.
//!
//! Not a CRC: that of a checkpoint, whose sections end with the CRC of what is in them, would be the same whatever that is.

use std::io::{self, Read, Write};

use xxhash_rust::xxh3::Xxh3;

/// What bytes go into, or come from, and what there was of them.
pub(crate) struct Summed<T> {
    pub(crate) inner: T,
    pub(crate) bytes: u64,
    checksum: Xxh3,
}

impl<T> Summed<T> {
    pub(crate) fn new(inner: T) -> Self {
        Self { inner, bytes: 0, checksum: Xxh3::new() }
    }

    /// The XXH3 of what has gone by, of 64 bits.
    pub(crate) fn checksum(&self) -> u64 {
        self.checksum.digest()
    }

    fn add(&mut self, bytes: &[u8]) {
        self.checksum.update(bytes);
        self.bytes += bytes.len() as u64;
    }
}

impl<T: Write> Write for Summed<T> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.add(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl<T: Read> Read for Summed<T> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.add(&buffer[..read]);
        Ok(read)
    }
}

impl<T> std::fmt::Debug for Summed<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Summed({} bytes)", self.bytes)
    }
}
