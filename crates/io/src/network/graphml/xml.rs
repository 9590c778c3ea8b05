//! XML events with their places in the file, and XML errors as input errors.

use std::borrow::Cow;
use std::fmt;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use quick_xml::encoding::EncodingError;
use quick_xml::escape::EscapeError;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Error as XmlError, Reader, XmlVersion};

use crate::InputError;
use crate::place::{Place, excerpt, excerpt_of};
use crate::source::{Source, refused};

/// Pulls events out of a file.
pub(super) struct Xml<R> {
    path: PathBuf,
    reader: Reader<Counted<R>>,
    buffer: Vec<u8>,
}

/// Opens the XML in `source`.
pub(super) fn open(source: Source) -> Xml<impl Read> {
    let mut reader =
        Reader::from_reader(Counted { inner: source.reader, at: Position { line: 1, column: 1 }, zero: None });
    reader.config_mut().expand_empty_elements = true;
    Xml { path: source.path, reader, buffer: Vec::new() }
}

impl<R: Read> Xml<R> {
    /// Hands the next event and the place it begins at to `handle`. An empty element comes as a
    /// start and an end.
    pub(super) fn next<T>(
        &mut self,
        handle: impl FnOnce(Event<'_>, &Spot<'_>) -> Result<T, InputError>,
    ) -> Result<T, InputError> {
        let begin = self.reader.get_ref().at;
        self.buffer.clear();
        let event = self.reader.read_event_into(&mut self.buffer);
        if let Some(zero) = self.reader.get_ref().zero {
            let at = zero.in_file(&self.path);
            return Err(InputError::Binary { at });
        }
        let spot = Spot { path: &self.path, at: begin };
        let error = match event {
            Ok(event) => return handle(event, &spot),
            Err(error) => error,
        };
        if let XmlError::Encoding(EncodingError::Utf8(invalid)) = &error {
            let mut at = begin;
            at.pass(&self.buffer[..invalid.valid_up_to()]);
            let at = at.in_file(&self.path);
            return Err(InputError::InvalidUtf8 { at });
        }
        Err(spot.error(error))
    }
}

/// Where an event begins, as something to make errors with.
pub(super) struct Spot<'a> {
    path: &'a Path,
    at: Position,
}

impl Spot<'_> {
    /// The place.
    pub(super) fn place(&self) -> Place {
        self.at.in_file(self.path)
    }

    /// The place after `text`.
    pub(super) fn place_after(&self, text: &str) -> Place {
        let mut at = self.at;
        at.pass(text.as_bytes());
        at.in_file(self.path)
    }

    /// The place, to be kept until it is needed.
    pub(super) fn position(&self) -> Position {
        self.at
    }

    /// A place kept from another spot of the file.
    pub(super) fn place_at(&self, position: Position) -> Place {
        position.in_file(self.path)
    }

    /// The line.
    pub(super) fn line(&self) -> u64 {
        self.at.line
    }

    /// The error that the XML is broken here.
    pub(super) fn broken(&self, reason: impl fmt::Display) -> InputError {
        const LONGEST: usize = 160;
        InputError::Xml { at: self.place(), reason: excerpt_of(&reason.to_string(), LONGEST) }
    }

    /// The error that an entity is none of XML's own.
    pub(super) fn undefined_entity(&self, entity: &str) -> InputError {
        InputError::UndefinedEntity { at: self.place(), entity: excerpt(entity) }
    }

    pub(super) fn error(&self, error: XmlError) -> InputError {
        match error {
            XmlError::Io(error) => refused(self.path, io::Error::new(error.kind(), error.to_string())),
            XmlError::Escape(EscapeError::UnrecognizedEntity(_, entity)) => self.undefined_entity(&entity),
            error => self.broken(error),
        }
    }

    /// The values of the attributes called `names`, where present.
    pub(super) fn attributes<'t, const N: usize>(
        &self,
        tag: &'t BytesStart<'_>,
        names: [&str; N],
    ) -> Result<[Option<Cow<'t, str>>; N], InputError> {
        let mut values = [const { None }; N];
        let mut attributes = tag.attributes();
        // The reader's own search for repeated attributes takes quadratic time.
        attributes.with_checks(false);
        for attribute in attributes {
            let attribute = attribute.map_err(|error| self.broken(error))?;
            let name = attribute.key.as_ref();
            let Some(wanted) = names.iter().position(|&wanted| wanted == name) else {
                continue;
            };
            if values[wanted].is_some() {
                return Err(self.broken(format_args!("a second attribute `{name}`")));
            }
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|error| self.error(error))?;
            values[wanted] = Some(value);
        }
        Ok(values)
    }
}

/// Line and column, both from 1; columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Position {
    line: u64,
    column: u64,
}

impl Position {
    /// Moves on by `bytes`.
    fn pass(&mut self, bytes: &[u8]) {
        let last_line = match bytes.iter().rposition(|&byte| byte == b'\n') {
            None => bytes,
            Some(end) => {
                let ends = bytes[..=end].iter().filter(|&&byte| byte == b'\n');
                self.line += ends.count() as u64;
                self.column = 1;
                &bytes[end + 1..]
            }
        };
        // All bytes of a UTF-8 character but its first are 0b10xxxxxx.
        let characters = last_line.iter().filter(|&&byte| byte & 0xc0 != 0x80);
        self.column += characters.count() as u64;
    }

    fn in_file(self, path: &Path) -> Place {
        Place::new(path, self.line, self.column)
    }
}

/// A reader that knows where in the file it is, and notices zero bytes, which XML parsers pass on.
struct Counted<R> {
    inner: BufReader<R>,
    at: Position,
    /// The first zero byte met.
    zero: Option<Position>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}

impl<R: Read> BufRead for Counted<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        let passed = &self.inner.buffer()[..amount];
        if self.zero.is_none()
            && passed.contains(&0)
            && let Some(zero) = passed.iter().position(|&byte| byte == 0)
        {
            let mut at = self.at;
            at.pass(&passed[..zero]);
            self.zero = Some(at);
        }
        self.at.pass(passed);
        self.inner.consume(amount);
    }
}
