//! The length and checksum of bytes that go by.

use std::io::{self, Read, Write};

/// What bytes go into, or come from, and what there was of them.
#[derive(Debug)]
pub(crate) struct Summed<T> {
    pub(crate) inner: T,
    pub(crate) bytes: u64,
    checksum: crc32fast::Hasher,
}

impl<T> Summed<T> {
    pub(crate) fn new(inner: T) -> Self {
        Self { inner, bytes: 0, checksum: crc32fast::Hasher::new() }
    }

    /// The CRC-32 of what has gone by.
    pub(crate) fn checksum(&self) -> u32 {
        self.checksum.clone().finalize()
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
