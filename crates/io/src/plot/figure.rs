//! A picture before it becomes SVG or PNG.

use std::fmt::Write as _;

use kuva::RasterBackend;
use kuva::backend::svg::SvgBackend;
use kuva::render::color::Color;
use kuva::render::render::{PathData, Primitive, Scene, TextAnchor};
use quick_xml::escape::escape;

use super::color::INK;
use super::error::PlotError;

/// The faces asked for in an SVG; a PNG always has the first.
const FONTS: &str = "DejaVu Sans, Verdana, Arial, sans-serif";

/// What all pictures have in common.
#[derive(Clone, Debug, PartialEq)]
pub struct PlotOptions {
    /// The title; none for that of the kind of picture.
    pub title: Option<String>,
    /// Width in pixels of the SVG.
    pub width: f64,
    /// Height in pixels of the SVG.
    pub height: f64,
    /// Pixels of the PNG for one of the SVG, 0.25 to 8: 2 is enough for print.
    pub scale: f64,
}

impl Default for PlotOptions {
    fn default() -> Self {
        Self { title: None, width: 760.0, height: 440.0, scale: 2.0 }
    }
}

impl PlotOptions {
    /// Flat, for circles beside each other.
    #[must_use]
    pub fn flat() -> Self {
        Self { height: 330.0, ..Self::default() }
    }

    /// Tall, for networks.
    #[must_use]
    pub fn tall() -> Self {
        Self { height: 620.0, ..Self::default() }
    }

    pub(super) fn check(&self) -> Result<(), PlotError> {
        let sides = 100.0..=10_000.0;
        if !(sides.contains(&self.width) && sides.contains(&self.height)) {
            return Err(PlotError::Size { width: self.width, height: self.height });
        }
        if !(0.25..=8.0).contains(&self.scale) {
            return Err(PlotError::Scale { scale: self.scale });
        }
        Ok(())
    }
}

/// A picture, to be had as SVG and as PNG.
#[derive(Debug)]
pub struct Figure {
    scene: Scene,
    raster: Option<Raster>,
    scale: f64,
    title: String,
    /// What is to be seen, for those who do not see it.
    description: String,
}

/// A rectangle of coloured cells. In an SVG it is one image: as many rectangles would take tens of megabytes.
#[derive(Debug)]
pub(super) struct Raster {
    /// Left, top, width and height in the figure.
    pub(super) area: [f64; 4],
    pub(super) columns: usize,
    /// Cells row by row from the top.
    pub(super) cells: Vec<[u8; 3]>,
    /// Where in the scene it belongs: after so many elements.
    pub(super) after: usize,
}

impl Figure {
    /// An empty figure.
    pub(super) fn new(options: &PlotOptions) -> Self {
        let mut scene = Scene::new(options.width.round(), options.height.round());
        scene.font_family = Some(FONTS.to_owned());
        scene.text_color = Some(INK.to_owned());
        Self { scene, raster: None, scale: options.scale, title: String::new(), description: String::new() }
    }

    pub(super) fn name(&mut self, title: &str) {
        title.clone_into(&mut self.title);
    }

    pub(super) fn describe(&mut self, description: &str) {
        description.clone_into(&mut self.description);
    }

    /// What the picture is called.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// What is to be seen, in words, for those who do not see it: the text that stands in for the picture.
    #[must_use]
    pub fn description(&self) -> &str {
        &self.description
    }

    pub(super) fn add(&mut self, element: Primitive) {
        self.scene.add(element);
    }

    /// Adds everything another scene shows.
    pub(super) fn add_scene(&mut self, scene: Scene) {
        self.scene.elements.extend(scene.elements);
        self.scene.defs.extend(scene.defs);
    }

    pub(super) fn set_raster(&mut self, area: [f64; 4], columns: usize, cells: Vec<[u8; 3]>) {
        self.raster = Some(Raster { area, columns, cells, after: self.scene.elements.len() });
    }

    pub(super) fn text(&mut self, at: (f64, f64), anchor: TextAnchor, size: u32, color: &str, text: &str) {
        self.add(Primitive::Text {
            x: at.0,
            y: at.1,
            // A dollar sign would begin a formula, and XML has no control characters.
            content: text.replace(char::is_control, " ").replace('$', "\\$"),
            size,
            anchor,
            rotate: None,
            bold: false,
            color: Some(Color::from(color)),
        });
    }

    pub(super) fn line(&mut self, from: (f64, f64), to: (f64, f64), color: &str, width: f64, dashes: Option<&str>) {
        self.add(Primitive::Line {
            x1: from.0,
            y1: from.1,
            x2: to.0,
            y2: to.1,
            stroke: Color::from(color),
            stroke_width: width,
            stroke_dasharray: dashes.map(str::to_owned),
        });
    }

    /// A filled outline.
    pub(super) fn area(&mut self, corners: impl IntoIterator<Item = (f64, f64)>, color: &str, opacity: f64) {
        let mut d = String::new();
        for (x, y) in corners {
            let _ = write!(d, "{} {x:.2} {y:.2} ", if d.is_empty() { "M" } else { "L" });
        }
        if !d.is_empty() {
            d.push('Z');
            self.add(Primitive::Path(Box::new(PathData {
                d,
                fill: Some(Color::from(color)),
                stroke: Color::None,
                stroke_width: 0.0,
                opacity: Some(opacity),
                stroke_dasharray: None,
            })));
        }
    }

    pub(super) fn dot(&mut self, at: (f64, f64), radius: f64, color: &str, opacity: f64) {
        self.add(Primitive::Circle {
            cx: at.0,
            cy: at.1,
            r: radius,
            fill: Color::from(color),
            fill_opacity: Some(opacity),
            stroke: None,
            stroke_width: None,
        });
    }

    /// Width and height of the PNG in pixels.
    #[must_use]
    pub fn png_size(&self) -> (u32, u32) {
        ((self.scene.width * self.scale) as u32, (self.scene.height * self.scale) as u32)
    }

    /// The picture as SVG, on a white card, with its title and description inside. Equal pictures are equal bytes, and
    /// several can stand in one page.
    #[must_use]
    pub fn svg(&self) -> String {
        const MARK: &str = "lampyrid-raster";
        let Some(raster) = &self.raster else {
            return self.finished(SvgBackend.render_scene(&self.scene));
        };
        let mark = [
            Primitive::GroupStart { transform: None, title: None, extra_attrs: Some(format!("id=\"{MARK}\"")) },
            Primitive::GroupEnd,
        ];
        let scene = self.scene_with(raster.after, mark);
        let mut svg = self.finished(SvgBackend.render_scene(&scene));
        if let Some(start) = svg.find(MARK) {
            let inside = svg[start..].find('>').map_or(svg.len(), |end| start + end + 1);
            svg.insert_str(inside, &raster.svg_image());
        }
        svg
    }

    /// The picture as PNG.
    ///
    /// # Errors
    ///
    /// When the renderer fails.
    pub fn png(&self) -> Result<Vec<u8>, PlotError> {
        let backend = RasterBackend::new().with_scale(self.scale as f32);
        let png = match &self.raster {
            Some(raster) => {
                backend.render_scene(&self.scene_with(raster.after, [raster.cells(raster.area, self.scale)]))
            }
            None => backend.render_scene(&self.scene),
        };
        png.map_err(|message| PlotError::Png { message })
    }

    /// An SVG that can be scaled by whoever embeds it, and says what it shows.
    fn finished(&self, svg: String) -> String {
        let Scene { width, height, .. } = self.scene;
        let svg = svg.replacen("<svg ", &format!("<svg viewBox=\"0 0 {width} {height}\" role=\"img\" "), 1);
        let said = [("title", &self.title), ("desc", &self.description)].map(|(element, text)| match text.is_empty() {
            true => String::new(),
            false => format!("<{element}>{}</{element}>", escape(text.replace(char::is_control, " "))),
        });
        with_own_ids(&svg.replacen('>', &format!(">{}", said.concat()), 1))
    }

    /// The scene with further elements inserted.
    fn scene_with(&self, after: usize, elements: impl IntoIterator<Item = Primitive>) -> Scene {
        let mut scene = Scene::new(self.scene.width, self.scene.height);
        scene.font_family.clone_from(&self.scene.font_family);
        scene.text_color.clone_from(&self.scene.text_color);
        scene.defs.clone_from(&self.scene.defs);
        let (before, behind) = self.scene.elements.split_at(after);
        scene.elements = before.iter().cloned().chain(elements).chain(behind.iter().cloned()).collect();
        scene
    }
}

impl Raster {
    fn rows(&self) -> usize {
        self.cells.len() / self.columns
    }

    /// The cells as rectangles that fill `area`, their borders on whole pixels of a PNG of this scale.
    fn cells(&self, [left, top, width, height]: [f64; 4], scale: f64) -> Primitive {
        let snap = |value: f64| (value * scale).round() / scale;
        let across = |column: usize| snap(left + width * column as f64 / self.columns as f64);
        let down = |row: usize| snap(top + height * row as f64 / self.rows() as f64);
        let (mut x, mut y, mut w, mut h, mut fills) = (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (cell, &[red, green, blue]) in self.cells.iter().enumerate() {
            let (row, column) = (cell / self.columns, cell % self.columns);
            x.push(across(column));
            y.push(down(row));
            w.push(across(column + 1) - across(column));
            h.push(down(row + 1) - down(row));
            fills.push(Color::Rgb(red, green, blue));
        }
        Primitive::RectBatch { x, y, w, h, fills }
    }

    /// The cells as a PNG of one pixel each, inside the SVG.
    fn svg_image(&self) -> String {
        let mut scene = Scene::new(self.columns as f64, self.rows() as f64);
        scene.add(self.cells([0.0, 0.0, self.columns as f64, self.rows() as f64], 1.0));
        // Fails for an empty scene alone, and a raster has cells.
        let png = RasterBackend::new().with_scale(1.0).render_scene(&scene).unwrap_or_default();
        let [left, top, width, height] = self.area;
        format!(
            "<image x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{height}\" preserveAspectRatio=\"none\" \
             style=\"image-rendering:pixelated\" href=\"data:image/png;base64,{}\"/>",
            base64(&png)
        )
    }
}

/// Identifiers that kuva counts through the process become those of this picture: equal ones are equal again, and two
/// that differ can stand in one page.
fn with_own_ids(svg: &str) -> String {
    const COUNTED: &str = "kuva-clip-";
    let mut pieces = svg.split(COUNTED);
    let first = pieces.next().unwrap_or_default();
    let pieces = pieces.map(|piece| piece.split_at(piece.find(|c: char| !c.is_ascii_digit()).unwrap_or(piece.len())));
    let pieces: Vec<(&str, &str)> = pieces.collect();
    let mut checksum = crc32fast::Hasher::new();
    std::iter::once(first)
        .chain(pieces.iter().map(|(_, rest)| *rest))
        .for_each(|text| checksum.update(text.as_bytes()));
    let mark = checksum.finalize();
    let mut known: Vec<&str> = Vec::new();
    let mut own = first.to_owned();
    for (number, rest) in pieces {
        let place = known.iter().position(|one| *one == number).unwrap_or(known.len());
        if place == known.len() {
            known.push(number);
        }
        let _ = write!(own, "clip-{mark:08x}-{place}{rest}");
    }
    own
}

/// RFC 4648.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let bits = group.iter().fold(0, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
        for digit in 0..4 {
            let value = bits >> (18 - 6 * digit) & 63;
            // Each byte makes one digit and a part of the next; the rest is padding.
            let digit = if digit <= group.len() { char::from(DIGITS[value as usize]) } else { '=' };
            let _ = text.write_char(digit);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_agrees_with_the_vectors_of_rfc_4648() {
        let vectors = [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ];
        for (plain, encoded) in vectors {
            assert_eq!(base64(plain.as_bytes()), encoded);
        }
        assert_eq!(base64(&[0xfb, 0xff, 0xfe]), "+//+");
    }

    #[test]
    fn identifiers_are_counted_anew_in_every_picture() {
        let (one, other) = ("<a id=\"kuva-clip-7\"/><b r=\"#kuva-clip-7\"/>", "<a id=\"kuva-clip-12\"/>");
        assert_eq!(with_own_ids(one), with_own_ids(&one.replace('7', "31")));
        assert_ne!(with_own_ids(one)[..22], with_own_ids(other)[..22]);
        assert_eq!(with_own_ids("no ids"), "no ids");
    }

    #[test]
    fn a_size_out_of_reason_is_refused() {
        for (width, height) in [(0.0, 400.0), (f64::NAN, 400.0), (400.0, 1e9), (-5.0, 5.0)] {
            let options = PlotOptions { width, height, ..PlotOptions::default() };
            assert!(matches!(options.check(), Err(PlotError::Size { .. })));
        }
    }
}
