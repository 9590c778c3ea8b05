//! `report.html`: a run or a sweep on one page that needs nothing else, and no script.

mod replay;

use askama::Template;

pub use replay::Replay;

use crate::plot::Figure;

/// What a report tells. All texts are plain: whatever they hold, they are shown as they are.
#[derive(Debug, Default)]
pub struct Report {
    /// What it is of, in a few words.
    pub title: String,
    /// What came of it, in a sentence.
    pub verdict: String,
    /// How it ended.
    pub outcome: Outcome,
    /// The most important figures, as names and values.
    pub key_figures: Vec<(String, String)>,
    /// Tables below the pictures.
    pub tables: Vec<ReportTable>,
    /// Pictures, in order.
    pub figures: Vec<Figure>,
    /// The scenario, as TOML.
    pub scenario: String,
    /// How to repeat it, as commands.
    pub commands: String,
    /// What `lampyrid replay` reads; none for a sweep.
    pub replay: Option<Replay>,
}

/// How it ended, for the eye.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Outcome {
    /// It came to its end.
    #[default]
    Done,
    /// Its goal was attained.
    Attained,
    /// Its goal was not.
    Missed,
    /// It was ended before its end.
    Stopped,
}

impl Outcome {
    fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Attained => "goal attained",
            Self::Missed => "goal missed",
            Self::Stopped => "stopped early",
        }
    }

    fn class(self) -> &'static str {
        match self {
            Self::Done | Self::Attained => "good",
            Self::Missed => "bad",
            Self::Stopped => "fair",
        }
    }
}

/// A table of names and values.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReportTable {
    /// Its heading.
    pub heading: String,
    /// Its rows.
    pub rows: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "report.html")]
struct Page<'a> {
    report: &'a Report,
    figures: Vec<Shown>,
    replay: String,
    version: &'static str,
}

/// A picture on the page.
struct Shown {
    title: String,
    description: String,
    svg: String,
}

impl Report {
    /// The page.
    ///
    /// # Panics
    ///
    /// Never: memory can be written to.
    #[must_use]
    pub fn html(&self) -> String {
        let shown = |figure: &Figure| Shown {
            title: figure.title().to_owned(),
            description: figure.description().to_owned(),
            svg: figure.svg(),
        };
        let page = Page {
            report: self,
            figures: self.figures.iter().map(shown).collect(),
            replay: self.replay.as_ref().map_or(String::new(), Replay::element),
            version: env!("CARGO_PKG_VERSION"),
        };
        page.render().expect("memory can be written to")
    }
}
