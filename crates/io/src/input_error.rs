//! What can be wrong with a network or vector file, and where.

use std::io;
use std::path::{Path, PathBuf};

use lampyrid_graph::GraphError;
use thiserror::Error;

use crate::place::Place;
use crate::vector::Quantity;

/// A network or vector file that cannot be used.
///
/// Each variant is one kind of mistake. Its message names the file and, where there is one, the
/// line and column; then what was found, and what to do about it. Quoted pieces of the file
/// (`found`, `name`, …) are cut to 40 characters.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum InputError {
    /// There is no such file.
    #[error("{}: no such file; check its name and the folder it is looked up from", path.display())]
    Missing {
        /// The file asked for.
        path: PathBuf,
    },
    /// The path names a directory.
    #[error("{}: this is a directory; name a file in it", path.display())]
    Directory {
        /// The path asked for.
        path: PathBuf,
    },
    /// The operating system would not open or read the file.
    #[error("{}: the file cannot be read ({source}); check its permissions and the disk", path.display())]
    Unreadable {
        /// The file asked for.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// Something that gives its bytes only once, where they are needed twice.
    #[error("{}: a pipe or a device, whose bytes come only once, and they are needed twice; put them into a file", path.display())]
    ReadOnce {
        /// The path asked for.
        path: PathBuf,
    },
    /// The file is not what it was a moment ago.
    #[error("{}: the file has changed while it was read; leave it alone, and begin anew", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// The file holds no data: nothing at all, or only comments and blank lines.
    #[error("{}: the file holds no data; {expected} was expected", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
        /// What the first piece of data would have been.
        expected: &'static str,
    },
    /// A zero byte: the file is not text.
    #[error("{at}: a zero byte, so this is not a text file; export it as text")]
    Binary {
        /// Where the zero byte stands.
        at: Place,
    },
    /// Bytes that are not UTF-8.
    #[error("{at}: bytes that are not UTF-8; save the file as UTF-8")]
    InvalidUtf8 {
        /// Where the first such byte stands.
        at: Place,
    },
    /// The byte order mark of UTF-16 or UTF-32.
    #[error("{}: the file is UTF-16 or UTF-32; save it as UTF-8", path.display())]
    WideText {
        /// The file.
        path: PathBuf,
    },
    /// A carriage return that ends no line: the line ends of old Macs, or a damaged file.
    #[error("{at}: a carriage return inside a line; convert the line ends to LF or CRLF")]
    CarriageReturn {
        /// Where it stands.
        at: Place,
    },
    /// A line longer than any this program reads.
    #[error("{at}: the line is longer than {limit} bytes; is this the right kind of file?")]
    LineTooLong {
        /// Its start.
        at: Place,
        /// The longest line accepted, in bytes.
        limit: usize,
    },

    /// The first line is no Matrix Market banner.
    #[error(
        "{at}: found `{found}` where a Matrix Market file begins with \
         `%%MatrixMarket matrix coordinate real general`; add that line or name the true format"
    )]
    NotMatrixMarket {
        /// The start of the line.
        at: Place,
        /// The first word found.
        found: String,
    },
    /// A banner word that is missing or has no reading as a network.
    #[error("{at}: Matrix Market {part} `{found}` cannot be read as a network; use {supported}")]
    UnsupportedMatrix {
        /// Where the word stands, or should.
        at: Place,
        /// Which part of the banner: object, format, field or symmetry.
        part: &'static str,
        /// The word found; empty if there is none.
        found: String,
        /// The words that are understood.
        supported: &'static str,
    },
    /// The file ends before its size line.
    #[error(
        "{at}: the file ends before its size line; add a line `rows columns entries` after the \
         comments"
    )]
    NoSizeLine {
        /// The end of the file.
        at: Place,
    },
    /// A matrix with unequal numbers of rows and columns.
    #[error(
        "{at}: the matrix has {rows} rows and {columns} columns; a network needs a square one, \
         with a row and a column for every node"
    )]
    Rectangular {
        /// Where the number of columns stands.
        at: Place,
        /// Rows stated.
        rows: u64,
        /// Columns stated.
        columns: u64,
    },
    /// More nodes than a network can have here.
    #[error("{at}: {nodes} nodes, of which at most {limit} can be held; check the number")]
    TooManyNodes {
        /// Where the number stands, or where the first node too many is named.
        at: Place,
        /// Nodes stated (numbers beyond 2⁶⁴ − 1 are given as 2⁶⁴ − 1).
        nodes: u64,
        /// The most that can be held.
        limit: u64,
    },
    /// A node count that the file is too small to be serious about.
    #[error(
        "{at}: {nodes} nodes are stated in a file of {bytes} bytes, so nearly all would be \
         isolated; check the number or leave the isolated nodes out"
    )]
    ImplausibleNodes {
        /// Where the number stands.
        at: Place,
        /// Nodes stated.
        nodes: u64,
        /// Size of the file in bytes.
        bytes: u64,
    },
    /// Fewer matrix entries than stated.
    #[error(
        "{at}: {stated} entries are stated but the file ends after {found}; the file is cut \
         short or the number is wrong"
    )]
    TooFewEntries {
        /// Where the number of entries stands.
        at: Place,
        /// Entries stated.
        stated: u64,
        /// Entries found.
        found: u64,
    },
    /// More matrix entries than stated.
    #[error(
        "{at}: an entry beyond the {stated} stated; correct the size line or remove the \
         surplus"
    )]
    SurplusEntry {
        /// The first entry too many.
        at: Place,
        /// Entries stated.
        stated: u64,
    },
    /// A row or column index, or a count, that is not a whole number.
    #[error("{at}: {what} `{found}` is not a whole number")]
    NotAnIndex {
        /// Where it stands.
        at: Place,
        /// Which number it should be.
        what: &'static str,
        /// What was found.
        found: String,
    },
    /// An index outside the matrix.
    #[error(
        "{at}: {what} {index} is outside 1..={nodes}; indices count from 1 to the number of \
         nodes on the size line"
    )]
    IndexOutside {
        /// Where it stands.
        at: Place,
        /// Row index or column index.
        what: &'static str,
        /// The index found.
        index: String,
        /// Number of nodes.
        nodes: u64,
    },

    /// A row with too few or too many values.
    #[error("{at}: {found} values on this line, {expected} expected ({fields})")]
    FieldCount {
        /// The first value too many, or the start of the line if there are too few.
        at: Place,
        /// Values expected.
        expected: usize,
        /// Values found.
        found: usize,
        /// What they mean.
        fields: &'static str,
    },
    /// A row with more values than any list of links has.
    #[error("{at}: a row of more than {limit} values; is this the right kind of file?")]
    TooManyFields {
        /// The start of the line.
        at: Place,
        /// The most values accepted, after so many separators.
        limit: usize,
    },
    /// A value that is not a number.
    #[error("{at}: {what} `{found}` is not a number; write it like 0.25 or 2.5e-1")]
    NotANumber {
        /// Where it stands.
        at: Place,
        /// What the value is: a weight, a phase, a frequency.
        what: &'static str,
        /// What was found.
        found: String,
    },
    /// NaN, an infinity, or a number too large for double precision.
    #[error("{at}: {what} `{found}` is not a finite number; correct it or leave it out")]
    NotFinite {
        /// Where it stands.
        at: Place,
        /// What the value is: a weight, a phase, a frequency.
        what: &'static str,
        /// What was found.
        found: String,
    },

    /// A link end without a name.
    #[error("{at}: the {end} of this link is empty; every link needs a source and a target")]
    EmptyName {
        /// Where the name should stand.
        at: Place,
        /// Source or target.
        end: &'static str,
    },
    /// A quoted field that does not end on its line.
    #[error("{at}: the quotation marks of this line do not match; close them on the same line")]
    UnclosedQuote {
        /// The start of the line.
        at: Place,
    },
    /// A header row that names some columns but not this one.
    #[error("{at}: the header has no {column} column; name it `{column}`")]
    HeaderLacks {
        /// The start of the header.
        at: Place,
        /// The missing column.
        column: &'static str,
    },
    /// A header row that names a column twice.
    #[error("{at}: the header has a second {column} column; rename one of the two")]
    HeaderRepeats {
        /// The second of them.
        at: Place,
        /// The repeated column.
        column: &'static str,
    },
    /// A first row that may be a header or a link.
    #[error(
        "{at}: the first row reads like a header as the second has numbers, yet line {named_line} \
         names a node `{name}`; begin the file with the row `source,target`"
    )]
    UnclearHeader {
        /// The first row.
        at: Place,
        /// The line with a node that is not a number.
        named_line: u64,
        /// That node.
        name: String,
    },
    /// More columns than can be understood without a header.
    #[error(
        "{at}: a row of {found} columns without a header; keep source, target and weight, or add \
         a header that names them"
    )]
    UnnamedColumns {
        /// The first column beyond the weight.
        at: Place,
        /// Columns found.
        found: usize,
    },

    /// Not well-formed XML.
    #[error("{at}: not well-formed XML: {reason}")]
    Xml {
        /// Where the XML breaks.
        at: Place,
        /// What is wrong with it.
        reason: String,
    },
    /// XML, but not GraphML.
    #[error("{at}: the outermost element is <{found}>; a GraphML file has <graphml>")]
    NotGraphMl {
        /// The element.
        at: Place,
        /// Its name.
        found: String,
    },
    /// GraphML without a graph.
    #[error("{at}: the file ends without a <graph> element")]
    NoGraph {
        /// The end of the file.
        at: Place,
    },
    /// A part of GraphML that has no reading as one network of pairwise links.
    #[error("{at}: <{element}> is not supported: {reason}")]
    UnsupportedElement {
        /// The element.
        at: Place,
        /// Its name.
        element: &'static str,
        /// Why, and what to do.
        reason: &'static str,
    },
    /// An element without an attribute it needs.
    #[error("{at}: <{element}> has no `{attribute}` attribute; add it")]
    MissingAttribute {
        /// The element.
        at: Place,
        /// Its name.
        element: &'static str,
        /// The attribute.
        attribute: &'static str,
    },
    /// An attribute with a value that means nothing.
    #[error("{at}: `{attribute}` is `{found}`; use {expected}")]
    InvalidAttribute {
        /// The element.
        at: Place,
        /// The attribute.
        attribute: &'static str,
        /// Its value.
        found: String,
        /// The values that are understood.
        expected: &'static str,
    },
    /// A reference to an entity other than XML's own five.
    #[error("{at}: entity `&{entity};` is not expanded; write out its text")]
    UndefinedEntity {
        /// Where the element or text that holds it begins.
        at: Place,
        /// The entity's name.
        entity: String,
    },
    /// A link end that no node element declares.
    #[error("{at}: no <node> has the id `{name}`; add the node or correct the link")]
    UnknownNode {
        /// The first link that mentions it.
        at: Place,
        /// The id.
        name: String,
    },
    /// Two nodes of one name.
    #[error("{at}: the node id `{name}` is taken already; ids must differ")]
    RepeatedNode {
        /// The second of them.
        at: Place,
        /// The id.
        name: String,
    },
    /// Elements nested deeper than any GraphML needs.
    #[error("{at}: elements nested more than {limit} deep; is this a GraphML file?")]
    TooDeep {
        /// The first element too deep.
        at: Place,
        /// The deepest nesting accepted.
        limit: usize,
    },

    /// A link stated twice, where that was not to be forgiven.
    #[error(
        "{at}: the link from `{sender}` to `{receiver}` was stated on line {first_line} already; \
         remove one of them, or read without `strict` to add their weights"
    )]
    RepeatedLink {
        /// The second statement.
        at: Place,
        /// Line of the first statement.
        first_line: u64,
        /// The node listened to.
        sender: String,
        /// The node that listens.
        receiver: String,
    },
    /// Links that are fine one by one but make no network.
    #[error("{}: {source}", path.display())]
    Graph {
        /// The file.
        path: PathBuf,
        /// What the network refused.
        source: GraphError,
    },

    /// A vector of another length than the network.
    #[error(
        "{}: {found} values, but the network has {expected} nodes; give one {quantity} per node, \
         in the network's node order",
        path.display()
    )]
    LengthMismatch {
        /// The file.
        path: PathBuf,
        /// What the values are.
        quantity: Quantity,
        /// Nodes of the network.
        expected: usize,
        /// Values in the file.
        found: usize,
    },
}

impl InputError {
    /// The place of the mistake, unless it concerns the file as a whole.
    #[must_use]
    pub fn place(&self) -> Option<&Place> {
        self.location().ok()
    }

    /// The file that cannot be used.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.location().map_or_else(|path| path, |at| &at.path)
    }

    /// The place, or the whole file.
    fn location(&self) -> Result<&Place, &Path> {
        match self {
            Self::Missing { path }
            | Self::Directory { path }
            | Self::Unreadable { path, .. }
            | Self::ReadOnce { path }
            | Self::Changed { path }
            | Self::Empty { path, .. }
            | Self::WideText { path }
            | Self::Graph { path, .. }
            | Self::LengthMismatch { path, .. } => Err(path),
            Self::Binary { at }
            | Self::InvalidUtf8 { at }
            | Self::CarriageReturn { at }
            | Self::LineTooLong { at, .. }
            | Self::NotMatrixMarket { at, .. }
            | Self::UnsupportedMatrix { at, .. }
            | Self::NoSizeLine { at }
            | Self::Rectangular { at, .. }
            | Self::TooManyNodes { at, .. }
            | Self::ImplausibleNodes { at, .. }
            | Self::TooFewEntries { at, .. }
            | Self::SurplusEntry { at, .. }
            | Self::NotAnIndex { at, .. }
            | Self::IndexOutside { at, .. }
            | Self::FieldCount { at, .. }
            | Self::TooManyFields { at, .. }
            | Self::NotANumber { at, .. }
            | Self::NotFinite { at, .. }
            | Self::EmptyName { at, .. }
            | Self::UnclosedQuote { at }
            | Self::HeaderLacks { at, .. }
            | Self::HeaderRepeats { at, .. }
            | Self::UnclearHeader { at, .. }
            | Self::UnnamedColumns { at, .. }
            | Self::Xml { at, .. }
            | Self::NotGraphMl { at, .. }
            | Self::NoGraph { at }
            | Self::UnsupportedElement { at, .. }
            | Self::MissingAttribute { at, .. }
            | Self::InvalidAttribute { at, .. }
            | Self::UndefinedEntity { at, .. }
            | Self::UnknownNode { at, .. }
            | Self::RepeatedNode { at, .. }
            | Self::TooDeep { at, .. }
            | Self::RepeatedLink { at, .. } => Ok(at),
        }
    }
}
