//! The readers of this crate are shown again what fuzzing found worth keeping, and the worst that may come at once.

#[path = "../../../../tests/support/counting_allocator.rs"]
mod counting_allocator;
#[path = "../../../../tests/support/doors.rs"]
mod doors;
mod readers;

use std::path::Path;

use counting_allocator::Counting;
use doors::{LARGE, corpus, show_all};
use readers::DOORS;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[test]
fn readers_keep_their_promises_with_all_that_fuzzing_found() {
    for door in &DOORS {
        show_all(door, corpus(door, &Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")));
    }
}

#[test]
fn readers_keep_their_promises_with_the_worst_that_a_mebibyte_can_be() {
    for door in &DOORS {
        let worst = worst(door.name);
        assert!(worst.iter().all(|(_, bytes)| bytes.len() <= LARGE), "{}", door.name);
        show_all(door, worst.into_iter().map(|(name, bytes)| (name.to_owned(), bytes)).collect());
    }
}

/// A mebibyte of `head`, then as often as there is room what `each` writes for a number, then `tail`.
fn filled(head: &str, each: impl Fn(usize) -> String, tail: &str) -> Vec<u8> {
    filled_to(LARGE, head, each, tail)
}

fn filled_to(most: usize, head: &str, each: impl Fn(usize) -> String, tail: &str) -> Vec<u8> {
    let mut text = head.to_owned();
    for number in 0.. {
        let piece = each(number);
        if text.len() + piece.len() + tail.len() > most {
            break;
        }
        text += &piece;
    }
    (text + tail).into_bytes()
}

fn repeated(head: &str, piece: &str, tail: &str) -> Vec<u8> {
    filled(head, |_| piece.to_owned(), tail)
}

/// A quarter of a mebibyte of keys in a file, and as many in one `--set`.
fn overridden() -> Vec<u8> {
    let keys = filled_to(LARGE / 4, "[coupling]\n", |number| format!("k{number}=1\n"), "");
    let set = filled_to(LARGE / 4, "coupling={", |number| format!("o{number}=1,"), "o=1}");
    [&keys[..], b"\0", &set].concat()
}

/// Scenarios as large as they are read at all, and a mebibyte.
fn worst_scenarios() -> Vec<(&'static str, Vec<u8>)> {
    let filled = |head: &str, each: &dyn Fn(usize) -> String, tail: &str| filled_to(LARGE / 2, head, each, tail);
    let repeated = |head: &str, piece: &str, tail: &str| filled(head, &|_| piece.to_owned(), tail);
    vec![
        ("one key", repeated("", "a", " = 1")),
        ("dotted keys", repeated("a", ".a", " = 1")),
        ("nested lists", repeated("a = ", "[", "")),
        ("nested tables", repeated("", "a={", "")),
        ("tables", filled("", &|number| format!("[t{number}]\n"), "")),
        ("disruptions", repeated("", "[[disruption]]\nkind='remove'\nfraction=0.1\nat=1\n", "")),
        ("wrong disruptions", repeated("", "[[disruption]]\nkind='remove'\nfraction=0.1\nat=1\nx=1\n", "")),
        ("blocks", repeated("[network]\nkind='modular'\nsizes=[", "1,", "]")),
        ("unknown keys", filled("[coupling]\n", &|number| format!("k{number}=1\n"), "")),
        ("unknown keys twice", overridden()),
        ("overrides", filled("seed=1", &|number| format!("\0coupling.k{number}=1"), "")),
        ("same override", repeated("seed=1", "\0seed=1", "")),
        ("a long text", repeated("[output]\ndir='", "é", "'")),
        ("a long number", repeated("seed=", "9", "")),
        ("a wrong word", repeated("[network]\nkind='", "ring", "'")),
        ("blank lines", repeated("", "\r\n", "x")),
        ("opening quotes", repeated("a=", "\"", "")),
        ("a mebibyte", vec![b'#'; LARGE]),
    ]
}

/// The worst a mebibyte can be for a door that was built carelessly.
fn worst(door: &str) -> Vec<(&'static str, Vec<u8>)> {
    let matrix = |size: &str| format!("%%MatrixMarket matrix coordinate real general\n{size}\n");
    let graph = "<graphml><graph edgedefault='directed'>";
    match door {
        "scenario" => worst_scenarios(),
        "matrix_market" => vec![
            ("many nodes", repeated(&matrix("1048576 1048576 1"), "%\n", "1 2 3\n")),
            ("more nodes than bytes", matrix("1048577 1048577 0").into_bytes()),
            (
                "short entries",
                repeated("%%MatrixMarket matrix coordinate pattern symmetric\n9 9 99999999\n", "2 1\n", ""),
            ),
            ("entries", filled(&matrix("99999 99999 71832"), |number| format!("{} 1 1e9\n", number % 99_999 + 1), "")),
            ("one link", repeated("%%MatrixMarket matrix coordinate pattern general\n2 2 262128\n", "2 1\n", "")),
            ("one comment", repeated(&matrix("%"), "%", "")),
            ("words", repeated(&matrix("2 2 1"), "1 ", "")),
            ("blank lines", repeated(&matrix(""), "\n", "2 2 0\n")),
            ("digits", repeated(&matrix("2 2 1\n1 2 0."), "0", "1\n")),
        ],
        "edge_list" => vec![
            ("names", filled("source,target\n", |number| format!("{number:x},{number:x}x\n"), "")),
            ("numbers", filled("", |number| format!("{number},{}\n", 2 * number), "")),
            ("one link", repeated("", "a,b\n", "")),
            ("self-links", filled("", |number| format!("{number} {number}\n"), "")),
            ("columns", repeated("", ",", "")),
            ("many columns", repeated("source,target,", "x,", "x\n")),
            ("quotes", repeated("a,", "\"\"", "")),
            ("an open quote", repeated("a,\"", "b,", "")),
            ("one name", repeated("a,", "b", "\n")),
            ("spaces", repeated("", " ", "a b\n")),
            ("comments", repeated("", "#\n", "")),
        ],
        "graphml" => vec![
            ("nodes", filled(graph, |number| format!("<node id='{number}'/>"), "</graph></graphml>")),
            ("short nodes", filled(graph, |number| format!("<node id='{number:x}'/>"), "")),
            (
                "edges",
                repeated(&format!("{graph}<node id='a'/>"), "<edge source='a' target='a'/>", "</graph></graphml>"),
            ),
            (
                "edges of nobody",
                filled(graph, |number| format!("<edge source='{number}' target='a'/>"), "</graph></graphml>"),
            ),
            ("attributes", filled("<graphml><graph ", |number| format!("a{number}='' "), "/></graphml>")),
            ("keys", filled("<graphml>", |number| format!("<key id='{number}' attr.name='weight'/>"), "</graphml>")),
            ("depth", repeated("<graphml>", "<a>", "")),
            ("references", repeated("<graphml><desc>", "&amp;", "</desc></graphml>")),
            ("text", repeated("<graphml><key id='w' attr.name='weight'><default>", "1", "</default></key></graphml>")),
            (
                "entities",
                filled("<!DOCTYPE g [", |number| format!("<!ENTITY e{number} '&e{number};'>"), "]><graphml/>"),
            ),
            ("opening brackets", repeated("", "<", "")),
            ("one comment", repeated("<!--", "-", "")),
            ("one name", repeated("<", "g", ">")),
            ("instructions", repeated("", "<?x?>", "")),
        ],
        "vector" => vec![
            ("values", repeated("phase\n", "1\n", "")),
            ("one value", repeated("0.", "1", "\n")),
            ("words", repeated("", "1 ", "\n")),
            ("blank lines", repeated("", "\n", "1\n")),
            ("a heading", repeated("", "x", "\n")),
        ],
        "recorded" => vec![("zeros", vec![0; LARGE]), ("ones", vec![1; LARGE]), ("a stated length", vec![0xff; 9])],
        other => unreachable!("{other} has no worst"),
    }
}
