//! Reports: sound pages that nothing can break out of, and that tell when they were edited.

use std::{fs, path::Path};

use lampyrid_io::{
    RecordError, Scenario, Versions,
    plot::{PhaseRaster, PlotOptions, SeriesView, order_parameter, phase_raster},
    report::{Outcome, Replay, Report, ReportTable},
};

/// What a page must survive wherever it shows a text.
const HOSTILE: &str = "</script><script>alert(\"1\")</script>&amp;'\u{7}<!--";

fn replay(scenario: &str) -> Replay {
    Replay {
        scenario: Scenario::parse(scenario, "scenario.toml").unwrap(),
        steps: 500,
        phase_hash: "0123456789abcdef".to_owned(),
        versions: Versions { lampyrid: "0.1.0".to_owned(), os: "linux".to_owned(), arch: HOSTILE.to_owned() },
    }
}

fn report() -> Report {
    let r: Vec<(f64, f64)> = (0..100).map(|i| (f64::from(i), f64::from(i) / 100.0)).collect();
    let options = PlotOptions { title: Some(HOSTILE.to_owned()), ..PlotOptions::default() };
    let figure = || order_parameter(&SeriesView { r: &r, ..SeriesView::default() }, &options).unwrap();
    Report {
        title: HOSTILE.to_owned(),
        verdict: HOSTILE.to_owned(),
        outcome: Outcome::Missed,
        key_figures: vec![(HOSTILE.to_owned(), HOSTILE.to_owned())],
        tables: vec![ReportTable { heading: HOSTILE.to_owned(), rows: vec![(HOSTILE.to_owned(), HOSTILE.to_owned())] }],
        figures: vec![figure(), figure()],
        scenario: HOSTILE.to_owned(),
        commands: HOSTILE.to_owned(),
        replay: Some(replay("[network]\nfile = \"<script>alert(1)</script>.mtx\"")),
    }
}

fn written(page: &str) -> (tempfile::TempDir, std::path::PathBuf) {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("report.html");
    fs::write(&path, page).unwrap();
    (scratch, path)
}

#[test]
fn no_text_breaks_out_of_the_page() {
    let page = report().html();
    // The one script is data, which is never run, and nothing closes it before its end.
    assert_eq!(page.matches("<script").count(), 1);
    assert_eq!(page.matches("</script>").count(), 1);
    assert!(page.contains("<script type=\"application/json\" id=\"lampyrid-replay\""));
    assert!(!page.contains("<!--<") && !page.to_lowercase().contains("onerror"));
    assert!(page.contains("&#60;/script&#62;") || page.contains("&lt;/script&gt;"));
}

#[test]
fn the_page_needs_nothing_else_and_is_ordered() {
    let page = report().html();
    for outside in ["http:", "https:", "src=\"/", "url(/", "@import", "<link", "<iframe", "<base"] {
        let found = page.replace("http://www.w3.org/2000/svg", "");
        assert!(!found.contains(outside), "{outside}");
    }
    assert!(page.contains("default-src 'none'"));
    assert_eq!(page.matches("<h1").count(), 1);
    let levels: Vec<u32> =
        page.match_indices("<h").filter_map(|(at, _)| page[at + 2..].chars().next()?.to_digit(10)).collect();
    assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{levels:?}");
    for part in ["<html lang=\"en\">", "<title>", "<main>", "prefers-color-scheme: dark", "@media print", "viewport"] {
        assert!(page.contains(part), "{part}");
    }
    let figures = page.matches("<figure>").count();
    assert_eq!(figures, 2);
    assert_eq!(page.matches("<figcaption>").count(), figures);
    assert_eq!(page.matches("<desc>").count(), figures);
    assert_eq!(page.matches("role=\"img\"").count(), figures);
}

#[test]
fn identifiers_are_there_once_unless_the_pictures_are_the_same() {
    let r: Vec<(f64, f64)> = (0..100).map(|i| (f64::from(i), f64::from(i) / 100.0)).collect();
    let draw = |points: &[(f64, f64)]| {
        order_parameter(&SeriesView { r: points, ..SeriesView::default() }, &PlotOptions::default()).unwrap()
    };
    let page = Report { figures: vec![draw(&r), draw(&r[..50])], ..report() }.html();
    let mut ids: Vec<&str> = page.split(" id=\"").skip(1).map(|rest| &rest[..rest.find('"').unwrap()]).collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all, "{ids:?}");
}

#[test]
fn text_on_the_page_stands_out_from_its_ground_in_light_and_dark() {
    let page = report().html();
    let style = &page[page.find("<style>").unwrap()..page.find("</style>").unwrap()];
    let luminance = |color: &str| {
        let whole: String = match color.len() {
            4 => color.chars().flat_map(|c| if c == '#' { vec![c] } else { vec![c, c] }).collect(),
            _ => color.to_owned(),
        };
        let part = |at: usize| f64::from(u8::from_str_radix(&whole[at..at + 2], 16).unwrap()) / 255.0;
        let linear = |value: f64| if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) };
        0.2126 * linear(part(1)) + 0.7152 * linear(part(3)) + 0.0722 * linear(part(5))
    };
    let roots: Vec<&str> = style.split(":root {").skip(1).map(|rest| &rest[..rest.find('}').unwrap()]).collect();
    assert_eq!(roots.len(), 3, "light, dark and print");
    for root in &roots[..2] {
        let color = |name: &str| {
            let begin = root.find(&format!("--{name}: ")).unwrap_or_else(|| panic!("{name}")) + name.len() + 4;
            luminance(root[begin..].split(';').next().unwrap().trim())
        };
        for ground in ["paper", "card", "code"] {
            for ink in ["ink", "muted", "good", "bad", "fair"] {
                let (a, b) = (color(ink), color(ground));
                let contrast = (a.max(b) + 0.05) / (a.min(b) + 0.05);
                assert!(contrast >= 4.5, "{ink} on {ground}: {contrast:.2}");
            }
        }
    }
}

#[test]
fn a_page_of_noise_stays_below_two_megabytes() {
    let mut raster = PhaseRaster::new(200);
    for step in 0..1000_usize {
        let phases: Vec<f64> =
            (0..200).map(|i| ((step * 200 + i) as f64 * 0.618_034).fract() * std::f64::consts::TAU).collect();
        raster.push(step as f64, &phases).unwrap();
    }
    let figure = || phase_raster(&raster, &PlotOptions::default()).unwrap();
    let page = Report { figures: vec![figure()], ..report() }.html();
    assert!(page.len() < 1_000_000, "{} bytes", page.len());
}

#[test]
fn what_is_replayed_is_what_was_written() {
    let (_scratch, path) = written(&report().html());
    assert_eq!(Replay::read(&path).unwrap(), report().replay.unwrap());
}

#[test]
fn a_report_edited_by_hand_is_named_with_its_place() {
    let page = report().html();
    for (from, to) in
        [("\\\"steps\\\"", ""), ("\"steps\":500", "\"steps\":501"), ("0123456789abcdef", "0123456789abcdee")]
    {
        if !page.contains(from) {
            continue;
        }
        let (_scratch, path) = written(&page.replacen(from, to, 1));
        let error = Replay::read(&path).unwrap_err();
        let RecordError::Edited { at, stated, found } = &error else { panic!("{error}") };
        assert!(stated.len() == 8 && found.len() == 8 && stated != found);
        assert!(page.lines().nth(at.line as usize - 1).unwrap().starts_with("<script type=\"application/json\""));
        assert!(error.to_string().contains("edited by hand"), "{error}");
    }
}

#[test]
fn what_is_no_report_is_refused() {
    for (text, expected) in [
        ("<html><body>nothing</body></html>", "holds nothing to replay"),
        ("", "holds nothing to replay"),
        ("{\"agents\": 3}", "no record of a run: missing field"),
        ("{\"agents\": \"three\"}", "report.html:1:"),
        ("<script id=\"lampyrid-replay\" data-crc32=\"00000000\">{}</script>", "edited by hand"),
        ("<script id=\"lampyrid-replay\" data-crc32=\"a3c68d0f", "holds nothing to replay"),
    ] {
        let (_scratch, path) = written(text);
        let error = Replay::read(&path).unwrap_err().to_string();
        assert!(error.contains(expected), "{text}: {error}");
    }
    assert!(matches!(Replay::read(Path::new("nowhere")), Err(RecordError::Unreadable { .. })));
}

#[test]
fn scenarios_come_back_from_json_as_they_went() {
    let scenarios = [
        "",
        "seed = 7\n[network]\nbuiltin = \"power_grid\"\n[coupling]\nstrength = 0.1\n[memory]\nbudget = \"600 MiB\"",
        "[network]\nkind = \"modular\"\n[goal]\npattern = \"clusters\"\nclusters = 3\n[strategy]\nkind = \"offset\"\nslots = 3",
        "[energy]\ncapacity = 50.0\n[checkpoint]\nevery = 2.0\n[record]\npictures = [\"network\"]\nreport = false",
        "[[disruption]]\nkind = \"shift_frequencies\"\nby = 0.30000000000000004\nfraction = 0.1\nat = 3.0\nuntil = 4.0\n[phases]\nfile = \"a.csv\"",
    ];
    for text in scenarios {
        let scenario = Scenario::parse(text, "scenario.toml").unwrap();
        let json = serde_json::to_string(&scenario).unwrap();
        assert_eq!(serde_json::from_str::<Scenario>(&json).unwrap(), scenario, "{json}");
    }
    let wrong = serde_json::from_str::<Scenario>("{\"coupling\":{\"strenght\":1.0}}").unwrap_err().to_string();
    assert!(wrong.contains("strength"), "{wrong}");
}
