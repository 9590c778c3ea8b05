//! Edge lists that are right: separators, headers, names, numbers, weights.

use crate::support::{links, names, network, pairs};
use lampyrid_io::{NetworkFormat, NodeNames};
use proptest::prelude::*;

#[test]
fn the_target_listens_to_the_source() {
    let read = network("a.csv", "0,1\n1,2\n");
    assert_eq!(pairs(&read), [(1, 0), (2, 1)]);
    assert!(read.directed);
    assert_eq!(read.format, NetworkFormat::EdgeList);
}

#[test]
fn any_usual_separator_will_do() {
    let files = [
        ("a.csv", "0,1,2.5\n1,2,1\n"),
        ("a.csv", "0;1;2.5\n1;2;1\n"),
        ("a.csv", "0, 1, 2.5\n 1 ,2 , 1\n"),
        ("a.tsv", "0\t1\t2.5\n1\t2\t1\n"),
        ("a.txt", "0 1 2.5\n  1\t2   1  \n"),
        ("a.txt", "0,1,2.5\n1,2,1\n"),
        ("a.edges", "0 1 2.5\r\n\r\n1 2 1\r\n"),
        ("edges", "0 1 2.5\n1 2 1\n"),
        ("a.edges", "\u{feff}% sym weighted\n# and so on\n0 1 2.5\n  # within\n1 2 1"),
    ];
    for (name, text) in files {
        let read = network(name, text);
        assert_eq!(links(&read.adjacency), [(1, 0, 2.5), (2, 1, 1.0)], "{text:?}");
        assert_eq!(read.names, None, "{text:?}");
    }
}

#[test]
fn a_list_without_weights_is_unweighted() {
    assert!(network("a.csv", "0,1\n").adjacency.weights().is_none());
    assert!(network("a.csv", "0,1,1\n").adjacency.weights().is_some());
}

#[test]
fn a_header_may_name_the_columns_in_any_order() {
    let files = [
        "source,target,weight\na,b,2\n",
        "weight,target,source\n2,b,a\n",
        "Id,FROM,note,To,Strength\n7,a,hello,b,2\n",
        "\"src\",\"dst\",\"weight\"\n\"a\",\"b\",2\n",
        "# list\nsender;receiver;weights\na;b;2\n",
    ];
    for text in files {
        let read = network("a.csv", text);
        assert_eq!(links(&read.adjacency), [(1, 0, 2.0)], "{text:?}");
        assert_eq!(names(&read), ["a", "b"], "{text:?}");
    }
    let unweighted = network("a.csv", "target,source\nb,a\n");
    assert_eq!(pairs(&unweighted), [(1, 0)]);
}

#[test]
fn a_first_row_of_words_is_a_header_if_a_weight_or_numbers_should_be_there() {
    let weighted = network("a.csv", "node_a,node_b,coupling\nx,y,0.5\n");
    assert_eq!(names(&weighted), ["x", "y"]);
    assert_eq!(links(&weighted.adjacency), [(1, 0, 0.5)]);

    let numbered = network("a.txt", "head tail\n0 1\n1 2\n");
    assert_eq!(pairs(&numbered), [(1, 0), (2, 1)]);
    assert_eq!(numbered.names, None);
}

#[test]
fn a_first_row_of_words_is_a_link_among_words() {
    let read = network("a.txt", "ann bob\nbob cy\n");
    assert_eq!(names(&read), ["ann", "bob", "cy"]);
    assert_eq!(pairs(&read), [(1, 0), (2, 1)]);
    assert_eq!(pairs(&network("a.txt", "ann bob\n")), [(1, 0)]);
    // One column name alone is a node's name.
    let sink = network("a.txt", "source sink\nsink source\n");
    assert_eq!(sink.adjacency.links(), 2);
}

#[test]
fn numbered_nodes_are_sorted_by_number() {
    let read = network("a.csv", "10,9\n9,100\n100,10\n");
    assert_eq!(names(&read), ["9", "10", "100"]);
    assert_eq!(pairs(&read), [(0, 1), (1, 2), (2, 0)]);
    assert_eq!(read.names, Some(NodeNames::from_iter(["9", "10", "100"])));

    let from_one = network("a.csv", "1,2\n3,1\n");
    assert_eq!(names(&from_one), ["1", "2", "3"]);
    let from_zero = network("a.csv", "2,1\n1,0\n");
    assert_eq!(from_zero.names, None);
    assert_eq!(pairs(&from_zero), [(0, 1), (1, 2)]);
}

#[test]
fn named_nodes_come_in_order_of_first_appearance() {
    // One id that is no plain number makes names of all.
    for odd in ["x", "-1", "007", "1.0", "99999999999999999999"] {
        let read = network("a.csv", format!("10,9\n9,{odd}\n"));
        assert_eq!(names(&read), ["10", "9", odd]);
    }
}

#[test]
fn quoted_names_may_hold_separators_quotes_and_comment_signs() {
    let text = "\"Smith, J.\",\"the \"\"boss\"\"\"\n\"#1\",\"Smith, J.\"\n";
    let read = network("a.csv", text);
    assert_eq!(names(&read), ["Smith, J.", "the \"boss\"", "#1"]);
    assert_eq!(pairs(&read), [(0, 2), (1, 0)]);

    let spaced = network("a.txt", "\"New York\"  \"Los Angeles\" 3\nBoston \"New York\" 1\n");
    assert_eq!(names(&spaced), ["New York", "Los Angeles", "Boston"]);
    assert_eq!(links(&spaced.adjacency), [(0, 2, 1.0), (1, 0, 3.0)]);
}

#[test]
fn names_may_be_in_any_script() {
    let read = network("a.csv", "Zürich,Genève\nGenève,東京\n");
    assert_eq!(names(&read), ["Zürich", "Genève", "東京"]);
}

#[test]
fn repeated_links_are_added_and_counted_and_links_to_oneself_dropped_and_counted() {
    let read = network("a.csv", "a,b,1\nb,a,5\na,b,0.5\na,a,1\n");
    assert_eq!(links(&read.adjacency), [(0, 1, 5.0), (1, 0, 1.5)]);
    assert_eq!((read.duplicates, read.self_links), (1, 1));
}

#[test]
fn a_node_that_is_linked_only_to_itself_is_a_node() {
    let read = network("a.csv", "a,b\nc,c\n");
    assert_eq!(names(&read), ["a", "b", "c"]);
    assert_eq!(read.self_links, 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_written_list_is_read_back_whatever_its_names(
        labels in prop::collection::hash_set("[^\\p{C}]{1,8}", 2..12),
        ends in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 1..40),
    ) {
        let labels: Vec<&str> = labels.iter().map(|label| label.trim()).collect();
        prop_assume!(labels.iter().all(|label| !label.is_empty()));
        let mut text = String::from("source,target,weight\n");
        let mut expected = std::collections::BTreeMap::new();
        for (k, (source, target)) in ends.iter().enumerate() {
            let [source, target] = [source, target].map(|end| labels[end.index(labels.len())]);
            let quote = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
            text += &format!("{},{},{k}\n", quote(source), quote(target));
            if source != target {
                *expected.entry((target, source)).or_insert(0.0) += k as f64;
            }
        }
        let read = network("a.csv", text);
        let names = names(&read);
        let mut found = std::collections::BTreeMap::new();
        for (i, j, weight) in links(&read.adjacency) {
            found.insert((names[i as usize].as_str(), names[j as usize].as_str()), weight);
        }
        prop_assert_eq!(found, expected);
    }
}
