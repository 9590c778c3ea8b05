//! Values of agents, one a line.

use std::path::Path;

use lampyrid_io::InputError::{self, *};
use lampyrid_io::{Quantity, read_vector};

use crate::case::{Case, Reader, cases};
use crate::networks::place;

/// As for a network of two nodes.
pub(crate) const READER: Reader<InputError> = Reader { read, place };

fn read(path: &Path) -> Result<String, InputError> {
    Ok(format!("{:?}", read_vector(path, 2, Quantity::Phase)?))
}

pub(crate) fn wrong() -> Vec<Case<InputError>> {
    let utf16: Vec<u8> = "\u{feff}1\n2\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
    let many = "0.25\n".repeat(1_000_000);
    let long = format!("1\n{}\n", "2".repeat(10_000_000));
    cases! {
        "v.csv", "", LengthMismatch { expected: 2, found: 0, .. }, None;
        "v.csv", "# none\n\n% at all\n", LengthMismatch { found: 0, .. }, None;
        "v.csv", "phase\n", LengthMismatch { found: 0, .. }, None;
        "v.csv", "1\n", LengthMismatch { found: 1, .. }, None;
        "v.csv", "1\n2\n3\n", LengthMismatch { found: 3, .. }, None;
        "v.csv", many, LengthMismatch { found: 1_000_000, .. }, None;
        "v.csv", "1\nx\n", NotANumber { what: "phase", .. }, Some((2, 1));
        "v.csv", "1\n  nan\n", NotFinite { what: "phase", .. }, Some((2, 3));
        "v.csv", "nan\n1\n", NotFinite { .. }, Some((1, 1));
        "v.csv", "phase\n-inf\n", NotFinite { .. }, Some((2, 1));
        "v.csv", "1\r\n1e999\r\n", NotFinite { .. }, Some((2, 1));
        "v.csv", "infinity\n1\n", NotFinite { .. }, Some((1, 1));
        "v.csv", "phase\nphase\n1\n", NotANumber { .. }, Some((2, 1));
        "v.csv", "1\n0x10\n", NotANumber { .. }, Some((2, 1));
        "v.csv", "1\n\u{661}\n", NotANumber { .. }, Some((2, 1));
        "v.csv", "1\n\u{1b}[31m2\n", NotANumber { .. }, Some((2, 1));
        "v.csv", "1\n../../etc/passwd\n", NotANumber { .. }, Some((2, 1));
        "v.csv", "0,5\n", FieldCount { expected: 1, found: 2, .. }, Some((1, 3));
        "v.csv", "1\n2 3 4\n", FieldCount { found: 3, .. }, Some((2, 3));
        "v.csv", "id;phase\n", FieldCount { .. }, Some((1, 4));
        "v.csv", "1\n;\n", FieldCount { .. }, Some((2, 2));
        "v.csv", "1 ".repeat(500_000), FieldCount { found: 500_000, .. }, Some((1, 3));
        "v.csv", "1\0\n", Binary { .. }, Some((1, 2));
        "v.csv", b"\x93NUMPY\x01\0v\0", Binary { .. }, Some((1, 8));
        "v.csv", b"1\n\xc3", InvalidUtf8 { .. }, Some((2, 1));
        "v.csv", "1\r2\r", CarriageReturn { .. }, Some((1, 2));
        "v.csv", utf16, WideText { .. }, None;
        "v.csv", long, LineTooLong { .. }, Some((2, 1));
    }
}

/// Files that look like trouble and are vectors all the same.
pub(crate) fn harmless() -> Vec<(&'static str, Vec<u8>)> {
    let files: [&[u8]; 5] = [
        b"\xef\xbb\xbf\"phase\"\r\n1\r\n2\r\n",
        b"1e308\n-5e-324",
        b"phase\n% 99999999999999999999\n  +1  \n\t-0.\t\n",
        b"_\n+1\n-1\n",
        b"00000000000000000001\n.5\n",
    ];
    files.map(|bytes| ("v.csv", bytes.to_vec())).to_vec()
}
