//! The bytes that do not belong to any section's contents.

/// What every checkpoint begins with. The first byte is no text, the last one shows what takes line ends for its own.
pub(super) const MAGIC: [u8; 8] = *b"\x8bLAMPYR\n";

/// The version written, and the newest one read.
pub(super) const VERSION: u32 = 1;

/// Reads the other way round where numbers were written by their highest byte first.
pub(super) const BYTE_ORDER: u32 = 0x0a0b_0c0d;

pub(super) const HEADER: usize = 32;
pub(super) const NAME: usize = 40;
pub(super) const SECTION: usize = NAME + 16;
pub(super) const CHECKSUM: usize = 4;

/// The name of the last section.
pub(super) const END: &str = "end";

/// Of what kind the contents of a section are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Bytes = 1,
    U32 = 2,
    U64 = 3,
    F64 = 4,
}

impl Kind {
    pub(super) fn of(code: u64) -> Option<Self> {
        [Self::Bytes, Self::U32, Self::U64, Self::F64].into_iter().find(|&kind| kind as u64 == code)
    }
}

pub(super) fn header() -> [u8; HEADER] {
    let mut bytes = [0; HEADER];
    bytes[..8].copy_from_slice(&MAGIC);
    bytes[8..12].copy_from_slice(&VERSION.to_le_bytes());
    bytes[12..16].copy_from_slice(&BYTE_ORDER.to_le_bytes());
    let checksum = crc32fast::hash(&bytes[..HEADER - CHECKSUM]);
    bytes[HEADER - CHECKSUM..].copy_from_slice(&checksum.to_le_bytes());
    bytes
}

/// The beginning of a section. `None` for a name that has no room, is empty or not plain ASCII.
pub(super) fn section(name: &str, kind: Kind, length: u64) -> Option<[u8; SECTION]> {
    if name.len() > NAME || !is_plain(name) {
        return None;
    }
    let mut bytes = [0; SECTION];
    bytes[..name.len()].copy_from_slice(name.as_bytes());
    bytes[NAME..NAME + 8].copy_from_slice(&(kind as u64).to_le_bytes());
    bytes[NAME + 8..].copy_from_slice(&length.to_le_bytes());
    Some(bytes)
}

/// Whether it is a name that a message can show.
fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The name, kind and length that a section begins with; the name without the zeros behind it.
pub(super) fn parts(bytes: &[u8; SECTION]) -> Option<(&str, Kind, u64)> {
    let name = std::str::from_utf8(&bytes[..NAME]).ok()?.trim_end_matches('\0');
    if !is_plain(name) {
        return None;
    }
    let number = |at: usize| Some(u64::from_le_bytes(bytes[at..at + 8].try_into().ok()?));
    Some((name, Kind::of(number(NAME)?)?, number(NAME + 8)?))
}
