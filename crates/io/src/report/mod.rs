//! `report.html`: a run or a sweep on one page that needs nothing else, and no script.

mod replay;

use minijinja::{Environment, UndefinedBehavior, context, value::Value};

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

/// The page, in which every text is escaped but for the pictures and what is replayed.
const PAGE: &str = include_str!("page.html");

impl Report {
    /// The page.
    ///
    /// # Panics
    ///
    /// Never: the template asks for nothing that it is not given, as every test of a report shows.
    #[must_use]
    pub fn html(&self) -> String {
        let mut templates = Environment::new();
        templates.set_undefined_behavior(UndefinedBehavior::Strict);
        let page = templates.render_named_str("page.html", PAGE, self.context());
        page.expect("the template asks for what it is given")
    }

    fn context(&self) -> Value {
        let rows = |rows: &[(String, String)]| -> Vec<Value> {
            rows.iter().map(|(name, value)| context! { name => name.clone(), value => value.clone() }).collect()
        };
        let table = |table: &ReportTable| context! { heading => table.heading.clone(), rows => rows(&table.rows) };
        let figure = |figure: &Figure| {
            let svg = Value::from_safe_string(figure.svg());
            context! { title => figure.title(), description => figure.description(), svg => svg }
        };
        let replay = self.replay.as_ref().map_or(String::new(), Replay::element);
        context! {
            title => self.title.clone(),
            verdict => self.verdict.clone(),
            outcome => self.outcome.name(),
            class => self.outcome.class(),
            key_figures => rows(&self.key_figures),
            tables => self.tables.iter().map(table).collect::<Vec<Value>>(),
            figures => self.figures.iter().map(figure).collect::<Vec<Value>>(),
            scenario => self.scenario.clone(),
            commands => self.commands.clone(),
            replay => Value::from_safe_string(replay),
            version => env!("CARGO_PKG_VERSION"),
        }
    }
}
