//! Files that are wrong, each with the error it has to give and the place that error has to name.

use std::fs;
use std::path::Path;

use lampyrid_io::InputError::{self, *};
use lampyrid_io::{NetworkFormat, ReadOptions, read_network};

use crate::support::{Scratch, read};

struct Case {
    file: &'static str,
    content: Vec<u8>,
    is_expected: fn(&InputError) -> bool,
    pattern: &'static str,
    place: Option<(u64, u64)>,
}

/// One case a line: file name, content, the error, and the line and column it names.
macro_rules! cases {
    ($($file:literal, $content:expr, $pattern:pat, $place:expr;)*) => {
        vec![$(Case {
            file: $file,
            content: Vec::from($content),
            is_expected: |error| matches!(error, $pattern),
            pattern: stringify!($pattern),
            place: $place,
        }),*]
    };
}

/// Reads each case and compares; every message has to be one line that begins with its place.
fn check(cases: Vec<Case>) {
    for case in cases {
        let file = Scratch::new(case.file, &case.content);
        let shown = String::from_utf8_lossy(&case.content);
        let shown: String = shown.chars().take(200).collect();
        let error = match file.read(&ReadOptions::default()) {
            Ok(network) => panic!("{shown:?} was read as {network:?}"),
            Err(error) => error,
        };
        assert!((case.is_expected)(&error), "{shown:?}: {error:?} is no {}", case.pattern);
        let place = error.place().map(|place| (place.line, place.column));
        assert_eq!(place, case.place, "{shown:?}: {error}");
        assert_eq!(error.path(), file.path());
        let message = error.to_string();
        let beginning = match place {
            Some((line, column)) => format!("{}:{line}:{column}: ", file.path().display()),
            None => format!("{}: ", file.path().display()),
        };
        assert!(message.starts_with(&beginning), "{message}");
        assert!(!message.contains(char::is_control), "{message:?}");
        assert!(message.chars().count() < beginning.chars().count() + 300, "{message}");
    }
}

/// A general real matrix with the given lines after its banner.
fn real(lines: &str) -> String {
    format!("%%MatrixMarket matrix coordinate real general\n{lines}")
}

/// A general pattern matrix with the given lines after its banner.
fn pattern(lines: &str) -> String {
    format!("%%MatrixMarket matrix coordinate pattern general\n{lines}")
}

/// A matrix whose banner ends in `words`.
fn banner(words: &str) -> String {
    format!("%%MatrixMarket {words}\n2 2 1\n1 2 1\n")
}

#[test]
fn wrong_bytes() {
    let utf16: Vec<u8> = "%%MatrixMarket".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let with_mark = |mark: &[u8]| [mark, &utf16].concat();
    let long = format!("%%MatrixMarket matrix coordinate real general\n%{}\n", "x".repeat(1 << 20));
    check(cases! {
        "a.mtx", "", Empty { .. }, None;
        "a.mtx", "\u{feff}", Empty { .. }, None;
        "a.csv", "", Empty { .. }, None;
        "a.graphml", "", Empty { .. }, None;
        "a.graphml", " \n <!-- nothing --> \n", Empty { .. }, None;
        "a.csv", "\n \n# only comments\n% here\n", Empty { .. }, None;
        "a.csv", "source,target\n", Empty { .. }, None;
        "a.csv", "a,b,weight\n", Empty { .. }, None;
        "a.mtx", with_mark(&[0xff, 0xfe]), WideText { .. }, None;
        "a.csv", with_mark(&[0xfe, 0xff]), WideText { .. }, None;
        "a.graphml", with_mark(&[0, 0, 0xfe, 0xff]), WideText { .. }, None;
        "a.mtx", utf16.clone(), Binary { .. }, Some((1, 2));
        "a.csv", "a,b\nc,\0d\n", Binary { .. }, Some((2, 3));
        "a.csv", b"\x7fELF\x02\x01\x01\0\0", Binary { .. }, Some((1, 8));
        "a.graphml", "<graphml>\n  \0</graphml>", Binary { .. }, Some((2, 3));
        "a.graphml", "<graphml>\n<graph\0 edgedefault='directed'/></graphml>", Binary { .. }, Some((2, 7));
        "a.mtx", b"%%MatrixMarket matrix coordinate pattern general\n% \xe9\xff\n2 2 0\n", InvalidUtf8 { .. }, Some((2, 3));
        "a.csv", b"Z\xc3\xbcrich,b\nGen\xe8ve,c\n", InvalidUtf8 { .. }, Some((2, 4));
        "a.graphml", b"<graphml>\n<desc>\n\xc3\xbc\xff</desc></graphml>", InvalidUtf8 { .. }, Some((3, 2));
        "a.graphml", b"<graphml>\n<graph id='\xe8'/></graphml>", InvalidUtf8 { .. }, Some((2, 12));
        "a.csv", "a,b\rc,d\r", CarriageReturn { .. }, Some((1, 4));
        "a.mtx", "%%MatrixMarket matrix coordinate pattern general\r2 2 0\r", CarriageReturn { .. }, Some((1, 49));
        "a.mtx", long, LineTooLong { limit: 0x10_0000, .. }, Some((2, 1));
        "a.csv", vec![b'x'; (1 << 20) + 1], LineTooLong { .. }, Some((1, 1));
    });
}

#[test]
fn wrong_matrix_banners() {
    check(cases! {
        "a.mtx", "4941 4941 6594\n", NotMatrixMarket { .. }, Some((1, 1));
        "a.mtx", "\n%%MatrixMarket matrix coordinate real general\n", NotMatrixMarket { .. }, Some((1, 1));
        "a.mtx", "%MatrixMarket matrix coordinate real general\n", NotMatrixMarket { .. }, Some((1, 1));
        "a.mtx", "<graphml/>", NotMatrixMarket { .. }, Some((1, 1));
        "a.mtx", "%%MatrixMarket\n", UnsupportedMatrix { part: "object", .. }, Some((1, 15));
        "a.mtx", banner("vector coordinate real general"), UnsupportedMatrix { part: "object", .. }, Some((1, 16));
        "a.mtx", banner("matrix"), UnsupportedMatrix { part: "format", .. }, Some((1, 22));
        "a.mtx", banner("matrix array real general"), UnsupportedMatrix { part: "format", .. }, Some((1, 23));
        "a.mtx", banner("matrix coordinate complex general"), UnsupportedMatrix { part: "field", .. }, Some((1, 34));
        "a.mtx", banner("matrix coordinate real"), UnsupportedMatrix { part: "symmetry", .. }, Some((1, 38));
        "a.mtx", banner("matrix coordinate real hermitian"), UnsupportedMatrix { part: "symmetry", .. }, Some((1, 39));
        "a.mtx", banner("matrix coordinate pattern skew-symmetric"), UnsupportedMatrix { part: "symmetry", .. }, Some((1, 42));
        "a.mtx", banner("matrix coordinate real general 2 2"), FieldCount { expected: 5, found: 7, .. }, Some((1, 47));
    });
}

#[test]
fn wrong_matrix_sizes() {
    check(cases! {
        "a.mtx", "%%MatrixMarket matrix coordinate real general", NoSizeLine { .. }, Some((2, 1));
        "a.mtx", real("% only\n\n% comments\n"), NoSizeLine { .. }, Some((5, 1));
        "a.mtx", real("3 3\n"), FieldCount { expected: 3, found: 2, .. }, Some((2, 1));
        "a.mtx", real("3 3 1 1\n"), FieldCount { expected: 3, found: 4, .. }, Some((2, 7));
        "a.mtx", real("3 x 1\n"), NotAnIndex { .. }, Some((2, 3));
        "a.mtx", real("-3 -3 1\n"), NotAnIndex { .. }, Some((2, 1));
        "a.mtx", real("3 3 1.5\n"), NotAnIndex { .. }, Some((2, 5));
        "a.mtx", real("% c\n3 4 0\n"), Rectangular { rows: 3, columns: 4, .. }, Some((3, 3));
        "a.mtx", pattern("1000000000000000000 1000000000000000000 1\n1 2\n"), TooManyNodes { nodes: 1_000_000_000_000_000_000, .. }, Some((2, 21));
        "a.mtx", pattern("4294967295 4294967295 0\n"), TooManyNodes { nodes: 4_294_967_295, limit: 4_294_967_294, .. }, Some((2, 12));
        "a.mtx", pattern("99999999999999999999999 99999999999999999999999 1\n"), TooManyNodes { nodes: u64::MAX, .. }, Some((2, 25));
        "a.mtx", pattern("4294967294 4294967294 1\n1 2\n"), ImplausibleNodes { nodes: 4_294_967_294, bytes: 77, .. }, Some((2, 12));
        "a.mtx", pattern("1048577 1048577 0\n"), ImplausibleNodes { nodes: 1_048_577, .. }, Some((2, 9));
        "a.mtx", pattern("3 3 1000000000000000000\n1 2\n"), TooFewEntries { stated: 1_000_000_000_000_000_000, found: 1, .. }, Some((2, 5));
        "a.mtx", real("3 3 2\n1 2 0.5\n"), TooFewEntries { stated: 2, found: 1, .. }, Some((2, 5));
        "a.mtx", real("3 3 1\n1 2 0.5\n% c\n\n2 3 1\n3 1 1\n"), SurplusEntry { stated: 1, .. }, Some((6, 1));
        "a.mtx", real("0 0 0\n1 1 1\n"), SurplusEntry { stated: 0, .. }, Some((3, 1));
    });
}

#[test]
fn wrong_matrix_entries() {
    check(cases! {
        "a.mtx", real("8 8 1\n9 1 1\n"), IndexOutside { what: "row index", nodes: 8, .. }, Some((3, 1));
        "a.mtx", real("8 8 1\n 1  9 1\n"), IndexOutside { what: "column index", nodes: 8, .. }, Some((3, 5));
        "a.mtx", real("8 8 1\n0 1 1\n"), IndexOutside { .. }, Some((3, 1));
        "a.mtx", real("8 8 1\n1 -1 1\n"), IndexOutside { .. }, Some((3, 3));
        "a.mtx", real("8 8 1\n1 340282366920938463463374607431768211457 1\n"), IndexOutside { .. }, Some((3, 3));
        "a.mtx", real("8 8 1\n4294967297 1 1\n"), IndexOutside { .. }, Some((3, 1));
        "a.mtx", real("8 8 1\n1.0 2 1\n"), NotAnIndex { what: "row index", .. }, Some((3, 1));
        "a.mtx", real("8 8 1\n1 two 1\n"), NotAnIndex { what: "column index", .. }, Some((3, 3));
        "a.mtx", real("8 8 1\n1 - 1\n"), NotAnIndex { .. }, Some((3, 3));
        "a.mtx", real("8 8 1\n1,2,1\n"), FieldCount { expected: 3, found: 1, .. }, Some((3, 1));
        "a.mtx", real("8 8 1\n1 2\n"), FieldCount { expected: 3, found: 2, .. }, Some((3, 1));
        "a.mtx", real("8 8 1\n1 2 3 4 5\n"), FieldCount { expected: 3, found: 5, .. }, Some((3, 7));
        "a.mtx", pattern("8 8 1\n1 2 0.5\n"), FieldCount { expected: 2, found: 3, .. }, Some((3, 5));
        "a.mtx", pattern("8 8 2\n1 2\n1\n"), FieldCount { expected: 2, found: 1, .. }, Some((4, 1));
        "a.mtx", real("8 8 1\n1 2 heavy\n"), NotANumber { what: "weight", .. }, Some((3, 5));
        "a.mtx", real("8 8 1\n1 2 0,5\n"), NotANumber { .. }, Some((3, 5));
        "a.mtx", real("8 8 1\n1 2 NaN\n"), NotFinite { what: "weight", .. }, Some((3, 5));
        "a.mtx", real("8 8 2\n3 4 1\n1 2 -inf\n"), NotFinite { .. }, Some((4, 5));
        "a.mtx", real("8 8 1\n1 2 1e309\n"), NotFinite { .. }, Some((3, 5));
        "a.mtx", "%%MatrixMarket matrix coordinate integer general\n8 8 1\n1 2 1.5\n", NotAnIndex { .. }, Some((3, 5));
        "a.mtx", real("8 8 2\n1 2 1e308\n1 2 1e308\n"), Graph { .. }, None;
        "a.mtx", real("8 8 1\n1 2 é\n"), NotANumber { .. }, Some((3, 5));
        "a.mtx", real(&format!("8 8 1\n1 2 {}\n", "9".repeat(5000) + "x")), NotANumber { .. }, Some((3, 5));
    });
}

#[test]
fn wrong_edge_lists() {
    check(cases! {
        "a.csv", "0,1\n2\n", FieldCount { expected: 2, found: 1, .. }, Some((2, 1));
        "a.csv", "a\nb\n", FieldCount { expected: 2, found: 1, .. }, Some((1, 1));
        "a.txt", "0 1\n\n1 2 0.5\n", FieldCount { expected: 2, found: 3, .. }, Some((3, 5));
        "a.txt", "0 1 1\n1 2\n", FieldCount { expected: 3, found: 2, .. }, Some((2, 1));
        "a.csv", "source,target,note\na,b\n", FieldCount { expected: 3, found: 2, .. }, Some((2, 1));
        "a.txt", "1 2 1 1082008561\n", UnnamedColumns { found: 4, .. }, Some((1, 7));
        "a.csv", "a,b,c,d,e\n1,2,3,4,5\n", UnnamedColumns { found: 5, .. }, Some((1, 7));
        "a.csv", "0,1,x\n1,2,1\n", NotANumber { what: "weight", .. }, Some((1, 5));
        "a.csv", "a,b,1\nb,c,heavy\n", NotANumber { .. }, Some((2, 5));
        "a.csv", "a,b,1\nb,c,\n", NotANumber { .. }, Some((2, 5));
        "a.csv", "a;b;1\nb;c;0,5\n", NotANumber { .. }, Some((2, 5));
        "a.csv", "a,b,1\n\"b,x\",c, nan \n", NotFinite { .. }, Some((2, 10));
        "a.csv", "a,b,inf\n", NotFinite { .. }, Some((1, 5));
        "a.txt", "a b 1\nb  c   1e400\n", NotFinite { .. }, Some((2, 8));
        "a.csv", "a,b\n,c\n", EmptyName { end: "source", .. }, Some((2, 1));
        "a.csv", "a,b\nc,  \n", EmptyName { end: "target", .. }, Some((2, 5));
        "a.csv", ",\n", EmptyName { end: "source", .. }, Some((1, 1));
        "a.csv", "a,b\n\"\",c\n", EmptyName { .. }, Some((2, 1));
        "a.csv", "a,b\n\"c,d\n", UnclosedQuote { .. }, Some((2, 1));
        "a.csv", "\"a\nb\",c\n", UnclosedQuote { .. }, Some((1, 1));
        "a.txt", "a b\n\"c d\n", UnclosedQuote { .. }, Some((2, 1));
        "a.csv", "source,weight\na,1\n", HeaderLacks { column: "target", .. }, Some((1, 1));
        "a.csv", "# list\nweight,to\n1,a\n", HeaderLacks { column: "source", .. }, Some((2, 1));
        "a.csv", "weight,a,b\n1,a,b\n", HeaderLacks { column: "source", .. }, Some((1, 1));
        "a.csv", "source,from,target\na,a,b\n", HeaderRepeats { column: "source", .. }, Some((1, 8));
        "a.csv", "source,target,to\na,b,b\n", HeaderRepeats { column: "target", .. }, Some((1, 15));
        "a.csv", "source,target,weight,weights\na,b,1,1\n", HeaderRepeats { column: "weight", .. }, Some((1, 22));
        "a.txt", "tail head\n0 1\n1 2\n2 x\n", UnclearHeader { named_line: 4, .. }, Some((1, 1));
        "a.txt", "tail head\n0 1 2\n", FieldCount { expected: 2, found: 3, .. }, Some((2, 5));
        "a.csv", "a,b,1e308\na,b,1e308\n", Graph { .. }, None;
    });
}

/// A directed graph with two nodes and the given edges.
fn edges(edges: &str) -> String {
    format!("<graphml><graph edgedefault='directed'>\n<node id='a'/><node id='b'/>\n{edges}</graph></graphml>")
}

/// The same with a weight key.
fn weighted(edges: &str) -> String {
    format!(
        "<graphml><key id='w' for='edge' attr.name='weight'/><graph edgedefault='directed'>\n\
         <node id='a'/><node id='b'/>\n{edges}</graph></graphml>"
    )
}

#[test]
fn wrong_xml() {
    let bomb = "<!DOCTYPE g [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;'><!ENTITY c '&b;&b;&b;&b;'>]>\n";
    let many = "\n<x a='1' a='2'/>".repeat(10);
    check(cases! {
        "a.graphml", "hello\n", Xml { .. }, Some((1, 1));
        "a.graphml", "\n 1,2\n", Xml { .. }, Some((2, 2));
        "a.graphml", "<graphml>", Xml { .. }, Some((1, 10));
        "a.graphml", "<graphml>\n<graph edgedefault='directed'>\n<node id='a'", Xml { .. }, Some((3, 1));
        "a.graphml", "<graphml>\n<graph edgedefault='directed'>\n<node id='a'/>\n", Xml { .. }, Some((4, 1));
        "a.graphml", "<graphml>\n<graph edgedefault='directed'></graphml>", Xml { .. }, Some((2, 31));
        "a.graphml", "<graphml></graphml></graphml>", Xml { .. }, Some((1, 20));
        "a.graphml", "<graphml></graphml>\n<graphml/>", Xml { .. }, Some((2, 1));
        "a.graphml", "<graphml></graphml>\ntext", Xml { .. }, Some((2, 1));
        "a.graphml", "<graphml><!-- open", Xml { .. }, Some((1, 10));
        "a.graphml", "<graphml><![CDATA[ open", Xml { .. }, Some((1, 10));
        "a.graphml", "<!DOCTYPE graphml [", Xml { .. }, Some((1, 1));
        "a.graphml", "<graphml>a & b</graphml>", Xml { .. }, Some((1, 12));
        "a.graphml", "<graphml>&#0;</graphml>", Xml { .. }, Some((1, 10));
        "a.graphml", "<graphml>&#x110000;</graphml>", Xml { .. }, Some((1, 10));
        "a.graphml", edges("<edge source=a target='b'/>"), Xml { .. }, Some((3, 1));
        "a.graphml", edges("<edge source='a' target='b' source='b'/>"), Xml { .. }, Some((3, 1));
        "a.graphml", edges("<edge source='a' target/>"), Xml { .. }, Some((3, 1));
        "a.graphml", format!("<graphml>{many}"), Xml { .. }, Some((11, 17));
        "a.graphml", format!("{bomb}<graphml><desc>\n&c;</desc></graphml>"), UndefinedEntity { .. }, Some((3, 1));
        "a.graphml", format!("{bomb}<graphml><graph edgedefault='directed'>\n<node id='&c;'/>"), UndefinedEntity { .. }, Some((3, 1));
        "a.graphml", "<graphml>&nbsp;</graphml>", UndefinedEntity { .. }, Some((1, 10));
        "a.graphml", "<graphml>".to_owned() + &"\n<a>".repeat(100), TooDeep { limit: 64, .. }, Some((65, 1));
        "a.graphml", "<a>".repeat(100_000), NotGraphMl { .. }, Some((1, 1));
        "a.graphml", "<?xml version='1.0'?>\n<gexf/>", NotGraphMl { .. }, Some((2, 1));
        "a.graphml", "<!DOCTYPE html>\n<html><body>404", NotGraphMl { .. }, Some((2, 1));
        "a.graphml", "<graphml>\n</graphml>\n", NoGraph { .. }, Some((3, 1));
    });
}

#[test]
fn wrong_graphs() {
    let second = "<graph edgedefault='directed'/>\n<graph edgedefault='directed'/>";
    let late_key = "<graph edgedefault='directed'/>\n<key id='w' for='edge' attr.name='weight'/>";
    let twice = "<edge source='a' target='b'><data key='w'>1</data>\n<data key='w'>2</data></edge>";
    check(cases! {
        "a.graphml", "<graphml>\n<graph/></graphml>", MissingAttribute { element: "graph", attribute: "edgedefault", .. }, Some((2, 1));
        "a.graphml", "<graphml>\n <graph edgedefault='both'/></graphml>", InvalidAttribute { attribute: "edgedefault", .. }, Some((2, 2));
        "a.graphml", "<graphml><key for='edge' attr.name='weight'/></graphml>", MissingAttribute { element: "key", attribute: "id", .. }, Some((1, 10));
        "a.graphml", format!("<graphml>{second}</graphml>"), UnsupportedElement { element: "graph", .. }, Some((2, 1));
        "a.graphml", format!("<graphml>{late_key}</graphml>"), UnsupportedElement { element: "key", .. }, Some((2, 1));
        "a.graphml", edges("<node/>"), MissingAttribute { element: "node", attribute: "id", .. }, Some((3, 1));
        "a.graphml", edges("<node id='c'/>\n<node id='a'/>"), RepeatedNode { .. }, Some((4, 1));
        "a.graphml", edges("<edge target='b'/>"), MissingAttribute { attribute: "source", .. }, Some((3, 1));
        "a.graphml", edges("\n  <edge source='a'/>"), MissingAttribute { attribute: "target", .. }, Some((4, 3));
        "a.graphml", edges("<edge source='a' target='b'/>\n<edge source='a' target='c'/>\n<edge source='d' target='c'/>"), UnknownNode { .. }, Some((4, 1));
        "a.graphml", edges("<edge source='a' target='b' directed='maybe'/>"), InvalidAttribute { attribute: "directed", .. }, Some((3, 1));
        "a.graphml", edges("<hyperedge><endpoint node='a'/></hyperedge>"), UnsupportedElement { element: "hyperedge", .. }, Some((3, 1));
        "a.graphml", edges("<node id='c'>\n<graph edgedefault='directed'/></node>"), UnsupportedElement { element: "graph", .. }, Some((4, 1));
        "a.graphml", edges("<node id='c'><locator href='x'/></node>"), UnsupportedElement { element: "locator", .. }, Some((3, 14));
        "a.graphml", weighted("<edge source='a' target='b'><data key='w'>\n  heavy\n</data></edge>"), NotANumber { what: "weight", .. }, Some((4, 3));
        "a.graphml", weighted("<edge source='a' target='b'><data key='w'/></edge>"), NotANumber { .. }, Some((3, 44));
        "a.graphml", weighted("<edge source='a' target='b'><data key='w'>INF</data></edge>"), NotFinite { .. }, Some((3, 43));
        "a.graphml", weighted("<edge source='a' target='b'><data key='w'>é&#49;</data></edge>"), NotANumber { .. }, Some((3, 43));
        "a.graphml", weighted("<edge source='a' target='b'><data>1</data></edge>"), MissingAttribute { element: "data", attribute: "key", .. }, Some((3, 29));
        "a.graphml", weighted(twice), UnsupportedElement { element: "data", .. }, Some((4, 1));
        "a.graphml", "<graphml><key id='w' attr.name='weight'><default>nan</default></key></graphml>", NotFinite { .. }, Some((1, 50));
        "a.graphml", "<graphml><key id='w' attr.name='weight'>\n<default/></key></graphml>", NotANumber { .. }, Some((2, 11));
    });
}

#[test]
fn files_that_are_not_there() {
    let options = ReadOptions::default();
    let file = Scratch::new("a.mtx", "");
    let directory = file.path().parent().map(Path::to_owned).unwrap();

    let missing = read_network(&directory.join("none.mtx"), &options).unwrap_err();
    assert!(matches!(missing, Missing { .. }), "{missing}");
    let directory_error = read_network(&directory, &options).unwrap_err();
    assert!(matches!(directory_error, Directory { .. }), "{directory_error}");
    let within_a_file = read_network(&file.path().join("b.mtx"), &options).unwrap_err();
    assert!(matches!(within_a_file, Unreadable { .. }), "{within_a_file}");
    let impossible = read_network(Path::new("a\0.mtx"), &options).unwrap_err();
    assert!(matches!(impossible, Unreadable { .. }), "{impossible}");
}

#[cfg(unix)]
#[test]
fn a_pipe_is_read_like_a_file() {
    let file = Scratch::new("a.txt", "");
    let pipe = file.path().with_extension("mtx");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.is_ok_and(|status| status.success()), "mkfifo is part of any Unix");
    let writer = {
        let pipe = pipe.clone();
        std::thread::spawn(move || fs::write(pipe, pattern("2 2 1\n2 1\n")))
    };
    let network = read_network(&pipe, &ReadOptions::default()).unwrap();
    writer.join().unwrap().unwrap();
    assert_eq!(network.adjacency.neighbors(1), [0]);
}

#[test]
fn a_named_format_is_not_second_guessed() {
    let options = ReadOptions { format: Some(NetworkFormat::GraphMl), ..ReadOptions::default() };
    let error = Scratch::new("a.csv", "0,1\n").read(&options).unwrap_err();
    assert!(matches!(error, Xml { .. }), "{error}");
}

#[test]
fn messages_say_what_where_and_what_to_do() {
    let message = |name: &str, text: &str| {
        let error = read(name, text).unwrap_err();
        let place = error.place().expect("a place").to_string();
        error.to_string().split_off(place.len())
    };
    assert_eq!(
        message("grid.mtx", &real("8 8 1\n1 9 1\n")),
        ": column index 9 is outside 1..=8; indices count from 1 to the number of nodes on the \
         size line"
    );
    assert_eq!(
        message("grid.mtx", &real("8 8 7\n1 2 1\n")),
        ": 7 entries are stated but the file ends after 1; the file is cut short or the number \
         is wrong"
    );
    assert_eq!(
        message("grid.mtx", &banner("matrix array real general")),
        ": Matrix Market format `array` cannot be read as a network; use `coordinate`"
    );
    assert_eq!(
        message("list.csv", "a,b,1\na,b,heavy\n"),
        ": weight `heavy` is not a number; write it like 0.25 or 2.5e-1"
    );
    assert_eq!(message("list.csv", "a,b,1\na,b\n"), ": 2 values on this line, 3 expected (source, target, weight)");
    assert_eq!(
        message("g.graphml", &edges("<edge source='a' target='c'/>")),
        ": no <node> has the id `c`; add the node or correct the link"
    );
}
