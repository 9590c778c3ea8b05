//! The files a run writes.

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
    /// `phases.parquet`: every phase over time, a row for each.
    PhasesParquet,
    /// `events.parquet`: as the table in CSV.
    EventsParquet,
    /// `final_state.npy`: every agent at the end, for NumPy.
    FinalStateNpy,
    /// `order_parameter.svg`.
    OrderParameterSvg,
    /// `order_parameter.png`.
    OrderParameterPng,
    /// `phase_raster.svg`.
    PhaseRasterSvg,
    /// `phase_raster.png`.
    PhaseRasterPng,
    /// `phase_circles.svg`.
    PhaseCirclesSvg,
    /// `phase_circles.png`.
    PhaseCirclesPng,
}

impl Product {
    /// Every file a run can write.
    pub const ALL: [Self; 15] = [
        Self::RunRecord,
        Self::OrderParameter,
        Self::Phases,
        Self::Events,
        Self::FinalState,
        Self::OrderParameterParquet,
        Self::PhasesParquet,
        Self::EventsParquet,
        Self::FinalStateNpy,
        Self::OrderParameterSvg,
        Self::OrderParameterPng,
        Self::PhaseRasterSvg,
        Self::PhaseRasterPng,
        Self::PhaseCirclesSvg,
        Self::PhaseCirclesPng,
    ];

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
            Self::OrderParameterSvg => "order_parameter.svg",
            Self::OrderParameterPng => "order_parameter.png",
            Self::PhaseRasterSvg => "phase_raster.svg",
            Self::PhaseRasterPng => "phase_raster.png",
            Self::PhaseCirclesSvg => "phase_circles.svg",
            Self::PhaseCirclesPng => "phase_circles.png",
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

/// A picture of a run; each comes as SVG and as PNG.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Picture {
    /// R over time.
    OrderParameter,
    /// Phases over time, agent by agent.
    PhaseRaster,
    /// Phases on the circle at a few instants.
    PhaseCircles,
}

impl Picture {
    /// The SVG file of this picture.
    #[must_use]
    pub fn svg(self) -> Product {
        match self {
            Self::OrderParameter => Product::OrderParameterSvg,
            Self::PhaseRaster => Product::PhaseRasterSvg,
            Self::PhaseCircles => Product::PhaseCirclesSvg,
        }
    }

    /// The PNG file of this picture.
    #[must_use]
    pub fn png(self) -> Product {
        match self {
            Self::OrderParameter => Product::OrderParameterPng,
            Self::PhaseRaster => Product::PhaseRasterPng,
            Self::PhaseCircles => Product::PhaseCirclesPng,
        }
    }
}
