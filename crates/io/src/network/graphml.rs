//! Reading GraphML.
//!
//! The format: Brandes, Eiglsperger, Herman, Himsolt & Marshall 2002, "GraphML progress report:
//! structural layer proposal". Elements are read one by one and nothing is kept of what carries no
//! structure. Element names are compared without their namespace prefix.

mod graph;
mod xml;

use std::collections::HashSet;
use std::mem;

use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::Listed;
use super::keep::Keep;
use crate::InputError;
use crate::lines::parse_finite;
use crate::place::{Place, excerpt};
use crate::source::Source;
use graph::{Edge, Graph};
use xml::Spot;

/// Deeper nesting is refused. GraphML that can be read here nests five deep, whatever other
/// programs store in `<data>` some ten more.
const DEEPEST: usize = 64;

pub(super) fn read(source: Source, keep: Keep) -> Result<Listed, InputError> {
    let mut xml = xml::open(source);
    let mut document = Document { keep, ..Document::default() };
    while xml.next(|event, spot| document.take(event, spot))? {}
    xml.next(|_end, spot| document.finish(spot))
}

/// An element whose end is yet to come.
#[derive(Clone, Copy)]
enum Open {
    GraphMl,
    /// A `<key>` of edge weights.
    WeightKey,
    /// Its `<default>`.
    DefaultWeight,
    Graph,
    Node,
    Edge,
    /// The `<data>` with an edge's weight.
    Weight,
    /// Anything without structure, and all within it.
    Ignored,
}

/// What has been read of the file.
#[derive(Default)]
struct Document {
    /// What is kept of the graph's edges, until there is a graph.
    keep: Keep,
    open: Vec<Open>,
    root_met: bool,
    /// The ids of the keys of edge weights, and the first default among them.
    weight_keys: HashSet<String>,
    default_weight: Option<f64>,
    graph: Option<Graph>,
    /// The edge being read.
    edge: Option<Edge>,
    /// The text of the weight being read, and where it begins.
    number: String,
    number_at: Option<Place>,
}

impl Document {
    /// Takes an event; false at the end of the file.
    fn take(&mut self, event: Event<'_>, spot: &Spot<'_>) -> Result<bool, InputError> {
        match event {
            Event::Start(tag) | Event::Empty(tag) => self.start(&tag, spot)?,
            Event::End(_) => self.end(spot)?,
            Event::Text(text) => self.text(&text, spot)?,
            Event::CData(text) => self.text(&text, spot)?,
            Event::GeneralRef(reference) => self.reference(&reference, spot)?,
            Event::Eof => return Ok(false),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
        Ok(true)
    }

    fn start(&mut self, tag: &BytesStart<'_>, spot: &Spot<'_>) -> Result<(), InputError> {
        if self.open.len() == DEEPEST {
            return Err(InputError::TooDeep { at: spot.place(), limit: DEEPEST });
        }
        let name = tag.local_name();
        let name: &str = name.as_ref();
        let unsupported = |element, reason| Err(InputError::UnsupportedElement { at: spot.place(), element, reason });
        let opened = match (self.open.last(), name) {
            (None, _) if self.root_met => return Err(spot.broken("a second outermost element")),
            (None, "graphml") => {
                self.root_met = true;
                Open::GraphMl
            }
            (None, other) => {
                return Err(InputError::NotGraphMl { at: spot.place(), found: excerpt(other) });
            }
            (Some(Open::GraphMl), "key") => self.start_key(tag, spot)?,
            (Some(Open::GraphMl), "graph") => self.start_graph(tag, spot)?,
            (Some(Open::WeightKey), "default") => Open::DefaultWeight,
            (Some(Open::Graph), "node") => self.start_node(tag, spot)?,
            (Some(Open::Graph), "edge") => self.start_edge(tag, spot)?,
            (Some(Open::Edge), "data") => self.start_data(tag, spot)?,
            (Some(Open::Graph), "hyperedge") => {
                return unsupported("hyperedge", "links join two nodes; write it as edges");
            }
            (Some(Open::Graph | Open::Node), "locator") => {
                return unsupported("locator", "put what it refers to into this file");
            }
            (Some(Open::Node | Open::Edge), "graph") => {
                return unsupported("graph", "graphs within nodes or edges; flatten them");
            }
            _ => Open::Ignored,
        };
        if matches!(opened, Open::DefaultWeight | Open::Weight) {
            self.number.clear();
            self.number_at = None;
        }
        self.open.push(opened);
        Ok(())
    }

    fn start_key(&mut self, tag: &BytesStart<'_>, spot: &Spot<'_>) -> Result<Open, InputError> {
        let [id, of, name] = spot.attributes(tag, ["id", "for", "attr.name"])?;
        let of_edges = matches!(of.as_deref(), None | Some("edge" | "all"));
        let is_weight = name.is_some_and(|name| name.eq_ignore_ascii_case("weight"));
        if !of_edges || !is_weight {
            return Ok(Open::Ignored);
        }
        if self.graph.is_some() {
            return Err(InputError::UnsupportedElement {
                at: spot.place(),
                element: "key",
                reason: "a weight key after the graph; move it before the graph",
            });
        }
        let id = id.ok_or_else(|| missing(spot, "key", "id"))?;
        self.weight_keys.insert(id.into_owned());
        Ok(Open::WeightKey)
    }

    fn start_graph(&mut self, tag: &BytesStart<'_>, spot: &Spot<'_>) -> Result<Open, InputError> {
        if self.graph.is_some() {
            return Err(InputError::UnsupportedElement {
                at: spot.place(),
                element: "graph",
                reason: "a second graph; keep one graph in a file",
            });
        }
        let [default] = spot.attributes(tag, ["edgedefault"])?;
        let undirected = match default.as_deref() {
            Some("undirected") => true,
            Some("directed") => false,
            Some(other) => {
                return Err(InputError::InvalidAttribute {
                    at: spot.place(),
                    attribute: "edgedefault",
                    found: excerpt(other),
                    expected: "`directed` or `undirected`",
                });
            }
            None => return Err(missing(spot, "graph", "edgedefault")),
        };
        self.graph = Some(Graph::new(undirected, !self.weight_keys.is_empty(), mem::take(&mut self.keep)));
        Ok(Open::Graph)
    }

    fn start_node(&mut self, tag: &BytesStart<'_>, spot: &Spot<'_>) -> Result<Open, InputError> {
        let [id] = spot.attributes(tag, ["id"])?;
        let id = id.ok_or_else(|| missing(spot, "node", "id"))?;
        if let Some(graph) = &mut self.graph {
            graph.declare(&id, spot)?;
        }
        Ok(Open::Node)
    }

    fn start_edge(&mut self, tag: &BytesStart<'_>, spot: &Spot<'_>) -> Result<Open, InputError> {
        let [source, target, directed] = spot.attributes(tag, ["source", "target", "directed"])?;
        let source = source.ok_or_else(|| missing(spot, "edge", "source"))?;
        let target = target.ok_or_else(|| missing(spot, "edge", "target"))?;
        let undirected = match directed.as_deref() {
            None => None,
            Some("true" | "1") => Some(false),
            Some("false" | "0") => Some(true),
            Some(other) => {
                return Err(InputError::InvalidAttribute {
                    at: spot.place(),
                    attribute: "directed",
                    found: excerpt(other),
                    expected: "`true` or `false`",
                });
            }
        };
        if let Some(graph) = &mut self.graph {
            self.edge = Some(graph.edge(&source, &target, undirected, spot)?);
        }
        Ok(Open::Edge)
    }

    fn start_data(&mut self, tag: &BytesStart<'_>, spot: &Spot<'_>) -> Result<Open, InputError> {
        let [key] = spot.attributes(tag, ["key"])?;
        let key = key.ok_or_else(|| missing(spot, "data", "key"))?;
        if !self.weight_keys.contains(key.as_ref()) {
            return Ok(Open::Ignored);
        }
        if self.edge.as_ref().is_some_and(|edge| edge.weight.is_some()) {
            return Err(InputError::UnsupportedElement {
                at: spot.place(),
                element: "data",
                reason: "a second weight for the same edge; remove one of them",
            });
        }
        Ok(Open::Weight)
    }

    fn end(&mut self, spot: &Spot<'_>) -> Result<(), InputError> {
        match self.open.pop() {
            Some(Open::DefaultWeight) => {
                let weight = self.take_number(spot)?;
                self.default_weight.get_or_insert(weight);
            }
            Some(Open::Weight) => {
                let weight = self.take_number(spot)?;
                if let Some(edge) = &mut self.edge {
                    edge.weight = Some(weight);
                }
            }
            Some(Open::Edge) => {
                if let (Some(graph), Some(edge)) = (&mut self.graph, self.edge.take()) {
                    graph.add(&edge, self.default_weight.unwrap_or(1.0));
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, text: &str, spot: &Spot<'_>) -> Result<(), InputError> {
        let visible = text.trim_start();
        let before = &text[..text.len() - visible.len()];
        match self.open.last() {
            None if !visible.is_empty() => Err(InputError::Xml {
                at: spot.place_after(before),
                reason: "text outside the outermost element".to_owned(),
            }),
            Some(Open::DefaultWeight | Open::Weight) => {
                if !visible.is_empty() && self.number_at.is_none() {
                    self.number_at = Some(spot.place_after(before));
                }
                self.number.push_str(text);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Takes `&amp;`, `&#49;` and the like. No other entity is ever looked up.
    fn reference(&mut self, name: &BytesRef<'_>, spot: &Spot<'_>) -> Result<(), InputError> {
        let character = name.resolve_char_ref().map_err(|error| spot.error(error))?;
        match (character, resolve_predefined_entity(name)) {
            (Some(character), _) => self.text(character.encode_utf8(&mut [0; 4]), spot),
            (None, Some(text)) => self.text(text, spot),
            (None, None) => Err(spot.undefined_entity(name)),
        }
    }

    /// The number just read, whose element ends at `spot`.
    fn take_number(&mut self, spot: &Spot<'_>) -> Result<f64, InputError> {
        let text = self.number.trim();
        parse_finite(text).map_err(|reason| {
            let at = self.number_at.take().unwrap_or_else(|| spot.place());
            reason.error(at, "weight", text)
        })
    }

    /// Everything read, at the end of the file.
    fn finish(&mut self, end: &Spot<'_>) -> Result<Listed, InputError> {
        if !self.root_met {
            return Err(InputError::Empty { path: end.place().path, expected: "a <graphml> element" });
        }
        if !self.open.is_empty() {
            let unclosed = self.open.len();
            return Err(
                end.broken(format_args!("the file ends within an element ({unclosed} of them open); it is cut short"))
            );
        }
        match self.graph.take() {
            Some(graph) => graph.finish(end),
            None => Err(InputError::NoGraph { at: end.place() }),
        }
    }
}

fn missing(spot: &Spot<'_>, element: &'static str, attribute: &'static str) -> InputError {
    InputError::MissingAttribute { at: spot.place(), element, attribute }
}
