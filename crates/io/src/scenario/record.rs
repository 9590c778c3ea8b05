//! `[record]` and `[output]`: what of a run is written, and where to.

use std::path::PathBuf;

use serde::Serialize;

use super::error::ScenarioError;
use super::section::Section;
use super::time::MAX_STEPS;
use super::word::Word;
use crate::product::Picture;

/// What is written during a run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Record {
    /// Steps between rows, at least 1.
    pub every: u64,
    /// Whether every phase is written too, as the table `phases`.
    pub phases: bool,
    /// Further columns of the table `order_parameter`.
    #[serde(serialize_with = "serialize_words")]
    pub columns: Vec<Column>,
    /// In which format tables are written.
    #[serde(serialize_with = "super::word::serialize")]
    pub format: RecordFormat,
    /// Whether the final state is written for NumPy too, as `final_state.npy`.
    pub npy: bool,
    /// Pictures that are drawn at the end, as far as there is anything to draw.
    #[serde(serialize_with = "serialize_words")]
    pub pictures: Vec<Picture>,
    /// Whether `report.html` is written at the end.
    pub report: bool,
}

/// In which format the tables of a run are written: `order_parameter`, `phases`, `events`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum RecordFormat {
    /// As text, which everything reads.
    #[default]
    Csv,
    /// As Parquet, which a program has to be built for: see [`RunDirectory::record_as`](crate::RunDirectory::record_as).
    Parquet,
    /// As both.
    Both,
}

impl Word for RecordFormat {
    const WORDS: &'static [(&'static str, Self)] =
        &[("csv", Self::Csv), ("parquet", Self::Parquet), ("both", Self::Both)];
}

impl RecordFormat {
    /// Whether tables are written as CSV.
    #[must_use]
    pub fn has_csv(self) -> bool {
        self != Self::Parquet
    }

    /// Whether they are written as Parquet.
    #[must_use]
    pub fn has_parquet(self) -> bool {
        self != Self::Csv
    }
}

/// A column that the table `order_parameter` can have beyond time, R and ψ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Column {
    /// Mean over links of cos(θ_j − θ_i), in [−1, 1].
    LinkCoherence,
    /// Mean over agents of the coherence of each one's neighbours, in [0, 1].
    LocalCoherence,
    /// Second order parameter, |⟨e^{2iθ}⟩| in [0, 1]: 1 for two clusters half a turn apart (Daido 1992).
    R2,
}

impl Word for Column {
    const WORDS: &'static [(&'static str, Self)] =
        &[("link_coherence", Self::LinkCoherence), ("local_coherence", Self::LocalCoherence), ("R2", Self::R2)];
}

impl Column {
    /// The heading of the column, which is also the word a scenario asks for it by.
    pub fn name(self) -> &'static str {
        self.word()
    }
}

impl Record {
    pub(crate) fn read(section: &mut Section<'_>) -> Result<Self, ScenarioError> {
        Ok(Self {
            every: section.count("every", 1, MAX_STEPS, 10)?,
            phases: section.boolean("phases", false)?,
            columns: section.words("columns")?,
            format: section.word("format", RecordFormat::Csv)?,
            npy: section.boolean("npy", false)?,
            pictures: match section.entry("pictures") {
                Some(_) => section.words("pictures")?,
                None => vec![Picture::OrderParameter, Picture::PhaseRaster, Picture::PhaseCircles],
            },
            report: section.boolean("report", true)?,
        })
    }
}

impl Word for Picture {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("order_parameter", Self::OrderParameter),
        ("phase_circles", Self::PhaseCircles),
        ("phase_raster", Self::PhaseRaster),
        ("effective_frequencies", Self::EffectiveFrequencies),
        ("phase_portrait", Self::PhasePortrait),
        ("network", Self::Network),
        ("energy", Self::Energy),
        ("strategies", Self::Strategies),
    ];
}

fn serialize_words<W: Word, S: serde::Serializer>(words: &[W], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(words.iter().map(|column| column.word()))
}

/// Where a run is written to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Output {
    /// The run directory, relative to the directory the program runs in.
    #[serde(serialize_with = "super::serialize_path")]
    pub dir: PathBuf,
}

impl Default for Output {
    fn default() -> Self {
        Self { dir: PathBuf::from("runs/latest") }
    }
}

impl Output {
    pub(crate) fn read(section: &mut Section<'_>) -> Result<Self, ScenarioError> {
        Ok(section.output_path("dir")?.map_or_else(Self::default, |dir| Self { dir }))
    }
}
