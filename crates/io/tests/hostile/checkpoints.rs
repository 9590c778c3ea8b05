//! Checkpoints that are damaged, or put together by somebody who knows their format.

use std::path::Path;

use lampyrid_io::CheckpointError::{self, *};
use lampyrid_io::{Block, Checkpoint};

use crate::case::{Case, Reader, cases};

pub(crate) const READER: Reader<CheckpointError> = Reader { read, place: |_| None };

/// What the program does first.
fn read(path: &Path) -> Result<String, CheckpointError> {
    let mut file = Checkpoint::load(path)?;
    let (number, text): (u64, String) = file.record("head")?;
    let Some(Block::F64(phases)) = file.take("phases") else { return Err(file.unfit("it has no phases")) };
    Ok(format!("{number}, {text}, {phases:?}"))
}

/// Kinds of sections.
const BYTES: u64 = 1;
const F64: u64 = 4;

fn with_checksum(mut bytes: Vec<u8>) -> Vec<u8> {
    let checksum = crc32fast::hash(&bytes);
    bytes.extend_from_slice(&checksum.to_le_bytes());
    bytes
}

fn header(version: u32, order: u32) -> Vec<u8> {
    with_checksum([b"\x8bLAMPYR\n", &version.to_le_bytes()[..], &order.to_le_bytes(), &[0; 12]].concat())
}

/// A section that states a kind and a length, whatever it holds.
fn stated(name: &[u8], kind: u64, length: u64, contents: &[u8]) -> Vec<u8> {
    let mut head = [name, &[0; 40]].concat();
    head.truncate(40);
    with_checksum([&head, &kind.to_le_bytes()[..], &length.to_le_bytes(), contents].concat())
}

fn section(name: &str, kind: u64, contents: &[u8]) -> Vec<u8> {
    stated(name.as_bytes(), kind, contents.len() as u64, contents)
}

fn end(sections: u64) -> Vec<u8> {
    section("end", 3, &sections.to_le_bytes())
}

/// A file of these sections, whole as far as it goes.
fn file(sections: &[Vec<u8>]) -> Vec<u8> {
    [header(1, 0x0a0b_0c0d), sections.concat(), end(sections.len() as u64)].concat()
}

/// The record `(7, "text")`.
fn head() -> Vec<u8> {
    section("head", BYTES, b"\x07\x04text")
}

fn phases() -> Vec<u8> {
    section("phases", F64, &0.5_f64.to_le_bytes())
}

pub(crate) fn wrong() -> Vec<Case<CheckpointError>> {
    let whole = file(&[head(), phases()]);
    let flipped = |place: usize| {
        let mut bytes = whole.clone();
        bytes[place] ^= 1;
        bytes
    };
    let begun = |section: Vec<u8>| [header(1, 0x0a0b_0c0d), section].concat();
    let order = 0x0a0b_0c0d_u32;
    cases! {
        "c.lampyrid", "", NotACheckpoint { .. }, None;
        "c.lampyrid", "time,R,psi\n0,0.5,1\n", NotACheckpoint { .. }, None;
        "c.lampyrid", b"\x89PNG\r\n\x1a\n", NotACheckpoint { .. }, None;
        "c.lampyrid", b"\x8bLAMPYR\r\n\x01", NotACheckpoint { .. }, None;
        "c.lampyrid", vec![0; 1 << 20], NotACheckpoint { .. }, None;
        "c.lampyrid", b"\x8bLAMPYR\n", Damaged { .. }, None;
        "c.lampyrid", &whole[..31], Damaged { .. }, None;
        "c.lampyrid", &whole[..32], Damaged { .. }, None;
        "c.lampyrid", &whole[..60], Damaged { .. }, None;
        "c.lampyrid", &whole[..whole.len() / 2], Damaged { .. }, None;
        "c.lampyrid", &whole[..whole.len() - 1], Damaged { .. }, None;
        "c.lampyrid", [&whole[..], b"\n"].concat(), Damaged { .. }, None;
        "c.lampyrid", [&whole[..], &whole].concat(), Damaged { .. }, None;
        "c.lampyrid", flipped(9), Damaged { .. }, None;
        "c.lampyrid", flipped(20), Damaged { .. }, None;
        "c.lampyrid", flipped(33), Damaged { .. }, None;
        "c.lampyrid", flipped(90), Damaged { .. }, None;
        "c.lampyrid", flipped(whole.len() - 1), Damaged { .. }, None;
        "c.lampyrid", [header(2, order), head(), end(1)].concat(), OtherVersion { found: 2, known: 1, .. }, None;
        "c.lampyrid", [header(0, order), head(), end(1)].concat(), OtherVersion { found: 0, .. }, None;
        "c.lampyrid", [header(u32::MAX, order), head()].concat(), OtherVersion { found: u32::MAX, .. }, None;
        "c.lampyrid", [header(1, order.swap_bytes()), head(), end(1)].concat(), OtherByteOrder { .. }, None;
        "c.lampyrid", [header(1_u32.swap_bytes(), order.swap_bytes()), head(), end(1)].concat(), OtherByteOrder { .. }, None;
        "c.lampyrid", [header(1, 0), head(), end(1)].concat(), Damaged { .. }, None;
        "c.lampyrid", begun(stated(b"head", BYTES, u64::MAX, b"\x07\x04text")), Damaged { .. }, None;
        "c.lampyrid", begun(stated(b"phases", F64, 1 << 63, &[0; 64])), Damaged { .. }, None;
        "c.lampyrid", begun(stated(b"phases", F64, 1 << 40, &[0; 64])), Damaged { .. }, None;
        "c.lampyrid", begun(stated(b"phases", F64, 60, &[0; 60])), Damaged { .. }, None;
        "c.lampyrid", begun(stated(b"phases", 0, 0, b"")), Damaged { .. }, None;
        "c.lampyrid", begun(stated(b"phases", 5, 0, b"")), Damaged { .. }, None;
        "c.lampyrid", begun(stated(b"phases", u64::MAX, 0, b"")), Damaged { .. }, None;
        "c.lampyrid", begun(stated(b"ph\xffses", BYTES, 0, b"")), Damaged { .. }, None;
        "c.lampyrid", begun(stated(b"", BYTES, 0, b"")), Damaged { .. }, None;
        "c.lampyrid", begun(stated(b"\x1b[31m\n", BYTES, 9, b"")), Damaged { .. }, None;
        "c.lampyrid", file(&[head(), head()]), Damaged { .. }, None;
        "c.lampyrid", [begun(head()), phases(), end(1)].concat(), Damaged { .. }, None;
        "c.lampyrid", [begun(head()), end(u64::MAX)].concat(), Damaged { .. }, None;
        "c.lampyrid", [begun(head()), phases()].concat(), Damaged { .. }, None;
        "c.lampyrid", [begun(head()), section("end", BYTES, &1_u64.to_le_bytes())].concat(), Damaged { .. }, None;
        "c.lampyrid", file(&[]), Unfit { .. }, None;
        "c.lampyrid", file(&[phases()]), Unfit { .. }, None;
        "c.lampyrid", file(&[section("head", F64, &[0; 8]), phases()]), Unfit { .. }, None;
        "c.lampyrid", file(&[section("head", BYTES, b""), phases()]), Unfit { .. }, None;
        "c.lampyrid", file(&[section("head", BYTES, b"\x07\x04text and more"), phases()]), Unfit { .. }, None;
        "c.lampyrid", file(&[section("head", BYTES, b"\x07\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01text"), phases()]), Unfit { .. }, None;
        "c.lampyrid", file(&[section("head", BYTES, &[0xff; 20]), phases()]), Unfit { .. }, None;
        "c.lampyrid", file(&[section("head", BYTES, b"\x07\x04te\xffs"), phases()]), Unfit { .. }, None;
        "c.lampyrid", file(&[head()]), Unfit { .. }, None;
        "c.lampyrid", file(&[head(), section("phases", BYTES, &[0; 8])]), Unfit { .. }, None;
        "c.lampyrid", file(&[head(), section("PHASES", F64, &[0; 8])]), Unfit { .. }, None;
    }
}
