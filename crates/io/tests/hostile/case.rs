//! A file that is wrong, the error it has to give, and the place that error has to name.

use std::{error::Error, fs, path::Path};

use crate::counting_allocator::Count;

/// A hostile file and what has to become of it.
pub(crate) struct Case<E> {
    pub(crate) file: &'static str,
    pub(crate) content: Vec<u8>,
    pub(crate) is_expected: fn(&E) -> bool,
    pub(crate) pattern: &'static str,
    pub(crate) place: Option<(u64, u64)>,
}

/// One case a line: file name, content, the error, and the line and column it names.
macro_rules! cases {
    ($($file:literal, $content:expr, $pattern:pat, $place:expr;)*) => {
        vec![$(crate::case::Case {
            file: $file,
            content: Vec::from($content),
            is_expected: |error| matches!(error, $pattern),
            pattern: stringify!($pattern),
            place: $place,
        }),*]
    };
}
pub(crate) use cases;

/// What reads files of a kind: to a few words about what was read, or an error with a place.
pub(crate) struct Reader<E> {
    pub(crate) read: fn(&Path) -> Result<String, E>,
    pub(crate) place: fn(&E) -> Option<(u64, u64)>,
}

/// Bytes on the heap that reading a file may take at a time.
fn most_memory(content: &[u8]) -> i64 {
    2 * content.len() as i64 + (16 << 20)
}

/// Reads a file and sees to it that no more memory is taken than may be.
fn read<E: Error>(reader: &Reader<E>, path: &Path, content: &[u8]) -> Result<String, E> {
    fs::write(path, content).expect("a temporary file");
    let mut outcome = None;
    let peak = Count::peak_of(|| outcome = Some((reader.read)(path)));
    assert!(peak <= most_memory(content), "{}: {peak} bytes for {}", shown(content), content.len());
    outcome.expect("it was read")
}

/// The beginning of a file, as it may stand in a report.
fn shown(content: &[u8]) -> String {
    let beginning = String::from_utf8_lossy(&content[..content.len().min(400)]);
    let text: String = beginning.chars().take(100).collect();
    let more = if text.len() < content.len() { format!(" … {} bytes", content.len()) } else { String::new() };
    format!("{}{more}", text.escape_debug())
}

/// Reads each case and compares. Returns all messages; fails with all that are not as they should be.
pub(crate) fn refused<E: Error>(reader: &Reader<E>, cases: &[Case<E>]) -> String {
    let scratch = tempfile::tempdir().expect("a temporary directory");
    let report = |case: &Case<E>| {
        let shown = shown(&case.content);
        match message(reader, case, &scratch.path().join(case.file)) {
            Ok(message) => Ok(format!("{shown}\n    {message}\n")),
            Err(why) => Err(format!("{shown}\n    {why}\n")),
        }
    };
    let (right, wrong): (Vec<_>, Vec<_>) = cases.iter().map(report).partition(Result::is_ok);
    let wrong: String = wrong.into_iter().filter_map(Result::err).collect();
    assert!(wrong.is_empty(), "{wrong}");
    right.into_iter().flatten().collect()
}

/// The message for a case, which has to be one line that names its place; or what is wrong with it.
fn message<E: Error>(reader: &Reader<E>, case: &Case<E>, path: &Path) -> Result<String, String> {
    let error = match read(reader, path, &case.content) {
        Ok(found) => return Err(format!("was read as {found}")),
        Err(error) => error,
    };
    if !(case.is_expected)(&error) {
        return Err(format!("{error:.300?} is no {}", case.pattern));
    }
    let found = (reader.place)(&error);
    if found != case.place {
        return Err(format!("{found:?} is not {:?}: {error}", case.place));
    }
    let (message, path) = (error.to_string(), path.display().to_string());
    let beginning = case.place.map_or_else(String::new, |(line, column)| format!("{path}:{line}:{column}: "));
    let is_well_said = message.starts_with(&beginning)
        && message.contains(&path)
        && !message.contains(char::is_control)
        && message.chars().count() < 400;
    let message = message.replace(&path, case.file);
    if is_well_said { Ok(message) } else { Err(format!("{message:?} is not well said")) }
}

/// Files that look hostile and are none: what is read from each.
pub(crate) fn accepted<E: Error>(reader: &Reader<E>, cases: &[(&str, Vec<u8>)]) -> String {
    let scratch = tempfile::tempdir().expect("a temporary directory");
    let report = |(file, content): &(&str, Vec<u8>)| match read(reader, &scratch.path().join(file), content) {
        Ok(found) => format!("{}\n    {found}\n", shown(content)),
        Err(error) => panic!("{}: {error}", shown(content)),
    };
    cases.iter().map(report).collect()
}
