//! Reading pictures.

use lampyrid_io::plot::Figure;

/// The texts of an SVG in the order in which they are drawn.
pub(crate) fn texts(figure: &Figure) -> Vec<String> {
    let svg = figure.svg();
    let pieces = svg.split("<text ").skip(1);
    let text = |piece: &str| piece[piece.find('>').unwrap() + 1..piece.find("</text>").unwrap()].to_owned();
    pieces.map(text).collect()
}

pub(crate) fn has(figure: &Figure, text: &str) -> bool {
    texts(figure).iter().any(|found| found == text)
}

/// Width and height in the header of a PNG.
pub(crate) fn png_size(png: &[u8]) -> (u32, u32) {
    assert_eq!(&png[..16], b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
    let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
    (number(16), number(20))
}

pub(crate) fn check(figure: &Figure, (width, height): (f64, f64)) {
    let svg = figure.svg();
    assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>"), "{}", &svg[..200.min(svg.len())]);
    assert!(svg.contains(&format!("viewBox=\"0 0 {width} {height}\"")));
    assert!(svg.contains("role=\"img\"") && svg.contains("<title>") && svg.contains("<desc>"), "it is not described");
    assert!(!figure.title().is_empty() && !figure.description().is_empty());
    assert!(!svg.contains("NaN") && !svg.contains("inf"), "a coordinate is no number");
    let mut reader = quick_xml::Reader::from_str(&svg);
    while !matches!(reader.read_event().expect("the SVG is well-formed"), quick_xml::events::Event::Eof) {}
    assert_eq!(svg, figure.svg(), "drawn again, it is the same");
    let png = figure.png().unwrap();
    assert_eq!(png_size(&png), (2 * width as u32, 2 * height as u32));
    assert_eq!(png_size(&png), figure.png_size());
    assert!(png.ends_with(b"IEND\xaeB`\x82"));
}
