//! A scenario error with the wrong part of its text marked.

use std::{fmt, io::IsTerminal};

use lampyrid::io::scenario::ScenarioError;
use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, NamedSource, SourceCode};

#[derive(Debug)]
pub(crate) struct Marked<'a> {
    error: &'a ScenarioError,
    source: NamedSource<String>,
}

impl<'a> Marked<'a> {
    pub(crate) fn new(error: &'a ScenarioError) -> Self {
        let source = NamedSource::new(error.source_name(), error.source_text().to_owned());
        Self { error, source }
    }

    /// Message, place, text with the wrong part underlined, and help; in colours on a terminal.
    pub(crate) fn rendered(&self) -> String {
        let is_plain = std::env::var_os("NO_COLOR").is_some() || !std::io::stderr().is_terminal();
        if is_plain { self.plain() } else { self.in_theme(GraphicalTheme::unicode()) }
    }

    /// The same without colours.
    pub(crate) fn plain(&self) -> String {
        self.in_theme(GraphicalTheme::unicode_nocolor())
    }

    fn in_theme(&self, theme: GraphicalTheme) -> String {
        let mut text = String::new();
        match GraphicalReportHandler::new_themed(theme).with_width(100).render_report(&mut text, self) {
            Ok(()) => text,
            Err(_) => format!("error: {}\n", self.error),
        }
    }
}

impl fmt::Display for Marked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Without a text to show, the message has to name the source itself.
        if self.error.source_text().is_empty() {
            write!(f, "{}", self.error)
        } else {
            write!(f, "{}", self.error.problem())
        }
    }
}

impl std::error::Error for Marked<'_> {}

impl Diagnostic for Marked<'_> {
    fn help<'b>(&'b self) -> Option<Box<dyn fmt::Display + 'b>> {
        self.error.help().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        (!self.error.source_text().is_empty()).then_some(&self.source)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(std::iter::once(LabeledSpan::new_with_span(None, self.error.span()))))
    }
}
