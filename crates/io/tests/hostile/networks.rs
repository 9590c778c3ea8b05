//! Networks in three formats.

use std::path::Path;

use lampyrid_io::InputError::{self, *};
use lampyrid_io::{ReadOptions, read_network};

use crate::case::{Case, Reader, cases};

/// Reads as the program does.
pub(crate) const READER: Reader<InputError> = Reader { read, place };

fn read(path: &Path) -> Result<String, InputError> {
    let network = read_network(path, &ReadOptions::default())?;
    let (nodes, links) = (network.adjacency.nodes(), network.adjacency.links());
    let names: Vec<&str> = network.names.iter().flat_map(|names| names.iter().take(3)).collect();
    Ok(format!("{nodes} nodes, {links} links, {names:?}"))
}

pub(crate) fn place(error: &InputError) -> Option<(u64, u64)> {
    error.place().map(|place| (place.line, place.column))
}

pub(crate) fn wrong_bytes() -> Vec<Case<InputError>> {
    let utf16: Vec<u8> = "%%MatrixMarket".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let with_mark = |mark: &[u8]| [mark, &utf16].concat();
    let long = format!("%%MatrixMarket matrix coordinate real general\n%{}\n", "x".repeat(1 << 20));

    cases! {
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
        "a.csv", [b"a,b\n\"", &vec![b'x'; 10_000_000][..]].concat(), LineTooLong { .. }, Some((2, 1));
        "a.mtx", real(&("3 3 1\n".to_owned() + &"1 ".repeat(5_000_000))), LineTooLong { .. }, Some((3, 1));
        "a.mtx", b"%%MatrixMarket matrix coordinate pattern general\n2 2 1\n1 2\xc3", InvalidUtf8 { .. }, Some((3, 4));
        "a.csv", b"a,b\nc,\xe2\x82", InvalidUtf8 { .. }, Some((2, 3));
        "a.csv", b"a,b\nc,\xed\xa0\x80\n", InvalidUtf8 { .. }, Some((2, 3));
        "a.csv", b"a,\xc0\xaf\n", InvalidUtf8 { .. }, Some((1, 3));
        "a.graphml", b"<graphml>\n<desc>\xf0\x9f\x92", InvalidUtf8 { .. }, Some((2, 7));
        "a.csv", vec![0; 1 << 20], Binary { .. }, Some((1, 1));
        "a.graphml", b"PK\x03\x04\x14\0\0\0", Binary { .. }, Some((1, 6));
        "a.csv", "time,R,psi\r\r\n", CarriageReturn { .. }, Some((1, 11));
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

pub(crate) fn wrong_matrices() -> Vec<Case<InputError>> {
    cases! {
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
        "a.mtx", real("1000000000000000000 3 1\n"), Rectangular { .. }, Some((2, 21));
        "a.mtx", real("3 3 -1\n"), NotAnIndex { .. }, Some((2, 5));
        "a.mtx", real("0x3 0x3 1\n"), NotAnIndex { .. }, Some((2, 1));
        "a.mtx", real("3e0 3e0 1\n"), NotAnIndex { .. }, Some((2, 1));
        "a.mtx", real("+3 +3 1\n"), NotAnIndex { .. }, Some((2, 1));
        "a.mtx", real("\u{663} \u{663} 1\n"), NotAnIndex { .. }, Some((2, 1));
        "a.mtx", real("3\u{a0}3\u{a0}1\n"), FieldCount { expected: 3, found: 1, .. }, Some((2, 1));
        "a.mtx", real(&format!("{0} {0} 1\n", "9".repeat(500_000))), TooManyNodes { nodes: u64::MAX, .. }, Some((2, 500_002));
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
        "a.mtx", real("8 8 1\n1 2 \u{1b}[2J\n"), NotANumber { .. }, Some((3, 5));
        "a.mtx", real("8 8 1\n1 2 0x1p3\n"), NotANumber { .. }, Some((3, 5));
        "a.mtx", real("8 8 1\n../../etc/passwd 2 1\n"), NotAnIndex { .. }, Some((3, 1));
        "a.mtx", real("8 8 1\n1 -99999999999999999999999 1\n"), IndexOutside { .. }, Some((3, 3));
        "a.mtx", real("2 2 4\n1 2 1e308\n2 1 1e308\n1 2 1e308\n2 1 1e308\n"), Graph { .. }, None;
        "a.mtx", real(&format!("8 8 1\n1 2 {}\n", "9".repeat(5000) + "x")), NotANumber { .. }, Some((3, 5));
    }
}

pub(crate) fn wrong_edge_lists() -> Vec<Case<InputError>> {
    cases! {
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
        "a.csv", "source,target\nsource,target,\n", FieldCount { .. }, Some((2, 15));
        "a.csv", "source,source,source\na,b,c\n", NotANumber { .. }, Some((2, 5));
        "a.csv", "a,b,-1e999\n", NotFinite { .. }, Some((1, 5));
        "a.csv", "a,b,1\nb,c,1\u{202e}\n", NotANumber { .. }, Some((2, 5));
        "a.csv", "../../etc/passwd,/dev/zero,1\n\"$(reboot)\",x,rm -rf\n", NotANumber { .. }, Some((2, 15));
        "a.csv", ",".repeat(1 << 20), TooManyFields { limit: 65_536, .. }, Some((1, 1));
        "a.txt", "a ".repeat(1 << 19), TooManyFields { limit: 65_536, .. }, Some((1, 1));
        "a.csv", ",".repeat(1 << 16), UnnamedColumns { found: 65_537, .. }, Some((1, 4));
        "a.csv", "\"".repeat(99_999), UnclosedQuote { .. }, Some((1, 1));
        "a.tsv", "a\tb\t1\nb\t\t1\n", EmptyName { end: "target", .. }, Some((2, 4));
    }
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

/// An entity that would be a gigabyte if it were written out.
fn billion_laughs() -> String {
    let entities = (1..10).map(|level| format!("<!ENTITY l{level} '{}'>", format!("&l{};", level - 1).repeat(10)));
    format!("<!DOCTYPE g [<!ENTITY l0 'lol'>{}]>\n<graphml>&l9;</graphml>", entities.collect::<String>())
}

/// An edge with a hundred thousand attributes.
fn attribute_flood() -> String {
    let attributes: String = (0..100_000).map(|number| format!(" a{number}='{number}'")).collect();
    format!("<edge{attributes} source='a' target='nobody'/>")
}

pub(crate) fn wrong_graphs() -> Vec<Case<InputError>> {
    let bomb = "<!DOCTYPE g [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;'><!ENTITY c '&b;&b;&b;&b;'>]>\n";
    let many = "\n<x a='1' a='2'/>".repeat(10);

    let second = "<graph edgedefault='directed'/>\n<graph edgedefault='directed'/>";
    let late_key = "<graph edgedefault='directed'/>\n<key id='w' for='edge' attr.name='weight'/>";
    let twice = "<edge source='a' target='b'><data key='w'>1</data>\n<data key='w'>2</data></edge>";

    cases! {
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
        "a.graphml", billion_laughs(), UndefinedEntity { .. }, Some((2, 10));
        "a.graphml", "<!DOCTYPE g [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>\n<graphml><desc>&x;</desc></graphml>", UndefinedEntity { .. }, Some((2, 16));
        "a.graphml", "<!DOCTYPE g [<!ENTITY % x SYSTEM 'http://example.org/x.dtd'> %x;]>\n<graphml>&lol;</graphml>", UndefinedEntity { .. }, Some((2, 10));
        "a.graphml", "<graphml xmlns:xi='http://www.w3.org/2001/XInclude'>\n<xi:include href='/etc/passwd'/></graphml>", NoGraph { .. }, Some((2, 43));
        "a.graphml", format!("<graphml>{}", "<graph edgedefault='directed'>".repeat(70)), TooDeep { .. }, Some((1, 1900));
        "a.graphml", format!("<graphml>{}", "<a b='c'>".repeat(300_000)), TooDeep { .. }, Some((1, 577));
        "a.graphml", format!("<graphml x='{}", "y".repeat(10_000_000)), Xml { .. }, Some((1, 1));
        "a.graphml", format!("<{}>", "g".repeat(10_000_000)), NotGraphMl { .. }, Some((1, 1));
        "a.graphml", format!("<graphml><!--{}", "-".repeat(1_000_000)), Xml { .. }, Some((1, 10));
        "a.graphml", "<graphml><graph edgedefault='directed' edgedefault='undirected'/></graphml>", Xml { .. }, Some((1, 10));
        "a.graphml", "<graphml></GRAPHML>", Xml { .. }, Some((1, 10));
        "a.graphml", "<GraphML/>", NotGraphMl { .. }, Some((1, 1));
        "a.graphml", "<graphml>\n<graph/></graphml>", MissingAttribute { element: "graph", attribute: "edgedefault", .. }, Some((2, 1));
        "a.graphml", "<graphml>\n <graph edgedefault='both'/></graphml>", InvalidAttribute { attribute: "edgedefault", .. }, Some((2, 2));
        "a.graphml", "<graphml><key for='edge' attr.name='weight'/></graphml>", MissingAttribute { element: "key", attribute: "id", .. }, Some((1, 10));
        "a.graphml", format!("<graphml>{second}</graphml>"), UnsupportedElement { element: "graph", .. }, Some((2, 1));
        "a.graphml", format!("<graphml>{late_key}</graphml>"), UnsupportedElement { element: "key", .. }, Some((2, 1));
        "a.graphml", edges(&attribute_flood()), UnknownNode { .. }, Some((3, 1));
        "a.graphml", edges("<node id='a\u{1b}[31m'/>\n<edge source='\u{1b}[32m' target='a'/>"), UnknownNode { .. }, Some((4, 1));
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
    }
}

/// Files that look like trouble and are networks all the same.
pub(crate) fn harmless() -> Vec<(&'static str, Vec<u8>)> {
    let flood = attribute_flood().replace("nobody", "b");
    let mut files: Vec<(&str, Vec<u8>)> = vec![
        ("a.mtx", b"\xef\xbb\xbf%%MatrixMarket MATRIX Coordinate Pattern General\r\n2 2 1\r\n2 1\r\n".to_vec()),
        ("a.csv", b"\xef\xbb\xbfa,b\r\n\r\nb,a\r\n".to_vec()),
        ("a.graphml", [b"\xef\xbb\xbf", edges("").as_bytes()].concat()),
    ];
    let texts = [
        // Names are names, wherever they seem to lead.
        ("a.csv", "../../etc/passwd,/dev/zero\n~/.ssh/id_rsa,../../etc/passwd\n".to_owned()),
        ("a.csv", "=cmd|' /C calc'!A0,+1\n-1,@SUM(1)\n".to_owned()),
        ("a.csv", "<script>,&\n$s$n,${HOME}\n".to_owned()),
        ("a.graphml", edges("<node id='../../etc/passwd'/>")),
        // What is not referred to is not looked at.
        ("a.graphml", format!("<!DOCTYPE g [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>\n{}", edges(""))),
        ("a.graphml", format!("<?xml version='1.0' encoding='UTF-16'?>\n<?php echo 1; ?>{}", edges(""))),
        ("a.graphml", edges(&flood)),
        // A node that nobody hears takes four bytes; up to a mebinode of them are believed.
        ("a.mtx", pattern("1048576 1048576 1\n1048576 1\n")),
        ("a.mtx", pattern("0 0 0\n")),
        ("a.mtx", real("2 2 2\n1 2 -1e308\n2 1 5e-324\n")),
        ("a.mtx", real("2 2 2\n1 2 1\n1 2 -1\n")),
        ("a.csv", "a,a\n".to_owned()),
        ("a.csv", format!("a,{}\n", "b".repeat(1 << 20).get(..(1 << 20) - 3).unwrap_or_default())),
    ];
    files.extend(texts.map(|(name, text)| (name, text.into_bytes())));
    files
}
