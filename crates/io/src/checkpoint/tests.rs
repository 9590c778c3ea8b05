use std::path::PathBuf;

use super::{format::SECTION, *};
use crate::disk::faulty::FaultyDisk;

fn path() -> PathBuf {
    PathBuf::from("step.lampyrid")
}

/// A checkpoint with a section of every kind, an empty one and a record.
fn write(file: &mut CheckpointWriter<'_>) -> io::Result<()> {
    file.record("head", &(7_u64, "some text".to_owned(), vec![1.5_f64, f64::NAN]))?;
    file.block("bytes", BlockRef::Bytes(b"plain bytes"))?;
    file.block("places", BlockRef::U32(&[0, 1, u32::MAX]))?;
    file.block("ids", BlockRef::U64(&[u64::MAX - 1, 3]))?;
    file.block("phases", BlockRef::F64(&[0.1, -0.0, f64::INFINITY, f64::from_bits(0x7ff8_dead_beef_0001)]))?;
    file.block("none", BlockRef::F64(&[]))
}

fn bytes_of(write: impl FnOnce(&mut CheckpointWriter<'_>) -> io::Result<()>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = CheckpointWriter::new(&mut bytes).unwrap();
    write(&mut writer).unwrap();
    writer.finish().unwrap();
    bytes
}

fn read(bytes: &[u8]) -> Result<Checkpoint, CheckpointError> {
    Checkpoint::read(bytes, bytes.len() as u64, &path())
}

#[test]
fn every_kind_of_section_is_read_back_to_the_last_bit() {
    let mut found = read(&bytes_of(write)).unwrap();
    let (number, text, floats): (u64, String, Vec<f64>) = found.record("head").unwrap();
    assert_eq!((number, text.as_str(), floats[0]), (7, "some text", 1.5));
    assert!(floats[1].is_nan());
    assert_eq!(found.take("bytes"), Some(Block::Bytes(b"plain bytes".to_vec())));
    assert_eq!(found.take("places"), Some(Block::U32(vec![0, 1, u32::MAX])));
    assert_eq!(found.take("ids"), Some(Block::U64(vec![u64::MAX - 1, 3])));
    let Some(Block::F64(phases)) = found.take("phases") else { panic!("no phases") };
    let bits: Vec<u64> = phases.iter().map(|phase| phase.to_bits()).collect();
    assert_eq!(bits[1..], [1 << 63, 0x7ff0_0000_0000_0000, 0x7ff8_dead_beef_0001]);
    assert_eq!(found.take_all("no"), [("none".to_owned(), Block::F64(Vec::new()))]);
    assert_eq!(found.take("phases"), None, "what was taken is gone");
}

#[test]
fn blocks_longer_than_a_buffer_are_read_back_too() {
    let numbers: Vec<f64> = (0..50_000).map(f64::from).collect();
    let bytes = bytes_of(|file| file.block("many", BlockRef::F64(&numbers)));
    assert_eq!(read(&bytes).unwrap().take("many"), Some(Block::F64(numbers)));
}

#[test]
fn a_file_cut_at_any_byte_is_refused() {
    let whole = bytes_of(write);
    for length in 0..whole.len() {
        let error = read(&whole[..length]).unwrap_err();
        let expected = match length {
            0 => matches!(error, CheckpointError::NotACheckpoint { .. }),
            _ => matches!(error, CheckpointError::Damaged { .. }),
        };
        assert!(expected, "{length} bytes: {error}");
        // The file system may promise more than there is.
        let promised = Checkpoint::read(&whole[..length], whole.len() as u64, &path());
        assert!(promised.is_err(), "{length} bytes of {}", whole.len());
    }
}

/// Gives what it has and then fails.
struct Failing<'b>(&'b [u8]);

impl io::Read for Failing<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.0.read(buffer)? {
            0 => Err(io::ErrorKind::TimedOut.into()),
            count => Ok(count),
        }
    }
}

#[test]
fn a_file_that_cannot_be_read_to_its_end_is_told_wherever_that_is() {
    let whole = bytes_of(write);
    for given in 0..whole.len() {
        let error = Checkpoint::read(Failing(&whole[..given]), whole.len() as u64, &path()).unwrap_err();
        assert!(matches!(error, CheckpointError::Unreadable { .. }), "after {given} bytes: {error}");
    }
}

#[test]
fn every_flipped_bit_and_every_added_byte_is_refused() {
    let whole = bytes_of(write);
    for place in 0..8 * whole.len() {
        let mut flipped = whole.clone();
        flipped[place / 8] ^= 1 << (place % 8);
        assert!(read(&flipped).is_err(), "bit {place}");
    }
    let longer = [&whole[..], &[0]].concat();
    assert!(matches!(read(&longer), Err(CheckpointError::Damaged { .. })));
}

#[test]
fn sections_that_were_taken_out_or_put_in_twice_are_missed() {
    let whole = bytes_of(write);
    // The empty section before the end, header and checksum, and nothing between.
    let end = whole.len() - (SECTION + 8 + 4);
    let none = end - (SECTION + 4)..end;
    let without = [&whole[..none.start], &whole[none.end..]].concat();
    assert!(read(&without).unwrap_err().to_string().contains("sections are missing"));
    let twice = [&whole[..none.end], &whole[none.clone()], &whole[none.end..]].concat();
    assert!(read(&twice).unwrap_err().to_string().contains("there twice"));
}

/// The header with a number in it replaced, its checksum made to match.
fn with_header(place: usize, bytes: [u8; 4]) -> Vec<u8> {
    let mut whole = bytes_of(write);
    whole[place..place + 4].copy_from_slice(&bytes);
    let checksum = crc32fast::hash(&whole[..28]);
    whole[28..32].copy_from_slice(&checksum.to_le_bytes());
    whole
}

#[test]
fn newer_versions_and_other_byte_orders_are_named_as_such() {
    let newer = read(&with_header(8, 2_u32.to_le_bytes())).unwrap_err();
    assert!(matches!(newer, CheckpointError::OtherVersion { found: 2, known: 1, .. }), "{newer}");
    let swapped = read(&with_header(12, 0x0a0b_0c0d_u32.to_be_bytes())).unwrap_err();
    assert!(matches!(swapped, CheckpointError::OtherByteOrder { .. }), "{swapped}");
    let text = read(b"time,R,psi\n0,0.5,1.0\n1,0.6,1.1\n").unwrap_err();
    assert!(matches!(text, CheckpointError::NotACheckpoint { .. }), "{text}");
}

#[test]
fn records_that_are_none_are_told_from_damage() {
    let mut found = read(&bytes_of(write)).unwrap();
    assert!(found.record::<u64>("phases").unwrap_err().to_string().contains("no record phases"));
    let mut found = read(&bytes_of(write)).unwrap();
    let error = found.record::<(u64, String, Vec<f64>, Vec<String>)>("head").unwrap_err();
    assert!(matches!(error, CheckpointError::Unfit { .. }), "{error}");
    let mut found = read(&bytes_of(write)).unwrap();
    assert!(found.record::<u64>("head").unwrap_err().to_string().contains("longer"));
}

#[test]
fn names_that_have_no_room_are_refused_when_written() {
    let mut bytes = Vec::new();
    let mut writer = CheckpointWriter::new(&mut bytes).unwrap();
    for name in ["", "with space", "ümlaut", "a name of many more characters than there are bytes for it"] {
        assert!(writer.block(name, BlockRef::Bytes(&[])).is_err(), "{name}");
    }
}

#[test]
fn whatever_operation_fails_the_earlier_checkpoint_stays_as_it_was() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("step.lampyrid");
    Checkpoint::save(&path, |file| file.block("first", BlockRef::U32(&[1]))).unwrap();
    let before = std::fs::read(&path).unwrap();
    let many = vec![0.5; 100_000];
    for fails in 0.. {
        let disk = FaultyDisk::failing(fails);
        let outcome = save(&disk, &path, |file| file.block("second", BlockRef::F64(&many)));
        if !disk.has_failed() {
            outcome.unwrap();
            assert!(fails > 15, "removing, creating, thirteen writes, both syncs, renaming: {fails}");
            break;
        }
        assert!(outcome.unwrap_err().to_string().contains("free some space"), "operation {fails}");
        let now = std::fs::read(&path).unwrap();
        // The last operation brings the rename to the disk: that one was done by then.
        let is_whole = now == before || Checkpoint::load(&path).unwrap().take("second").is_some();
        assert!(is_whole, "operation {fails}");
        assert_eq!(std::fs::read_dir(scratch.path()).unwrap().count(), 1, "operation {fails} left something behind");
    }
    assert!(Checkpoint::load(&path).unwrap().take("second").is_some());
}
