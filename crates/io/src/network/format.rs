//! Recognising a network file's format.

use std::ffi::OsStr;
use std::fmt;
use std::path::Path;

/// A file format for networks.
///
/// Unless it is named, a file's format is recognised so:
///
/// 1. The extension `.mtx` means Matrix Market; `.graphml` and `.xml` mean GraphML.
/// 2. A file that begins with `%%MatrixMarket` is Matrix Market whatever its extension: read as an
///    edge list, its size line would become a link.
/// 3. The extensions `.csv`, `.tsv`, `.txt` and `.edges` mean an edge list.
/// 4. Of the rest, a file that begins with `<` is GraphML, any other an edge list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NetworkFormat {
    /// Matrix Market coordinate format (Boisvert, Pozo & Remington 1996): field `pattern`, `real`,
    /// `double` or `integer`; symmetry `general`, `symmetric` or `skew-symmetric`.
    MatrixMarket,
    /// One link per line: source, target and perhaps a weight.
    ///
    /// * **Columns** are separated by tabs, semicolons, commas or white space, whichever of these
    ///   the first row has (in this order; in a `.csv` file semicolons and commas come first).
    ///   Fields may be quoted as in CSV. Lines that begin with `#` or `%` are comments.
    /// * **Header.** A first row with both a source name (`source`, `from`, `src`, `sender`) and a
    ///   target name (`target`, `to`, `dst`, `dest`, `destination`, `receiver`) in it is a header;
    ///   `weight`, `weights` or `strength` is then the weight and other columns are ignored.
    ///   Upper and lower case are alike. Without such names the columns are source, target,
    ///   weight; the first row is a header if none of its fields is a number and it either has a
    ///   third column or is followed by a row of numbers.
    /// * **Nodes.** If every id is a whole number (without sign or leading zeros), nodes are sorted
    ///   by it; otherwise ids are names and nodes come in order of first appearance. Ids need not
    ///   be consecutive: they are labels, kept as the network's names unless they are exactly
    ///   `0, 1, …, n − 1`. A node without links cannot be expressed.
    EdgeList,
    /// GraphML (Brandes et al. 2002): the nodes, edges and edge weights of one graph. Nodes come in
    /// the order of their elements.
    ///
    /// A weight is the `<data>` of a `<key for="edge" attr.name="weight">`, or else that key's
    /// `<default>`, or else 1. Ports are ignored, as are all elements that carry no structure.
    /// Hyperedges, nested graphs, a second graph and entities of the document's own are refused.
    GraphMl,
}

impl NetworkFormat {
    /// The format of the file `path` that begins with the bytes `head`, by the rules above.
    pub(super) fn recognise(path: &Path, head: &[u8]) -> Self {
        let extension = path.extension().and_then(OsStr::to_str).map(str::to_ascii_lowercase);
        match extension.as_deref() {
            Some("mtx") => return Self::MatrixMarket,
            Some("graphml" | "xml") => return Self::GraphMl,
            _ => {}
        }
        let banner = b"%%MatrixMarket";
        if head.len() >= banner.len() && head[..banner.len()].eq_ignore_ascii_case(banner) {
            return Self::MatrixMarket;
        }
        match extension.as_deref() {
            Some("csv" | "tsv" | "txt" | "edges") => Self::EdgeList,
            _ if head.trim_ascii_start().starts_with(b"<") => Self::GraphMl,
            _ => Self::EdgeList,
        }
    }
}

impl fmt::Display for NetworkFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::MatrixMarket => "Matrix Market",
            Self::EdgeList => "edge list",
            Self::GraphMl => "GraphML",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::NetworkFormat::{self, EdgeList, GraphMl, MatrixMarket};
    use std::path::Path;

    #[test]
    fn the_extension_decides_before_the_content_except_for_a_matrix_banner() {
        let banner = b"%%matrixmarket matrix coordinate pattern general\n";
        let cases: [(&str, &[u8], NetworkFormat); 10] = [
            ("a.mtx", b"<graphml>", MatrixMarket),
            ("a.MTX", b"", MatrixMarket),
            ("a.graphml", b"1,2\n", GraphMl),
            ("a.xml", b"1,2\n", GraphMl),
            ("a.txt", banner, MatrixMarket),
            ("a.csv", banner, MatrixMarket),
            ("a.csv", b"<a>,b\n", EdgeList),
            ("a.net", b"\n <graphml>", GraphMl),
            ("a", banner, MatrixMarket),
            ("a", b"1 2\n", EdgeList),
        ];
        for (name, head, format) in cases {
            assert_eq!(NetworkFormat::recognise(Path::new(name), head), format, "{name}");
        }
    }
}
