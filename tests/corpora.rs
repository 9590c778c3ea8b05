//! The doors of the project are shown again what fuzzing found worth keeping, and the worst that may come at once.

#[path = "support/counting_allocator.rs"]
mod counting_allocator;
#[path = "support/doors.rs"]
mod doors;

use std::{fs, path::Path, sync::mpsc, thread, time::Duration};

use counting_allocator::{Count, Counting};
use doors::{DOORS, Door, MOST_MEMORY};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// What is shown to a door, by name.
type Shown = Vec<(String, Vec<u8>)>;

/// How long one input may take before it counts as one that has no end. Nothing here takes a hundredth of it on an idle
/// machine, and a busy one does not make sixty seconds of them; work that grows with the square of a mebibyte would.
const PATIENCE: Duration = Duration::from_secs(60);

/// Shows everything to a door, and expects it to keep its promises.
fn show(door: &'static Door, shown: Shown) {
    let names: Vec<String> = shown.iter().map(|(name, _)| name.clone()).collect();
    let (tell, hear) = mpsc::channel();
    let visitor = thread::spawn(move || {
        for (_, bytes) in &shown {
            tell.send(Count::peak_of(|| (door.open)(bytes))).expect("somebody listens");
        }
    });
    for name in names {
        match hear.recv_timeout(PATIENCE) {
            Ok(peak) => assert!(peak <= MOST_MEMORY, "{} took {peak} bytes for {name}", door.name),
            Err(mpsc::RecvTimeoutError::Timeout) => panic!("{} comes to no end with {name}", door.name),
            Err(mpsc::RecvTimeoutError::Disconnected) => panic!("{} panics at {name}", door.name),
        }
    }
    visitor.join().expect("it has shown everything");
}

fn corpus(door: &Door) -> Shown {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(door.name);
    let entries = fs::read_dir(&directory).unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
    let read = |path: &Path| (path.display().to_string(), fs::read(path).expect("a file of the corpus"));
    let mut found: Shown = entries.map(|entry| read(&entry.expect("an entry").path())).collect();
    found.sort();
    found
}

/// Most files of a corpus, and most bytes of all together.
const FILES: usize = 300;
const BYTES: usize = 2 << 20;

#[test]
fn every_door_keeps_its_promises_with_all_that_fuzzing_found() {
    let mut bytes = 0;
    for door in &DOORS {
        let corpus = corpus(door);
        assert!((1..=FILES).contains(&corpus.len()), "{} has {} files", door.name, corpus.len());
        bytes += corpus.iter().map(|(_, bytes)| bytes.len()).sum::<usize>();
        show(door, corpus);
    }
    assert!(bytes <= BYTES, "{bytes} bytes");
}

/// A mebibyte.
const LARGE: usize = 1 << 20;

/// A mebibyte of `head`, then as often as there is room what `each` writes for a number, then `tail`.
fn filled(head: &str, each: impl Fn(usize) -> String, tail: &str) -> Vec<u8> {
    let mut text = head.to_owned();
    for number in 0.. {
        let piece = each(number);
        if text.len() + piece.len() + tail.len() > LARGE {
            break;
        }
        text += &piece;
    }
    (text + tail).into_bytes()
}

fn repeated(head: &str, piece: &str, tail: &str) -> Vec<u8> {
    filled(head, |_| piece.to_owned(), tail)
}

/// Half a mebibyte of keys in a file, and as many in one `--set`.
fn overridden() -> Vec<u8> {
    let mut keys = filled("[coupling]\n", |number| format!("k{number}=1\n"), "");
    keys.truncate(LARGE / 2);
    let end = keys.iter().rposition(|&byte| byte == b'\n').expect("lines");
    keys.truncate(end);
    let mut set = filled("coupling={", |number| format!("o{number}=1,"), "");
    set.truncate(LARGE / 2 - 2);
    let end = set.iter().rposition(|&byte| byte == b',').expect("keys");
    set.truncate(end);
    [&keys[..], b"\0", &set, b"}"].concat()
}

/// The worst a mebibyte can be for a door that was built carelessly.
fn worst(door: &str) -> Vec<(&'static str, Vec<u8>)> {
    let matrix = |size: &str| format!("%%MatrixMarket matrix coordinate real general\n{size}\n");
    let graph = "<graphml><graph edgedefault='directed'>";
    match door {
        "scenario" => vec![
            ("one key", repeated("", "a", " = 1")),
            ("dotted keys", repeated("a", ".a", " = 1")),
            ("nested lists", repeated("a = ", "[", "")),
            ("nested tables", repeated("", "a={", "")),
            ("tables", filled("", |number| format!("[t{number}]\n"), "")),
            ("disruptions", repeated("", "[[disruption]]\nkind='remove'\nfraction=0.1\nat=1\n", "")),
            ("wrong disruptions", repeated("", "[[disruption]]\nkind='remove'\nfraction=0.1\nat=1\nx=1\n", "")),
            ("blocks", repeated("[network]\nkind='modular'\nsizes=[", "1,", "]")),
            ("unknown keys", filled("[coupling]\n", |number| format!("k{number}=1\n"), "")),
            ("unknown keys twice", overridden()),
            ("overrides", filled("seed=1", |number| format!("\0coupling.k{number}=1"), "")),
            ("same override", repeated("seed=1", "\0seed=1", "")),
            ("a long text", repeated("[output]\ndir='", "é", "'")),
            ("a long number", repeated("seed=", "9", "")),
            ("a wrong word", repeated("[network]\nkind='", "ring", "'")),
            ("blank lines", repeated("", "\r\n", "x")),
            ("opening quotes", repeated("a=", "\"", "")),
        ],
        "matrix_market" => vec![
            ("many nodes", repeated(&matrix("1048576 1048576 1"), "%\n", "1 2 3\n")),
            ("more nodes than bytes", matrix("1048577 1048577 0").into_bytes()),
            ("short entries", repeated("%%MatrixMarket matrix coordinate pattern symmetric\n9 9 99999999\n", "2 1\n", "")),
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
            ("edges", repeated(&format!("{graph}<node id='a'/>"), "<edge source='a' target='a'/>", "</graph></graphml>")),
            ("edges of nobody", filled(graph, |number| format!("<edge source='{number}' target='a'/>"), "</graph></graphml>")),
            ("attributes", filled("<graphml><graph ", |number| format!("a{number}='' "), "/></graphml>")),
            ("keys", filled("<graphml>", |number| format!("<key id='{number}' attr.name='weight'/>"), "</graphml>")),
            ("depth", repeated("<graphml>", "<a>", "")),
            ("references", repeated("<graphml><desc>", "&amp;", "</desc></graphml>")),
            ("text", repeated("<graphml><key id='w' attr.name='weight'><default>", "1", "</default></key></graphml>")),
            ("entities", filled("<!DOCTYPE g [", |number| format!("<!ENTITY e{number} '&e{number};'>"), "]><graphml/>")),
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
        "checkpoint" => vec![
            ("empty sections", container((0..17_000).map(|number| (number, Vec::new())))),
            ("one section", container([(0, vec![7; LARGE - 1000])])),
            ("a stated length", [&container([])[..32], &section(0, u64::MAX / 2)].concat()),
        ],
        "recorded" => vec![("zeros", vec![0; LARGE]), ("ones", vec![1; LARGE]), ("a stated length", vec![0xff; 9])],
        other => unreachable!("{other} has no worst"),
    }
}

/// What a section begins with: a name, that it holds bytes, and how many.
fn section(number: usize, length: u64) -> [u8; 56] {
    let mut head = [0; 56];
    let name = format!("s{number}");
    head[..name.len()].copy_from_slice(name.as_bytes());
    head[40] = 1;
    head[48..].copy_from_slice(&length.to_le_bytes());
    head
}

/// A checkpoint of sections of bytes, whose checksums are put right at the door.
fn container(sections: impl IntoIterator<Item = (usize, Vec<u8>)>) -> Vec<u8> {
    let mut bytes = [b"\x8bLAMPYR\n", &1_u32.to_le_bytes()[..], &0x0a0b_0c0d_u32.to_le_bytes(), &[0; 16]].concat();
    for (number, contents) in sections {
        bytes.extend_from_slice(&section(number, contents.len() as u64));
        bytes.extend_from_slice(&contents);
        bytes.extend_from_slice(&[0; 4]);
    }
    bytes
}

#[test]
fn every_door_keeps_its_promises_with_the_worst_that_a_mebibyte_can_be() {
    for door in &DOORS {
        let worst = worst(door.name);
        assert!(worst.iter().all(|(_, bytes)| bytes.len() <= LARGE), "{}", door.name);
        show(door, worst.into_iter().map(|(name, bytes)| (name.to_owned(), bytes)).collect());
    }
}
