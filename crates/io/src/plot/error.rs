//! Why a picture cannot be drawn.

/// A picture that cannot be drawn, or data that no picture can show.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PlotError {
    /// A value that is not a number, or infinite.
    #[error("{quantity} number {index} is {value}: only finite values can be drawn")]
    NotFinite {
        /// What the value is of.
        quantity: String,
        /// Its place in the data, counted from 0.
        index: usize,
        /// The value.
        value: f64,
    },
    /// A range of an axis that is empty or upside down.
    #[error("the axis \"{axis}\" cannot go from {low} to {high}")]
    EmptyRange {
        /// The axis.
        axis: String,
        /// Its lower end.
        low: f64,
        /// Its upper end.
        high: f64,
    },
    /// More or fewer phases than agents.
    #[error("{found} phases for {expected} agents")]
    AgentCount {
        /// Number of agents.
        expected: usize,
        /// Number of phases.
        found: usize,
    },
    /// A sample taken before the one it follows.
    #[error("a sample at {time} s cannot follow one at {previous} s")]
    TimeBackwards {
        /// Time of the sample before, in s.
        previous: f64,
        /// Time of the sample, in s.
        time: f64,
    },
    /// A size no picture can have.
    #[error("a picture cannot be {width} by {height} pixels: either side takes 100 to 10000")]
    Size {
        /// Width in pixels.
        width: f64,
        /// Height in pixels.
        height: f64,
    },
    /// A scale no PNG can have.
    #[error("a PNG cannot have {scale} pixels for one of the picture: 0.25 to 8 are possible")]
    Scale {
        /// Pixels of the PNG for one of the picture.
        scale: f64,
    },
    /// A network too large to be drawn.
    #[error("a network of {agents} agents cannot be drawn: more than {most} would be a blot")]
    TooManyAgents {
        /// Number of agents.
        agents: usize,
        /// Most that can be drawn.
        most: usize,
    },
    /// A picture that the data do not hold.
    #[error("there is no picture {picture} of this: {reason}")]
    NothingToDraw {
        /// The picture asked for.
        picture: &'static str,
        /// What is missing.
        reason: &'static str,
    },
    /// The PNG could not be made.
    #[error("cannot make the PNG: {message}")]
    Png {
        /// What the renderer says.
        message: String,
    },
}

/// The values that can be drawn, or the first that cannot.
pub(crate) fn check_finite(quantity: &str, values: impl IntoIterator<Item = f64>) -> Result<(), PlotError> {
    match values.into_iter().enumerate().find(|(_, value)| !value.is_finite()) {
        Some((index, value)) => Err(PlotError::NotFinite { quantity: quantity.to_owned(), index, value }),
        None => Ok(()),
    }
}
