//! Matrix Market files that are right, in all their spellings.

use crate::support::{links, network, pairs, read};
use lampyrid_io::{InputError, NetworkFormat};
use proptest::prelude::*;

#[test]
fn an_entry_says_that_its_row_listens_to_its_column() {
    let text = "%%MatrixMarket matrix coordinate real general\n3 3 2\n1 2 0.5\n3 1 -2\n";
    let read = network("a.mtx", text);
    assert_eq!(links(&read.adjacency), [(0, 1, 0.5), (2, 0, -2.0)]);
    assert!(read.directed);
    assert_eq!(read.format, NetworkFormat::MatrixMarket);
}

#[test]
fn a_pattern_has_no_weights() {
    let read = network("a.mtx", "%%MatrixMarket matrix coordinate pattern general\n2 2 1\n2 1\n");
    assert_eq!(pairs(&read), [(1, 0)]);
    assert!(read.adjacency.weights().is_none());
}

#[test]
fn a_symmetric_matrix_couples_both_ways_from_either_triangle() {
    for entries in ["2 1 4\n3 2 5\n", "1 2 4\n2 3 5\n"] {
        let head = "%%MatrixMarket matrix coordinate integer symmetric\n3 3 2\n";
        let read = network("a.mtx", format!("{head}{entries}"));
        assert_eq!(links(&read.adjacency), [(0, 1, 4.0), (1, 0, 4.0), (1, 2, 5.0), (2, 1, 5.0)]);
        assert!(!read.directed);
    }
}

#[test]
fn a_skew_symmetric_matrix_couples_back_with_the_opposite_weight() {
    let text = "%%MatrixMarket matrix coordinate real skew-symmetric\n2 2 1\n2 1 1.5\n";
    let read = network("a.mtx", text);
    assert_eq!(links(&read.adjacency), [(0, 1, -1.5), (1, 0, 1.5)]);
    assert!(!read.directed);
}

#[test]
fn case_comments_blank_lines_line_ends_and_spaces_do_not_matter() {
    let plain = network("a.mtx", "%%MatrixMarket matrix coordinate real general\n3 3 2\n1 2 0.5\n3 1 2\n");
    let odd = "\u{feff}%%matrixmarket  MATRIX Coordinate DOUBLE General  \r\n% one\r\n%\r\n\r\n  \
               3\t3   2 \r\n   % two\r\n 1  2\t5e-1\r\n\r\n3 1 +2.0   \r\n\r\n";
    let odd = network("a.mtx", odd);
    assert_eq!(odd.adjacency, plain.adjacency);
}

#[test]
fn the_last_line_needs_no_line_end() {
    let text = "%%MatrixMarket matrix coordinate pattern general\n2 2 1\n1 2";
    assert_eq!(pairs(&network("a.mtx", text)), [(0, 1)]);
}

#[test]
fn repeated_entries_are_added_and_counted_and_diagonal_ones_dropped_and_counted() {
    let text = "%%MatrixMarket matrix coordinate real general\n\
                3 3 6\n1 2 1\n1 2 2.5\n2 2 9\n1 2 4\n3 3 1\n2 1 7\n";
    let read = network("a.mtx", text);
    assert_eq!(links(&read.adjacency), [(0, 1, 7.5), (1, 0, 7.0)]);
    assert_eq!((read.duplicates, read.self_links), (2, 2));
}

#[test]
fn a_repeated_pattern_entry_weighs_as_often_as_it_is_stated() {
    let text = "%%MatrixMarket matrix coordinate pattern symmetric\n\
                3 3 4\n2 1\n1 2\n3 1\n3 3\n";
    let read = network("a.mtx", text);
    assert_eq!(links(&read.adjacency), [(0, 1, 2.0), (0, 2, 1.0), (1, 0, 2.0), (2, 0, 1.0)]);
    assert_eq!((read.duplicates, read.self_links), (1, 1));
}

#[test]
fn a_zero_weight_is_a_link() {
    let text = "%%MatrixMarket matrix coordinate real general\n2 2 1\n1 2 0\n";
    assert_eq!(links(&network("a.mtx", text).adjacency), [(0, 1, 0.0)]);
}

#[test]
fn isolated_nodes_are_nodes() {
    let none = "%%MatrixMarket matrix coordinate pattern general\n0 0 0\n";
    assert_eq!(network("a.mtx", none).adjacency.nodes(), 0);
    let two = "%%MatrixMarket matrix coordinate pattern general\n9 9 1\n1 2\n";
    assert_eq!(network("a.mtx", two).adjacency.nodes(), 9);
}

#[test]
fn up_to_a_million_nodes_are_believed_and_beyond_that_one_per_byte_of_file() {
    let text = "%%MatrixMarket matrix coordinate pattern general\n1048576 1048576 1\n1 2\n";
    let million = network("a.mtx", text);
    assert_eq!((million.adjacency.nodes(), million.adjacency.links()), (1 << 20, 1));

    let head = "%%MatrixMarket matrix coordinate pattern general\n1200000 1200000 1\n1 2\n";
    let padded =
        |bytes: usize| format!("{head}%{}\n%{}", "x".repeat(800_000), "x".repeat(bytes - head.len() - 800_003));
    assert_eq!(network("a.mtx", padded(1_200_000)).adjacency.nodes(), 1_200_000);
    let error = read("a.mtx", padded(1_199_999)).unwrap_err();
    assert!(matches!(error, InputError::ImplausibleNodes { bytes: 1_199_999, .. }), "{error}");
}

#[test]
fn the_banner_alone_makes_a_matrix_of_a_file_without_the_extension() {
    let text = "%%MatrixMarket matrix coordinate pattern general\n2 2 1\n1 2\n";
    for name in ["matrix", "matrix.txt", "matrix.csv", "matrix.dat"] {
        assert_eq!(network(name, text).format, NetworkFormat::MatrixMarket, "{name}");
    }
}

/// A matrix without entries on the diagonal, as a map from (row, column).
fn matrices() -> impl Strategy<Value = (usize, std::collections::BTreeMap<(u32, u32), f64>)> {
    (2_u32..30).prop_flat_map(|nodes| {
        let entry = ((0..nodes, 0..nodes), -1e3..1e3_f64);
        prop::collection::vec(entry, 0..80).prop_map(move |entries| {
            let off_diagonal = entries.into_iter().filter(|((i, j), _)| i != j);
            (nodes as usize, off_diagonal.collect())
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_written_matrix_is_read_back_to_the_last_bit((nodes, matrix) in matrices()) {
        let mut text = String::from("%%MatrixMarket matrix coordinate real general\n");
        text += &format!("{nodes} {nodes} {}\n", matrix.len());
        // Column by column, as most programs write it.
        let mut entries: Vec<_> = matrix.iter().collect();
        entries.sort_by_key(|((i, j), _)| (*j, *i));
        for ((i, j), weight) in entries {
            text += &format!("{} {} {weight}\n", i + 1, j + 1);
        }
        let read = network("a.mtx", text);
        prop_assert_eq!(read.adjacency.nodes(), nodes);
        let expected: Vec<_> = matrix.into_iter().map(|((i, j), w)| (i, j, w)).collect();
        prop_assert_eq!(links(&read.adjacency), expected);
    }
}
