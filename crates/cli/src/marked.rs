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
        // As long as what it stands for, so that places stay where they are.
        let text = error.source_text().chars().map(|c| match is_hidden(c) {
            true => "?".repeat(c.len_utf8()),
            false => c.to_string(),
        });
        Self { error, source: NamedSource::new(error.source_name(), text.collect::<String>()) }
    }

    /// Whether there is a text around the wrong part that a terminal has room for.
    fn is_worth_showing(&self) -> bool {
        /// Bytes of the lines that would be shown.
        const MOST: usize = 2000;
        let (text, span) = (self.error.source_text().as_bytes(), self.error.span());
        let before = text[..span.start].rsplit(|&byte| byte == b'\n').take(2).map(<[u8]>::len).sum::<usize>();
        let after = text[span.end..].split(|&byte| byte == b'\n').take(2).map(<[u8]>::len).sum::<usize>();
        !text.is_empty() && before + span.len() + after <= MOST
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
        if self.is_worth_showing() { write!(f, "{}", self.error.problem()) } else { write!(f, "{}", self.error) }
    }
}

/// Whether a character would steer the terminal rather than be seen on it.
fn is_hidden(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\r' | '\t') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

impl std::error::Error for Marked<'_> {}

impl Diagnostic for Marked<'_> {
    fn help<'b>(&'b self) -> Option<Box<dyn fmt::Display + 'b>> {
        // Where the message names the source itself, it has this too.
        self.error.help().filter(|_| self.is_worth_showing()).map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.is_worth_showing().then_some(&self.source)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(std::iter::once(LabeledSpan::new_with_span(None, self.error.span()))))
    }
}

#[cfg(test)]
mod tests {
    use lampyrid::io::scenario::Scenario;

    use super::*;

    fn wrong(text: &str) -> ScenarioError {
        Scenario::parse(text, "wrong.toml").unwrap_err()
    }

    #[test]
    fn what_would_steer_a_terminal_is_shown_as_question_marks_at_their_places() {
        let text = "# \u{202e}\u{2066}[31m\n[coupling]\n\tstrenght = 1\r\n";
        let error = wrong(text);
        let marked = Marked::new(&error);
        assert_eq!(marked.source.inner(), "# ??????[31m\n[coupling]\n\tstrenght = 1\r\n");
        assert_eq!(&marked.source.inner()[error.span()], "strenght");
        assert!(marked.is_worth_showing() && marked.help().is_some());
    }

    #[test]
    fn a_text_that_fills_the_terminal_is_named_and_not_shown() {
        let error = wrong(&format!("[coupling]\nstrenght = 1 # {}\n", "x".repeat(4000)));
        let marked = Marked::new(&error);
        assert!(marked.source_code().is_none() && marked.help().is_none());
        let told = marked.to_string();
        assert!(told.contains("wrong.toml:2") && told.contains("strength") && told.len() < 500, "{told}");
        // Lines that are not shown may be as long as they like.
        let far = wrong(&format!("# {}\n\n\n[coupling]\nstrenght = 1\n", "x".repeat(4000)));
        assert!(Marked::new(&far).is_worth_showing());
    }
}
