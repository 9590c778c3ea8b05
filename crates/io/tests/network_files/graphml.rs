//! GraphML files that are right, as several programs write them.

use crate::support::{links, names, network, pairs};
use lampyrid_io::NetworkFormat;
use proptest::prelude::*;

/// A GraphML document with the given body.
fn graphml(body: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n{body}\n</graphml>\n"
    )
}

#[test]
fn the_target_of_a_directed_edge_listens_to_its_source() {
    let read = network(
        "a.graphml",
        graphml(
            "<graph edgedefault='directed'><node id='a'/><node id='b'/>\
             <edge source='a' target='b'/></graph>",
        ),
    );
    assert_eq!(pairs(&read), [(1, 0)]);
    assert_eq!(names(&read), ["a", "b"]);
    assert!(read.directed);
    assert!(read.adjacency.weights().is_none());
    assert_eq!(read.format, NetworkFormat::GraphMl);
}

#[test]
fn an_undirected_edge_couples_both_ways() {
    let read = network(
        "a.graphml",
        graphml(
            "<graph edgedefault='undirected'><node id='a'/><node id='b'/><node id='c'/>\
             <edge source='a' target='b'/><edge source='c' target='b'/></graph>",
        ),
    );
    assert_eq!(pairs(&read), [(0, 1), (1, 0), (1, 2), (2, 1)]);
    assert!(!read.directed);
}

#[test]
fn an_edge_may_overrule_the_default_direction() {
    let body = |default: &str| {
        graphml(&format!(
            "<graph edgedefault='{default}'><node id='0'/><node id='1'/><node id='2'/>\
             <edge source='0' target='1' directed='true'/>\
             <edge source='1' target='2' directed='false'/></graph>"
        ))
    };
    for default in ["directed", "undirected"] {
        let read = network("a.graphml", body(default));
        assert_eq!(pairs(&read), [(1, 0), (1, 2), (2, 1)], "{default}");
        assert!(read.directed);
        assert_eq!(read.names, None);
    }
}

#[test]
fn a_weight_is_the_edges_own_or_the_keys_default_or_one() {
    let body = |default: &str| {
        graphml(&format!(
            "<key id='d1' for='node' attr.name='weight' attr.type='double'><default>9</default></key>\
             <key id='d2' for='edge' attr.name='weight' attr.type='double'>{default}</key>\
             <key id='d3' for='edge' attr.name='colour' attr.type='string'/>\
             <graph edgedefault='directed'>\
             <node id='a'><data key='d1'>5</data></node><node id='b'/>\
             <edge source='a' target='b'><data key='d3'>7</data><data key='d2'> 0.25 </data></edge>\
             <edge source='b' target='a'><data key='d3'>red</data></edge></graph>"
        ))
    };
    let with_default = network("a.graphml", body("<default>\n 2e0\n</default>"));
    assert_eq!(links(&with_default.adjacency), [(0, 1, 2.0), (1, 0, 0.25)]);
    let without = network("a.graphml", body(""));
    assert_eq!(links(&without.adjacency), [(0, 1, 1.0), (1, 0, 0.25)]);
}

#[test]
fn a_weight_may_be_written_with_references_and_character_data() {
    let read = network(
        "a.graphml",
        graphml(
            "<key id='w' attr.name='Weight'/><graph edgedefault='directed'>\
             <node id='a&amp;b'/><node id='&#x41;'/>\
             <edge source='a&amp;b' target='A'><data key='w'>&#49;<!-- one -->.<![CDATA[5]]></data></edge>\
             </graph>",
        ),
    );
    assert_eq!(names(&read), ["a&b", "A"]);
    assert_eq!(links(&read.adjacency), [(1, 0, 1.5)]);
}

#[test]
fn two_weight_keys_of_different_types_are_both_weights() {
    let read = network(
        "a.graphml",
        graphml(
            "<key id='d0' for='edge' attr.name='weight' attr.type='long'/>\
             <key id='d1' for='edge' attr.name='weight' attr.type='double'/>\
             <graph edgedefault='directed'><node id='0'/><node id='1'/>\
             <edge source='0' target='1'><data key='d0'>3</data></edge>\
             <edge source='1' target='0'><data key='d1'>0.5</data></edge></graph>",
        ),
    );
    assert_eq!(links(&read.adjacency), [(0, 1, 0.5), (1, 0, 3.0)]);
}

#[test]
fn nodes_come_in_the_order_of_their_elements_even_after_the_edges() {
    let read = network(
        "a.graphml",
        graphml(
            "<graph edgedefault='directed'><edge source='c' target='b'/>\
             <node id='a'/><node id='b'/><node id='c'/></graph>",
        ),
    );
    assert_eq!(names(&read), ["a", "b", "c"]);
    assert_eq!(pairs(&read), [(1, 2)]);
}

#[test]
fn what_carries_no_structure_is_ignored() {
    let read = network(
        "a.xml",
        "\u{feff}<?xml version='1.0'?>\n<!DOCTYPE graphml SYSTEM 'graphml.dtd' [<!ENTITY e 'x'>]>\n\
         <?paint red?><!-- <graph> -->\n\
         <g:graphml xmlns:g='http://graphml.graphdrawing.org/xmlns' xmlns:y='y'>\r\n\
         <g:desc>some <b>words</b></g:desc>\r\n\
         <g:key id='k' for='node' yfiles.type='nodegraphics'/>\r\n\
         <g:graph id='G' edgedefault='directed' parse.nodes='2'>\r\n\
         <g:node id='a'><g:data key='k'><y:node><graph/><edge/></y:node></g:data>\
         <g:port name='p'><g:port name='q'/></g:port></g:node>\r\n\
         <g:node id='b'/>\r\n\
         <g:edge id='e' source='a' target='b' sourceport='p'><g:desc/></g:edge>\r\n\
         </g:graph>\r\n<g:data key='k'/></g:graphml>\r\n<!-- end -->\r\n",
    );
    assert_eq!(pairs(&read), [(1, 0)]);
}

#[test]
fn repeated_edges_are_added_and_counted_and_loops_dropped_and_counted() {
    let read = network(
        "a.graphml",
        graphml(
            "<graph edgedefault='undirected'><node id='0'/><node id='1'/>\
             <edge source='0' target='1'/><edge source='1' target='0'/>\
             <edge source='0' target='1' directed='true'/><edge source='1' target='1'/></graph>",
        ),
    );
    assert_eq!(links(&read.adjacency), [(0, 1, 2.0), (1, 0, 3.0)]);
    assert_eq!((read.duplicates, read.self_links), (2, 1));
}

#[test]
fn a_graph_without_edges_is_a_network() {
    let nodes = "<graph edgedefault='undirected'><node id='0'/><node id='1'/></graph>";
    let read = network("a.graphml", graphml(nodes));
    assert_eq!((read.adjacency.nodes(), read.adjacency.links()), (2, 0));
    assert!(!read.directed);
    let empty = network("a.graphml", graphml("<graph edgedefault='directed'/>"));
    assert_eq!(empty.adjacency.nodes(), 0);
    assert!(empty.directed);
}

#[test]
fn content_is_recognised_without_the_extension() {
    let text = graphml("<graph edgedefault='directed'><node id='0'/></graph>");
    assert_eq!(network("a.dat", text).format, NetworkFormat::GraphMl);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_written_graph_is_read_back(
        nodes in 1_u32..20,
        edges in prop::collection::vec((0_u32..20, 0_u32..20, -9..9_i32), 0..60),
    ) {
        let mut body = String::from("<key id='w' for='edge' attr.name='weight' attr.type='int'/>\n");
        body += "<graph edgedefault='directed'>\n";
        for node in 0..nodes {
            body += &format!("  <node id=\"n{node}\"/>\n");
        }
        let mut expected = std::collections::BTreeMap::new();
        for (source, target, weight) in edges {
            let (source, target) = (source % nodes, target % nodes);
            body += &format!("  <edge source=\"n{source}\" target=\"n{target}\">\n");
            body += &format!("    <data key=\"w\">{weight}</data>\n  </edge>\n");
            if source != target {
                *expected.entry((target, source)).or_insert(0.0) += f64::from(weight);
            }
        }
        let read = network("a.graphml", graphml(&(body + "</graph>")));
        prop_assert_eq!(read.adjacency.nodes(), nodes as usize);
        let found = links(&read.adjacency).into_iter().map(|(i, j, w)| ((i, j), w));
        prop_assert_eq!(found.collect::<std::collections::BTreeMap<_, _>>(), expected);
    }
}
