//! Whatever bytes a file holds, reading it ends in a network or an error.

use lampyrid_io::{Direction, NetworkFormat, Quantity, ReadOptions, read_vector};
use proptest::prelude::*;

use crate::support::Scratch;

/// Reads `bytes` as each format and in each way; only a panic can make this fail.
fn read_in_every_way(bytes: &[u8]) {
    let file = Scratch::new("bytes", bytes);
    let formats = [NetworkFormat::MatrixMarket, NetworkFormat::EdgeList, NetworkFormat::GraphMl];
    for format in formats.map(Some).into_iter().chain([None]) {
        for direction in [Direction::AsStored, Direction::Reversed, Direction::Both] {
            for strict in [false, true] {
                let read = file.read(&ReadOptions { direction, strict, format });
                if let Err(error) = read {
                    assert!(!error.to_string().contains('\n'), "{error}");
                }
            }
        }
    }
    let _ = read_vector(&file.path(), 3, Quantity::Phase);
}

/// Pieces from which files that come close to being right can be put together.
fn pieces(pieces: &'static [&'static str], most: usize) -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(prop::sample::select(pieces), 0..most).prop_map(|chosen| chosen.concat().into_bytes())
}

const MATRIX: &[&str] = &[
    "%%MatrixMarket matrix coordinate real general\n",
    "%%MatrixMarket matrix coordinate pattern symmetric\n",
    "%%MatrixMarket matrix coordinate integer skew-symmetric\n",
    "3 3 2\n",
    "2 2 1\n",
    "1 2\n",
    "2 1 0.5\n",
    "3 3 1\n",
    "1 2 -4\n",
    " ",
    "\n",
    "\r",
    "%",
    "0",
    "-1",
    "nan",
    "1e308",
    "99999999999999999999",
    "é",
    "\0",
];

const LIST: &[&str] = &[
    "source,target,weight\n",
    "a,b\n",
    "1,2\n",
    "2;3;0.5\n",
    "1\t2\n",
    "\"",
    "\"\"",
    ",",
    ";",
    "\t",
    " ",
    "\n",
    "\r\n",
    "#",
    "a",
    "0",
    "7",
    "-1",
    "inf",
    "weight",
    "to",
    "from",
    "é",
];

const GRAPHML: &[&str] = &[
    "<graphml>",
    "</graphml>",
    "<graph edgedefault='directed'>",
    "<graph edgedefault='undirected'>",
    "</graph>",
    "<node id='0'/>",
    "<node id='a'>",
    "</node>",
    "<edge source='0' target='a'/>",
    "<edge source='a' target='0' directed='true'>",
    "</edge>",
    "<data key='w'>",
    "</data>",
    "1.5",
    "<key id='w' for='edge' attr.name='weight'>",
    "</key>",
    "<default>",
    "</default>",
    "<hyperedge>",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<!DOCTYPE x [",
    "]>",
    "<?xml ",
    "?>",
    "&amp;",
    "&x;",
    "&#0;",
    "&",
    "<",
    ">",
    "'",
    "\"",
    "=",
    " ",
    "\n",
    "é",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        read_in_every_way(&bytes);
    }

    #[test]
    fn scrambled_matrices_never_panic(bytes in pieces(MATRIX, 30)) {
        read_in_every_way(&bytes);
    }

    #[test]
    fn scrambled_lists_never_panic(bytes in pieces(LIST, 30)) {
        read_in_every_way(&bytes);
    }

    #[test]
    fn scrambled_graphs_never_panic(bytes in pieces(GRAPHML, 40)) {
        read_in_every_way(&bytes);
    }

    #[test]
    fn damaged_files_never_panic(
        which in 0..3_usize,
        place: prop::sample::Index,
        byte: u8,
        cut: prop::sample::Index,
    ) {
        let whole = [
            "%%MatrixMarket matrix coordinate real general\n3 3 3\n1 2 0.5\n2 3 1\n3 1 -1\n",
            "source,target,weight\n\"a,1\",b,0.5\nb,c,1\nc,\"a,1\",2\n",
            "<graphml><key id='w' for='edge' attr.name='weight'><default>2</default></key>\
             <graph edgedefault='undirected'><node id='a'/><node id='b'/>\
             <edge source='a' target='b'><data key='w'>1</data></edge></graph></graphml>",
        ];
        let mut bytes = whole[which].as_bytes().to_vec();
        let place = place.index(bytes.len());
        bytes[place] = byte;
        read_in_every_way(&bytes);
        bytes.truncate(cut.index(bytes.len()));
        read_in_every_way(&bytes);
    }
}
