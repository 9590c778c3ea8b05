//! Parts of a network that several processes read: they are cut out of what one process reads, bit by bit.

use std::fs;

use lampyrid_graph::{Adjacency, NodeOrder, Part, properties};
use lampyrid_io::Direction::{AsStored, Both, Reversed};
use lampyrid_io::{
    Direction, InputError, NetworkPart, NetworkSurvey, ReadOptions, read_network_bytes, survey_network,
    survey_network_bytes,
};
use proptest::prelude::*;

use crate::support::{Scratch, shipped};

/// A statement of a link: its ends, its weight, whether it couples both ways if the format can say so.
type Edge = (u32, u32, f64, bool);

/// Ends from few nodes, so that links are repeated, and weights whose sums depend on their order.
fn edges() -> impl Strategy<Value = Vec<Edge>> {
    let weight = prop::sample::select(vec![0.1, 0.2, 0.3, 1e16, -1e16, 1.0, -7.5]);
    prop::collection::vec((0_u32..9, 0_u32..9, weight, any::<bool>()), 1..40)
}

fn matrix(kind: &str, edges: &[Edge]) -> String {
    let lines = edges.iter().map(|(a, b, weight, _)| match kind.starts_with("pattern") {
        true => format!("{} {}\n", a + 1, b + 1),
        false => format!("{} {} {weight}\n", a + 1, b + 1),
    });
    // The last node is in no entry.
    format!("%%MatrixMarket matrix coordinate {kind}\n10 10 {}\n{}", edges.len(), lines.collect::<String>())
}

fn edge_list(head: &str, edges: &[Edge], name: impl Fn(u32) -> String) -> String {
    let line = |(a, b, weight, _): &Edge| match head.contains("weight") {
        true => format!("{},{},{weight}\n", name(*a), name(*b)),
        false => format!("{},{}\n", name(*a), name(*b)),
    };
    format!("{head}\n{}", edges.iter().map(line).collect::<String>())
}

/// GraphML with its nodes in descending order, and edges that couple one way, both ways or as each says.
fn graphml(is_undirected: impl Fn(bool) -> bool, is_weighted: bool, edges: &[Edge]) -> String {
    let key = if is_weighted { "<key id='w' for='edge' attr.name='weight'/>" } else { "" };
    let nodes: String = (0..10).rev().map(|node| format!("<node id='{node}'/>")).collect();
    let edge = |(a, b, weight, flag): &Edge| {
        let directed = !is_undirected(*flag);
        format!("<edge source='{a}' target='{b}' directed='{directed}'><data key='w'>{weight}</data></edge>\n")
    };
    let edges: String = edges.iter().map(edge).collect();
    format!("<graphml>{key}<graph edgedefault='directed'>{nodes}\n{edges}</graph></graphml>")
}

/// The same statements in every format and kind.
fn files(edges: &[Edge]) -> Vec<(&'static str, String)> {
    let number = |node: u32| (node * 7 % 9).to_string();
    let mut files = vec![
        ("a.csv", edge_list("source,target", edges, number)),
        ("a.csv", edge_list("source,target,weight", edges, number)),
        ("a.csv", edge_list("source,target,weight", edges, |node| format!("n{node}"))),
    ];
    for kind in ["pattern general", "real general", "pattern symmetric", "real symmetric", "real skew-symmetric"] {
        files.push(("a.mtx", matrix(kind, edges)));
    }
    for is_weighted in [false, true] {
        files.push(("a.graphml", graphml(|_| false, is_weighted, edges)));
        files.push(("a.graphml", graphml(|_| true, is_weighted, edges)));
        files.push(("a.graphml", graphml(|flag| flag, is_weighted, edges)));
    }
    files
}

fn bits(adjacency: &Adjacency) -> Option<Vec<u64>> {
    adjacency.weights().map(|weights| weights.iter().map(|weight| weight.to_bits()).collect())
}

/// Reads the parts between cuts, with weights everywhere if there are any anywhere.
fn parts(survey: &NetworkSurvey<'_>, cuts: &[u32], order: Option<&NodeOrder>) -> Vec<NetworkPart> {
    let mut ends: Vec<u32> = cuts.iter().copied().chain([0, 10]).collect();
    ends.sort_unstable();
    let part = |[start, end]: &[u32; 2]| survey.part(*start..*end, order).unwrap_or_else(|error| panic!("{error}"));
    let mut parts: Vec<NetworkPart> = ends.array_windows().map(part).collect();
    if parts.iter().any(|found| found.part.adjacency().weights().is_some()) {
        parts = parts.into_iter().map(|found| NetworkPart { part: found.part.weighted(), ..found }).collect();
    }
    parts
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn parts_of_a_file_are_cut_out_of_the_whole(
        edges in edges(),
        cuts in prop::collection::vec(0_u32..11, 0..4),
        shuffle in Just((0_u32..10).collect::<Vec<_>>()).prop_shuffle(),
        is_ordered: bool,
    ) {
        for (name, text) in files(&edges) {
            for direction in [AsStored, Reversed, Both] {
                let options = ReadOptions { direction, ..ReadOptions::default() };
                let whole = read_network_bytes(name, text.as_bytes(), &options).unwrap();
                let survey = survey_network_bytes(name, text.as_bytes(), &options).unwrap();
                let nodes = whole.adjacency.nodes();
                prop_assert_eq!((survey.nodes(), survey.checksum()), (nodes, whole.checksum));
                prop_assert_eq!((survey.names(), survey.directed()), (whole.names.as_ref(), whole.directed));

                let shuffled = shuffle.iter().copied().filter(|&node| (node as usize) < nodes).collect();
                let order = is_ordered.then(|| NodeOrder::new(shuffled).unwrap());
                let adjacency = match &order {
                    Some(order) => whole.adjacency.reordered(order),
                    None => whole.adjacency,
                };
                let parts = parts(&survey, &cuts, order.as_ref());
                for NetworkPart { part, .. } in &parts {
                    let expected = Part::of(&adjacency, part.range());
                    let found = (part.outside(), part.adjacency(), bits(part.adjacency()));
                    let expected = (expected.outside(), expected.adjacency(), bits(expected.adjacency()));
                    prop_assert_eq!(found, expected, "{:?} {}", direction, text);
                }
                let total = |of: fn(&NetworkPart) -> usize| parts.iter().map(of).sum::<usize>();
                let counts = [total(|found| found.duplicates), total(|found| found.self_links), total(|found| found.isolated)];
                let expected = [whole.duplicates, whole.self_links, properties::isolated(&adjacency)];
                prop_assert_eq!(counts, expected, "{:?} {}", direction, text);
            }
        }
    }

    #[test]
    fn some_part_refuses_a_repeated_link_where_the_whole_does(
        edges in edges(),
        cuts in prop::collection::vec(0_u32..11, 0..4),
    ) {
        let finite = edges.into_iter().map(|(a, b, _, flag)| (a, b, 0.5, flag)).collect::<Vec<_>>();
        let mut ends: Vec<u32> = cuts.iter().copied().chain([0, 10]).collect();
        ends.sort_unstable();
        for (name, text) in files(&finite) {
            for direction in [AsStored, Reversed, Both] {
                let options = ReadOptions { direction, strict: true, format: None };
                let line = |error: InputError| match error {
                    InputError::RepeatedLink { at, first_line, .. } => (at.line, first_line),
                    other => panic!("{other}"),
                };
                let whole = read_network_bytes(name, text.as_bytes(), &options).map_err(line).err();
                let survey = survey_network_bytes(name, text.as_bytes(), &options).unwrap();
                let parts = ends.array_windows().map(|[start, end]| survey.part(*start..*end, None).map_err(line).err());
                prop_assert_eq!(parts.flatten().min(), whole, "{:?} {}", direction, text);
            }
        }
    }
}

#[test]
fn a_repeated_link_bears_the_names_of_the_file_in_any_order() {
    let options = ReadOptions { strict: true, ..ReadOptions::default() };
    let order = NodeOrder::new(vec![2, 0, 1]).unwrap();
    let matrix = "%%MatrixMarket matrix coordinate pattern general\n3 3 2\n1 3\n1 3\n";
    for (name, text, ends) in [("a.csv", "x,y\ny,z\ny,z\n", ["y", "z"]), ("a.mtx", matrix, ["3", "1"])] {
        let survey = survey_network_bytes(name, text.as_bytes(), &options).unwrap();
        let error = survey.part(0..3, Some(&order)).unwrap_err();
        let InputError::RepeatedLink { sender, receiver, .. } = &error else { panic!("{error}") };
        assert_eq!([sender, receiver], ends);
    }
}

#[test]
fn a_file_that_changes_between_two_readings_is_refused() {
    let before = "source,target\n0,1\n1,2\n2,0\n";
    for after in
        ["source,target\n0,1\n1,2\n2,1\n", "source,target\n0,1\n5,6\n7,8\n9,4\n", "source,target\n0,1\n1,2\n2,0\n\n"]
    {
        let file = Scratch::new("a.csv", before);
        let survey = survey_network(&file.path(), &ReadOptions::default()).unwrap();
        assert_eq!(survey.part(0..2, None).unwrap().part.outside(), [2]);
        fs::write(file.path(), after).unwrap();
        for error in [survey.part(0..2, None).map(drop), survey.whole().map(drop)] {
            assert!(matches!(error, Err(InputError::Changed { .. })), "{error:?}");
        }
        fs::write(file.path(), "source,target\n0\n").unwrap();
        assert!(matches!(survey.part(0..2, None), Err(InputError::FieldCount { .. })));
        fs::remove_file(file.path()).unwrap();
        assert!(matches!(survey.part(0..2, None), Err(InputError::Missing { .. })));
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_is_refused_before_anything_is_taken_out_of_it() {
    let file = Scratch::new("a.txt", "");
    let pipe = file.path().with_extension("mtx");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().is_ok_and(|status| status.success()));
    // Nobody writes into it: whoever opened it would wait.
    let error = survey_network(&pipe, &ReadOptions::default()).unwrap_err();
    assert!(matches!(error, InputError::ReadOnce { .. }), "{error}");
}

#[test]
fn every_byte_of_a_file_counts_for_its_checksum() {
    for name in ["power.mtx", "celegansneural.mtx"] {
        let bytes = fs::read(shipped(name)).unwrap();
        let checksum = |bytes: &[u8]| survey_network_bytes(name, bytes, &ReadOptions::default()).unwrap().checksum();
        let survey = survey_network(&shipped(name), &ReadOptions::default()).unwrap();
        assert_eq!(survey.checksum(), checksum(&bytes));
        assert_ne!(survey.checksum(), checksum(&[&bytes[..], b"%\n"].concat()));
    }
    let graph = "<graphml><graph edgedefault='directed'><node id='0'/></graph></graphml>";
    let list = "\u{feff}0,1\n";
    for (name, text) in [("a.graphml", graph), ("a.csv", list)] {
        let texts = [text.to_owned(), text.to_owned() + "\n", text.to_owned() + "\n\n", text.replace('\u{feff}', " ")];
        let options = ReadOptions::default();
        let checksums =
            texts.each_ref().map(|text| survey_network_bytes(name, text.as_bytes(), &options).unwrap().checksum());
        let mut distinct = checksums.to_vec();
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!(distinct.len(), texts.iter().collect::<std::collections::HashSet<_>>().len(), "{name}");
    }
}

#[test]
fn a_direction_makes_no_other_file() {
    let checksum = |direction: Direction| {
        let options = ReadOptions { direction, ..ReadOptions::default() };
        survey_network(&shipped("celegansneural.mtx"), &options).unwrap().checksum()
    };
    assert!([Reversed, Both].into_iter().all(|direction| checksum(direction) == checksum(AsStored)));
}
