//! What the reading options make of a file's directions and repetitions.

use crate::support::{Scratch, links, read_turned, shipped};
use lampyrid_io::Direction::{AsStored, Both, Reversed};
use lampyrid_io::{InputError, ReadOptions};
use proptest::prelude::*;

const GENERAL: &str = "%%MatrixMarket matrix coordinate real general\n\
                       3 3 4\n1 2 0.5\n2 1 3\n3 1 7\n3 3 1\n";
const SYMMETRIC: &str = "%%MatrixMarket matrix coordinate real symmetric\n\
                         3 3 2\n2 1 0.5\n3 1 7\n";
const UNDIRECTED: &str = "<graphml><graph edgedefault='undirected'><node id='0'/><node id='1'/>\
                          <edge source='1' target='0'/></graph></graphml>";

#[test]
fn reversing_transposes_the_matrix() {
    let read = read_turned("a.mtx", GENERAL, Reversed);
    assert_eq!(links(&read.adjacency), [(0, 1, 3.0), (0, 2, 7.0), (1, 0, 0.5)]);
    assert_eq!(read.self_links, 1);
    assert!(read.directed);
    let list = read_turned("a.csv", "0,1,2\n", Reversed);
    assert_eq!(links(&list.adjacency), [(0, 1, 2.0)]);
}

#[test]
fn both_returns_a_link_only_where_no_return_is_stated() {
    let read = read_turned("a.mtx", GENERAL, Both);
    assert_eq!(links(&read.adjacency), [(0, 1, 0.5), (0, 2, 7.0), (1, 0, 3.0), (2, 0, 7.0)]);
    assert_eq!((read.duplicates, read.self_links), (0, 1));
    assert!(read.directed, "the file has one-way links, whatever was made of them");
}

#[test]
fn both_merges_repetitions_before_it_returns_links() {
    let read = read_turned("a.csv", "0,1,2\n0,1,3\n1,2,1\n", Both);
    assert_eq!(links(&read.adjacency), [(0, 1, 5.0), (1, 0, 5.0), (1, 2, 1.0), (2, 1, 1.0)]);
    assert_eq!(read.duplicates, 1);
}

#[test]
fn an_undirected_file_is_the_same_in_every_direction() {
    for (name, text) in [("a.mtx", SYMMETRIC), ("a.graphml", UNDIRECTED)] {
        let stored = read_turned(name, text, AsStored);
        for direction in [Reversed, Both] {
            let turned = read_turned(name, text, direction);
            assert_eq!(turned.adjacency, stored.adjacency, "{name} {direction:?}");
        }
    }
}

#[test]
fn reversing_a_skew_symmetric_matrix_changes_its_signs() {
    let text = "%%MatrixMarket matrix coordinate real skew-symmetric\n2 2 1\n2 1 1.5\n";
    let reversed = read_turned("a.mtx", text, Reversed);
    assert_eq!(links(&reversed.adjacency), [(0, 1, 1.5), (1, 0, -1.5)]);
    let both = read_turned("a.mtx", text, Both);
    assert_eq!(links(&both.adjacency), [(0, 1, -1.5), (1, 0, 1.5)]);
}

#[test]
fn a_one_way_edge_in_a_mixed_graph_is_turned_and_the_others_are_not() {
    let text = "<graphml><graph edgedefault='undirected'>\
                <node id='0'/><node id='1'/><node id='2'/><edge source='0' target='1'/>\
                <edge source='1' target='2' directed='true'/></graph></graphml>";
    let reversed = read_turned("a.graphml", text, Reversed);
    assert_eq!(links(&reversed.adjacency), [(0, 1, 1.0), (1, 0, 1.0), (1, 2, 1.0)]);
    let both = read_turned("a.graphml", text, Both);
    assert_eq!(both.adjacency.links(), 4);
}

#[test]
fn strict_reading_names_both_statements_of_a_link() {
    let strict = ReadOptions { strict: true, ..ReadOptions::default() };
    let cases = [
        (
            "a.mtx",
            "%%MatrixMarket matrix coordinate pattern general\n4 4 4\n1 2\n% so\n3 4\n\n1 2\n3 4\n",
            (7, 3, "2", "1"),
        ),
        ("a.mtx", "%%MatrixMarket matrix coordinate pattern symmetric\n2 2 2\n2 1\n1 2\n", (4, 3, "1", "2")),
        ("a.csv", "source,target\nx,y\ny,x\nz,x\nx,y\n", (5, 2, "x", "y")),
        ("a.txt", "5 7\n7 5\n5 7\n", (3, 1, "5", "7")),
        (
            "a.graphml",
            "<graphml><graph edgedefault='directed'><node id='a'/>\n<node id='b'/>\n\
             <edge source='a' target='b'/>\n\n<edge source='a' target='b'/></graph></graphml>",
            (5, 3, "a", "b"),
        ),
    ];
    for (name, text, (line, first, from, to)) in cases {
        let file = Scratch::new(name, text);
        let error = file.read(&strict).expect_err(text);
        let InputError::RepeatedLink { at, first_line, sender, receiver } = &error else {
            panic!("{error}");
        };
        assert_eq!((at.line, *first_line), (line, first), "{text}");
        let ends = [sender.as_str(), receiver.as_str()];
        // An undirected link may be named from either end.
        assert!(ends == [from, to] || text.contains("symmetric") && ends == [to, from], "{error}");
        assert!(file.read(&ReadOptions::default()).unwrap().duplicates > 0);
    }
}

#[test]
fn strict_reading_names_a_reversed_link_as_the_file_does() {
    let strict = ReadOptions { strict: true, direction: Reversed, format: None };
    let error = Scratch::new("a.csv", "x,y\nx,y\n").read(&strict);
    let Err(InputError::RepeatedLink { sender, receiver, .. }) = error else {
        panic!("{error:?}");
    };
    assert_eq!((sender.as_str(), receiver.as_str()), ("x", "y"));
}

#[test]
fn strict_reading_accepts_a_file_without_repetitions() {
    let strict = ReadOptions { strict: true, ..ReadOptions::default() };
    for name in ["power.mtx", "celegansneural.mtx"] {
        lampyrid_io::read_network(&shipped(name), &strict).unwrap();
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn turning_keeps_its_laws(
        edges in prop::collection::vec((0_u32..12, 0_u32..12, -4..4_i32), 1..60),
    ) {
        let mut text = String::from("source,target,weight\n11,11,1\n");
        for (source, target, weight) in edges {
            text += &format!("{source},{target},{weight}\n");
        }
        let stored = links(&read_turned("a.csv", &text, AsStored).adjacency);
        let mut transposed: Vec<_> = stored.iter().map(|&(i, j, w)| (j, i, w)).collect();
        transposed.sort_by_key(|&(i, j, _)| (i, j));
        prop_assert_eq!(links(&read_turned("a.csv", &text, Reversed).adjacency), transposed);

        let both = links(&read_turned("a.csv", &text, Both).adjacency);
        for link in &stored {
            prop_assert!(both.contains(link));
        }
        for &(i, j, w) in &both {
            let is_stored = stored.contains(&(i, j, w));
            let is_return = stored.contains(&(j, i, w)) && !stored.iter().any(|s| (s.0, s.1) == (i, j));
            prop_assert!(is_stored || is_return);
            prop_assert!(both.iter().any(|back| (back.0, back.1) == (j, i)));
        }
    }
}
