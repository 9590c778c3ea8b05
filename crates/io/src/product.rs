//! The files a run writes.

use crate::plot::PlotOptions;

/// A file of a run directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Product {
    /// `run.json`: what was run and what came of it. The last to appear, so that a directory with it is complete.
    RunRecord,
    /// `order_parameter.csv`: time, R, ψ and further columns.
    OrderParameter,
    /// `phases.csv`: every phase over time.
    Phases,
    /// `events.csv`: what happened to the swarm and to its run.
    Events,
    /// `final_state.csv`: every agent at the end.
    FinalState,
    /// `order_parameter.parquet`: as the table in CSV.
    OrderParameterParquet,
    /// `phases.parquet`: every phase over time, a row for each; of several processes, a directory with files of them.
    PhasesParquet,
    /// `events.parquet`: as the table in CSV.
    EventsParquet,
    /// `final_state.npy`: every agent at the end, for NumPy.
    FinalStateNpy,
    /// `recording.lampyrid`: what pictures are drawn from, in bounded size.
    Recording,
    /// `report.html`: all of it on one page.
    Report,
    /// A picture as SVG.
    Svg(Picture),
    /// A picture as PNG.
    Png(Picture),
}

impl Product {
    /// Every file a run can write.
    pub const ALL: [Self; 11 + 2 * Picture::ALL.len()] = {
        const TABLES: [Product; 11] = [
            Product::RunRecord,
            Product::OrderParameter,
            Product::Phases,
            Product::Events,
            Product::FinalState,
            Product::OrderParameterParquet,
            Product::PhasesParquet,
            Product::EventsParquet,
            Product::FinalStateNpy,
            Product::Recording,
            Product::Report,
        ];
        let mut all = [Self::RunRecord; 11 + 2 * Picture::ALL.len()];
        let mut table = 0;
        while table < TABLES.len() {
            all[table] = TABLES[table];
            table += 1;
        }
        let mut picture = 0;
        while picture < Picture::ALL.len() {
            all[TABLES.len() + 2 * picture] = Self::Svg(Picture::ALL[picture]);
            all[TABLES.len() + 2 * picture + 1] = Self::Png(Picture::ALL[picture]);
            picture += 1;
        }
        all
    };

    /// Its name in the run directory.
    #[must_use]
    pub fn file_name(self) -> &'static str {
        match self {
            Self::RunRecord => "run.json",
            Self::OrderParameter => "order_parameter.csv",
            Self::Phases => "phases.csv",
            Self::Events => "events.csv",
            Self::FinalState => "final_state.csv",
            Self::OrderParameterParquet => "order_parameter.parquet",
            Self::PhasesParquet => "phases.parquet",
            Self::EventsParquet => "events.parquet",
            Self::FinalStateNpy => "final_state.npy",
            Self::Recording => "recording.lampyrid",
            Self::Report => "report.html",
            Self::Svg(picture) => picture.names()[1],
            Self::Png(picture) => picture.names()[2],
        }
    }

    /// The name it has while it is being written.
    pub(crate) fn partial_name(self) -> String {
        format!(".{}.partial", self.file_name())
    }

    /// The name of the rows that it is made of when the run ends, for a file that cannot be written row by row.
    pub(crate) fn rows_name(self) -> String {
        format!(".{}.rows", self.file_name())
    }

    /// The name that the file of an earlier run has while another one takes its place.
    pub(crate) fn earlier_name(self) -> String {
        format!(".{}.earlier", self.file_name())
    }
}

/// A picture of a run; each can be had as SVG and as PNG.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Picture {
    /// R over time.
    OrderParameter,
    /// Phases on the circle at a few instants.
    PhaseCircles,
    /// Phases over time, agent by agent.
    PhaseRaster,
    /// Observed frequencies against natural ones.
    EffectiveFrequencies,
    /// Natural frequencies against the phases that are held.
    PhasePortrait,
    /// The network in the colours of its phases.
    Network,
    /// Energy over time.
    Energy,
    /// Strategies over time.
    Strategies,
}

impl Picture {
    /// Every picture, in the order in which a report shows them.
    pub const ALL: [Self; 8] = [
        Self::OrderParameter,
        Self::PhaseCircles,
        Self::PhaseRaster,
        Self::EffectiveFrequencies,
        Self::PhasePortrait,
        Self::Network,
        Self::Energy,
        Self::Strategies,
    ];

    /// Its name, which is that of its files without what follows the dot.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.names()[0]
    }

    /// The size that suits it.
    #[must_use]
    pub fn options(self) -> PlotOptions {
        match self {
            Self::PhaseCircles => PlotOptions::flat(),
            Self::Network => PlotOptions::tall(),
            _ => PlotOptions::default(),
        }
    }

    const fn names(self) -> [&'static str; 3] {
        match self {
            Self::OrderParameter => ["order_parameter", "order_parameter.svg", "order_parameter.png"],
            Self::PhaseCircles => ["phase_circles", "phase_circles.svg", "phase_circles.png"],
            Self::PhaseRaster => ["phase_raster", "phase_raster.svg", "phase_raster.png"],
            Self::EffectiveFrequencies => {
                ["effective_frequencies", "effective_frequencies.svg", "effective_frequencies.png"]
            }
            Self::PhasePortrait => ["phase_portrait", "phase_portrait.svg", "phase_portrait.png"],
            Self::Network => ["network", "network.svg", "network.png"],
            Self::Energy => ["energy", "energy.svg", "energy.png"],
            Self::Strategies => ["strategies", "strategies.svg", "strategies.png"],
        }
    }
}
