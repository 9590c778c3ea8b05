//! Scenarios that are wrong before anything in them is looked at; `scenario_errors.rs` has those that say what is wrong.

use std::path::Path;

use lampyrid_io::scenario::{Scenario, ScenarioError, ScenarioProblem};

use crate::case::{Case, Reader};

pub(crate) const READER: Reader<ScenarioError> = Reader { read, place };

fn read(path: &Path) -> Result<String, ScenarioError> {
    Scenario::load(path).map(|scenario| format!("{:?} in {}", scenario.network, scenario.output.dir.display()))
}

/// None where there is no text.
fn place(error: &ScenarioError) -> Option<(u64, u64)> {
    (!error.source_text().is_empty()).then(|| (error.line() as u64, error.column() as u64))
}

/// As `cases`, by the problem in the error.
macro_rules! cases {
    ($($content:expr, $pattern:pat, $place:expr;)*) => {
        vec![$(Case {
            file: "s.toml",
            content: Vec::from($content),
            is_expected: |error: &ScenarioError| matches!(error.problem(), $pattern),
            pattern: stringify!($pattern),
            place: $place,
        }),*]
    };
}

pub(crate) fn wrong() -> Vec<Case<ScenarioError>> {
    use ScenarioProblem::*;
    let utf16: Vec<u8> = "\u{feff}seed = 1\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let disruptions = "[[disruption]]\nkind = 'remove'\nfraction = 0.1\nat = 1\n".repeat(2_000);
    cases! {
        b"# caf\xe9\n", NotText { offset: 5 }, Some((1, 6));
        b"[output]\ndir = 'a\xe2\x82'\n", NotText { offset: 17 }, Some((2, 9));
        b"seed = 1\n# \xed\xa0\x80\n", NotText { .. }, Some((2, 3));
        b"\x7fELF\x02\x01\x01\0\xff", NotText { .. }, Some((1, 9));
        utf16, NotText { offset: 0 }, Some((1, 1));
        vec![b'#'; (128 << 10) + 1], TooLarge { limit: 131_072 }, None;
        vec![b'x'; 10_000_000], TooLarge { .. }, None;
        "seed = 1\n\0", Syntax { .. }, Some((2, 2));
        "seed = \"\0\"\n", Syntax { .. }, Some((1, 9));
        "seed = 1\r[time]\r", Syntax { .. }, Some((1, 10));
        "# a comment that rings \u{7}\n", Syntax { .. }, Some((1, 24));
        "\u{1b}[2J = 1\n", Syntax { .. }, Some((1, 2));
        "\u{202e}seed = 1\n", Syntax { .. }, Some((1, 1));
        "\"\\u001b[2J\" = 1\n", UnknownKey { .. }, Some((1, 1));
        "\"two\\nlines\" = 1\n", UnknownKey { .. }, Some((1, 1));
        format!("\"{}\" = 1\n", "long".repeat(30_000)), UnknownKey { .. }, Some((1, 1));
        format!("[network]\nkind = \"{}\"\n", "ring".repeat(30_000)), UnknownWord { .. }, Some((2, 8));
        "[network]\nkind = \"\\u001b[2J\"\n", UnknownWord { .. }, Some((2, 8));
        "[coupling]\nstrength = \"\\u0007\\n\"\n", WrongType { .. }, Some((2, 12));
        "[memory]\nbudget = \"\"\"\n1\nGib\nB\"\"\"\n", OutOfRange { .. }, Some((2, 10));
        "[output]\ndir = \"runs/\\u0000\"\n", OutOfRange { .. }, Some((2, 7));
        ["a"; 60_000].join("."), Syntax { .. }, Some((1, 120_000));
        format!("a = {}", "[".repeat(120_000)), Syntax { .. }, Some((1, 85));
        format!("[{}]", ["a"; 60_000].join(".")), Syntax { .. }, Some((1, 1));
        format!("a = {}", "{a=".repeat(40_000)), Syntax { .. }, Some((1, 245));
        "[a]\n".repeat(10_000), Syntax { .. }, Some((2, 2));
        (0..14_000).map(|number| format!("k{number}=1\n")).collect::<String>(), UnknownKey { .. }, Some((1, 1));
        format!("{disruptions}wat = 1\n"), UnknownKey { .. }, Some((8_001, 1));
        format!("seed = {}\n", "9".repeat(120_000)), OutOfRange { .. }, Some((1, 8));
        format!("[coupling]\nstrength = 1{}.0\n", "0".repeat(120_000)), OutOfRange { .. }, Some((2, 12));
        format!("[network]\nkind = 'modular'\nsizes = [{}]\n", "4294967295,".repeat(11_000)), OutOfRange { .. }, Some((3, 9));
    }
}

/// Files that look like trouble and are scenarios all the same.
pub(crate) fn harmless() -> Vec<(&'static str, Vec<u8>)> {
    let long = format!("[output]\ndir = '{}'\n", "d".repeat(300));
    let files: [&[u8]; 5] = [
        b"",
        b"\xef\xbb\xbfseed = 1\r\n[network]\r\nkind = 'ring'\r\n",
        // Whoever names a place may name any; the program runs with the rights of who started it.
        b"[network]\nkind = 'ring'\n[output]\ndir = '../../../tmp/elsewhere'\n",
        b"\"seed\" = 0x7fff_ffff_ffff_ffff\n",
        long.as_bytes(),
    ];
    files.map(|bytes| ("s.toml", bytes.to_vec())).to_vec()
}
